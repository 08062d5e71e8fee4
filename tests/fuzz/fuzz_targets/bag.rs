//! Any text as a manifest: no panic, and a path that is encoded is decoded to itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_attach_pack::bag::{decode_path, encode_path, parse_manifest};

fuzz_target!(|text: &str| {
    let (lines, _) = parse_manifest(text, true);
    for line in lines {
        assert_eq!(decode_path(&encode_path(&line.path)), line.path);
    }
});
