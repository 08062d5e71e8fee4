//! Comments and anchors in pieces of HTML.

use std::ops::Range;

use super::{Comment, HtmlAnchor, Markdown};

/// Finds the comments, and the anchors outside them, in the bytes of one piece of HTML.
pub(super) fn scan(src: &str, piece: Range<usize>, is_block: bool, markdown: &mut Markdown) {
    let bytes = src.as_bytes().get(..piece.end).unwrap_or_default();
    let mut at = piece.start;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'<', rest)) {
        let start = at + found;
        let rest = bytes.get(start..).unwrap_or_default();
        if rest.starts_with(b"<!--") {
            let comment = comment(bytes, start, is_block);
            at = comment.range.end;
            markdown.comments.push(comment);
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            at = tag(src, bytes, start, markdown);
        } else {
            at = start + 1;
        }
    }
}

fn comment(bytes: &[u8], start: usize, is_block: bool) -> Comment {
    let inner = start + 4;
    let rest = bytes.get(inner..).unwrap_or_default();
    // `<!-->` and `<!--->` are whole comments.
    let short = [&b">"[..], b"->"]
        .into_iter()
        .find(|end| rest.starts_with(end));
    if let Some(end) = short {
        return Comment {
            range: start..inner + end.len(),
            inner: inner..inner,
            is_block,
            is_closed: true,
        };
    }
    let close = memchr::memmem::find(rest, b"-->");
    let inner = inner..close.map_or(bytes.len(), |at| inner + at);
    Comment {
        range: start..close.map_or(bytes.len(), |_| inner.end + 3),
        inner,
        is_block,
        is_closed: close.is_some(),
    }
}

/// Reads the opening tag at `start`; gives the byte after it.
fn tag(src: &str, bytes: &[u8], start: usize, markdown: &mut Markdown) -> usize {
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let run = |at: usize, wanted: &dyn Fn(&u8) -> bool| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| wanted(byte)).count()
    };
    let name_end = run(start + 1, &is_name);
    let is_link = src
        .get(start + 1..name_end)
        .is_some_and(|name| name.eq_ignore_ascii_case("a"));
    let mut names: Vec<&str> = Vec::new();
    let mut at = name_end;
    loop {
        at = run(at, &|byte| byte.is_ascii_whitespace() || *byte == b'/');
        let attribute = at;
        at = run(at, &is_name);
        if at == attribute {
            break;
        }
        let attribute = src.get(attribute..at).unwrap_or_default();
        let equals = run(at, &u8::is_ascii_whitespace);
        if bytes.get(equals) != Some(&b'=') {
            continue;
        }
        let value = run(equals + 1, &u8::is_ascii_whitespace);
        let (value, end) = match bytes.get(value) {
            Some(quote @ (b'"' | b'\'')) => {
                let end = run(value + 1, &|byte| byte != quote);
                (value + 1..end, end + 1)
            }
            _ => {
                let end = run(value, &|byte| !byte.is_ascii_whitespace() && *byte != b'>');
                (value..end, end)
            }
        };
        at = end.min(bytes.len());
        let is_anchor = attribute.eq_ignore_ascii_case("id")
            || (is_link && attribute.eq_ignore_ascii_case("name"));
        // A tag has an id and a name; more are not looked at, or a long tag would take for ever.
        if is_anchor && !value.is_empty() && names.len() < 2 {
            names.extend(src.get(value).filter(|value| !names.contains(value)));
        }
    }
    let is_closed = bytes.get(at) == Some(&b'>');
    let end = if is_closed { at + 1 } else { at.max(start + 1) };
    if is_closed {
        for name in names {
            markdown.html_anchors.push(HtmlAnchor {
                name: name.to_owned(),
                range: start..end,
            });
        }
    }
    end
}
