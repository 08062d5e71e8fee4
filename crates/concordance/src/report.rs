//! `docs/reports/concordance-coverage.md`: what is covered, for people.
//!
//! The same inputs give the same bytes: no clock, no commit but the base that was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use trueline_core::{Finding, Id, Level};

use crate::crosswalk::write;
use crate::gate::{Coverage, State, id_of, phases_of};
use crate::ids::Kind;
use crate::items::text::sha256;
use crate::rules;

/// Most lines of a list; the rest is counted.
const MAX_LINES: usize = 200;

/// What a report is made from.
pub struct Report<'r, 'c> {
    /// The state that it is about.
    pub state: &'r State<'c>,
    /// Its coverage.
    pub coverage: &'r Coverage,
    /// What the gate finds in it, all phases, waivers applied.
    pub findings: &'r [Finding],
    /// What somebody accepted.
    pub waived: &'r [Finding],
    /// What changed since a base.
    pub since: Option<Since<'r>>,
    /// Digests of the files besides the tree that it rests on.
    pub digests: &'r [String],
    /// What JUnit files say, if any were given.
    pub proof: Option<&'r [Finding]>,
}

/// The base that a report is compared with.
pub struct Since<'r> {
    /// The commit.
    pub commit: &'r str,
    /// The coverage there.
    pub coverage: &'r Coverage,
    /// What only the change has: stale acceptance, text without bump.
    pub findings: &'r [Finding],
}

const INPUTS: &str = "<!-- inputs: sha256:";

/// A digest of everything that a report rests on; `more` are digests of files besides the tree.
pub fn inputs(state: &State<'_>, more: &[String]) -> String {
    let mut text = write(&state.joined);
    for one in more {
        let _ = writeln!(text, "{one}");
    }
    for entry in state.model.items() {
        let item = entry.item;
        let _ = writeln!(text, "{} {} {}", item.id, item.revision, item.digest);
    }
    sha256(text.as_bytes()).to_string()
}

/// The digest that a stored report says it was made from.
pub fn inputs_of(report: &str) -> Option<&str> {
    let rest = report.split_once(INPUTS)?.1;
    let digest = rest.split(" -->").next()?;
    (digest.len() == 64).then_some(digest)
}

/// The base that a stored report is compared with, if it is.
pub fn base_of(report: &str) -> Option<String> {
    let line = report
        .lines()
        .find_map(|line| line.strip_prefix("## Since "))?;
    Some(line.trim().to_owned())
}

