//! The automata of many globs as one, with what they begin with in common kept once.
// [impl->TD-1.4]

use std::collections::HashMap;

use crate::charset::CharSet;
use crate::glob::Glob;
use crate::nfa::{Edge, Label, Nfa};

/// The automata of many globs in one, with the alphabet cut wherever one of them tells characters apart.
///
/// States of two globs that the same texts lead to are one state, found as in a trie: `src/*.rs` and `src/a.ts` share
/// `src/`, all globs that begin with `**/` share that. So a text leads to few states, however many globs there are.
pub(crate) struct Union {
    edges: Vec<Vec<Edge>>,
    sets: Vec<CharSet>,
    /// For each state, the globs that it accepts for.
    accepts: Vec<Vec<usize>>,
    starts: Vec<u32>,
    /// The first character of each class, sorted.
    classes: Vec<u32>,
    ascii: Vec<usize>,
}

/// What leads to a state: states with the same ways in have the same texts that lead to them.
#[derive(PartialEq, Eq, Hash)]
enum Ways {
    /// A start, and the labels of its loops to itself.
    Start(Vec<Label>),
    /// Moves from other states, and the labels of its loops to itself.
    From(Vec<(Label, u32)>, Vec<Label>),
    /// The two states of a `**` that is entered from these: at the start of a further component, and within one.
    Globstar(Vec<u32>),
}

impl Union {
    pub(crate) fn new(globs: &[Glob]) -> Self {
        let mut union = Self {
            edges: Vec::new(),
            sets: Vec::new(),
            accepts: Vec::new(),
            starts: Vec::new(),
            classes: vec![0, u32::from('/'), u32::from('/') + 1],
            ascii: Vec::new(),
        };
        let mut known = HashMap::new();
        let mut set_numbers = HashMap::new();
        for (index, glob) in globs.iter().enumerate() {
            let nfa = glob.nfa();
            let sets: Vec<u32> = (0..nfa.set_count())
                .map(|set| nfa.set(number(set)))
                .map(|set| union.set(set, &mut set_numbers))
                .collect();
            union.add(index, nfa, &sets, &mut known);
        }
        union.starts.sort_unstable();
        union.starts.dedup();
        for label in union.edges.iter().flatten().map(|edge| edge.label) {
            if let Label::Lit(c) = label {
                union.classes.extend([u32::from(c), u32::from(c) + 1]);
            }
        }
        for set in &union.sets {
            let ends = set.ranges().iter().flat_map(|&(low, high)| [low, high + 1]);
            union.classes.extend(ends);
        }
        union.classes.sort_unstable();
        union.classes.dedup();
        union.ascii = (0..128).map(|c| union.search(c)).collect();
        union
    }

    fn set(&mut self, set: &CharSet, numbers: &mut HashMap<CharSet, u32>) -> u32 {
        let next = number(self.sets.len());
        let found = *numbers.entry(set.clone()).or_insert(next);
        if found == next {
            self.sets.push(set.clone());
        }
        found
    }

    /// Adds one glob's automaton; `sets` are the numbers of its sets here.
    fn add(&mut self, glob: usize, nfa: &Nfa, sets: &[u32], known: &mut HashMap<Ways, u32>) {
        let mut ways_in: Vec<Vec<(Label, u32)>> = vec![Vec::new(); nfa.len() as usize];
        for state in 0..nfa.len() {
            for edge in nfa.edges(state) {
                let label = match edge.label {
                    Label::Set(set) => Label::Set(sets.get(set as usize).copied().unwrap_or(set)),
                    label => label,
                };
                ways_in[edge.to as usize].push((label, state));
            }
        }
        // The number here of each state of the glob, in the order in which they were made: moves lead forward, but for
        // loops of a state to itself and those of `**`.
        let mut here: Vec<u32> = Vec::with_capacity(ways_in.len());
        for (at, ways) in ways_in.iter().enumerate() {
            if here.len() > at {
                continue;
            }
            let state = number(at);
            if let Some(from) = globstar(&ways_in, state) {
                let mut from: Vec<u32> = from.map(|from| here[from as usize]).collect();
                from.sort_unstable();
                from.dedup();
                let (again, last) = self.component(from, known);
                here.extend([again, last]);
                continue;
            }
            let loops: Vec<Label> = {
                let own = ways.iter().filter(|&&(_, from)| from == state);
                let mut loops: Vec<Label> = own.map(|&(label, _)| label).collect();
                loops.sort_unstable();
                loops
            };
            let others = || ways.iter().filter(|&&(_, from)| from != state);
            if others().any(|&(_, from)| from > state) {
                // A loop of another form: the state is the glob's own.
                here.push(self.state());
                continue;
            }
            let mut from: Vec<(Label, u32)> = others()
                .map(|&(label, from)| (label, here[from as usize]))
                .collect();
            from.sort_unstable();
            from.dedup();
            let key = if state == 0 && from.is_empty() {
                Ways::Start(loops.clone())
            } else {
                Ways::From(from.clone(), loops.clone())
            };
            let found = known.get(&key).copied();
            let found = found.unwrap_or_else(|| {
                let new = self.state();
                for (label, from) in from {
                    self.edge(from, label, new);
                }
                for label in loops {
                    self.edge(new, label, new);
                }
                known.insert(key, new);
                new
            });
            here.push(found);
        }
        self.starts.extend(here.first());
        for (state, ways) in (0..nfa.len()).zip(&ways_in) {
            let to = here[state as usize];
            if nfa.accepts(state) {
                self.accepts[to as usize].push(glob);
            }
            // Moves back, which were not there yet when their end was made.
            for &(label, from) in ways.iter().filter(|&&(_, from)| from > state) {
                let from = here[from as usize];
                self.edge(from, label, to);
            }
            let own_state = ways.iter().any(|&(_, from)| from > state);
            for &(label, from) in ways.iter().filter(|&&(_, from)| own_state && from <= state) {
                let from = here[from as usize];
                self.edge(from, label, to);
            }
        }
    }

