//! The automaton of a pattern: no empty moves, labels that are a character, any character, or a set.

use crate::charset::{CharSet, Meet};

/// What a move reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Label {
    /// This character; the only label that can be `/`.
    Lit(char),
    /// Any character of a component.
    Any,
    /// A character of the set with this index.
    Set(u32),
}

/// A move to another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) label: Label,
    pub(crate) to: u32,
}

/// An automaton whose start is state 0. Every state can be reached and can reach the end, unless the language is empty.
#[derive(Debug, Clone)]
pub(crate) struct Nfa {
    first: Vec<u32>,
    edges: Vec<Edge>,
    accept: Vec<bool>,
    sets: Vec<(CharSet, Meet)>,
    /// Fewest and most components of a path; no most where there is no end to it.
    depth: (u32, Option<u32>),
}

impl Nfa {
    /// Keeps what lies between the start and an accepting state; `loops` says that some cycle passes a `/`.
    pub(crate) fn new(
        states: &[Vec<Edge>],
        accept: &[bool],
        sets: Vec<CharSet>,
        loops: bool,
    ) -> Self {
        let alive = alive(states, accept);
        let kept = || (0..states.len()).filter(|&state| alive[state] || state == 0);
        let mut number = vec![0; states.len()];
        for (new, state) in (0_u32..).zip(kept()) {
            number[state] = new;
        }
        let mut nfa = Self {
            first: vec![0],
            edges: Vec::new(),
            accept: Vec::new(),
            sets: sets
                .into_iter()
                .map(|set| {
                    let meet = set.meet();
                    (set, meet)
                })
                .collect(),
            depth: (0, None),
        };
        for state in kept() {
            let edges = states[state].iter().filter(|edge| alive[edge.to as usize]);
            nfa.edges.extend(edges.map(|edge| Edge {
                label: edge.label,
                to: number[edge.to as usize],
            }));
            nfa.first
                .push(u32::try_from(nfa.edges.len()).unwrap_or(u32::MAX));
            nfa.accept.push(accept[state]);
        }
        nfa.depth = nfa.measure(loops);
        nfa
    }

    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.accept.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn edges(&self, state: u32) -> &[Edge] {
        let state = state as usize;
        let range = self.first[state] as usize..self.first[state + 1] as usize;
        &self.edges[range]
    }

    pub(crate) fn accepts(&self, state: u32) -> bool {
        self.accept[state as usize]
    }

    pub(crate) fn set(&self, index: u32) -> &CharSet {
        &self.sets[index as usize].0
    }

    pub(crate) fn set_count(&self) -> usize {
        self.sets.len()
    }

    /// What a walk may choose from the set with this index.
    pub(crate) fn set_meet(&self, index: u32) -> Meet {
        self.sets[index as usize].1
    }

    pub(crate) fn reads(&self, label: Label, c: char) -> bool {
        match label {
            Label::Lit(lit) => lit == c,
            Label::Any => c != '/',
            Label::Set(index) => self.set(index).contains(c),
        }
    }

    pub(crate) fn depth(&self) -> (u32, Option<u32>) {
        self.depth
    }

    /// Whether the automaton accepts `text`, in time of its length times the number of moves.
    pub(crate) fn run(&self, text: &str) -> bool {
        let words = self.accept.len().div_ceil(64);
        let mut small = [[0_u64; 8]; 2];
        let mut large = [Vec::new(), Vec::new()];
        let [now, next] = if words <= 8 {
            small.each_mut().map(|bits| &mut bits[..words])
        } else {
            large.each_mut().map(|bits| {
                bits.resize(words, 0);
                bits.as_mut_slice()
            })
        };
        let (mut now, mut next) = (now, next);
        now[0] = 1;
        for c in text.chars() {
            next.fill(0);
            let mut any = false;
            for_each_bit(now, |state| {
                for edge in self.edges(state) {
                    if self.reads(edge.label, c) {
                        next[(edge.to / 64) as usize] |= 1 << (edge.to % 64);
                        any = true;
                    }
                }
            });
            if !any {
                return false;
            }
            std::mem::swap(&mut now, &mut next);
        }
        let mut accepted = false;
        for_each_bit(now, |state| accepted |= self.accepts(state));
        accepted
    }

