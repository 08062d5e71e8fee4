//! Golden cases of `locks`, one a finding.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
// [verify->NT-4.1] [verify->NT-4.3] [verify->NT-4.4]

mod common;

use common::cases::{Cases, without_names};

fn cases() -> Cases {
    Cases {
        stable: without_names,
        ..Cases::of("locks")
    }
}

#[test]
fn goldens() {
    cases().check();
}

/// Each rule has a case of its name in which it fires.
#[test]
fn every_rule_has_a_case() {
    // The shared rules have cases of their own; 3 MB, a state that no proof reaches, and names
    // that are no text, and a session that ended do not fit into a case: tests/locks*.rs.
    let elsewhere = [
        "config-changed",
        "expired-allow",
        "unreadable-file",
        "unused-allow",
        "codeowners-too-large",
        "codeowners-unproven",
        "path-not-utf8",
        "stale-lock",
        "special-file",
    ];
    assert_eq!(cases().missing(&elsewhere), Vec::<String>::new());
}
