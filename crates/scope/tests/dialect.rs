//! What is in the dialect, what is refused and where, and what is said about patterns that are taken.

use trueline_scope::{Glob, MAX_ALTERNATIVES, MAX_NESTING, MAX_PATTERN_BYTES};

#[test]
fn what_is_outside_is_refused_with_its_place_and_a_help() {
    for (text, offset, message) in [
        ("", 0, "nothing is left"),
        ("/", 1, "nothing is left"),
        ("{,}", 3, "nothing is left"),
        ("a//b", 2, "component is empty"),
        ("//a", 1, "component is empty"),
        ("a//", 2, "component is empty"),
        ("./a", 1, "`.` is in no path"),
        ("a/./b", 3, "`.` is in no path"),
        ("a/../b", 4, "`..` is in no path"),
        ("a/..", 4, "`..` is in no path"),
        ("\\./a", 2, "`.` is in no path"),
        ("{.,..}/a", 6, "is in no path"),
        ("a**", 1, "whole component"),
        ("**a", 2, "whole component"),
        ("a/**b/c", 4, "whole component"),
        ("é/b**", 4, "whole component"),
        ("**?", 2, "whole component"),
        ("**[a]", 2, "whole component"),
        ("a{b,**}", 4, "whole component"),
        ("{**,a}b", 6, "whole component"),
        ("{a,**}**", 6, "whole component"),
        ("***", 0, "more than two"),
        ("a/****", 2, "more than two"),
        ("[a", 0, "never closed"),
        ("a[]", 1, "never closed"),
        ("[!]", 0, "never closed"),
        ("[a\\", 0, "never closed"),
        ("[a\\]", 0, "never closed"),
        ("{[a,b}", 1, "never closed"),
        ("[z-a]", 1, "backwards"),
        ("[[:alpha:]]", 1, "named classes"),
        ("a{b", 1, "never closed"),
        ("{a,{b}", 0, "never closed"),
        ("a}", 1, "closes nothing"),
        ("a\\", 1, "escapes nothing"),
        ("a\0", 1, "NUL"),
        ("a\\\0", 2, "NUL"),
        ("[\0]", 1, "NUL"),
    ] {
        let error = Glob::parse(text).err();
        let error = error.unwrap_or_else(|| panic!("{text:?} is taken"));
        assert_eq!(error.offset, offset, "{text:?}: {error}");
        assert!(error.message.contains(message), "{text:?}: {error}");
        assert!(
            error.help.is_some() && error.to_string().contains("at byte"),
            "{text:?}"
        );
    }
}

#[test]
fn the_limits_hold_and_what_is_just_within_is_taken() {
    assert!(Glob::parse(&"a".repeat(MAX_PATTERN_BYTES)).is_ok());
    let error = Glob::parse(&"é".repeat(MAX_PATTERN_BYTES)).unwrap_err();
    assert!(error.message.contains("4096"), "{error}");

    let ten = "{a,b}".repeat(10);
    assert_eq!(MAX_ALTERNATIVES, 1024);
    assert!(Glob::parse(&ten).unwrap().matches("abababbbaa"));
    let error = Glob::parse(&format!("{ten}{{,}}")).unwrap_err();
    assert_eq!(
        (error.offset, error.message.contains("1024")),
        (50, true),
        "{error}"
    );
    assert!(Glob::parse(&format!("{{{}}}", "a,".repeat(1024))).is_err());
    assert!(Glob::parse(&format!("x{{{}}}", "a,".repeat(1023))).is_ok());

    let nested = |depth: usize| format!("{}a{}", "{".repeat(depth), "}".repeat(depth));
    assert!(Glob::parse(&nested(MAX_NESTING)).is_ok());
    let error = Glob::parse(&nested(MAX_NESTING + 1)).unwrap_err();
    assert_eq!(error.offset, MAX_NESTING);
    assert!(Glob::parse(&"{".repeat(MAX_PATTERN_BYTES)).is_err());
}

