//! Hostile input: any bytes, deep nesting, long lines, many broken lines.

#![expect(clippy::unwrap_used, reason = "tests fail by panic")]

use proptest::prelude::*;
use trueline_core::Finding;
use trueline_kit::Config;
use trueline_ledger_lint::ledger::{Format, Ledger};
use trueline_ledger_lint::world::World;
use trueline_ledger_lint::{approval, catalogue, document, fix, lines, merge, table};

fn check(ledger: &Ledger, bytes: &[u8]) -> Vec<Finding> {
    let world = World {
        tasks: Some(["WBS-1".to_owned()].into()),
        now: Some("2026-01-15T12:00:00Z".parse().unwrap()),
        ..World::default()
    };
    match ledger.format {
        Format::Jsonl => lines::check("x", bytes, ledger, &world).unwrap().0,
        Format::Table => table::check("x", bytes, ledger, &world).0,
        Format::Approval => approval::check("x", bytes, &world).0,
        _ => document::check("x", bytes, ledger, &world).0,
    }
}

fn ledgers() -> Vec<Ledger> {
    let mut all = catalogue::all(&Config::default(), &|_| Ok(None)).unwrap();
    all.push(Ledger::unknown("x.jsonl", Format::Jsonl));
    for ledger in &mut all {
        ledger.compile().unwrap();
    }
    all
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[\\[\\]{}:,\"a01 \\n\\r\\t|`~<>=#*-]{0,6}".prop_map(String::into_bytes),
        2 => prop_oneof![
            Just("\"task_id\":\"WBS-1\""), Just("\"id\":"), Just("\"timestamp\":\"2026-01-01T00:00:00Z\""),
            Just("\"records\":["), Just("\"capabilities\":{\"a\":{\"status\":\"done\",\"files\":[\"../x\"]}}"),
            Just("SIGNOFF: true"), Just("|---|"), Just("<<<<<<< x\n"), Just("/home/a/b"), Just("\\ud800"), Just("naÃ¯ve"),
            Just("\u{feff}"), Just("1e999"), Just("flags:\n  a:\n"),
        ].prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn any_bytes_as_any_ledger() {
    let ledgers = ledgers();
    proptest!(|(bytes in pieces())| {
        let count = u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap() + 1;
        for ledger in &ledgers {
            for finding in check(ledger, &bytes) {
                if let Some(span) = finding.at.span {
                    prop_assert!(1 <= span.line && span.line <= count, "{finding:?}");
                    prop_assert!(span.column >= 1 && (span.line, span.column) <= (span.end_line, span.end_column), "{finding:?}");
                }
            }
        }
    });
}

#[test]
fn a_fixed_file_has_nothing_left_to_fix() {
    let ledger = Ledger::unknown("x.jsonl", Format::Jsonl);
    proptest!(|(bytes in pieces())| {
        let fixed = fix::fix(&bytes, Format::Jsonl, 0, false).bytes;
        let left = check(&ledger, &fixed);
        prop_assert!(left.iter().all(|finding| !["crlf", "blank-line", "trailing-space", "no-final-newline"].contains(&finding.rule.code)), "{left:?}");
        prop_assert!(merge::merge(&[], &fixed, &fixed).is_ok_and(|merged| merged == fixed));
    });
}

#[test]
fn large_and_deep_input_is_bounded() {
    let all = ledgers();
    let ledger = all
        .iter()
        .find(|ledger| ledger.name == "model-decisions")
        .unwrap();
    let deep = "[".repeat(500_000);
    let unclosed = "{\"a\":\n".repeat(50_000);
    let open = format!("{{\"a\":\"{}", "x".repeat(3 << 20));
    let keys: String = (0..20_000).map(|n| format!("\"k{n}\":1,")).collect();
    let many = format!("{{{keys}\"z\":1}}\n");
    for text in [deep, unclosed, open, many] {
        assert!(!check(ledger, text.as_bytes()).is_empty());
    }
    for name in ["crosswalk", "capabilities", "registry", "approvals"] {
        let ledger = all.iter().find(|ledger| ledger.name == name).unwrap();
        for text in [
            "[".repeat(200_000),
            "| ".repeat(200_000),
            "a: {".repeat(100_000),
            "- ".repeat(100_000),
        ] {
            let _ = check(ledger, text.as_bytes());
        }
    }
}
