//! Tree to automaton. Alternatives share states; what a component may not be is known from where the walk stands in it.

use crate::charset::CharSet;
use crate::error::{Note, ParseError};
use crate::nfa::{Edge, Label, Nfa};
use crate::parse::{Item, Node};

/// Most notes kept about one pattern.
const MAX_NOTES: usize = 16;

// Where a walk through the pattern can stand. Alternatives make several of them possible at one place.
/// Nothing has been read.
const FIRST: usize = 0;
/// Nothing but a dropped `/` or an empty alternative has been read.
const BARE: usize = 1;
/// After a `/`.
const SLASH: usize = 2;
/// The component so far is a written `.`.
const DOT: usize = 3;
/// The component so far is a written `..`.
const DOTS: usize = 4;
/// Elsewhere in a component.
const NAME: usize = 5;
/// After `**`, on the ways that a `/` may follow.
const STARS_MORE: usize = 6;
/// After `**`, on the ways that may end here.
const STARS_END: usize = 7;
const PLACES: usize = 8;

/// The states a walk can be in, a set for each place.
#[derive(Clone, Default)]
struct Front {
    states: [Vec<u32>; PLACES],
}

impl Front {
    fn add(&mut self, place: usize, states: impl IntoIterator<Item = u32>) {
        let slot = &mut self.states[place];
        slot.extend(states);
        if slot.len() > 1 {
            slot.sort_unstable();
            slot.dedup();
        }
    }

    fn take(&mut self, place: usize) -> Vec<u32> {
        std::mem::take(&mut self.states[place])
    }
}

/// The automaton of the pattern and what there is to say about it.
///
/// # Errors
/// Where `**` is not a whole component, or no alternative can be a path.
pub(crate) fn compile(items: &[Item], end: usize) -> Result<(Nfa, Vec<Note>), ParseError> {
    let mut compiler = Compiler::default();
    compiler.state();
    let mut front = Front::default();
    front.add(FIRST, [0]);
    front = compiler.sequence(items, front)?;

    for (place, message) in [
        (FIRST, "nothing is left that could be a path"),
        (BARE, "nothing is left that could be a path"),
        (DOT, "a component `.` is in no path"),
        (DOTS, "a component `..` is in no path"),
    ] {
        if !front.take(place).is_empty() {
            compiler.dead(end, message);
        }
    }
    let open = front.take(SLASH);
    if !open.is_empty() {
        let (_, last) = compiler.globstar(&open);
        front.add(STARS_END, [last]);
    }
    let mut accept = vec![false; compiler.states.len()];
    for state in front.take(NAME).into_iter().chain(front.take(STARS_END)) {
        accept[state as usize] = true;
    }

    let dots_alone = matches!(items.len(), 1 | 2)
        && items
            .iter()
            .all(|item| matches!(item.node, Node::Char('.')));
    if !accept.contains(&true) && !dots_alone {
        let dead = compiler.dead.into_iter().min();
        let Note { offset, message } =
            dead.unwrap_or_else(|| Note::new(end, "nothing is left that could be a path"));
        let help = "paths are relative to the root, without empty, `.` or `..` components; `**` is the whole tree";
        return Err(ParseError::new(offset, message, help));
    }
    let mut notes = compiler.notes;
    notes.extend(compiler.dead.into_iter().map(|dead| {
        Note::new(
            dead.offset,
            format!("an alternative denotes no path: {}", dead.message),
        )
    }));
    notes.sort();
    Ok((
        Nfa::new(&compiler.states, &accept, compiler.sets, compiler.loops),
        notes,
    ))
}

/// The automaton of those alternatives that hold no wildcard, where there are any.
pub(crate) fn compile_literals(items: &[Item]) -> Option<Nfa> {
    let mut compiler = Compiler {
        literal: true,
        ..Compiler::default()
    };
    compiler.state();
    let mut front = Front::default();
    front.add(FIRST, [0]);
    let mut front = compiler.sequence(items, front).ok()?;
    let mut accept = vec![false; compiler.states.len()];
    for state in front.take(NAME) {
        accept[state as usize] = true;
    }
    accept
        .contains(&true)
        .then(|| Nfa::new(&compiler.states, &accept, compiler.sets, false))
}

