//! Many processes on one store, killed and stopped at random; the history must be linearizable.
//!
//! `TRUELINE_STRESS_OPS` and `TRUELINE_STRESS_PROCESSES` make it longer than the short default.
//! The last test takes the mutex away: then the very same run must be found wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod history;
mod stress_run;

use stress_run::{Plan, Run, number};

#[test]
fn no_moment_with_two_holders() {
    let plan = Plan {
        processes: number("TRUELINE_STRESS_PROCESSES", 6),
        operations: number("TRUELINE_STRESS_OPS", 500),
        without_mutex: false,
    };
    // Whom the killer meets is left to chance, and a short run may end before it meets anybody:
    // such a run is judged like every other, and then another one is made.
    for _ in 0..20 {
        let run = Run::new();
        let outcome = run.go(&plan);
        let summary = outcome.summary();
        println!("{summary}");
        assert!(outcome.operations >= plan.operations, "{summary}");
        assert_eq!(outcome.errors, Vec::<String>::new());
        let wrong = history::check(&outcome.grants);
        assert!(wrong.is_empty(), "{summary}\n{wrong:#?}");
        run.everything_can_be_taken_over();
        if outcome.killed > 0 && outcome.grants.len() > 20 {
            return;
        }
    }
    panic!("twenty runs, and nobody was killed in any of them");
}

#[test]
fn without_the_mutex_the_same_run_is_found_wrong() {
    let plan = Plan {
        processes: 6,
        operations: 150,
        without_mutex: true,
    };
    let run = Run::new();
    let outcome = run.go(&plan);
    let wrong = history::check(&outcome.grants);
    assert!(!wrong.is_empty(), "{}", outcome.summary());
}

/// Not a test of its own: one of the processes.
#[test]
fn worker() {
    stress_run::worker::main();
}
