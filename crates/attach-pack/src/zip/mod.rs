//! The container: a zip in one canonical form, its writer and its strict reader.
//!
//! **The form** (a pack that differs in one byte is refused):
//!
//! - entries stand in the order of the directory, without a gap, from offset 0; the directory follows, then (only where
//!   needed) the zip64 end record and locator, then the end record, which ends the file;
//! - local and central headers agree; flag 0x0800 alone; date 1980-01-01 00:00:00; method 0 or 8; made by 3 (Unix);
//!   version 20, or 45 with zip64; mode 0644 or 0755 of a regular file; no comment, no data descriptor, no folder entry;
//! - no extra field but zip64: both sizes, when the size is at least [`BIG`], and in the directory the offset, when it
//!   is at least 2^32-1;
//! - a deflated entry of more than 1 MiB is not smaller than 1/256 of its content (the writer stores instead), so that a
//!   bomb is known by its header;
//! - all entries live in one folder; those below its `data/` come first, sorted by the bytes of their names; the tag
//!   files follow, stored (but for the manifest) and not executable: `bagit.txt`, `bag-info.txt`, `manifest-sha256.txt`, any others sorted,
//!   the seal, and `tagmanifest-sha256.txt` as the last;
//! - the **seal** ([`seal_name`]) holds the data of all entries before it: deflate has many streams for one content, so
//!   a digest of contents cannot hold the container's bytes. It stands in no manifest, so the pack id does not depend
//!   on the compressor.

mod content;
mod deflate;
mod entry;
mod fault;
mod layout;
mod places;
mod read;
mod record;
mod source;
mod write;

pub use content::Checked;
pub use deflate::{BLOCK, Level, WHOLE};
pub use fault::{Fault, FaultKind};
pub use read::{Archive, Entry, MAX_ENTRIES};
pub use record::{BIG, Method};
pub use source::ReadAt;
pub(crate) use write::prepare_up_to;
pub use write::{Prepared, WriteError, Writer, prepare};

/// A deflated entry above this size is checked for its ratio.
pub const RATIO_FROM: u64 = 1 << 20;
/// The most bytes of content that a byte of deflate may stand for, in entries above [`RATIO_FROM`].
pub const MAX_RATIO: u64 = 256;

/// The last part of the name of the seal.
pub const SEAL: &str = "zip-seal-sha256.txt";

/// The last part of the name of the last entry.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// The name of the seal of a pack whose entries live in `base` (no `/` at its end).
pub fn seal_name(base: &str) -> String {
    format!("{base}/{SEAL}")
}

/// What the seal says: the SHA-256, in lower-case hex with a final newline, of the 32-byte SHA-256 values of the data
/// of all entries before it, as it stands in the zip, in their order.
pub fn seal_text(data_digests: impl IntoIterator<Item = [u8; 32]>) -> String {
    use sha2::{Digest, Sha256};
    let mut all = Sha256::new();
    for digest in data_digests {
        all.update(digest);
    }
    let mut text = crate::hex::hex(&all.finalize());
    text.push('\n');
    text
}
