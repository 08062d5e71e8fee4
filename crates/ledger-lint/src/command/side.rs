//! Which side of a merge is upstream: its records come first.

use std::path::Path;

use trueline_kit::git::Oid;
use trueline_kit::{Context, Error};

/// Name of the variables in which `git merge` names the commits that it merges in.
const MERGED: &str = "GITHEAD_";

/// Whether this side (%A) is upstream, so that its records come first and stand as they are.
///
/// It is, but for a `git merge` that brings in the main branch (`main` of `[branches]`, here or
/// of a remote): onto another branch, or what a remote's main branch has onto ours that is not
/// published. In a rebase, a cherry-pick or a revert, this side is what commits are put on.
///
/// # Errors
/// Git cannot be asked.
pub(super) fn is_ours_upstream(ctx: &Context) -> Result<bool, Error> {
    let git = ctx.git();
    let Ok(folder) = git.git_dir().map(Path::to_owned) else {
        return Ok(true);
    };
    let is_rebase = ["rebase-merge", "rebase-apply"]
        .iter()
        .any(|name| folder.join(name).exists());
    if is_rebase {
        return Ok(true);
    }
    let main = &ctx.config().branches.main;
    let (local, remote) = (
        format!("refs/heads/{main}"),
        format!("refs/remotes/*/{main}"),
    );
    let on_main = git.branch()?.as_deref() == Some(main.as_str());
    // On the main branch only another's main branch can be upstream of it.
    let refs: &[&str] = match on_main {
        true => &[&remote],
        false => &[&local, &remote],
    };
    let has = |commit: &Oid| -> Result<bool, Error> {
        let contains = format!("--contains={}", commit.as_str());
        let mut args = vec!["for-each-ref", "--count=1", &contains];
        args.extend(refs);
        Ok(!git.stdout(&args)?.is_empty())
    };
    for commit in merged_in(&folder) {
        if has(&commit)? {
            let is_published = on_main && git.head()?.map_or(Ok(false), |head| has(&head))?;
            return Ok(is_published);
        }
    }
    Ok(true)
}

/// The commits that are being merged in: git names them in the environment while it merges, and
/// in `MERGE_HEAD` once it has stopped at a conflict. None in a cherry-pick.
fn merged_in(folder: &Path) -> Vec<Oid> {
    let named: Vec<Oid> = std::env::vars_os()
        .filter_map(|(name, _)| Oid::parse(name.to_str()?.strip_prefix(MERGED)?))
        .collect();
    if !named.is_empty() {
        return named;
    }
    let text = std::fs::read_to_string(folder.join("MERGE_HEAD")).unwrap_or_default();
    text.lines().filter_map(Oid::parse).collect()
}
