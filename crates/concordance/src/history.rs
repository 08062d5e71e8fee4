//! The commits of a range: what each claims, and what it changed.

use std::collections::HashMap;

use trueline_kit::git::{Git, Oid};
use trueline_kit::{Error, escape};

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

/// The commits that can be reached from `head` and not from `base`, oldest first.
///
/// # Errors
/// When git cannot be read.
pub fn commits(
    git: &Git,
    base: &Oid,
    head: &Oid,
    prefixes: &Prefixes,
) -> Result<Vec<Commit>, Error> {
    let mut changes = changes(git, base, head)?;
    let mut commits: Vec<Commit> = git
        .log(Some(base), head)?
        .into_iter()
        .map(|commit| {
            let claims = trailers::claims(&commit.message, prefixes);
            Commit {
                subject: escape::line(commit.subject()).into_owned(),
                hidden: trailers::hidden(&commit.message, prefixes),
                claims,
                is_merge: commit.parents.len() > 1,
                changes: changes.remove(commit.oid.as_str()).unwrap_or_default(),
                oid: commit.oid,
            }
        })
        .collect();
    commits.reverse();
    Ok(commits)
}

type Paths = Vec<(Option<String>, Option<String>)>;

fn changes(git: &Git, base: &Oid, head: &Oid) -> Result<HashMap<String, Paths>, Error> {
    let not = format!("^{base}");
    let bytes = git.stdout(&[
        "log",
        "-z",
        "--format=%x01%H",
        "--name-status",
        "--find-renames=50%",
        "-l1000",
        "--relative",
        "--diff-merges=first-parent",
        "--no-show-signature",
        "--no-color",
        "--no-ext-diff",
        head.as_str(),
        &not,
        "--",
    ])?;
    parse(&bytes).ok_or_else(|| Error::io("git log gave something that cannot be read"))
}

/// `\x01<oid> NUL LF status NUL path NUL …`. Paths that are not UTF-8 are left out: they can be
/// in no crosswalk.
fn parse(bytes: &[u8]) -> Option<HashMap<String, Paths>> {
    let mut out: HashMap<String, Paths> = HashMap::new();
    let mut current: Option<String> = None;
    let mut tokens = bytes.split(|byte| *byte == 0);
    let text = |token: &[u8]| std::str::from_utf8(token).ok().map(str::to_owned);
    while let Some(token) = tokens.next() {
        let token = token.strip_prefix(b"\n").unwrap_or(token);
        let Some((first, rest)) = token.split_first() else {
            continue;
        };
        if *first == 1 {
            let oid = text(rest)?;
            out.entry(oid.clone()).or_default();
            current = Some(oid);
            continue;
        }
        let path = tokens.next()?;
        let (old, new) = match first {
            b'A' => (None, text(path)),
            b'D' => (text(path), None),
            b'R' => (text(path), text(tokens.next()?)),
            b'C' => (None, text(tokens.next()?)),
            _ => (text(path), text(path)),
        };
        if let Some(list) = current.as_ref().and_then(|oid| out.get_mut(oid))
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
        let bytes = b"\x01aa\0\nM\0a.rs\0R090\0b\0c\0\0\x01bb\0\0\x01cc\0\nA\0\xff\0D\0d\0T\0e\0";
        let all = parse(bytes).unwrap();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            all["aa"],
            [(some("a.rs"), some("a.rs")), (some("b"), some("c"))]
        );
        assert_eq!(all["bb"], []);
        assert_eq!(all["cc"], [(some("d"), None), (some("e"), some("e"))]);
        assert!(parse(b"\x01aa\0\nM").is_none());
    }
}