#[derive(Default)]
struct Compiler {
    states: Vec<Vec<Edge>>,
    /// States that nothing leads out of yet and that only one place can go on from: a loop may be put on them.
    fresh: Vec<bool>,
    sets: Vec<CharSet>,
    notes: Vec<Note>,
    /// Why alternatives denote no path.
    dead: Vec<Note>,
    /// Whether some `**` is in the pattern.
    loops: bool,
    /// Where the last `**` left the walk: its ways that a `/` may follow, and the state that may end.
    recent: Option<(Vec<u32>, u32)>,
    /// Whether alternatives end where a wildcard stands.
    literal: bool,
}

impl Compiler {
    fn state(&mut self) -> u32 {
        let number = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.states.push(Vec::new());
        self.fresh.push(true);
        number
    }

    fn edge(&mut self, from: u32, label: Label, to: u32) {
        self.states[from as usize].push(Edge { label, to });
    }

    fn dead(&mut self, offset: usize, message: &str) {
        let note = Note::new(offset, message);
        if self.dead.len() < MAX_NOTES && !self.dead.contains(&note) {
            self.dead.push(note);
        }
    }

    fn sequence(&mut self, items: &[Item], mut front: Front) -> Result<Front, ParseError> {
        for item in items {
            if self.literal && is_wildcard(&item.node) {
                return Ok(Front::default());
            }
            front = match &item.node {
                Node::Char(c) => self.label(front, item.at, Some(*c), Some(Label::Lit(*c)))?,
                Node::Any => self.label(front, item.at, None, Some(Label::Any))?,
                Node::Class(set) => {
                    let label = self.class(set);
                    self.label(front, item.at, None, label)?
                }
                Node::Star => self.star(front, item.at)?,
                Node::Slash => self.slash(front, item.at),
                Node::Globstar => self.component(front, item.at)?,
                Node::Alt(parts) => self.alternatives(parts, &front)?,
            };
        }
        Ok(front)
    }

    /// The label of a class: none where no character is in it.
    fn class(&mut self, set: &CharSet) -> Option<Label> {
        if set.is_empty() {
            return None;
        }
        if let Some(c) = set.single() {
            return Some(Label::Lit(c));
        }
        let known = self.sets.iter().position(|known| known == set);
        let index = known.unwrap_or_else(|| {
            self.sets.push(set.clone());
            self.sets.len() - 1
        });
        u32::try_from(index).ok().map(Label::Set)
    }

    /// Reads one character in every place; `written` is the character where it stands there as itself.
    fn label(
        &mut self,
        mut front: Front,
        at: usize,
        written: Option<char>,
        label: Option<Label>,
    ) -> Result<Front, ParseError> {
        whole_component(&front, at)?;
        let mut next = Front::default();
        for place in [FIRST, BARE, SLASH, DOT, DOTS, NAME] {
            let from = front.take(place);
            if from.is_empty() {
                continue;
            }
            let to = match (place, written) {
                (FIRST | BARE | SLASH, Some('.')) => DOT,
                (DOT, Some('.')) => DOTS,
                _ => NAME,
            };
            let state = match next.states[to].first() {
                Some(&state) => state,
                None => self.state(),
            };
            if let Some(label) = label {
                for from in from {
                    self.edge(from, label, state);
                }
            }
            next.add(to, [state]);
        }
        Ok(next)
    }

    fn star(&mut self, mut front: Front, at: usize) -> Result<Front, ParseError> {
        whole_component(&front, at)?;
        let mut next = Front::default();
        for place in [FIRST, BARE, SLASH, DOT, DOTS, NAME] {
            let states = front.take(place);
            next.add(NAME, states);
        }
        let all = next.states[NAME].clone();
        let looped = |state: u32| {
            let edges = &self.states[state as usize];
            edges.contains(&Edge {
                label: Label::Any,
                to: state,
            })
        };
        match all.as_slice() {
            [] => {}
            [one] if looped(*one) => {}
            [one] if self.fresh[*one as usize] => self.edge(*one, Label::Any, *one),
            _ => {
                let state = self.state();
                for from in all {
                    self.edge(from, Label::Any, state);
                }
                self.edge(state, Label::Any, state);
                next.add(NAME, [state]);
            }
        }
        Ok(next)
    }

