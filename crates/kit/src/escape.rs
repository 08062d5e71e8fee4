//! Characters that must not reach a terminal as they are.
//!
//! A file name, a ledger's text or a commit message may hold escape sequences that move the
//! cursor, or bidirectional marks that reorder what a reader sees. They are shown as `\u{1b}`.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character can change what a terminal shows of its neighbours: controls (C0, DEL,
/// C1), line and paragraph separators, bidirectional marks, invisible tags, and the byte order mark.
pub fn is_unsafe(char: char) -> bool {
    char.is_control() || is_hidden(char)
}

/// Unsafe characters that are not controls: see [`is_unsafe`].
pub(crate) fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{061c}'
        | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// One line of text: every unsafe character, line breaks and tabs too, becomes visible.
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, is_unsafe)
}

/// Several lines of text: like [`line()`], but LF and tab stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    escape(text, |char| is_unsafe(char) && !matches!(char, '\n' | '\t'))
}

fn escape(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(&is_bad) else {
        return Cow::Borrowed(text);
    };
    let (clean, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    for char in rest.chars() {
        match char {
            char if !is_bad(char) => out.push(char),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shows_what_would_hide() {
        assert_eq!(line("plain é 𝄞"), "plain é 𝄞");
        assert_eq!(line("a\nb\tc\r"), "a\\nb\\tc\\r");
        assert_eq!(line("\u{1b}[31m"), "\\u{1b}[31m");
        assert_eq!(line("x\u{202e}y\u{9b}"), "x\\u{202e}y\\u{9b}");
        assert_eq!(lines("a\n\tb\r\n"), "a\n\tb\\r\n");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            prop_assert!(!line(&text).chars().any(is_unsafe));
        }
    }
}
