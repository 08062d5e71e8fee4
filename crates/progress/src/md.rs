//! Text that is safe inside generated Markdown.

use trueline_core::Ratio;
use trueline_kit::escape;

/// Text of a file as one line of Markdown that cannot end a cell, begin HTML or code, or hide
/// anything: `|`, backticks, `<` and line breaks are escaped, control characters made visible.
pub(crate) fn text(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let safe = escape::line(&joined);
    let mut out = String::with_capacity(safe.len());
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
    out
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
    let ups = from.split('/').filter(|part| !part.is_empty()).count();
    let own: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = path.split('/').collect();
    let common = own
        .iter()
        .zip(&parts)
        .take_while(|(a, b)| a == b)
        .count()
        .min(parts.len().saturating_sub(1));
    let mut target = "../".repeat(ups - common);
    target.push_str(&parts.get(common..).unwrap_or_default().join("/"));
    let encoded: String = target
        .chars()
        .map(|c| match c {
            ' ' => "%20".to_owned(),
            '(' => "%28".to_owned(),
            ')' => "%29".to_owned(),
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            '|' => "%7C".to_owned(),
            '\\' => "%5C".to_owned(),
            c if escape::is_unsafe(c) => "%3F".to_owned(),
            c => c.to_string(),
        })
        .collect();
    let name = text(path).replace('[', "\\[").replace(']', "\\]");
    format!("[{name}]({encoded})")
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
