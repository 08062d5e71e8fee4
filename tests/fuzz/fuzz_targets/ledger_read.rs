//! Any bytes as every built-in ledger and as one without a schema: no panic, and every finding
//! stands at a line that the file has.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trueline_kit::Config;
use trueline_ledger_lint::ledger::{Format, Ledger};
use trueline_ledger_lint::world::World;
use trueline_ledger_lint::{approval, catalogue, document, lines, table};

static LEDGERS: LazyLock<Vec<Ledger>> = LazyLock::new(|| {
    let mut all = catalogue::all(&Config::default(), &|_| Ok(None));
    all.push(Ledger::unknown("x.jsonl", Format::Jsonl));
    for ledger in &mut all {
        ledger.compile().expect("a built-in schema");
    }
    all
});

static WORLD: LazyLock<World> = LazyLock::new(|| World {
    tasks: Some(["WBS-1".to_owned()].into()),
    now: "2026-01-15T12:00:00Z".parse().ok(),
    ..World::default()
});

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, bytes) = input;
    let ledger = &LEDGERS[usize::from(choice) % LEDGERS.len()];
    let found = match ledger.format {
        Format::Jsonl => lines::check("x", bytes, ledger, &WORLD).expect("memory is readable").0,
        Format::Table => table::check("x", bytes, ledger, &WORLD).0,
        Format::Approval => approval::check("x", bytes, &WORLD).0,
        _ => document::check("x", bytes, ledger, &WORLD).0,
    };
    let count = bytes.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    for finding in found {
        if let Some(span) = finding.at.span {
            assert!((1..=count).contains(&span.line), "{finding:?}");
            assert!(span.column >= 1, "{finding:?}");
            assert!((span.line, span.column) <= (span.end_line, span.end_column), "{finding:?}");
        }
    }
});
