//! Acceptance criteria: there, and saying something.

use trueline_core::artifact::blueprint::Binding;
use trueline_core::{Finding, Level};
use trueline_kit::Source;

use super::{Phases, State};
use crate::ids::Kind;
use crate::index;
use crate::model::Entry;
use crate::rules;
use crate::settings::Class;

pub(super) fn findings(state: &State<'_>, phases: &Phases, out: &mut Vec<Finding>) {
    let children = state.model.children();
    for entry in state.model.of_kind(Kind::Nt) {
        let item = entry.item;
        let path = index::acceptance(entry, &state.tree, &state.settings);
        match (&path, &item.criteria) {
            (Some(path), _) => match state.tree.source(path) {
                Ok(Some(source)) => {
                    let end = source.text().len();
                    judge(state, entry, &source, 0..end, out);
                }
                _ => {
                    let at = match &item.acceptance {
                        Some((_, range)) => entry.place(range.clone()),
                        None => entry.at(),
                    };
                    let message = format!("`{}` names `{path}`, which does not exist", item.id);
                    let finding = Finding::new(&rules::MISSING_ACCEPTANCE, at, message);
                    out.push(finding.level(Level::Error).subject(item.id.as_str()));
                }
            },
            (None, Some(range)) => {
                judge(state, entry, &entry.blueprint.source, range.clone(), out);
            }
            (None, None) => {
                let is_asked = item.level == Binding::Must
                    && !children.contains_key(&item.id)
                    && phases.include(state, entry);
                if is_asked {
                    let message = format!("`{}` has no acceptance criteria", item.id);
                    let finding = Finding::new(&rules::MISSING_ACCEPTANCE, entry.at(), message);
                    out.push(finding.subject(item.id.as_str()));
                }
            }
        }
    }
}

/// Words that stand where a criterion should.
const PLACEHOLDERS: [&str; 16] = [
    "write tests",
    "write test",
    "add tests",
    "add test",
    "tests",
    "test",
    "test it",
    "tbd",
    "todo",
    "tba",
    "to be defined",
    "to be done",
    "n/a",
    "fill in",
    "works",
    "it works",
];

fn judge(
    state: &State<'_>,
    entry: Entry<'_>,
    source: &Source,
    range: std::ops::Range<usize>,
    out: &mut Vec<Finding>,
) {
    let id = &entry.item.id;
    let text = source.text().get(range.clone()).unwrap_or_default();
    let mut at = range.start;
    let (mut said, mut names_test) = (0, false);
    let mut first_placeholder = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = criterion(line);
        if body.is_empty() {
            continue;
        }
        if is_placeholder(&body) {
            let lead = line.len() - line.trim_start().len();
            first_placeholder.get_or_insert(start + lead..start + line.trim_end().len());
        } else {
            said += 1;
            names_test |= line.split(is_break).any(|word| is_test(state, word));
        }
    }
    if let Some(place) = first_placeholder {
        let message = format!("a criterion of `{id}` is a placeholder");
        let finding = Finding::new(&rules::PLACEHOLDER_ACCEPTANCE, source.at(place), message);
        out.push(finding.subject(id.as_str()));
    } else if said == 0 {
        let message = format!("the acceptance criteria of `{id}` are empty");
        let finding = Finding::new(&rules::PLACEHOLDER_ACCEPTANCE, source.at(range), message);
        out.push(finding.subject(id.as_str()));
    } else if !names_test {
        let lead = text.len() - text.trim_start().len();
        let line = text.trim_start().lines().next().unwrap_or_default().len();
        let place = range.start + lead..range.start + lead + line;
        let message = format!("the acceptance criteria of `{id}` name no test file");
        let finding = Finding::new(&rules::PLACEHOLDER_ACCEPTANCE, source.at(place), message);
        out.push(
            finding
                .level(Level::Warning)
                .subject(format!("{id} test file")),
        );
    }
}

/// A line without its list mark, check box and emphasis; empty for headings and comments.
fn criterion(line: &str) -> String {
    let line = line.trim();
    if line.starts_with('#') || line.starts_with("<!--") || line == "---" {
        return String::new();
    }
    let body = line.trim_start_matches(['-', '*', '+', ' ', '>']);
    let body = ["[ ]", "[x]", "[X]"]
        .iter()
        .find_map(|mark| body.strip_prefix(mark))
        .unwrap_or(body);
    body.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '.' | ':' | '…' | '!'))
        .to_lowercase()
}

fn is_placeholder(body: &str) -> bool {
    PLACEHOLDERS.contains(&body)
        || (body.starts_with('[') && body.ends_with(']'))
        || (body.starts_with('<') && body.ends_with('>'))
}

fn is_break(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '`' | '(' | ')' | '[' | ']' | ',' | ';' | '"' | '\'' | '*'
        )
}

/// A path of a test that exists, with or without what follows `::` or `#`; or one that only looks
/// like a test's path.
fn is_test(state: &State<'_>, word: &str) -> bool {
    let path = word.split("::").next().unwrap_or_default();
    let path = path
        .split('#')
        .next()
        .unwrap_or_default()
        .trim_end_matches([':', '.']);
    path.contains('.') && !path.is_empty() && state.settings.class(path) == Class::Test
}
