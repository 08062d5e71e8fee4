//! `ops/ownership.yaml`: read with places, turned into CODEOWNERS, and proven equal to it.
//!
//! **What a rule owns.** Every path that its globs match and, as on the code host, everything
//! below such a path; only an alternative whose last component is `*` stops at one level. So
//! `docs` and `docs/**` both own the folder's inside, and `docs/*` owns its files alone.

mod expand;
mod generate;
mod lints;
mod read;

pub(crate) use generate::generate;
pub(crate) use lints::lint;
pub(crate) use read::{Ownership, Rule, read};

use trueline_scope::{Glob, Matcher, ScopeSet};

impl Ownership {
    /// A set over all rules, to ask about many paths.
    pub(crate) fn index(&self) -> Index<'_> {
        let (mut globs, mut of_glob): (Vec<Glob>, Vec<usize>) = (Vec::new(), Vec::new());
        for (at, rule) in self.rules.iter().enumerate() {
            for part in rule.patterns.iter().flat_map(|p| &p.parts) {
                of_glob.extend(part.owned.iter().map(|_| at));
                globs.extend(part.owned.iter().cloned());
            }
        }
        Index {
            ownership: self,
            set: ScopeSet::new(globs),
            of_glob,
        }
    }
}

/// The rules, compiled.
pub(crate) struct Index<'a> {
    ownership: &'a Ownership,
    set: ScopeSet,
    of_glob: Vec<usize>,
}

impl Index<'_> {
    pub(crate) fn asker(&self) -> Asker<'_> {
        Asker {
            index: self,
            matcher: self.set.matcher(),
        }
    }
}

/// Asks about many paths.
pub(crate) struct Asker<'a> {
    index: &'a Index<'a>,
    matcher: Matcher<'a>,
}

impl<'a> Asker<'a> {
    /// The rule that decides: the last one that owns the path.
    pub(crate) fn rule(&mut self, path: &str) -> Option<&'a Rule> {
        let glob = self.matcher.last_match(path)?;
        let rule = *self.index.of_glob.get(glob)?;
        self.index.ownership.rules.get(rule)
    }
}
