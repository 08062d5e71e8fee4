//! Blueprint discrepancies: a section that says that blueprints contradict each other.

use std::ops::Range;

use trueline_core::{Finding, Id};
use trueline_kit::Source;
use trueline_scope::Glob;

use super::State;
use crate::ids::Prefixes;
use crate::rules;

/// An open discrepancy.
#[derive(Debug, Clone)]
pub struct Discrepancy {
    /// The file it stands in.
    pub source: Source,
    /// Its heading.
    pub heading: Range<usize>,
    /// Text of the heading.
    pub title: String,
    /// The items that contradict each other.
    pub ids: Vec<Id>,
    /// Paths that are blocked until it is resolved.
    pub scope: Vec<Glob>,
}

/// The open discrepancies of a state: headings that contain "Blueprint Discrepancy", in blueprints
/// and in the folder `discrepancies` beside the acceptance criteria, whose section has no line
/// `Status: resolved` (or closed).
pub fn discrepancies(state: &State<'_>) -> Vec<Discrepancy> {
    let settings = &state.settings;
    let folder = match settings.acceptance_dir.rsplit_once('/') {
        Some((above, _)) => format!("{above}/discrepancies/"),
        None => "discrepancies/".to_owned(),
    };
    let mut out = Vec::new();
    for blueprint in &state.model.blueprints {
        in_file(
            &blueprint.source,
            &blueprint.markdown,
            &settings.prefixes,
            &mut out,
        );
    }
    for path in state.tree.files() {
        if path.starts_with(&folder)
            && path.ends_with(".md")
            && settings.holds(path).is_none()
            && let Ok(Some(source)) = state.tree.source(path)
        {
            let markdown = trueline_text::markdown::parse(source.text());
            in_file(&source, &markdown, &settings.prefixes, &mut out);
        }
    }
    out
}

fn in_file(
    source: &Source,
    markdown: &trueline_text::markdown::Markdown,
    prefixes: &Prefixes,
    out: &mut Vec<Discrepancy>,
) {
    for section in &markdown.sections {
        let Some(heading) = markdown.headings.get(section.heading) else {
            continue;
        };
        if !heading
            .text
            .to_lowercase()
            .contains("blueprint discrepancy")
        {
            continue;
        }
        let text = source.text().get(section.range.clone()).unwrap_or_default();
        let field = |name: &str| {
            text.lines().find_map(|line| {
                let line = line.trim_start_matches([' ', '-', '*', '\t']);
                let (key, value) = line.split_once(':')?;
                let is = key.trim_matches(['*', '_', ' ']).eq_ignore_ascii_case(name);
                is.then(|| value.trim_matches([' ', '*', '_', '.']).to_owned())
            })
        };
        let status = field("status").unwrap_or_default().to_lowercase();
        if status.starts_with("resolved") || status.starts_with("closed") {
            continue;
        }
        let is_break = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
        let mut ids: Vec<Id> = text
            .split(is_break)
            .filter_map(|word| Id::new(word.trim_end_matches('.')).ok())
            .filter(|id| prefixes.kind(id).is_some())
            .collect();
        ids.sort();
        ids.dedup();
        let scope = field("scope").unwrap_or_default();
        let scope = scope
            .split([',', ' ', '`'])
            .filter(|glob| !glob.is_empty())
            .filter_map(|glob| Glob::parse(glob).ok())
            .collect();
        out.push(Discrepancy {
            source: source.clone(),
            heading: heading.range.clone(),
            title: heading.text.clone(),
            ids,
            scope,
        });
    }
}

pub(super) fn findings(state: &State<'_>, out: &mut Vec<Finding>) {
    for one in discrepancies(state) {
        let ids: Vec<String> = one.ids.iter().map(|id| format!("`{id}`")).collect();
        let blocked = match ids.is_empty() {
            true => "names no item: say which it blocks".to_owned(),
            false => format!("blocks {}", ids.join(", ")),
        };
        let message = format!("an open blueprint discrepancy {blocked}");
        let at = one.source.at(one.heading.clone());
        let finding = Finding::new(&rules::OPEN_DISCREPANCY, at, message);
        out.push(finding.subject(one.title));
    }
}
