//! The findings of a change: those that the state before it did not have.

use std::collections::BTreeMap;

use trueline_core::Finding;

use super::Hunks;
use crate::hash::HashMap;
use crate::rules;

/// The findings of `after` that `before` did not have: as many of each kind as are new, those on
/// changed lines first.
pub fn caused(
    before: Vec<Finding>,
    after: Vec<Finding>,
    renames: &BTreeMap<String, String>,
    hunks: &Hunks,
) -> Vec<Finding> {
    let mut known: HashMap<Key, usize> = HashMap::default();
    for finding in before {
        *known.entry(Key::new(&finding, Some(renames))).or_default() += 1;
    }
    let mut after: Vec<(bool, Finding)> = after
        .into_iter()
        .map(|finding| {
            let lines = finding.at.span.map(|span| span.line..span.end_line + 1);
            let is_changed = lines.is_some_and(|lines| hunks.touches(&finding.at.path, lines));
            (is_changed, finding)
        })
        .collect();
    // What stands on unchanged lines uses up the old ones first.
    after.sort_by_key(|(is_changed, _)| *is_changed);
    after
        .into_iter()
        .filter_map(
            |(_, finding)| match known.get_mut(&Key::new(&finding, None)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    None
                }
                _ => Some(finding),
            },
        )
        .collect()
}

/// What makes two findings of two states the same.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    code: &'static str,
    path: String,
    about: String,
}

impl Key {
    fn new(finding: &Finding, renames: Option<&BTreeMap<String, String>>) -> Key {
        let now = |path: &str| {
            let new = renames.and_then(|renames| renames.get(path));
            new.map_or_else(|| path.to_owned(), Clone::clone)
        };
        let about = finding.subject.as_deref().unwrap_or(&finding.message);
        // An item may move to another file: it is the same item.
        let is_item = super::id_of(finding).is_some_and(|id| id.as_str().contains('-'))
            && finding.rule.code != rules::UNKNOWN_ID.code
            && finding.rule.code != rules::WRONG_REVISION.code
            && finding.rule.code != rules::UNMAPPED_CODE.code;
        Key {
            code: finding.rule.code,
            path: if is_item {
                String::new()
            } else {
                now(&finding.at.path)
            },
            about: now(about),
        }
    }
}
