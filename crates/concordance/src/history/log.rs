//! Commits as `git log` tells them.

use trueline_kit::Error;
use trueline_kit::git::{Git, Oid};

use super::{Changed, Paths};
use crate::cache::Known;

/// Most commits that are named to one git.
pub(super) const AT_ONCE: usize = 500;

/// Which commits are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which<'a> {
    /// Those that can be reached from the first and not from the second.
    Range(&'a Oid, &'a Oid),
    /// These: at most [`AT_ONCE`].
    These(&'a [&'a Oid]),
}

/// Reads commits from git.
pub(super) fn read(
    git: &Git,
    which: Which<'_>,
    paths: &mut Paths,
) -> Result<Vec<(Oid, Known)>, Error> {
    let not;
    let mut args = vec![
        "-c",
        "log.showRoot=true",
        "log",
        "-z",
        "--encoding=UTF-8",
        "--format=%x01%H%x00%P%x00%B%x00",
        "--name-status",
        "--find-renames=50%",
        "-l1000",
        "--relative",
        "--diff-merges=first-parent",
        "--no-show-signature",
        "--no-color",
        "--no-ext-diff",
        "--ignore-submodules=none",
    ];
    match which {
        Which::Range(head, base) => {
            not = format!("^{base}");
            args.extend([head.as_str(), &not]);
        }
        Which::These(oids) => {
            args.push("--no-walk=unsorted");
            args.extend(oids.iter().map(|oid| oid.as_str()));
        }
    }
    args.push("--");
    let bytes = git.stdout(&args)?;
    parse(&bytes, paths).ok_or_else(|| Error::io("git log gave something that cannot be read"))
}

/// `\x01<oid> NUL parents NUL message NUL`, then `LF status NUL path NUL …` or nothing. Paths that
/// are not UTF-8 are left out: they can be in no crosswalk.
fn parse(bytes: &[u8], paths: &mut Paths) -> Option<Vec<(Oid, Known)>> {
    let mut out: Vec<(Oid, Known)> = Vec::new();
    let mut tokens = bytes.split(|byte| *byte == 0);
    let mut text = |token: &[u8]| paths.of_bytes(token);
    while let Some(token) = tokens.next() {
        let token = token.strip_prefix(b"\n").unwrap_or(token);
        let Some((first, rest)) = token.split_first() else {
            continue;
        };
        if *first == 1 {
            let oid = Oid::parse(std::str::from_utf8(rest).ok()?)?;
            let is_merge = tokens.next()?.contains(&b' ');
            let message = String::from_utf8_lossy(tokens.next()?);
            let message = message.trim_end_matches('\n').to_owned();
            out.push((oid, Known(is_merge, message, Vec::new())));
            continue;
        }
        let path = tokens.next()?;
        let changed = match first {
            b'A' => Changed(None, text(path)),
            b'D' => Changed(text(path), None),
            b'R' => Changed(text(path), text(tokens.next()?)),
            b'C' => Changed(None, text(tokens.next()?)),
            b'M' | b'T' | b'U' | b'X' | b'B' => Changed::same(text(path)),
            _ => return None,
        };
        if let Some((_, Known(_, _, list))) = out.last_mut()
            && !changed.is_none()
        {
            list.push(changed);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn reads_what_git_prints() {
        let [aa, bb, cc] = ["a", "b", "c"].map(|digit| digit.repeat(40));
        let mut bytes = format!("\x01{aa}\0p\0Subject\n\nM\n\0\0\nM\0a.rs\0R090\0b\0c\0\0");
        bytes.push_str(&format!("\x01{bb}\0p q\0\0\0\x01{cc}\0p\0C\0\0\nA\0"));
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(b"\xff\0D\0d\0T\0e\0");
        let all = parse(&bytes, &mut Paths::default()).unwrap();
        let some = |text: &str| Some(Arc::from(text));
        let Known(is_merge, message, changes) = &all[0].1;
        assert!(!is_merge && message == "Subject\n\nM", "{message}");
        assert_eq!(
            *changes,
            [
                Changed(some("a.rs"), some("a.rs")),
                Changed(some("b"), some("c"))
            ]
        );
        assert!(all[1].1.0 && all[1].1.2.is_empty());
        assert_eq!(
            all[2].1.2,
            [Changed(some("d"), None), Changed(some("e"), some("e"))]
        );
        assert!(
            parse(
                format!("\x01{aa}\0p\0x\0\0\nM").as_bytes(),
                &mut Paths::default()
            )
            .is_none()
        );
    }
}
