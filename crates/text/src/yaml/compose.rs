//! From the parser's events to a tree.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{self as granit, Event, Parser, ScalarStyle, Tag};

use super::{
    Document, Kind, MAX_BYTES, MAX_COPIED, MAX_COPIED_BYTES, MAX_DEPTH, MAX_ERRORS, MAX_VALUES,
    SyntaxError, scalar,
};
use crate::tree::{Builder, Key, Text, narrow};

/// What stands where the next node goes.
enum Frame {
    Sequence,
    /// A mapping, with the key whose value is awaited.
    Mapping(Option<Key>),
    /// A collection that is passed over.
    Skipped {
        /// It is a key, so its value is passed over, too.
        is_key: bool,
    },
}

struct Composer<'s> {
    src: &'s str,
    tree: Builder,
    frames: Vec<Frame>,
    /// Anchors of finished or open nodes: their number in the tree.
    anchors: BTreeMap<usize, Anchor>,
    /// Anchor of each open collection, 0 for none.
    open_anchors: Vec<usize>,
    errors: Vec<SyntaxError>,
    copied: usize,
    copied_bytes: usize,
    /// End of the last token that belongs to a value.
    last_end: usize,
    /// The value of a key that was an error comes next, and is passed over.
    skip_next: bool,
}

#[derive(Clone, Copy)]
struct Anchor {
    node: usize,
    is_open: bool,
}

/// Reading cannot go on.
struct Stop;

pub(super) fn compose(src: &str) -> (Option<Document>, Vec<SyntaxError>) {
    if src.len() > MAX_BYTES {
        let message = format!(
            "the document has {} bytes; at most {MAX_BYTES} are read",
            src.len()
        );
        return (None, vec![SyntaxError::new(0, 0, message)]);
    }
    let options = granit::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut composer = Composer {
        src,
        tree: Builder::new(src),
        frames: Vec::new(),
        anchors: BTreeMap::new(),
        open_anchors: Vec::new(),
        errors: Vec::new(),
        copied: 0,
        copied_bytes: 0,
        last_end: 0,
        skip_next: false,
    };
    let mut documents = 0;
    let mut is_whole = true;
    for next in Parser::new_from_str_with_options(src, options) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let offset = error
                    .marker()
                    .byte_offset()
                    .unwrap_or(src.len())
                    .min(src.len());
                let message = one_line(&error.info());
                composer
                    .errors
                    .push(SyntaxError::new(offset, next_char(src, offset), message));
                is_whole = false;
                break;
            }
        };
        let range = span.byte_range().unwrap_or(0..0);
        let range =
            range.start.min(src.len())..range.end.min(src.len()).max(range.start.min(src.len()));
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                let error = SyntaxError::new(
                    range.start,
                    range.end,
                    "expected the end, found another document",
                );
                composer
                    .errors
                    .push(error.help("one file holds one document"));
                break;
            }
            continue;
        }
        if composer.event(event, range).is_err() {
            is_whole = false;
            break;
        }
    }
    let Composer {
        tree, mut errors, ..
    } = composer;
    errors.sort_by_key(|error| (error.offset, error.end));
    let doc = (is_whole && tree.len() > 0).then(|| tree.finish());
    (doc, errors)
}

