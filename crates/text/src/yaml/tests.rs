use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(src: &str) -> Document {
    let (doc, errors) = parse(src);
    assert_eq!(errors, [], "{src}");
    doc.unwrap()
}

fn faults(src: &str) -> Vec<String> {
    let (_, errors) = parse(src);
    errors
        .into_iter()
        .map(|error| format!("{}-{} {}", error.offset, error.end, error.message))
        .collect()
}

const SAMPLE: &str = "# head\nowner: ann\nscope:   # what\n  - \"src/**\"\n  - 'it''s'\n  - {a: 1.10, b: [x, 0x10]}\nempty:\nlast: |\n  two\n  lines\n";

#[test]
fn spans_and_values() {
    for newline in ["\n", "\r\n"] {
        for bom in ["", "\u{FEFF}"] {
            let src = format!("{bom}{}", SAMPLE.replace('\n', newline));
            let doc = read(&src);
            let text = |pointer: &str| &src[doc.at(pointer).unwrap().span()];
            assert_eq!(text("/owner"), "ann");
            assert_eq!(text("/scope/0"), "\"src/**\"");
            assert_eq!(text("/scope/1"), "'it''s'");
            assert_eq!(text("/scope/2"), "{a: 1.10, b: [x, 0x10]}");
            assert_eq!(text("/scope/2/b"), "[x, 0x10]");
            assert_eq!(text("/empty"), "");
            assert_eq!(
                &src[..doc.at("/empty").unwrap().span().start]
                    .rsplit('\n')
                    .next()
                    .unwrap(),
                &"empty:"
            );
            assert!(text("/last").starts_with('|'), "{:?}", text("/last"));
            assert_eq!(&src[doc.at("/scope").unwrap().key_span().unwrap()], "scope");
            assert!(text("/scope").ends_with("0x10]}"), "{:?}", text("/scope"));
            assert!(text("").starts_with("owner"), "{:?}", text(""));
            let want = json!({"owner": "ann", "scope": ["src/**", "it's", {"a": 1.10, "b": ["x", 16]}], "empty": null, "last": "two\nlines\n"});
            assert_eq!(doc.to_value(), Some(want));
            assert_eq!(doc.at("/scope/2/a").unwrap().number_text(), Some("1.10"));
        }
    }
}

#[test]
fn nothing_to_read() {
    for src in ["", "\n", "# only\n", "\u{FEFF}"] {
        let (doc, errors) = parse(src);
        assert!(doc.is_none() && errors.is_empty(), "{src:?} {errors:?}");
    }
    assert_eq!(read("---\n").to_value(), Some(json!(null)));
}

#[test]
fn scalars() {
    let doc = read(
        "[yes, true, ~, 0127, '1', !!str 1, !!int 1, +1, .inf, 1., \"\\u00e9\", !!float 1, ! 2]",
    );
    let want = json!([
        "yes", true, null, "0127", "1", "1", 1, 1, ".inf", 1.0, "é", 1, "2"
    ]);
    assert_eq!(doc.to_value(), Some(want));
}

#[test]
fn duplicate_keys() {
    let src = "a: 1\nb: {c: 1, \"c\": 2}\n'a': 3\n";
    let doc = read(src);
    let found: Vec<_> = doc
        .duplicates()
        .iter()
        .map(|d| (d.pointer.as_str(), d.first.clone(), &src[d.second.clone()]))
        .collect();
    assert_eq!(found, [("/b/c", 9..10, "\"c\""), ("/a", 0..1, "'a'")]);
    assert_eq!(doc.at("/a").unwrap().raw(), "3");
}

#[test]
fn anchors_are_resolved() {
    let src = "base: &b {x: 1, y: [2]}\ncopy: *b\nlist: [*b, &s text, *s]\n*s : key\n";
    let doc = read(src);
    let base = json!({"x": 1, "y": [2]});
    let want = json!({"base": base, "copy": base, "list": [base, "text", "text"], "text": "key"});
    assert_eq!(doc.to_value(), Some(want));
    assert_eq!(doc.at("/copy").unwrap().raw(), "*b");
    assert_eq!(
        doc.at("/copy/x").unwrap().span(),
        doc.at("/base/x").unwrap().span()
    );
    assert_eq!(doc.at("/copy/y/0").unwrap().pointer(), "/copy/y/0");
}

