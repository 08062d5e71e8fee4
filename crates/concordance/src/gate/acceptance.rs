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
    let (mut said, mut names_test, mut names_case) = (0, false, false);
    let mut first_placeholder = None;
    let mut is_ticked = false;
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
            is_ticked = ticked(line).unwrap_or(is_ticked);
            for (offset, word) in words(line) {
                let Some(path) = test_path(state, word) else {
                    names_case |= word.contains(char::is_alphanumeric);
                    continue;
                };
                names_test = true;
                names_case |= word.len() > path.len();
                if is_plain(path) && !state.tree.has(path) {
                    let begin = start + offset;
                    let place = source.at(begin..begin + path.len());
                    let message = format!("the acceptance of `{id}` names `{path}`, which is gone");
                    let level = if is_ticked {
                        Level::Error
                    } else {
                        Level::Warning
                    };
                    let finding = Finding::new(&rules::DEAD_FILE, place, message);
                    out.push(finding.level(level).subject(path));
                }
            }
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
    } else if !(names_test && names_case) {
        let lead = text.len() - text.trim_start().len();
        let line = text.trim_start().lines().next().unwrap_or_default().len();
        let place = range.start + lead..range.start + lead + line;
        let what = if names_test {
            "case of a test"
        } else {
            "test file"
        };
        let message = format!("the acceptance criteria of `{id}` name no {what}");
        let finding = Finding::new(&rules::PLACEHOLDER_ACCEPTANCE, source.at(place), message);
        let subject = format!("{id} {what}");
        out.push(finding.level(Level::Warning).subject(subject));
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

/// The words of a line, each with the byte that it begins at.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let begin = line.as_ptr().addr();
    line.split(is_break)
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr().addr() - begin, word))
}

/// The path of a test in a word, which may go on with `::name` or `#name`.
fn test_path<'a>(state: &State<'_>, word: &'a str) -> Option<&'a str> {
    let path = word.split("::").next().unwrap_or_default();
    let path = path.split('#').next().unwrap_or_default();
    let path = path.trim_end_matches([':', '.']);
    let is_test = path.contains('.') && state.settings.class(path) == Class::Test;
    is_test.then_some(path)
}

/// True for a path that is meant as it is written: no pattern, no gap to fill in.
fn is_plain(path: &str) -> bool {
    path.contains('/') && !path.contains(['*', '?', '{', '}', '<', '>', '$', '…', ':'])
}

/// Whether a line has a ticked box, or an empty one; `None` without a box.
fn ticked(line: &str) -> Option<bool> {
    let body = line
        .trim_start()
        .trim_start_matches(['-', '*', '+', ' ', '>']);
    let boxes = [("[ ]", false), ("[x]", true), ("[X]", true)];
    boxes
        .into_iter()
        .find_map(|(mark, is)| body.starts_with(mark).then_some(is))
}
