//! The checks: each path against scope, ownership and locks; the change as a whole against limits
//! and branch rules.

use std::collections::BTreeSet;

use trueline_core::artifact::ownership::Risk;
use trueline_core::{Finding, Location};
use trueline_kit::git::{Blobs, Change, GitPath, Side};
use trueline_kit::{Artifact, Context, Error};
use trueline_lease::{Held, Source, State};
use trueline_scope::{Glob, Inclusion, ScopeSet};

use super::Args;
use super::change::Diff;
use super::policy::{Policy, queue_items};
use crate::acquire::shown;
use crate::list::{lock_path, stale_finding};
use crate::rules;

pub(crate) fn all(
    diff: &Diff,
    policy: &Policy,
    args: &Args,
    ctx: &Context,
) -> Result<Vec<Finding>, Error> {
    let mut findings = policy.findings.clone();
    let scope = Scope::new(policy, args);
    if scope.declared.is_none() && scope.lock.is_none() && !diff.changes.is_empty() {
        let at = Location::file(policy.config.path(Artifact::Queue));
        let message = format!("nothing says which paths `{}` may change here", args.owner);
        findings.push(Finding::new(&rules::NO_DECLARED_SCOPE, at, message));
    }
    foreign_tasks(policy, args, &mut findings);
    own_locks(policy, ctx, &mut findings);
    let mut counted: BTreeSet<&GitPath> = BTreeSet::new();
    {
        let mut paths = Paths::new(policy, args, &scope, ctx);
        for change in &diff.changes {
            for path in change.paths() {
                if paths.check(path, &mut findings) {
                    counted.insert(path);
                }
            }
        }
    }
    let mut blobs = ctx.git().blobs(policy.config.limits.file_bytes)?;
    for change in &diff.changes {
        special(change, &scope, policy, &mut blobs, &mut findings)?;
        widened(change, policy, &mut blobs, &mut findings)?;
        policy_changed(change, policy, &mut findings);
    }
    branch(diff, policy, args, ctx, &counted, &mut findings)?;
    limits(diff, policy, ctx, counted.len(), &mut findings)?;
    Ok(findings)
}

/// What the change may touch.
struct Scope {
    /// Of the work items named; `None` where none has one.
    declared: Option<ScopeSet>,
    tasks: String,
    /// Of the lock that the owner holds.
    lock: Option<ScopeSet>,
    /// Generated and shared paths, and the owner's own lock file.
    exempt: ScopeSet,
}

impl Scope {
    fn new(policy: &Policy, args: &Args) -> Self {
        let declared: Vec<Glob> = policy.items.iter().flat_map(|i| i.scope.clone()).collect();
        let tasks: Vec<String> = policy.items.iter().map(|i| format!("`{}`", i.id)).collect();
        let active = policy.own.iter().filter(|held| is_live(held));
        let lock: Vec<Glob> = active
            .flat_map(|held| &held.record.scope_paths)
            .filter_map(|text| Glob::parse(text).ok())
            .collect();
        let globs = &policy.config.globs;
        let mut exempt: Vec<Glob> = globs
            .generated
            .iter()
            .chain(globs.shared.iter())
            .cloned()
            .collect();
        let folder = policy.config.path(Artifact::LocksDir);
        for own in [".lock", "-recovery.lock"] {
            exempt.extend(Glob::parse(&format!("{folder}/agent-{}{own}", args.owner)));
        }
        let some = |globs: Vec<Glob>| (!globs.is_empty()).then(|| ScopeSet::new(globs));
        Scope {
            declared: some(declared),
            tasks: tasks.join(", "),
            lock: some(lock),
            exempt: ScopeSet::new(exempt),
        }
    }

    fn allows(&self, path: &str) -> bool {
        let within =
            |set: &Option<ScopeSet>| set.as_ref().is_none_or(|s| s.matches(path).is_some());
        self.exempt.matches(path).is_some()
            || (within(&self.declared)
                && within(&self.lock)
                && (self.declared.is_some() || self.lock.is_some()))
    }
}

