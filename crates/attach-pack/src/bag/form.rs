//! The files of a bag as we write them.

use super::manifest::encode_path;
use crate::hex::{hex, push_hex, sha256};

/// The only content of our `bagit.txt`.
pub const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A file with its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PayloadFile {
    /// The path in the bag (`data/…` for the payload).
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
}

/// A manifest of the files, sorted by the bytes of their paths.
pub fn render_manifest(files: &[PayloadFile]) -> String {
    let mut files: Vec<&PayloadFile> = files.iter().collect();
    files.sort();
    let mut text = String::with_capacity(files.len() * 100);
    for file in files {
        push_line(&mut text, &file.path, &file.sha256);
    }
    text
}

/// One line of a manifest.
pub(super) fn push_line(text: &mut String, path: &str, sha256: &[u8; 32]) {
    push_hex(text, sha256);
    text.push_str("  ");
    text.push_str(&encode_path(path));
    text.push('\n');
}

/// `bag-info.txt`: the given labels in their order, control characters dropped, then the `Payload-Oxum`.
pub fn render_info(labels: &[(&str, &str)], payload: &[PayloadFile]) -> String {
    let mut text = String::new();
    for (label, value) in labels {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        text.push_str(label);
        text.push_str(": ");
        text.push_str(value.trim());
        text.push('\n');
    }
    let bytes: u64 = payload.iter().map(|file| file.size).sum();
    text.push_str(&format!("Payload-Oxum: {bytes}.{}\n", payload.len()));
    text
}

/// The pack id: SHA-256 of the tag manifest in lower-case hex.
pub fn pack_id(tag_manifest: &str) -> String {
    hex(&sha256(tag_manifest.as_bytes()))
}
