//! Cases written by hand: what two globs share, and what is above what.

use trueline_scope::{Glob, Inclusion, OverlapKind, ScopeSet};

/// How two globs of the table meet.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Meet {
    /// No shared path, none above another.
    No,
    /// A shared path; also whether one has a path above one of the other.
    Shared(bool),
    /// No shared path, but one above another; and whether that refuses.
    Above(bool),
}
use Meet::{Above, No, Shared};

const PAIRS: &[(&str, &str, Meet)] = &[
    // Plain texts.
    ("src/lib.rs", "src/lib.rs", Shared(false)),
    ("src/lib.rs", "src/Lib.rs", No),
    ("src", "src/x", Above(true)),
    ("src", "srcs/x", No),
    ("src", "source", No),
    ("/src", "src", Shared(false)),
    ("é", "e\u{301}", No),
    // One component.
    ("*", "?", Shared(false)),
    ("*", "??", Shared(false)),
    ("?", "??", No),
    ("?", "é", Shared(false)),
    ("?", "e\u{301}", No),
    ("a*", "*b", Shared(false)),
    ("a*b", "ab*", Shared(false)),
    ("a*b", "b*a", No),
    ("*.tar.*", "*.gz", Shared(false)),
    ("*a*a*", "a", No),
    ("*-[0-9]", "v*-[5-9]", Shared(false)),
    ("*", "a/b", Above(false)),
    // Classes.
    ("[]]", "]", Shared(false)),
    ("[!]]", "]", No),
    ("[]-a]", "a", Shared(false)),
    ("[-a]", "-", Shared(false)),
    ("[a-]", "b", No),
    ("[!a-]", "-", No),
    ("[^a]", "a", No),
    ("[^a]", "^", Shared(false)),
    ("[a^]", "^", Shared(false)),
    ("[\\]]", "]", Shared(false)),
    ("[\\\\]", "\\\\", Shared(false)),
    ("[[]", "\\[", Shared(false)),
    ("[*?{}]", "\\*", Shared(false)),
    ("{[,],a}", ",", Shared(false)),
    ("a[!b]c", "a/c", No),
    ("a[.-0]c", "a/c", No),
    ("a[/]c", "a/c", No),
    ("[a-c]", "[c-e]", Shared(false)),
    ("[a-c]", "[d-f]", No),
    ("[!a]", "[!b]", Shared(false)),
    ("[a-cx]", "[!a-c]", Shared(false)),
    ("[α-ω]", "λ", Shared(false)),
    // What is not a path.
    ("[.]", "?", No),
    (".", "*", No),
    ("..", "??", No),
    ("[.][.]", "??", No),
    ("...", "???", Shared(false)),
    ("a/[.]", "a/?", No),
    (".*", "[.]?", Shared(false)),
    ("a/[.][!.]", "a/.?", Shared(false)),
    ("*/[.]/*", "**", No),
    // Any depth.
    ("**/x", "x", Shared(true)),
    ("**/x", "a/b/x", Shared(true)),
    ("x/**", "x", Above(true)),
    ("x/", "x/**", Shared(true)),
    ("x/**/y", "x/y", Shared(true)),
    ("x/**/y", "x", Above(true)),
    ("x/**/y", "xy", No),
    ("**/x/**", "y/**", Shared(true)),
    ("a/**/z", "a/*", Shared(true)),
    ("**/*.md", "docs/**/README*", Shared(true)),
    ("**/", "a", Shared(true)),
    ("**/**/a", "a", Shared(true)),
    ("a/**/**", "a/b", Shared(true)),
    ("**/a/b/c", "*/*", Above(false)),
    ("a/*/**", "a/b", Above(false)),
    ("*/*", "*", Above(false)),
    ("src/**/t.rs", "src/**/u.rs", Above(false)),
    // A path above refuses where both write it out, and nowhere else.
    ("README.md", "**/*.rs", Above(false)),
    ("README.md", "*/x.rs", Above(false)),
    ("crates/README.md", "crates/*/src/**", Above(false)),
    ("src", "**/src/x", Above(true)),
    ("src", "**/x", Above(false)),
    ("src", "s?c/x", Above(false)),
    ("src", "[s]rc/*.rs", Above(true)),
    ("src/api", "src/**/*.ts", Above(false)),
    ("src/api", "src/{ui,api}/*.ts", Above(true)),
    ("src/api", "src/{ui,*}/x.ts", Above(false)),
    // Alternatives.
    ("{a,b}", "{b,c}", Shared(false)),
    ("{a,b}", "{c,d}", No),
    ("{a}", "a", Shared(false)),
    ("{,x}a", "a", Shared(false)),
    ("a{,.txt}", "a.*", Shared(false)),
    ("x{a,{b,c}/d,}", "x", Shared(false)),
    ("x{a,{b,c}/d,}", "xc/d", Shared(false)),
    ("x{a,{b,c}/d,}", "xc", Above(true)),
    ("{src/a,lib/b}/x.rs", "src/*/x.rs", Shared(false)),
    ("{src/a,lib/b}/x.rs", "src/b/x.rs", No),
    ("{a,b*}", "a/x", Above(true)),
    ("{a,b*}", "b/x", Above(false)),
    ("{**/a,b}/c", "x/y/a/c", Shared(true)),
    ("{a,**}{/b,}", "q/r", Shared(true)),
    ("{a/,}**", "b", Shared(true)),
    ("{a,b}/", "b/c/d", Shared(true)),
    ("{/a,b}", "a", Shared(false)),
    ("{,a}/b", "b", No),
    ("a/{,b}/c", "a/c", No),
    ("a/{,b/}c", "a/c", Shared(false)),
    ("{a,..}/b", "??/b", No),
    ("{a{b,c},d}{e,f}", "acf", Shared(false)),
    ("{*}*", "a/b", Above(false)),
    ("a,b", "a{,}\\,b", Shared(false)),
    // Escapes.
    ("\\*", "*", Shared(false)),
    ("\\*", "a", No),
    ("\\{a,b\\}", "{\\{a\\,b\\},c}", Shared(false)),
    ("a\\/b", "a/b", Shared(false)),
    ("\\!a", "!a", Shared(false)),
];

