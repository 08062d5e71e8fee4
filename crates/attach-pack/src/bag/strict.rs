//! Verification of a bag in our own form: beyond what BagIt asks, every tag file must be the one that we would write.

use super::fault::{BagFault, BagFaultKind as Kind};
use super::form::{BAGIT, PayloadFile, pack_id, render_manifest};
use super::source::{Memo, Source};
use super::verify::{MAX_TAG_FILE, verify};
use crate::name;
use crate::zip::TAG_MANIFEST;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;

/// Verifies a pack's bag. Returns the faults and, if the tag manifest can be read, the pack id.
///
/// Every file but the tag manifest itself must be in one of the two manifests.
pub fn verify_strict(source: &dyn Source) -> (Vec<BagFault>, Option<String>) {
    let digests: HashMap<&str, [u8; 32]> = source
        .files()
        .par_iter()
        .filter_map(|file| {
            // What cannot be read is a fault of `verify` if it is listed, and of the comparison below if it is not.
            Some((file.path.as_str(), digest(source, &file.path).ok()?))
        })
        .collect();
    let memo = Memo { source, digests };
    let mut faults = verify(&memo);
    let files = source.files().iter().filter_map(|file| {
        Some(PayloadFile {
            path: file.path.clone(),
            size: file.size,
            sha256: memo.known_sha256(&file.path)?,
        })
    });
    for file in source.files() {
        for wrong in name::check(file.path.as_bytes()) {
            faults.push(BagFault::error(
                Kind::Irregular,
                &file.path,
                wrong.to_string(),
            ));
        }
    }
    let (payload, tags): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|file| file.path.starts_with("data/"));
    let tags: Vec<PayloadFile> = tags
        .into_iter()
        .filter(|file| file.path != TAG_MANIFEST && file.path != crate::zip::SEAL)
        .collect();
    let mut must_be = |path: &str, want: &str| {
        let found = source.bytes(path, MAX_TAG_FILE).ok();
        if found.as_deref() != Some(want.as_bytes()) {
            let detail = "missing, or not what the files demand, byte for byte";
            faults.push(BagFault::error(Kind::NotCanonical, path, detail));
        }
    };
    must_be("bagit.txt", BAGIT);
    must_be("manifest-sha256.txt", &render_manifest(&payload));
    must_be(TAG_MANIFEST, &render_manifest(&tags));
    // A folder that was unpacked from a pack holds the zip's seal. It has no meaning there, but no room for more either.
    if source
        .files()
        .iter()
        .any(|file| file.path == crate::zip::SEAL)
    {
        let text = source.bytes(crate::zip::SEAL, 65).unwrap_or_default();
        let digits = text.strip_suffix(b"\n").unwrap_or_default();
        if digits.len() != 64
            || !digits
                .iter()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        {
            let detail = "must be 64 hex digits and a newline";
            faults.push(BagFault::error(
                Kind::NotCanonical,
                crate::zip::SEAL,
                detail,
            ));
        }
    }
    for file in source.files() {
        let other = file.path.starts_with("manifest-") && file.path != "manifest-sha256.txt"
            || file.path.starts_with("tagmanifest-") && file.path != TAG_MANIFEST
            || file.path == "fetch.txt";
        if other {
            faults.push(BagFault::error(
                Kind::NotCanonical,
                &file.path,
                "a pack has no such file",
            ));
        }
    }
    faults.sort();
    faults.dedup();
    let id = source
        .bytes(TAG_MANIFEST, MAX_TAG_FILE)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    (faults, id.map(|text| pack_id(&text)))
}

fn digest(source: &dyn Source, path: &str) -> io::Result<[u8; 32]> {
    if let Some(known) = source.known_sha256(path) {
        return Ok(known);
    }
    let mut content = Sha256::new();
    source.read(path, &mut |piece| content.update(piece))?;
    Ok(content.finalize().into())
}
