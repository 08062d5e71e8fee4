//! What the sieve finds is what a search of the whole file finds, at the same places.

#![expect(clippy::unwrap_used, reason = "tests fail by panic")]

use proptest::prelude::*;
use trueline_kit::Config;
use trueline_ledger_lint::catalogue;
use trueline_ledger_lint::ledger::Ledger;
use trueline_ledger_lint::lines::{self, MAX_LINE};
use trueline_ledger_lint::sieve::sifted;
use trueline_ledger_lint::world::World;
use trueline_secrets::{Report, Scanner};

/// Put together here, so that this file holds no token.
fn token() -> String {
    ["gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat()
}

fn ledger(name: &str) -> Ledger {
    let mut ledger = catalogue::all(&Config::default(), &|_| Ok(None))
        .into_iter()
        .find(|ledger| ledger.name == name)
        .unwrap();
    ledger.compile().unwrap();
    ledger
}

fn sieve(name: &str, text: &[u8], two: bool) -> Option<Report> {
    let (ledger, world) = (ledger(name), World::default());
    let work = |sieve: &mut _| lines::check_and_sift("x", text, &ledger, &world, sieve);
    let (checked, report) = sifted(two, work);
    checked.unwrap();
    report
}

/// Rule, line, column, length and digest of each secret.
fn hits(report: &Report) -> Vec<(String, u64, u64, u64, String)> {
    let hit = |hit: &trueline_secrets::Hit| {
        let rule = hit.rule.to_owned();
        let length = hit.end - hit.start;
        (rule, hit.line, hit.column, length, hit.fingerprint.clone())
    };
    assert_eq!(report.omitted, 0);
    report.hits.iter().map(hit).collect()
}

fn whole(text: &[u8]) -> Report {
    let mut scanner = Scanner::new();
    scanner.feed(text);
    scanner.finish()
}

fn record(agent: &str, reason: &str) -> String {
    format!(
        "{{\"task_id\":\"WBS-1\", \"agent\" : \"{agent}\",\"model\":\"m\",\"max\":false,\"reason\":\"{reason}\",\"timestamp\":\"2026-01-10T10:00:00Z\"}}\n"
    )
}

#[test]
fn secrets_in_records_of_every_kind() {
    let token = token();
    let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu\n-----END PRIVATE KEY-----\n";
    let text = [
        &*format!("\u{feff}{}", record("A", &token)),
        &record(&token, "once"),
        &record(&token, "and again"),
        &record("A", &format!("é {token}")),
        &record("A", &format!("\\n{token}\\u00e9")),
        &record("A", "nothing").replace('\n', "\r\n"),
        &format!("{{\"{token}\": 1}}\n"),
        key,
        &record("A", "password = hunter2"),
        &format!("\n{token}\n"),
        &record("B", &format!("{token} {token}")),
        record("B", "end").trim_end(),
    ]
    .concat();
    let found = whole(text.as_bytes());
    assert!(found.hits.len() >= 9, "{found:?}");
    for two in [false, true] {
        let sifted = sieve("model-decisions", text.as_bytes(), two).unwrap();
        assert_eq!(hits(&sifted), hits(&found));
    }
}

#[test]
fn lists_are_searched_too() {
    let text = format!(
        "{{\"task_id\":\"WBS-1\",\"agent\":\"A\",\"selected_plugins\":[ \"p\", \"{}\"],\"reason\":\"r\",\"timestamp\":\"2026-01-10T10:00:00Z\"}}\n",
        token()
    );
    let found = hits(&whole(text.as_bytes()));
    let sifted = sieve("tools-records", text.as_bytes(), false).unwrap();
    assert_eq!((hits(&sifted), found.len()), (found, 1));
}

#[test]
fn what_it_cannot_gather_is_for_a_search_of_all() {
    let long = format!("{}\n{}", "x".repeat(MAX_LINE + 1), record("A", "r"));
    assert_eq!(sieve("model-decisions", long.as_bytes(), false), None);
    let broken = "broken\n".repeat(400_000);
    assert_eq!(sieve("model-decisions", broken.as_bytes(), true), None);
}

#[test]
fn many_batches_and_texts() {
    let token = token();
    let mut text = String::new();
    for number in 0..20_000 {
        let reason = match number % 1_000 {
            999 => token.clone(),
            _ => format!("the reason of record {number}, which is as long as reasons are"),
        };
        text.push_str(&record(&format!("AGENT-{number}"), &reason));
    }
    let found = hits(&whole(text.as_bytes()));
    assert_eq!(found.len(), 20);
    for two in [false, true] {
        let sifted = sieve("model-decisions", text.as_bytes(), two).unwrap();
        assert_eq!(hits(&sifted), found);
    }
}

proptest! {
    #[test]
    fn same_as_a_search_of_the_whole(lines in proptest::collection::vec((0usize..9, 0usize..9, 0usize..6), 0..12)) {
        let token = token();
        let texts = ["A", "", &token, "password: Zk3vP0qLx8Tn", "token", "é", "\\n", "AKIA", "key=aGVsbG8gd29ybGQxMjM0NTY3ODkwYWJj"];
        let mut all = String::new();
        for (agent, reason, kind) in lines {
            let line = record(texts[agent], texts[reason]);
            all.push_str(&match kind {
                0 => line.replace("\"max\":false,", ""),
                1 => line.replace('\n', "\r\n"),
                2 => format!("{}\n", texts[reason]),
                _ => line,
            });
        }
        let sifted = sieve("model-decisions", all.as_bytes(), false).unwrap();
        prop_assert_eq!(hits(&sifted), hits(&whole(all.as_bytes())));
    }
}
