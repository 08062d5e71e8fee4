//! Committed lines stay as they are: a ledger is compared with an earlier state of itself.

use std::collections::{BTreeSet, HashMap};

use trueline_core::{Finding, Location, Rule, Span};

use crate::fault::{columns, narrow, quote};
use crate::rules::history as rules;
use crate::sink::line_subject;

/// What became of an earlier state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// What happened to earlier lines, in the order of where it shows.
    pub events: Vec<Event>,
    /// Lines (1-based) that the earlier state did not have.
    pub added: BTreeSet<u32>,
}

/// Something that must not happen to a committed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Line of the earlier state; 0 for [`EventKind::Inserted`].
    pub before: u32,
    /// Line now; where a deleted one would stand.
    pub now: u32,
}

/// See [`Event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Another text stands in its place.
    Rewritten,
    /// Only white space at its end differs.
    Respaced,
    /// It is gone.
    Deleted,
    /// It stands elsewhere.
    Moved,
    /// A new line stands before committed ones.
    Inserted,
}

/// Splits into lines without their LF; an open end counts as a line.
pub fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

/// Compares an earlier state with the present one, item by item: lines, or the records of a
/// document. Where nothing but additions at the end happened there are no events.
///
/// Takes time in the order of n log n, whatever the texts.
pub fn compare<T: AsRef<[u8]>>(base: &[T], now: &[T]) -> Changes {
    let same = base
        .iter()
        .zip(now)
        .take_while(|(a, b)| a.as_ref() == b.as_ref())
        .count();
    let number = |slot: usize| narrow(slot as u64 + 1);
    let mut changes = Changes::default();
    let (old, new) = (
        base.get(same..).unwrap_or_default(),
        now.get(same..).unwrap_or_default(),
    );
    if old.is_empty() {
        changes.added = (same..now.len()).map(number).collect();
        return changes;
    }
    // Where each earlier line stands now, equal ones in order.
    let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (slot, line) in new.iter().enumerate().rev() {
        places.entry(line.as_ref()).or_default().push(slot);
    }
    let matched: Vec<Option<usize>> = old
        .iter()
        .map(|line| places.get_mut(line.as_ref()).and_then(Vec::pop))
        .collect();
    let kept = longest_rising(&matched);
    let taken: BTreeSet<usize> = matched.iter().flatten().copied().collect();
    let mut free: Vec<usize> = (0..new.len())
        .filter(|slot| !taken.contains(slot))
        .collect();
    changes.added = free.iter().map(|slot| number(same + slot)).collect();
    free.reverse();
    // Walk through the earlier lines; `after` is where the last kept one stands now.
    let mut after = 0;
    let next_kept: Vec<usize> = next_kept(&matched, &kept, new.len());
    for (slot, place) in matched.iter().enumerate() {
        let before = number(same + slot);
        match place {
            Some(place) if kept.contains(&slot) => after = place + 1,
            Some(place) => changes.events.push(Event {
                kind: EventKind::Moved,
                before,
                now: number(same + place),
            }),
            None => {
                let limit = next_kept.get(slot).copied().unwrap_or(new.len());
                while free.last().is_some_and(|place| *place < after) {
                    let place = free.pop().unwrap_or_default();
                    changes.events.push(inserted(number(same + place)));
                }
                match free.last().copied().filter(|place| *place < limit) {
                    Some(place) => {
                        free.pop();
                        after = place + 1;
                        let is_space = is_same_text(old.get(slot), new.get(place));
                        changes.events.push(Event {
                            kind: if is_space {
                                EventKind::Respaced
                            } else {
                                EventKind::Rewritten
                            },
                            before,
                            now: number(same + place),
                        });
                        changes.added.remove(&number(same + place));
                    }
                    None => changes.events.push(Event {
                        kind: EventKind::Deleted,
                        before,
                        now: number(same + after),
                    }),
                }
            }
        }
    }
    // What is left and stands before a committed line was put in between.
    let last_kept = kept.iter().filter_map(|slot| *matched.get(*slot)?).max();
    for place in free.into_iter().rev() {
        if last_kept.is_some_and(|last| place < last) {
            changes.events.push(inserted(number(same + place)));
        }
    }
    changes
}

fn inserted(now: u32) -> Event {
    Event {
        kind: EventKind::Inserted,
        before: 0,
        now,
    }
}

fn is_same_text<T: AsRef<[u8]>>(a: Option<&T>, b: Option<&T>) -> bool {
    a.zip(b)
        .is_some_and(|(a, b)| a.as_ref().trim_ascii_end() == b.as_ref().trim_ascii_end())
}

/// For each earlier line, where the next kept one after it stands.
fn next_kept(matched: &[Option<usize>], kept: &BTreeSet<usize>, end: usize) -> Vec<usize> {
    let mut next = end;
    let mut places = vec![end; matched.len()];
    for (slot, place) in matched.iter().enumerate().rev() {
        if let Some(known) = places.get_mut(slot) {
            *known = next;
        }
        if let (Some(place), true) = (place, kept.contains(&slot)) {
            next = *place;
        }
    }
    places
}

