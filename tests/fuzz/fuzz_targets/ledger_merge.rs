//! Merging any three ledgers: every line of either side is in the result as often as it should
//! be, upstream's first, and a side merged with itself is itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_ledger_lint::merge::{merge, merge_document};
use trueline_text::jsonl::Lines;
use trueline_text::position::BOM;

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    // Marks at the start of a file are no part of its first record.
    let mut bytes = bytes;
    while let Some(rest) = bytes.strip_prefix(BOM) {
        bytes = rest;
    }
    // White space at the end of a line makes no other record of it.
    Lines::new(bytes)
        .map(|line| line.text.trim_ascii_end())
        .collect()
}

fn whole(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    bytes
}

fuzz_target!(|input: (&[u8], &[u8], &[u8])| {
    let (base, theirs, mine) = input;
    // As ledgers grow: both sides begin with the base.
    let base = whole(base);
    let upstream = [&base, &whole(theirs)[..]].concat();
    let ours = [&base, &whole(mine)[..]].concat();
    if let Ok(merged) = merge(&base, &upstream, &ours) {
        assert!(merged.starts_with(&upstream));
        for line in lines(&upstream).into_iter().chain(lines(&ours)) {
            assert!(lines(&merged).contains(&line));
        }
        assert!(lines(&merged).len() <= lines(&upstream).len() + lines(&whole(mine)).len());
    }
    assert!(merge(&base, &ours, &ours).is_ok_and(|merged| merged == ours));
    // Sides that share nothing, and documents: no panic.
    let _ = merge(theirs, &base, mine);
    let text = |bytes| std::str::from_utf8(bytes).ok();
    if let (Some(a), Some(b), Some(c)) = (text(&base[..]), text(theirs), text(mine)) {
        let _ = merge_document(a, b, c, "/records");
    }
});
