//! The checks: each path against scope, ownership and locks; the change as a whole against limits
//! and branch rules.

use std::collections::BTreeSet;

use trueline_core::{Finding, Location};
use trueline_kit::config::Config;
use trueline_kit::git::{Change, GitPath};
use trueline_kit::{Artifact, Context, Error};
use trueline_lease::{Held, Source, State, whole_path};
use trueline_scope::{Glob, ScopeSet};

use super::Args;
use super::branch::{branch, limits, shared};
use super::change::Diff;
use super::paths::Paths;
use super::policy::Policy;
use super::special::{special, widened};
use crate::list::{lock_path, stale_finding};
use crate::{rules, view};

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
    limits(diff, policy, args, ctx, counted.len(), &mut findings)?;
    shared(diff, policy, args, ctx, &counted, &mut findings)?;
    Ok(findings)
}

/// What the change may touch.
pub(super) struct Scope {
    /// Of the work items named; `None` where none has one.
    pub(super) declared: Option<ScopeSet>,
    pub(super) tasks: String,
    /// Of the lock that the owner holds, relative to the git top level.
    pub(super) lock: Option<ScopeSet>,
    /// Generated and shared paths, what Trueline's tools write, and the owner's own lock file.
    pub(super) exempt: ScopeSet,
    root: String,
}

impl Scope {
    fn new(policy: &Policy, args: &Args) -> Self {
        let declared: Vec<Glob> = policy.items.iter().flat_map(|i| i.scope.clone()).collect();
        let tasks: Vec<String> = policy.items.iter().map(|i| format!("`{}`", i.id)).collect();
        let active = policy.own.iter().filter(|held| is_live(held));
        let lock: Vec<Glob> = active
            .flat_map(|held| held.record.whole_scopes())
            .filter_map(|text| Glob::parse(&text).ok())
            .collect();
        let globs = &policy.config.globs;
        let mut exempt: Vec<Glob> = globs
            .generated
            .iter()
            .chain(globs.shared.iter())
            .cloned()
            .collect();
        exempt.extend(own_files(&policy.config));
        let folder = policy.config.path(Artifact::LocksDir);
        exempt.extend(Glob::parse(&format!("{folder}/archive/**")));
        exempt.extend(Glob::parse(&format!("{folder}/agent-{}.lock", args.owner)));
        exempt.extend(policy.lock_files.iter().filter_map(|path| literal(path)));
        let some = |globs: Vec<Glob>| (!globs.is_empty()).then(|| ScopeSet::new(globs));
        Scope {
            declared: some(declared),
            tasks: tasks.join(", "),
            lock: some(lock),
            exempt: ScopeSet::new(exempt),
            root: policy.root.clone(),
        }
    }

    pub(super) fn allows(&self, path: &str) -> bool {
        let within = |set: &Option<ScopeSet>, path: &str| {
            set.as_ref().is_none_or(|s| s.matches(path).is_some())
        };
        self.exempt.matches(path).is_some()
            || (within(&self.declared, path)
                && within(&self.lock, &whole_path(&self.root, path))
                && (self.declared.is_some() || self.lock.is_some()))
    }
}

/// What Trueline's own tools write, for whoever runs them: generated files, records, ledgers, and
/// the queue, which everybody changes through its tool.
fn own_files(config: &Config) -> impl Iterator<Item = Glob> {
    const FILES: [Artifact; 18] = [
        Artifact::NtIndex,
        Artifact::TdIndex,
        Artifact::TocCache,
        Artifact::Crosswalk,
        Artifact::CoverageReport,
        Artifact::Queue,
        Artifact::ProgressMd,
        Artifact::OutlineMd,
        Artifact::ProgressJson,
        Artifact::Codeowners,
        Artifact::ModelDecisions,
        Artifact::ToolsManifest,
        Artifact::Rotation,
        Artifact::Exceptions,
        Artifact::AiAuthorship,
        Artifact::CveJustifications,
        Artifact::Risks,
        Artifact::Decisions,
    ];
    const FOLDERS: [Artifact; 3] = [Artifact::ChecksDir, Artifact::PacksDir, Artifact::RunsDir];
    let ledgers = config.ledgers.iter().map(|ledger| ledger.path.as_str());
    let files = FILES.into_iter().map(|artifact| config.path(artifact));
    let files = files.chain(ledgers).filter_map(literal);
    let below = |path: &str| Glob::parse(&format!("{}/**", literal(path)?.as_str())).ok();
    let folders = FOLDERS.into_iter().map(|artifact| config.path(artifact));
    files.chain(folders.filter_map(below))
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

/// A glob that matches one path.
fn literal(path: &str) -> Option<Glob> {
    let mut text = String::new();
    path.chars()
        .for_each(|c| crate::codeowners::push_plain(&mut text, c));
    Glob::parse(&text).ok()
}

/// A lock of the live store or of the remote's table: one that only a file claims proves nothing.
fn is_live(held: &Held) -> bool {
    !matches!(held.source, Source::Published(_)) && held.verdict.state == State::Active
}

fn own_locks(policy: &Policy, ctx: &Context, findings: &mut Vec<Finding>) {
    let holds = policy.own.iter().any(is_live);
    for held in policy.own.iter().filter(|held| held.source == Source::Live) {
        if let State::Stale(reason) = held.verdict.state {
            let at = Location::file(lock_path(ctx, held));
            let message = format!(
                "the lock on {} is stale: {reason}",
                view::shown_of(ctx, &held.record)
            );
            findings.push(
                Finding::new(&rules::LOCK_LOST, at, message)
                    .subject(held.record.lock_id.to_string()),
            );
        }
    }
    for held in &policy.lost {
        let at = Location::file(lock_path(ctx, held));
        let message = format!(
            "the lock on {} was taken over in the remote's table: its fence is outdated",
            view::shown_of(ctx, &held.record)
        );
        let id = held.record.lock_id.to_string();
        findings.push(Finding::new(&rules::LOCK_LOST, at, message).subject(id));
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
