//! `data/diff-summary.json`: what changed between the base and the commit that is checked out.

use std::collections::HashMap;
use trueline_core::Id;
use trueline_core::artifact::pack::{DiffCommit, DiffFile, DiffSummary};
use trueline_core::scalar::Text;
use trueline_kit::git::{Change, Commit, Oid, Status, Target};
use trueline_kit::{Context, Error, Git};

/// The summary; `None` where nothing says what to compare with, or there is no commit.
pub(super) fn summary(
    ctx: &Context,
    head: Option<&Oid>,
    base: Option<&str>,
) -> Result<Option<DiffSummary>, Error> {
    let git = ctx.git();
    let Some(head) = head else {
        return match base {
            // The error says what is missing: the repository, or its first commit.
            Some(base) => git.commit(base).map(|_| None),
            None => Ok(None),
        };
    };
    let from = match base {
        Some(base) => git.merge_base(&git.commit(base)?, head)?,
        None => match git.rev_parse("refs/remotes/origin/HEAD")? {
            Some(upstream) => git.merge_base(&upstream, head)?,
            None => return Ok(None),
        },
    };
    let lines = lines(&git, &from, head)?;
    let mut files: Vec<DiffFile> = git
        .diff(&from, Target::Commit(head))?
        .iter()
        .filter_map(|change| file(change, &lines))
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut commits: Vec<DiffCommit> = git
        .log(Some(&from), head)?
        .iter()
        .filter_map(|one| commit(ctx, one))
        .collect();
    commits.reverse();
    Ok(Some(DiffSummary {
        version: trueline_core::artifact::Version::default(),
        base: from.as_str().to_owned(),
        head: head.as_str().to_owned(),
        files,
        commits,
    }))
}

/// Lines added and removed by path (after a rename: the new one); binary files have none.
type Lines = HashMap<Vec<u8>, (u64, u64)>;

fn lines(git: &Git, from: &Oid, to: &Oid) -> Result<Lines, Error> {
    let bytes = git.stdout(&[
        "diff-tree",
        "-r",
        "--numstat",
        "-z",
        "--find-renames=50%",
        "-l1000",
        "--relative",
        "--no-ext-diff",
        "--no-textconv",
        from.as_str(),
        to.as_str(),
        "--",
    ])?;
    let mut lines = Lines::new();
    let mut parts = bytes.split(|byte| *byte == 0);
    while let Some(record) = parts.next().filter(|record| !record.is_empty()) {
        let mut fields = record.splitn(3, |byte| *byte == b'\t');
        let mut number = || {
            std::str::from_utf8(fields.next()?)
                .ok()?
                .parse::<u64>()
                .ok()
        };
        let (added, removed) = (number(), number());
        let path = match fields.next() {
            // Of a rename, the two names follow.
            Some(b"") => {
                parts.next();
                parts.next().unwrap_or_default()
            }
            Some(path) => path,
            None => continue,
        };
        if let (Some(added), Some(removed)) = (added, removed) {
            lines.insert(path.to_vec(), (added, removed));
        }
    }
    Ok(lines)
}

fn file(change: &Change, lines: &Lines) -> Option<DiffFile> {
    let path = change.path()?;
    let (old, new) = (change.old.as_ref(), change.new.as_ref());
    let word = match change.status {
        Status::Added | Status::Copied => "added",
        Status::Deleted => "deleted",
        Status::Renamed => "renamed",
        Status::Modified | Status::TypeChanged | Status::Unmerged => match (old, new) {
            (Some(old), Some(new)) if old.oid == new.oid && old.mode != new.mode => "mode",
            _ => "modified",
        },
    };
    let counts = lines.get(path.bytes()).copied();
    // A change of mode alone has no line in git's numbers, and changes none.
    let counts = counts.or((word == "mode").then_some((0, 0)));
    let old_path = old
        .filter(|_| change.status == Status::Renamed)
        .map(|side| side.path.display().into_owned());
    Some(DiffFile {
        path: Text::new(path.display())?,
        old_path,
        change: Text::new(word)?,
        added: counts.map(|(added, _)| added),
        removed: counts.map(|(_, removed)| removed),
    })
}

fn commit(ctx: &Context, commit: &Commit) -> Option<DiffCommit> {
    Some(DiffCommit {
        id: Text::new(commit.oid.as_str())?,
        subject: commit
            .subject()
            .chars()
            .filter(|c| !c.is_control())
            .collect(),
        nt: trailers(&commit.message, "NT", &ctx.config().ids.nt),
        td: trailers(&commit.message, "TD", &ctx.config().ids.td),
        wbs: trailers(&commit.message, "WBS", &ctx.config().ids.wbs),
    })
}

/// The ids of a trailer in the last paragraph, in their order, each once: `NT: NT-1.1, NT-1.2`.
fn trailers(message: &str, key: &str, prefixes: &[String]) -> Vec<Id> {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let mut ids: Vec<Id> = Vec::new();
    for line in last.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if !name.trim().eq_ignore_ascii_case(key) {
            continue;
        }
        for word in value.split([',', ' ', ';']).filter(|word| !word.is_empty()) {
            let known = prefixes.iter().any(|prefix| {
                word.strip_prefix(prefix.as_str())
                    .is_some_and(|rest| rest.starts_with('-'))
            });
            if let Some(id) = Id::new(word).ok().filter(|id| known && !ids.contains(id)) {
                ids.push(id);
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::trailers;

    #[test]
    fn ids_of_trailers() {
        let of = |message: &str| -> Vec<String> {
            let ids = trailers(message, "NT", &["NT".to_owned()]);
            ids.into_iter().map(|id| id.as_str().to_owned()).collect()
        };
        assert_eq!(
            of("x\n\nbody\n\nNT: NT-1.1, NT-2\nnt: NT-2 NT-3\n"),
            ["NT-1.1", "NT-2", "NT-3"]
        );
        assert_eq!(
            of("x\n\nNT: NT-1\n\nlast paragraph\n"),
            Vec::<String>::new()
        );
        assert_eq!(of("NT: see NT-1 and TD-2"), ["NT-1"]);
    }
}
