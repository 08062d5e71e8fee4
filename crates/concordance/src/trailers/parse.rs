//! git's rules for trailers, byte for byte (git 2.47, `trailer.c` and `wt-status.c`).
//!
//! The rules that surprise: the first paragraph never holds trailers; the block is the *last*
//! paragraph only; a single line of prose in it hides every trailer, unless a line that git
//! itself writes (`Signed-off-by: `, `(cherry picked from commit `) is there and at least a
//! quarter of the lines are trailers.

use std::ops::Range;

/// Which parts of a text are not the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// A line `---` ends the message (mail and patches). False for messages read from commits.
    pub divider: bool,
    /// Lines that begin with this are comments: git's `core.commentChar`, `#` by default.
    pub comment: &'a str,
}

impl Default for Rules<'_> {
    /// As git reads the message of a commit.
    fn default() -> Self {
        Rules {
            divider: false,
            comment: "#",
        }
    }
}

/// One trailer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// The key as written, without blanks around it: `NT`.
    pub key: String,
    /// The value, continuation lines joined by one space.
    pub value: String,
    /// Its bytes in the message: from the key to the end of the last continuation line.
    pub range: Range<usize>,
}

/// What git's own lines begin with.
const GENERATED: [&str; 2] = ["Signed-off-by: ", "(cherry picked from commit "];

/// The line below which an editor's help stands, after the comment prefix and a space.
const SCISSORS: &str = "------------------------ >8 ------------------------\n";

/// The trailers of a message, in order, as `git interpret-trailers --parse` gives them.
///
/// Linear in the length of the message. A NUL ends the message, as it does for git.
pub fn parse(message: &str, rules: Rules<'_>) -> Vec<Trailer> {
    let completed;
    let message = message.split('\0').next().unwrap_or_default();
    let message = if message.is_empty() || message.ends_with('\n') {
        message
    } else {
        completed = format!("{message}\n");
        &completed
    };
    let block = block(message, rules);
    let mut out: Vec<(Range<usize>, bool)> = Vec::new();
    for line in lines(message, block) {
        let text = message.get(line.clone()).unwrap_or_default();
        if starts_with_space(text)
            && let Some((last, true)) = out.last_mut()
        {
            last.end = line.end;
            continue;
        }
        let is_trailer = separator(text).is_some_and(|at| at >= 1);
        out.push((line, is_trailer));
    }
    out.into_iter()
        .filter_map(|(range, _)| trailer(message, range, rules.comment))
        .collect()
}

/// The bytes of the trailer block, empty where there is none.
pub fn block(message: &str, rules: Rules<'_>) -> Range<usize> {
    let end = end_of_message(message, rules);
    start_of_block(message.get(..end).unwrap_or(message), rules.comment)..end
}

fn trailer(message: &str, range: Range<usize>, comment: &str) -> Option<Trailer> {
    let text = message.get(range.clone())?;
    if text.starts_with(comment) {
        return None;
    }
    let at = separator(text).filter(|at| *at >= 1)?;
    let key = text.get(..at)?.trim_matches(is_space).to_owned();
    let value = unfold(text.get(at + 1..)?.trim_matches(is_space));
    let length = text.trim_end_matches(is_space).len();
    (!key.is_empty()).then(|| Trailer {
        key,
        value,
        range: range.start..range.start + length,
    })
}

fn unfold(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((line, after)) = rest.split_once('\n') {
        out.push_str(line);
        out.push(' ');
        rest = after.trim_start_matches(is_space);
    }
    out.push_str(rest);
    out.trim_matches(is_space).to_owned()
}

/// Where the separator stands, if the line could be a trailer.
fn separator(line: &str) -> Option<usize> {
    let mut blank = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b':' => return Some(at),
            b' ' | b'\t' if at > 0 => blank = true,
            b'-' if !blank => {}
            byte if !blank && byte.is_ascii_alphanumeric() => {}
            _ => return None,
        }
    }
    None
}

