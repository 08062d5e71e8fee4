//! The trailers that concordance knows, and lines that look like them.

use std::cell::LazyCell;
use std::ops::Range;

use trueline_core::Id;

use super::parse::{Rules, Trailer, parse};
use crate::hash::HashSet;
use crate::ids::{Kind, Prefixes};
use crate::model::Model;

/// What a trailer claims about the items it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// `NT:`, `TD:`: the commit serves the item. Such a key takes ids of its own kind only.
    Serves,
    /// `WBS:`: the commit is part of the work item.
    Work,
    /// `Implements:`: as `NT:` or `TD:`, by the id's prefix.
    Implements,
    /// `Verifies:`: the commit proves the item.
    Verifies,
}

/// One id of one trailer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub kind: ClaimKind,
    /// Of which item.
    pub id: Id,
    /// What the id names.
    pub of: Kind,
    /// Its bytes in the message: the whole trailer.
    pub range: Range<usize>,
}

/// A known key with a value that names no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The key as written.
    pub key: String,
    /// What ids of that key name; `None` where any will do.
    pub of: Option<Kind>,
    /// The words of the value that are no id that the key takes; at most 80 characters.
    pub text: String,
    /// The bytes of the trailer in the message.
    pub range: Range<usize>,
}

/// What a message claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// The claims in the order of the message.
    pub claims: Vec<Claim>,
    /// What could not be understood.
    pub malformed: Vec<Malformed>,
}

impl Claims {
    /// The ids of a kind, in the order of the message.
    pub fn ids(&self, kind: Kind) -> impl Iterator<Item = &Id> {
        self.claims
            .iter()
            .filter(move |claim| claim.of == kind)
            .map(|claim| &claim.id)
    }

    /// Has each claim name its item by the id that the blueprints hold.
    pub fn share(&mut self, model: &Model) {
        let ids = self.claims.iter_mut().map(|claim| &mut claim.id);
        ids.for_each(|id| model.share(id));
    }

    /// True when the message claims nothing, rightly or wrongly written.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.malformed.is_empty()
    }
}

/// A line that was meant as a trailer but that git does not read as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The line, trimmed.
    pub line: String,
    /// Its bytes in the message.
    pub range: Range<usize>,
    /// The line that hides it: prose in the same paragraph.
    pub because: Option<String>,
}

/// Most ids that one trailer may name; more are malformed.
pub(super) const MAX_IDS: usize = 256;

/// Most hidden lines of one message that are told.
pub(super) const MAX_HIDDEN: usize = 100;

/// Reads the claims of a message.
///
/// Keys compare without case, as git compares them. A value names one id or several, separated
/// by commas or blanks; a revision (`NT-1~2`) is accepted and dropped.
pub fn claims(message: &str, prefixes: &Prefixes) -> Claims {
    claims_of(&parse(message, Rules::default()), prefixes)
}

/// The claims of a message, and the lines of it that are hidden: see [`claims`] and [`hidden`].
pub fn claims_and_hidden(message: &str, prefixes: &Prefixes) -> (Claims, Vec<Hidden>) {
    let seen = parse(message, Rules::default());
    let all = claims_of(&seen, prefixes);
    let hidden = hidden_of(message, &seen, &all, prefixes);
    (all, hidden)
}

fn claims_of(trailers: &[Trailer], prefixes: &Prefixes) -> Claims {
    let mut out = Claims::default();
    for trailer in trailers {
        if let Some(kind) = kind(&trailer.key, prefixes) {
            read(trailer, kind, prefixes, &mut out);
        }
    }
    // They are kept for every commit of a range.
    out.claims.shrink_to_fit();
    out
}

