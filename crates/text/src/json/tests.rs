use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn faults(src: &str) -> Vec<(usize, usize, String)> {
    let (_, errors) = parse(src);
    errors
        .into_iter()
        .map(|error| (error.offset, error.end, error.message))
        .collect()
}

fn first(src: &str) -> String {
    faults(src)
        .into_iter()
        .next()
        .map(|(at, end, message)| format!("{at}-{end} {message}"))
        .unwrap_or_default()
}

#[test]
fn spans_and_pointers() {
    let src = r#" {"a": [1.10, "x"], "b/~": {"c": null}, "\u00e9": true} "#;
    let (doc, errors) = parse(src);
    assert_eq!(errors, []);
    let root = doc.root().unwrap();
    assert_eq!(
        (root.kind(), root.span(), root.pointer().as_str()),
        (Kind::Object, 1..src.len() - 1, "")
    );
    let number = doc.at("/a/0").unwrap();
    assert_eq!(number.number_text(), Some("1.10"));
    assert_eq!(number.raw(), "1.10");
    assert_eq!(number.pointer(), "/a/0");
    let deep = doc.at("/b~1~0/c").unwrap();
    assert_eq!(
        (deep.pointer().as_str(), deep.is_null()),
        ("/b~1~0/c", true)
    );
    assert_eq!(&src[deep.key_span().unwrap()], r#""c""#);
    assert_eq!(deep.parent().unwrap().key(), Some("b/~"));
    assert_eq!(root.get("é").unwrap().as_bool(), Some(true));
    assert_eq!(root.get("é").unwrap().pointer(), "/é");
    for node in doc.nodes() {
        assert_eq!(doc.at(&node.pointer()), Some(node));
    }
    for nothing in ["a", "/a/2", "/a/00", "/a/-", "/a/0/x", "/zz", "/b~2"] {
        assert!(doc.at(nothing).is_none(), "{nothing}");
    }
    assert_eq!(
        root.members().map(|(key, _)| key).collect::<Vec<_>>(),
        ["a", "b/~", "é"]
    );
    assert_eq!(doc.at("/a").unwrap().items().count(), 2);
}

#[test]
fn duplicate_keys_are_found_after_decoding() {
    let src = r#"{"x":{"a":1,"\u0061":2,"b":3,"a":4}}"#;
    let (doc, errors) = parse(src);
    assert_eq!(errors, []);
    let found: Vec<_> = doc
        .duplicates()
        .iter()
        .map(|d| (d.pointer.as_str(), &src[d.first.clone()], d.second.clone()))
        .collect();
    assert_eq!(
        found,
        [("/x/a", r#""a""#, 12..20), ("/x/a", r#""a""#, 29..32)]
    );
    assert_eq!(doc.at("/x/a").unwrap().raw(), "4", "the last one counts");
    assert_eq!(doc.to_value().unwrap()["x"]["a"], 4);
}

/// Without a bound this takes minutes: each object with a repeated key spells its pointer out.
#[test]
fn repeated_keys_below_a_long_key_are_quick() {
    let many = "{\"a\":1,\"a\":1},".repeat(50_000);
    let src = format!("{{\"{}\":[{many}0]}}", "k".repeat(5 << 20));
    let (doc, errors) = parse(&src);
    assert!(errors.is_empty());
    assert_eq!(doc.duplicates().len(), 1);
}

#[test]
fn large_objects_are_indexed() {
    let members: Vec<String> = (0..300).map(|n| format!("\"k{}\":{n}", n % 290)).collect();
    let src = format!("{{{}}}", members.join(","));
    let (doc, errors) = parse(&src);
    assert_eq!((errors.len(), doc.duplicates().len()), (0, 10));
    let root = doc.root().unwrap();
    for n in 0..290 {
        let want = if n < 10 { n + 290 } else { n };
        assert_eq!(root.get(&format!("k{n}")).unwrap().raw(), want.to_string());
    }
    assert!(root.get("k290").is_none());
    assert!(root.get("").is_none());
}

#[test]
fn errors_say_where_and_what() {
    for (src, want) in [
        ("", "0-0 expected a value, found the end"),
        (" \n", "2-2 expected a value, found the end"),
        ("{\"a\":1,}", "6-7 trailing comma"),
        ("[1,]", "2-3 trailing comma"),
        ("{\"a\" 1}", "5-5 expected `:` after the key, found `1`"),
        (
            "{\"a\":1 \"b\":2}",
            "7-8 expected `,` or `}`, found a string",
        ),
        ("[1 2]", "3-4 expected `,` or `]`, found `2`"),
        ("{a:1}", "1-2 expected a key in double quotes, found `a`"),
        ("{\"a\":}", "5-5 expected a value, found `}`"),
        ("[01]", "1-3 not a number"),
        ("[NaN]", "1-4 expected a value, found `NaN`"),
        ("\"a\tb\"", "2-3 control character U+0009 in a string"),
        ("\"\\x\"", "1-3 unknown escape in a string"),
        (
            "\"\\u12\"",
            "1-5 expected four hexadecimal digits after `\\u`",
        ),
        ("\"ab", "0-3 expected `\"` at the end of the string"),
        ("{} {}", "3-4 expected the end, found another value"),
        ("1 x", "2-3 expected the end, found `x`"),
        ("[1}", "2-3 expected `]`, found `}`"),
        ("[", "1-1 expected `]`, found the end"),
        ("]", "0-1 expected a value, found `]`"),
        ("\u{FEFF}1", "0-3 byte order mark before the value"),
        ("[\u{7}]", "1-2 expected a value, found U+0007"),
    ] {
        assert_eq!(first(src), want, "{src:?}");
    }
}

#[test]
fn one_error_does_not_hide_another() {
    let src = r#"{"a": tru, 'b': [1, 2], "c": 01, "d": [3,], "e": {"f" 5}}"#;
    let found: Vec<&str> = faults(src)
        .iter()
        .map(|fault| &src[fault.0..fault.1.max(fault.0 + 1)])
        .collect();
    assert_eq!(found, ["tru", "'b'", "01", ",", "5"]);
    let (doc, errors) = parse("{\"a\": tru, \"b\": [1,], \"c\": 5, d: 6, \"e\": 7}");
    assert_eq!(errors.len(), 3);
    assert_eq!(doc.at("/a").unwrap().kind(), Kind::Invalid);
    assert_eq!(doc.at("/c").unwrap().raw(), "5");
    assert_eq!(doc.at("/e").unwrap().raw(), "7");
    assert_eq!(
        faults("{\"a\": [1, {\"b\": 2]}").len(),
        1,
        "a forgotten bracket is one error"
    );
}

#[test]
fn limits() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(faults(&nested(MAX_DEPTH)), []);
    let (doc, errors) = parse(&format!("[{}, 2]", nested(MAX_DEPTH)));
    assert_eq!(errors[0].message, "more than 128 levels of nesting");
    assert_eq!((errors.len(), errors[0].offset), (1, MAX_DEPTH));
    assert_eq!(doc.at("/1").unwrap().raw(), "2", "what follows is read");
    assert!(!faults(&"[".repeat(1_000_000)).is_empty());
    assert!(!faults(&"[{\"\":".repeat(200_000)).is_empty());
    let limits = parse::Limits {
        bytes: 10,
        depth: 2,
        values: 3,
        errors: 2,
    };
    let small = |src| parse::parse(src, limits).1.len();
    assert_eq!(small("[1,2]"), 0);
    assert_eq!(small("[1,2,3]"), 1, "too many values");
    assert_eq!(small("[1      ,2]"), 1, "too many bytes");
    assert_eq!(small("[x,y,z,1]"), 2, "too many errors");
    assert_eq!(
        small("\"\u{1}\u{1}\u{1}\u{1}\""),
        2,
        "too many errors in one string"
    );
}

#[test]
fn bytes_that_are_not_utf8() {
    let (doc, errors) = parse_bytes(b"{\"a\":\"\xFF\xFE\", \"b\": x}");
    let found: Vec<_> = errors
        .iter()
        .map(|e| (e.offset, e.end, e.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (6, 8, "not valid UTF-8"),
            (16, 17, "expected a value, found `x`")
        ]
    );
    assert_eq!(doc.at("/a").unwrap().span(), 5..9);
}

#[test]
fn numbers_beyond_f64() {
    let (doc, _) = parse("[1e400, -1e400, 1.10, 18446744073709551616]");
    let value = doc.to_value().unwrap();
    assert_eq!(value[0], Value::from(f64::MAX));
    assert_eq!(value[1], Value::from(f64::MIN));
    assert_eq!(doc.at("/0").unwrap().number_text(), Some("1e400"));
    assert_eq!(
        value[3],
        serde_json::from_str::<Value>("18446744073709551616").unwrap()
    );
}

/// The verdicts that differ by design.
fn differs_by_design(src: &str) -> bool {
    let Err(error) = serde_json::from_str::<Value>(src) else {
        return false;
    };
    let message = error.to_string();
    [
        "number out of range",
        "lone leading surrogate",
        "unexpected end of hex escape",
        "recursion limit",
    ]
    .iter()
    .any(|known| message.starts_with(known))
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-e/~\"\\\\é]{0,3}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The value as text, with white space chosen by `spaces`.
pub(crate) fn spaced(value: &Value, spaces: &mut impl Iterator<Item = &'static str>) -> String {
    let mut space = || spaces.next().unwrap_or_default();
    let (a, b) = (space(), space());
    let body = match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| spaced(item, spaces)).collect();
            format!("[{}{b}]", items.join(","))
        }
        Value::Object(members) => {
            let mut text = Vec::new();
            for (key, item) in members {
                let before = spaces.next().unwrap_or_default();
                text.push(format!(
                    "{before}{}{b}:{}",
                    encode_str(key),
                    spaced(item, spaces)
                ));
            }
            format!("{{{}{a}}}", text.join(","))
        }
        other => other.to_string(),
    };
    format!("{a}{body}{b}")
}

