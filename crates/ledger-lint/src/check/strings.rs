//! Texts of a record, wherever they stand: paths of one machine, broken encodings.

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use std::sync::OnceLock;
use trueline_text::tree::escape_token;

use crate::encoding;
use crate::fault::{Fault, Place, quote};
use crate::rules::{security, syntax};

/// Deepest value that is walked: deeper ones are not parsed.
const MAX_DEPTH: usize = 130;

/// Most faults of one kind in a record.
const MAX_FAULTS: usize = 20;

pub(super) fn check(record: &Value, raw: &[u8], faults: &mut Vec<Fault>) {
    let paths = may_hold_path(raw);
    let broken = may_be_broken(raw);
    if !paths && !broken {
        return;
    }
    let mut pointer = String::new();
    let mut found = Vec::new();
    walk(record, &mut pointer, 0, &mut |pointer, text| {
        for path in local_paths(text).take(if paths { MAX_FAULTS } else { 0 }) {
            found.push(
                Fault::new(
                    &security::LOCAL_PATH,
                    Place::value(pointer),
                    format!("the path {} exists on one machine only", quote(path)),
                )
                .maybe_help(
                    relative(path).map(|path| format!("relative to the root: {}", quote(path))),
                ),
            );
        }
        if broken && let Some(repaired) = encoding::repair(text) {
            found.push(
                Fault::new(
                    &syntax::BROKEN_ENCODING,
                    Place::value(pointer),
                    format!(
                        "{} was UTF-8, read as {}",
                        quote(text),
                        repaired.encoding.name()
                    ),
                )
                .help(format!("it was {}", quote(&repaired.text))),
            );
        }
        found.len() < MAX_FAULTS
    });
    faults.extend(found);
}

fn walk(
    value: &Value,
    pointer: &mut String,
    depth: usize,
    seen: &mut dyn FnMut(&str, &str) -> bool,
) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    let length = pointer.len();
    match value {
        Value::String(text) => return seen(pointer, text),
        Value::Array(items) => {
            for (slot, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{slot}"));
                let goes_on = walk(item, pointer, depth + 1, seen);
                pointer.truncate(length);
                if !goes_on {
                    return false;
                }
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                pointer.push('/');
                pointer.push_str(&escape_token(key));
                let goes_on = walk(member, pointer, depth + 1, seen);
                pointer.truncate(length);
                if !goes_on {
                    return false;
                }
            }
        }
        _ => {}
    }
    true
}

/// Folders that hold one person's or one machine's files.
const ROOTS: [&str; 7] = [
    "/home/", "/Users/", "/root/", "/mnt/", "file:///", ":\\", ":/",
];

/// Whether a record in ASCII has to be looked at text by text. Few records have a backslash, that
/// is an escape, at all.
pub(super) fn may_hold_fault(raw: &[u8], has_escape: bool) -> bool {
    has_escape && has_code_point(raw)
        || (has_escape || memchr::memchr(b'/', raw).is_some()) && may_hold_path(raw)
}

fn may_be_broken(raw: &[u8]) -> bool {
    !raw.is_ascii() || has_code_point(raw)
}

fn has_code_point(raw: &[u8]) -> bool {
    memchr::memmem::find(raw, b"\\u00").is_some()
}

fn may_hold_path(raw: &[u8]) -> bool {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let finder = FINDER.get_or_init(|| {
        AhoCorasick::builder()
            // Only for this kind of match the texts are searched with vector instructions.
            .match_kind(MatchKind::LeftmostFirst)
            .build([
                "/home/", "/Users/", "/root/", "/mnt/", "file:///", ":\\\\", ":/", "\\/",
            ])
            .ok()
    });
    finder.as_ref().is_none_or(|finder| finder.is_match(raw))
}

/// Every path of one machine in a text.
fn local_paths(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let path = local_path(rest)?;
        let end = path.as_ptr() as usize - rest.as_ptr() as usize + path.len();
        rest = rest.get(end..)?;
        Some(path)
    })
}

