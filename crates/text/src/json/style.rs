//! How a file sets its commas, colons and indentation, so that new members look alike.

use std::ops::Range;

use super::{Document, Kind, Node};

/// Separators for the new members of one container.
pub(super) struct Style {
    /// Between two members: comma and white space.
    pub(super) between: String,
    /// Between a key and its value.
    pub(super) colon: String,
    /// After the opening bracket of a container that was empty.
    pub(super) before_first: String,
    /// Before its closing bracket.
    pub(super) after_last: String,
}

impl Style {
    /// The style of `node`, whose members have the bytes `items`.
    pub(super) fn of(doc: &Document, src: &str, node: Node<'_>, items: &[Range<usize>]) -> Self {
        let colon = colon(doc, src, node);
        let spacing = if colon.ends_with(' ') { ", " } else { "," };
        match items {
            [] => {
                let (before_first, after_last) = empty(doc, src, node);
                let between = if before_first.is_empty() {
                    spacing.to_owned()
                } else {
                    format!(",{before_first}")
                };
                Self {
                    between,
                    colon,
                    before_first,
                    after_last,
                }
            }
            [only] => {
                let lead = src
                    .get(node.span().start + 1..only.start)
                    .unwrap_or_default();
                let between = if lead.contains('\n') {
                    format!(",{lead}")
                } else {
                    spacing.to_owned()
                };
                Self::inside(between, colon)
            }
            [.., before, last] => {
                let between = src.get(before.end..last.start).unwrap_or(",");
                Self::inside(between.to_owned(), colon)
            }
        }
    }

    fn inside(between: String, colon: String) -> Self {
        Self {
            between,
            colon,
            before_first: String::new(),
            after_last: String::new(),
        }
    }
}

/// The colon of this object's last member, else of any in the file, else `: `.
fn colon(doc: &Document, src: &str, node: Node<'_>) -> String {
    let member = node
        .children()
        .next_back()
        .filter(|child| child.key_span().is_some());
    let member = member.or_else(|| doc.nodes().find(|node| node.key_span().is_some()));
    let between = member.and_then(|member| src.get(member.key_span()?.end..member.span().start));
    between.unwrap_or(": ").to_owned()
}

/// White space inside the brackets of an empty container that gets its first member: on
/// lines of its own if the file's containers have that, else none.
fn empty(doc: &Document, src: &str, node: Node<'_>) -> (String, String) {
    let Some((newline, unit)) = indentation(doc, src) else {
        return (String::new(), String::new());
    };
    let mut depth = 0;
    let mut outer = node;
    while let Some(parent) = outer.parent() {
        depth += usize::from(breaks_lines(src, parent));
        outer = parent;
    }
    let close = format!("{newline}{}", unit.repeat(depth));
    (format!("{close}{unit}"), close)
}

/// Whether the first member of a container stands on a line of its own.
fn breaks_lines(src: &str, node: Node<'_>) -> bool {
    lead(src, node).is_some_and(|lead| lead.contains('\n'))
}

/// White space after a container's opening bracket.
fn lead<'s>(src: &'s str, node: Node<'_>) -> Option<&'s str> {
    let first = node.children().next()?;
    src.get(node.span().start + 1..super::patch::item_span(first).start)
}

/// Line break and one step of indentation of the file, from its outermost container; an
/// empty outermost container with a line after it counts as two spaces.
fn indentation(doc: &Document, src: &str) -> Option<(&'static str, String)> {
    let root = doc.root()?;
    let newline = if src.contains("\r\n") { "\r\n" } else { "\n" };
    let mut holders = doc
        .nodes()
        .filter(|node| matches!(node.kind(), Kind::Array | Kind::Object));
    if let Some(holder) = holders.find(|node| breaks_lines(src, *node)) {
        let lead = lead(src, holder)?;
        let own = lead.rsplit('\n').next().unwrap_or_default();
        let start = holder.span().start;
        let line = src.get(..start)?.rsplit('\n').next().unwrap_or_default();
        let outer = line.len() - line.trim_start_matches([' ', '\t']).len();
        return Some((newline, own.get(outer..).unwrap_or("  ").to_owned()));
    }
    let inside = src.get(root.span())?;
    inside.contains('\n').then(|| (newline, "  ".to_owned()))
}
