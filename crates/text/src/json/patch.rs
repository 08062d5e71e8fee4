//! Edits of single tokens: all bytes that an edit does not name stay as they are.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::{Document, Kind, Node, encode_str, parse};
use crate::edit::{self, Splice};
use crate::tree::unescape_token;

/// Why an edit cannot be made; nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The source is not valid JSON; its first error.
    #[error("the source is not valid JSON: {0}")]
    Source(crate::SyntaxError),
    /// A new token is not one JSON value.
    #[error("not a JSON value: {0}")]
    Token(String),
    /// Nothing is at this pointer.
    #[error("nothing at `{0}`")]
    Missing(String),
    /// The value at this pointer is not of the kind (second) that the edit needs.
    #[error("the value at `{0}` is not an {1}")]
    Kind(String, &'static str),
    /// The object has the key already.
    #[error("`{0}` is there already")]
    Exists(String),
    /// The outermost value cannot be removed.
    #[error("the outermost value cannot be removed")]
    Root,
    /// Two edits concern the same value, or one a part of what another replaces or removes.
    #[error("two edits concern `{0}`")]
    Conflict(String),
}

#[derive(Debug, Clone)]
enum Op {
    Set(String, String),
    Put(String, String, String),
    Insert(String, String, String),
    Remove(String),
    Push(String, String),
}

/// Edits to make together, in one pass. All pointers (RFC 6901) are those of the source
/// before any edit. Tokens are JSON as it shall stand in the file, written verbatim.
///
/// New members and elements come last, in the order of the edits, with the separators
/// and the indentation that the container, or else the file, has. Where keys repeat, the
/// last member is meant, as everywhere.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    ops: Vec<Op>,
}

impl Patch {
    /// No edits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the value at `pointer`.
    pub fn set(&mut self, pointer: impl Into<String>, token: impl Into<String>) -> &mut Self {
        self.ops.push(Op::Set(pointer.into(), token.into()));
        self
    }

    /// Adds a member to the object at `object`, which must not have the key yet.
    pub fn insert(
        &mut self,
        object: impl Into<String>,
        key: impl Into<String>,
        token: impl Into<String>,
    ) -> &mut Self {
        self.ops
            .push(Op::Insert(object.into(), key.into(), token.into()));
        self
    }

    /// Replaces the member `key` of the object at `object`, or adds it.
    pub fn put(
        &mut self,
        object: impl Into<String>,
        key: impl Into<String>,
        token: impl Into<String>,
    ) -> &mut Self {
        self.ops
            .push(Op::Put(object.into(), key.into(), token.into()));
        self
    }

    /// Removes the member or element at `pointer`, with its comma.
    pub fn remove(&mut self, pointer: impl Into<String>) -> &mut Self {
        self.ops.push(Op::Remove(pointer.into()));
        self
    }

    /// Adds an element to the array at `array`.
    pub fn push(&mut self, array: impl Into<String>, token: impl Into<String>) -> &mut Self {
        self.ops.push(Op::Push(array.into(), token.into()));
        self
    }

    /// Whether there are no edits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Makes the edits.
    ///
    /// # Errors
    /// A [`PatchError`]: the source, a token or a pointer is not what the edit needs, or
    /// two edits contradict each other.
    pub fn apply(&self, src: &str) -> Result<String, PatchError> {
        let (doc, errors) = parse(src);
        if let Some(error) = errors.into_iter().next() {
            return Err(PatchError::Source(error));
        }
        let splices = Plan::new(&doc, src).make(&self.ops)?;
        edit::apply_unsorted(src, splices).map_err(|error| PatchError::Conflict(error.to_string()))
    }
}

/// Replaces the value at `pointer`; see [`Patch::set`].
///
/// # Errors
/// As [`Patch::apply`].
pub fn set(src: &str, pointer: &str, token: &str) -> Result<String, PatchError> {
    Patch::new().set(pointer, token).apply(src)
}

/// Adds a member to an object; see [`Patch::insert`].
///
/// # Errors
/// As [`Patch::apply`].
pub fn insert(src: &str, object: &str, key: &str, token: &str) -> Result<String, PatchError> {
    Patch::new().insert(object, key, token).apply(src)
}