#[test]
fn faults_of_meaning_are_all_reported() {
    let src = "a: !secret x\n<<: {b: 1}\n? [k]\n: v\nc: !!int x\nd: *none\ne: &e [*e]\nf: 1\n";
    let (doc, errors) = parse(src);
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the tag `!secret` is not known",
            "merge key",
            "a key must be a scalar",
            "the tag `!!int` does not fit the value",
            "no anchor `&none` stands before this alias",
            "this alias stands inside what it names",
        ]
    );
    let doc = doc.unwrap();
    assert_eq!(doc.to_value().unwrap()["f"], 1);
    assert_eq!(
        doc.at("")
            .unwrap()
            .members()
            .map(|(key, _)| key)
            .collect::<String>(),
        "a<<cdef"
    );
}

#[test]
fn a_sequence_at_the_indentation_of_its_key_begins_with_its_dash() {
    for (src, raw) in [
        ("a:\n- 1\n- 2\n", "- 1\n- 2"),
        ("a: # - c\n- # - d\n  1\n", "- # - d\n  1"),
        ("a: &x-y\n- - 1\n", "- - 1"),
        ("a:\n  - 1\n", "- 1"),
        ("a: [-1]\n", "[-1]"),
        ("a: b\nc:\n- - 1\n", "- - 1"),
    ] {
        let doc = read(src);
        let node = doc.nodes().find(|node| node.kind() == Kind::Array).unwrap();
        assert_eq!(node.raw(), raw, "{src:?}");
    }
    let doc = read("a:\n- - 1\n");
    assert_eq!(doc.at("/a/0").unwrap().raw(), "- 1");
}

#[test]
fn a_comment_before_a_block_scalar_is_not_its_header() {
    let doc = read("a: # b | c > d\n  |\n  text\n");
    assert_eq!(doc.at("/a").unwrap().raw(), "|\n  text\n");
}

#[test]
fn faults_of_syntax_stop_the_reader() {
    let (doc, errors) = parse("a: [1, 2\nb: }\n");
    assert!(doc.is_none());
    assert_eq!(errors.len(), 1);
    assert!(!errors[0].message.is_empty());
    assert_eq!(
        faults("a: 1\n---\nb: 2\n"),
        ["5-8 expected the end, found another document"]
    );
    assert!(parse("a: 1\n---\nb: 2\n").0.is_some());
    let tab = parse("a:\n\t- b\n").1;
    assert_eq!(tab.len(), 1, "{tab:?}");
}

