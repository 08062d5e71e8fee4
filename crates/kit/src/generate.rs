//! Generated files: written where they differ, or compared.

use std::io::Write;

use similar::TextDiff;
use trueline_core::{Finding, Location};

use crate::atomic::Changed;
use crate::context::Context;
use crate::error::Error;
use crate::escape;
use crate::options::Format;
use crate::rules::STALE_FILE;

/// Most lines, old and new together, between the first and the last difference of which a
/// diff is made; longer stretches are only said to differ. Its time grows with their square.
pub const MAX_DIFF_LINES: usize = 20_000;

/// What to do with a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Write it if its bytes differ.
    Write,
    /// Write nothing; print the difference and report `stale-file`.
    Check,
}

impl Mode {
    /// The mode of a `--check` flag.
    pub const fn of_check(check: bool) -> Mode {
        if check { Mode::Check } else { Mode::Write }
    }
}

impl Context {
    /// Writes a generated file, or compares it with what is on disk.
    ///
    /// In [`Mode::Check`] nothing is written: the unified diff goes to standard output in the
    /// human format (standard error for a data command), and `stale-file` is reported at the first
    /// line that differs.
    pub fn generate(
        &self,
        path: impl AsRef<str>,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<Changed, Error> {
        let path = path.as_ref();
        let writer = self.writer();
        if mode == Mode::Write {
            let changed = writer.write(path, bytes)?;
            if changed.any() {
                self.detail(format!("wrote {path}"));
            }
            return Ok(changed);
        }
        let changed = writer.compare(path, bytes)?;
        if !changed.any() {
            return Ok(changed);
        }
        let old = self.read(path)?;
        let (message, line) = match &old {
            None => (format!("`{path}` is missing"), None),
            Some(old) => {
                let line = first_difference(old, bytes);
                let message = format!("`{path}` is not up to date: line {line} differs");
                (message, Some(line))
            }
        };
        if self.format() == Format::Human {
            let diff = unified(path, old.as_deref(), bytes);
            if self.is_data_command() {
                // A closed standard error leaves nobody to tell.
                let _ = self.terminal.err().write_all(diff.as_bytes());
            } else {
                self.out().write_all(diff.as_bytes())?;
            }
        }
        let at = match line {
            Some(line) => Location::at(path, trueline_core::Span::point(line, 1)),
            None => Location::file(path),
        };
        self.report(
            Finding::new(&STALE_FILE, at, message)
                .subject(path)
                .help(STALE_FILE.mend),
        );
        Ok(changed)
    }
}

/// 1-based line of the first byte that differs.
fn first_difference(old: &[u8], new: &[u8]) -> u32 {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let lines = old.iter().take(same).filter(|byte| **byte == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1)
}

/// Lines of both texts between their common start and their common end.
fn changed_lines(old: &str, new: &str) -> usize {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same =
        |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
    let start = same(&mut old.iter().zip(&new));
    let end = same(&mut old.iter().rev().zip(new.iter().rev()));
    (old.len() + new.len()).saturating_sub(2 * (start + end))
}

/// The unified diff from what is on disk to what should be, safe to show.
fn unified(path: &str, old: Option<&[u8]>, new: &[u8]) -> String {
    let path = escape::line(path);
    let from = match old {
        Some(_) => format!("a/{path}"),
        None => "/dev/null".to_owned(),
    };
    let to = format!("b/{path}");
    let old = old.unwrap_or_default();
    let texts = std::str::from_utf8(old)
        .ok()
        .zip(std::str::from_utf8(new).ok());
    let Some((old, new)) = texts.filter(|(a, b)| changed_lines(a, b) <= MAX_DIFF_LINES) else {
        return format!("--- {from}\n+++ {to}\nFiles differ.\n");
    };
    let text = TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(&from, &to)
        .to_string();
    escape::lines(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diffs_are_unified_and_safe() {
        let text = unified("x\n", Some(b"a\nb\n"), b"a\nc\x1b\n");
        assert_eq!(
            text,
            "--- a/x\\n\n+++ b/x\\n\n@@ -1,2 +1,2 @@\n a\n-b\n+c\\u{1b}\n"
        );
        let text = unified("x", None, b"a");
        assert!(text.starts_with("--- /dev/null\n+++ b/x\n"), "{text}");
        assert!(text.contains("+a\n\\ No newline at end of file"), "{text}");
        assert!(unified("x", Some(b"\xff"), b"a").ends_with("Files differ.\n"));
    }

    #[test]
    fn finds_the_line() {
        assert_eq!(first_difference(b"a\nb", b"a\nc"), 2);
        assert_eq!(first_difference(b"", b"a"), 1);
        assert_eq!(first_difference(b"a\n", b"a\nb\n"), 2);
    }
}
