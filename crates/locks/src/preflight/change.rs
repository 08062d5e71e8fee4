//! What the change is: its paths, and the work items that its commits name.

use std::collections::BTreeSet;

use trueline_core::Id;
use trueline_kit::git::{Change, Oid, Target};
use trueline_kit::{Context, Error, Git};

use super::Args;

/// A change, and the commit whose rules it is judged by.
pub(crate) struct Diff {
    /// Rules are read here.
    pub(crate) base: Oid,
    /// Where the change branched off.
    pub(crate) from: Oid,
    /// Its tip; `None` for what is staged.
    pub(crate) head: Option<Oid>,
    pub(crate) changes: Vec<Change>,
}

impl Diff {
    /// The commit that the change is, or is to be put on.
    pub(crate) fn tip(&self) -> &Oid {
        self.head.as_ref().unwrap_or(&self.from)
    }
}

pub(crate) fn read(args: &Args, git: &Git, base: &Oid) -> Result<Diff, Error> {
    if args.staged {
        let head = git.commit("HEAD")?;
        return Ok(Diff {
            base: base.clone(),
            changes: git.diff(&head, Target::Index)?,
            from: head,
            head: None,
        });
    }
    let head = git.commit(args.head.as_deref().unwrap_or("HEAD"))?;
    let from = git.merge_base(base, &head)?;
    Ok(Diff {
        base: base.clone(),
        changes: git.diff(&from, Target::Commit(&head))?,
        from,
        head: Some(head),
    })
}

/// The work items that trailers of the change's commits name, as git itself reads trailers.
pub(crate) fn tasks(diff: &Diff, args: &Args, ctx: &Context) -> Result<Vec<Id>, Error> {
    let mut found: BTreeSet<Id> = args.task.iter().cloned().collect();
    let Some(head) = &diff.head else {
        return Ok(found.into_iter().collect());
    };
    let keys = ctx.config().ids.wbs.iter();
    let format: String = keys
        .map(|key| format!("%(trailers:key={key},valueonly,unfold)"))
        .collect();
    let format = format!("--format={format}");
    let not = format!("^{}", diff.from);
    let args = [
        "log",
        "--encoding=UTF-8",
        "--no-color",
        &format,
        head.as_str(),
        &not,
        "--",
    ];
    let bytes = ctx.git().stdout(&args)?;
    let text = String::from_utf8_lossy(&bytes);
    let words = text.split([',', ' ', '\n', '\t', '\r', ';']);
    let prefixes = &ctx.config().ids.wbs;
    let is_task = |id: &Id| {
        id.prefix()
            .is_some_and(|p| prefixes.iter().any(|known| known == p))
    };
    found.extend(words.filter_map(|word| Id::new(word).ok()).filter(is_task));
    Ok(found.into_iter().collect())
}