#[test]
fn limits() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(faults(&nested(MAX_DEPTH)), [""; 0]);
    assert_eq!(faults(&nested(MAX_DEPTH + 1)).len(), 1);
    assert_eq!(faults(&"[".repeat(200_000)).len(), 1);
    assert!(!faults(&"- ".repeat(200_000)).is_empty());
    assert!(!faults(&"? ".repeat(100_000)).is_empty());
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let before = format!("*a{},", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    let (doc, errors) = parse(&bomb);
    assert!(doc.is_none());
    assert_eq!(
        errors[0].message,
        "the aliases copy more than 100000 values"
    );
    let mut deep = String::from("a0: &a0 [x]\n");
    for level in 1..200 {
        deep.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(parse(&deep).1[0].message, "more than 128 levels of nesting");
}

#[test]
fn aliases_of_a_long_text_do_not_fill_the_memory() {
    let text = "x".repeat(1 << 20);
    let message = "the aliases copy more than 16777216 bytes";
    for alias in ["- *a\n", "- *a : 1\n", "- [[*a]]\n"] {
        let src = format!("- &a {text}\n{}", alias.repeat(16));
        assert_eq!(faults(&src), [""; 0], "{alias:?}");
        let (doc, errors) = parse(&format!("- &a {text}\n{}", alias.repeat(17)));
        assert!(doc.is_none());
        assert_eq!(errors[0].message, message, "{alias:?}");
    }
    let src = format!("- &a {{? {text} : 1}}\n{}", "- *a\n".repeat(17));
    assert_eq!(parse(&src).1[0].message, message, "keys count too");
}

#[test]
fn scalars_are_patched() {
    let src = "# c\na: old # why\nb:\n  - \"q\"  # x\nc:\nd: &x 1\ne: *x\nf: |\n  t\n";
    assert_eq!(set(src, "/a", "new").unwrap(), src.replace("old", "new"));
    assert_eq!(
        set(src, "/b/0", "'r'").unwrap(),
        src.replace("\"q\"", "'r'")
    );
    assert_eq!(set(src, "/c", "5").unwrap(), src.replace("c:\n", "c: 5\n"));
    let both = set_all(src, &[("/b/0", "7"), ("/a", "\"x: y\"")]).unwrap();
    assert_eq!(both, src.replace("\"q\"", "7").replace("old", "\"x: y\""));
    assert_eq!(
        set(src, "/a", "x: y"),
        Err(PatchError::Token("x: y".into()))
    );
    assert_eq!(
        set(src, "/a", "x # y"),
        Err(PatchError::Token("x # y".into()))
    );
    assert_eq!(
        set(src, "/d", "2"),
        Err(PatchError::Unsafe("/d".into())),
        "others use the anchor"
    );
    assert_eq!(set(src, "/e", "2"), Err(PatchError::NotScalar("/e".into())));
    assert_eq!(set(src, "/b", "2"), Err(PatchError::NotScalar("/b".into())));
    assert_eq!(set(src, "/f", "2"), Err(PatchError::Unsafe("/f".into())));
    assert_eq!(set(src, "/zz", "2"), Err(PatchError::Missing("/zz".into())));
    assert!(matches!(set("a: [", "/a", "2"), Err(PatchError::Source(_))));
    assert_eq!(
        set("[a, b]", "/0", "x, y"),
        Err(PatchError::Unsafe("/0".into()))
    );
}

proptest! {
    #[test]
    fn json_is_yaml(value in crate::json::tests::any_value()) {
        // The standard forbids some characters in YAML that JSON allows; they are escaped.
        let text = value.to_string();
        prop_assume!(!text.chars().any(|c| c.is_control() || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{2028}' | '\u{2029}')));
        let (doc, errors) = parse(&text);
        prop_assert_eq!(&errors, &vec![], "{}", text);
        prop_assert_eq!(doc.and_then(|doc| doc.to_value()), serde_json::from_str(&text).ok());
    }

    #[test]
    fn strings_come_back(text in any::<String>()) {
        let src = format!("a: {}\nb: 1\n", encode_str(&text));
        let (doc, errors) = parse(&src);
        prop_assert_eq!(errors, vec![], "{}", src);
        prop_assert_eq!(doc.unwrap().to_value(), Some(json!({"a": text, "b": 1})));
    }

    #[test]
    fn same_value_as_the_serde_side(text in "((  |    )?(- |[a-e]: |\"[a-c]\": |&x |\\*x|\\? )?(\\[[a-c1, ]{0,6}\\]|\\{[a-c]: [1-9]\\}|'[a-c ]{0,3}'|\\|[-+]?\n   x|>\n    y\n\n    z|[a-e1-9.:#-]{0,4}|null|true|~)?( #[a-c]{0,2})?\r?\n){1,7}") {
        let options = serde_saphyr::options! { strict_booleans: true };
        let want = serde_saphyr::from_str_with_options::<serde_json::Value>(&text, options);
        let (doc, errors) = parse(&text);
        if let (Some(doc), true, Ok(want)) = (doc, errors.is_empty(), &want) {
            // It refuses repeated keys, so there are none here.
            prop_assert_eq!(doc.to_value(), Some(want.clone()), "{}", text);
        } else if let Ok(want) = want {
            // Only what the documentation names is refused here alone.
            let known = errors.iter().all(|error| error.message.contains("key") || error.message.contains("document"));
            prop_assert!(known || want.is_null(), "{}: {:?}", text, errors);
        }
    }

    #[test]
    fn never_panics(text in "([a-c&*!<>|'\"#%@`\\[\\]{},:?~\n\t -]|- |: |\n  |&a |\\*a|<<: |---|!!str |\u{FEFF}|é|\r\n){0,40}") {
        let (doc, errors) = parse(&text);
        for error in &errors {
            prop_assert!(error.offset <= error.end && error.end <= text.len());
        }
        if let Some(doc) = doc {
            for node in doc.nodes() {
                prop_assert!(text.get(node.span()).is_some(), "{:?}", node);
                if let Some(key) = node.key_span() {
                    prop_assert!(text.get(key).is_some());
                }
                // A pointer names the last of repeated keys.
                if doc.duplicates().is_empty() {
                    prop_assert_eq!(doc.at(&node.pointer()).map(super::super::tree::Node::pointer), Some(node.pointer()));
                }
            }
            let _ = doc.to_value();
        }
        let _ = set(&text, "/a", "x");
    }
}