    /// What every accepted text starts with, and whether that is the only accepted text.
    pub(crate) fn prefix(&self) -> (String, bool) {
        let mut prefix = String::new();
        let mut states = vec![0];
        loop {
            let accepted = states.iter().filter(|&&state| self.accepts(state)).count();
            let mut edges = states.iter().flat_map(|&state| self.edges(state));
            let Some(Edge {
                label: Label::Lit(c),
                ..
            }) = edges.clone().next()
            else {
                return (prefix, accepted > 0 && edges.next().is_none());
            };
            if accepted > 0 || !edges.all(|edge| edge.label == Label::Lit(*c)) {
                return (prefix, false);
            }
            prefix.push(*c);
            states = states
                .iter()
                .flat_map(|&state| self.edges(state))
                .map(|edge| edge.to)
                .collect();
            states.sort_unstable();
            states.dedup();
        }
    }

    /// What every accepted text ends with, as far as single moves tell.
    pub(crate) fn suffix(&self) -> String {
        let mut into: Vec<Vec<(u32, Label)>> = vec![Vec::new(); self.accept.len()];
        for state in 0..self.len() {
            for edge in self.edges(state) {
                into[edge.to as usize].push((state, edge.label));
            }
        }
        let mut ends = (0..self.len()).filter(|&state| self.accepts(state));
        let mut suffix = Vec::new();
        if let (Some(mut state), None) = (ends.next(), ends.next()) {
            while let [(from, Label::Lit(c))] = into[state as usize].as_slice() {
                suffix.push(*c);
                state = *from;
            }
        }
        suffix.iter().rev().collect()
    }

    fn measure(&self, loops: bool) -> (u32, Option<u32>) {
        let size = self.accept.len();
        let slash = |edge: &Edge| u32::from(edge.label == Label::Lit('/'));
        // Moves lead to higher numbers, save for the loops of `*` and `**`, neither of which shortens a path.
        let (mut least, mut most) = (vec![u32::MAX; size], vec![0; size]);
        least[0] = 1;
        most[0] = 1;
        for state in 0..self.len() {
            for edge in self.edges(state) {
                let (from, to) = (state as usize, edge.to as usize);
                least[to] = least[to].min(least[from].saturating_add(slash(edge)));
                most[to] = most[to].max(most[from] + slash(edge));
            }
        }
        let ends = || (0..size).filter(|&state| self.accept[state]);
        let fewest = ends().map(|state| least[state]).min().unwrap_or(0);
        let highest = ends().map(|state| most[state]).max().unwrap_or(0);
        (fewest, (!loops).then_some(highest))
    }
}

/// Calls `f` with the number of each bit that is set.
fn for_each_bit(words: &[u64], mut f: impl FnMut(u32)) {
    for (index, &word) in (0_u32..).zip(words) {
        let mut word = word;
        while word != 0 {
            f(index * 64 + word.trailing_zeros());
            word &= word - 1;
        }
    }
}

/// The states on some way from the start to an accepting one.
fn alive(states: &[Vec<Edge>], accept: &[bool]) -> Vec<bool> {
    let mut into: Vec<Vec<u32>> = vec![Vec::new(); states.len()];
    let mut reached = vec![false; states.len()];
    let mut todo = vec![0_u32];
    reached[0] = true;
    while let Some(state) = todo.pop() {
        for edge in &states[state as usize] {
            into[edge.to as usize].push(state);
            if !std::mem::replace(&mut reached[edge.to as usize], true) {
                todo.push(edge.to);
            }
        }
    }
    let mut alive: Vec<bool> = reached.iter().zip(accept).map(|(&r, &a)| r && a).collect();
    todo = (0_u32..)
        .zip(&alive)
        .filter(|(_, alive)| **alive)
        .map(|(state, _)| state)
        .collect();
    while let Some(state) = todo.pop() {
        for &from in &into[state as usize] {
            if !std::mem::replace(&mut alive[from as usize], true) {
                todo.push(from);
            }
        }
    }
    alive
}
