//! The baseline: findings that were there when a repository began to be checked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use trueline_core::artifact::Version;
use trueline_core::{Finding, Location};

use super::waivers::NEVER;
use crate::rules;

/// Old debt. An entry a line, sorted, so that branches merge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// The findings that are old.
    pub findings: Vec<Debt>,
}

/// One old finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Debt {
    /// Its code.
    pub code: String,
    /// Its file.
    pub path: String,
    /// What it is about.
    pub about: String,
}

impl Debt {
    fn of(finding: &Finding) -> Debt {
        Debt {
            code: finding.rule.code.to_owned(),
            path: finding.at.path.clone(),
            about: finding
                .subject
                .clone()
                .unwrap_or_else(|| finding.message.clone()),
        }
    }
}

impl Baseline {
    /// All of these findings but those that can never be debt (dangling references, what cannot
    /// be read).
    pub fn new(findings: &[Finding]) -> Baseline {
        let mut all: Vec<Debt> = findings
            .iter()
            .filter(|finding| !NEVER.contains(&finding.rule.code))
            .map(Debt::of)
            .collect();
        all.sort();
        Baseline {
            version: Version::default(),
            findings: all,
        }
    }

    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// What serde says, with line and column.
    pub fn parse(text: &str) -> Result<Baseline, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The entries that these findings still have: never more than before.
    #[must_use]
    pub fn shrunk(&self, findings: &[Finding]) -> Baseline {
        let mut left = counts(findings.iter().map(Debt::of));
        let kept = self.findings.iter().filter(|debt| take(&mut left, debt));
        Baseline {
            version: self.version,
            findings: kept.cloned().collect(),
        }
    }

    /// Takes old debt out of findings; gives what is left, how many were taken out, and the
    /// entries that are paid.
    pub fn apply(&self, findings: Vec<Finding>) -> (Vec<Finding>, usize, Vec<&Debt>) {
        let mut debts = counts(self.findings.iter().cloned());
        let before = findings.len();
        let left: Vec<Finding> = findings
            .into_iter()
            .filter(|finding| {
                NEVER.contains(&finding.rule.code) || !take(&mut debts, &Debt::of(finding))
            })
            .collect();
        let taken = before - left.len();
        let paid = self
            .findings
            .iter()
            .filter(|debt| take(&mut debts, debt))
            .collect();
        (left, taken, paid)
    }

    /// The entries that another baseline does not have.
    pub fn beyond(&self, other: &Baseline) -> Vec<&Debt> {
        let mut known = counts(other.findings.iter().cloned());
        self.findings
            .iter()
            .filter(|debt| !take(&mut known, debt))
            .collect()
    }

    /// One entry a line.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self
            .findings
            .iter()
            .filter_map(|debt| serde_json::to_string(debt).ok())
            .map(|line| format!("    {line}"))
            .collect();
        match lines.is_empty() {
            true => "{\n  \"version\": 1,\n  \"findings\": []\n}\n".to_owned(),
            false => format!(
                "{{\n  \"version\": 1,\n  \"findings\": [\n{}\n  ]\n}}\n",
                lines.join(",\n")
            ),
        }
    }
}

/// Findings about entries that are paid, at most 50.
pub fn paid(path: &str, debts: &[&Debt]) -> Vec<Finding> {
    let finding = |debt: &&Debt| {
        let message = format!("`{}` about {} is no longer found", debt.code, debt.about);
        let at = Location::file(path);
        Finding::new(&rules::SHRUNK_BASELINE, at, message)
            .subject(format!("{} {}", debt.code, debt.about))
    };
    debts.iter().take(50).map(finding).collect()
}

/// Findings about entries that a change added, at most 50.
pub fn grown(path: &str, debts: &[&Debt]) -> Vec<Finding> {
    let finding = |debt: &&Debt| {
        let message = format!(
            "the change adds `{}` about {} to the baseline",
            debt.code, debt.about
        );
        let at = Location::file(path);
        Finding::new(&rules::GROWN_BASELINE, at, message)
            .subject(format!("{} {}", debt.code, debt.about))
    };
    debts.iter().take(50).map(finding).collect()
}

fn counts(debts: impl Iterator<Item = Debt>) -> BTreeMap<Debt, usize> {
    let mut counts = BTreeMap::new();
    for debt in debts {
        *counts.entry(debt).or_default() += 1;
    }
    counts
}

fn take(counts: &mut BTreeMap<Debt, usize>, debt: &Debt) -> bool {
    match counts.get_mut(debt) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}
