//! Text to tree: the syntax of the dialect, with a byte position for all that is not in it.

use crate::charset::CharSet;
use crate::error::{MAX_ALTERNATIVES, MAX_NESTING, MAX_PATTERN_BYTES, ParseError};

/// One element of a pattern and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Byte offset of its first character.
    pub(crate) at: usize,
    /// Byte offset past its last character.
    pub(crate) end: usize,
    pub(crate) node: Node,
}

/// What an element means.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// One character, plain or escaped; never `/`.
    Char(char),
    /// `/`.
    Slash,
    /// `?`.
    Any,
    /// `*`.
    Star,
    /// `**`; whether it is a whole component is for the compiler to see.
    Globstar,
    /// `[…]`.
    Class(CharSet),
    /// `{…,…}`.
    Alt(Vec<Vec<Item>>),
}

/// Parses a pattern.
///
/// # Errors
/// Where the text is too long, is not in the dialect or stands for too many alternatives.
pub(crate) fn parse(text: &str) -> Result<Vec<Item>, ParseError> {
    if text.len() > MAX_PATTERN_BYTES {
        return Err(ParseError::new(
            MAX_PATTERN_BYTES,
            format!(
                "the pattern has {} bytes; the limit is {MAX_PATTERN_BYTES}",
                text.len()
            ),
            "split it into several patterns",
        ));
    }
    let mut parser = Parser { text, at: 0 };
    Ok(parser.sequence(None, 0)?.0)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Items up to the end of the text, or up to the `,` or `}` of the brace opened at `open`; with the number of
    /// alternatives that they stand for.
    fn sequence(
        &mut self,
        open: Option<usize>,
        depth: usize,
    ) -> Result<(Vec<Item>, usize), ParseError> {
        let mut items = Vec::new();
        let mut count: usize = 1;
        loop {
            let at = self.at;
            let node = match (self.peek(), open) {
                (None, None) => return Ok((items, count)),
                (None, Some(open)) => {
                    return Err(ParseError::new(
                        open,
                        "this `{` is never closed",
                        "close it with `}`, or write `\\{` for the character itself",
                    ));
                }
                (Some(',' | '}'), Some(_)) => return Ok((items, count)),
                (Some('}'), None) => {
                    return Err(ParseError::new(
                        at,
                        "this `}` closes nothing",
                        "write `\\}` for the character itself",
                    ));
                }
                (Some('{'), _) => {
                    let (parts, alternatives) = self.braces(depth)?;
                    count = count.saturating_mul(alternatives);
                    if count > MAX_ALTERNATIVES {
                        return Err(ParseError::new(
                            at,
                            format!(
                                "the braces stand for more than {MAX_ALTERNATIVES} alternatives"
                            ),
                            "split the pattern into several",
                        ));
                    }
                    Node::Alt(parts)
                }
                (Some('['), _) => Node::Class(self.class()?),
                (Some('*'), _) => self.stars()?,
                (Some(c), _) => {
                    self.bump();
                    match c {
                        '?' => Node::Any,
                        '/' => Node::Slash,
                        '\\' => match self.escaped(at)? {
                            '/' => Node::Slash,
                            c => Node::Char(c),
                        },
                        '\0' => return Err(nul(at)),
                        c => Node::Char(c),
                    }
                }
            };
            items.push(Item {
                at,
                end: self.at,
                node,
            });
        }
    }

    fn braces(&mut self, depth: usize) -> Result<(Vec<Vec<Item>>, usize), ParseError> {
        let open = self.at;
        if depth >= MAX_NESTING {
            return Err(ParseError::new(
                open,
                format!("braces are nested more than {MAX_NESTING} deep"),
                "split the pattern into several",
            ));
        }
        let mut parts = Vec::new();
        let mut count: usize = 0;
        // Past the `{`, then past each `,`; the loop ends past the `}`.
        while matches!(self.bump(), Some('{' | ',')) {
            let (part, alternatives) = self.sequence(Some(open), depth + 1)?;
            parts.push(part);
            count = count.saturating_add(alternatives);
        }
        Ok((parts, count))
    }

    fn stars(&mut self) -> Result<Node, ParseError> {
        let at = self.at;
        let run = self.rest().bytes().take_while(|&b| b == b'*').count();
        self.at += run;
        match run {
            1 => Ok(Node::Star),
            2 => Ok(Node::Globstar),
            _ => Err(ParseError::new(
                at,
                "more than two `*` in a row",
                "write `*` for any characters within a component, `**` for any number of components",
            )),
        }
    }

    /// The character after a `\` that stood at `at`.
    fn escaped(&mut self, at: usize) -> Result<char, ParseError> {
        match self.bump() {
            None => Err(ParseError::new(
                at,
                "the `\\` at the end escapes nothing",
                "write `\\\\` for a backslash; folders are separated by `/`",
            )),
            Some('\0') => Err(nul(at + 1)),
            Some(c) => Ok(c),
        }
    }

    fn class(&mut self) -> Result<CharSet, ParseError> {
        let open = self.at;
        self.bump();
        let negated = matches!(self.peek(), Some('!' | '^'));
        if negated {
            self.bump();
        }
        let mut ranges = Vec::new();
        let mut first = true;
        loop {
            let at = self.at;
            let low = match self.peek() {
                None => return Err(unclosed(open)),
                Some(']') if !first => {
                    self.bump();
                    return Ok(CharSet::new(ranges, negated));
                }
                Some('[') if self.named_class() => {
                    return Err(ParseError::new(
                        at,
                        "named classes such as `[:alpha:]` are not in the dialect",
                        "write the characters or ranges: `[a-zA-Z]`; for a plain `[` write `\\[`",
                    ));
                }
                Some(_) => self.class_char(open)?,
            };
            first = false;
            let mut ahead = self.rest().chars();
            let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), None | Some(']'));
            let mut high = low;
            if is_range {
                self.bump();
                high = self.class_char(open)?;
                if high < low {
                    return Err(ParseError::new(
                        at,
                        "the range runs backwards",
                        "put the lower character first, or the `-` last for a plain one",
                    ));
                }
            }
            ranges.push((u32::from(low), u32::from(high)));
        }
    }

    fn class_char(&mut self, open: usize) -> Result<char, ParseError> {
        let at = self.at;
        match self.bump() {
            None => Err(unclosed(open)),
            Some('\\') if self.peek().is_none() => Err(unclosed(open)),
            Some('\\') => self.escaped(at),
            Some('\0') => Err(nul(at)),
            Some(c) => Ok(c),
        }
    }

    /// Whether `[:name:]` stands here.
    fn named_class(&self) -> bool {
        let Some(name) = self.rest().strip_prefix("[:") else {
            return false;
        };
        let letters = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        letters.len() < name.len() && letters.starts_with(":]")
    }
}

fn unclosed(open: usize) -> ParseError {
    ParseError::new(
        open,
        "this `[` is never closed",
        "close it with `]`, or write `\\[` for the character itself",
    )
}

fn nul(at: usize) -> ParseError {
    ParseError::new(
        at,
        "a path cannot hold the character NUL",
        "remove it from the pattern",
    )
}
