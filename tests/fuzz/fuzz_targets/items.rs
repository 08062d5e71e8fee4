//! Any text as a blueprint: no panic, every byte belongs to one item or to none, and what is
//! indexed can be found in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_concordance::ids::Prefixes;
use trueline_concordance::items::{Holds, read};
use trueline_kit::Source;

fuzz_target!(|text: &str| {
    let prefixes = Prefixes::default();
    let whole = Holds { nt: true, td: true };
    for holds in [whole, Holds { nt: false, td: false }] {
        let found = read(Source::new("docs/nt.md", text), holds, &prefixes);
        let text = found.source.text();
        let mut parts: Vec<_> = found.outside.clone();
        for item in &found.items {
            parts.extend(item.own.iter().cloned());
            assert!(text.get(item.range.clone()).is_some());
            assert!(text.get(item.at.clone()).is_some_and(|at| at.contains(item.id.as_str())));
            assert!(prefixes.kind(&item.id) == Some(item.kind));
            for (id, at) in &item.needs {
                assert!(text.get(at.clone()).is_some_and(|at| at.contains(id.as_str())));
            }
            if let Some(at) = item.inside {
                let around = &found.items[at];
                assert!(around.range.start <= item.range.start && item.range.end <= around.range.end);
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.sort_by_key(|part| part.start);
        let mut at = 0;
        for part in parts {
            assert_eq!(part.start, at, "bytes in no part, or in two");
            at = part.end;
        }
        assert_eq!(at, text.len());
        for fault in &found.faults {
            assert!(text.get(fault.range.clone()).is_some());
        }
    }
});
