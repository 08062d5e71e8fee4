//! Where the findings of one file gather, in bounded memory.

use sha2::{Digest, Sha256};
use trueline_core::{Finding, Location};
use trueline_text::LineIndex;

use crate::fault::{Fault, Locator};
use crate::rules;

/// Most findings of one file that are kept; the rest is counted.
pub const MAX_FINDINGS: usize = 100_000;

/// What a finding on a line is about: `line:` and the first 16 hexadecimal digits of the SHA-256 of
/// the line's text, white space around aside. An `[[allow]]` names it as its `id`, so that it
/// holds wherever the line moves, and no longer when it changes.
pub fn line_subject(text: &[u8]) -> String {
    let digest = Sha256::digest(text.trim_ascii());
    let hex: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("line:{hex}")
}

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

    /// How many findings there are so far.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Says what the findings from `first` on that stand on a line are about: its text (see
    /// [`line_subject`]).
    pub fn name_line(&mut self, first: usize, line: u32, text: &[u8]) {
        let mut subject = None;
        for finding in self.findings.iter_mut().skip(first) {
            let is_here = finding.at.span.is_some_and(|span| span.line == line);
            if is_here && finding.subject.is_none() {
                let subject = subject.get_or_insert_with(|| line_subject(text));
                finding.subject = Some(subject.clone());
            }
        }
    }

    /// As [`Sink::name_line`], for every finding in a document.
    pub fn name_lines(&mut self, bytes: &[u8]) {
        if self.findings.is_empty() {
            return;
        }
        let index = LineIndex::new(bytes);
        for finding in &mut self.findings {
            if let (Some(span), None) = (finding.at.span, &finding.subject) {
                let text = bytes.get(index.line_range(span.line)).unwrap_or_default();
                finding.subject = Some(line_subject(text));
            }
        }
    }

    /// Adds the faults of one record.
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
