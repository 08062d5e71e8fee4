//! Three-way merge of one record, field by field.
//!
//! Declared rules for what both sides changed, in this order: lists are merged as sets (see
//! `set`); of a status `done` wins over what is merely begun, a tombstone over everything; of a time
//! (`*_at`) the later one wins, of `created_at` the earlier; `content_hash`, which fits neither side
//! any more, comes from the side that was updated last; objects are merged member by member, but for
//! claims. Anything else that differs is a conflict.

use trueline_text::json::{self, Patch, encode_str};
use trueline_text::tree::{Kind, Node};

use super::ConflictKind;
use super::set::set;
use super::winner::{instant, later, winner};

/// Objects inside one another that are merged member by member.
pub(super) const MAX_DEPTH: usize = 16;

/// What became of a record that both sides changed.
pub(super) enum Outcome {
    /// One text.
    Clean(String),
    /// Two texts that agree in all but the fields in conflict.
    Conflict {
        ours: String,
        theirs: String,
        kind: ConflictKind,
    },
}

/// What is declared, and how the record is set.
pub(super) struct Rules<'d> {
    /// Statuses that mean done.
    done: &'d [&'d str],
    /// Whether a space follows commas and colons.
    pub(super) is_spaced: bool,
    /// Whether ours (true) or theirs was updated last, where the record says so.
    is_ours_newer: Option<bool>,
}

/// What a member becomes.
pub(super) enum Choice {
    /// This token on both sides; `None` for no member.
    One(Option<String>),
    /// These tokens, one on each side.
    Both(Option<String>, Option<String>),
}

/// Merges a record that both sides have, in different forms.
pub(super) fn merge(o: Option<&[u8]>, a: &[u8], b: &[u8], done: &[&str]) -> Outcome {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (base, ours, theirs) = (o.map(text).unwrap_or_default(), text(a), text(b));
    let whole = |kind| Outcome::Conflict {
        ours: ours.clone(),
        theirs: theirs.clone(),
        kind,
    };
    let (od, _) = json::parse(&base);
    let (ad, _) = json::parse(&ours);
    let (bd, _) = json::parse(&theirs);
    let (Some(an), Some(bn)) = (ad.root(), bd.root()) else {
        return whole(ConflictKind::Fields(Vec::new()));
    };
    let on = od.root().filter(|_| o.is_some());
    if on.is_none() && is_collision(an, bn) {
        return whole(ConflictKind::Collision);
    }
    let rules = Rules {
        done,
        is_spaced: ours.contains("\": "),
        is_ours_newer: newer(an, bn),
    };
    let mut conflicts = Vec::new();
    let (mut for_ours, mut for_theirs) = (Patch::new(), Patch::new());
    for key in keys(on, an, bn) {
        let (x, y) = (an.get(key), bn.get(key));
        let tokens = match member(key, on.and_then(|on| on.get(key)), x, y, &rules, 0) {
            Choice::One(token) => (token.clone(), token),
            Choice::Both(mine, other) => {
                conflicts.push(key.to_owned());
                (mine, other)
            }
        };
        // The record keeps our form; where it is shown twice, both do.
        put(&mut for_ours, key, x, tokens.0);
        put(&mut for_theirs, key, x, tokens.1);
    }
    let (Ok(merged), Ok(other)) = (for_ours.apply(&ours), for_theirs.apply(&ours)) else {
        return whole(ConflictKind::Fields(conflicts));
    };
    if conflicts.is_empty() {
        Outcome::Clean(merged)
    } else {
        Outcome::Conflict {
            ours: merged,
            theirs: other,
            kind: ConflictKind::Fields(conflicts),
        }
    }
}

/// Whether ours was updated last; `None` where a side does not say when, or both say the same.
fn newer(a: Node<'_>, b: Node<'_>) -> Option<bool> {
    let at = |node: Node<'_>| instant(&node.get("updated_at")?.as_str()?);
    let (a, b) = (at(a)?, at(b)?);
    (a != b).then_some(a > b)
}

/// Two different things under one id.
fn is_collision(a: Node<'_>, b: Node<'_>) -> bool {
    let title = |node: Node<'_>| node.get("title").map(canonical);
    matches!((title(a), title(b)), (Some(a), Some(b)) if a != b)
}

/// The keys of all three, ours first.
fn keys<'n>(o: Option<Node<'n>>, a: Node<'n>, b: Node<'n>) -> Vec<&'n str> {
    let mut seen = std::collections::BTreeSet::new();
    let all = a.members().chain(b.members());
    let all = all.chain(o.into_iter().flat_map(Node::members));
    all.map(|(key, _)| key)
        .filter(|key| seen.insert(*key))
        .collect()
}

