//! Any bytes as a zip: no panic, no content beyond what is said, and nothing but a pack is clean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_attach_pack::bag::{ZipSource, verify, verify_strict};
use trueline_attach_pack::zip::Archive;

fuzz_target!(|bytes: &[u8]| {
    let Ok(archive) = Archive::open(bytes) else {
        return;
    };
    let Ok(checked) = archive.check() else {
        return;
    };
    assert_eq!(checked.sha256.len(), archive.entries().len());
    let source = ZipSource::checked(&archive, &checked);
    let _ = verify(&source);
    let _ = verify_strict(&source);
});