/// The message without a patch, an editor's help, trailing comments and an old list of conflicts.
fn end_of_message(message: &str, rules: Rules<'_>) -> usize {
    let mut end = message.len();
    if rules.divider {
        let divider = lines(message, 0..end).find(|line| {
            let after = message
                .get(line.clone())
                .and_then(|text| text.strip_prefix("---"));
            after.is_some_and(starts_with_space)
        });
        end = divider.map_or(end, |line| line.start);
    }
    let cutoff = scissors(message, rules.comment).min(end);
    // git's "no such place" is offset 0: a comment on the first line does not begin a run.
    let mut ignored_from = 0;
    let mut in_conflicts = false;
    for line in lines(message, 0..cutoff) {
        let text = message.get(line.start..cutoff).unwrap_or_default();
        let is_ignored = text.starts_with(rules.comment) || text.starts_with('\n');
        let begins_conflicts = message
            .get(line.start..)
            .is_some_and(|text| text.starts_with("Conflicts:\n"));
        if is_ignored || begins_conflicts {
            in_conflicts |= !is_ignored;
            if ignored_from == 0 {
                ignored_from = line.start;
            }
        } else if !(in_conflicts && text.starts_with('\t')) && ignored_from > 0 {
            ignored_from = 0;
            in_conflicts = false;
        }
    }
    if ignored_from > 0 {
        ignored_from
    } else {
        cutoff
    }
}

fn scissors(message: &str, comment: &str) -> usize {
    // Few messages have such a line, and to look for all of it costs more than for its sign.
    let has_sign = || {
        let mut places = memchr::memchr_iter(b'8', message.as_bytes());
        places.any(|at| message.as_bytes().get(at.wrapping_sub(1)) == Some(&b'>'))
    };
    if !has_sign() {
        return message.len();
    }
    let line = format!("\n{comment} {SCISSORS}");
    if message.starts_with(line.trim_start_matches('\n')) {
        return 0;
    }
    memchr::memmem::find(message.as_bytes(), line.as_bytes()).map_or(message.len(), |at| at + 1)
}

fn start_of_block(message: &str, comment: &str) -> usize {
    let end = message.len();
    let line_of = |range: &Range<usize>| message.get(range.clone()).unwrap_or_default();
    let title_end = lines(message, 0..end)
        .find(|line| !line_of(line).starts_with(comment) && is_blank(line_of(line)))
        .map_or(end, |line| line.start);

    let (mut only_blank, mut recognised) = (true, false);
    let (mut trailers, mut others, mut continuations) = (0_usize, 0_usize, 0_usize);
    for line in lines_backwards(message) {
        if line.start < title_end {
            break;
        }
        let text = line_of(&line);
        if text.starts_with(comment) {
            others += continuations;
            continuations = 0;
        } else if is_blank(text) {
            if only_blank {
                continue;
            }
            others += continuations;
            let holds = (recognised && trailers * 3 >= others) || (trailers > 0 && others == 0);
            return if holds { line.end } else { end };
        } else {
            only_blank = false;
            if GENERATED.iter().any(|prefix| text.starts_with(prefix)) {
                recognised = true;
                trailers += 1;
                continuations = 0;
            } else if separator(text).is_some_and(|at| at >= 1) {
                trailers += 1;
                continuations = 0;
            } else if starts_with_space(text) {
                continuations += 1;
            } else {
                others += 1 + continuations;
                continuations = 0;
            }
        }
    }
    end
}

/// The lines of a stretch, each with its line feed.
fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let rest = text.get(at..range.end).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |lf| lf + 1);
        at += length;
        Some(at - length..at)
    })
}

fn lines_backwards(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = text.len();
    std::iter::from_fn(move || {
        if end == 0 {
            return None;
        }
        let before = text.as_bytes().get(..end - 1).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |lf| lf + 1);
        let line = start..end;
        end = start;
        Some(line)
    })
}

/// White space in git's C locale: no form feed, no vertical tab, nothing beyond ASCII.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn starts_with_space(text: &str) -> bool {
    text.starts_with(is_space)
}

fn is_blank(line: &str) -> bool {
    line.chars().all(is_space)
}
