//! Inclusion: whether every path of one glob is in another, by a lazy subset construction.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::charset::CharSet;
use crate::error::{LimitError, MAX_INCLUSION_STATES};
use crate::glob::Glob;
use crate::nfa::{Label, Nfa};
use crate::path;

/// Whether one glob holds all paths of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inclusion {
    /// It does.
    Yes,
    /// It does not.
    No {
        /// A shortest path of the other that is missing.
        counterexample: String,
    },
}

impl Glob {
    /// Whether every path of `other` is a path of this glob.
    ///
    /// Exact where it answers. The work grows with the number of sets of states that this glob can be in, which is small
    /// for patterns as people write them and exponential for some others (`*a???????????`).
    ///
    /// # Errors
    /// Where the answer takes more than [`MAX_INCLUSION_STATES`] states.
    pub fn includes(&self, other: &Self) -> Result<Inclusion, LimitError> {
        if self.as_str() == "**" || self.as_str() == other.as_str() {
            return Ok(Inclusion::Yes);
        }
        Search {
            outer: self.nfa(),
            inner: other.nfa(),
            subsets: Vec::new(),
            numbers: HashMap::new(),
            steps: HashMap::new(),
            choices: HashMap::new(),
            work: 0,
        }
        .run()
    }
}

/// Where a walk is: a state of the inner automaton, one of the domain, and the set of states that the outer one can be in.
type Place = (u32, u32, u32);

struct Search<'a> {
    outer: &'a Nfa,
    inner: &'a Nfa,
    subsets: Vec<Vec<u32>>,
    numbers: HashMap<Vec<u32>, u32>,
    steps: HashMap<(u32, char), u32>,
    choices: HashMap<(Label, u32), Rc<[char]>>,
    /// States and moves of subsets looked at so far.
    work: usize,
}

impl Search<'_> {
    fn run(&mut self) -> Result<Inclusion, LimitError> {
        let start = (0, path::START, self.number(vec![0]));
        let mut seen = HashSet::from([start]);
        // Parent links and queue in one; the character is the one that was read to get there.
        let mut found: Vec<(Place, usize, char)> = vec![(start, 0, '/')];
        let mut head = 0;
        while let Some(&((q, v, subset), _, _)) = found.get(head) {
            if v == path::NAME && self.inner.accepts(q) && !self.accepts(subset) {
                let mut reversed = Vec::new();
                while head != 0 {
                    let (_, parent, c) = found[head];
                    reversed.push(c);
                    head = parent;
                }
                let counterexample = reversed.iter().rev().collect();
                return Ok(Inclusion::No { counterexample });
            }
            let inner = self.inner;
            for edge in inner.edges(q) {
                for &c in self.choices(edge.label, subset)?.iter() {
                    let Some(v) = path::step(v, c) else {
                        continue;
                    };
                    let place = (edge.to, v, self.step(subset, c)?);
                    if seen.insert(place) {
                        found.push((place, head, c));
                    }
                }
            }
            if found.len() > MAX_INCLUSION_STATES {
                return Err(limit());
            }
            head += 1;
        }
        Ok(Inclusion::Yes)
    }

    fn accepts(&self, subset: u32) -> bool {
        self.subsets[subset as usize]
            .iter()
            .any(|&state| self.outer.accepts(state))
    }

    /// One character for each way in which a subset can tell the characters of `label` apart, the readable ones first.
    fn choices(&mut self, label: Label, subset: u32) -> Result<Rc<[char]>, LimitError> {
        if let Some(known) = self.choices.get(&(label, subset)) {
            return Ok(Rc::clone(known));
        }
        let set = match label {
            Label::Lit(c) => return Ok(Rc::new([c])),
            Label::Any => CharSet::new(Vec::new(), true),
            Label::Set(index) => self.inner.set(index).clone(),
        };
        let outer = self.outer;
        let mut cuts = vec![u32::from('.'), u32::from('/')];
        for &state in &self.subsets[subset as usize] {
            for edge in outer.edges(state) {
                match edge.label {
                    Label::Lit(c) => cuts.extend([u32::from(c), u32::from(c) + 1]),
                    Label::Any => {}
                    Label::Set(index) => {
                        let ranges = outer.set(index).ranges();
                        cuts.extend(ranges.iter().flat_map(|&(low, high)| [low, high + 1]));
                    }
                }
            }
        }
        self.work(cuts.len())?;
        cuts.sort_unstable();
        cuts.dedup();
        let mut choices = Vec::new();
        let mut low = 0;
        for cut in cuts.into_iter().chain([u32::MAX]) {
            if low < cut {
                let piece = CharSet::new(vec![(low, cut - 1)], false).intersection(&set);
                let meet = piece.meet();
                choices.extend(meet.other.or(meet.dot.then_some('.')));
            }
            low = cut;
        }
        choices.sort_by_key(|c| (!c.is_ascii_alphanumeric(), *c));
        let choices: Rc<[char]> = choices.into();
        self.choices.insert((label, subset), Rc::clone(&choices));
        Ok(choices)
    }

    fn work(&mut self, more: usize) -> Result<(), LimitError> {
        self.work += more;
        if self.work > MAX_INCLUSION_STATES * 64 {
            return Err(limit());
        }
        Ok(())
    }

    fn step(&mut self, subset: u32, c: char) -> Result<u32, LimitError> {
        if let Some(&known) = self.steps.get(&(subset, c)) {
            return Ok(known);
        }
        let outer = self.outer;
        self.work(self.subsets[subset as usize].len() + 1)?;
        let from = &self.subsets[subset as usize];
        let edges = from.iter().flat_map(|&state| outer.edges(state));
        let reading = edges.filter(|edge| outer.reads(edge.label, c));
        let mut next: Vec<u32> = reading.map(|edge| edge.to).collect();
        next.sort_unstable();
        next.dedup();
        let number = self.number(next);
        self.steps.insert((subset, c), number);
        Ok(number)
    }

    fn number(&mut self, subset: Vec<u32>) -> u32 {
        if let Some(&known) = self.numbers.get(&subset) {
            return known;
        }
        let number = u32::try_from(self.subsets.len()).unwrap_or(u32::MAX);
        self.numbers.insert(subset.clone(), number);
        self.subsets.push(subset);
        number
    }
}

fn limit() -> LimitError {
    LimitError {
        limit: MAX_INCLUSION_STATES,
    }
}
