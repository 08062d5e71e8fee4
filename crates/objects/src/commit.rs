//! What stands in a commit.

use crate::{Error, Name};

/// A commit, as far as it is read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit<'a> {
    /// Its top folder.
    pub tree: Name,
    /// The commits that it follows.
    pub parents: Vec<Name>,
    /// When it was made, in seconds since 1970, if it says so.
    pub time: Option<u64>,
    /// The encoding of its message, where it says so; else that is UTF-8.
    pub encoding: Option<&'a [u8]>,
    /// Its message, as written: what follows the first empty line.
    pub message: &'a [u8],
}

impl<'a> Commit<'a> {
    /// Reads the bytes of a commit.
    ///
    /// # Errors
    /// When they do not begin with a tree and parents.
    pub fn parse(bytes: &'a [u8]) -> Result<Commit<'a>, Error> {
        let bad = || Error::Damaged("a commit is damaged");
        let (tree, mut rest) = named(bytes, b"tree ").ok_or_else(bad)?;
        let mut parents = Vec::new();
        while let Some((parent, after)) = named(rest, b"parent ") {
            parents.push(parent);
            rest = after;
        }
        let (mut encoding, mut time) = (None, None);
        loop {
            let (line, after) = match memchr::memchr(b'\n', rest) {
                Some(end) => (rest.get(..end), rest.get(end + 1..)),
                None => (Some(rest), None),
            };
            let line = line.unwrap_or_default();
            if let (None, Some(name)) = (encoding, line.strip_prefix(b"encoding ")) {
                encoding = Some(name);
            }
            if let (None, Some(who)) = (time, line.strip_prefix(b"committer ")) {
                time = seconds(who);
            }
            rest = after.unwrap_or_default();
            if line.is_empty() || after.is_none() {
                break;
            }
        }
        Ok(Commit {
            tree,
            parents,
            time,
            encoding,
            message: rest,
        })
    }
}

/// The seconds of `Name <mail> 1700000000 +0100`.
fn seconds(who: &[u8]) -> Option<u64> {
    let seconds = who.rsplit(|byte| *byte == b' ').nth(1)?;
    std::str::from_utf8(seconds).ok()?.parse().ok()
}

/// `word` and a name, up to the end of the line.
fn named<'a>(bytes: &'a [u8], word: &[u8]) -> Option<(Name, &'a [u8])> {
    let rest = bytes.strip_prefix(word)?;
    let (name, rest) = rest.split_at_checked(2 * Name::LENGTH)?;
    Some((Name::parse(name)?, rest.strip_prefix(b"\n")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_header_and_the_message() {
        let [a, b, c] = ["a", "b", "c"].map(|digit| digit.repeat(40));
        let name = |text: &str| Name::parse(text.as_bytes()).unwrap();
        let head = format!(
            "tree {a}\nparent {b}\nparent {c}\nauthor A <a@b> 1 +0\ncommitter A <a@b> 1 +0\n"
        );
        let text = format!(
            "{head}gpgsig x\n \n encoding y\nencoding ISO-8859-1\n\n\nSubject\n\nparent {a}\n"
        );
        let commit = Commit::parse(text.as_bytes()).unwrap();
        assert_eq!(
            (commit.tree, commit.parents),
            (name(&a), vec![name(&b), name(&c)])
        );
        assert_eq!(commit.encoding, Some(&b"ISO-8859-1"[..]));
        assert_eq!(commit.time, Some(1));
        assert_eq!(
            commit.message,
            format!("\nSubject\n\nparent {a}\n").as_bytes()
        );

        let commit = Commit::parse(head.as_bytes()).unwrap();
        assert_eq!((commit.encoding, commit.message), (None, &b""[..]));
        let root = format!("tree {a}\n\nparent {b}\n");
        let commit = Commit::parse(root.as_bytes()).unwrap();
        assert!(commit.parents.is_empty() && commit.message.starts_with(b"parent"));
        assert_eq!(commit.time, None);
        for (who, time) in [
            ("A <a@b> 1700000000 +0100", Some(1_700_000_000)),
            ("A <a@b> -5 +0100", None),
            ("A <a@b> 99999999999999999999 +0100", None),
            ("1700000000", None),
            ("", None),
        ] {
            let text = format!("tree {a}\ncommitter {who}\n\nx");
            assert_eq!(Commit::parse(text.as_bytes()).unwrap().time, time, "{who}");
        }
        for bad in [
            "",
            "tree",
            &format!("tree {a}"),
            &format!("parent {a}\n"),
            "tree 12\n\n",
        ] {
            assert!(Commit::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
