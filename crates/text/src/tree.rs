//! The tree that the JSON and the YAML reader share: values that know where they stand.
//!
//! A [`Document`] is one arena: nodes are fixed-size records of offsets, text without
//! escapes is never copied out of the source. [`Node`] is a cheap handle into it.

mod build;

use std::borrow::Cow;
use std::ops::Range;

pub(crate) use build::{Builder, Key, Text, narrow};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number; [`Node::number_text`] is its token.
    Number,
    /// A string.
    String,
    /// An array (YAML: sequence).
    Array,
    /// An object (YAML: mapping).
    Object,
    /// Something that could not be read; a syntax error covers it.
    Invalid,
}

impl Kind {
    /// The name as JSON Schema and people write it: "null", "boolean", "number", …
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Invalid => "invalid",
        }
    }
}

/// A key that an object has twice, compared after escapes are decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateKey {
    /// Pointer of the member (both have the same one).
    pub pointer: String,
    /// The key, decoded.
    pub key: String,
    /// Bytes of the first key with this name, quotes included.
    pub first: Range<usize>,
    /// Bytes of the repeated key, quotes included.
    pub second: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    kind: Kind,
    truth: bool,
    parent: u32,
    /// Place among the parent's children.
    slot: u32,
    span: (u32, u32),
    key_span: (u32, u32),
    key: Text,
    text: Text,
    /// Range in `children`.
    children: (u32, u32),
    /// Start of the same number of entries in `sorted`, if the object is large.
    sorted: u32,
}

const NONE: u32 = u32::MAX;

/// A value with all its parts, their byte ranges, and a copy of the source.
#[derive(Debug, Clone, Default)]
pub struct Document {
    src: String,
    /// Decoded text that does not stand in the source as it is.
    pool: String,
    nodes: Vec<Record>,
    children: Vec<u32>,
    /// Children of large objects in the order of their keys.
    sorted: Vec<u32>,
    duplicates: Vec<DuplicateKey>,
}

impl Document {
    /// The outermost value; `None` if the text has none.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        self.node(0)
    }

    /// The value at an RFC 6901 pointer: `""` is the root, `/a~1b/0` the first element of
    /// the member "a/b". Of members with the same key the last counts, as in serde_json.
    /// `None` if there is none or the pointer is malformed.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        let mut node = self.root()?;
        if pointer.is_empty() {
            return Some(node);
        }
        for token in pointer.strip_prefix('/')?.split('/') {
            let token = unescape_token(token)?;
            node = match node.kind() {
                Kind::Object => node.get(&token)?,
                Kind::Array => node.item(parse_slot(&token)?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Keys that stand more than once in one object, in document order (at most 1000 of
    /// them, and no more once their pointers and keys have 4 MiB), each repetition with the
    /// first of its name.
    #[must_use]
    pub fn duplicates(&self) -> &[DuplicateKey] {
        &self.duplicates
    }

    /// Every value, in document order.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len())
            .filter_map(|id| u32::try_from(id).ok())
            .filter_map(|id| self.node(id))
    }

    /// The text that was read.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.src
    }

    /// The whole as a serde_json value; `None` if there is no value at all.
    #[must_use]
    pub fn to_value(&self) -> Option<serde_json::Value> {
        Some(self.root()?.to_value())
    }

    fn node(&self, id: u32) -> Option<Node<'_>> {
        let record = self.nodes.get(usize::try_from(id).ok()?)?;
        Some(Node {
            doc: self,
            record,
            id,
        })
    }

    fn text(&self, text: Text) -> &str {
        let (from, range) = match text {
            Text::None => return "",
            Text::Source(start, end) => (&self.src, start..end),
            Text::Pool(start, end) => (&self.pool, start..end),
        };
        from.get(widen(range)).unwrap_or_default()
    }
}

/// One value of a [`Document`].
#[derive(Clone, Copy)]
pub struct Node<'d> {
    doc: &'d Document,
    record: &'d Record,
    id: u32,
}

