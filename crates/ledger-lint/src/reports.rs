//! Run reports beside the ledgers: what was used and what was logged are to be the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueline_core::{Finding, Location};
use trueline_text::LineIndex;

use crate::fault::{index_span, quote};
use crate::ledger::Ledger;
use crate::rules::reference as rules;

/// What is logged and named in reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Models: `model-decisions`.
    Model,
    /// Tools and plugins: `tools-manifest`.
    Tool,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::Model => "model",
            What::Tool => "tool",
        }
    }
}

/// Names by what they are and by item, with the first place of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses(BTreeMap<(What, String), BTreeMap<String, Location>>);

impl Uses {
    fn add(&mut self, what: What, task: &str, name: &str, at: impl FnOnce() -> Location) {
        let names = self.0.entry((what, task.to_owned())).or_default();
        if !names.contains_key(name) {
            names.insert(name.to_owned(), at());
        }
    }

    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something of that kind is named for the item of a record.
    pub fn names_task_of(&self, what: What, record: &Value) -> bool {
        let task = record.get("task_id").and_then(Value::as_str);
        task.is_some_and(|task| self.0.contains_key(&(what, task.to_owned())))
    }

    /// Adds what one record of a ledger logs.
    pub fn record(&mut self, what: What, record: &Value, at: impl Fn() -> Location) {
        let Some(task) = record.get("task_id").and_then(Value::as_str) else {
            return;
        };
        match what {
            What::Model => {
                if let Some(model) = record.get("model").and_then(Value::as_str) {
                    self.add(what, task, model, at);
                }
            }
            What::Tool => {
                let tools = record.get("selected_plugins").and_then(Value::as_array);
                for tool in tools.into_iter().flatten().filter_map(Value::as_str) {
                    self.add(what, task, tool, &at);
                }
            }
        }
    }

    /// Adds what one run report names: lines `Model: …` and `Tools: …, …`, for the items of its
    /// lines `Work item: …`, or else of its file name. `prefixes` are those of items' ids.
    pub fn report(&mut self, path: &str, text: &str, prefixes: &[String]) {
        let index = LineIndex::new(text.as_bytes());
        let mut tasks: BTreeSet<String> = BTreeSet::new();
        let mut found: Vec<(What, &str, std::ops::Range<usize>)> = Vec::new();
        let mut is_code = false;
        for line in trueline_text::jsonl::Lines::new(text.as_bytes()) {
            let Some(shown) = text.get(line.range()) else {
                continue;
            };
            let bare = shown.trim_start_matches(|char: char| {
                char.is_whitespace() || matches!(char, '-' | '*' | '_' | '>' | '#')
            });
            if bare.starts_with("```") {
                is_code = !is_code;
            }
            let Some((key, value)) = bare.split_once(':').filter(|_| !is_code) else {
                continue;
            };
            let key = key
                .trim_matches(|char: char| !char.is_alphanumeric())
                .to_ascii_lowercase();
            let value = value.split('(').next().unwrap_or_default();
            let what = match key.as_str() {
                "work item" | "work items" | "task" | "wbs" => {
                    tasks.extend(ids(value, prefixes));
                    continue;
                }
                "model" | "model used" | "models" | "models used" => What::Model,
                "tools" | "tools used" | "plugins" | "plugins used" => What::Tool,
                _ => continue,
            };
            for name in value.split(',') {
                let name = name.trim_matches(|char: char| {
                    char.is_whitespace() || matches!(char, '`' | '*' | '_' | '.')
                });
                let is_flag = name.to_ascii_lowercase().starts_with("max");
                if !name.is_empty()
                    && !is_flag
                    && !name.contains(['<', '…', ':'])
                    && name.len() <= 128
                {
                    let start = name.as_ptr() as usize - text.as_ptr() as usize;
                    found.push((what, name, start..start + name.len()));
                }
            }
        }
        if tasks.is_empty() {
            let name = path.rsplit('/').next().unwrap_or(path);
            tasks.extend(ids(name, prefixes));
        }
        for (what, name, range) in found {
            for task in &tasks {
                self.add(what, task, name, || {
                    Location::at(path, index_span(&index, range.clone()))
                });
            }
        }
    }
}

