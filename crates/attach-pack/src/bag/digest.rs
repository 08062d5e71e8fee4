//! The digests that manifests of bags use.

use crate::hex::hex;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A digest algorithm of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// `md5`: notices accidents, proves nothing.
    Md5,
    /// `sha1`: the same.
    Sha1,
    /// `sha224`.
    Sha224,
    /// `sha256`.
    Sha256,
    /// `sha384`.
    Sha384,
    /// `sha512`.
    Sha512,
}

impl Algorithm {
    /// The algorithm of the name in `manifest-<name>.txt`, in any case and with or without a hyphen.
    pub fn of_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().replace('-', "").as_str() {
            "md5" => Some(Self::Md5),
            "sha1" => Some(Self::Sha1),
            "sha224" => Some(Self::Sha224),
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }
}

/// Digests by several algorithms in one pass.
pub(super) struct Hashers(Vec<Hasher>);

enum Hasher {
    Md5(Md5),
    Sha1(Sha1),
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hashers {
    pub(super) fn new(of: &[Algorithm]) -> Self {
        Self(
            of.iter()
                .map(|algorithm| match algorithm {
                    Algorithm::Md5 => Hasher::Md5(Md5::new()),
                    Algorithm::Sha1 => Hasher::Sha1(Sha1::new()),
                    Algorithm::Sha224 => Hasher::Sha224(Sha224::new()),
                    Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
                    Algorithm::Sha384 => Hasher::Sha384(Sha384::new()),
                    Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
                })
                .collect(),
        )
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        for hasher in &mut self.0 {
            match hasher {
                Hasher::Md5(h) => h.update(bytes),
                Hasher::Sha1(h) => h.update(bytes),
                Hasher::Sha224(h) => h.update(bytes),
                Hasher::Sha256(h) => h.update(bytes),
                Hasher::Sha384(h) => h.update(bytes),
                Hasher::Sha512(h) => h.update(bytes),
            }
        }
    }

    /// The digests in lower-case hex, in the order of [`Hashers::new`].
    pub(super) fn finish(self) -> Vec<String> {
        self.0
            .into_iter()
            .map(|hasher| match hasher {
                Hasher::Md5(h) => hex(&h.finalize()),
                Hasher::Sha1(h) => hex(&h.finalize()),
                Hasher::Sha224(h) => hex(&h.finalize()),
                Hasher::Sha256(h) => hex(&h.finalize()),
                Hasher::Sha384(h) => hex(&h.finalize()),
                Hasher::Sha512(h) => hex(&h.finalize()),
            })
            .collect()
    }
}