    /// The two states of a `**` that is entered from these states.
    fn component(&mut self, from: Vec<u32>, known: &mut HashMap<Ways, u32>) -> (u32, u32) {
        let key = Ways::Globstar(from.clone());
        if let Some(&again) = known.get(&key) {
            return (again, again + 1);
        }
        let (again, last) = (self.state(), self.state());
        for from in from.into_iter().chain([again, last]) {
            self.edge(from, Label::Any, last);
        }
        self.edge(last, Label::Lit('/'), again);
        known.insert(key, again);
        (again, last)
    }

    fn state(&mut self) -> u32 {
        self.edges.push(Vec::new());
        self.accepts.push(Vec::new());
        number(self.edges.len() - 1)
    }

    fn edge(&mut self, from: u32, label: Label, to: u32) {
        let edges = &mut self.edges[from as usize];
        let edge = Edge { label, to };
        if !edges.contains(&edge) {
            edges.push(edge);
        }
    }

    fn search(&self, c: u32) -> usize {
        self.classes.partition_point(|&start| start <= c) - 1
    }

    /// The class of a character.
    pub(crate) fn class(&self, c: char) -> usize {
        let c = u32::from(c);
        let known = self.ascii.get(c as usize);
        known.copied().unwrap_or_else(|| self.search(c))
    }

    /// Number of classes.
    pub(crate) fn width(&self) -> usize {
        self.classes.len()
    }

    /// Number of states.
    pub(crate) fn len(&self) -> usize {
        self.edges.len()
    }

    pub(crate) fn starts(&self) -> &[u32] {
        &self.starts
    }

    pub(crate) fn edges(&self, state: u32) -> &[Edge] {
        &self.edges[state as usize]
    }

    /// The globs that accept in this state.
    pub(crate) fn accepts(&self, state: u32) -> &[usize] {
        &self.accepts[state as usize]
    }

    pub(crate) fn reads(&self, label: Label, class: usize) -> bool {
        let c = self.classes[class];
        match label {
            Label::Lit(lit) => u32::from(lit) == c,
            Label::Any => c != u32::from('/'),
            // A class that begins with a surrogate holds no character that is asked for.
            Label::Set(set) => {
                char::from_u32(c).is_some_and(|c| self.sets[set as usize].contains(c))
            }
        }
    }
}

/// Where the `**` is entered from whose first state this is; `None` for any other state.
fn globstar(ways_in: &[Vec<(Label, u32)>], again: u32) -> Option<impl Iterator<Item = u32>> {
    let last = again + 1;
    if ways_in.get(again as usize)?.as_slice() != [(Label::Lit('/'), last)] {
        return None;
    }
    let within = ways_in.get(last as usize)?;
    let any = within.iter().all(|&(label, _)| label == Label::Any);
    let (own, from): (Vec<u32>, Vec<u32>) = within
        .iter()
        .map(|&(_, from)| from)
        .partition(|&from| from == again || from == last);
    let forward = from.iter().all(|&from| from < again);
    (any && own.len() == 2 && forward).then_some(from.into_iter())
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(texts: &[&str]) -> usize {
        let globs: Vec<Glob> = texts.iter().map(|t| Glob::parse(t).unwrap()).collect();
        Union::new(&globs).len()
    }

    #[test]
    fn what_globs_begin_with_is_kept_once() {
        assert_eq!(states(&["**/a"]) + 1, states(&["**/a", "**/b"]));
        assert_eq!(states(&["src/a*"]) + 1, states(&["src/a*", "src/b"]));
        assert_eq!(states(&["x/**/*.rs"]), states(&["x/**/*.rs", "x/**/*.rs"]));
        // A loop at the start is no plain start.
        assert_eq!(states(&["a"]) + states(&["*a"]), states(&["a", "*a"]));
    }
}
