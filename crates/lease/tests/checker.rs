//! The checker itself: histories that are right, and each way to be wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod history;

use history::{Grant, Within, check};

fn grant(fence: u64, scope: &str, granted: (u128, u128), ended: (u128, u128)) -> Grant {
    let within = |(from, to)| Within { from, to };
    Grant {
        name: (format!("lock-{fence}"), format!("W-{fence}")),
        fence,
        scopes: vec![scope.to_owned()],
        granted: within(granted),
        ended: within(ended),
    }
}

#[test]
fn disjoint_or_one_after_another_is_right() {
    assert!(check(&[]).is_empty());
    let disjoint = [
        grant(1, "a/**", (0, 9), (50, 60)),
        grant(2, "b/**", (1, 8), (40, 70)),
    ];
    assert!(check(&disjoint).is_empty());
    let after = [
        grant(1, "a/**", (0, 9), (10, 20)),
        grant(2, "a/b", (12, 15), (40, 70)),
    ];
    assert!(check(&after).is_empty(), "the end may be at 11");
    let superseded = [
        grant(1, "a/**", (0, 9), (10, 30)),
        grant(2, "a/b", (20, 30), (40, 70)),
    ];
    assert!(check(&superseded).is_empty());
    let unknown = [
        grant(1, "a", (0, u128::MAX), (5, u128::MAX)),
        grant(2, "a", (6, 9), (10, 11)),
    ];
    assert!(check(&unknown).is_empty());
}

#[test]
fn two_holders_at_once_are_found() {
    let both = [
        grant(1, "a/**", (0, 9), (30, 40)),
        grant(2, "a/b", (12, 15), (50, 60)),
    ];
    assert_eq!(check(&both).len(), 1);
    let pushed = [
        grant(1, "a", (0, 9), (20, 40)),
        grant(2, "a", (12, 25), (26, 27)),
        grant(3, "a", (13, 22), (50, 60)),
    ];
    assert_eq!(
        check(&pushed).len(),
        1,
        "2 ends at 26 at the earliest, 3 began by 22"
    );
}

#[test]
fn fences_that_repeat_or_run_against_time_are_found() {
    let twice = [grant(1, "a", (0, 1), (2, 3)), grant(1, "b", (4, 5), (6, 7))];
    assert_eq!(check(&twice).len(), 1);
    let backwards = [
        grant(1, "a", (10, 11), (12, 13)),
        grant(2, "b", (4, 5), (6, 7)),
    ];
    assert_eq!(check(&backwards).len(), 1);
}
