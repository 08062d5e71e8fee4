//! Builds a [`Document`] from the events of a parser, in document order.

use std::collections::HashMap;

use super::{Document, DuplicateKey, Kind, NONE, Record, escape_token};

/// From how many members on an object gets a sorted index.
const LARGE: usize = 16;

/// Repeated keys that are remembered; a hostile file could have millions.
const MAX_DUPLICATES: usize = 1000;

/// Bytes of pointers of repeated keys that are remembered, beyond the first.
const MAX_POINTER_BYTES: usize = 4 << 20;

/// Where the decoded text of a key or scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// There is none.
    None,
    /// These bytes of the source.
    Source(u32, u32),
    /// These bytes of the pool.
    Pool(u32, u32),
}

impl Text {
    /// Its bytes.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::None => 0,
            Self::Source(start, end) | Self::Pool(start, end) => (end - start) as usize,
        }
    }
}

/// A key: its text and the bytes of its token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) text: Text,
    pub(crate) span: (u32, u32),
}

/// Offsets are 32-bit; readers refuse larger sources before they build.
pub(crate) fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(NONE - 1)
}

struct Open {
    id: u32,
    /// Where its children begin in `waiting`.
    base: usize,
}

/// A document in the making.
pub(crate) struct Builder {
    doc: Document,
    open: Vec<Open>,
    /// Children of the open containers.
    waiting: Vec<u32>,
    pointer_bytes: usize,
}

impl Builder {
    pub(crate) fn new(src: &str) -> Self {
        let doc = Document {
            src: src.to_owned(),
            ..Document::default()
        };
        Self {
            doc,
            open: Vec::new(),
            waiting: Vec::new(),
            pointer_bytes: 0,
        }
    }

    /// Number of values so far.
    pub(crate) fn len(&self) -> usize {
        self.doc.nodes.len()
    }

    /// Number of open containers.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Kind of the innermost open container.
    pub(crate) fn open_kind(&self) -> Option<Kind> {
        let open = self.open.last()?;
        Some(self.doc.nodes.get(open.id as usize)?.kind)
    }

    /// Keeps decoded text.
    pub(crate) fn pool(&mut self, text: &str) -> Text {
        let start = self.doc.pool.len();
        self.doc.pool.push_str(text);
        Text::Pool(narrow(start), narrow(self.doc.pool.len()))
    }

    /// Adds a scalar.
    pub(crate) fn scalar(
        &mut self,
        kind: Kind,
        key: Option<Key>,
        span: (usize, usize),
        text: Text,
    ) {
        self.add(kind, key, span, text);
    }

    /// Adds a boolean.
    pub(crate) fn truth(&mut self, truth: bool, key: Option<Key>, span: (usize, usize)) {
        let id = self.add(Kind::Bool, key, span, Text::None);
        if let Some(record) = self.doc.nodes.get_mut(id as usize) {
            record.truth = truth;
        }
    }

    /// Opens an array or object.
    pub(crate) fn open(&mut self, kind: Kind, key: Option<Key>, start: usize) {
        let id = self.add(kind, key, (start, start), Text::None);
        let base = self.waiting.len();
        self.open.push(Open { id, base });
    }

    /// Closes the innermost container, which ends before `end`.
    pub(crate) fn close(&mut self, end: usize) {
        let Some(Open { id, base }) = self.open.pop() else {
            return;
        };
        let start = self.doc.children.len();
        self.doc.children.extend(self.waiting.drain(base..));
        let stop = self.doc.children.len();
        let is_object = match self.doc.nodes.get_mut(id as usize) {
            Some(record) => {
                record.span.1 = narrow(end);
                record.children = (narrow(start), narrow(stop));
                record.kind == Kind::Object
            }
            None => false,
        };
        if is_object {
            self.index_keys(id, start, stop);
        }
    }

    /// Gives the last value other bytes: those of the alias that stands for it.
    pub(crate) fn set_span(&mut self, id: usize, span: (usize, usize)) {
        if let Some(record) = self.doc.nodes.get_mut(id) {
            record.span = (narrow(span.0), narrow(span.1));
        }
    }

    /// Where the text of a finished scalar is: of a string, a number, or what stands for the rest.
    pub(crate) fn scalar_text(&self, id: usize) -> Option<Text> {
        let record = self.doc.nodes.get(id)?;
        match record.kind {
            Kind::String | Kind::Number => Some(record.text),
            Kind::Null | Kind::Bool => Some(Text::Source(record.span.0, record.span.1)),
            _ => None,
        }
    }

