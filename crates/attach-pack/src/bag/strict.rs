//! Verification of a bag in our own form: beyond what BagIt asks, every tag file must be the one that we would write.

use super::fault::{BagFault, BagFaultKind as Kind};
use super::form::{BAGIT, pack_id, push_line};
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
        .filter(|file| source.known_sha256(&file.path).is_none())
        .filter_map(|file| {
            // What cannot be read is a fault of `verify` if it is listed, and of the comparison below if it is not.
            Some((file.path.as_str(), digest_of(source, &file.path).ok()?))
        })
        .collect();
    let memo = Memo { source, digests };
    let mut faults = verify(&memo);
    for file in source.files() {
        for wrong in name::check(file.path.as_bytes()) {
            faults.push(BagFault::error(
                Kind::Irregular,
                &file.path,
                wrong.to_string(),
            ));
        }
    }
    let mut must_be = |path: &str, want: &mut dyn FnMut(&mut String) -> bool| {
        if !is_made_of(source, path, want) {
            let detail = "missing, or not what the files demand, byte for byte";
            faults.push(BagFault::error(Kind::NotCanonical, path, detail));
        }
    };
    let mut bagit = [BAGIT].iter();
    must_be("bagit.txt", &mut |text| {
        bagit.next().map(|whole| text.push_str(whole)).is_some()
    });
    let mut manifest = |path: &str, is_in: fn(&str) -> bool| {
        let mut files = source.files().iter().filter(move |file| is_in(&file.path));
        let mut line = |text: &mut String| loop {
            let Some(file) = files.next() else {
                return false;
            };
            if let Some(digest) = memo.known_sha256(&file.path) {
                push_line(text, &file.path, &digest);
                return true;
            }
        };
        must_be(path, &mut line);
    };
    manifest("manifest-sha256.txt", |path| path.starts_with("data/"));
    manifest(TAG_MANIFEST, |path| {
        !path.starts_with("data/") && path != TAG_MANIFEST && path != crate::zip::SEAL
    });
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

/// The SHA-256 of a file's content.
pub(crate) fn digest_of(source: &dyn Source, path: &str) -> io::Result<[u8; 32]> {
    if let Some(known) = source.known_sha256(path) {
        return Ok(known);
    }
    let mut content = Sha256::new();
    source.read(path, &mut |piece| content.update(piece))?;
    Ok(content.finalize().into())
}

/// Whether a file holds what `more` gives piece by piece, and nothing else. As a whole it might be large.
fn is_made_of(source: &dyn Source, path: &str, more: &mut dyn FnMut(&mut String) -> bool) -> bool {
    let (mut want, mut at) = (String::new(), 0);
    let (mut same, mut size) = (true, 0u64);
    let read = source.read(path, &mut |mut piece| {
        size += piece.len() as u64;
        while same && !piece.is_empty() {
            if at == want.len() {
                want.clear();
                at = 0;
                same = more(&mut want);
                continue;
            }
            let rest = want.as_bytes().get(at..).unwrap_or_default();
            let count = rest.len().min(piece.len());
            same = rest.get(..count) == piece.get(..count);
            piece = piece.get(count..).unwrap_or_default();
            at += count;
        }
    });
    let all = at == want.len() && !more(&mut want);
    read.is_ok() && same && all && size <= MAX_TAG_FILE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bag::BagFile;

    /// One file that is read in pieces of so many bytes.
    struct Pieces(&'static [u8], usize);

    impl Source for Pieces {
        fn files(&self) -> &[BagFile] {
            &[]
        }
        fn irregular(&self) -> &[(String, String)] {
            &[]
        }
        fn read(&self, _: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
            self.0.chunks(self.1).for_each(see);
            Ok(())
        }
    }

    #[test]
    fn made_of_lines_and_nothing_else() {
        for size in 1..10 {
            for (text, good) in [
                (&b"one\ntwo\n"[..], true),
                (b"one\ntwo", false),
                (b"one\n", false),
                (b"one\ntwo\nx", false),
                (b"one\nTwo\n", false),
                (b"", false),
            ] {
                let mut lines = ["one\n", "two\n"].iter();
                let made = is_made_of(&Pieces(text, size), "", &mut |want| {
                    lines.next().map(|line| want.push_str(line)).is_some()
                });
                assert_eq!(
                    made,
                    good,
                    "{:?} by {size}",
                    text.escape_ascii().to_string()
                );
            }
        }
    }
}