pub(crate) fn any_spaces() -> impl Strategy<Value = Vec<&'static str>> {
    let space = prop_oneof![4 => Just(""), 2 => Just(" "), 1 => Just("\n  "), 1 => Just("\r\n\t")];
    proptest::collection::vec(space, 1..40)
}

proptest! {
    #[test]
    fn same_value_as_serde_json(value in any_value(), spaces in any_spaces()) {
        let text = spaced(&value, &mut spaces.iter().copied().cycle());
        let want: Value = serde_json::from_str(&text).unwrap();
        let (doc, errors) = parse(&text);
        prop_assert_eq!(errors, vec![]);
        prop_assert_eq!(doc.to_value(), Some(want));
        for node in doc.nodes() {
            prop_assert_eq!(doc.at(&node.pointer()), Some(node));
            let again: Value = serde_json::from_str(node.raw()).unwrap();
            prop_assert_eq!(node.to_value(), again);
        }
    }

    #[test]
    fn same_verdict_on_mutated_text(
        value in any_value(), spaces in any_spaces(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..3, "[\\[\\]{},:\"\\\\0-9.eE+ \\-a-fnrtu\u{1}é]{0,2}"), 1..4),
    ) {
        let mut text = spaced(&value, &mut spaces.iter().copied().cycle());
        for (at, len, new) in cuts {
            let chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len() + 1);
            let end = (at + len).min(chars.len());
            text = chars[..at].iter().copied().chain(new.chars()).chain(chars[end..].iter().copied()).collect();
        }
        check_verdict(&text)?;
    }

    #[test]
    fn same_verdict_on_json_like_text(text in "([\\[\\]{},:]|\"[a\\\\u0d8]{0,6}\"|-?[0-9]{1,2}(\\.[0-9]?)?([eE][+-]?[0-9]?)?|true|nul{1,2}| ){0,12}") {
        check_verdict(&text)?;
    }

    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (doc, errors) = parse_bytes(&bytes);
        for error in &errors {
            prop_assert!(error.offset <= error.end && error.end <= bytes.len());
        }
        for node in doc.nodes() {
            prop_assert!(node.span().end <= bytes.len());
            let _ = (node.pointer(), node.to_value());
        }
    }

    #[test]
    fn strings_come_back(text in any::<String>()) {
        let token = encode_str(&text);
        let (doc, errors) = parse(&token);
        prop_assert!(errors.is_empty());
        prop_assert_eq!(doc.root().unwrap().as_str().unwrap(), text.as_str());
        prop_assert_eq!(serde_json::from_str::<String>(&token).unwrap(), text);
    }
}

fn check_verdict(text: &str) -> Result<(), TestCaseError> {
    let (doc, errors) = parse(text);
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            prop_assert_eq!(&errors, &vec![], "{}", text);
            prop_assert_eq!(doc.to_value(), Some(value));
        }
        Err(_) if differs_by_design(text) => {}
        Err(error) => prop_assert!(!errors.is_empty(), "accepted {:?}: {}", text, error),
    }
    for error in &errors {
        prop_assert!(error.offset <= error.end && error.end <= text.len());
    }
    Ok(())
}