/// An item that belongs to somebody else grants nothing.
fn foreign_tasks(policy: &Policy, args: &Args, findings: &mut Vec<Finding>) {
    let queue = policy.config.path(Artifact::Queue);
    for item in &policy.items {
        let other = item
            .owner
            .as_deref()
            .filter(|name| *name != args.owner.as_str());
        if let Some(name) = other {
            let message = format!(
                "`{}` is an item of `{name}`, not of `{}`",
                item.id, args.owner
            );
            findings.push(
                Finding::new(&rules::FOREIGN_TASK, Location::file(queue), message)
                    .subject(item.id.to_string()),
            );
        }
    }
}

/// A lock of the live store: one that only a file of the change claims proves nothing.
fn is_live(held: &Held) -> bool {
    held.source == Source::Live && held.verdict.state == State::Active
}

fn own_locks(policy: &Policy, ctx: &Context, findings: &mut Vec<Finding>) {
    let holds = policy.own.iter().any(is_live);
    for held in policy.own.iter().filter(|held| held.source == Source::Live) {
        if let State::Stale(reason) = held.verdict.state {
            let at = Location::file(lock_path(ctx, held));
            let message = format!(
                "the lock on {} is stale: {reason}",
                shown(&held.record.scope_paths)
            );
            findings.push(
                Finding::new(&rules::LOCK_LOST, at, message)
                    .subject(held.record.lock_id.to_string()),
            );
        }
    }
    for path in policy.ended.iter().filter(|_| !holds) {
        let message = "this lock was released or taken over: its fence is outdated";
        findings.push(Finding::new(
            &rules::LOCK_LOST,
            Location::file(path.clone()),
            message,
        ));
    }
    for held in &policy.locks {
        let left_over = held.verdict.state != State::Active || held.verdict.claims_over;
        if left_over {
            findings.push(stale_finding(held, ctx).level(trueline_core::Level::Note));
        }
    }
}

/// The checks of one path, prepared for many.
struct Paths<'a> {
    policy: &'a Policy,
    args: &'a Args,
    scope: &'a Scope,
    ctx: &'a Context,
    rules_of: Vec<Option<&'a crate::ownership::Rule>>,
    owned: ScopeSet,
    locks: ScopeSet,
    lock_of: Vec<(&'a Held, &'a str)>,
}

