//! The text of a pull request: the template's sections, filled in.

use trueline_core::{Finding, Id};
use trueline_kit::Source;
use trueline_text::markdown;

use super::{State, references};
use crate::rules;

/// The sections that the template has.
pub const SECTIONS: [&str; 6] = [
    "Summary",
    "Access & Traceability",
    "Blueprint Concordance",
    "Tests & Quality",
    "Deployment & Rollback",
    "Risks & Notes",
];

/// Sections that are missing or not filled in, and ids that lead nowhere.
pub fn body(state: &State<'_>, source: &Source) -> Vec<Finding> {
    let text = source.text();
    let markdown = markdown::parse(text);
    let mut out = Vec::new();
    for name in SECTIONS {
        let section = markdown.sections.iter().find(|section| {
            let heading = markdown.headings.get(section.heading);
            heading.is_some_and(|heading| plain(&heading.text) == plain(name))
        });
        let Some(section) = section else {
            let message = format!("the section \"{name}\" is missing");
            out.push(Finding::new(&rules::PR_BODY, source.whole(), message).subject(name));
            continue;
        };
        let Some(heading) = markdown.headings.get(section.heading) else {
            continue;
        };
        let content = text
            .get(heading.range.end..section.range.end)
            .unwrap_or_default();
        let (mut said, mut open) = (0, Vec::new());
        let mut in_comment = false;
        for line in content.lines() {
            let line = line.trim();
            in_comment |= line.starts_with("<!--");
            let skip = in_comment || line.is_empty();
            in_comment &= !line.ends_with("-->");
            if skip {
                continue;
            }
            match unfilled(line) {
                Some(key) => open.push(key),
                None => said += 1,
            }
        }
        let at = || source.at(heading.range.clone());
        if said == 0 && open.is_empty() {
            let message = format!("the section \"{name}\" is empty");
            out.push(Finding::new(&rules::PR_BODY, at(), message).subject(name));
        } else if !open.is_empty() {
            let message = format!(
                "the section \"{name}\" is not filled in: {}",
                open.join(", ")
            );
            out.push(Finding::new(&rules::PR_BODY, at(), message).subject(name));
        }
    }
    ids(state, source, &mut out);
    out
}

/// The key of a line whose value is still the template's.
fn unfilled(line: &str) -> Option<String> {
    let body = line.trim_start_matches(['-', '*', ' ']);
    let (key, value) = match body.split_once(':') {
        Some((key, value)) => (key.trim(), value.trim()),
        None => ("text", body),
    };
    // A check box is an answer, ticked or not.
    let is_box = value.starts_with("[ ]") || value.to_lowercase().starts_with("[x]");
    let is_placeholder = value.is_empty()
        || value == "..."
        || value == "…"
        || value.ends_with("-...")
        || value.ends_with("-…")
        || (value.starts_with('[') && value.ends_with(']') && !value.contains("]("))
        || value.eq_ignore_ascii_case("tbd")
        || value.eq_ignore_ascii_case("todo")
        || body == "What & why in one short paragraph.";
    (is_placeholder && !is_box).then(|| format!("\"{key}\""))
}

fn plain(text: &str) -> String {
    text.to_lowercase()
        .replace("and", "&")
        .split_whitespace()
        .collect()
}

fn ids(state: &State<'_>, source: &Source, out: &mut Vec<Finding>) {
    let text = source.text();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let mut at = 0;
    for part in text.split_inclusive(|c: char| !is_part(c)) {
        let start = at;
        at += part.len();
        let word = part
            .trim_end_matches(|c: char| !is_part(c))
            .trim_end_matches(['.', '-']);
        let Ok(id) = Id::new(word) else { continue };
        let Some(of) = state.settings.prefixes.kind(&id) else {
            continue;
        };
        if !references::is_known(state, &id, of) {
            let place = source.at(start..start + word.len());
            let finding = references::unknown(state, &id, of, place, "the text");
            out.push(finding.subject(format!("{id} text")));
        }
    }
}
