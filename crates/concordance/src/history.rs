//! The commits of a range: what each claims, and what it changed.

use trueline_kit::git::{Git, Oid};
use trueline_kit::{Error, escape};

use crate::cache::{Commits, Known, Store};
use crate::ids::Prefixes;
use crate::trailers::{self, Claims, Hidden};

/// A commit.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Its name.
    pub oid: Oid,
    /// First line of the message, fit for a line of output.
    pub subject: String,
    /// What its trailers claim.
    pub claims: Claims,
    /// Lines that git does not see as trailers.
    pub hidden: Vec<Hidden>,
    /// Whether it joins branches. Its own changes are then those against its first parent.
    pub is_merge: bool,
    /// Paths that it changed: before, after.
    pub changes: Vec<(Option<String>, Option<String>)>,
}

impl Commit {
    /// The paths after the commit.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().filter_map(|(_, new)| new.as_deref())
    }

    /// What it is called in a message.
    pub fn name(&self) -> String {
        let subject: String = self.subject.chars().take(60).collect();
        format!("{} \"{subject}\"", self.oid.short())
    }
}

/// The commits that can be reached from `head` and not from `base`, oldest first. Those that
/// `store` remembers are not read again.
///
/// # Errors
/// When git cannot be read.
pub fn commits(
    git: &Git,
    base: &Oid,
    head: &Oid,
    prefixes: &Prefixes,
    store: Option<&Store>,
) -> Result<Vec<Commit>, Error> {
    let not = format!("^{base}");
    let list = git.stdout(&["rev-list", head.as_str(), &not, "--"])?;
    let list = String::from_utf8_lossy(&list);
    let oids: Option<Vec<Oid>> = list.lines().map(Oid::parse).collect();
    let oids = oids.ok_or_else(|| Error::io("git rev-list gave something that cannot be read"))?;
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    // Where history is cut off, the oldest commits seem to add every file.
    let store = match store {
        Some(store) if !git.is_shallow()? => Some(store),
        _ => None,
    };
    let mut known = store.map(Commits::read).unwrap_or_default();
    if oids.iter().any(|oid| !known.has(oid)) {
        // One that is not known, and those that are not known before it.
        let first = oids.iter().rposition(|oid| !known.has(oid));
        let tail = first.and_then(|at| oids.get(at + 1));
        let not = tail.map_or(not, |oid| format!("^{oid}"));
        known.add(read(git, head, &not)?);
        if oids.iter().any(|oid| !known.has(oid)) {
            known.add(read(git, head, &format!("^{base}"))?);
        }
        if let Some(store) = store {
            known.write(store);
        }
    }
    let mut commits = Vec::with_capacity(oids.len());
    for oid in oids.into_iter().rev() {
        let Some(Known(is_merge, message, changes)) = known.take(&oid) else {
            return Err(Error::io(format!("git log did not give {oid}")));
        };
        let subject = message.lines().next().unwrap_or_default();
        let (claims, hidden) = trailers::claims_and_hidden(&message, prefixes);
        commits.push(Commit {
            subject: escape::line(subject).into_owned(),
            hidden,
            claims,
            is_merge,
            changes,
            oid,
        });
    }
    Ok(commits)
}

/// Reads commits from git.
fn read(git: &Git, head: &Oid, not: &str) -> Result<Vec<(Oid, Known)>, Error> {
    let bytes = git.stdout(&[
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
        head.as_str(),
        not,
        "--",
    ])?;
    parse(&bytes).ok_or_else(|| Error::io("git log gave something that cannot be read"))
}

/// `\x01<oid> NUL parents NUL message NUL`, then `LF status NUL path NUL …` or nothing. Paths that
/// are not UTF-8 are left out: they can be in no crosswalk.
fn parse(bytes: &[u8]) -> Option<Vec<(Oid, Known)>> {
    let mut out: Vec<(Oid, Known)> = Vec::new();
    let mut tokens = bytes.split(|byte| *byte == 0);
    let text = |token: &[u8]| std::str::from_utf8(token).ok().map(str::to_owned);
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
        let (old, new) = match first {
            b'A' => (None, text(path)),
            b'D' => (text(path), None),
            b'R' => (text(path), text(tokens.next()?)),
            b'C' => (None, text(tokens.next()?)),
            b'M' | b'T' | b'U' | b'X' | b'B' => (text(path), text(path)),
            _ => return None,
        };
        if let Some((_, Known(_, _, list))) = out.last_mut()
            && (old.is_some() || new.is_some())
        {
            list.push((old, new));
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_git_prints() {
        let [aa, bb, cc] = ["a", "b", "c"].map(|digit| digit.repeat(40));
        let mut bytes = format!("\x01{aa}\0p\0Subject\n\nM\n\0\0\nM\0a.rs\0R090\0b\0c\0\0");
        bytes.push_str(&format!("\x01{bb}\0p q\0\0\0\x01{cc}\0p\0C\0\0\nA\0"));
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(b"\xff\0D\0d\0T\0e\0");
        let all = parse(&bytes).unwrap();
        let some = |text: &str| Some(text.to_owned());
        let Known(is_merge, message, changes) = &all[0].1;
        assert!(!is_merge && message == "Subject\n\nM", "{message}");
        assert_eq!(
            *changes,
            [(some("a.rs"), some("a.rs")), (some("b"), some("c"))]
        );
        assert!(all[1].1.0 && all[1].1.2.is_empty());
        assert_eq!(all[2].1.2, [(some("d"), None), (some("e"), some("e"))]);
        assert!(parse(format!("\x01{aa}\0p\0x\0\0\nM").as_bytes()).is_none());
    }
}
