//! What a run report says: the line that names its pack, the files that it refers to, and its claims about tests.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use trueline_text::markdown;

/// What the line that names the pack begins with.
pub const LABEL: &str = "Orchestrator Attach Pack:";

/// The line of a report that names its pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackLine {
    /// The path, without a `/` before it.
    pub path: String,
    /// The pack id, where one is given.
    pub id: Option<String>,
    /// The line with its end.
    pub range: Range<usize>,
}

/// The line to paste into a report.
pub fn pack_line(path: &str, id: &str) -> String {
    format!("{LABEL} {path} (pack id: {id})")
}

/// The lines of a report that name a pack: `Orchestrator Attach Pack: <path>`, perhaps as a list item or in bold, the
/// path perhaps in backticks or angle brackets, perhaps with ` (pack id: <64 hex digits>)` after it.
pub fn pack_lines(text: &str) -> Vec<PackLine> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let bare = line.trim().trim_start_matches('\u{FEFF}');
        let bare = bare.trim_start_matches(['-', '*', '+', '_', ' ', '\t']);
        let Some(rest) = bare.strip_prefix(LABEL) else {
            continue;
        };
        let rest = rest.trim_start_matches(['*', '_', ' ', '\t']);
        let (path, id) = match rest.split_once(" (pack id:") {
            Some((path, id)) => (
                path,
                Some(id.trim().trim_end_matches(')').trim().to_owned()),
            ),
            None => (rest, None),
        };
        let path = path.trim().trim_matches(['`', '<', '>']).trim();
        lines.push(PackLine {
            path: path.strip_prefix('/').unwrap_or(path).to_owned(),
            id,
            range,
        });
    }
    lines
}

/// The report as it is packed: without the lines that name a pack, which are written after it is made.
pub fn without_pack_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for line in pack_lines(text) {
        out.push_str(text.get(at..line.range.start).unwrap_or_default());
        at = line.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// A file that a report refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As it is written, decoded, without an anchor.
    pub target: String,
    /// A link, rather than a name in backticks.
    pub is_link: bool,
    /// Where.
    pub range: Range<usize>,
}

/// The local files that a report refers to: links and images, and names in backticks that have the form of a path
/// (a `/`, and an extension at the end). Addresses, anchors, globs and placeholders are no files.
pub fn references(text: &str) -> Vec<Reference> {
    let parsed = markdown::parse(text);
    let own: Vec<Range<usize>> = pack_lines(text)
        .into_iter()
        .map(|line| line.range)
        .collect();
    let mut found = Vec::new();
    for link in &parsed.links {
        if let Some(target) = local_target(&link.destination) {
            found.push(Reference {
                target,
                is_link: true,
                range: link.range.clone(),
            });
        }
    }
    for span in &parsed.code_spans {
        if is_path(&span.text) {
            let target = without_line(span.text.trim()).to_owned();
            found.push(Reference {
                target,
                is_link: false,
                range: span.range.clone(),
            });
        }
    }
    found.retain(|one| !own.iter().any(|line| line.contains(&one.range.start)));
    found.sort_by_key(|one| (one.range.start, one.range.end));
    found
}

/// The path in a link's destination; `None` for addresses and anchors.
fn local_target(destination: &str) -> Option<String> {
    let path = destination.split(['#', '?']).next().unwrap_or_default();
    let scheme = path
        .split('/')
        .next()
        .is_some_and(|head| head.contains(':'));
    if path.is_empty() || scheme || path.starts_with("//") || path.contains(['<', '>', '*']) {
        return None;
    }
    Some(decode(path))
}

/// `%20` and the like.
fn decode(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let value = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        match value.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

/// Without a line number at the end: `src/a.rs:12` or `src/a.rs:12:3`.
fn without_line(path: &str) -> &str {
    let mut path = path;
    while let Some((head, tail)) = path.rsplit_once(':') {
        if tail.is_empty() || !tail.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        path = head;
    }
    path
}

/// Whether a text in backticks has the form of a path to a file.
fn is_path(text: &str) -> bool {
    let path = without_line(text.trim());
    let plain = path
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@'));
    let Some((folder, name)) = path.rsplit_once('/') else {
        return false;
    };
    let extension = name.rsplit_once('.').is_some_and(|(stem, extension)| {
        (!stem.is_empty() || name.starts_with('.'))
            && (1..=8).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && extension.bytes().any(|byte| byte.is_ascii_alphabetic())
    });
    // `example.com/a.html` is an address, `./…` and `../…` are paths.
    let host = folder.split('/').next().unwrap_or_default();
    let address = !host.starts_with('.') && host.contains('.') && host != "." && !folder.is_empty();
    plain && extension && !address && !path.contains("...")
}

/// What a report says about tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Every test passed; of so many, where a number is given.
    All(Option<u64>),
    /// So many passed.
    Passed(u64),
    /// Nothing failed.
    NoFailures,
}

/// A claim, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub says: Says,
    /// Where.
    pub range: Range<usize>,
}