/// The ids in a text that have one of the prefixes.
fn ids(text: &str, prefixes: &[String]) -> Vec<String> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_');
    let mut found = Vec::new();
    for prefix in prefixes {
        let start = format!("{prefix}-");
        for (at, _) in text.match_indices(&start) {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let rest = text.get(at + start.len()..).unwrap_or_default();
            let end = rest.find(|char| !is_part(char)).unwrap_or(rest.len());
            let number = rest.get(..end).unwrap_or_default().trim_end_matches('.');
            if !before.is_some_and(char::is_alphanumeric) && !number.is_empty() {
                found.push(format!("{start}{number}"));
            }
        }
    }
    found
}

/// What is named on one side alone. A kind of name is compared only where both sides have it.
pub fn compare(ledgers: &[&Ledger], logged: &Uses, reported: &Uses) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((what, task), names) in &reported.0 {
        if !ledgers.iter().any(|ledger| what_of(ledger) == Some(*what)) {
            continue;
        }
        let known = logged.0.get(&(*what, task.clone()));
        for (name, at) in names {
            if !known.is_some_and(|known| known.contains_key(name)) {
                let message = format!(
                    "no ledger has the {} {} for {}",
                    what.name(),
                    quote(name),
                    quote(task)
                );
                findings.push(
                    Finding::new(&rules::UNLOGGED_USE, at.clone(), message)
                        .subject(format!("{task} {name}")),
                );
            }
        }
    }
    for ((what, task), names) in &logged.0 {
        let Some(known) = reported.0.get(&(*what, task.clone())) else {
            continue;
        };
        for (name, at) in names {
            if !known.contains_key(name) {
                let message = format!(
                    "no run report of {} names the {} {}",
                    quote(task),
                    what.name(),
                    quote(name)
                );
                findings.push(
                    Finding::new(&rules::UNREPORTED_USE, at.clone(), message)
                        .subject(format!("{task} {name}")),
                );
            }
        }
    }
    findings
}

/// What a ledger logs.
pub fn what_of(ledger: &Ledger) -> Option<What> {
    match ledger.name.as_str() {
        "model-decisions" => Some(What::Model),
        "tools-manifest" | crate::catalogue::TOOLS_RECORDS => Some(What::Tool),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_reports_name() {
        let mut uses = Uses::default();
        let prefixes = ["WBS".to_owned()];
        uses.report(
            "docs/runs/r.md",
            "# Run\n- Model: `m-1`, MAX: true (logged)\n- **Tools:** a, b-c (logged)\n```\nModel: no\n```\n- Work item: WBS-1.2, WBS-3.\n",
            &prefixes,
        );
        uses.report(
            "docs/runs/2025-WBS-7-x.md",
            "Model used: <model>\nModels: m-9\n",
            &prefixes,
        );
        let names: Vec<String> = uses
            .0
            .iter()
            .map(|((what, task), names)| {
                format!(
                    "{} {task} {}",
                    what.name(),
                    names.keys().cloned().collect::<Vec<_>>().join("+")
                )
            })
            .collect();
        assert_eq!(
            names,
            [
                "model WBS-1.2 m-1",
                "model WBS-3 m-1",
                "model WBS-7 m-9",
                "tool WBS-1.2 a+b-c",
                "tool WBS-3 a+b-c"
            ]
        );
        let at = uses.0.values().next().unwrap()["m-1"].span.unwrap();
        assert_eq!((at.line, at.column, at.end_column), (2, 11, 14));
    }

    #[test]
    fn both_directions() {
        let ledgers = crate::catalogue::all(&trueline_kit::Config::default(), &|_| Ok(None));
        let ledgers: Vec<&Ledger> = ledgers
            .iter()
            .filter(|ledger| ledger.name == "model-decisions")
            .collect();
        let (mut logged, mut reported) = (Uses::default(), Uses::default());
        let at = || Location::file("x");
        for (task, model) in [("WBS-1", "m-1"), ("WBS-1", "m-3"), ("WBS-2", "m-1")] {
            logged.record(What::Model, &json!({"task_id": task, "model": model}), at);
        }
        reported.report(
            "r",
            "Work item: WBS-1\nModel: m-1, m-2\nTools: t\n",
            &["WBS".to_owned()],
        );
        let messages: Vec<_> = compare(&ledgers, &logged, &reported)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(
            messages,
            [
                "no ledger has the model `m-2` for `WBS-1`",
                "no run report of `WBS-1` names the model `m-3`"
            ]
        );
    }
}
