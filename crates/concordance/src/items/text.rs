//! Plain text out of Markdown: folding, first sentences, RFC 2119 words.

use sha2::{Digest, Sha256 as Hasher};
use trueline_core::artifact::blueprint::Binding;
use trueline_core::scalar::Sha256;

/// Longest brief, in characters.
pub(crate) const MAX_BRIEF: usize = 200;

/// White space folded: every run becomes one space, none at the ends.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

fn fold_into(text: &str, out: &mut String) {
    let mut add = |word: &str| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    };
    // A vertical tab is white space for Unicode only.
    if text.is_ascii() && memchr::memchr(0x0B, text.as_bytes()).is_none() {
        text.split_ascii_whitespace().for_each(&mut add);
    } else {
        text.split_whitespace().for_each(&mut add);
    }
}

/// SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::from(<[u8; 32]>::from(Hasher::digest(bytes)))
}

/// The text without the marks of emphasis, code, lists, quotes, headings and links.
pub(crate) fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for line in markdown.lines() {
        let line = line.trim_start().trim_start_matches(['#', '>', '|']);
        let line = line.trim_start();
        let line = ["- ", "* ", "+ "]
            .iter()
            .find_map(|mark| line.strip_prefix(mark))
            .unwrap_or(line);
        plain_line(line, &mut out);
        out.push(' ');
    }
    fold(&out)
}

fn plain_line(line: &str, out: &mut String) {
    let is_mark = |b: &u8| {
        matches!(b, b'\\' | b'*' | b'`' | b'[' | b']') || b.is_ascii_control() || !b.is_ascii()
    };
    let mut rest = line;
    while let Some(at) = rest.bytes().position(|b| is_mark(&b)) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let Some(mark) = rest.chars().next() else {
            break;
        };
        rest = rest.get(mark.len_utf8()..).unwrap_or_default();
        match mark {
            '\\' => {
                if let Some(next) = rest.chars().next().filter(char::is_ascii_punctuation) {
                    out.push(next);
                    rest = rest.get(1..).unwrap_or_default();
                }
            }
            '*' | '`' | '[' => {}
            ']' => {
                if let Some(target) = rest.strip_prefix('(') {
                    rest = target.split_once(')').map_or("", |(_, after)| after);
                }
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push_str(rest);
}

/// The first sentence, cut at [`MAX_BRIEF`] characters.
pub(crate) fn first_sentence(plain: &str) -> Option<String> {
    let mut end = plain.len();
    let mut chars = plain.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = matches!(c, '.' | '!' | '?' | '。');
        let next = chars.peek().map(|(_, next)| *next);
        if ends && next.is_none_or(char::is_whitespace) && !is_abbreviation(plain, at) {
            end = at + c.len_utf8();
            break;
        }
    }
    let sentence = plain.get(..end).unwrap_or(plain).trim();
    if sentence.is_empty() {
        return None;
    }
    Some(cut(sentence, MAX_BRIEF))
}

/// The text, or its first words and an ellipsis where it has more characters than `most`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most - 1).collect();
    let whole = head
        .rsplit_once(' ')
        .map_or(head.as_str(), |(words, _)| words);
    format!("{whole}…")
}

fn is_abbreviation(text: &str, stop: usize) -> bool {
    let word = text
        .get(..stop)
        .and_then(|before| before.rsplit(' ').next())
        .unwrap_or_default();
    matches!(
        word,
        "e.g" | "i.e" | "etc" | "vs" | "cf" | "No" | "Dr" | "Mr" | "Ms"
    ) || word.bytes().all(|b| b.is_ascii_digit())
}

/// How binding a text is: the strongest of its RFC 2119 words in capitals.
pub(crate) fn binding(plain: &str) -> Option<Binding> {
    let mut found = None;
    for word in plain.split(|c: char| !c.is_alphanumeric()) {
        let level = match word {
            "MUST" | "SHALL" | "REQUIRED" => return Some(Binding::Must),
            "SHOULD" | "RECOMMENDED" => Binding::Should,
            "MAY" | "OPTIONAL" => Binding::May,
            _ => continue,
        };
        if found != Some(Binding::Should) {
            found = Some(level);
        }
    }
    found
}

/// True when a text begins in mid-sentence: with a small letter, or a mark that ends something.
pub(crate) fn is_headless(plain: &str) -> bool {
    let first = plain.chars().next();
    let closes = |c: char| matches!(c, ')' | ']' | '}' | ',' | ';' | '.' | '!' | '?' | '%');
    first.is_some_and(|c| c.is_lowercase() || closes(c))
}