#[test]
fn notes_tell_what_was_dropped() {
    let notes = |text: &str| {
        let glob = Glob::parse(text).unwrap();
        glob.notes()
            .iter()
            .map(|note| (note.offset, note.message.clone()))
            .collect::<Vec<_>>()
    };
    assert!(notes("a/b{,c}/").is_empty());
    let leading = notes("/a");
    assert_eq!(leading.len(), 1);
    assert_eq!(leading[0].0, 0);
    assert!(leading[0].1.contains("leading"), "{leading:?}");
    for (text, offset) in [
        ("x{a,{b,c}/d,}/", None),
        ("{a,}", Some(4)),
        ("a{/,}/b", Some(5)),
        ("{a,..}/b", Some(6)),
        ("..", Some(2)),
    ] {
        let notes = notes(text);
        assert_eq!(
            notes.first().map(|note| note.0),
            offset,
            "{text}: {notes:?}"
        );
        assert!(
            notes.iter().all(|note| note.1.contains("denotes no path")),
            "{text}: {notes:?}"
        );
    }
}

#[test]
fn prefixes_and_single_paths() {
    for (text, prefix, single) in [
        ("a/b.c", "a/b.c", true),
        ("/a", "a", true),
        ("\\[a]\\*", "[a]*", true),
        ("[a]", "a", true),
        ("{a}", "a", true),
        ("src/*.rs", "src/", false),
        ("src/", "src/", false),
        ("a{b,bc}", "ab", false),
        ("src/{ab,ac}", "src/a", false),
        ("{a,a}", "a", true),
        ("**/a", "", false),
        ("..", "", false),
        ("[.]", ".", false),
        ("é?", "é", false),
    ] {
        let glob = Glob::parse(text).unwrap();
        assert_eq!(glob.literal_prefix(), prefix, "{text}");
        assert_eq!(
            glob.is_literal(),
            single.then(|| prefix.to_owned()),
            "{text}"
        );
        assert_eq!(glob.to_string(), text);
    }
    for (text, empty) in [
        ("..", true),
        (".", true),
        ("[.]", true),
        ("a/[/]", true),
        ("**", false),
        ("[.]?", false),
    ] {
        assert_eq!(Glob::parse(text).unwrap().is_empty(), empty, "{text}");
    }
}

#[test]
fn texts_that_are_no_paths_never_match() {
    let glob = Glob::parse("**").unwrap();
    for path in ["", "/", "/a", "a/", "a//b", ".", "a/..", "../a", "a\0b"] {
        assert!(!glob.matches(path), "{path:?}");
    }
    for path in ["a", ".git", "a b/\n", "\u{feff}a", "a\\b", "..."] {
        assert!(glob.matches(path), "{path:?}");
    }
}

#[test]
fn lints_for_what_is_likely_not_meant() {
    let lints = |text: &str| {
        let lints = Glob::parse(text).unwrap().lints();
        lints
            .into_iter()
            .map(|note| (note.offset, note.message))
            .collect::<Vec<_>>()
    };
    for (text, offset, message) in [
        ("**/x/**", 0, "open at both ends"),
        ("/**/x/y/", 1, "open at both ends"),
        ("!src", 0, "negates nothing"),
        ("src\\main.rs", 3, "`\\m` is just `m`"),
        ("{a,b[/x]}", 4, "never matches `/`"),
        ("a/[.]", 0, "no path can match"),
        ("src/*.rs\r", 8, "at the end"),
        (" src/", 0, "at the start"),
    ] {
        let found = lints(text);
        assert!(
            found
                .iter()
                .any(|note| note.0 == offset && note.1.contains(message)),
            "{text}: {found:?}"
        );
    }
    for text in [
        "**",
        "**/",
        "**/x",
        "x/**",
        "a/**/x/**",
        "src/\\[id]/\\*",
        "[!a]",
        "a{,b}",
    ] {
        assert_eq!(lints(text), [], "{text}");
    }
}

#[test]
fn brackets_that_stand_in_the_tree_are_told() {
    let tree = ["app/[id]/page.tsx", "app/i/page.tsx", "lib/[slug].ts"];
    let lints = |text: &str| Glob::parse(text).unwrap().lints_for_tree(tree);
    let found = lints("app/[id]/");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].offset, 4);
    assert!(
        found[0].message.contains("`\\[id]`"),
        "{}",
        found[0].message
    );
    assert_eq!(lints("{app,lib}/[id]/{[slug],x}.ts").len(), 2);
    let one = Glob::parse("/app/[x]/*").unwrap();
    let found = one.lints_for_tree(["app/[x]/page.tsx"]);
    assert_eq!(found.len(), 1, "a class of one character");
    for text in ["app/\\[id]/", "app/[ab]/", "docs/[id]/", "app/*"] {
        assert_eq!(lints(text), [], "{text}");
    }
}
