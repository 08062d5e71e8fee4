//! Where the findings of one file gather, in bounded memory.

use trueline_core::{Finding, Location};

use crate::fault::{Fault, Locator};
use crate::rules;

/// Most findings of one file that are kept; the rest is counted.
pub const MAX_FINDINGS: usize = 100_000;

/// The findings of one file.
#[derive(Debug)]
pub struct Sink {
    path: String,
    findings: Vec<Finding>,
    omitted: u64,
    limit: usize,
}

impl Sink {
    /// For a file of that path, as it is shown.
    pub fn new(path: impl Into<String>) -> Self {
        Self::with_limit(path, MAX_FINDINGS)
    }

    /// With another limit than [`MAX_FINDINGS`].
    pub fn with_limit(path: impl Into<String>, limit: usize) -> Self {
        Sink {
            path: path.into(),
            findings: Vec::new(),
            omitted: 0,
            limit,
        }
    }

    /// The file's path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        if self.findings.len() < self.limit {
            self.findings.push(finding);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds the faults of one record. A fault at a place that another fault explains better is
    /// left out: a naive time is not also a bad format.
    pub fn faults(&mut self, locator: &dyn Locator, faults: Vec<Fault>) {
        for fault in faults {
            self.push(locator.finding(fault));
        }
    }

    /// Everything that was found, by place.
    pub fn finish(mut self) -> Vec<Finding> {
        if self.omitted > 0 {
            let message = format!("{} more findings in this file are not listed", self.omitted);
            let finding = Finding::new(
                &rules::syntax::TOO_MANY_FINDINGS,
                Location::file(&*self.path),
                message,
            );
            self.findings.push(finding);
        }
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.at.span, finding.rule.code);
            key(a).cmp(&key(b))
        });
        self.findings
    }
}
