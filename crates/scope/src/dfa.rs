//! Many automata at once: a deterministic one, built as far as the paths that come along need it.

use std::collections::HashMap;

use crate::union::Union;

/// Most entries of a transition table before it is started afresh (4 bytes each).
const MAX_TABLE: usize = 1 << 22;

/// Most members noted down for all deterministic states together before they are started afresh (8 bytes each).
const MAX_MEMBERS: usize = 1 << 22;

/// A transition that has not been worked out yet.
const UNKNOWN: u32 = u32::MAX;

/// The deterministic state with no member: nothing can match any more.
const DEAD: u32 = 0;

/// The deterministic state that paths start from.
const START: u32 = 1;

/// The part of the deterministic automaton that is known.
pub(crate) struct Cache {
    table: Vec<u32>,
    members: Vec<Box<[u32]>>,
    hits: Vec<Box<[usize]>>,
    numbers: HashMap<Box<[u32]>, u32>,
    member_count: usize,
    /// For each state of the union, the round in which it was last put into a set.
    stamps: Vec<u32>,
    round: u32,
}

impl Cache {
    pub(crate) fn new(union: &Union) -> Self {
        let mut cache = Self {
            table: Vec::new(),
            members: Vec::new(),
            hits: Vec::new(),
            numbers: HashMap::new(),
            member_count: 0,
            stamps: vec![0; union.len()],
            round: 0,
        };
        cache.restart(union);
        cache
    }

    fn restart(&mut self, union: &Union) {
        self.table.clear();
        self.members.clear();
        self.hits.clear();
        self.numbers.clear();
        self.member_count = 0;
        self.number(union, Vec::new());
        self.number(union, union.starts().to_vec());
    }

    /// The indices of all globs whose automaton accepts `text`, in ascending order.
    pub(crate) fn run(&mut self, union: &Union, text: &str) -> &[usize] {
        let width = union.width();
        // Without a glob there is no second state: the set of the starts is the empty one.
        let mut state = START.min(number(self.members.len() - 1));
        for c in text.chars() {
            let class = union.class(c);
            state = match self.table[state as usize * width + class] {
                UNKNOWN => self.step(union, state, class),
                known => known,
            };
            if state == DEAD {
                break;
            }
        }
        &self.hits[state as usize]
    }

    fn step(&mut self, union: &Union, state: u32, class: usize) -> u32 {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.stamps.fill(0);
            self.round = 1;
        }
        let mut next = Vec::new();
        for &member in &self.members[state as usize] {
            for edge in union.edges(member) {
                let stamp = &mut self.stamps[edge.to as usize];
                if *stamp != self.round && union.reads(edge.label, class) {
                    *stamp = self.round;
                    next.push(edge.to);
                }
            }
        }
        next.sort_unstable();
        let width = union.width();
        let full =
            self.table.len() + width > MAX_TABLE || self.member_count + next.len() > MAX_MEMBERS;
        if full && !self.numbers.contains_key(next.as_slice()) {
            self.restart(union);
            return self.number(union, next);
        }
        let to = self.number(union, next);
        self.table[state as usize * width + class] = to;
        to
    }

    fn number(&mut self, union: &Union, members: Vec<u32>) -> u32 {
        let members = members.into_boxed_slice();
        if let Some(&known) = self.numbers.get(&members) {
            return known;
        }
        let state = number(self.members.len());
        let accepting = members.iter().flat_map(|&member| union.accepts(member));
        let mut hits: Vec<usize> = accepting.copied().collect();
        hits.sort_unstable();
        hits.dedup();
        self.member_count += members.len();
        self.hits.push(hits.into_boxed_slice());
        self.table.resize(self.table.len() + union.width(), UNKNOWN);
        self.numbers.insert(members.clone(), state);
        self.members.push(members);
        state
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glob::Glob;

    #[test]
    fn a_restart_in_the_middle_of_a_path_changes_no_answer() {
        let globs = ["*a??", "b*", "**/c/**"].map(|text| Glob::parse(text).unwrap());
        let union = Union::new(&globs);
        let mut cache = Cache::new(&union);
        for (path, hits) in [
            ("baxy", vec![0, 1]),
            ("b/c/d", vec![2]),
            ("bé", vec![1]),
            ("x", vec![]),
        ] {
            assert_eq!(cache.run(&union, path), hits);
            cache.member_count = MAX_MEMBERS;
            assert_eq!(cache.run(&union, path), hits, "{path} from the table");
            assert_eq!(
                cache.run(&union, &format!("b{path}")).contains(&1),
                !path.contains('/')
            );
        }
    }
}