    fn slash(&mut self, mut front: Front, at: usize) -> Front {
        let mut next = Front::default();
        let first = front.take(FIRST);
        if !first.is_empty() {
            let note = Note::new(
                at,
                "the leading `/` is dropped: scopes are relative to the root",
            );
            if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
                self.notes.push(note);
            }
            next.add(BARE, first);
        }
        for (place, message) in [
            (BARE, "a component is empty here"),
            (SLASH, "a component is empty here"),
            (DOT, "a component `.` is in no path"),
            (DOTS, "a component `..` is in no path"),
        ] {
            if !front.take(place).is_empty() {
                self.dead(at, message);
            }
        }
        let name = front.take(NAME);
        if !name.is_empty() {
            let state = self.state();
            for from in name {
                self.edge(from, Label::Lit('/'), state);
            }
            next.add(SLASH, [state]);
        }
        next.add(SLASH, front.take(STARS_MORE));
        next
    }

    /// `**`: every way must stand at the start of a component.
    fn component(&mut self, mut front: Front, at: usize) -> Result<Front, ParseError> {
        whole_component(&front, at)?;
        if [DOT, DOTS, NAME]
            .iter()
            .any(|&place| !front.states[place].is_empty())
        {
            return Err(not_whole(at));
        }
        let mut start = Front::default();
        for place in [FIRST, BARE, SLASH] {
            let states = front.take(place);
            start.add(SLASH, states);
        }
        let from = start.take(SLASH);
        let mut next = Front::default();
        if from.is_empty() {
            return Ok(next);
        }
        // A `**/` right after another adds nothing but states.
        if let Some((_, last)) = self.recent.as_ref().filter(|(more, _)| *more == from) {
            next.add(STARS_END, [*last]);
            next.add(STARS_MORE, from);
            return Ok(next);
        }
        let (again, last) = self.globstar(&from);
        next.add(STARS_MORE, from);
        next.add(STARS_MORE, [again]);
        next.add(STARS_END, [last]);
        self.recent = Some((next.states[STARS_MORE].clone(), last));
        Ok(next)
    }

    /// Any number of components from `from` on: the state at the start of a further one, and the state within one.
    fn globstar(&mut self, from: &[u32]) -> (u32, u32) {
        self.loops = true;
        let (again, last) = (self.state(), self.state());
        for &from in from.iter().chain([&again, &last]) {
            self.edge(from, Label::Any, last);
        }
        self.edge(last, Label::Lit('/'), again);
        (again, last)
    }

    fn alternatives(&mut self, parts: &[Vec<Item>], front: &Front) -> Result<Front, ParseError> {
        for &state in front.states.iter().flatten() {
            self.fresh[state as usize] = false;
        }
        let mut next = Front::default();
        for part in parts {
            let mut after = self.sequence(part, front.clone())?;
            if part.is_empty() {
                // A `/` that comes next is not one that the author wrote first.
                let first = after.take(FIRST);
                after.add(BARE, first);
            }
            for (place, states) in after.states.into_iter().enumerate() {
                next.add(place, states);
            }
        }
        Ok(next)
    }
}

fn is_wildcard(node: &Node) -> bool {
    match node {
        Node::Char(_) | Node::Slash | Node::Alt(_) => false,
        Node::Class(set) => set.single().is_none(),
        Node::Any | Node::Star | Node::Globstar => true,
    }
}

/// Refuses anything but a `/` right after `**`.
fn whole_component(front: &Front, at: usize) -> Result<(), ParseError> {
    if front.states[STARS_MORE].is_empty() {
        Ok(())
    } else {
        Err(not_whole(at))
    }
}

fn not_whole(at: usize) -> ParseError {
    ParseError::new(
        at,
        "`**` must be a whole component",
        "put a `/` between `**` and what is beside it, or write a single `*`",
    )
}
