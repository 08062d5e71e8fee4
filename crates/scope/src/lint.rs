//! Patterns that are in the dialect and likely not what was meant.

use crate::error::Note;
use crate::glob::Glob;
use crate::parse::{Item, Node};

/// Most classes of a pattern that are looked for in a tree.
const MAX_TREE_CLASSES: usize = 64;

/// See [`Glob::lints`].
pub(crate) fn lints(glob: &Glob, items: &[Item]) -> Vec<Note> {
    let mut notes = Vec::new();
    let body = match items {
        [
            Item {
                node: Node::Slash, ..
            },
            rest @ ..,
        ] => rest,
        all => all,
    };
    if let [
        Item {
            at,
            node: Node::Globstar,
            ..
        },
        Item {
            node: Node::Slash, ..
        },
        middle @ ..,
        last,
    ] = body
        && matches!(last.node, Node::Globstar | Node::Slash)
        && middle
            .iter()
            .any(|item| !matches!(item.node, Node::Globstar | Node::Slash))
    {
        notes.push(Note::new(
            *at,
            "a scope open at both ends (`**/x/**`) meets every other one of that form; start it with a folder",
        ));
    }
    if glob.as_str().starts_with('!') {
        notes.push(Note::new(
            0,
            "`!` negates nothing here: it is a plain character; write `\\!` if it is meant",
        ));
    }
    let text = glob.as_str();
    let (front, back) = (text.trim_start().len(), text.trim_end().len());
    if back < text.len() {
        notes.push(Note::new(
            back,
            "the white space at the end is part of the pattern",
        ));
    }
    if front < text.len() {
        notes.push(Note::new(
            0,
            "the white space at the start is part of the pattern",
        ));
    }
    written(glob, items, &mut notes);
    if glob.is_empty() {
        notes.push(Note::new(0, "no path can match this pattern"));
    }
    notes.sort();
    notes
}

/// What shows in the text of single items.
fn written(glob: &Glob, items: &[Item], notes: &mut Vec<Note>) {
    for item in items {
        let text = source(glob, item);
        match &item.node {
            Node::Char(c) if c.is_alphanumeric() && text.starts_with('\\') => {
                notes.push(Note::new(
                    item.at,
                    format!("`\\{c}` is just `{c}`: folders are separated by `/`"),
                ));
            }
            Node::Class(_) if text.contains('/') => {
                notes.push(Note::new(item.at, "a class never matches `/`"));
            }
            Node::Alt(parts) => parts.iter().for_each(|part| written(glob, part, notes)),
            _ => {}
        }
    }
}

/// See [`Glob::lints_for_tree`].
pub(crate) fn lints_for_tree<P: AsRef<str>>(
    glob: &Glob,
    items: &[Item],
    paths: impl IntoIterator<Item = P>,
) -> Vec<Note> {
    let mut open = Vec::new();
    classes(items, &mut open);
    open.truncate(MAX_TREE_CLASSES);
    // The prefix of the glob itself may go on into a class of one character, as in `[x]`.
    let prefix = written_prefix(items);
    let mut notes = Vec::new();
    for path in paths {
        if open.is_empty() {
            break;
        }
        let path = path.as_ref();
        let Some(rest) = path.strip_prefix(&prefix) else {
            continue;
        };
        open.retain(|item| {
            let text = source(glob, item);
            let literal = rest.contains(text);
            if literal {
                notes.push(Note::new(
                    item.at,
                    format!("`{text}` stands in the tree as it is written (`{path}`) but is a class here; for the brackets themselves write `\\{text}`"),
                ));
            }
            !literal
        });
    }
    notes.sort();
    notes
}

/// The plain characters that a pattern begins with.
fn written_prefix(items: &[Item]) -> String {
    let plain = items.iter().map_while(|item| match item.node {
        Node::Char(c) => Some(c),
        Node::Slash => Some('/'),
        _ => None,
    });
    let prefix: String = plain.collect();
    prefix.strip_prefix('/').unwrap_or(&prefix).to_owned()
}

fn classes<'a>(items: &'a [Item], found: &mut Vec<&'a Item>) {
    for item in items {
        match &item.node {
            Node::Class(_) => found.push(item),
            Node::Alt(parts) => parts.iter().for_each(|part| classes(part, found)),
            _ => {}
        }
    }
}

fn source<'a>(glob: &'a Glob, item: &Item) -> &'a str {
    glob.as_str().get(item.at..item.end).unwrap_or_default()
}