fn put(patch: &mut Patch, key: &str, present: Option<Node<'_>>, token: Option<String>) {
    match (present, token) {
        (Some(node), Some(token)) if node.raw() == token => {}
        (_, Some(token)) => {
            patch.put("", key, token);
        }
        (Some(node), None) => {
            patch.remove(node.pointer());
        }
        (None, None) => {}
    }
}

pub(super) fn member(
    key: &str,
    o: Option<Node<'_>>,
    a: Option<Node<'_>>,
    b: Option<Node<'_>>,
    rules: &Rules<'_>,
    depth: usize,
) -> Choice {
    let raw = |node: Option<Node<'_>>| node.map(|node| node.raw().to_owned());
    let form = |node: Option<Node<'_>>| node.map(canonical);
    let (of, af, bf) = (form(o), form(a), form(b));
    if af == bf || of == bf {
        return Choice::One(raw(a));
    }
    if of == af {
        return Choice::One(raw(b));
    }
    let both = Choice::Both(raw(a), raw(b));
    let (Some(x), Some(y)) = (a, b) else {
        return both;
    };
    match (x.kind(), y.kind()) {
        (Kind::Array, Kind::Array) => match set(o, x, y, rules, depth) {
            Some(token) => Choice::One(Some(token)),
            None => both,
        },
        (Kind::Object, Kind::Object) if key != "claim" && depth < MAX_DEPTH => {
            object(o, x, y, rules, depth)
        }
        (Kind::String, Kind::String) => {
            let (s, t) = (
                x.as_str().unwrap_or_default(),
                y.as_str().unwrap_or_default(),
            );
            let rule = match key {
                "content_hash" => rules.is_ours_newer,
                _ => {
                    let base = o.and_then(Node::as_str);
                    winner(key, base.as_deref(), &s, &t, rules.done)
                }
            };
            match rule {
                Some(true) => Choice::One(raw(a)),
                Some(false) => Choice::One(raw(b)),
                None => both,
            }
        }
        (Kind::Number, Kind::Number) => match later(key, x.raw(), y.raw()) {
            Some(true) => Choice::One(raw(a)),
            Some(false) => Choice::One(raw(b)),
            None => both,
        },
        _ => both,
    }
}

/// Objects, member by member.
pub(super) fn object(
    o: Option<Node<'_>>,
    a: Node<'_>,
    b: Node<'_>,
    rules: &Rules<'_>,
    depth: usize,
) -> Choice {
    let o = o.filter(|o| o.kind() == Kind::Object);
    let mut members = Vec::new();
    for key in keys(o, a, b) {
        let base = o.and_then(|o| o.get(key));
        match member(key, base, a.get(key), b.get(key), rules, depth + 1) {
            Choice::One(Some(token)) => {
                let colon = if rules.is_spaced { ": " } else { ":" };
                members.push(format!("{}{colon}{token}", encode_str(key)));
            }
            Choice::One(None) => {}
            Choice::Both(..) => {
                return Choice::Both(Some(a.raw().to_owned()), Some(b.raw().to_owned()));
            }
        }
    }
    let comma = if rules.is_spaced { ", " } else { "," };
    Choice::One(Some(format!("{{{}}}", members.join(comma))))
}

/// What a value says, in one form: what is only set, ordered or escaped otherwise is the same.
/// Numbers stay as written.
pub(super) fn canonical(node: Node<'_>) -> String {
    let mut out = String::new();
    // A tree that was parsed is no deeper than the parser goes.
    write(node, &mut out);
    out
}

fn write(node: Node<'_>, out: &mut String) {
    let mut between = "";
    match node.kind() {
        Kind::String => out.push_str(&encode_str(&node.as_str().unwrap_or_default())),
        Kind::Array => {
            out.push('[');
            for item in node.items() {
                out.push_str(std::mem::replace(&mut between, ","));
                write(item, out);
            }
            out.push(']');
        }
        Kind::Object => {
            let mut members: Vec<_> = node.members().collect();
            // Stable: of a key that is there twice the order counts.
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in members {
                out.push_str(std::mem::replace(&mut between, ","));
                out.push_str(&encode_str(key));
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        _ => out.push_str(node.raw()),
    }
}

/// Whether two lines say the same.
pub(super) fn is_same(a: &[u8], b: &[u8]) -> bool {
    let form = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?.to_owned();
        let (document, errors) = json::parse(&text);
        let root = document.root().filter(|_| errors.is_empty())?;
        Some(canonical(root))
    };
    a == b || matches!((form(a), form(b)), (Some(a), Some(b)) if a == b)
}
