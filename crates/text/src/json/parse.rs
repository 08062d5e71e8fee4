//! The parser: no recursion, one pass, errors collected.

use super::lexer;
use crate::SyntaxError;
use crate::tree::{Builder, Document, Key, Kind, Text, narrow};

/// Bounds of what is read; all have a test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) depth: usize,
    pub(super) values: usize,
    pub(super) errors: usize,
}

/// What may come next in the innermost container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    ItemOrClose,
    Item,
    CommaOrClose,
}

struct Parser<'s> {
    text: &'s str,
    src: &'s [u8],
    at: usize,
    limits: Limits,
    tree: Builder,
    errors: Vec<SyntaxError>,
    /// What each open container expects, with the byte of its bracket.
    expect: Vec<(Expect, usize)>,
    /// Byte of the last comma, for the message about a trailing one.
    comma: usize,
    stopped: bool,
}

pub(super) fn parse(text: &str, limits: Limits) -> (Document, Vec<SyntaxError>) {
    if text.len() > limits.bytes {
        let message = format!(
            "the document has {} bytes; at most {} are read",
            text.len(),
            limits.bytes
        );
        return (Document::default(), vec![SyntaxError::new(0, 0, message)]);
    }
    let mut parser = Parser {
        text,
        src: text.as_bytes(),
        at: 0,
        limits,
        tree: Builder::new(text),
        errors: Vec::new(),
        expect: Vec::new(),
        comma: 0,
        stopped: false,
    };
    parser.document();
    let Parser {
        tree, mut errors, ..
    } = parser;
    errors.sort_by_key(|error| (error.offset, error.end));
    (tree.finish(), errors)
}

