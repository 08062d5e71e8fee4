use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{any_spaces, any_value, spaced};
use super::*;

const PRETTY: &str = "{\n  \"version\": 1.10,\n  \"items\": [\n    {\n      \"id\": \"a\"\n    }\n  ],\n  \"none\": {},\n  \"big\": 1e400\n}\n";

#[test]
fn set_changes_one_token() {
    assert_eq!(
        set(PRETTY, "/items/0/id", "\"b\"").unwrap(),
        PRETTY.replace("\"a\"", "\"b\"")
    );
    assert_eq!(set(" 1 ", "", "[2]").unwrap(), " [2] ");
    assert_eq!(
        set("{\"a\":1,\"a\":2}", "/a", "3").unwrap(),
        "{\"a\":1,\"a\":3}",
        "the last one counts"
    );
}

#[test]
fn insert_copies_the_style() {
    for (src, object, want) in [
        ("{}", "", "{\"k\": 0}"),
        ("{ }", "", "{\"k\": 0}"),
        ("{\n}\n", "", "{\n  \"k\": 0\n}\n"),
        ("{\"a\":1}", "", "{\"a\":1,\"k\":0}"),
        ("{\"a\": 1}", "", "{\"a\": 1, \"k\": 0}"),
        ("{ \"a\" : 1 }", "", "{ \"a\" : 1, \"k\" : 0 }"),
        ("{\"a\":1 ,\"b\":2}", "", "{\"a\":1 ,\"b\":2 ,\"k\":0}"),
        ("{\n\t\"a\": 1\n}", "", "{\n\t\"a\": 1,\n\t\"k\": 0\n}"),
        (
            "{\r\n    \"a\": {}\r\n}",
            "/a",
            "{\r\n    \"a\": {\r\n        \"k\": 0\r\n    }\r\n}",
        ),
        ("{\"a\": {}}", "/a", "{\"a\": {\"k\": 0}}"),
        ("[{\"a\":1}, {}]", "/1", "[{\"a\":1}, {\"k\":0}]"),
    ] {
        assert_eq!(
            insert(src, object, "k", "0").as_deref(),
            Ok(want),
            "{src:?}"
        );
    }
    let want = PRETTY.replace("{},", "{\n    \"k\": 0\n  },");
    assert_eq!(insert(PRETTY, "/none", "k", "0").unwrap(), want);
    let want = PRETTY.replace("1e400\n", "1e400,\n  \"k\\\"\": 0\n");
    assert_eq!(insert(PRETTY, "", "k\"", "0").unwrap(), want);
}