impl Composer<'_> {
    fn event(&mut self, event: Event<'_>, at: Range<usize>) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag, at),
            Event::SequenceStart(_, anchor, tag) => self.open(Kind::Array, anchor, tag, at),
            Event::MappingStart(_, anchor, tag) => self.open(Kind::Object, anchor, tag, at),
            Event::SequenceEnd | Event::MappingEnd => {
                self.close(&at);
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::UnresolvedAlias(name) => {
                let message = format!("no anchor `&{name}` stands before this alias");
                self.fault(&at, message, "")?;
                self.leaf(Kind::Invalid, false, Text::None, at, 0)
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        at: Range<usize>,
    ) -> Result<(), Stop> {
        // The parser puts an absent value after the white space and comments behind the
        // key; it is absent right where the last token ends.
        let at = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.with_header(at),
            _ if at.is_empty() => self.absent(at),
            _ => at,
        };
        let is_plain = style == ScalarStyle::Plain;
        if let Some(Frame::Mapping(key @ None)) = self.frames.last_mut()
            && !self.skip_next
        {
            self.last_end = self.last_end.max(at.end);
            let place = place(&mut self.tree, self.src, text, &at);
            *key = Some(Key {
                text: place,
                span: (narrow(at.start), narrow(at.end)),
            });
            if anchor != 0 {
                self.fault(&at, "an anchor on a key", "put it on a value")?;
            }
            if is_plain && text == "<<" {
                self.fault(&at, "merge key", "YAML 1.2 has none; write the members out")?;
            }
            return Ok(());
        }
        let (mut kind, mut truth) = if is_plain {
            scalar::resolve(text)
        } else {
            (Kind::String, false)
        };
        if let Some(tag) = tag {
            let wanted = match tag.core_suffix() {
                _ if tag.original() == "!" => Some((Kind::String, true)),
                Some("str") => Some((Kind::String, true)),
                Some("null") => Some((Kind::Null, scalar::resolve(text).0 == Kind::Null)),
                Some("bool") => Some((Kind::Bool, scalar::resolve(text).0 == Kind::Bool)),
                Some("int") => Some((Kind::Number, scalar::is_integer(text))),
                Some("float") => Some((
                    Kind::Number,
                    scalar::is_integer(text) || scalar::is_float(text),
                )),
                _ => None,
            };
            match wanted {
                Some((wanted, true)) => (kind, truth) = (wanted, scalar::resolve(text).1),
                Some((_, false)) => self.fault(
                    &at,
                    format!("the tag `{}` does not fit the value", tag.original()),
                    "",
                )?,
                None => self.unknown_tag(&tag, &at)?,
            }
        }
        let place = match kind {
            Kind::Null | Kind::Bool => Text::None,
            _ => place(&mut self.tree, self.src, text, &at),
        };
        self.leaf(kind, truth, place, at, anchor)
    }

    /// Adds a scalar where a node goes.
    fn leaf(
        &mut self,
        kind: Kind,
        truth: bool,
        text: Text,
        at: Range<usize>,
        anchor: usize,
    ) -> Result<(), Stop> {
        self.last_end = self.last_end.max(at.end);
        if let Some(Frame::Mapping(key @ None)) = self.frames.last_mut()
            && !self.skip_next
        {
            // Only an alias that names nothing gets here: a key all the same.
            let span = (narrow(at.start), narrow(at.end));
            *key = Some(Key {
                text: Text::Source(span.0, span.1),
                span,
            });
            return Ok(());
        }
        let Some(key) = self.take_key() else {
            return Ok(());
        };
        self.room(1, &at)?;
        let node = self.tree.len();
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchor {
                    node,
                    is_open: false,
                },
            );
        }
        let span = (at.start, at.end);
        match kind {
            Kind::Bool => self.tree.truth(truth, key, span),
            kind => self.tree.scalar(kind, key, span, text),
        }
        Ok(())
    }

    fn open(
        &mut self,
        kind: Kind,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        at: Range<usize>,
    ) -> Result<(), Stop> {
        if let Some(tag) = tag
            && tag.core_suffix() != Some(if kind == Kind::Array { "seq" } else { "map" })
            && tag.original() != "!"
        {
            self.unknown_tag(&tag, &at)?;
        }
        let awaits_key = matches!(self.frames.last(), Some(Frame::Mapping(None)));
        if awaits_key && !self.skip_next {
            self.fault(&at, "a key must be a scalar", "")?;
            self.skipped(anchor, true);
            return Ok(());
        }
        let Some(key) = self.take_key() else {
            self.skipped(anchor, false);
            return Ok(());
        };
        self.room(1, &at)?;
        if self.tree.depth() >= MAX_DEPTH {
            self.fault(&at, format!("more than {MAX_DEPTH} levels of nesting"), "")?;
            return Err(Stop);
        }
        let node = self.tree.len();
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchor {
                    node,
                    is_open: true,
                },
            );
        }
        self.open_anchors.push(anchor);
        // The parser begins a sequence at the indentation of its key after its first dash.
        let is_value = key.is_some();
        let dash = self.sign_before(at.start, |byte| byte == b'-');
        let start = dash.filter(|_| is_value && kind == Kind::Array);
        let start = start.unwrap_or(at.start);
        self.tree.open(kind, key, start);
        self.last_end = self.last_end.max(at.end);
        self.frames.push(match kind {
            Kind::Array => Frame::Sequence,
            _ => Frame::Mapping(None),
        });
        Ok(())
    }

    fn skipped(&mut self, anchor: usize, is_key: bool) {
        self.open_anchors.push(anchor);
        self.frames.push(Frame::Skipped { is_key });
    }

    fn close(&mut self, at: &Range<usize>) {
        let anchor = self.open_anchors.pop().unwrap_or_default();
        if let Some(anchor) = self.anchors.get_mut(&anchor) {
            anchor.is_open = false;
        }
        // The end of a flow collection is its bracket; that of a block one has no token.
        let has_bracket = matches!(self.src.get(at.clone()), Some("]" | "}"));
        if has_bracket {
            self.last_end = self.last_end.max(at.end);
        }
        match self.frames.pop() {
            Some(Frame::Skipped { is_key }) => self.skip_next = is_key,
            _ => self.tree.close(self.last_end),
        }
    }

    fn alias(&mut self, anchor: usize, at: Range<usize>) -> Result<(), Stop> {
        let target = self.anchors.get(&anchor).copied();
        if let Some(Frame::Mapping(key @ None)) = self.frames.last_mut()
            && !self.skip_next
        {
            let text = target.and_then(|target| self.tree.scalar_text(target.node));
            let span = (narrow(at.start), narrow(at.end));
            *key = Some(Key {
                text: text.unwrap_or(Text::Source(span.0, span.1)),
                span,
            });
            self.last_end = self.last_end.max(at.end);
            if text.is_none() {
                self.fault(&at, "a key must be a scalar", "")?;
            }
            return self.copy_room(0, text.map_or(0, Text::len), &at);
        }
        let Some(target) = target else {
            self.fault(&at, "this alias names a part that was passed over", "")?;
            return self.leaf(Kind::Invalid, false, Text::None, at, 0);
        };
        if target.is_open {
            self.fault(&at, "this alias stands inside what it names", "")?;
            return self.leaf(Kind::Invalid, false, Text::None, at, 0);
        }
        self.last_end = self.last_end.max(at.end);
        let Some(key) = self.take_key() else {
            return Ok(());
        };
        let (size, depth, bytes) = self.tree.extent(target.node);
        self.room(size, &at)?;
        self.copy_room(size, bytes, &at)?;
        if self.tree.depth() + depth > MAX_DEPTH {
            self.fault(&at, format!("more than {MAX_DEPTH} levels of nesting"), "")?;
            return Err(Stop);
        }
        let node = self.tree.len();
        self.tree.copy(target.node, key);
        self.tree.set_span(node, (at.start, at.end));
        Ok(())
    }

    /// The key for the node that comes now (`Some(None)` outside mappings); `None` if the
    /// node is to be passed over.
    fn take_key(&mut self) -> Option<Option<Key>> {
        if std::mem::take(&mut self.skip_next) {
            return None;
        }
        match self.frames.last_mut() {
            Some(Frame::Skipped { .. }) => None,
            Some(Frame::Mapping(key)) => Some(key.take()),
            Some(Frame::Sequence) | None => Some(None),
        }
    }

    /// Where an absent value is: right after the colon of its key, or where the parser says.
    fn absent(&self, at: Range<usize>) -> Range<usize> {
        let rest = self.src.get(self.last_end..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let has_key = matches!(self.frames.last(), Some(Frame::Mapping(Some(_))));
        if has_key && rest.get(blank..).is_some_and(|rest| rest.starts_with(':')) {
            let end = self.last_end + blank + 1;
            return end..end;
        }
        at
    }

    /// A block scalar from its `|` or `>` on; the parser gives the content alone.
    fn with_header(&self, at: Range<usize>) -> Range<usize> {
        let header = self.sign_before(at.start, |byte| matches!(byte, b'|' | b'>'));
        header.unwrap_or(at.start)..at.end
    }

    /// The first such byte between the last token and `end` that begins a word outside comments.
    fn sign_before(&self, end: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
        let before = self.src.get(self.last_end..end).unwrap_or_default();
        let mut previous = b' ';
        let mut is_comment = false;
        for (found, byte) in before.bytes().enumerate() {
            let begins = previous.is_ascii_whitespace();
            is_comment = !matches!(byte, b'\n' | b'\r') && (is_comment || (begins && byte == b'#'));
            if begins && !is_comment && wanted(byte) {
                return Some(self.last_end + found);
            }
            previous = byte;
        }
        None
    }

    fn room(&mut self, more: usize, at: &Range<usize>) -> Result<(), Stop> {
        if self.tree.len() + more <= MAX_VALUES {
            return Ok(());
        }
        self.fault(at, format!("more than {MAX_VALUES} values"), "")?;
        Err(Stop)
    }

    /// Whether aliases may stand for so much more.
    fn copy_room(&mut self, values: usize, bytes: usize, at: &Range<usize>) -> Result<(), Stop> {
        self.copied += values;
        self.copied_bytes += bytes;
        let message = if self.copied > MAX_COPIED {
            format!("the aliases copy more than {MAX_COPIED} values")
        } else if self.copied_bytes > MAX_COPIED_BYTES {
            format!("the aliases copy more than {MAX_COPIED_BYTES} bytes")
        } else {
            return Ok(());
        };
        self.fault(at, message, "")?;
        Err(Stop)
    }

    fn unknown_tag(&mut self, tag: &Tag, at: &Range<usize>) -> Result<(), Stop> {
        let message = format!("the tag `{}` is not known", one_line(&tag.original()));
        self.fault(at, message, "remove it; the value is read without it")
    }

    fn fault(
        &mut self,
        at: &Range<usize>,
        message: impl Into<String>,
        help: &str,
    ) -> Result<(), Stop> {
        let mut error = SyntaxError::new(at.start, at.end, message);
        error.help = (!help.is_empty()).then(|| help.to_owned());
        self.errors.push(error);
        if self.errors.len() < MAX_ERRORS {
            Ok(())
        } else {
            Err(Stop)
        }
    }
}

/// Where the text of a scalar is: in the source as it stands, with or without quotes, or
/// else in the pool.
fn place(tree: &mut Builder, src: &str, text: &str, at: &Range<usize>) -> Text {
    if src.get(at.clone()) == Some(text) {
        return Text::Source(narrow(at.start), narrow(at.end));
    }
    let inner = at.start + 1..at.end.saturating_sub(1).max(at.start + 1);
    if src.get(inner.clone()) == Some(text) {
        return Text::Source(narrow(inner.start), narrow(inner.end));
    }
    tree.pool(text)
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(200)
        .collect()
}

fn next_char(src: &str, offset: usize) -> usize {
    let char = src.get(offset..).and_then(|rest| rest.chars().next());
    offset + char.filter(|char| *char != '\n').map_or(0, char::len_utf8)
}