static CLAIMS: LazyLock<Option<Vec<Regex>>> = LazyLock::new(|| {
    const TESTS: &str = r"(?:(?:unit|integration|e2e|end[- ]to[- ]end|smoke|regression|automated|python|node|rust)\s+)?tests?";
    const PASS: &str = r"(?:pass(?:es|ed|ing)?|succeed(?:ed|s)?|(?:are|is|were|run|ran)\s+(?:all\s+)?(?:green|passing|successful)|green)\b";
    let all = [
        format!(r"(?i)\ball\s+(?:of\s+)?(?:the\s+)?(\d{{1,9}})\s+{TESTS}\s+(?:have\s+)?{PASS}"),
        format!(r"(?i)\b(\d{{1,9}})\s*(?:/|of)\s*(\d{{1,9}})\s+{TESTS}\s+(?:have\s+)?{PASS}"),
        format!(r"(?i)\b(\d{{1,9}})\s+{TESTS}\s+(?:have\s+|all\s+)?{PASS}"),
        format!(r"(?i)\ball\s+(?:of\s+)?(?:the\s+)?{TESTS}\s+(?:have\s+)?{PASS}"),
        r"(?i)\b(?:no|0|zero)\s+(?:test\s+)?fail(?:ures|ed|ing\s+tests)\b".to_owned(),
    ];
    all.iter().map(|text| Regex::new(text).ok()).collect()
});

/// The claims of a report about its tests, in its order; what stands in blocks of code is output, not a claim.
pub fn claims(text: &str) -> Vec<Claim> {
    let parsed = markdown::parse(text);
    let mut found: Vec<Claim> = Vec::new();
    for (at, regex) in CLAIMS.iter().flatten().enumerate() {
        for captures in regex.captures_iter(text) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let number = |group| {
                captures
                    .get(group)
                    .and_then(|m| m.as_str().parse::<u64>().ok())
            };
            let says = match at {
                0 => Says::All(number(1)),
                1 if number(1) == number(2) => Says::All(number(1)),
                1 | 2 => match number(1) {
                    Some(count) => Says::Passed(count),
                    None => continue,
                },
                3 => Says::All(None),
                _ => Says::NoFailures,
            };
            let range = whole.range();
            let covered = found
                .iter()
                .any(|one| one.range.start < range.end && range.start < one.range.end);
            let in_block = parsed
                .code_blocks
                .iter()
                .any(|block| block.range.contains(&range.start));
            let in_comment = parsed
                .comments
                .iter()
                .any(|one| one.range.contains(&range.start));
            if !covered && !in_block && !in_comment {
                found.push(Claim { says, range });
            }
        }
    }
    found.sort_by_key(|claim| claim.range.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_names_the_pack() {
        let id = "a".repeat(64);
        for (line, path, with_id) in [
            ("Orchestrator Attach Pack: /docs/x.zip", "docs/x.zip", false),
            (
                "- Orchestrator Attach Pack: `docs/x.zip`\r",
                "docs/x.zip",
                false,
            ),
            (
                "* **Orchestrator Attach Pack:** docs/x.zip",
                "docs/x.zip",
                false,
            ),
            (&pack_line("docs/x y.zip", &id), "docs/x y.zip", true),
        ] {
            let text = format!("# Run\n{line}\nend\n");
            let found = pack_lines(&text);
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!(found[0].path, path);
            assert_eq!(found[0].id.as_deref(), with_id.then_some(id.as_str()));
            assert_eq!(without_pack_lines(&text), "# Run\nend\n");
        }
        assert_eq!(pack_lines("the Orchestrator Attach Pack: is missing"), []);
        assert_eq!(without_pack_lines("a\r\nb"), "a\r\nb");
    }

    #[test]
    fn files_that_are_referred_to() {
        let text = "[a](../log.txt#L3) ![s](shot%201.png) [w](https://x.y/z.txt) [h](#a)\n\
            `src/a.rs:12` `application/json` `make ci` `src/**/*.rs` `NT-1/TD-2` `x.com/a.html`\n\
            `/docs/b.md` <https://a.b/c.d> `a.txt` [g](docs/<x>.md) [m](mailto:a@b.c)\n\
            Orchestrator Attach Pack: [p](docs/p.zip)\n";
        let found: Vec<_> = references(text)
            .into_iter()
            .map(|r| (r.target, r.is_link))
            .collect();
        let want = [
            ("../log.txt", true),
            ("shot 1.png", true),
            ("src/a.rs", false),
            ("/docs/b.md", false),
        ];
        assert_eq!(found, want.map(|(t, l)| (t.to_owned(), l)));
    }

    #[test]
    fn what_is_claimed() {
        let of = |text: &str| claims(text).into_iter().map(|c| c.says).collect::<Vec<_>>();
        assert_eq!(of("all 22 tests pass."), [Says::All(Some(22))]);
        assert_eq!(of("- 22/22 unit tests passed"), [Says::All(Some(22))]);
        assert_eq!(of("20 of 22 tests passed"), [Says::Passed(20)]);
        assert_eq!(
            of("22 tests passed, 0 failures"),
            [Says::Passed(22), Says::NoFailures]
        );
        assert_eq!(of("All tests are green"), [Says::All(None)]);
        assert_eq!(of("all the tests that exist; 3 tests to write"), []);
        assert_eq!(of("```\n22 tests passed\n```\n<!-- all tests pass -->"), []);
        assert_eq!(of("- [ ] Tests PASS"), []);
    }
}