#[test]
fn push_copies_the_style() {
    assert_eq!(push("[]", "", "1").unwrap(), "[1]");
    assert_eq!(push("[1,2]", "", "3").unwrap(), "[1,2,3]");
    assert_eq!(push("[1]", "", "3").unwrap(), "[1, 3]");
    assert_eq!(push("{\"a\":[1]}", "/a", "3").unwrap(), "{\"a\":[1,3]}");
    let want = PRETTY.replace("    }\n  ]", "    },\n    {}\n  ]");
    assert_eq!(push(PRETTY, "/items", "{}").unwrap(), want);
    let two = Patch::new()
        .push("/a", "1")
        .push("/a", "2")
        .apply("{\n  \"a\": []\n}")
        .unwrap();
    assert_eq!(two, "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

#[test]
fn remove_takes_a_comma_with_it() {
    for (pointer, want) in [
        ("/0", "[ 2 , 3 ]"),
        ("/1", "[ 1 , 3 ]"),
        ("/2", "[ 1 , 2 ]"),
    ] {
        assert_eq!(remove("[ 1 , 2 , 3 ]", pointer).as_deref(), Ok(want));
    }
    assert_eq!(remove("[ 1 ]", "/0").unwrap(), "[]");
    assert_eq!(
        remove(PRETTY, "/version").unwrap(),
        PRETTY.replace("\"version\": 1.10,\n  ", "")
    );
    assert_eq!(
        remove(PRETTY, "/big").unwrap(),
        PRETTY.replace(",\n  \"big\": 1e400", "")
    );
    let both = Patch::new()
        .remove("/0")
        .remove("/1")
        .apply("[1,2,3]")
        .unwrap();
    assert_eq!(both, "[3]");
    let outer = Patch::new()
        .remove("/0")
        .remove("/2")
        .apply("[1, 2, 3]")
        .unwrap();
    assert_eq!(outer, "[2]");
    let all = Patch::new()
        .remove("/b")
        .remove("/a")
        .insert("", "c", "3")
        .apply("{\n  \"a\": 1,\n  \"b\": 2\n}")
        .unwrap();
    assert_eq!(all, "{\n  \"c\": 3\n}");
}

#[test]
fn several_edits_in_one_pass() {
    let patch = Patch::new()
        .set("/items/0/id", "\"z\"")
        .put("", "version", "2")
        .put("/none", "new", "true")
        .push("/items", "null")
        .remove("/big")
        .clone();
    let want = "{\n  \"version\": 2,\n  \"items\": [\n    {\n      \"id\": \"z\"\n    },\n    null\n  ],\n  \"none\": {\n    \"new\": true\n  }\n}\n";
    assert_eq!(patch.apply(PRETTY).as_deref(), Ok(want));
    assert_eq!(Patch::new().apply(PRETTY).as_deref(), Ok(PRETTY));
    assert!(Patch::new().is_empty() && !patch.is_empty());
}

#[test]
fn refusals() {
    let src = "{\"a\": {\"b\": [1]}, \"c\": 2}";
    let missing = |pointer: &str| Err(PatchError::Missing(pointer.to_owned()));
    assert_eq!(set(src, "/x", "1"), missing("/x"));
    assert_eq!(set(src, "a", "1"), missing("a"));
    assert_eq!(remove(src, "/a/b/1"), missing("/a/b/1"));
    assert_eq!(remove(src, ""), Err(PatchError::Root));
    assert_eq!(
        insert(src, "/a/b", "k", "1"),
        Err(PatchError::Kind("/a/b".into(), "object"))
    );
    assert_eq!(
        push(src, "/a", "1"),
        Err(PatchError::Kind("/a".into(), "array"))
    );
    assert_eq!(
        insert(src, "", "a", "1"),
        Err(PatchError::Exists("/a".into()))
    );
    assert!(matches!(set(src, "/c", "1 2"), Err(PatchError::Token(_))));
    assert!(matches!(set(src, "/c", ""), Err(PatchError::Token(_))));
    assert!(matches!(
        set("{\"a\": 1,}", "/a", "2"),
        Err(PatchError::Source(_))
    ));
    for patch in [
        Patch::new().set("/c", "1").set("/c", "2"),
        Patch::new().remove("/a").set("/a/b/0", "2"),
        Patch::new().remove("/a").push("/a/b", "2"),
        Patch::new().set("/a", "{}").insert("/a", "k", "2"),
        Patch::new().set("/a", "{}").remove("/a/b"),
        Patch::new().insert("", "k", "1").insert("", "k", "2"),
        Patch::new().remove("/c").remove("/c"),
    ] {
        assert!(
            matches!(patch.apply(src), Err(PatchError::Conflict(_))),
            "{patch:?}"
        );
    }
}

/// Any edit of a text: the pointers are chosen among those that it has.
#[derive(Debug, Clone)]
struct Edit {
    verb: u8,
    place: prop::sample::Index,
    key: String,
    value: Value,
}

fn any_edit() -> impl Strategy<Value = Edit> {
    (
        0u8..5,
        any::<prop::sample::Index>(),
        "[a-d]{1,2}",
        any_value(),
    )
        .prop_map(|(verb, place, key, value)| Edit {
            verb,
            place,
            key,
            value,
        })
}

proptest! {
    #[test]
    fn an_edit_does_what_it_says_and_nothing_else(value in any_value(), spaces in any_spaces(), edit in any_edit()) {
        let src = spaced(&value, &mut spaces.iter().copied().cycle());
        let (doc, _) = parse(&src);
        let all: Vec<Node<'_>> = doc.nodes().collect();
        let node = all[edit.place.index(all.len())];
        let (pointer, token) = (node.pointer(), edit.value.to_string());
        let new: Value = serde_json::from_str(&token).unwrap();
        let mut want: Value = serde_json::from_str(&src).unwrap();
        let target = want.pointer_mut(&pointer).unwrap();
        let out = match edit.verb {
            0 => {
                *target = new;
                set(&src, &pointer, &token)
            }
            1 | 2 if node.kind() == Kind::Object => {
                let had = target.as_object_mut().unwrap().insert(edit.key.clone(), new).is_some();
                if edit.verb == 1 && had {
                    prop_assert!(insert(&src, &pointer, &edit.key, &token).is_err());
                    return Ok(());
                }
                Patch::new().put(pointer.as_str(), edit.key.as_str(), token.as_str()).apply(&src)
            }
            3 if node.kind() == Kind::Array => {
                target.as_array_mut().unwrap().push(new);
                push(&src, &pointer, &token)
            }
            4 if node.parent().is_some() => {
                let parent = node.parent().unwrap();
                match want.pointer_mut(&parent.pointer()).unwrap() {
                    Value::Object(members) => drop(members.shift_remove(node.key().unwrap())),
                    Value::Array(items) => drop(items.remove(node.slot())),
                    _ => unreachable!(),
                }
                remove(&src, &pointer)
            }
            _ => return Ok(()),
        };
        let out = out.unwrap();
        let (again, errors) = parse(&out);
        prop_assert_eq!(errors, vec![]);
        prop_assert_eq!(again.to_value(), Some(want), "{} -> {}", src, out);
        // Bytes before and after the container (or the value) are the same.
        let span = match edit.verb {
            4 => node.parent().unwrap().span(),
            _ => node.span(),
        };
        prop_assert!(out.starts_with(&src[..span.start]));
        prop_assert!(out.ends_with(&src[span.end..]));
        if edit.verb == 0 {
            prop_assert_eq!(out, format!("{}{token}{}", &src[..span.start], &src[span.end..]));
        }
    }

    #[test]
    fn removing_what_was_added_gives_the_text_back(members in 1usize..4, spaces in any_spaces()) {
        let object: serde_json::Map<String, Value> = (0..members).map(|n| (format!("m{n}"), json!(n))).collect();
        let src = spaced(&Value::Object(object), &mut spaces.iter().copied().cycle());
        let added = insert(&src, "", "new", "[1, 2]").unwrap();
        prop_assert_eq!(remove(&added, "/new").unwrap(), src);
    }

    #[test]
    fn many_removals(len in 1usize..8, gone in proptest::collection::btree_set(0usize..8, 0..8), added in 0usize..3, spaces in any_spaces()) {
        let value: Value = (0..len).map(Value::from).collect();
        let src = spaced(&value, &mut spaces.iter().copied().cycle());
        let mut patch = Patch::new();
        let mut want: Vec<usize> = (0..len).collect();
        want.retain(|n| !gone.contains(n));
        for n in gone.iter().filter(|n| **n < len) {
            patch.remove(format!("/{n}"));
        }
        for n in 0..added {
            patch.push("", format!("{}", 100 + n));
            want.push(100 + n);
        }
        let out = patch.apply(&src).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<usize>>(&out).unwrap(), want);
    }
}
