//! Text that is safe inside generated Markdown.

use trueline_core::Ratio;
use trueline_kit::escape;

/// Text of a file as one line of Markdown that cannot end a cell, begin HTML or code, or hide
/// anything: `|`, backticks, `<` and line breaks are escaped, control characters made visible.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push(&mut out, text);
    out
}

/// Adds [`text()`] to a text.
pub(crate) fn push(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let safe = escape::line(&joined);
    for (at, c) in safe.char_indices() {
        match c {
            '|' => out.push_str("\\|"),
            '`' => out.push_str("\\`"),
            '<' => out.push_str("&lt;"),
            '&' if is_entity(safe.get(at + 1..).unwrap_or_default()) => out.push_str("&amp;"),
            '\\' => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
}

/// Whether nothing in a text needs a change: most texts are of that kind.
fn is_plain(text: &str) -> bool {
    let mut after_space = true;
    for byte in text.bytes() {
        let is_space = byte == b' ';
        if is_space && after_space || matches!(byte, b'|' | b'`' | b'<' | b'&' | b'\\') {
            return false;
        }
        if !is_space && !byte.is_ascii_graphic() {
            return false;
        }
        after_space = is_space;
    }
    !after_space || text.is_empty()
}

/// Whether a `&` before this begins a character reference.
fn is_entity(rest: &str) -> bool {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#'));
    matches!(end, Some(end) if end > 0 && rest.as_bytes().get(end) == Some(&b';'))
}

/// Ids and other texts in a row, `-` where there is none.
pub(crate) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(text).collect();
    if texts.is_empty() {
        "-".to_owned()
    } else {
        texts.join(", ")
    }
}

/// A path as a link from a file in the folder `from`.
pub(crate) fn link(from: &str, path: &str) -> String {
    let mut out = String::with_capacity(path.len() * 2 + 8);
    push_link(&mut out, from, path);
    out
}

/// Adds [`link()`] to a text.
pub(crate) fn push_link(out: &mut String, from: &str, path: &str) {
    out.push('[');
    match path.contains(['[', ']']) {
        true => out.push_str(&text(path).replace('[', "\\[").replace(']', "\\]")),
        false => push(out, path),
    }
    out.push_str("](");
    let own = || from.split('/').filter(|part| !part.is_empty());
    // The last part is the file's own.
    let folders = path.matches('/').count();
    let common = own()
        .zip(path.split('/'))
        .take(folders)
        .take_while(|(a, b)| a == b)
        .count();
    for _ in 0..own().count() - common {
        out.push_str("../");
    }
    let mut rest = path;
    for _ in 0..common {
        rest = rest.split_once('/').map_or("", |(_, rest)| rest);
    }
    for c in rest.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '|' => out.push_str("%7C"),
            '\\' => out.push_str("%5C"),
            c if escape::is_unsafe(c) => out.push_str("%3F"),
            c => out.push(c),
        }
    }
    out.push(')');
}

/// A share as a percentage, floored.
pub(crate) fn percent(share: &Ratio) -> String {
    format!("{}%", trueline_core::weight::percent(share))
}

/// A change of a share, with its sign.
pub(crate) fn change(by: &Ratio) -> String {
    let text = trueline_core::weight::percent(by);
    let sign = if text.starts_with('-') { "" } else { "+" };
    format!("{sign}{text}%")
}

/// A bar of ten cells; full only when all is done.
pub(crate) fn bar(share: &Ratio) -> String {
    let tenths = share * Ratio::from_integer(10.into());
    let full = num_traits::ToPrimitive::to_usize(&tenths.floor().to_integer())
        .unwrap_or(0)
        .min(10);
    format!("{}{}", "█".repeat(full), "░".repeat(10 - full))
}

/// The folder of a path.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_are_escaped() {
        assert_eq!(text("a|b `c`\n<!-- x -->"), "a\\|b \\`c\\` &lt;!-- x -->");
        assert_eq!(text("R&D &lt; &#39;"), "R&D &amp;lt; &amp;#39;");
        assert_eq!(list([]), "-");
    }

    #[test]
    fn links_are_relative() {
        assert_eq!(link("docs", "docs/a b.md"), "[docs/a b.md](a%20b.md)");
        assert_eq!(link("docs", "src/x.rs"), "[src/x.rs](../src/x.rs)");
        assert_eq!(link("", "src/x.rs"), "[src/x.rs](src/x.rs)");
        assert_eq!(link("docs/a", "docs/b"), "[docs/b](../b)");
    }

    #[test]
    fn bars_are_floored() {
        let ratio = |a: i64, b: i64| Ratio::new(a.into(), b.into());
        assert_eq!(bar(&ratio(99, 100)), "█████████░");
        assert_eq!(bar(&ratio(1, 1)), "██████████");
        assert_eq!(bar(&ratio(0, 1)), "░░░░░░░░░░");
        assert_eq!(change(&ratio(1, 3)), "+33.33%");
        assert_eq!(change(&ratio(-1, 3)), "-33.33%");
        assert_eq!(change(&ratio(0, 1)), "+0.00%");
    }

    proptest! {
        #[test]
        fn plain_texts_need_no_change(cell in "[a-c |`<&\\\\\n\u{e9}]{0,8}") {
            if is_plain(&cell) {
                prop_assert_eq!(text(&cell), cell.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }

        #[test]
        fn a_row_stays_a_row(cell in "\\PC{0,20}|[|`<!\n\\\\-]{0,12}") {
            let table = format!("| a | b |\n|--|--|\n| {} | x |\n", text(&cell));
            let document = trueline_text::markdown::parse(&table);
            prop_assert_eq!(document.tables.len(), 1);
            prop_assert_eq!(document.tables[0].rows.len(), 1);
            prop_assert_eq!(&document.tables[0].rows[0].cells[1].text, "x");
            prop_assert!(document.comments.is_empty());
        }
    }
}
