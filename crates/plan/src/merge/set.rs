//! Three-way merge of lists as sets.
//!
//! An element is known by its text; an object in a list by its `id`, or by what it points at
//! (`depends_on_id` and `type`), so that a dependency whose time was written anew is still one.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::id::natural_cmp;
use trueline_text::tree::{Kind, Node};

use super::fields::{Choice, Rules, canonical, object};
use super::winner::winner;

/// Elements by what they are known by, in the order of the list.
type Elements<'n> = Vec<(String, Node<'n>)>;

/// Gives what an element is known by.
type Name = fn(Node<'_>) -> String;

/// What either side removed goes, what either added comes. `None` where both replaced the same
/// element, each by another, or one removed what the other changed.
pub(super) fn set<'n>(
    o: Option<Node<'n>>,
    a: Node<'n>,
    b: Node<'n>,
    rules: &Rules<'_>,
    depth: usize,
) -> Option<String> {
    let o = o.filter(|o| o.kind() == Kind::Array);
    let sides = |name: Name| -> Option<[Elements<'n>; 3]> {
        Some([
            elements(o, name)?,
            elements(Some(a), name)?,
            elements(Some(b), name)?,
        ])
    };
    let [base, ours, theirs] = sides(name).or_else(|| sides(form))?;
    let index = |list: &Elements<'_>| -> BTreeMap<String, String> {
        let pairs = list.iter();
        pairs
            .map(|(name, node)| (name.clone(), form(*node)))
            .collect()
    };
    let (of, af, bf) = (index(&base), index(&ours), index(&theirs));
    let added = |side: &BTreeMap<String, String>| side.keys().any(|name| !of.contains_key(name));
    let gone_in_both = of
        .keys()
        .any(|name| !af.contains_key(name) && !bf.contains_key(name));
    if gone_in_both && added(&af) && added(&bf) && !af.keys().eq(bf.keys()) {
        return None;
    }
    let (by_ours, by_theirs) = (nodes(&ours), nodes(&theirs));
    let at = |side: &BTreeMap<&str, Node<'n>>, name: &str| -> Option<String> {
        Some(side.get(name)?.raw().to_owned())
    };
    let mut result = Vec::new();
    for (name, node) in &base {
        let old = of.get(name);
        match (af.get(name), bf.get(name)) {
            (None, None) => {}
            // Removed here; there it must be what it was.
            (None, left) | (left, None) => {
                if left != old {
                    return None;
                }
            }
            (x, y) if x == y || y == old => result.push(at(&by_ours, name)?),
            (x, _) if x == old => result.push(at(&by_theirs, name)?),
            _ => {
                let (x, y) = (by_ours.get(&**name)?, by_theirs.get(&**name)?);
                result.push(both(Some(*node), *x, *y, rules, depth)?);
            }
        }
    }
    let mut new: Vec<(&str, String)> = Vec::new();
    for (name, node) in ours.iter().filter(|(name, _)| !of.contains_key(name)) {
        let Some(other) = by_theirs.get(&**name) else {
            new.push((name, node.raw().to_owned()));
            continue;
        };
        if af.get(name) == bf.get(name) {
            new.push((name, node.raw().to_owned()));
        } else if let Some(token) = both(None, *node, *other, rules, depth) {
            new.push((name, token));
        } else if is_edge(*node) {
            new.push((name, earlier(*node, *other)?.raw().to_owned()));
        } else {
            // Two that got one number: none of them is lost.
            let mut two = [*node, *other].map(|node| node.raw().to_owned());
            two.sort();
            new.extend(two.map(|token| (name.as_str(), token)));
        }
    }
    let others = theirs.iter().filter(|(name, _)| !of.contains_key(name));
    let others = others.filter(|(name, _)| !af.contains_key(name));
    new.extend(others.map(|(name, node)| (name.as_str(), node.raw().to_owned())));
    new.sort_by(|x, y| natural_cmp(x.0, y.0));
    result.extend(new.into_iter().map(|(_, token)| token));
    let comma = if rules.is_spaced { ", " } else { "," };
    Some(format!("[{}]", result.join(comma)))
}

/// Elements by what they are known by.
fn nodes<'e, 'n>(list: &'e Elements<'n>) -> BTreeMap<&'e str, Node<'n>> {
    list.iter()
        .map(|(name, node)| (name.as_str(), *node))
        .collect()
}

/// Whether an element is known by what it points at: it is one thing, whoever made it.
fn is_edge(item: Node<'_>) -> bool {
    item.get("id").is_none() && item.get("depends_on_id").is_some()
}

/// Of one edge that both sides made, the one that was made first.
fn earlier<'n>(a: Node<'n>, b: Node<'n>) -> Option<Node<'n>> {
    let at = |item: Node<'n>| item.get("created_at").and_then(Node::as_str);
    let is_ours = winner("created_at", None, &at(a)?, &at(b)?, &[])?;
    Some(if is_ours { a } else { b })
}

/// The elements of a list; `None` where one is there twice: that is no set.
fn elements<'n>(list: Option<Node<'n>>, name: Name) -> Option<Elements<'n>> {
    let items = list.into_iter().flat_map(Node::items);
    let list: Elements<'n> = items.map(|item| (name(item), item)).collect();
    let names: BTreeSet<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
    let is_set = names.len() == list.len();
    is_set.then_some(list)
}

/// What an element says, however it is set.
fn form(item: Node<'_>) -> String {
    canonical(item)
}

/// An element that both sides have, in different forms.
fn both(
    o: Option<Node<'_>>,
    a: Node<'_>,
    b: Node<'_>,
    rules: &Rules<'_>,
    depth: usize,
) -> Option<String> {
    if depth >= super::fields::MAX_DEPTH || [a, b].iter().any(|n| n.kind() != Kind::Object) {
        return None;
    }
    match object(o, a, b, rules, depth + 1) {
        Choice::One(token) => token,
        Choice::Both(..) => None,
    }
}

/// What an element is known by.
fn name(item: Node<'_>) -> String {
    let member = |key| item.get(key).map(canonical);
    match (member("id"), member("depends_on_id")) {
        (Some(id), _) => id,
        (None, Some(target)) => format!("{target} {}", member("type").unwrap_or_default()),
        (None, None) => form(item),
    }
}