/// Slots of the longest strictly rising part of the places.
fn longest_rising(places: &[Option<usize>]) -> BTreeSet<usize> {
    // Of each length, the slot whose place is the least; and before each slot its best one.
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for (slot, place) in places.iter().enumerate() {
        let Some(place) = place else { continue };
        let length = ends.partition_point(|(least, _)| least < place);
        if let Some(previous) = length.checked_sub(1).and_then(|last| ends.get(last))
            && let Some(known) = before.get_mut(slot)
        {
            *known = Some(previous.1);
        }
        match ends.get_mut(length) {
            Some(end) => *end = (*place, slot),
            None => ends.push((*place, slot)),
        }
    }
    let mut kept = BTreeSet::new();
    let mut slot = ends.last().map(|(_, slot)| *slot);
    while let Some(at) = slot {
        kept.insert(at);
        slot = before.get(at).copied().flatten();
    }
    kept
}

/// The findings of an append-only file whose earlier lines were changed. `base` names the
/// earlier state.
pub fn findings(
    path: &str,
    base: &str,
    old: &[&[u8]],
    now: &[&[u8]],
    changes: &Changes,
) -> Vec<Finding> {
    changes
        .events
        .iter()
        .map(|event| {
            let text = |lines: &[&[u8]], line: u32| {
                let slot = usize::try_from(line)
                    .ok()
                    .and_then(|line| line.checked_sub(1));
                let line = slot
                    .and_then(|slot| lines.get(slot).copied())
                    .unwrap_or_default();
                String::from_utf8_lossy(line).into_owned()
            };
            let here = text(now, event.now);
            let width = columns(here.as_bytes());
            let line = event.now.min(narrow(now.len() as u64 + 1)).max(1);
            let at = match event.kind {
                EventKind::Deleted => Span::point(line, 1),
                _ => Span {
                    line,
                    column: 1,
                    end_line: line,
                    end_column: width + 1,
                },
            };
            let (rule, message) = words(event, base, &text(old, event.before));
            Finding::new(rule, Location::at(path, at), message)
                .subject(line_subject(text(old, event.before).as_bytes()))
        })
        .collect()
}

fn words(event: &Event, base: &str, before: &str) -> (&'static Rule, String) {
    let line = event.before;
    let was = match trueline_secrets::scan(before.as_bytes()).is_empty() {
        true => quote(before),
        false => "`[hidden]`".to_owned(),
    };
    match event.kind {
        EventKind::Rewritten => (
            &rules::REWRITTEN_LINE,
            format!("line {line} of {base} was rewritten; it was {was}"),
        ),
        EventKind::Respaced => (
            &rules::REWRITTEN_LINE,
            format!("line {line} of {base} was rewritten: the white space at its end"),
        ),
        EventKind::Deleted => (
            &rules::DELETED_LINE,
            format!("line {line} of {base} was deleted; it was {was}"),
        ),
        EventKind::Moved => (
            &rules::MOVED_LINE,
            format!("line {line} of {base} was moved here"),
        ),
        EventKind::Inserted => (
            &rules::INSERTED_LINE,
            format!("a new line stands before lines of {base}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(base: &str, now: &str) -> Vec<(EventKind, u32, u32)> {
        let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        compare(&list(base), &list(now))
            .events
            .into_iter()
            .map(|event| (event.kind, event.before, event.now))
            .collect()
    }

    #[test]
    fn what_happened_to_lines() {
        use EventKind::{Deleted, Inserted, Moved, Rewritten};
        assert_eq!(events("abc", "abcde"), []);
        assert_eq!(events("", "abc"), []);
        assert_eq!(events("abc", "axc"), [(Rewritten, 2, 2)]);
        assert_eq!(events("abc", "ac"), [(Deleted, 2, 2)]);
        assert_eq!(
            events("abc", ""),
            [(Deleted, 1, 1), (Deleted, 2, 1), (Deleted, 3, 1)]
        );
        assert_eq!(events("abc", "acxb"), [(Moved, 2, 4)]);
        assert_eq!(events("abc", "axbc"), [(Inserted, 0, 2)]);
        assert_eq!(events("abc", "abxde"), [(Rewritten, 3, 3)]);
        assert_eq!(events("abcd", "abd"), [(Deleted, 3, 3)]);
        assert_eq!(events("aab", "ab"), [(Deleted, 2, 2)]);
        assert_eq!(events("abc", "xabyc"), [(Inserted, 0, 1), (Inserted, 0, 4)]);
    }

    #[test]
    fn added_lines() {
        let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let added = |a: &str, b: &str| {
            compare(&list(a), &list(b))
                .added
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(added("ab", "abc"), [3]);
        assert_eq!(added("ab", "xab"), [1]);
        assert_eq!(added("ab", "axy"), [3]);
        assert_eq!(lines(b"a\n\nb"), [&b"a"[..], b"", b"b"]);
        assert_eq!(lines(b"a\n").len(), 1);
        assert_eq!(lines(b"").len(), 0);
    }

    proptest! {
        #[test]
        fn no_events_exactly_for_a_prefix(base in "[a-d]{0,8}", now in "[a-d]{0,10}") {
            prop_assert_eq!(events(&base, &now).is_empty(), now.starts_with(&base));
        }

        #[test]
        fn every_lost_line_is_named_once(base in "[a-e]{0,8}", now in "[a-e]{0,10}") {
            let mut seen: Vec<u32> = events(&base, &now).into_iter().map(|(_, before, _)| before).filter(|line| *line > 0).collect();
            seen.sort_unstable();
            let all = seen.len();
            seen.dedup();
            prop_assert_eq!(all, seen.len());
        }
    }
}
