//! Golden cases of `ledger-lint`, one a rule.
//!
//! In a file, `«EF BB»` stands for these bytes, `«200*5B»` for 200 times that byte, `«»` for
//! nothing (so that no case holds a token), and `«end»` for an end without a line break.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::cases::Cases;

/// The bytes that the text of a case stands for.
fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let text = match text.strip_suffix("«end»\n") {
        Some(text) => text,
        None => text,
    };
    for (slot, part) in text.split(['«', '»']).enumerate() {
        if slot % 2 == 0 {
            out.extend_from_slice(part.as_bytes());
            continue;
        }
        let (times, hex) = part.split_once('*').unwrap_or(("1", part));
        let digits: Vec<char> = hex.chars().filter(|c| *c != ' ').collect();
        let unit: Vec<u8> = digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap())
            .collect();
        out.extend(unit.repeat(times.parse().unwrap()));
    }
    out
}

fn cases() -> Cases {
    Cases {
        bytes,
        ..Cases::of("ledger-lint")
    }
}

#[test]
fn goldens() {
    cases().check();
}

/// Each code of `ledger-lint rules` has a case of its name in which it is found, at its place.
#[test]
fn every_rule_has_a_case() {
    assert_eq!(cases().missing(&[]), Vec::<String>::new());
}
