//! The change as a whole against branch rules and limits, and where it meets others' open items.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::{Finding, Level, Location};
use trueline_kit::git::GitPath;
use trueline_kit::{Artifact, Context, Error};
use trueline_scope::{Glob, ScopeSet};

use super::Args;
use super::change::Diff;
use super::policy::Policy;
use crate::rules;

/// Who may work on the branch, on what, and on which paths.
pub(super) fn branch(
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

/// How large a change of this owner may be.
pub(super) fn limits(
    diff: &Diff,
    policy: &Policy,
    args: &Args,
    ctx: &Context,
    files: usize,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let at = || Location::file(trueline_kit::config::FILE_NAME);
    let files = u64::try_from(files).unwrap_or(u64::MAX);
    let owner = args.owner.as_str();
    let (most_lines, most_files) = policy.config.limits.of(owner);
    if let Some(most) = most_files.filter(|most| files > *most) {
        let message = format!("the change touches {files} files; {most} are allowed for `{owner}`");
        findings.push(Finding::new(&rules::OVER_LIMIT, at(), message).subject("changed_files"));
    }
    let Some(most) = most_lines else {
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
        let message =
            format!("the change adds and removes {lines} lines; {most} are allowed for `{owner}`");
        findings.push(Finding::new(&rules::OVER_LIMIT, at(), message).subject("changed_lines"));
    }
    Ok(())
}

/// Paths that are in the scope of an open item of somebody else, too: who rebases, who reviews.
pub(super) fn shared(
    diff: &Diff,
    policy: &Policy,
    args: &Args,
    ctx: &Context,
    counted: &BTreeSet<&GitPath>,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let owner = args.owner.as_str();
    let of_glob = policy.others.iter().enumerate();
    let of_glob: Vec<(usize, &Glob)> = of_glob
        .flat_map(|(at, item)| item.scope.iter().map(move |glob| (at, glob)))
        .collect();
    let set: ScopeSet = of_glob.iter().map(|(_, glob)| (*glob).clone()).collect();
    let mut matcher = set.matcher();
    let mut met: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for path in counted.iter().filter_map(|path| path.as_str()) {
        for glob in matcher.all_matches(path) {
            let Some((item, _)) = of_glob.get(*glob) else {
                continue;
            };
            let paths = met.entry(*item).or_default();
            if paths.last() != Some(&path) {
                paths.push(path);
            }
        }
    }
    let mut has_to_rebase = None;
    for (item, met) in met {
        let Some(item) = policy.others.get(item) else {
            continue;
        };
        let (Some(other), Some(first)) = (item.owner.as_deref(), met.first()) else {
            continue;
        };
        let more = match met.len() {
            1 => String::new(),
            many => format!(" (and {} more)", many - 1),
        };
        let rule = policy.config.branches.overlap(first, [owner, other]);
        let who = match rule {
            Some(rule) => format!("`{}` rebases, `{}` reviews", rule.rebases, rule.reviews),
            None => "nothing says who rebases and who reviews".to_owned(),
        };
        let id = &item.id;
        let message = format!("`{first}`{more} is in the scope of `{id}` of `{other}`, too: {who}");
        let at = Location::file(*first);
        let finding = Finding::new(&rules::SHARED_SCOPE, at, message).subject(id.to_string());
        findings.push(match rule {
            Some(_) => finding.level(Level::Note),
            None => finding,
        });
        if rule.is_some_and(|rule| rule.rebases == owner) {
            has_to_rebase.get_or_insert((*first, id.clone(), other.to_owned()));
        }
    }
    if let Some((path, id, other)) = has_to_rebase
        && !ctx.git().is_ancestor(&diff.base, diff.tip())?
    {
        let message = format!(
            "`{owner}` rebases where `{path}` is shared with `{id}` of `{other}`, and the branch is not \
             on top of {}",
            diff.base.short()
        );
        findings.push(Finding::new(
            &rules::NOT_REBASED,
            Location::file(policy.config.path(Artifact::Queue)),
            message,
        ));
    }
    Ok(())
}
