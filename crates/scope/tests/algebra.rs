//! The algebra against an oracle that enumerates paths, and the laws that hold between its operations.
//!
//! `PROPTEST_CASES` sets the number of random pairs (200 without it).

mod oracle;

use std::collections::HashMap;
use std::sync::OnceLock;

use oracle::{Oracle, paths};
use proptest::prelude::*;
use trueline_scope::{Glob, Inclusion, OverlapKind, ScopeSet, Side};

/// Longest path that is enumerated, in characters.
const LENGTH: usize = 5;

/// Patterns name `a`, `b` and `.`; `c` stands for every other character, `é` takes two bytes.
const ALPHABET: [char; 5] = ['a', 'b', 'c', '.', '/'];

fn domain() -> &'static (Vec<String>, HashMap<String, usize>) {
    static DOMAIN: OnceLock<(Vec<String>, HashMap<String, usize>)> = OnceLock::new();
    DOMAIN.get_or_init(|| {
        let all = paths(&ALPHABET, LENGTH);
        let index = all
            .iter()
            .enumerate()
            .map(|(at, path)| (path.clone(), at))
            .collect();
        (all, index)
    })
}

/// Which paths of the domain the oracle finds in a pattern.
fn members(oracle: &Oracle) -> Vec<bool> {
    domain().0.iter().map(|path| oracle.matches(path)).collect()
}

fn sequence(depth: u32) -> BoxedStrategy<String> {
    let plain = prop_oneof![
        8 => prop::sample::select(vec!["a", "b", ".", "é"]),
        4 => prop::sample::select(vec!["*", "?"]),
        3 => prop::sample::select(vec!["[ab]", "[!a]", "[^b]", "[.]", "[a-]", "[]a]", "[!.]", "[a-b.]", "[/]", "[.-\u{10ffff}]", "[b]", "[\\a-b]"]),
        2 => prop::sample::select(vec!["\\a", "\\.", "\\*", "\\é"]),
        4 => Just("/"),
        3 => prop::sample::select(vec!["/**/", "**/", "/**"]),
    ]
    .prop_map(str::to_owned);
    if depth == 0 {
        return prop::collection::vec(plain, 0..4)
            .prop_map(|parts| parts.concat())
            .boxed();
    }
    let group = prop::collection::vec(sequence(depth - 1), 1..4)
        .prop_map(|parts| format!("{{{}}}", parts.join(",")));
    let item = prop_oneof![6 => plain, 1 => group];
    prop::collection::vec(item, 1..6)
        .prop_map(|parts| parts.concat())
        .boxed()
}

fn pattern() -> impl Strategy<Value = String> {
    sequence(2).prop_filter("outside the dialect", |text| Glob::parse(text).is_ok())
}

fn both(pattern: &str) -> Result<(Glob, Oracle), TestCaseError> {
    let glob = Glob::parse(pattern).map_err(|error| TestCaseError::fail(error.to_string()))?;
    Ok((glob, Oracle::new(pattern)))
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(200),
        failure_persistence: None,
        max_global_rejects: 10_000_000,
        max_local_rejects: 10_000_000,
        ..ProptestConfig::default()
    }
}

