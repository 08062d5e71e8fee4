//! Paths and scopes as they are seen from the root at hand.
//!
//! The live store belongs to the whole clone, so locks are compared relative to the git top level;
//! the command line and what it prints are relative to the root.

use trueline_kit::{Context, Error};
use trueline_lease::{Record, TOP, scope_below, whole_path, whole_scope};

use crate::acquire::shown;

/// The root at hand, relative to the git top level; `.` where it is that.
pub(crate) fn root(ctx: &Context) -> Result<String, Error> {
    let git = ctx.git();
    let top = git.top_level()?;
    let outside = || {
        let (root, top) = (ctx.root().display(), top.display());
        Error::io(format!("the root `{root}` is not below `{top}`"))
    };
    let real = top.canonicalize();
    let mut tops = [Some(top), real.as_deref().ok()].into_iter().flatten();
    let inner = tops.find_map(|top| ctx.root().strip_prefix(top).ok());
    let parts: Option<Vec<&str>> = inner
        .ok_or_else(outside)?
        .iter()
        .map(|p| p.to_str())
        .collect();
    let parts = parts.ok_or_else(|| Error::io("the root's path is not UTF-8"))?;
    Ok(if parts.is_empty() {
        TOP.to_owned()
    } else {
        parts.join("/")
    })
}

/// A root-relative path, relative to the git top level.
pub(crate) fn whole(ctx: &Context, path: &str) -> Result<String, Error> {
    Ok(whole_path(&root(ctx)?, path))
}

/// A whole scope or path as it is seen from here; what lies outside the root begins with `:/`, as
/// git writes it.
pub(crate) fn from_here(ctx: &Context, whole: &str) -> String {
    let root = root(ctx).unwrap_or_else(|_| TOP.to_owned());
    match scope_below(&root, whole) {
        Some(inner) => inner.to_owned(),
        None => format!(":/{whole}"),
    }
}

/// A scope of a lock as it is seen from here.
pub(crate) fn scope(ctx: &Context, record: &Record, text: &str) -> String {
    from_here(ctx, &whole_scope(record.root(), text))
}

/// The scopes of a lock as they are seen from here.
pub(crate) fn scopes(ctx: &Context, record: &Record) -> Vec<String> {
    record.whole_scopes().map(|s| from_here(ctx, &s)).collect()
}

/// The scopes of a lock in a sentence.
pub(crate) fn shown_of(ctx: &Context, record: &Record) -> String {
    shown(&scopes(ctx, record))
}

/// Whether the lock was taken with another root: its published copy lies there.
pub(crate) fn is_elsewhere(ctx: &Context, record: &Record) -> bool {
    root(ctx).is_ok_and(|root| root != record.root())
}