    /// Of a finished value, itself included: the number of values, the levels of nesting they
    /// have, and the bytes of their texts and keys.
    pub(crate) fn extent(&self, id: usize) -> (usize, usize, usize) {
        let (mut size, mut deepest, mut bytes) = (0, 0, 0);
        let mut waiting = vec![(narrow(id), 0)];
        while let Some((id, depth)) = waiting.pop() {
            let Some(node) = self.doc.node(id) else {
                continue;
            };
            let is_container = matches!(node.kind(), Kind::Array | Kind::Object);
            size += 1;
            deepest = deepest.max(depth + usize::from(is_container));
            bytes += node.record.text.len() + node.record.key.len();
            waiting.extend(node.children().map(|child| (child.id, depth + 1)));
        }
        (size, deepest, bytes)
    }

    /// Adds a copy of a finished value and all it holds. Recurses as deep as it is nested.
    pub(crate) fn copy(&mut self, id: usize, key: Option<Key>) {
        let Some(record) = self.doc.nodes.get(id).cloned() else {
            return;
        };
        let span = super::widen(record.span.0..record.span.1);
        match record.kind {
            Kind::Bool => self.truth(record.truth, key, (span.start, span.end)),
            Kind::Array | Kind::Object => {
                self.open(record.kind, key, span.start);
                for slot in super::widen(record.children.0..record.children.1) {
                    let Some(child) = self.doc.children.get(slot).map(|id| *id as usize) else {
                        continue;
                    };
                    let key = self.doc.nodes.get(child).and_then(|child| match child.key {
                        Text::None => None,
                        text => Some(Key {
                            text,
                            span: child.key_span,
                        }),
                    });
                    self.copy(child, key);
                }
                self.close(span.end);
            }
            kind => self.scalar(kind, key, (span.start, span.end), record.text),
        }
    }

    /// The finished document.
    pub(crate) fn finish(mut self) -> Document {
        let end = self.doc.src.len();
        while !self.open.is_empty() {
            self.close(end);
        }
        self.doc.duplicates.sort_by_key(|found| found.second.start);
        self.doc
    }

    fn add(&mut self, kind: Kind, key: Option<Key>, span: (usize, usize), text: Text) -> u32 {
        let id = narrow(self.doc.nodes.len());
        let (parent, base) = match self.open.last() {
            Some(open) => (open.id, open.base),
            None => (NONE, self.waiting.len()),
        };
        self.doc.nodes.push(Record {
            kind,
            truth: false,
            parent,
            slot: narrow(self.waiting.len() - base),
            span: (narrow(span.0), narrow(span.1)),
            key_span: key.map_or((0, 0), |key| key.span),
            key: key.map_or(Text::None, |key| key.text),
            text,
            children: (0, 0),
            sorted: NONE,
        });
        if parent != NONE {
            self.waiting.push(id);
        }
        id
    }

    /// Finds repeated keys and, in a large object, sorts the members for lookup.
    fn index_keys(&mut self, object: u32, start: usize, stop: usize) {
        let doc = &self.doc;
        let ids = doc.children.get(start..stop).unwrap_or_default();
        let mut repeated: Vec<(u32, u32)> = Vec::new();
        let mut sorted = Vec::new();
        if ids.len() <= LARGE {
            for (at, id) in ids.iter().enumerate() {
                let key = doc.key(*id);
                if let Some(first) = ids.iter().take(at).find(|other| doc.key(**other) == key) {
                    repeated.push((*first, *id));
                }
            }
        } else {
            let mut firsts = HashMap::with_capacity(ids.len());
            for id in ids {
                let first = *firsts.entry(doc.key(*id)).or_insert(*id);
                if first != *id {
                    repeated.push((first, *id));
                }
            }
            sorted.extend_from_slice(ids);
            sorted.sort_by(|a, b| doc.key(*a).cmp(doc.key(*b)));
        }
        if !sorted.is_empty() {
            let at = narrow(self.doc.sorted.len());
            self.doc.sorted.append(&mut sorted);
            if let Some(record) = self.doc.nodes.get_mut(object as usize) {
                record.sorted = at;
            }
        }
        let room = MAX_DUPLICATES.saturating_sub(self.doc.duplicates.len());
        if repeated.is_empty() || room == 0 || self.pointer_bytes > MAX_POINTER_BYTES {
            return;
        }
        let object = self
            .doc
            .node(object)
            .map(super::Node::pointer)
            .unwrap_or_default();
        for (first, second) in repeated.into_iter().take(room) {
            if self.pointer_bytes > MAX_POINTER_BYTES {
                return;
            }
            let span = |id| {
                self.doc
                    .node(id)
                    .and_then(super::Node::key_span)
                    .unwrap_or_default()
            };
            let key = self.doc.key(second).to_owned();
            let found = DuplicateKey {
                pointer: format!("{object}/{}", escape_token(&key)),
                first: span(first),
                second: span(second),
                key,
            };
            self.pointer_bytes += found.pointer.len() + found.key.len();
            self.doc.duplicates.push(found);
        }
    }
}

impl Document {
    fn key(&self, id: u32) -> &str {
        self.node(id).and_then(super::Node::key).unwrap_or_default()
    }
}
