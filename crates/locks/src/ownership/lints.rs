//! Rules that do nothing: globs that match no tracked file, rules that later ones hide.

use trueline_core::Finding;
use trueline_scope::{Glob, Inclusion, ScopeSet};

use super::generate::union;
use super::read::{Ownership, Rule};
use crate::rules;

/// Most pairs of globs that are compared in search of hidden rules; beyond it the rest is not
/// looked at.
const MAX_PAIRS: usize = 200_000;

/// Looks at every rule; `paths` are the tracked files.
pub(crate) fn lint(ownership: &Ownership, paths: &[String]) -> Vec<Finding> {
    let mut findings = unmatched(ownership, paths);
    let mut budget = MAX_PAIRS;
    for (at, rule) in ownership.rules.iter().enumerate() {
        let later = ownership.rules.get(at + 1..).unwrap_or_default();
        if let Some(by) = hidden_by(rule, later, &mut budget) {
            let start = |rule: &Rule| rule.range.start..rule.range.start;
            let message = "every path of this rule belongs to a later one";
            let at = ownership.source.at(start(rule));
            findings.push(
                Finding::new(&rules::OWNERSHIP_SHADOWED, at, message)
                    .related(ownership.source.at(start(by)), "hidden from here on"),
            );
        }
    }
    findings
}

fn unmatched(ownership: &Ownership, paths: &[String]) -> Vec<Finding> {
    let patterns: Vec<_> = ownership.rules.iter().flat_map(|r| &r.patterns).collect();
    let (mut globs, mut of_glob) = (Vec::new(), Vec::new());
    for (at, pattern) in patterns.iter().enumerate() {
        for glob in pattern.parts.iter().flat_map(|part| &part.owned) {
            globs.push(glob.clone());
            of_glob.push(at);
        }
    }
    let set = ScopeSet::new(globs);
    let mut matcher = set.matcher();
    let mut used = vec![false; patterns.len()];
    for path in paths {
        for glob in matcher.all_matches(path) {
            if let Some(used) = of_glob.get(*glob).and_then(|at| used.get_mut(*at)) {
                *used = true;
            }
        }
    }
    let unused = patterns.iter().zip(used).filter(|(_, used)| !used);
    unused
        .map(|(pattern, _)| {
            let message = format!("`{}` owns no tracked file", pattern.text);
            let at = ownership.source.at(pattern.range.clone());
            Finding::new(&rules::OWNERSHIP_UNMATCHED, at, message).subject(pattern.text.clone())
        })
        .collect()
}

/// The first of the later rules that hide a rule, if they do. Silent where that is too much work
/// to tell.
fn hidden_by<'a>(rule: &Rule, later: &'a [Rule], budget: &mut usize) -> Option<&'a Rule> {
    let mut first: Option<&Rule> = None;
    let globs = rule
        .patterns
        .iter()
        .flat_map(|p| &p.parts)
        .flat_map(|p| &p.owned);
    let mut any = false;
    for glob in globs {
        any = true;
        let by = hides(glob, later, budget)?;
        if first.is_none_or(|known| by.range.start < known.range.start) {
            first = Some(by);
        }
    }
    first.filter(|_| any)
}

fn hides<'a>(glob: &Glob, later: &'a [Rule], budget: &mut usize) -> Option<&'a Rule> {
    let mut near: Vec<&Glob> = Vec::new();
    let mut first = None;
    for rule in later {
        for theirs in rule
            .patterns
            .iter()
            .flat_map(|p| &p.parts)
            .flat_map(|p| &p.owned)
        {
            *budget = budget.checked_sub(1)?;
            if glob.shared_path(theirs).is_some() {
                first = first.or(Some(rule));
                near.push(theirs);
            }
        }
    }
    let all = union(near.iter().map(|glob| glob.as_str()))?;
    matches!(all.includes(glob), Ok(Inclusion::Yes)).then_some(first?)
}
