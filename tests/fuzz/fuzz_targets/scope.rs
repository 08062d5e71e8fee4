//! Three lines of any text: two patterns and a path. Nothing may panic, witnesses must hold, answers must be symmetric.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_scope::{Glob, Inclusion, OverlapKind, ScopeSet, is_valid_path};

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (first, second, path) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    let (a, b) = match (Glob::parse(first), Glob::parse(second)) {
        (Ok(a), Ok(b)) => (a, b),
        (a, b) => {
            for (text, error) in [(first, a.err()), (second, b.err())] {
                assert!(error.is_none_or(|error| text.is_char_boundary(error.offset)));
            }
            return;
        }
    };
    let _ = (a.lints(), a.lints_for_tree([path]), a.is_literal());
    assert!(!a.matches(path) || (is_valid_path(path) && path.starts_with(a.literal_prefix())));
    assert_eq!(
        a.example().is_some_and(|path| a.matches(&path)),
        !a.is_empty()
    );

    let overlap = a.intersects(&b);
    let mirrored = b.intersects(&a);
    assert_eq!(
        overlap.as_ref().map(|overlap| overlap.kind),
        mirrored.map(|overlap| overlap.kind)
    );
    match overlap {
        Some(overlap) if overlap.kind == OverlapKind::Shared => {
            assert!(a.matches(&overlap.witness) && b.matches(&overlap.witness));
        }
        Some(_) => assert!(a.ancestor_overlap(&b).is_some()),
        None => assert!(!(a.matches(path) && b.matches(path))),
    }
    match a.includes(&b) {
        Ok(Inclusion::Yes) => assert!(a.matches(path) || !b.matches(path)),
        Ok(Inclusion::No { counterexample }) => {
            assert!(b.matches(&counterexample) && !a.matches(&counterexample));
        }
        Err(_) => {}
    }
    let each: Vec<usize> = [&a, &b]
        .into_iter()
        .enumerate()
        .filter(|(_, glob)| glob.matches(path))
        .map(|(index, _)| index)
        .collect();
    assert_eq!(ScopeSet::new(vec![a, b]).all_matches(path), each);
});
