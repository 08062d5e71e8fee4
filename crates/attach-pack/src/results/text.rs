//! Lines of logs.

use std::borrow::Cow;

/// The longest line that is looked at, in bytes; the rest of a longer one is ignored.
const MAX_LINE: usize = 4096;

/// The lines of a log, without colours and without what is not UTF-8.
pub(super) fn lines(log: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    log.split(|b| *b == b'\n').map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = String::from_utf8_lossy(line.get(..MAX_LINE).unwrap_or(line));
        if line.contains('\u{1b}') {
            Cow::Owned(plain(&line))
        } else {
            line
        }
    })
}

/// The text without `ESC [ … letter`.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            out.push(c);
        }
    }
    out
}

/// The number before a word: `count("3 passed; 1 failed", "failed")` is 1.
pub(super) fn count(text: &str, words: &[&str]) -> Option<u64> {
    let mut before = None;
    for part in text
        .split([' ', ';', ',', '\t', '(', ')'])
        .filter(|part| !part.is_empty())
    {
        if words.contains(&part) && before.is_some() {
            return before;
        }
        before = part.parse().ok();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_colours() {
        assert_eq!(count("ok. 3 passed; 1 failed;", &["failed"]), Some(1));
        assert_eq!(count("failed 3", &["failed"]), None);
        let lines: Vec<_> = lines(b"\x1b[32mok\x1b[0m x\r\n\xff").collect();
        assert_eq!(lines, ["ok x", "\u{FFFD}"]);
    }
}
