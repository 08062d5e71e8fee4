//! A generator plants 13 kinds of defects in a ledger, each on a line of its own, and says
//! where: all are found there, and nothing else is.

use std::fmt::Write as _;

use crate::{findings, ledger, world};

/// A random number generator of one line: the same ledger every time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

const KINDS: usize = 13;

/// The line, and code and column of what is wrong with it.
fn planted(kind: usize, number: usize, good: &str) -> (Vec<u8>, &'static str, u32) {
    let at = |line: &str, part: &str| {
        let byte = line.find(part).unwrap();
        u32::try_from(line[..byte].chars().count()).unwrap() + 1
    };
    let swap = |from: &str, to: &str, code: &'static str, part: &str| {
        let line = good.replacen(from, to, 1);
        let column = at(&line, part);
        (line.into_bytes(), code, column)
    };
    match kind {
        0 => swap("\"model\":\"m-2\",", "", "missing-field", "{"),
        1 => swap(
            "\"max\":false",
            "\"max\":\"false\"",
            "wrong-type",
            "\"false\"",
        ),
        2 => swap("\"max\":", "\"mxa\":1,\"max\":", "unknown-field", "\"mxa\""),
        3 => swap(
            "\"task_id\":\"WBS-3\"",
            "\"task_id\":\"WBS-300\"",
            "unknown-task",
            "\"WBS-300\"",
        ),
        4 => swap("AGENT-2", "AGENT-7", "unknown-agent", "\"AGENT-7\""),
        5 => swap("2025-", "2105-", "future-time", "\"2105-"),
        6 => swap("Z\"", "\"", "naive-time", "\"2025-"),
        7 => swap(
            "\"max\":",
            "\"model\":\"m-2\",\"max\":",
            "duplicate-key",
            "\"model\":\"m-2\",\"max\"",
        ),
        8 => swap("\"max\":", "\"max\"", "syntax", "false"),
        9 => {
            let line = format!("{good}{{}}");
            let column = u32::try_from(good.chars().count()).unwrap() + 1;
            (line.into_bytes(), "several-values", column)
        }
        10 => {
            let byte = good.find(['𝄞', '#']).unwrap() - 1;
            let mut line = good.as_bytes().to_vec();
            line[byte] = 0xFF;
            let column = u32::try_from(good[..byte].chars().count()).unwrap() + 1;
            (line, "invalid-utf8", column)
        }
        11 => {
            let line = format!("{good} ");
            let column = u32::try_from(good.chars().count()).unwrap() + 1;
            (line.into_bytes(), "trailing-space", column)
        }
        _ => {
            let token = [
                "gh",
                "p_",
                &format!("{:0>4}", number % 10_000),
                "e42F292c6912E7710c838347Ae178B4a",
            ]
            .concat();
            let line = good.replacen("because", &token, 1);
            let column = at(&line, &token);
            (line.into_bytes(), "secret-value", column)
        }
    }
}

#[test]
fn every_planted_defect_is_found_at_its_place_and_nothing_else() {
    (0..20).for_each(every_planted_defect_of);
}

fn every_planted_defect_of(seed: u64) {
    let mut random = Random(seed);
    let mut file = Vec::new();
    let mut want = Vec::new();
    for number in 0..1300 {
        let mut good = String::new();
        let reason = ["because", "because é", "because n\u{301}"][random.below(3)];
        // Records in ASCII are for the fast tier.
        let sign = ["𝄞", "#"][random.below(2)];
        write!(
            good,
            "{{\"task_id\":\"WBS-3\",\"agent\":\"AGENT-2\",\"model\":\"m-2\",\"max\":false,\"reason\":\"{reason} {sign} {number}\",\"timestamp\":\"2025-11-{:02}T10:{:02}:{:02}Z\"}}",
            1 + number / 60, number % 60, number % 7
        )
        .unwrap();
        let mut line = good.clone().into_bytes();
        if random.below(10) == 0 {
            let kind = random.below(KINDS);
            let (bad, code, column) = planted(kind, number, &good);
            line = bad;
            want.push((u32::try_from(number).unwrap() + 1, column, code));
        }
        file.extend_from_slice(&line);
        file.push(b'\n');
    }
    let kinds: std::collections::BTreeSet<_> = want.iter().map(|(_, _, code)| *code).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
    let mut got: Vec<_> = findings(&ledger("model-decisions"), &file, &world())
        .into_iter()
        .map(|finding| {
            let span = finding.at.span.unwrap();
            (span.line, span.column, finding.rule.code)
        })
        .collect();
    got.sort_unstable();
    // An alias, even of a field that is nowhere, takes every record past the fast tier.
    let mut slow = ledger("model-decisions");
    slow.aliases
        .fields
        .push(("nowhere".into(), "reason".into()));
    assert_eq!(
        findings(&slow, &file, &world()),
        findings(&ledger("model-decisions"), &file, &world())
    );
    // The planted fields make shapes of their own, which is said once, and truly.
    got.retain(|(_, _, code)| *code != "mixed-shapes");
    assert_eq!(got, want);
}
