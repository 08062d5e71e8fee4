//! Three-way merge of one record, field by field.
//!
//! Declared rules for what both sides changed, in this order: lists are merged as sets; of a
//! status `done` wins over what is merely begun, a tombstone over everything; of a time (`*_at`)
//! the later one wins; objects are merged member by member, but for claims. Anything else that
//! differs is a conflict.

use trueline_core::id::natural_cmp;
use trueline_text::json::{self, Patch, encode_str};
use trueline_text::tree::{Kind, Node};

use super::ConflictKind;

/// Objects inside one another that are merged member by member.
const MAX_DEPTH: usize = 16;

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

/// Statuses that are begun or not, but neither done nor blocked.
const BEGUN: &[&str] = &["todo", "open", "doing", "in_progress", "review", "hooked"];

/// What is declared, and how the record is set.
struct Rules<'d> {
    /// Statuses that mean done.
    done: &'d [&'d str],
    /// Whether a space follows commas.
    is_spaced: bool,
}

/// What a member becomes.
enum Choice {
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

/// Two different things under one id.
fn is_collision(a: Node<'_>, b: Node<'_>) -> bool {
    let title = |node: Node<'_>| node.get("title").map(|title| normal(title.raw()));
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

fn member(
    key: &str,
    o: Option<Node<'_>>,
    a: Option<Node<'_>>,
    b: Option<Node<'_>>,
    rules: &Rules<'_>,
    depth: usize,
) -> Choice {
    let raw = |node: Option<Node<'_>>| node.map(|node| node.raw().to_owned());
    let form = |node: Option<Node<'_>>| node.map(|node| normal(node.raw()));
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
        (Kind::Array, Kind::Array) => match set(o, x, y, rules.is_spaced) {
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
            match winner(key, &s, &t, rules.done) {
                Some(true) => Choice::One(raw(a)),
                Some(false) => Choice::One(raw(b)),
                None => both,
            }
        }
        _ => both,
    }
}

/// Whether ours (true) or theirs wins by a declared rule.
fn winner(key: &str, ours: &str, theirs: &str, done: &[&str]) -> Option<bool> {
    if key == "status" {
        if ours == "tombstone" || theirs == "tombstone" {
            return Some(ours == "tombstone");
        }
        let is_done = |word: &str| matches!(word, "done" | "closed") || done.contains(&word);
        let is_begun = |word: &str| BEGUN.contains(&word);
        return match (is_done(ours), is_done(theirs)) {
            (true, false) if is_begun(theirs) => Some(true),
            (false, true) if is_begun(ours) => Some(false),
            _ => None,
        };
    }
    if key.ends_with("_at") {
        let (x, y) = (instant(ours)?, instant(theirs)?);
        // Two ways to write one instant: the same side wins from wherever it is looked at.
        return Some((x, ours) > (y, theirs));
    }
    None
}

/// Seconds and nanoseconds of an RFC 3339 time, as something to compare by.
fn instant(text: &str) -> Option<(i64, String)> {
    if !trueline_core::scalar::is_timestamp(text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let rest = text.get(19..)?;
    let fraction: String = rest
        .strip_prefix('.')
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let shift = match zone.get(..1)? {
        "Z" | "z" => 0,
        sign => {
            let minutes =
                zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6)?.parse::<i64>().ok()?;
            if sign == "-" { -minutes } else { minutes }
        }
    };
    // Days since the year 0 of a calendar whose years begin in March.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day;
    let seconds = ((days * 24 + hour) * 60 + minute - shift) * 60 + second;
    Some((seconds, fraction.trim_end_matches('0').to_owned()))
}

/// A three-way merge of sets: what either side removed goes, what either added comes. `None`
/// where both replaced the same element, each by another.
fn set(o: Option<Node<'_>>, a: Node<'_>, b: Node<'_>, is_spaced: bool) -> Option<String> {
    let elements = |node: Node<'_>| -> Vec<(String, String)> {
        node.items()
            .map(|item| (normal(item.raw()), item.raw().to_owned()))
            .collect()
    };
    let (base, ours, theirs) = (
        o.filter(|o| o.kind() == Kind::Array)
            .map(elements)
            .unwrap_or_default(),
        elements(a),
        elements(b),
    );
    let forms = |list: &[(String, String)]| -> std::collections::BTreeSet<String> {
        list.iter().map(|(form, _)| form.clone()).collect()
    };
    let (of, af, bf) = (forms(&base), forms(&ours), forms(&theirs));
    // Lists with repetitions are no sets.
    if of.len() != base.len() || af.len() != ours.len() || bf.len() != theirs.len() {
        return None;
    }
    let added = |side: &std::collections::BTreeSet<String>| side.difference(&of).count();
    let gone_in_both = of
        .iter()
        .any(|form| !af.contains(form) && !bf.contains(form));
    if gone_in_both
        && added(&af) > 0
        && added(&bf) > 0
        && af.symmetric_difference(&bf).next().is_some()
    {
        return None;
    }
    let mut result: Vec<&(String, String)> = base
        .iter()
        .filter(|(form, _)| af.contains(form) && bf.contains(form))
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut new: Vec<&(String, String)> = ours
        .iter()
        .chain(&theirs)
        .filter(|(form, _)| !of.contains(form) && seen.insert(form))
        .collect();
    new.sort_by(|x, y| natural_cmp(&x.0, &y.0));
    result.extend(new);
    let texts: Vec<&str> = result.iter().map(|(_, raw)| raw.as_str()).collect();
    Some(format!(
        "[{}]",
        texts.join(if is_spaced { ", " } else { "," })
    ))
}

/// Objects, member by member.
fn object(
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
            Choice::One(Some(token)) => members.push(format!("{}: {token}", encode_str(key))),
            Choice::One(None) => {}
            Choice::Both(..) => {
                return Choice::Both(Some(a.raw().to_owned()), Some(b.raw().to_owned()));
            }
        }
    }
    Choice::One(Some(format!("{{{}}}", members.join(", "))))
}

/// A token without white space outside strings: what is only set otherwise is the same.
fn normal(token: &str) -> String {
    let mut out = String::with_capacity(token.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in token.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if !c.is_ascii_whitespace() {
            in_string = c == '"';
            out.push(c);
        }
    }
    out
}
