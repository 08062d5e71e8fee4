//! Waivers: gaps that somebody accepted, for a reason and a time.

use trueline_core::Finding;

use super::id_of;
use crate::crosswalk::Book;
use crate::rules;

/// Codes that nobody can waive: what they report is not a gap but a fault.
pub(super) const NEVER: [&str; 9] = [
    "unknown-id",
    "unknown-wbs",
    "malformed-id",
    "malformed-tag",
    "malformed-trailer",
    "malformed-crosswalk",
    "malformed-plan",
    "duplicate-id",
    "removed-item",
];

/// What is left after waivers, and what they waived.
#[derive(Debug, Clone, Default)]
pub struct Waived {
    /// Findings that count.
    pub left: Vec<Finding>,
    /// Findings that somebody accepted.
    pub waived: Vec<Finding>,
}

/// Applies the waivers of a crosswalk. `today` is a day such as `2026-01-15`; `is_complete` says
/// that every check ran, so that a waiver that waived nothing is unused.
pub fn waive(findings: Vec<Finding>, book: &Book, today: &str, is_complete: bool) -> Waived {
    let mut used = vec![false; book.waivers.len()];
    let mut out = Waived::default();
    for finding in findings {
        let id = id_of(&finding);
        let by = book.waivers.iter().position(|one| {
            let waiver = &one.waiver;
            waiver.code.as_str() == finding.rule.code
                && Some(&waiver.id) == id.as_ref()
                && !NEVER.contains(&finding.rule.code)
        });
        match by {
            Some(at) => {
                if let Some(flag) = used.get_mut(at) {
                    *flag = true;
                }
                let is_over = book
                    .waivers
                    .get(at)
                    .is_some_and(|one| one.waiver.expires.as_str() < today);
                if is_over {
                    out.left.push(finding);
                } else {
                    out.waived.push(finding);
                }
            }
            None => out.left.push(finding),
        }
    }
    for (one, used) in book.waivers.iter().zip(used) {
        let waiver = &one.waiver;
        let subject = format!("{} {}", waiver.id, waiver.code);
        if waiver.expires.as_str() < today {
            let message = format!(
                "the waiver of `{}` for `{}` expired on {}",
                waiver.code, waiver.id, waiver.expires
            );
            let at = book.find(&one.span, waiver.expires.as_str());
            out.left
                .push(Finding::new(&rules::EXPIRED_WAIVER, at, message).subject(subject));
        } else if !used && is_complete {
            let message = format!(
                "the waiver of `{}` for `{}` waives nothing",
                waiver.code, waiver.id
            );
            let at = book.at(one.span.clone());
            out.left
                .push(Finding::new(&rules::UNUSED_WAIVER, at, message).subject(subject));
        }
    }
    out
}