#[test]
fn every_pair_meets_as_it_should_in_both_orders() {
    for &(a, b, want) in PAIRS {
        for (a, b) in [(a, b), (b, a)] {
            let [left, right] = [a, b].map(|text| Glob::parse(text).unwrap());
            let above = left.ancestor_overlap(&right);
            let overlap = left.intersects(&right);
            let got = match overlap.as_ref().map(|overlap| overlap.kind) {
                None => No,
                Some(OverlapKind::Shared) => Shared(above.is_some()),
                Some(OverlapKind::Ancestor { refuses }) => Above(refuses),
            };
            assert_eq!(got, want, "{a} and {b}: {overlap:?}, {above:?}");
            if let Some(overlap) = &overlap {
                assert_eq!(overlap.kind.refuses(), want != Above(false));
                assert_eq!(
                    overlap.kind.as_str() == "shared",
                    overlap.kind == OverlapKind::Shared
                );
            }
            if let (Some(overlap), Shared(_)) = (overlap, want) {
                let path = overlap.witness;
                assert!(
                    left.matches(&path) && right.matches(&path),
                    "{path} for {a} and {b}"
                );
            }
        }
    }
}

#[test]
fn witnesses_are_short_and_readable() {
    for (a, b, witness) in [
        (
            "crates/*/src/**/*.rs",
            "crates/**/main.rs",
            "crates/x/src/main.rs",
        ),
        ("*a*", "*b*", "ab"),
        ("**", "**", "x"),
        ("**/*.rs", "src/**", "src/.rs"),
        ("[c-f]?[0-9]", "*", "cx0"),
        ("[α-ω]", "?", "α"),
        ("[\u{1}-\u{3}]", "?", "\u{1}"),
        ("a/**/b/**", "a/**/c/**", "a/b/c/x"),
    ] {
        let [left, right] = [a, b].map(|text| Glob::parse(text).unwrap());
        assert_eq!(
            left.shared_path(&right).as_deref(),
            Some(witness),
            "{a} and {b}"
        );
    }
}

