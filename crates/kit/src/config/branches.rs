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

impl Default for Branches {
    fn default() -> Self {
        Branches {
            main: "main".into(),
            rules: Vec::new(),
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
        };
        table.finish();
        branches
    }

    /// The rule of a branch (its short name).
    pub fn rule(&self, branch: &str) -> Option<&BranchRule> {
        self.rules.iter().find(|rule| rule.name.1.matches(branch))
    }
}