/// Holds a witness of the crate against the shortest one of the enumeration.
fn shortest(found: Option<&str>, enumerated: Option<&String>) -> Result<(), TestCaseError> {
    let length = |path: &str| path.chars().count();
    // The enumeration does not reach longer paths, nor characters that are not like `c` to every pattern.
    let foreign = |c: char| !ALPHABET.contains(&c) && !c.is_ascii_lowercase();
    let foreign = found.is_some_and(|found| found.contains(foreign));
    match (found, enumerated) {
        (Some(found), Some(path)) => {
            let shorter = foreign && length(found) < length(path);
            prop_assert!(
                shorter || length(found) == length(path),
                "{} and {}",
                found,
                path
            );
        }
        (None, Some(path)) => prop_assert!(false, "missed {}", path),
        (Some(found), None) => {
            prop_assert!(
                length(found) > LENGTH || foreign,
                "{} is not enumerated",
                found
            );
        }
        (None, None) => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_pair_agrees_with_the_enumeration((a, b) in (pattern(), pattern())) {
        let ((glob_a, oracle_a), (glob_b, oracle_b)) = (both(&a)?, both(&b)?);
        let (in_a, in_b) = (members(&oracle_a), members(&oracle_b));
        let all = &domain().0;
        for (at, path) in all.iter().enumerate() {
            prop_assert_eq!(glob_a.matches(path), in_a[at], "{} of {}", path, &a);
            prop_assert!(!in_a[at] || path.starts_with(glob_a.literal_prefix()));
        }

        let enumerated = (0..all.len()).find(|&at| in_a[at] && in_b[at]).map(|at| &all[at]);
        let shared = glob_a.shared_path(&glob_b);
        shortest(shared.as_deref(), enumerated)?;
        if let Some(path) = &shared {
            prop_assert!(oracle_a.matches(path) && oracle_b.matches(path), "{} is not shared", path);
        }
        prop_assert_eq!(shared.as_ref().map(String::len).is_some(), glob_b.shared_path(&glob_a).is_some());

        let missing = (0..all.len()).find(|&at| in_b[at] && !in_a[at]).map(|at| &all[at]);
        match glob_a.includes(&glob_b).expect("short patterns are within the limit") {
            Inclusion::Yes => {
                shortest(None, missing)?;
                prop_assert!(shared.is_some() || glob_b.is_empty());
            }
            Inclusion::No { counterexample } => {
                shortest(Some(&counterexample), missing)?;
                prop_assert!(oracle_b.matches(&counterexample) && !oracle_a.matches(&counterexample), "{}", counterexample);
            }
        }

        let first = (0..all.len()).find(|&at| in_a[at]).map(|at| &all[at]);
        shortest(glob_a.example().as_deref(), first)?;
    }

    #[test]
    fn ancestors_agree_with_the_enumeration((a, b) in (pattern(), pattern())) {
        let ((glob_a, oracle_a), (glob_b, oracle_b)) = (both(&a)?, both(&b)?);
        let (in_a, in_b) = (members(&oracle_a), members(&oracle_b));
        let (all, index) = domain();
        let below = |above: &[bool], below: &[bool]| all.iter().enumerate().find(|&(at, path)| {
            below[at] && path.match_indices('/').any(|(slash, _)| above[index[&path[..slash]]])
        }).map(|(_, path)| path);
        let enumerated = [below(&in_a, &in_b), below(&in_b, &in_a)];
        let found = glob_a.ancestor_overlap(&glob_b);
        for path in enumerated.into_iter().flatten() {
            prop_assert!(found.is_some(), "missed {}", path);
        }
        let written_above = |above: &Oracle, below: &Oracle, in_below: &[bool]| above.literals().iter().any(|literal| {
            let under = format!("{literal}/");
            all.iter().enumerate().any(|(at, path)| in_below[at] && path.starts_with(&under) && below.writes(literal, path))
        });
        let refuses = written_above(&oracle_a, &oracle_b, &in_b) || written_above(&oracle_b, &oracle_a, &in_a);
        prop_assert!(!refuses || found.as_ref().is_some_and(|found| found.refuses));
        if let Some(found) = &found {
            let (above, below) = match found.above {
                Side::Left => (&oracle_a, &oracle_b),
                Side::Right => (&oracle_b, &oracle_a),
            };
            prop_assert!(above.matches(&found.ancestor) && below.matches(&found.descendant), "{:?}", found);
            let below_ancestor = format!("{}/", found.ancestor);
            prop_assert!(found.descendant.starts_with(&below_ancestor), "{:?}", found);
            let written = || above.literals().contains(&found.ancestor) && below.writes(&found.ancestor, &found.descendant);
            prop_assert!(!found.refuses || written(), "{:?}", found);
            if enumerated == [None, None] {
                shortest(Some(&found.descendant), None)?;
            }
        }
        let mirrored = glob_b.ancestor_overlap(&glob_a);
        prop_assert_eq!(found.as_ref().map(|found| found.refuses), mirrored.map(|found| found.refuses));

        let overlap = glob_a.intersects(&glob_b);
        let kind = match (glob_a.shared_path(&glob_b), &found) {
            (Some(_), _) => Some(OverlapKind::Shared),
            (None, Some(found)) => Some(OverlapKind::Ancestor { refuses: found.refuses }),
            (None, None) => None,
        };
        prop_assert_eq!(overlap.map(|overlap| overlap.kind), kind);
    }

    #[test]
    fn inclusion_is_an_order((a, b, c) in (pattern(), pattern(), pattern())) {
        let [a, b, c] = [a, b, c].map(|text| Glob::parse(&text).unwrap());
        let yes = |outer: &Glob, inner: &Glob| outer.includes(inner) == Ok(Inclusion::Yes);
        let either = Glob::parse(&format!("{{{a},{b}}}"));
        prop_assert!(yes(&a, &a));
        // Same set, other text: nothing may be decided by the text alone.
        if let Ok(again) = Glob::parse(&format!("{{{a}}}")) {
            prop_assert!(yes(&a, &again) && yes(&again, &a));
        }
        prop_assert!(!(yes(&a, &b) && yes(&b, &c)) || yes(&a, &c));
        if let Ok(either) = either {
            prop_assert!(yes(&either, &a) && yes(&either, &b));
            prop_assert_eq!(yes(&c, &either), yes(&c, &a) && yes(&c, &b));
            prop_assert_eq!(either.shared_path(&c).is_some(), a.shared_path(&c).is_some() || b.shared_path(&c).is_some());
        }
        prop_assert!(yes(&Glob::parse("**").unwrap(), &a));
    }

    #[test]
    fn a_set_answers_as_its_globs_do(patterns in prop::collection::vec(pattern(), 0..12)) {
        let globs: Vec<Glob> = patterns.iter().map(|text| Glob::parse(text).unwrap()).collect();
        let set = ScopeSet::new(globs.clone());
        let mut matcher = set.matcher();
        let all = domain().0.iter().step_by(7).map(String::as_str);
        for path in all.chain(["", "/", "a/", "a//b", ".", "a/..", "é/éa", "]", "-/a", "a\0"]) {
            let each: Vec<usize> = (0..globs.len()).filter(|&at| globs[at].matches(path)).collect();
            prop_assert_eq!(matcher.all_matches(path), each.as_slice());
            prop_assert_eq!(matcher.matches(path), each.first().copied());
            prop_assert_eq!(matcher.last_match(path), each.last().copied());
        }
        prop_assert_eq!(set.all_matches("a/b"), matcher.all_matches("a/b"));
        prop_assert_eq!(set.matches("a/b"), matcher.matches("a/b"));
        prop_assert_eq!(set.last_match("a/b"), matcher.last_match("a/b"));
    }

    #[test]
    fn no_text_panics(
        (a, b) in ("[a./*?\\[\\]{},!^\\\\é\0-]{0,24}", ".{0,12}"),
        path in "[a./é\0]{0,12}",
    ) {
        for text in [&a, &b] {
            match Glob::parse(text) {
                Ok(glob) => {
                    let _ = (glob.matches(&path), glob.lints(), glob.lints_for_tree([&path, text]));
                    prop_assert!(glob.notes().iter().chain(&glob.lints()).all(|note| text.is_char_boundary(note.offset)));
                    prop_assert_eq!(glob.example().is_some_and(|path| glob.matches(&path)), !glob.is_empty());
                    if let Some(path) = glob.is_literal() {
                        prop_assert!(glob.matches(&path));
                    }
                }
                Err(error) => prop_assert!(text.is_char_boundary(error.offset), "{}", error),
            }
        }
        if let (Ok(a), Ok(b)) = (Glob::parse(&a), Glob::parse(&b)) {
            prop_assert_eq!(a.intersects(&b).is_some(), b.intersects(&a).is_some());
        }
    }
}
