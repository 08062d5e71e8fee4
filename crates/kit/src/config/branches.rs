//! `[branches]`.

use trueline_scope::Glob;

use super::globs::{Globs, glob};
use super::reader::Table;
use super::sections::values;

/// `[branches]`: which branches there are, and who may work on which.
#[derive(Debug, Clone)]
pub struct Branches {
    /// The branch that everything is merged to. Default `main`.
    pub main: String,
    /// Rules in declared order; the first whose name matches a branch counts.
    pub rules: Vec<BranchRule>,
    /// Who rebases and who reviews where items of two owners meet, in declared order; the first
    /// that fits counts.
    pub overlaps: Vec<OverlapRule>,
}

/// One `[[branches.rules]]`.
#[derive(Debug, Clone)]
pub struct BranchRule {
    /// Branch names that it is for, as a glob: `fix/**`.
    pub name: (String, Glob),
    /// Types of queue items that belong there; empty for any.
    pub types: Vec<String>,
    /// Agents or teams that may commit there; empty for any.
    pub owners: Vec<String>,
    /// Paths that may change there; empty for any.
    pub paths: Globs,
}

/// One `[[branches.overlaps]]`.
#[derive(Debug, Clone)]
pub struct OverlapRule {
    /// Paths that it is for; empty for any.
    pub paths: Globs,
    /// Agents or teams of whom both sides are; empty for anybody.
    pub between: Vec<String>,
    /// Who brings the branch on top of the base.
    pub rebases: String,
    /// Who reviews the other's change.
    pub reviews: String,
}

impl Default for Branches {
    fn default() -> Self {
        Branches {
            main: "main".into(),
            rules: Vec::new(),
            overlaps: Vec::new(),
        }
    }
}

impl Branches {
    pub(crate) fn read(table: &Table<'_, '_>, text: &str) -> Self {
        let default = Branches::default();
        let branches = Branches {
            main: table.text("main").map_or(default.main, |name| name.value),
            rules: table
                .tables("rules")
                .into_iter()
                .filter_map(|rule| {
                    rule.require("name");
                    let list = |key| rule.strings(key).map(values).unwrap_or_default();
                    let (types, owners) = (list("types"), list("owners"));
                    let paths = rule.strings("paths").unwrap_or_default();
                    let paths = Globs::read(&paths, text, rule.problems());
                    let name = rule.text("name");
                    let name = name.and_then(|name| {
                        Some((name.value.clone(), glob(&name, text, rule.problems())?))
                    });
                    rule.finish();
                    Some(BranchRule {
                        name: name?,
                        types,
                        owners,
                        paths,
                    })
                })
                .collect(),
            overlaps: table
                .tables("overlaps")
                .into_iter()
                .filter_map(|rule| {
                    rule.require("rebases");
                    rule.require("reviews");
                    let paths = rule.strings("paths").unwrap_or_default();
                    let paths = Globs::read(&paths, text, rule.problems());
                    let between = rule.strings("between").map(values).unwrap_or_default();
                    let (rebases, reviews) = (rule.text("rebases"), rule.text("reviews"));
                    rule.finish();
                    Some(OverlapRule {
                        paths,
                        between,
                        rebases: rebases?.value,
                        reviews: reviews?.value,
                    })
                })
                .collect(),
        };
        table.finish();
        branches
    }

    /// The rule of a branch (its short name).
    pub fn rule(&self, branch: &str) -> Option<&BranchRule> {
        self.rules.iter().find(|rule| rule.name.1.matches(branch))
    }

    /// The rule for a path where the items of two owners meet.
    pub fn overlap(&self, path: &str, owners: [&str; 2]) -> Option<&OverlapRule> {
        let named = |rule: &OverlapRule, owner: &str| {
            rule.between.is_empty() || rule.between.iter().any(|name| name == owner)
        };
        self.overlaps.iter().find(|rule| {
            (rule.paths.is_empty() || rule.paths.matches(path))
                && owners.iter().all(|owner| named(rule, owner))
        })
    }
}
