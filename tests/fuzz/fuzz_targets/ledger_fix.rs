//! Mending any bytes: a second time changes nothing, committed lines stay, and every record has
//! the value that it had.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trueline_ledger_lint::fix::fix;
use trueline_ledger_lint::ledger::Format;
use trueline_text::jsonl::Lines;
use trueline_text::position::BOM;

fn values(bytes: &[u8]) -> Vec<Value> {
    Lines::new(bytes)
        .filter_map(|line| {
            let mut text = line.text;
            while let Some(rest) = text.strip_prefix(BOM) {
                text = rest;
            }
            // A form feed is white space for the fix, not for JSON.
            serde_json::from_slice(text.trim_ascii_end()).ok()
        })
        .collect()
}

fuzz_target!(|input: (u8, bool, &[u8])| {
    let (committed, encodings, bytes) = input;
    let committed = u32::from(committed % 4);
    let fixed = fix(bytes, Format::Jsonl, committed, encodings);
    let again = fix(&fixed.bytes, Format::Jsonl, committed, encodings);
    if !encodings {
        assert_eq!(values(bytes), values(&fixed.bytes));
        assert_eq!(again.bytes, fixed.bytes);
    }
    // The lines that are committed stand first, byte for byte.
    let kept: usize = Lines::new(bytes)
        .take(committed as usize)
        .map(|line| line.full_range().len())
        .sum();
    assert_eq!(fixed.bytes.get(..kept), bytes.get(..kept));
    for format in [Format::Json, Format::Yaml, Format::Table] {
        let once = fix(bytes, format, committed, encodings).bytes;
        assert_eq!(fix(&once, format, committed, encodings).bytes, once);
    }
});
