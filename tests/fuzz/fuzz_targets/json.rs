//! Any bytes as JSON: no panic, spans inside the text, the verdict and value of serde_json.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trueline_text::json;

/// Verdicts that differ by design; see the table in the documentation of the module.
const BY_DESIGN: [&str; 4] = [
    "number out of range",
    "lone leading surrogate",
    "unexpected end of hex escape",
    "recursion limit",
];

fuzz_target!(|bytes: &[u8]| {
    let (doc, errors) = json::parse_bytes(bytes);
    for error in &errors {
        assert!(error.offset <= error.end && error.end <= bytes.len());
    }
    for node in doc.nodes() {
        assert!(node.span().end <= bytes.len());
        if doc.duplicates().is_empty() && errors.is_empty() {
            assert_eq!(doc.at(&node.pointer()), Some(node));
        }
    }
    let value = doc.to_value();
    match serde_json::from_slice::<Value>(bytes) {
        Ok(want) => {
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(value, Some(want));
        }
        Err(error) => {
            let message = error.to_string();
            let is_known = BY_DESIGN.iter().any(|known| message.starts_with(known));
            assert!(is_known || !errors.is_empty(), "{message}");
        }
    }
});