fn read(trailer: &Trailer, kind: ClaimKind, prefixes: &Prefixes, out: &mut Claims) {
    let own = prefixes.kind_of_key(&trailer.key);
    let (mut count, mut bad) = (0, Vec::new());
    for word in words(&trailer.value) {
        count += 1;
        let text = word.split_once('~').map_or(word, |(id, _)| id);
        let known = Id::new(text)
            .ok()
            .and_then(|id| Some((prefixes.kind(&id)?, id)));
        match known {
            Some((of, id)) if count <= MAX_IDS && own.is_none_or(|own| own == of) => {
                out.claims.push(Claim {
                    kind,
                    id,
                    of,
                    range: trailer.range.clone(),
                });
            }
            _ => bad.push(word),
        }
        if count > MAX_IDS {
            break;
        }
    }
    if count == 0 || !bad.is_empty() {
        out.malformed.push(Malformed {
            key: trailer.key.clone(),
            of: own,
            text: bad.join(" ").chars().take(80).collect(),
            range: trailer.range.clone(),
        });
    }
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| c == ',' || c == ';' || c.is_whitespace())
        .filter(|word| !word.is_empty())
}

fn kind(key: &str, prefixes: &Prefixes) -> Option<ClaimKind> {
    match prefixes.kind_of_key(key) {
        Some(Kind::Nt | Kind::Td) => Some(ClaimKind::Serves),
        Some(Kind::Wbs) => Some(ClaimKind::Work),
        None if key.eq_ignore_ascii_case("Implements") => Some(ClaimKind::Implements),
        None if key.eq_ignore_ascii_case("Verifies") => Some(ClaimKind::Verifies),
        None => None,
    }
}

/// Lines of the form `NT: NT-1` that are not among the trailers git reads.
///
/// Only lines whose value begins with an id of a known prefix count, so that prose such as
/// `NT: see below` in a body is left alone. Indented and quoted lines are left alone too.
pub fn hidden(message: &str, prefixes: &Prefixes) -> Vec<Hidden> {
    claims_and_hidden(message, prefixes).1
}

fn hidden_of(message: &str, seen: &[Trailer], all: &Claims, prefixes: &Prefixes) -> Vec<Hidden> {
    // Most messages have no line to be judged by it.
    let claimed: LazyCell<HashSet<&str>, _> =
        LazyCell::new(|| all.claims.iter().map(|claim| claim.id.as_str()).collect());
    let mut out = Vec::new();
    let mut at = 0;
    for paragraph_line in message.split_inclusive('\n') {
        let range = at..at + paragraph_line.trim_end().len();
        at += paragraph_line.len();
        let before = seen.partition_point(|t| t.range.start <= range.start);
        let around = before.checked_sub(1).and_then(|at| seen.get(at));
        if around.is_some_and(|t| range.end <= t.range.end) {
            continue;
        }
        if let Some(line) = looks_like_claim(paragraph_line, prefixes)
            && !is_said(line, &claimed)
        {
            if out.len() == MAX_HIDDEN {
                break;
            }
            out.push(Hidden {
                line: line.to_owned(),
                because: prose_beside(message, range.start),
                range,
            });
        }
    }
    out
}

fn looks_like_claim<'a>(line: &'a str, prefixes: &Prefixes) -> Option<&'a str> {
    let line = line.trim_end();
    let (key, value) = line.split_once(':')?;
    kind(key.trim_end_matches([' ', '\t']), prefixes)?;
    let first = words(value).next()?;
    let text = first.split_once('~').map_or(first, |(id, _)| id);
    let id = Id::new(text).ok()?;
    prefixes.kind(&id).map(|_| line)
}

/// Whether every id of a line is claimed by a trailer that git sees, so that nothing is lost: the
/// message of a squash repeats those of its commits.
fn is_said(line: &str, claimed: &HashSet<&str>) -> bool {
    let value = line.split_once(':').map_or("", |(_, value)| value);
    words(value).all(|word| {
        let id = word.split_once('~').map_or(word, |(id, _)| id);
        claimed.contains(id)
    })
}

/// The line of prose in the paragraph around an offset, if there is one.
fn prose_beside(message: &str, offset: usize) -> Option<String> {
    let before = message.get(..offset)?;
    let start = before.rfind("\n\n").map_or(0, |at| at + 2);
    let after = message.get(offset..)?;
    let end = after.find("\n\n").map_or(message.len(), |at| offset + at);
    let is_prose = |line: &&str| {
        let key = line.split(':').next().unwrap_or_default();
        let is_key = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        !line.trim().is_empty()
            && !line.starts_with([' ', '\t', '#'])
            && (!line.contains(':') || !is_key)
    };
    let line = message.get(start..end)?.lines().find(is_prose)?;
    Some(line.trim().chars().take(80).collect())
}
