//! Reads what git prints with `-z`.

use jiff::Timestamp;

use super::types::{Change, Commit, Entry, GitPath, Listed, Mode, Oid, Side, Status};

/// `ls-files -s -z` (mode, oid, stage, TAB, path) and `ls-tree -r -z` (mode, type, oid, TAB, path).
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    records(bytes).map(entry).collect()
}

/// `ls-files -t -s -c -o -z`: a letter and a blank before each record, `?` before a lone path.
pub(super) fn listed(bytes: &[u8]) -> Option<Vec<Listed>> {
    let one = |record: &[u8]| {
        let (letter, rest) = (record.first()?, record.get(2..)?);
        Some(match letter {
            b'?' => Listed::Other(GitPath::new(rest)),
            letter => Listed::Known {
                entry: entry(rest)?,
                is_skipped: letter.eq_ignore_ascii_case(&b'S'),
            },
        })
    };
    records(bytes).map(one).collect()
}

fn entry(record: &[u8]) -> Option<Entry> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(record.get(..tab)?).ok()?;
    let path = GitPath::new(record.get(tab + 1..)?);
    let mut words = head.split(' ');
    let mode = Mode::parse(words.next()?)?;
    let (second, third) = (words.next()?, words.next()?);
    let (oid, stage) = match Oid::parse(second) {
        Some(oid) => (oid, third.parse().ok()?),
        None => (Oid::parse(third)?, 0),
    };
    Some(Entry {
        path,
        mode,
        oid,
        stage,
    })
}

fn records(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let all = bytes.split(|byte| *byte == 0);
    all.filter(|record| !record.is_empty())
}

/// Paths with NUL after each.
pub(super) fn paths(bytes: &[u8]) -> Vec<GitPath> {
    records(bytes).map(GitPath::new).collect()
}

/// `--raw -z`: `:oldmode newmode oldoid newoid X[score]` NUL path NUL, and for renames and
/// copies a second path NUL.
pub(super) fn changes(bytes: &[u8]) -> Option<Vec<Change>> {
    let mut fields = records(bytes);
    let mut all = Vec::new();
    while let Some(head) = fields.next() {
        let head = std::str::from_utf8(head).ok()?.strip_prefix(':')?;
        let words: Vec<&str> = head.split(' ').collect();
        let [old_mode, new_mode, old_oid, new_oid, letter] = words[..] else {
            return None;
        };
        let status = match letter.bytes().next()? {
            b'A' => Status::Added,
            b'D' => Status::Deleted,
            b'M' => Status::Modified,
            b'T' => Status::TypeChanged,
            b'R' => Status::Renamed,
            b'C' => Status::Copied,
            b'U' => Status::Unmerged,
            _ => return None,
        };
        let first = GitPath::new(fields.next()?);
        let second = match status {
            Status::Renamed | Status::Copied => GitPath::new(fields.next()?),
            _ => first.clone(),
        };
        let side = |path, mode, oid| {
            Some(Side {
                path,
                mode: Mode::parse(mode)?,
                oid: Oid::parse(oid)?,
            })
        };
        let old = side(first, old_mode, old_oid)?;
        let new = side(second, new_mode, new_oid)?;
        all.push(Change {
            status,
            old: (status != Status::Added).then_some(old),
            new: (status != Status::Deleted).then_some(new),
        });
    }
    all.sort_by(|a, b| a.path().cmp(&b.path()));
    Some(all)
}

/// The format that [`commits`] reads, for `git log -z`.
pub(super) const COMMIT_FORMAT: &str = "--format=%H%n%P%n%an%n%ae%n%ct%n%B";

pub(super) fn commits(bytes: &[u8]) -> Option<Vec<Commit>> {
    records(bytes).map(commit).collect()
}

fn commit(record: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(record);
    let mut lines = text.splitn(6, '\n');
    let oid = Oid::parse(lines.next()?)?;
    let parents = lines.next()?.split_whitespace();
    let parents: Option<Vec<Oid>> = parents.map(Oid::parse).collect();
    let author = lines.next()?.to_owned();
    let email = lines.next()?.to_owned();
    let at = lines.next()?.parse().ok()?;
    let message = lines.next()?.trim_end_matches('\n').to_owned();
    Some(Commit {
        oid,
        parents: parents?,
        author,
        email,
        at: Timestamp::from_second(at).ok()?,
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const Z: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn raw_diff() {
        let text = format!(
            ":100644 120000 {A} {A} T\0b\0:100644 100755 {A} {A} R090\0old\tname\0a\u{ff}\0\
             :000000 160000 {Z} {A} A\0sub\0:100644 000000 {A} {Z} D\0gone\n\0"
        );
        // The letter above is two bytes in this file; make it one that is not UTF-8.
        let bytes: Vec<u8> = text
            .chars()
            .map(|char| u8::try_from(u32::from(char)).unwrap())
            .collect();
        let all = changes(&bytes).unwrap();
        let paths: Vec<Vec<_>> = all
            .iter()
            .map(|change| {
                change
                    .paths()
                    .map(|path| path.display().into_owned())
                    .collect()
            })
            .collect();
        assert_eq!(
            paths,
            [
                vec!["old\\tname", "a\\xFF"],
                vec!["b"],
                vec!["gone\\n"],
                vec!["sub"]
            ]
        );
        assert!(all[0].new.as_ref().unwrap().mode.is_executable());
        assert!(all[1].new.as_ref().unwrap().mode.is_symlink());
        assert!(all[2].new.is_none() && all[3].old.is_none());
        assert!(all[3].new.as_ref().unwrap().mode.is_submodule());
        assert_eq!(changes(b"").unwrap(), []);
        assert!(changes(b"nonsense").is_none());
    }

    #[test]
    fn index_and_tree_entries() {
        let text = format!("100644 {A} 2\ta b\tc\0100644 blob {A}\td\0");
        let all = entries(text.as_bytes()).unwrap();
        assert_eq!(all[0].path.as_str(), Some("a b\tc"));
        assert_eq!((all[0].stage, all[1].stage), (2, 0));
        assert!(entries(b"x\0").is_none());
        let text = format!("H 100644 {A} 0\td\0S 100644 {A} 0\ts\0? new\0");
        let all = listed(text.as_bytes()).unwrap();
        assert!(
            matches!(&all[0], Listed::Known { entry, is_skipped: false } if entry.path.as_str() == Some("d"))
        );
        assert!(matches!(
            &all[1],
            Listed::Known {
                is_skipped: true,
                ..
            }
        ));
        assert_eq!(all[2], Listed::Other(GitPath::new("new")));
        assert!(listed(b"x\0").is_none());
    }

    #[test]
    fn log_records() {
        let text =
            format!("{A}\n{A} {A}\nAn\na@b\n0\nSubject\n\nBody\n\nNT: NT-1\n\0{A}\n\nB\n\n1\n\0");
        let all = commits(text.as_bytes()).unwrap();
        assert_eq!(all[0].message, "Subject\n\nBody\n\nNT: NT-1");
        assert_eq!((all[0].parents.len(), all[1].parents.len()), (2, 0));
        assert_eq!(all[0].subject(), "Subject");
        assert_eq!(all[1].message, "");
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (changes(&bytes), entries(&bytes), commits(&bytes), paths(&bytes), listed(&bytes));
        }
    }
}
