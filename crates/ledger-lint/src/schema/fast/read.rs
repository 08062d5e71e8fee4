//! Reads a line by a plan: no value is built, no text is copied.

use super::{Form, Plan, Rule};

/// The fields of one line, by the slots of a plan. Made once, filled for every line.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    /// Where the text of each field stands in the line.
    texts: Vec<(u32, u32)>,
    /// A bit a field: it is there.
    seen: u64,
    /// A bit a field: it is a text.
    text: u64,
    /// A bit a field: it is a text with escapes.
    escaped: u64,
    /// A bit a field: it is a list.
    list: u64,
}

/// A text or a list of texts, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Part<'l> {
    /// Its slot.
    pub slot: usize,
    /// The key, with its quotes.
    pub key: &'l str,
    /// The value, with its quotes or brackets.
    pub text: &'l [u8],
    /// Where the value begins in the line.
    pub start: usize,
}

/// What a line has in one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot<'l> {
    /// Nothing.
    Absent,
    /// A text, as it is written.
    Text(&'l str),
    /// A text with escapes.
    Escaped,
    /// Something else.
    Other,
}

impl Slots {
    /// What stands in a slot; `line` is the line that was read last.
    #[inline]
    pub fn get<'l>(&self, line: &'l str, slot: usize) -> Slot<'l> {
        let bit = 1_u64.checked_shl(u32::try_from(slot).unwrap_or(u32::MAX));
        let bit = bit.unwrap_or_default();
        if self.seen & bit == 0 {
            return Slot::Absent;
        }
        if self.text & bit == 0 {
            return Slot::Other;
        }
        if self.escaped & bit != 0 {
            return Slot::Escaped;
        }
        let (start, end) = self.texts.get(slot).copied().unwrap_or_default();
        match line.get(start as usize..end as usize) {
            Some(text) => Slot::Text(text),
            None => Slot::Escaped,
        }
    }

    /// The fields of the line that hold text of any kind; times and days are not among them.
    pub fn parts<'l>(&'l self, line: &'l [u8], plan: &'l Plan) -> impl Iterator<Item = Part<'l>> {
        let mut rest = (self.text & !plan.times) | self.list;
        std::iter::from_fn(move || {
            let slot = usize::try_from(rest.trailing_zeros()).ok()?;
            // Past the last bit there is no such slot.
            let (start, end) = *self.texts.get(slot)?;
            let quote = usize::from(self.list >> slot & 1 == 0);
            rest &= rest.wrapping_sub(1);
            let start = (start as usize).saturating_sub(quote);
            Some(Part {
                slot,
                key: &plan.fields.get(slot)?.quoted,
                text: line.get(start..end as usize + quote)?,
                start,
            })
        })
    }
}

impl Plan {
    /// Whether a line is a flat object without repeated keys that fits the plan. `false` says
    /// nothing yet: the schema judges then. `has_escape`: there is a backslash in it.
    pub fn accepts(&self, line: &str, has_escape: bool, slots: &mut Slots) -> bool {
        slots.texts.resize(self.fields.len(), (0, 0));
        (slots.seen, slots.text, slots.escaped, slots.list) = (0, 0, 0, 0);
        let bytes = line.as_bytes();
        // Control characters may stand between tokens alone, where hardly anyone writes them.
        let has_control = bytes.iter().fold(u8::MAX, |least, byte| least.min(*byte)) < b' ';
        if has_control || u32::try_from(bytes.len()).is_err() {
            return false;
        }
        let mut cursor = Cursor {
            line,
            bytes,
            at: 0,
            has_escape,
        };
        self.object(&mut cursor, slots).is_some() && slots.seen & self.required == self.required
    }