impl<'a> Paths<'a> {
    fn new(policy: &'a Policy, args: &'a Args, scope: &'a Scope, ctx: &'a Context) -> Self {
        let (mut globs, mut lock_of) = (Vec::new(), Vec::new());
        for held in &policy.locks {
            if held.verdict.state != State::Active
                || (held.source != Source::Live && held.verdict.claims_over)
            {
                continue;
            }
            for text in &held.record.scope_paths {
                // A scope that cannot be read could be anything.
                globs.extend(Glob::parse(text).or_else(|_| Glob::parse("**")));
                lock_of.push((held, text.as_str()));
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
    fn check(&mut self, path: &GitPath, findings: &mut Vec<Finding>) -> bool {
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
        let outside =
            |set: &Option<ScopeSet>| set.as_ref().is_some_and(|s| s.matches(text).is_none());
        if outside(&self.scope.declared) {
            let message = format!("`{shown}` is outside the scope of {}", self.scope.tasks);
            findings.push(Finding::new(&rules::OUTSIDE_SCOPE, at(), message).subject(text));
        } else if outside(&self.scope.lock) {
            let message = format!(
                "`{shown}` is outside the scope of the lock that `{}` holds",
                self.args.owner
            );
            findings.push(Finding::new(&rules::FOREIGN_CHANGE, at(), message).subject(text));
        }
        self.ownership(text, &shown, findings);
        for glob in self.locks.all_matches(text) {
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

/// Links and submodules: what a diff of text does not show.
fn special(
    change: &Change,
    scope: &Scope,
    policy: &Policy,
    blobs: &mut Blobs,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let Some(new) = &change.new else {
        return Ok(());
    };
    let is_same = |old: &Side| old.mode == new.mode && old.oid == new.oid && old.path == new.path;
    if change.old.as_ref().is_some_and(is_same) {
        return Ok(());
    }
    let shown = new.path.display().into_owned();
    let at = Location::file(shown.clone());
    if new.mode.is_submodule() {
        let message = format!("`{shown}` is a submodule: what it holds is not in the diff");
        findings.push(Finding::new(&rules::SPECIAL_FILE, at, message));
    } else if new.mode.is_symlink() {
        let target = blobs.get(&new.oid)?.unwrap_or_default();
        let place = new.path.as_str().and_then(|path| resolve(path, &target));
        let inside = place.as_deref().is_some_and(|place| {
            scope.allows(place) && policy.config.globs.generated.first_match(place).is_none()
        });
        if !inside {
            let target = String::from_utf8_lossy(&target);
            let message = format!("`{shown}` is a link to `{target}`, outside the scope");
            findings.push(Finding::new(&rules::SPECIAL_FILE, at, message));
        }
    }
    Ok(())
}

/// Where a link leads, relative to the root; `None` where that is outside, or not UTF-8.
fn resolve(path: &str, target: &[u8]) -> Option<String> {
    let target = std::str::from_utf8(target).ok()?;
    if target.starts_with('/') || target.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The queue in the change gives one of the named items more than the base does.
fn widened(
    change: &Change,
    policy: &Policy,
    blobs: &mut Blobs,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let queue = policy.config.path(Artifact::Queue);
    let Some(new) = change
        .new
        .as_ref()
        .filter(|new| new.path.as_str() == Some(queue))
    else {
        return Ok(());
    };
    let bytes = blobs.get(&new.oid)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let after = queue_items(&text, policy.config.aliases(Artifact::Queue));
    for before in &policy.items {
        let Some(after) = after.get(&before.id) else {
            continue;
        };
        for glob in &after.scope {
            if let Some(path) = beyond(glob, &before.scope) {
                let message = format!(
                    "the change gives `{}` the scope `{glob}`: `{path}` is new to it",
                    before.id
                );
                findings.push(
                    Finding::new(&rules::WIDENED_SCOPE, Location::file(queue), message)
                        .subject(format!("{} {glob}", before.id)),
                );
            }
        }
    }
    Ok(())
}

/// A path of `glob` that is in none of the others.
fn beyond(glob: &Glob, others: &[Glob]) -> Option<String> {
    if others.iter().any(|other| other.as_str() == glob.as_str()) {
        return None;
    }
    let list: Vec<&str> = others.iter().map(Glob::as_str).collect();
    let union = match list.as_slice() {
        [] => return glob.example(),
        [one] => Glob::parse(one),
        many => Glob::parse(&format!("{{{}}}", many.join(","))),
    };
    match union.ok().map(|union| union.includes(glob)) {
        Some(Ok(Inclusion::Yes)) => None,
        Some(Ok(Inclusion::No { counterexample })) => Some(counterexample),
        // Not to be told: a new glob counts as more.
        Some(Err(_)) | None => glob.example(),
    }
}

fn policy_changed(change: &Change, policy: &Policy, findings: &mut Vec<Finding>) {
    let rules_files = [
        policy.config.path(Artifact::Ownership),
        policy.config.path(Artifact::Codeowners),
        trueline_kit::config::FILE_NAME,
    ];
    for path in change.paths().filter_map(GitPath::as_str) {
        if rules_files.contains(&path) {
            let message = format!("the change edits `{path}`; it is judged by the base's");
            findings.push(Finding::new(
                &rules::POLICY_CHANGED,
                Location::file(path),
                message,
            ));
        }
    }
}

fn branch(
    diff: &Diff,
    policy: &Policy,
    args: &Args,
    ctx: &Context,
    counted: &BTreeSet<&GitPath>,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let branch = match &args.branch {
        Some(branch) => Some(branch.clone()),
        None => ctx.git().branch()?,
    };
    let Some(branch) = branch.filter(|_| !diff.changes.is_empty()) else {
        return Ok(());
    };
    let Some(rule) = policy.config.branches.rule(&branch) else {
        return Ok(());
    };
    let at = || Location::file(trueline_kit::config::FILE_NAME);
    let mut add = |at: Location, message: String| {
        findings.push(Finding::new(&rules::BRANCH_RULE, at, message).subject(branch.clone()));
    };
    let owner = args.owner.as_str();
    if !rule.owners.is_empty() && !rule.owners.iter().any(|name| name == owner) {
        add(at(), format!("`{owner}` may not work on `{branch}`"));
    }
    for item in policy.items.iter().filter(|_| !rule.types.is_empty()) {
        let kind = item.kind.as_deref().unwrap_or("(none)");
        if !rule.types.iter().any(|name| name == kind) {
            let message = format!(
                "`{}` of type `{kind}` does not belong on `{branch}`",
                item.id
            );
            add(at(), message);
        }
    }
    for path in counted.iter().filter(|_| !rule.paths.is_empty()) {
        if !path.as_str().is_some_and(|text| rule.paths.matches(text)) {
            let shown = path.display().into_owned();
            let message = format!("`{shown}` may not change on `{branch}`");
            add(Location::file(shown), message);
        }
    }
    Ok(())
}

fn limits(
    diff: &Diff,
    policy: &Policy,
    ctx: &Context,
    files: usize,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let at = || Location::file(trueline_kit::config::FILE_NAME);
    let files = u64::try_from(files).unwrap_or(u64::MAX);
    if let Some(most) = policy
        .config
        .limits
        .changed_files
        .filter(|most| files > *most)
    {
        let message = format!("the change touches {files} files; {most} are allowed");
        findings.push(Finding::new(&rules::OVER_LIMIT, at(), message).subject("changed_files"));
    }
    let Some(most) = policy.config.limits.changed_lines else {
        return Ok(());
    };
    let mut args = vec![
        "diff",
        "--numstat",
        "--no-renames",
        "--no-ext-diff",
        "--no-color",
    ];
    match &diff.head {
        Some(head) => args.extend([diff.from.as_str(), head.as_str()]),
        None => args.extend(["--cached", diff.from.as_str()]),
    }
    args.push("--");
    let bytes = ctx.git().stdout(&args)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: u64 = text
        .lines()
        .flat_map(|line| line.split('\t').take(2))
        .filter_map(|count| count.parse::<u64>().ok())
        .fold(0, u64::saturating_add);
    if lines > most {
        let message = format!("the change adds and removes {lines} lines; {most} are allowed");
        findings.push(Finding::new(&rules::OVER_LIMIT, at(), message).subject("changed_lines"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_links_lead() {
        let to = |path, target: &str| resolve(path, target.as_bytes());
        assert_eq!(to("a/b/l", "c").as_deref(), Some("a/b/c"));
        assert_eq!(to("a/b/l", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(to("l", "../x"), None);
        assert_eq!(to("a/l", "../../x"), None);
        assert_eq!(to("a/l", "/etc/passwd"), None);
        assert_eq!(to("a/l", ".."), None);
        assert_eq!(resolve("a/l", b"\xff"), None);
    }

    #[test]
    fn what_a_glob_adds() {
        let globs =
            |list: &[&str]| -> Vec<Glob> { list.iter().map(|t| Glob::parse(t).unwrap()).collect() };
        let beyond = |text: &str, base: &[&str]| beyond(&Glob::parse(text).unwrap(), &globs(base));
        assert_eq!(beyond("src/a/**", &["src/**"]), None);
        assert_eq!(beyond("src/{a,b}/**", &["src/a/**", "src/b/**"]), None);
        assert!(beyond("src/**", &["src/a/**"]).is_some());
        assert!(beyond("x", &[]).is_some());
    }
}