impl Report<'_, '_> {
    /// The Markdown text.
    pub fn markdown(&self) -> String {
        let mut out = String::from("# Concordance coverage\n\n");
        out.push_str("Written by `concordance report`; do not edit. A requirement is covered when a design, code\n");
        out.push_str("and a test are linked to it, and deeply covered when that holds for its parts and designs too.\n\n");
        let _ = writeln!(out, "{INPUTS}{} -->\n", inputs(self.state, self.digests));
        self.phases(&mut out);
        self.since(&mut out);
        let by = |rule: &'static trueline_core::Rule| -> Vec<&Finding> {
            self.findings
                .iter()
                .filter(|f| f.rule.code == rule.code)
                .collect()
        };
        let uncovered: Vec<&Finding> = by(&rules::UNCOVERED_REQUIREMENT);
        self.list(
            &mut out,
            "Uncovered requirements",
            "uncovered_nt",
            &uncovered,
        );
        self.list(
            &mut out,
            "Requirements that no work item carries",
            "unplanned_nt",
            &by(&rules::UNPLANNED_REQUIREMENT),
        );
        self.list(
            &mut out,
            "Designs without a requirement",
            "orphan_td",
            &by(&rules::ORPHAN_DESIGN),
        );
        let mut suspect = by(&rules::SUSPECT_LINK);
        let changes = self
            .since
            .as_ref()
            .map(|since| since.findings)
            .unwrap_or_default();
        let only = |rule: &'static trueline_core::Rule| {
            changes.iter().filter(move |f| f.rule.code == rule.code)
        };
        suspect.extend(only(&rules::SUSPECT_LINK));
        self.list(&mut out, "Suspect links", "suspect", &suspect);
        let stale: Vec<&Finding> = only(&rules::STALE_ACCEPTANCE).collect();
        match &self.since {
            Some(_) => self.list(&mut out, "Acceptance criteria changed without tests", "stale_acceptance", &stale),
            None => out.push_str("## Acceptance criteria changed without tests (`stale_acceptance`)\n\nAsked for with `--base`.\n\n"),
        }
        let mut acceptance = by(&rules::MISSING_ACCEPTANCE);
        acceptance.extend(by(&rules::PLACEHOLDER_ACCEPTANCE));
        self.list(
            &mut out,
            "Acceptance criteria missing or empty",
            "missing_acceptance",
            &acceptance,
        );
        self.list(
            &mut out,
            "Code that no requirement asks for",
            "unmapped",
            &by(&rules::UNMAPPED_CODE),
        );
        self.list(
            &mut out,
            "Open blueprint discrepancies",
            "discrepancies",
            &by(&rules::OPEN_DISCREPANCY),
        );
        if let Some(proof) = self.proof {
            let of = |rule: &'static trueline_core::Rule| -> Vec<&Finding> {
                proof.iter().filter(|f| f.rule.code == rule.code).collect()
            };
            let failed = of(&rules::FAILED_TEST);
            self.list(&mut out, "Tests that failed", "failed_test", &failed);
            let not_run = of(&rules::TEST_NOT_RUN);
            let title = "Requirements whose tests did not run";
            self.list(&mut out, title, "test_not_run", &not_run);
        }
        let waived: Vec<&Finding> = self.waived.iter().collect();
        self.list(&mut out, "Waived", "waived", &waived);
        while out.ends_with("\n\n") {
            out.pop();
        }
        out
    }

    fn phases(&self, out: &mut String) {
        let state = self.state;
        let mut of_phase: BTreeMap<Option<String>, Vec<&Id>> = BTreeMap::new();
        let mut all = Vec::new();
        for entry in state.model.of_kind(Kind::Nt) {
            let id = &entry.item.id;
            // The parts of an item count in its place.
            if self.coverage.get(id).has_parts {
                continue;
            }
            all.push(id);
            let phases = phases_of(state, entry);
            if phases.is_empty() {
                of_phase.entry(None).or_default().push(id);
            }
            for phase in phases {
                of_phase.entry(Some(phase)).or_default().push(id);
            }
        }
        out.push_str(
            "| Phase | Requirements | With design | With code | With test | Covered | Deeply |\n",
        );
        out.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
        let named: BTreeSet<&String> = of_phase.keys().flatten().collect();
        let mut order: Vec<&String> = state
            .work
            .phases
            .iter()
            .filter(|phase| named.contains(phase))
            .collect();
        order.extend(
            named
                .iter()
                .filter(|phase| !state.work.phases.contains(phase)),
        );
        for phase in order {
            let current = if state.work.current.contains(phase) {
                " (current)"
            } else {
                ""
            };
            let ids = of_phase
                .get(&Some(phase.clone()))
                .map(Vec::as_slice)
                .unwrap_or_default();
            self.line(out, &format!("{}{current}", cell(phase)), ids);
        }
        if let Some(ids) = of_phase.get(&None) {
            self.line(out, "none", ids);
        }
        self.line(out, "**All**", &all);
        out.push('\n');
    }

    fn line(&self, out: &mut String, name: &str, ids: &[&Id]) {
        let count = |what: fn(&crate::gate::Cover) -> bool| {
            ids.iter().filter(|id| what(&self.coverage.get(id))).count()
        };
        let (covered, deep) = (count(|c| c.shallow), count(|c| c.deep));
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {covered} ({}) | {deep} ({}) |",
            ids.len(),
            count(|c| c.design),
            count(|c| c.code),
            count(|c| c.test),
            percent(covered, ids.len()),
            percent(deep, ids.len()),
        );
    }

    fn since(&self, out: &mut String) {
        let Some(since) = &self.since else { return };
        let _ = writeln!(out, "## Since {}\n", since.commit);
        let is_covered = |coverage: &Coverage, id: &Id| coverage.get(id).shallow;
        let now = self.coverage.of.keys();
        let gained: Vec<&Id> = now
            .clone()
            .filter(|id| is_covered(self.coverage, id) && !is_covered(since.coverage, id))
            .collect();
        let lost: Vec<&Id> = now
            .clone()
            .filter(|id| !is_covered(self.coverage, id) && is_covered(since.coverage, id))
            .collect();
        let new: Vec<&Id> = now
            .filter(|id| !since.coverage.of.contains_key(*id))
            .collect();
        let gone: Vec<&Id> = since
            .coverage
            .of
            .keys()
            .filter(|id| !self.coverage.of.contains_key(*id))
            .collect();
        for (name, ids) in [
            ("Newly covered", gained),
            ("No longer covered", lost),
            ("New requirements", new),
            ("Removed requirements", gone),
        ] {
            let mut ids = ids;
            ids.sort_unstable();
            let shown: Vec<&str> = ids.iter().take(MAX_LINES).map(|id| id.as_str()).collect();
            let shown = if shown.is_empty() {
                "none".to_owned()
            } else {
                shown.join(", ")
            };
            let _ = writeln!(out, "- {name} ({}): {shown}", ids.len());
        }
        out.push('\n');
    }

    fn list(&self, out: &mut String, title: &str, key: &str, findings: &[&Finding]) {
        let _ = writeln!(out, "## {title} (`{key}`): {}\n", findings.len());
        let mut findings: Vec<&&Finding> = findings.iter().collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (id_of(f), f.at.clone(), f.message.clone());
            key(a).cmp(&key(b))
        });
        for finding in findings.iter().take(MAX_LINES) {
            let id = id_of(finding);
            let title = id
                .as_ref()
                .and_then(|id| self.state.model.get(id))
                .map(|entry| format!(" · {}", short(&entry.item.title)))
                .unwrap_or_default();
            let level = match finding.level.unwrap_or(finding.rule.level) {
                Level::Error => "",
                Level::Warning => " (warning)",
                Level::Note => " (note)",
            };
            let place = match &id {
                Some(_) => String::new(),
                None => format!(" — `{}`", finding.at.path),
            };
            let _ = writeln!(out, "- {}{title}{place}{level}", escape(&finding.message));
        }
        if findings.len() > MAX_LINES {
            let _ = writeln!(
                out,
                "- … and {} more: `concordance check`",
                findings.len() - MAX_LINES
            );
        }
        if findings.is_empty() {
            out.push_str("None.\n");
        }
        out.push('\n');
    }
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    // Rounded down: 100 % means all.
    format!("{} %", part * 100 / whole)
}

fn short(title: &str) -> String {
    let plain: String = escape(title);
    let cut: String = plain.chars().take(80).collect();
    if cut.len() < plain.len() {
        format!("{cut}…")
    } else {
        cut
    }
}

fn cell(text: &str) -> String {
    escape(text).replace('|', "\\|")
}

/// Text that cannot break out of its line, nor become markup that loads something.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