    fn object(&self, cursor: &mut Cursor<'_>, slots: &mut Slots) -> Option<()> {
        cursor.token(b'{')?;
        let mut next = 0;
        if cursor.token(b'}').is_some() {
            return cursor.end();
        }
        loop {
            cursor.space();
            // Writers keep the order of fields, so the next one is mostly known.
            let slot = match self.fields.get(next) {
                Some(field) if cursor.rest().starts_with(field.quoted.as_bytes()) => {
                    cursor.at += field.quoted.len();
                    next
                }
                _ => {
                    let (key, is_escaped) = cursor.string()?;
                    self.slot(key).filter(|_| !is_escaped)?
                }
            };
            let bit = 1_u64 << slot;
            if slots.seen & bit != 0 {
                return None;
            }
            slots.seen |= bit;
            cursor.token(b':')?;
            cursor.space();
            let rule = &self.fields.get(slot)?.rule;
            value(rule, cursor, slots, slot)?;
            next = slot + 1;
            if cursor.token(b',').is_none() {
                cursor.token(b'}')?;
                return cursor.end();
            }
        }
    }
}

fn value(rule: &Rule, cursor: &mut Cursor<'_>, slots: &mut Slots, slot: usize) -> Option<()> {
    match cursor.peek()? {
        b'"' => {
            let start = cursor.at + 1;
            let is_escaped = text(rule.text.as_ref()?, cursor)?;
            let bit = 1_u64 << slot;
            slots.text |= bit;
            slots.escaped |= if is_escaped { bit } else { 0 };
            let range = (
                u32::try_from(start).ok()?,
                u32::try_from(cursor.at - 1).ok()?,
            );
            *slots.texts.get_mut(slot)? = range;
            Some(())
        }
        b't' if rule.boolean => cursor.word(b"true"),
        b'f' if rule.boolean => cursor.word(b"false"),
        b'n' if rule.null => cursor.word(b"null"),
        b'[' => {
            let (min, form) = rule.list.as_ref()?;
            let start = cursor.at;
            let count = list(form, cursor)?;
            slots.list |= 1 << slot;
            *slots.texts.get_mut(slot)? =
                (u32::try_from(start).ok()?, u32::try_from(cursor.at).ok()?);
            (count >= *min).then_some(())
        }
        _ => None,
    }
}

/// The number of texts in a list.
fn list(form: &Form, cursor: &mut Cursor<'_>) -> Option<usize> {
    cursor.token(b'[')?;
    if cursor.token(b']').is_some() {
        return Some(0);
    }
    let mut count = 0;
    loop {
        cursor.space();
        text(form, cursor)?;
        count += 1;
        if cursor.token(b',').is_none() {
            cursor.token(b']')?;
            return Some(count);
        }
    }
}

/// Passes over a text that fits; tells whether it has escapes.
fn text(form: &Form, cursor: &mut Cursor<'_>) -> Option<bool> {
    let (text, is_escaped) = cursor.string()?;
    let fits = match is_escaped {
        false => form.accepts(text),
        true => form.accepts_any(),
    };
    fits.then_some(is_escaped)
}

/// A place in a line that has no control characters.
struct Cursor<'l> {
    line: &'l str,
    bytes: &'l [u8],
    at: usize,
    has_escape: bool,
}

impl<'l> Cursor<'l> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn rest(&self) -> &'l [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn space(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Passes over space and one sign.
    #[inline]
    fn token(&mut self, sign: u8) -> Option<()> {
        self.space();
        if self.peek() != Some(sign) {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let is_here = self.rest().starts_with(word);
        self.at += word.len();
        is_here.then_some(())
    }

    /// Nothing but space follows.
    fn end(&mut self) -> Option<()> {
        self.space();
        (self.at == self.bytes.len()).then_some(())
    }

    /// A string as it is written, without its quotes, and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Option<(&'l str, bool)> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let is_escaped = match self.has_escape {
            true => self.pass_escapes(start)?,
            false => {
                self.at = start + memchr::memchr(b'"', self.bytes.get(start..)?)?;
                false
            }
        };
        let text = self.line.get(start..self.at)?;
        self.at += 1;
        Some((text, is_escaped))
    }

    /// Goes to the quote that ends a string. Escapes of code points are for others to judge.
    fn pass_escapes(&mut self, start: usize) -> Option<bool> {
        let mut is_escaped = false;
        self.at = start;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', self.rest())?;
            if self.peek() == Some(b'"') {
                return Some(is_escaped);
            }
            let next = self.bytes.get(self.at + 1)?;
            if !matches!(next, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') {
                return None;
            }
            is_escaped = true;
            self.at += 2;
        }
    }
}
