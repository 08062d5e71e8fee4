//! A folder of cache files, each whole or as good as none.

use std::fs;
use std::io::{self, Seek as _, Write as _};
use std::path::PathBuf;
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use trueline_kit::Context;

use super::codec::Give;
use super::stat::{Horizon, nanos};
use crate::settings::Settings;

/// Largest cache file that is read, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Set to `0`, it has nothing remembered.
const SWITCH: &str = "TRUELINE_CACHE";

/// Where the caches of a working tree lie.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    /// What a cache holds rests on this build and these prefixes.
    build: String,
    /// The horizon of this run.
    pub horizon: Horizon,
}

impl Store {
    /// The caches of a repository; `None` outside of one, and where caching is switched off.
    pub fn open(ctx: &Context, settings: &Settings) -> Option<Store> {
        if std::env::var_os(SWITCH).is_some_and(|value| value == "0") {
            return None;
        }
        let git = ctx.git();
        let folder = git.git_dir().ok()?.join("trueline").join("concordance");
        // Two roots in a repository see other paths.
        let root = digest(&[ctx.root().as_os_str().as_encoded_bytes()]);
        let own = std::env::current_exe().ok()?.metadata().ok()?;
        let built = own.modified().map_or(0, nanos);
        let build = format!(
            "{} {} {built} {root} {:?}",
            env!("CARGO_PKG_VERSION"),
            own.len(),
            settings.prefixes
        );
        Some(Store {
            folder: folder.join(root.get(..16)?),
            build,
            horizon: Horizon::now(),
        })
    }

    #[cfg(test)]
    pub(super) fn in_folder(folder: &std::path::Path, build: &str) -> Store {
        Store {
            folder: folder.to_owned(),
            build: build.to_owned(),
            horizon: Horizon::now(),
        }
    }

    /// What a file holds, and the horizon of the run that wrote it; `None` where it is missing,
    /// damaged, or of another build.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Option<(T, Horizon)> {
        self.read_by(name, |body| serde_json::from_slice(body).ok())
    }

    /// As [`Store::read`], by another reader of what the file holds.
    pub(super) fn read_by<T>(
        &self,
        name: &str,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<(T, Horizon)> {
        let place = self.folder.join(name);
        let meta = place.symlink_metadata().ok()?;
        if !meta.is_file() || meta.len() > MAX_BYTES {
            return None;
        }
        let bytes = fs::read(&place).ok()?;
        let (head, body) = split(&bytes, b'\n')?;
        let head = std::str::from_utf8(head).ok()?;
        let mut words = head.split(' ');
        let (crc, taken, took) = (words.next()?, words.next()?, words.next()?);
        let mut hash = crc32fast::Hasher::new();
        hash.update(format!("{taken} {took}\n").as_bytes());
        hash.update(body);
        if u32::from_str_radix(crc, 16).ok()? != hash.finalize() {
            return None;
        }
        let (taken, took): (i64, i64) = (taken.parse().ok()?, took.parse().ok()?);
        let (build, body) = split(body, b'\n')?;
        if build != self.build.as_bytes() {
            return None;
        }
        // By the file system's clock the run began no later than this: a clock of ours that is
        // ahead of it must not make a fresh file look old.
        let written = nanos(meta.modified().ok()?).saturating_sub(took);
        Some((read(body)?, Horizon(taken.min(written))))
    }

    /// Replaces a file. What cannot be written is not remembered.
    pub fn write(&self, name: &str, value: &impl Serialize) {
        if let Ok(bytes) = serde_json::to_vec(value) {
            self.write_by(name, |give| give(&bytes));
        }
    }

    /// As [`Store::write`], of bytes that are given piece by piece.
    pub(super) fn write_by(&self, name: &str, give: impl FnOnce(&mut Give<'_>) -> io::Result<()>) {
        let _ = self.try_write(name, give);
    }

    fn try_write(
        &self,
        name: &str,
        give: impl FnOnce(&mut Give<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        // Horizons are stored as they are: two seconds before the run began.
        let took = nanos(SystemTime::now())
            .saturating_sub(self.horizon.0)
            .max(0);
        let times = format!("{} {took}\n", self.horizon.0);
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        let mut hash = crc32fast::Hasher::new();
        hash.update(times.as_bytes());
        // The checksum stands first, and is known last.
        file.write_all(format!("{:08x} {times}", 0).as_bytes())?;
        let mut left = MAX_BYTES;
        let mut write = |bytes: &[u8]| {
            let length = u64::try_from(bytes.len()).ok();
            let after = length.and_then(|length| left.checked_sub(length));
            left = after.ok_or(io::ErrorKind::FileTooLarge)?;
            hash.update(bytes);
            file.write_all(bytes)
        };
        write(self.build.as_bytes())?;
        write(b"\n")?;
        give(&mut write)?;
        file.rewind()?;
        file.write_all(format!("{:08x}", hash.finalize()).as_bytes())?;
        file.persist(self.folder.join(name))?;
        Ok(())
    }

    /// Whether there is such a file, of whatever worth.
    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// What results rest on besides files: the build.
    pub fn build(&self) -> &str {
        &self.build
    }
}

/// SHA-256 of some texts, each with its length, as hexadecimal digits.
pub(super) fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn split(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = memchr::memchr(at, bytes)?;
    Some((bytes.get(..place)?, bytes.get(place + 1..)?))
}
