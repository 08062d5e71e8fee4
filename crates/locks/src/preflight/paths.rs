//! Each path of a change against scope, ownership and locks.

use trueline_core::artifact::ownership::Risk;
use trueline_core::{Finding, Location};
use trueline_kit::git::GitPath;
use trueline_kit::{Artifact, Context};
use trueline_lease::{Held, Source, State, whole_path};
use trueline_scope::{Glob, ScopeSet};

use super::Args;
use super::checks::Scope;
use super::policy::Policy;
use crate::list::lock_path;
use crate::{rules, view};

/// The checks of one path, prepared for many.
pub(super) struct Paths<'a> {
    policy: &'a Policy,
    args: &'a Args,
    scope: &'a Scope,
    ctx: &'a Context,
    rules_of: Vec<Option<&'a crate::ownership::Rule>>,
    owned: ScopeSet,
    locks: ScopeSet,
    lock_of: Vec<(&'a Held, String)>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        args: &'a Args,
        scope: &'a Scope,
        ctx: &'a Context,
    ) -> Self {
        let (mut globs, mut lock_of) = (Vec::new(), Vec::new());
        for held in &policy.locks {
            if held.verdict.state != State::Active
                || (matches!(held.source, Source::Published(_)) && held.verdict.claims_over)
            {
                continue;
            }
            for text in held.record.whole_scopes() {
                // A scope that cannot be read could be anything.
                globs.extend(Glob::parse(&text).or_else(|_| Glob::parse("**")));
                lock_of.push((held, view::from_here(ctx, &text)));
            }
        }
        let (mut owned, mut rules_of) = (Vec::new(), Vec::new());
        for rule in policy.ownership.iter().flat_map(|o| &o.rules) {
            for part in rule.patterns.iter().flat_map(|p| &p.parts) {
                owned.extend(part.owned.iter().cloned());
                rules_of.resize(owned.len(), Some(rule));
            }
        }
        Paths {
            policy,
            args,
            scope,
            ctx,
            rules_of,
            owned: ScopeSet::new(owned),
            locks: ScopeSet::new(globs),
            lock_of,
        }
    }

    /// Whether the path counts (is not exempt).
    pub(super) fn check(&mut self, path: &GitPath, findings: &mut Vec<Finding>) -> bool {
        let shown = path.display().into_owned();
        let at = || Location::file(shown.clone());
        let Some(text) = path.as_str() else {
            let message = format!("`{shown}` is not UTF-8 and so in no scope");
            findings.push(Finding::new(&rules::OUTSIDE_SCOPE, at(), message));
            return true;
        };
        if self.scope.exempt.matches(text).is_some() {
            return false;
        }
        let outside = |set: &Option<ScopeSet>, path: &str| {
            set.as_ref().is_some_and(|s| s.matches(path).is_none())
        };
        let whole = whole_path(&self.policy.root, text);
        if outside(&self.scope.declared, text) {
            let message = format!("`{shown}` is outside the scope of {}", self.scope.tasks);
            findings.push(Finding::new(&rules::OUTSIDE_SCOPE, at(), message).subject(text));
        } else if outside(&self.scope.lock, &whole) {
            let message = format!(
                "`{shown}` is outside the scope of the lock that `{}` holds",
                self.args.owner
            );
            findings.push(Finding::new(&rules::FOREIGN_CHANGE, at(), message).subject(text));
        }
        self.ownership(text, &shown, findings);
        for glob in self.locks.all_matches(&whole) {
            let Some((held, scope)) = self.lock_of.get(glob) else {
                continue;
            };
            let record = &held.record;
            let message = format!(
                "`{shown}` is under the lock of `{}` for `{}` (`{scope}`)",
                record.owner, record.task_id
            );
            let lock = Location::file(lock_path(self.ctx, held));
            findings.push(
                Finding::new(&rules::LOCKED_BY_OTHER, at(), message)
                    .subject(text)
                    .related(lock, "the lock"),
            );
        }
        true
    }

    fn ownership(&self, text: &str, shown: &str, findings: &mut Vec<Finding>) {
        let Some(ownership) = &self.policy.ownership else {
            return;
        };
        let found = self.owned.last_match(text);
        let Some(rule) = found.and_then(|at| self.rules_of.get(at).copied().flatten()) else {
            return;
        };
        let at = || Location::file(shown.to_owned());
        let place = || ownership.source.at(rule.range.start..rule.range.start);
        if !rule.owners.is_empty() && !ownership.includes(rule, self.args.owner.as_str()) {
            let names: Vec<String> = rule
                .owners
                .iter()
                .map(|o| format!("`{}`", o.name))
                .collect();
            let message = format!("`{shown}` belongs to {}", names.join(", "));
            findings.push(
                Finding::new(&rules::OWNED_BY_OTHERS, at(), message)
                    .subject(text)
                    .related(place(), "by this rule, as it stands at the base"),
            );
        }
        if rule.risk == Some(Risk::Critical) && !self.approved() {
            let folder = self.policy.config.path(Artifact::ApprovalsDir);
            let message =
                format!("`{shown}` is of critical risk, and no approval is in `{folder}`");
            findings.push(
                Finding::new(&rules::CRITICAL_WITHOUT_APPROVAL, at(), message)
                    .subject(text)
                    .related(place(), "by this rule, as it stands at the base"),
            );
        }
    }

    /// A file at the base, named for the work item: `WBS-3.md`, `WBS-3/….json`, `WBS-3-….json`.
    fn approved(&self) -> bool {
        let names = |name: &String, id: &str| {
            name.strip_prefix(id)
                .is_some_and(|rest| rest.starts_with(['.', '/', '-']) && !is_number_next(rest))
        };
        let items = &self.policy.items;
        !items.is_empty()
            && items.iter().all(|item| {
                let id = item.id.as_str();
                self.policy.approvals.iter().any(|name| names(name, id))
            })
    }
}

/// `.1` after `WBS-3`: that is another item.
fn is_number_next(rest: &str) -> bool {
    rest.starts_with('.') && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}
