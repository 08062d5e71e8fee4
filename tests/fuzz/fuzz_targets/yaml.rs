//! Any text as YAML: no panic, spans inside the text, edits that only change their value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_text::yaml;

fuzz_target!(|text: &str| {
    let (doc, errors) = yaml::parse(text);
    for error in &errors {
        assert!(error.offset <= error.end && text.get(error.offset..error.end).is_some());
    }
    let Some(doc) = doc else {
        return;
    };
    for node in doc.nodes() {
        assert!(text.get(node.span()).is_some(), "{node:?}");
        if let Some(key) = node.key_span() {
            assert!(text.get(key).is_some(), "{node:?}");
        }
    }
    let _ = doc.to_value();
    if let Some(node) = doc.nodes().last() {
        if let Ok(out) = yaml::set(text, &node.pointer(), "\"x\"") {
            let span = node.span();
            assert!(out.starts_with(&text[..span.start]) && out.ends_with(&text[span.end..]));
        }
    }
});
