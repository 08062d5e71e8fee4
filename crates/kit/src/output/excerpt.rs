//! The stretch of a source line that is shown under a finding.

use std::ops::Range;

use trueline_core::Span;

use crate::escape;
use crate::source::Source;

/// Characters kept before and after the finding's start where the line must be cut.
const BEFORE: usize = 60;
const AFTER: usize = 100;

/// Columns up to which the start of the line is kept: the renderer then finds the column by
/// itself, and cuts what does not fit.
const FAR: usize = 2000;

/// What is shown: one line, or a window of it, without anything that a terminal obeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The text begins where the line begins, so that columns agree.
    pub(crate) is_whole: bool,
    /// 1-based number of the line.
    pub(crate) line: u32,
    /// The text.
    pub(crate) text: String,
    /// Bytes of `text` that the finding is about.
    pub(crate) range: Range<usize>,
}

/// The first line of a span; `None` where the text has no such place (any more).
pub(crate) fn excerpt(source: &Source, span: Span) -> Option<Excerpt> {
    let line = source.line(span.line)?;
    let column = |column: u32| usize::try_from(column).ok()?.checked_sub(1);
    let from = column(span.column)?;
    if from > source.chars(&line) {
        return None;
    }
    let start = source.after(line.start, from);
    let end = match span.end_line == span.line {
        true => source.after(line.start, column(span.end_column)?),
        false => line.end,
    };
    let is_whole = from <= FAR;
    let first = match is_whole {
        true => line.start,
        false => source.after(line.start, from - BEFORE),
    };
    let last = source.after(start, AFTER).min(line.end);
    let end = end.clamp(start, last);
    let shown = |range: Range<usize>| source.text().get(range).map(safe);
    let mut text = if is_whole {
        String::new()
    } else {
        "…".to_owned()
    };
    text.push_str(&shown(first..start)?);
    let from = text.len();
    text.push_str(&shown(start..end)?);
    let to = text.len();
    text.push_str(&shown(end..last)?);
    if last < line.end {
        text.push('…');
    }
    Some(Excerpt {
        is_whole,
        line: span.line,
        text,
        range: from..to,
    })
}

fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|char| push(&mut out, char));
    out
}

/// Every character takes the place of one, so that carets stay under what they mean.
fn push(text: &mut String, char: char) {
    match char {
        // Shown as four spaces, by the renderer.
        '\t' => text.push(char),
        '\0'..='\u{1f}' => text.extend(char::from_u32(u32::from(char) + 0x2400)),
        '\u{7f}' => text.push('\u{2421}'),
        char if escape::is_unsafe(char) => text.push('\u{fffd}'),
        char => text.push(char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: Span) -> Option<(String, String)> {
        let excerpt = excerpt(&Source::new("x", text), span)?;
        let marked = excerpt.text.get(excerpt.range)?.to_owned();
        Some((excerpt.text, marked))
    }

    fn span(line: u32, column: u32, end_line: u32, end_column: u32) -> Span {
        Span {
            line,
            column,
            end_line,
            end_column,
        }
    }

    #[test]
    fn whole_lines() {
        let text = "\u{feff}one\r\n\ttwo 𝄞x\nthree";
        let got = shown(text, span(1, 1, 1, 4)).unwrap();
        assert_eq!(got, ("one".into(), "one".into()));
        let got = shown(text, span(2, 6, 2, 7)).unwrap();
        assert_eq!(got, ("\ttwo 𝄞x".into(), "𝄞".into()));
        let got = shown(text, span(2, 2, 3, 2)).unwrap();
        assert_eq!(got.1, "two 𝄞x", "to the end of the first line");
        assert_eq!(shown(text, Span::point(3, 6)).unwrap().1, "");
        assert_eq!(shown(text, Span::point(3, 7)), None);
        assert_eq!(shown(text, Span::point(4, 1)), None);
        assert_eq!(shown(text, Span::point(0, 0)), None);
        assert_eq!(shown("", Span::point(1, 1)).unwrap().0, "");
    }

    #[test]
    fn long_lines_are_windowed() {
        let text = format!("{}here{}", "a".repeat(500_000), "b".repeat(500_000));
        let (text, marked) = shown(&text, span(1, 500_001, 1, 500_005)).unwrap();
        assert_eq!(marked, "here");
        assert!(text.chars().count() <= BEFORE + AFTER + 2, "{text}");
        assert!(text.starts_with('…') && text.ends_with('…'));
    }

    #[test]
    fn nothing_that_a_terminal_obeys() {
        let (text, marked) = shown("a\u{1b}[31m\u{202e}\u{7f}b", span(1, 2, 1, 3)).unwrap();
        assert_eq!((text.as_str(), marked.as_str()), ("a␛[31m\u{fffd}␡b", "␛"));
    }
}