impl<'d> Node<'d> {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.record.kind
    }

    /// Bytes of the value: quotes and brackets included. In YAML a block collection ends
    /// with its last value, and an alias (`*name`) has the bytes of the alias.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        widen(self.record.span.0..self.record.span.1)
    }

    /// Bytes of the key, quotes included, if the value is a member of an object.
    #[must_use]
    pub fn key_span(self) -> Option<Range<usize>> {
        match self.record.key {
            Text::None => None,
            _ => Some(widen(self.record.key_span.0..self.record.key_span.1)),
        }
    }

    /// The decoded key, if the value is a member of an object.
    #[must_use]
    pub fn key(self) -> Option<&'d str> {
        match self.record.key {
            Text::None => None,
            key => Some(self.doc.text(key)),
        }
    }

    /// RFC 6901 pointer of the value.
    #[must_use]
    pub fn pointer(self) -> String {
        let mut path = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            path.push(node);
            node = parent;
        }
        let mut pointer = String::new();
        for node in path.into_iter().rev() {
            pointer.push('/');
            match node.key() {
                Some(key) => pointer.push_str(&escape_token(key)),
                None => pointer.push_str(&node.slot().to_string()),
            }
        }
        pointer
    }

    /// The array or object that holds it.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.doc.node(self.record.parent)
    }

    /// 0-based place among the parent's children.
    #[must_use]
    pub fn slot(self) -> usize {
        self.record.slot as usize
    }

    /// Number of members or elements; 0 of a scalar.
    #[must_use]
    pub fn len(self) -> usize {
        (self.record.children.1 - self.record.children.0) as usize
    }

    /// Whether there are no members and no elements.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Key and value of each member of an object, in document order, repeated keys
    /// included; nothing for another kind.
    pub fn members(self) -> impl DoubleEndedIterator<Item = (&'d str, Node<'d>)> {
        self.children()
            .filter_map(|node| node.key().map(|key| (key, node)))
    }

    /// The elements of an array; nothing for another kind.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Node<'d>> {
        self.children().filter(|node| node.key().is_none())
    }

    /// Members' values or elements, in document order.
    pub fn children(self) -> impl DoubleEndedIterator<Item = Node<'d>> {
        let doc = self.doc;
        self.child_ids().iter().filter_map(move |id| doc.node(*id))
    }

    /// The element at a 0-based place of an array.
    #[must_use]
    pub fn item(self, slot: usize) -> Option<Node<'d>> {
        if self.kind() != Kind::Array {
            return None;
        }
        self.doc.node(*self.child_ids().get(slot)?)
    }

    /// The member with this (decoded) key; the last one if there are several.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        if self.record.sorted == NONE {
            return self
                .members()
                .rev()
                .find(|(k, _)| *k == key)
                .map(|(_, node)| node);
        }
        let start = self.record.sorted as usize;
        let sorted = self.doc.sorted.get(start..start + self.len())?;
        let key_of = |id: &u32| self.doc.node(*id).and_then(Node::key).unwrap_or_default();
        let after = sorted.partition_point(|id| key_of(id) <= key);
        let node = self.doc.node(*sorted.get(after.checked_sub(1)?)?)?;
        (node.key() == Some(key)).then_some(node)
    }

    /// The decoded text of a string. Lone surrogates (`\ud800`) read as U+FFFD.
    #[must_use]
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        (self.kind() == Kind::String).then(|| Cow::Borrowed(self.doc.text(self.record.text)))
    }

    /// The truth of a boolean.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then_some(self.record.truth)
    }

    /// A number exactly as it is written (`1.10`, `1e400`).
    #[must_use]
    pub fn number_text(self) -> Option<&'d str> {
        (self.kind() == Kind::Number).then(|| self.doc.text(self.record.text))
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The bytes of the value as they stand in the source.
    #[must_use]
    pub fn raw(self) -> &'d str {
        self.doc.src.get(self.span()).unwrap_or_default()
    }

    /// The value for serde_json. Of repeated keys the last wins; a number beyond `f64`
    /// becomes the largest one of its sign; what could not be read becomes `null`.
    /// A YAML number that JSON cannot write (`.inf`, `.nan`, hexadecimal beyond 64 bits)
    /// becomes a string.
    #[must_use]
    pub fn to_value(self) -> serde_json::Value {
        use serde_json::Value;
        match self.kind() {
            Kind::Null | Kind::Invalid => Value::Null,
            Kind::Bool => Value::Bool(self.record.truth),
            Kind::Number => number_value(self.doc.text(self.record.text)),
            Kind::String => Value::String(self.doc.text(self.record.text).to_owned()),
            Kind::Array => self.items().map(Node::to_value).collect(),
            Kind::Object => self
                .members()
                .map(|(key, node)| (key.to_owned(), node.to_value()))
                .collect(),
        }
    }

    fn child_ids(self) -> &'d [u32] {
        let (start, end) = self.record.children;
        self.doc.children.get(widen(start..end)).unwrap_or_default()
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Node({:?} {:?} {:?})",
            self.pointer(),
            self.kind(),
            self.span()
        )
    }
}

impl PartialEq for Node<'_> {
    /// The same value of the same document, not an equal one.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.doc, other.doc) && self.id == other.id
    }
}

fn widen(range: Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// A token of an RFC 6901 pointer from a key: `~` and `/` escaped.
#[must_use]
pub fn escape_token(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) {
        Cow::Owned(key.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(key)
    }
}

/// The key of a pointer's token; `None` if a `~` is not followed by `0` or `1`.
#[must_use]
pub fn unescape_token(token: &str) -> Option<Cow<'_, str>> {
    if !token.contains('~') {
        return Some(Cow::Borrowed(token));
    }
    let well_formed = token
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    well_formed.then(|| Cow::Owned(token.replace("~1", "/").replace("~0", "~")))
}

/// An array index as RFC 6901 allows it: digits without a leading zero.
pub(crate) fn parse_slot(token: &str) -> Option<usize> {
    let plain =
        token == "0" || (!token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit()));
    plain.then(|| token.parse().ok()).flatten()
}

fn number_value(text: &str) -> serde_json::Value {
    use serde_json::Value;
    // What YAML has beyond JSON.
    let text = text.strip_prefix('+').unwrap_or(text);
    let radix = match text.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        _ => 10,
    };
    if let Some(digits) = text.get(2..).filter(|_| radix != 10) {
        return u64::from_str_radix(digits, radix).map_or_else(|_| Value::from(text), Value::from);
    }
    if matches!(
        text.trim_start_matches('-').get(..2),
        Some(".i" | ".I" | ".n" | ".N")
    ) {
        return Value::from(text);
    }
    if let Ok(number) = text.parse::<serde_json::Number>() {
        return Value::Number(number);
    }
    match text.parse::<f64>() {
        Ok(number) if number == f64::INFINITY => Value::from(f64::MAX),
        Ok(number) if number == f64::NEG_INFINITY => Value::from(f64::MIN),
        Ok(number) => Value::from(number),
        Err(_) => Value::String(text.to_owned()),
    }
}
