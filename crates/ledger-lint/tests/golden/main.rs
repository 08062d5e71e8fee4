//! One small ledger a rule, with the exact findings: place, code and words.

#![expect(clippy::unwrap_used, reason = "tests fail by panic")]

mod documents;
mod lines;
mod planted;
mod records;

use std::collections::BTreeSet;

use trueline_core::Finding;
use trueline_kit::Config;
use trueline_ledger_lint::ledger::{Format, Ledger};
use trueline_ledger_lint::world::World;
use trueline_ledger_lint::{approval, catalogue, document, lines as jsonl, table};
use trueline_secrets::Scanner;

/// The built-in ledger of that name; one without a schema for `""`.
pub(crate) fn ledger(name: &str) -> Ledger {
    if name.is_empty() {
        return Ledger::unknown("x.jsonl", Format::Jsonl);
    }
    let mut ledger = catalogue::all(&Config::default(), &|_| Ok(None))
        .into_iter()
        .find(|ledger| ledger.name == name)
        .unwrap();
    ledger.compile().unwrap();
    ledger
}

/// A repository with the items WBS-1 to WBS-12, two agents, two models, NT-1, TD-1, on
/// 2026-01-15.
pub(crate) fn world() -> World {
    let set = |list: &[&str]| {
        list.iter()
            .map(|text| (*text).to_owned())
            .collect::<BTreeSet<_>>()
    };
    World {
        tasks: Some((1..=12).map(|n| format!("WBS-{n}")).collect()),
        agents: Some(set(&["AGENT-1", "AGENT-2"])),
        models: Some(set(&["m-1", "m-2"])),
        agent_models: [("AGENT-2".to_owned(), set(&["m-2"]))].into(),
        requirements: Some(set(&["NT-1"]).into_iter().collect()),
        designs: Some(set(&["TD-1"]).into_iter().collect()),
        nt_prefixes: vec!["NT".into()],
        td_prefixes: vec!["TD".into()],
        done_at: [("WBS-9".to_owned(), "2025-12-01T00:00:00Z".parse().unwrap())].into(),
        now: Some("2026-01-15T12:00:00Z".parse().unwrap()),
        ..World::default()
    }
}

/// Everything that is found in a text, secrets too.
pub(crate) fn findings(ledger: &Ledger, text: &[u8], world: &World) -> Vec<Finding> {
    let mut found = match ledger.format {
        Format::Jsonl => jsonl::check("x", text, ledger, world).unwrap().0,
        Format::Table => table::check("x", text, ledger, world).0,
        Format::Approval => approval::check("x", text, world).0,
        _ => document::check("x", text, ledger, world).0,
    };
    let mut scanner = Scanner::new();
    scanner.feed(text);
    trueline_ledger_lint::secret::report("x", ledger, &scanner.finish(), false, &mut found);
    found
}

/// `line:column-end code: message`, and ` (help)` where there is one.
pub(crate) fn shown(found: &[Finding]) -> Vec<String> {
    found
        .iter()
        .map(|finding| {
            let place = match finding.at.span {
                None => "file".to_owned(),
                Some(span) if span.end_line != span.line => {
                    format!(
                        "{}:{}-{}:{}",
                        span.line, span.column, span.end_line, span.end_column
                    )
                }
                Some(span) if span.end_column == span.column => {
                    format!("{}:{}", span.line, span.column)
                }
                Some(span) => format!("{}:{}-{}", span.line, span.column, span.end_column),
            };
            let help = finding
                .help
                .as_ref()
                .map_or(String::new(), |help| format!(" ({help})"));
            format!("{place} {}: {}{help}", finding.rule.code, finding.message)
        })
        .collect()
}

/// Fails unless exactly these findings are made.
#[track_caller]
pub(crate) fn expect(ledger: &Ledger, text: impl AsRef<[u8]>, want: &[&str]) {
    expect_in(&world(), ledger, text, want);
}

/// As [`expect`], in another repository.
#[track_caller]
pub(crate) fn expect_in(world: &World, ledger: &Ledger, text: impl AsRef<[u8]>, want: &[&str]) {
    let text = text.as_ref();
    let got = shown(&findings(ledger, text, world));
    assert_eq!(got, want, "in {:?}", String::from_utf8_lossy(text));
}