/// The first path of one machine in a text: `/home/…`, `/Users/…`, `/root/…`, `/mnt/c/…`,
/// `C:\…`, `C:/…`, `file:///…`.
pub(crate) fn local_path(text: &str) -> Option<&str> {
    let mut from = 0;
    while let Some((at, root)) = ROOTS
        .iter()
        .filter_map(|root| Some((from + text.get(from..)?.find(root)?, *root)))
        .min()
    {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + root.len()..).unwrap_or_default();
        let last = before.chars().next_back();
        let start = match root {
            ":\\" | ":/" => drive(before, after, root),
            "/mnt/" => {
                let mut next = after.chars();
                let is_drive = next.next().is_some_and(|char| char.is_ascii_lowercase())
                    && next.next() == Some('/');
                (is_drive && !joins(last)).then_some(at)
            }
            "file:///" => Some(at),
            _ => {
                let has_name = after.chars().next().is_some_and(char::is_alphanumeric);
                (has_name && !joins(last)).then_some(at)
            }
        };
        if let Some(start) = start {
            let rest = text.get(start..)?;
            let end = rest
                .find(|char: char| {
                    char.is_whitespace()
                        || matches!(char, '"' | '\'' | '`' | '<' | '>' | '|' | ')' | ',' | ';')
                })
                .unwrap_or(rest.len());
            return rest.get(..end);
        }
        from = at + root.len();
    }
    None
}

/// Whether a path goes on before: `https://x.org/home/` is no local path, `docs/home/` neither.
fn joins(last: Option<char>) -> bool {
    last.is_some_and(|char| {
        char.is_alphanumeric() || matches!(char, '/' | '.' | '-' | '_' | '~' | '}' | '$' | '*')
    })
}

/// Where a drive's letter stands: one letter alone before the colon, a name after it.
fn drive(before: &str, after: &str, root: &str) -> Option<usize> {
    let mut chars = before.char_indices().rev();
    let (start, letter) = chars.next()?;
    let is_alone = chars
        .next()
        .is_none_or(|(_, char)| !char.is_alphanumeric() && char != '\\');
    let next = after.chars().next();
    let names = next.is_some_and(|char| char.is_alphanumeric() || (root == ":\\" && char == '\\'));
    (letter.is_ascii_alphabetic() && is_alone && names).then_some(start)
}

/// The part of a local path that lies in the repository, where that can be told.
fn relative(path: &str) -> Option<&str> {
    [
        "docs/", "ops/", "src/", "crates/", "tests/", "scripts/", "ci/",
    ]
    .iter()
    .filter_map(|folder| {
        let at = path.find(&format!("/{folder}"))?;
        path.get(at + 1..)
    })
    .max_by_key(|rest| rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_one_machine() {
        for (text, want) in [
            ("/home/alex/x.md", Some("/home/alex/x.md")),
            ("see /Users/alex/x, please", Some("/Users/alex/x")),
            ("/mnt/c/Repo/docs/x.md", Some("/mnt/c/Repo/docs/x.md")),
            (r"C:\Users\alex", Some(r"C:\Users\alex")),
            ("c:/work/x", Some("c:/work/x")),
            ("file:///tmp/x", Some("file:///tmp/x")),
            ("at=/home/a/b", Some("/home/a/b")),
            ("https://example.org/home/page", None),
            ("docs/home/x", None),
            ("${ROOT}/home/x", None),
            ("/mnt/data", None),
            ("/home/", None),
            ("https://x", None),
            ("ratio 1:/2", None),
            ("/homes/x", None),
            (r"a\:\b", None),
        ] {
            assert_eq!(local_path(text), want, "{text}");
        }
        assert_eq!(relative("/mnt/c/Repo/docs/ops/x.md"), Some("docs/ops/x.md"));
        let several: Vec<_> = local_paths(r"/home/a/b, C:\x and /Users/c/d").collect();
        assert_eq!(several, ["/home/a/b", r"C:\x", "/Users/c/d"]);
    }
}
