//! Any bytes as a manifest of another shape, a run report and a test log: no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_attach_pack::{import, report, results};

fuzz_target!(|bytes: &[u8]| {
    let _ = results::summarise(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (document, _) = trueline_text::json::parse(text);
    let _ = import::read(&document);
    let _ = report::claims(text);
    for one in report::references(text) {
        assert!(text.get(one.range).is_some());
    }
    assert!(report::pack_lines(&report::without_pack_lines(text)).is_empty());
});
