//! Breadth-first search of the product of two automata and the domain: exact, polynomial, with a shortest witness.

use crate::charset::Meet;
use crate::glob::Glob;
use crate::nfa::{Edge, Label, Nfa};
use crate::path;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// A path of both.
    Shared,
    /// A path of the second that lies below a path of the first.
    Below,
    /// The same, below a path that both write out: the first in an alternative without wildcards, the second as the start
    /// of one, before any of its wildcards has read a character.
    BelowLiteral,
}

/// A shortest path that reaches the goal.
pub(crate) fn search(a: &Glob, b: &Glob, goal: Goal) -> Option<String> {
    if hopeless(a, b, goal) {
        return None;
    }
    let first = match goal {
        Goal::BelowLiteral => a.literals()?,
        Goal::Shared | Goal::Below => a.nfa(),
    };
    Search::new(first, b.nfa(), goal).run()
}

/// What prefixes, suffixes and numbers of components rule out at once.
fn hopeless(a: &Glob, b: &Glob, goal: Goal) -> bool {
    let agree = |x: &str, y: &str| x.bytes().zip(y.bytes()).all(|(x, y)| x == y);
    let agree_back = |x: &str, y: &str| x.bytes().rev().zip(y.bytes().rev()).all(|(x, y)| x == y);
    let ((a_least, a_most), (b_least, b_most)) = (a.nfa().depth(), b.nfa().depth());
    let within = |least: u32, most: Option<u32>| most.is_none_or(|most| least <= most);
    if !agree(a.prefix(), b.prefix()) {
        return true;
    }
    match goal {
        Goal::Shared => {
            !within(a_least, b_most)
                || !within(b_least, a_most)
                || !agree_back(a.suffix(), b.suffix())
        }
        Goal::Below | Goal::BelowLiteral => !within(a_least + 1, b_most),
    }
}

/// Past the end of a path of the first automaton, where any further component may follow.
const FREE: [Edge; 2] = [
    Edge {
        label: Label::Any,
        to: 0,
    },
    Edge {
        label: Label::Lit('/'),
        to: 0,
    },
];

struct Search<'a> {
    a: &'a Nfa,
    b: &'a Nfa,
    goal: Goal,
    /// Number of the state that stands for [`FREE`].
    free: u32,
    /// What sets of the two have in common, once it has been asked for.
    meets: Vec<Option<Meet>>,
}

impl<'a> Search<'a> {
    fn new(a: &'a Nfa, b: &'a Nfa, goal: Goal) -> Self {
        Self {
            a,
            b,
            goal,
            free: a.len(),
            meets: vec![None; a.set_count() * b.set_count()],
        }
    }

    fn run(&mut self) -> Option<String> {
        let size = (self.free as usize + 1) * self.b.len() as usize * path::STATES as usize;
        let mut seen = vec![0_u64; size.div_ceil(64)];
        // Each found triple with the place of the one it was found from: parent links and queue in one.
        let mut found: Vec<(u32, u32)> = Vec::with_capacity(64);
        let start = self.key(0, 0, path::START);
        seen[start as usize / 64] |= 1 << (start % 64);
        found.push((start, 0));
        let mut head: u32 = 0;
        while let Some(&(key, _)) = found.get(head as usize) {
            let new = found.len();
            self.moves(key, |next, _| {
                let (word, bit) = (next as usize / 64, 1 << (next % 64));
                if seen[word] & bit == 0 {
                    seen[word] |= bit;
                    found.push((next, head));
                }
                false
            });
            if let Some(hit) = (new..found.len()).find(|&at| self.is_goal(found[at].0)) {
                return Some(self.witness(&found, hit));
            }
            head += 1;
        }
        None
    }

    fn key(&self, p: u32, q: u32, v: u32) -> u32 {
        (p * self.b.len() + q) * path::STATES + v
    }

    fn parts(&self, key: u32) -> (u32, u32, u32) {
        let (pair, v) = (key / path::STATES, key % path::STATES);
        (pair / self.b.len(), pair % self.b.len(), v)
    }

    fn is_goal(&self, key: u32) -> bool {
        let (p, q, v) = self.parts(key);
        let first = match self.goal {
            Goal::Shared => p != self.free && self.a.accepts(p),
            Goal::Below | Goal::BelowLiteral => p == self.free,
        };
        first && v == path::NAME && self.b.accepts(q)
    }

    /// Calls `f` with each triple one character on and that character, until it says that it is done.
    fn moves(&mut self, key: u32, mut f: impl FnMut(u32, char) -> bool) {
        let (p, q, v) = self.parts(key);
        let (a, b, free) = (self.a, self.b, self.free);
        let below = self.goal != Goal::Shared;
        let from_a = if p == free { &FREE } else { a.edges(p) };
        let leaves = below && p != free && v == path::NAME && a.accepts(p);
        let written = self.goal == Goal::BelowLiteral && p != free;
        for two in b.edges(q) {
            if written && !matches!(two.label, Label::Lit(_)) {
                continue;
            }
            if leaves && two.label == Label::Lit('/') && f(self.key(free, two.to, path::START), '/')
            {
                return;
            }
            for one in from_a {
                let to = if p == free { free } else { one.to };
                let Meet { dot, other } = self.meet(one.label, two.label);
                for c in [other, dot.then_some('.')].into_iter().flatten() {
                    if let Some(v) = path::step(v, c)
                        && f(self.key(to, two.to, v), c)
                    {
                        return;
                    }
                }
            }
        }
    }

    fn meet(&mut self, one: Label, two: Label) -> Meet {
        const NONE: Meet = Meet {
            dot: false,
            other: None,
        };
        let only = |c: char| {
            if c == '.' {
                Meet {
                    dot: true,
                    other: None,
                }
            } else {
                Meet {
                    dot: false,
                    other: Some(c),
                }
            }
        };
        match (one, two) {
            (Label::Lit(c), Label::Lit(d)) if c == d => only(c),
            (Label::Lit(_), Label::Lit(_)) => NONE,
            (Label::Lit(c), Label::Any) | (Label::Any, Label::Lit(c)) if c != '/' => only(c),
            (Label::Lit(_), Label::Any) | (Label::Any, Label::Lit(_)) => NONE,
            (Label::Any, Label::Any) => Meet {
                dot: true,
                other: Some('x'),
            },
            (Label::Lit(c), Label::Set(_)) => {
                if self.b.reads(two, c) {
                    only(c)
                } else {
                    NONE
                }
            }
            (Label::Set(_), Label::Lit(c)) => {
                if self.a.reads(one, c) {
                    only(c)
                } else {
                    NONE
                }
            }
            (Label::Any, Label::Set(index)) => self.b.set_meet(index),
            (Label::Set(index), Label::Any) => self.a.set_meet(index),
            (Label::Set(i), Label::Set(j)) => {
                let place = i as usize * self.b.set_count() + j as usize;
                let (a, b) = (self.a, self.b);
                *self.meets[place].get_or_insert_with(|| a.set(i).intersection(b.set(j)).meet())
            }
        }
    }

    fn witness(&mut self, found: &[(u32, u32)], mut at: usize) -> String {
        let mut reversed = Vec::new();
        while at != 0 {
            let (key, parent) = found[at];
            self.moves(found[parent as usize].0, |next, c| {
                if next == key {
                    reversed.push(c);
                }
                next == key
            });
            at = parent as usize;
        }
        reversed.iter().rev().collect()
    }
}
