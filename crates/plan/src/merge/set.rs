//! Three-way merge of lists as sets.
//!
//! An element is known by its text; an object in a list by its `id`, or by what it points at
//! (`depends_on_id` and `type`), so that a dependency whose time was written anew is still one.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::id::natural_cmp;
use trueline_text::tree::{Kind, Node};

use super::fields::{Choice, Rules, normal, object};

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
    let find = |list: &Elements<'_>, name: &str| -> Option<usize> {
        list.iter().position(|(other, _)| other == name)
    };
    let at = |list: &Elements<'_>, name: &str| -> Option<String> {
        let (_, node) = list.get(find(list, name)?)?;
        Some(node.raw().to_owned())
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
            (x, y) if x == y || y == old => result.push(at(&ours, name)?),
            (x, _) if x == old => result.push(at(&theirs, name)?),
            _ => {
                let (x, y) = (find(&ours, name)?, find(&theirs, name)?);
                let (x, y) = (ours.get(x)?.1, theirs.get(y)?.1);
                result.push(both(Some(*node), x, y, rules, depth)?);
            }
        }
    }
    let mut new: Vec<(&str, String)> = Vec::new();
    for (name, node) in ours.iter().filter(|(name, _)| !of.contains_key(name)) {
        let Some(other) = theirs.iter().find(|(other, _)| other == name) else {
            new.push((name, node.raw().to_owned()));
            continue;
        };
        if af.get(name) == bf.get(name) {
            new.push((name, node.raw().to_owned()));
        } else if let Some(token) = both(None, *node, other.1, rules, depth) {
            new.push((name, token));
        } else {
            // Two that got one number: none of them is lost.
            let mut two = [*node, other.1].map(|node| node.raw().to_owned());
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

/// The elements of a list; `None` where one is there twice: that is no set.
fn elements<'n>(list: Option<Node<'n>>, name: Name) -> Option<Elements<'n>> {
    let items = list.into_iter().flat_map(Node::items);
    let list: Elements<'n> = items.map(|item| (name(item), item)).collect();
    let names: BTreeSet<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
    let is_set = names.len() == list.len();
    is_set.then_some(list)
}

/// The text of an element, however it is spaced.
fn form(item: Node<'_>) -> String {
    normal(item.raw())
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
    let member = |key| item.get(key).map(|node| normal(node.raw()));
    match (member("id"), member("depends_on_id")) {
        (Some(id), _) => id,
        (None, Some(target)) => format!("{target} {}", member("type").unwrap_or_default()),
        (None, None) => form(item),
    }
}