#[test]
fn the_path_above_and_its_side_are_told() {
    let [left, right] = ["src/*", "{src/b/c,lib}"].map(|text| Glob::parse(text).unwrap());
    let found = left.ancestor_overlap(&right).unwrap();
    assert_eq!(
        (found.ancestor.as_str(), found.descendant.as_str()),
        ("src/b", "src/b/c")
    );
    assert_eq!(
        (found.above, found.refuses),
        (trueline_scope::Side::Left, false)
    );
    let found = right.ancestor_overlap(&left).unwrap();
    assert_eq!(found.above, trueline_scope::Side::Right);
    // A wildcard that holds a path further up does not hide the one that is written out.
    let [left, right] = ["{**/a,a/\\*/x}", "{*,a/\\*}"].map(|text| Glob::parse(text).unwrap());
    let found = left.ancestor_overlap(&right).unwrap();
    assert_eq!((found.ancestor.as_str(), found.refuses), ("a/*", true));
    // The one that refuses comes before a shorter one that does not.
    let [left, right] = ["{?,aa/bb}", "{x/y,aa/bb/c}"].map(|text| Glob::parse(text).unwrap());
    let found = left.ancestor_overlap(&right).unwrap();
    assert_eq!((found.ancestor.as_str(), found.refuses), ("aa/bb", true));
}

#[test]
fn inclusion_with_a_missing_path() {
    let no = |path: &str| Inclusion::No {
        counterexample: path.to_owned(),
    };
    for (outer, inner, want) in [
        ("src/", "src/**/*.rs", Inclusion::Yes),
        ("src/**/*.rs", "src/", no("src/x")),
        ("*", "[!a]*", Inclusion::Yes),
        ("{?,??*}", "*", Inclusion::Yes),
        ("{[!a]*,a*}", "*", Inclusion::Yes),
        ("[!a]*", "*", no("a")),
        ("**/x", "{x,a/x,a/b/x}", Inclusion::Yes),
        ("{a,b}/{c,d}", "{a/c,a/d,b/c,b/d}", Inclusion::Yes),
        ("{a/c,b/d}", "{a,b}/{c,d}", no("a/d")),
        ("a/*", "a/**", no("a/x/x")),
        ("{a/*,a/*/**}", "a/**", Inclusion::Yes),
        ("a", "[.]", Inclusion::Yes),
        ("[.]", "a", no("a")),
        ("{[!.]*,.[!.]*,..?*}", "*", Inclusion::Yes),
    ] {
        let [left, right] = [outer, inner].map(|text| Glob::parse(text).unwrap());
        assert_eq!(left.includes(&right), Ok(want), "{outer} over {inner}");
    }
}

#[test]
fn inclusion_gives_up_where_it_would_take_too_long() {
    let long = "?".repeat(40);
    let [outer, inner] = [format!("{{*a{long},*b{long}}}"), format!("*{{a,b}}{long}")]
        .map(|text| Glob::parse(&text).unwrap());
    assert_eq!(
        outer.includes(&inner).map_err(|error| error.limit),
        Err(trueline_scope::MAX_INCLUSION_STATES)
    );
}

/// The moves that are compared count as work, too: else this took ten times as long.
#[test]
fn inclusion_of_patterns_of_the_largest_size_gives_up_soon() {
    let [outer, inner] =
        ["*[!a]".repeat(800), "*[!b]?".repeat(680)].map(|text| Glob::parse(&text).unwrap());
    assert!(outer.includes(&inner).is_err());
    let many = (0..800).map(|n| format!("{n}*")).collect::<Vec<_>>();
    let many = Glob::parse(&format!("{{{}}}", many.join(","))).unwrap();
    let all = Glob::parse("*").unwrap();
    assert_eq!(all.includes(&many), Ok(Inclusion::Yes));
    assert!(matches!(many.includes(&all), Ok(Inclusion::No { .. })));
}

#[test]
fn a_set_is_asked_from_several_threads() {
    let globs = ["src/", "**/*.md", "docs/**/*"].map(|text| Glob::parse(text).unwrap());
    let set: ScopeSet = globs.into_iter().collect();
    assert_eq!((set.len(), set.is_empty()), (3, false));
    assert_eq!(set.globs()[0].as_str(), "src/");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(set.all_matches("docs/a.md"), [1, 2]);
                    assert_eq!(set.matches("src/a/b.md"), Some(0));
                    assert_eq!(set.last_match("src/a/b.md"), Some(1));
                    assert_eq!(set.matches("lib/a"), None);
                }
            });
        }
    });
    let none = ScopeSet::new(Vec::new());
    assert_eq!((none.matches("a"), none.is_empty()), (None, true));
}
