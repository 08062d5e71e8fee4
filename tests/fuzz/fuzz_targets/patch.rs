//! Any text and an edit of it: the result is JSON, means what the edit says, and keeps
//! all bytes outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trueline_text::json::{self, Kind, Patch};

fuzz_target!(|input: (u8, u16, &str)| {
    let (verb, place, text) = input;
    let (doc, errors) = json::parse(text);
    if !errors.is_empty() || !doc.duplicates().is_empty() {
        assert!(errors.is_empty() || json::set(text, "", "1").is_err());
        return;
    }
    let nodes: Vec<_> = doc.nodes().collect();
    let node = nodes[usize::from(place) % nodes.len()];
    let pointer = node.pointer();
    let mut want = doc.to_value().expect("it has nodes");
    let target = want.pointer_mut(&pointer).expect("the same pointers");
    let mut patch = Patch::new();
    match (verb % 4, node.kind()) {
        (0, _) => {
            *target = Value::from(7);
            patch.set(pointer, "7");
        }
        (1, Kind::Object) => {
            target["k~/"] = Value::from(7);
            patch.put(pointer, "k~/", "7");
        }
        (2, Kind::Array) => {
            target.as_array_mut().expect("an array").extend([Value::from(7), Value::from(8)]);
            patch.push(pointer.as_str(), "7").push(pointer, "8");
        }
        (3, Kind::Object | Kind::Array) => {
            for child in node.children() {
                patch.remove(child.pointer());
            }
            match target {
                Value::Object(members) => members.clear(),
                Value::Array(items) => items.clear(),
                _ => unreachable!("the same kinds"),
            }
        }
        _ => return,
    }
    let out = patch.apply(text).expect("a sound edit");
    let (again, errors) = json::parse(&out);
    assert!(errors.is_empty(), "{out}: {errors:?}");
    assert_eq!(again.to_value(), Some(want));
    let span = node.span();
    assert!(out.starts_with(&text[..span.start]) && out.ends_with(&text[span.end..]));
});
