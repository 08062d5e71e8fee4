//! A small linearizability checker for locks with scopes.
//!
//! Model: a set of pairwise disjoint scopes. Each grant happens at one moment within its call,
//! each end within its own; fences give the order of grants. Whether moments can be chosen so
//! that no two intersecting locks are held at once is a system of difference constraints, and the
//! earliest choice, made in the order of fences, is a solution if there is any.

use std::collections::BTreeMap;

use trueline_scope::Glob;

/// A stretch of time in which something happened, in nanoseconds. Unknown ends are `u128::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Within {
    pub(crate) from: u128,
    pub(crate) to: u128,
}

/// One lock from its grant to its end.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// Lock id and owner, for messages.
    pub(crate) name: (String, String),
    pub(crate) fence: u64,
    pub(crate) scopes: Vec<String>,
    pub(crate) granted: Within,
    /// `from` is also how long it was certainly held.
    pub(crate) ended: Within,
}

/// Everything that is wrong with a history; empty when it is linearizable.
pub(crate) fn check(grants: &[Grant]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut by_fence: BTreeMap<u64, &Grant> = BTreeMap::new();
    for grant in grants {
        if let Some(twin) = by_fence.insert(grant.fence, grant) {
            wrong.push(format!("fence twice: {:?} and {:?}", twin.name, grant.name));
        }
    }
    let mut meets = Meets::default();
    let mut placed: Vec<(&Grant, u128)> = Vec::new();
    let mut last = 0;
    for grant in by_fence.values() {
        let mut start = grant.granted.from.max(last);
        if start > grant.granted.to {
            wrong.push(format!("fences against time: {grant:?} after {last}"));
        }
        for (earlier, end) in &placed {
            if *end > start && meets.meet(&earlier.scopes, &grant.scopes) {
                start = *end;
                if start > grant.granted.to {
                    wrong.push(format!("both held: {earlier:?} and {grant:?}"));
                }
            }
        }
        let end = grant.ended.from.max(start);
        if end > grant.ended.to && start <= grant.granted.to {
            wrong.push(format!("ended before it was granted: {grant:?}"));
        }
        last = grant.granted.from.max(last);
        placed.push((grant, end));
    }
    wrong
}

/// Remembers which scopes meet: there are few, and thousands of questions.
#[derive(Default)]
struct Meets(BTreeMap<(String, String), bool>);

impl Meets {
    fn meet(&mut self, a: &[String], b: &[String]) -> bool {
        a.iter().any(|x| b.iter().any(|y| self.pair(x, y)))
    }

    fn pair(&mut self, a: &str, b: &str) -> bool {
        let key = (a.to_owned(), b.to_owned());
        *self.0.entry(key).or_insert_with(|| {
            let glob = |t| Glob::parse(t).unwrap();
            glob(a).shared_path(&glob(b)).is_some()
        })
    }
}