/// Removes a member or an element; see [`Patch::remove`].
///
/// # Errors
/// As [`Patch::apply`].
pub fn remove(src: &str, pointer: &str) -> Result<String, PatchError> {
    Patch::new().remove(pointer).apply(src)
}

/// Adds an element to an array; see [`Patch::push`].
///
/// # Errors
/// As [`Patch::apply`].
pub fn push(src: &str, array: &str, token: &str) -> Result<String, PatchError> {
    Patch::new().push(array, token).apply(src)
}

/// Changes of the members of one container.
#[derive(Default)]
struct Change {
    /// Slots that go.
    removed: Vec<usize>,
    /// Key (of an object's member) and token of what comes.
    added: Vec<(Option<String>, String)>,
    /// The keys of these.
    keys: HashSet<String>,
}

struct Plan<'d> {
    doc: &'d Document,
    src: &'d str,
    /// Replaced and removed bytes, with the pointer for messages.
    taken: Vec<(Range<usize>, String)>,
    /// Changed containers by their offset.
    changes: BTreeMap<usize, (Node<'d>, Change)>,
    splices: Vec<Splice>,
}

impl<'d> Plan<'d> {
    fn new(doc: &'d Document, src: &'d str) -> Self {
        Self {
            doc,
            src,
            taken: Vec::new(),
            changes: BTreeMap::new(),
            splices: Vec::new(),
        }
    }

    fn make(mut self, ops: &[Op]) -> Result<Vec<Splice>, PatchError> {
        for op in ops {
            match op {
                Op::Set(pointer, token) => {
                    check(token)?;
                    let node = self.find(pointer)?;
                    self.replace(node, token);
                }
                Op::Put(object, key, token) => {
                    check(token)?;
                    let node = self.container(object, Kind::Object)?;
                    match node.get(key) {
                        Some(member) => self.replace(member, token),
                        None => self.add(node, Some(key), token)?,
                    }
                }
                Op::Insert(object, key, token) => {
                    check(token)?;
                    let node = self.container(object, Kind::Object)?;
                    if let Some(member) = node.get(key) {
                        return Err(PatchError::Exists(member.pointer()));
                    }
                    self.add(node, Some(key), token)?;
                }
                Op::Push(array, token) => {
                    check(token)?;
                    let node = self.container(array, Kind::Array)?;
                    self.add(node, None, token)?;
                }
                Op::Remove(pointer) => {
                    let node = self.find(pointer)?;
                    let parent = node.parent().ok_or(PatchError::Root)?;
                    self.taken.push((item_span(node), pointer.clone()));
                    self.change(parent).removed.push(node.slot());
                }
            }
        }
        self.refuse_conflicts()?;
        let changes = std::mem::take(&mut self.changes);
        for (node, change) in changes.into_values() {
            self.change_container(node, change);
        }
        Ok(self.splices)
    }

