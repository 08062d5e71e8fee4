//! The lines that a change adds or alters.

use std::collections::BTreeMap;
use std::ops::Range;

use trueline_kit::Error;
use trueline_kit::git::{Git, Oid};

/// Changed lines of each file after the change: 1-based, sorted. A deletion counts as the line
/// after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hunks {
    lines: BTreeMap<String, Vec<Range<u32>>>,
    /// Lines added and removed, by file; by its old name where it is gone.
    sizes: BTreeMap<String, u64>,
}

impl Hunks {
    /// What differs between a commit and the working tree.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn since(git: &Git, base: &Oid) -> Result<Self, Error> {
        let bytes = git.stdout(&[
            "-c",
            "core.quotePath=true",
            "-c",
            "diff.noprefix=false",
            "-c",
            "diff.mnemonicPrefix=false",
            "diff",
            "--unified=0",
            "--inter-hunk-context=0",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--find-renames=50%",
            "-l1000",
            "--relative",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            base.as_str(),
            "--",
        ])?;
        Ok(Hunks::parse(&bytes))
    }

    /// Reads a unified diff without context.
    pub fn parse(diff: &[u8]) -> Self {
        let mut out = Hunks::default();
        let (mut file, mut old): (Option<String>, Option<String>) = (None, None);
        // Lines of the hunk that are still to come: they may look like headers.
        let mut body = 0_u64;
        for line in diff.split(|byte| *byte == b'\n') {
            if body > 0 && matches!(line.first(), Some(b'+' | b'-')) {
                body -= 1;
            } else if let Some(path) = line.strip_prefix(b"--- ") {
                old = target(path, b"a/");
            } else if let Some(path) = line.strip_prefix(b"+++ ") {
                file = target(path, b"b/");
            } else if line.starts_with(b"diff --git ") {
                file = None;
            } else if let Some((lines, new)) = line.strip_prefix(b"@@ -").and_then(hunk) {
                body = u64::from(lines.1) + u64::from(new.1);
                if let Some(name) = file.as_ref().or(old.as_ref()) {
                    *out.sizes.entry(name.clone()).or_default() += body;
                }
                if let Some(file) = &file {
                    let start = if new.1 == 0 { new.0 + 1 } else { new.0 };
                    let lines = start..start.saturating_add(new.1.max(1));
                    out.lines.entry(file.clone()).or_default().push(lines);
                }
            }
        }
        out
    }

    /// Lines added and removed, by file.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sizes.iter().map(|(path, size)| (path.as_str(), *size))
    }

    /// The first changed line of a file.
    pub fn first(&self, path: &str) -> Option<u32> {
        self.lines.get(path)?.first().map(|lines| lines.start)
    }

    /// Whether one of these lines of a file is changed.
    pub fn touches(&self, path: &str, lines: Range<u32>) -> bool {
        let Some(changed) = self.lines.get(path) else {
            return false;
        };
        let at = changed.partition_point(|range| range.end <= lines.start);
        changed.get(at).is_some_and(|range| range.start < lines.end)
    }

    /// The first changed line of a file within these lines.
    pub fn first_in(&self, path: &str, lines: Range<u32>) -> Option<u32> {
        let changed = self.lines.get(path)?;
        let at = changed.partition_point(|range| range.end <= lines.start);
        let range = changed.get(at).filter(|range| range.start < lines.end)?;
        Some(range.start.max(lines.start))
    }
}

type Lines = (u32, u32);

/// `12,3 +14,0 @@ …`: start and count before and after.
fn hunk(rest: &[u8]) -> Option<(Lines, Lines)> {
    let text = std::str::from_utf8(rest.split(|byte| *byte == b'@').next()?).ok()?;
    let mut sides = text.split_whitespace();
    let side = |text: &str| {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let old = side(sides.next()?)?;
    let new = side(sides.next()?.strip_prefix('+')?)?;
    Some((old, new))
}

/// `b/path`, perhaps quoted; `None` for `/dev/null` and for what is not UTF-8.
fn target(path: &[u8], prefix: &[u8]) -> Option<String> {
    let path = path.strip_suffix(b"\r").unwrap_or(path);
    let path = match path.strip_prefix(b"\"") {
        Some(rest) => unquote(rest.strip_suffix(b"\"")?)?,
        // A tab follows a name with blanks.
        None => path.strip_suffix(b"\t").unwrap_or(path).to_vec(),
    };
    String::from_utf8(path.strip_prefix(prefix)?.to_vec()).ok()
}

/// git's C-style quoting undone.
fn unquote(quoted: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            octal @ b'0'..=b'3' => {
                let digit = |byte: u8| matches!(byte, b'0'..=b'7').then(|| byte - b'0');
                let (high, mid, low) = (octal - b'0', digit(bytes.next()?)?, digit(bytes.next()?)?);
                high * 64 + mid * 8 + low
            }
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_diff() {
        let diff = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@ fn\n-a\n-b\n+++ b/y\n@@ -9,0 +9,2 @@\n+@@ -1 +1 @@\n+c\n\
                     @@ -20 +21,0 @@\n-z\ndiff --git a/d b/d\n--- a/d\n+++ /dev/null\n@@ -1 +0,0 @@\n-q\n\
                     diff --git \"a/\\303\\251 \\\"\" \"b/\\303\\251 \\\"\"\n--- \"a/\\303\\251 \\\"\"\n+++ \"b/\\303\\251 \\\"\"\n@@ -1 +1 @@\n-q\n+r\n";
        let hunks = Hunks::parse(diff);
        assert_eq!(hunks.lines.len(), 2, "{hunks:?}");
        assert_eq!(hunks.lines["x"], [1..2, 9..11, 22..23]);
        assert!(hunks.touches("é \"", 1..2));
        assert_eq!(hunks.first("x"), Some(1));
        assert!(
            hunks.touches("x", 10..12) && !hunks.touches("x", 2..9) && !hunks.touches("d", 1..9)
        );
        assert_eq!(hunks.first_in("x", 10..99), Some(10));
    }
}
