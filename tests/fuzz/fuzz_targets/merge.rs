//! Any three texts merged by id: one side alone is taken as it is, swapped sides give the same
//! conflicts, and every id that a side added is in the result.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use trueline_plan::merge::merge;

fuzz_target!(|input: (&str, &str, &str)| {
    let (base, ours, theirs) = input;
    let run = |o: &str, a: &str, b: &str| {
        merge(o.as_bytes(), a.as_bytes(), b.as_bytes(), "id", &["done"])
    };
    let (Ok(there), Ok(back)) = (run(base, ours, theirs), run(base, theirs, ours)) else {
        return;
    };
    let ids = |merged: &trueline_plan::merge::Merged| -> BTreeSet<String> {
        merged.conflicts.iter().map(|conflict| conflict.id.clone()).collect()
    };
    assert_eq!(ids(&there), ids(&back));
    let alone = run(base, ours, base).expect("no markers");
    assert_eq!(alone.bytes, ours.as_bytes());
    assert!(alone.conflicts.is_empty());
    let records = |text: &str| -> BTreeSet<String> {
        text.lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line.trim_start_matches('\u{FEFF}')).ok())
            .filter_map(|value| value.get("id").filter(|id| id.is_string() || id.is_number()).map(ToString::to_string))
            .collect()
    };
    let text = String::from_utf8(there.bytes).expect("all of it was text");
    let (old, merged) = (records(base), records(&text));
    for id in records(ours).union(&records(theirs)) {
        assert!(old.contains(id) || merged.contains(id), "{id} is lost");
    }
});