    fn find(&self, pointer: &str) -> Result<Node<'d>, PatchError> {
        let found = self.doc.at(pointer);
        found.ok_or_else(|| PatchError::Missing(pointer.to_owned()))
    }

    fn container(&self, pointer: &str, kind: Kind) -> Result<Node<'d>, PatchError> {
        let node = self.find(pointer)?;
        if node.kind() == kind {
            return Ok(node);
        }
        Err(PatchError::Kind(pointer.to_owned(), kind.name()))
    }

    fn change(&mut self, node: Node<'d>) -> &mut Change {
        let entry = self.changes.entry(node.span().start);
        &mut entry.or_insert_with(|| (node, Change::default())).1
    }

    fn replace(&mut self, node: Node<'d>, token: &str) {
        self.taken.push((node.span(), node.pointer()));
        self.splices.push(Splice::new(node.span(), token));
    }

    fn add(&mut self, node: Node<'d>, key: Option<&str>, token: &str) -> Result<(), PatchError> {
        let change = self.change(node);
        let key = key.map(str::to_owned);
        if let Some(key) = &key
            && !change.keys.insert(key.clone())
        {
            return Err(PatchError::Conflict(key.clone()));
        }
        change.added.push((key, token.to_owned()));
        Ok(())
    }

    /// No edit may touch bytes that another one replaces or removes.
    fn refuse_conflicts(&mut self) -> Result<(), PatchError> {
        self.taken
            .sort_by_key(|(range, _)| (range.start, range.end));
        for pair in self.taken.windows(2) {
            if let [(first, _), (second, pointer)] = pair
                && second.start < first.end
            {
                return Err(PatchError::Conflict(pointer.clone()));
            }
        }
        for (start, (node, change)) in &self.changes {
            let before = self
                .taken
                .partition_point(|(range, _)| range.start <= *start);
            let holder = before.checked_sub(1).and_then(|slot| self.taken.get(slot));
            if !change.added.is_empty() && holder.is_some_and(|(range, _)| range.end > *start) {
                return Err(PatchError::Conflict(node.pointer()));
            }
        }
        Ok(())
    }

    /// Removals and additions of one container.
    fn change_container(&mut self, node: Node<'d>, mut change: Change) {
        change.removed.sort_unstable();
        let items: Vec<Range<usize>> = node.children().map(item_span).collect();
        let added = self.added_text(node, &items, &change);
        let inside = node.span().start + 1..node.span().end.saturating_sub(1);
        let is_gone = |slot: usize| change.removed.binary_search(&slot).is_ok();
        let last_kept = (0..items.len()).rev().find(|slot| !is_gone(*slot));
        let Some(last_kept) = last_kept else {
            match (items.first(), items.last()) {
                (Some(first), Some(last)) if !added.is_empty() => {
                    self.splices.push(Splice::new(first.start..last.end, added));
                }
                // Every member goes, or there was none: white space between brackets, too.
                _ => self.splices.push(Splice::new(inside, added)),
            }
            return;
        };
        let mut cut_from = None;
        let mut kept_end = None;
        for (slot, item) in items.iter().enumerate() {
            if is_gone(slot) {
                cut_from = cut_from.or(Some(kept_end.unwrap_or(item.start)));
                continue;
            }
            if let Some(start) = cut_from.take() {
                // A cut at the front takes the comma after it, any other the one before it.
                let end = match kept_end {
                    None => item.start,
                    Some(_) => items.get(slot - 1).map_or(item.start, |before| before.end),
                };
                self.splices.push(Splice::new(start..end, ""));
            }
            kept_end = Some(item.end);
        }
        if let (Some(start), Some(last)) = (cut_from, items.last()) {
            self.splices.push(Splice::new(start..last.end, ""));
        }
        if !added.is_empty()
            && let Some(item) = items.get(last_kept)
        {
            self.splices.push(Splice::new(item.end..item.end, added));
        }
    }

    /// Text of the new members, with all separators around them.
    fn added_text(&self, node: Node<'d>, items: &[Range<usize>], change: &Change) -> String {
        if change.added.is_empty() {
            return String::new();
        }
        let style = super::style::Style::of(self.doc, self.src, node, items);
        let mut text = String::new();
        if items.is_empty() {
            text.push_str(&style.before_first);
        }
        let is_first = items.len() == change.removed.len();
        for (slot, (key, token)) in change.added.iter().enumerate() {
            if slot > 0 || !is_first {
                text.push_str(&style.between);
            }
            if let Some(key) = key {
                text.push_str(&encode_str(key));
                text.push_str(&style.colon);
            }
            text.push_str(token);
        }
        if items.is_empty() {
            text.push_str(&style.after_last);
        }
        text
    }
}

/// Bytes of a member (key, colon and value) or of an element.
pub(super) fn item_span(node: Node<'_>) -> Range<usize> {
    let span = node.span();
    node.key_span().map_or(span.start, |key| key.start)..span.end
}

fn check(token: &str) -> Result<(), PatchError> {
    match parse(token).1.into_iter().next() {
        None => Ok(()),
        Some(error) => Err(PatchError::Token(error.message)),
    }
}

/// The tokens of a pointer, decoded; `None` if it is malformed.
#[must_use]
pub fn split_pointer(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    let tokens = pointer.strip_prefix('/')?.split('/');
    tokens
        .map(|token| unescape_token(token).map(std::borrow::Cow::into_owned))
        .collect()
}
