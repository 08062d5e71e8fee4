//! Whether an item may be worked on by somebody, as the rules of branches have it.

use trueline_kit::{Context, Error};
use trueline_plan::Item;
use trueline_scope::{Glob, Inclusion};

/// The branch that an item without one would be worked on.
pub(crate) struct Branches<'c> {
    ctx: &'c Context,
    here: Option<String>,
}

impl<'c> Branches<'c> {
    /// Looks at what is checked out; work does not begin on the main branch.
    pub(crate) fn look(ctx: &'c Context) -> Result<Self, Error> {
        let git = ctx.git();
        let here = match git.require() {
            Ok(_) => git.branch()?,
            Err(_) => None,
        };
        let main = ctx.config().branches.main.as_str();
        Ok(Branches {
            ctx,
            here: here.filter(|branch| branch != main),
        })
    }

    /// Whether the item belongs on its branch, and its scope and the one who asks with it.
    pub(crate) fn allow(&self, item: Item<'_, '_>, owner: Option<&str>) -> bool {
        let Some(branch) = item.branch().or(self.here.as_deref()) else {
            return true;
        };
        let Some(rule) = self.ctx.config().branches.rule(branch) else {
            return true;
        };
        let named = |list: &[String], name: Option<&str>| {
            list.is_empty() || name.is_some_and(|name| list.iter().any(|known| known == name))
        };
        let row = item.queued();
        let scope = row.into_iter().flat_map(trueline_plan::Row::scope);
        let mut scope = scope.filter_map(|text| Glob::parse(text).ok());
        let inside = |glob: Glob| {
            let mut paths = rule.paths.iter();
            paths.any(|path| matches!(path.includes(&glob), Ok(Inclusion::Yes)))
        };
        // Nobody in particular asks: any of the rule's owners may take it.
        (owner.is_none() || named(&rule.owners, owner))
            && named(&rule.types, item.kind())
            && (rule.paths.is_empty() || scope.all(inside))
    }
}