impl Parser<'_> {
    fn document(&mut self) {
        if self.src.starts_with(crate::position::BOM) {
            self.at = crate::position::BOM.len();
            self.fault(
                0,
                self.at,
                "byte order mark before the value",
                Some("remove the first three bytes of the file"),
            );
        }
        self.space();
        if self.at == self.src.len() {
            self.fault(self.at, self.at, "expected a value, found the end", None);
            return;
        }
        self.value(None);
        while let Some((expect, start)) = self.expect.last().copied() {
            if self.stopped {
                return;
            }
            self.space();
            self.step(expect, start);
        }
        self.space();
        if !self.stopped && self.at < self.src.len() {
            let first = self.src.get(self.at).copied().unwrap_or_default();
            let end = lexer::junk_end(self.src, self.at);
            if matches!(first, b']' | b'}') {
                let message = format!("`{}` closes nothing", char::from(first));
                self.fault(self.at, self.at + 1, message, None);
            } else if matches!(
                first,
                b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
            ) {
                self.fault(
                    self.at,
                    end,
                    super::ANOTHER_VALUE,
                    Some("one document holds one value"),
                );
            } else {
                let message = format!("expected the end, found {}", self.found());
                self.fault(self.at, end, message, None);
            }
        }
    }

    /// One step inside the innermost container, at a byte that is no white space.
    fn step(&mut self, expect: Expect, start: usize) {
        let is_object = self.tree.open_kind() == Some(Kind::Object);
        let close = if is_object { b'}' } else { b']' };
        let Some(byte) = self.src.get(self.at).copied() else {
            let message = if is_object {
                "expected `}`, found the end"
            } else {
                "expected `]`, found the end"
            };
            let bracket = if is_object { "{" } else { "[" };
            let help = format!("the `{bracket}` at byte {start} is not closed");
            self.fault(self.at, self.at, message, Some(&help));
            self.stopped = true;
            return;
        };
        match (expect, byte) {
            (_, byte) if byte == close => {
                if expect == Expect::Item {
                    let help = "remove the comma";
                    self.fault(self.comma, self.comma + 1, "trailing comma", Some(help));
                }
                self.at += 1;
                self.tree.close(self.at);
                self.expect.pop();
            }
            (_, b'}' | b']') => self.wrong_close(byte, close),
            (Expect::CommaOrClose, b',') => {
                self.comma = self.at;
                self.at += 1;
                self.set(Expect::Item);
            }
            (Expect::CommaOrClose, byte) => {
                let message = if is_object {
                    "expected `,` or `}`"
                } else {
                    "expected `,` or `]`"
                };
                let message = format!("{message}, found {}", self.found());
                let end = lexer::junk_end(self.src, self.at);
                self.fault(self.at, end, message, None);
                let starts_item = byte == b'"' || (!is_object && byte != b':');
                if starts_item {
                    self.set(Expect::Item);
                } else {
                    self.skip_to_separator();
                }
            }
            (_, b',') => {
                let message = if is_object {
                    "expected a key, found `,`"
                } else {
                    "expected a value, found `,`"
                };
                self.fault(self.at, self.at + 1, message, None);
                self.at += 1;
            }
            _ if is_object => self.member(byte),
            _ => {
                self.set(Expect::CommaOrClose);
                self.value(None);
            }
        }
    }

    /// A `]` where a `}` belongs, or the other way round.
    fn wrong_close(&mut self, byte: u8, close: u8) {
        let message = format!(
            "expected `{}`, found `{}`",
            char::from(close),
            char::from(byte)
        );
        self.fault(self.at, self.at + 1, message, None);
        let opening = if byte == b'}' { b'{' } else { b'[' };
        let outer = self.expect.iter().rev().nth(1);
        let closes_outer = outer.is_some_and(|(_, start)| self.src.get(*start) == Some(&opening));
        // Then the inner bracket was forgotten, and this one is where it belongs.
        if !closes_outer {
            self.at += 1;
        }
        self.tree.close(self.at);
        self.expect.pop();
    }

    /// A key, its colon and its value.
    fn member(&mut self, byte: u8) {
        self.set(Expect::CommaOrClose);
        let key = if byte == b'"' {
            self.key()
        } else {
            let (start, end) = (self.at, lexer::junk_end(self.src, self.at));
            let message = format!("expected a key in double quotes, found {}", self.found());
            self.fault(start, end, message, None);
            let colon = lexer::skip_space(self.src, end);
            if self.src.get(colon) != Some(&b':') {
                self.skip_to_separator();
                return;
            }
            // It has a colon, so it is meant as a key: what follows is read as its value.
            self.at = end;
            let span = (narrow(start), narrow(end));
            Key {
                text: Text::Source(span.0, span.1),
                span,
            }
        };
        self.space();
        if self.src.get(self.at) == Some(&b':') {
            self.at += 1;
            self.space();
        } else {
            let message = format!("expected `:` after the key, found {}", self.found());
            self.fault(self.at, self.at, message, None);
        }
        match self.src.get(self.at) {
            None | Some(b',' | b'}' | b']') => {
                if self
                    .errors
                    .last()
                    .is_none_or(|error| error.offset != self.at)
                {
                    let message = format!("expected a value, found {}", self.found());
                    self.fault(self.at, self.at, message, None);
                }
                // A text that breaks off here has one fault, not one more a bracket.
                self.stopped |= self.at == self.src.len();
                let span = (self.at, self.at);
                self.tree.scalar(Kind::Invalid, Some(key), span, Text::None);
            }
            Some(_) => self.value(Some(key)),
        }
    }

    fn key(&mut self) -> Key {
        let start = self.at;
        let text = self.string();
        Key {
            text,
            span: (narrow(start), narrow(self.at)),
        }
    }

    /// The string at the present byte, which is its quote.
    fn string(&mut self) -> Text {
        let start = self.at;
        let room = self.limits.errors.saturating_sub(self.errors.len());
        let mut found = 0;
        let errors = &mut self.errors;
        let token = lexer::string(self.src, start, &mut |error| {
            found += 1;
            if found <= room {
                errors.push(error);
            }
        });
        self.stopped |= found > room;
        self.at = token.end;
        if token.has_escapes {
            let content = self
                .text
                .get(start + 1..token.content_end)
                .unwrap_or_default();
            self.tree.pool(&lexer::decode(content))
        } else {
            Text::Source(narrow(start + 1), narrow(token.content_end))
        }
    }

    /// Any value at the present byte, which exists and is no separator.
    fn value(&mut self, key: Option<Key>) {
        if self.tree.len() >= self.limits.values {
            let message = format!("more than {} values", self.limits.values);
            self.fault(self.at, self.at + 1, message, None);
            self.stopped = true;
            return;
        }
        let start = self.at;
        match self.src.get(start).copied().unwrap_or_default() {
            b'{' => self.open(Kind::Object, key),
            b'[' => self.open(Kind::Array, key),
            b'"' => {
                let text = self.string();
                self.tree.scalar(Kind::String, key, (start, self.at), text);
            }
            b'}' | b']' | b',' | b':' => {
                let message = format!("expected a value, found {}", self.found());
                self.fault(start, start + 1, message, None);
                self.at += 1;
                self.tree
                    .scalar(Kind::Invalid, key, (start, self.at), Text::None);
            }
            _ => self.word(key),
        }
    }

    fn open(&mut self, kind: Kind, key: Option<Key>) {
        if self.tree.depth() < self.limits.depth {
            self.tree.open(kind, key, self.at);
            self.expect.push((Expect::ItemOrClose, self.at));
            self.at += 1;
            return;
        }
        let start = self.at;
        let message = format!("more than {} levels of nesting", self.limits.depth);
        self.fault(start, start + 1, message, None);
        self.skip_container();
        self.tree
            .scalar(Kind::Invalid, key, (start, self.at), Text::None);
    }

    /// A number, `true`, `false`, `null`, or something that is none of them.
    fn word(&mut self, key: Option<Key>) {
        let start = self.at;
        let end = lexer::junk_end(self.src, start);
        self.at = end;
        let word = self.src.get(start..end).unwrap_or_default();
        let span = (start, end);
        match word {
            b"true" => self.tree.truth(true, key, span),
            b"false" => self.tree.truth(false, key, span),
            b"null" => self.tree.scalar(Kind::Null, key, span, Text::None),
            [b'0'..=b'9' | b'-' | b'+' | b'.', ..] => match lexer::check_number(word) {
                Ok(()) => {
                    let text = Text::Source(narrow(start), narrow(end));
                    self.tree.scalar(Kind::Number, key, span, text);
                }
                Err(help) => {
                    self.fault(start, end, "not a number", Some(help));
                    self.tree.scalar(Kind::Invalid, key, span, Text::None);
                }
            },
            _ => {
                self.at = start;
                let message = format!("expected a value, found {}", self.found());
                self.at = end;
                let help = match word {
                    [b'\'', ..] => Some("strings have double quotes"),
                    [b'/', b'/' | b'*', ..] | [b'#', ..] => Some("JSON has no comments"),
                    b"NaN" | b"Infinity" => Some("JSON has no such number; use `null` or a string"),
                    b"None" | b"undefined" | b"NULL" | b"Null" | b"nil" => Some("write `null`"),
                    b"True" | b"TRUE" => Some("write `true`"),
                    b"False" | b"FALSE" => Some("write `false`"),
                    _ => None,
                };
                self.fault(start, end, message, help);
                self.tree.scalar(Kind::Invalid, key, span, Text::None);
                if self.tree.depth() > 0 {
                    self.skip_to_separator();
                }
            }
        }
    }

    /// Goes to the next comma or bracket of this container; strings and containers on the
    /// way are passed over whole.
    fn skip_to_separator(&mut self) {
        loop {
            match self.src.get(self.at) {
                None | Some(b',' | b'}' | b']') => return,
                Some(b'{' | b'[') => self.skip_container(),
                Some(b'"') => {
                    self.at = lexer::string(self.src, self.at, &mut |_| ())
                        .end
                        .max(self.at + 1);
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// Passes over the container at the present byte.
    fn skip_container(&mut self) {
        let mut depth = 0usize;
        while let Some(byte) = self.src.get(self.at) {
            match byte {
                b'"' => {
                    self.at = lexer::string(self.src, self.at, &mut |_| ())
                        .end
                        .max(self.at + 1);
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn set(&mut self, expect: Expect) {
        if let Some(top) = self.expect.last_mut() {
            top.0 = expect;
        }
    }

    fn space(&mut self) {
        self.at = lexer::skip_space(self.src, self.at);
    }

    /// What stands at the present byte, for a message: a short word, or a character.
    fn found(&self) -> String {
        let Some(byte) = self.src.get(self.at) else {
            return "the end".to_owned();
        };
        if *byte == b'"' {
            return "a string".to_owned();
        }
        let end = lexer::junk_end(self.src, self.at);
        let word = self.text.get(self.at..end).unwrap_or_default();
        let is_plain = !word.chars().any(|char| char.is_control() || char == '`');
        match word.chars().next() {
            Some(_) if is_plain && word.chars().nth(20).is_none() => format!("`{word}`"),
            Some(char) if is_plain => format!("`{char}…`"),
            Some(char) => format!("U+{:04X}", u32::from(char)),
            None => "another character".to_owned(),
        }
    }

    fn fault(&mut self, start: usize, end: usize, message: impl Into<String>, help: Option<&str>) {
        if self.errors.len() >= self.limits.errors {
            self.stopped = true;
            return;
        }
        let mut error = SyntaxError::new(start, end.min(self.src.len()), message);
        error.help = help.map(str::to_owned);
        self.errors.push(error);
    }
}
