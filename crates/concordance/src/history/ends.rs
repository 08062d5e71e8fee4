//! Between which commits a range lies.

use trueline_kit::Error;
use trueline_kit::git::{Git, Oid};

use super::History;

/// A range of commits.
#[derive(Debug)]
pub struct Ends {
    /// The base that was asked for.
    pub base: Oid,
    /// The last commit.
    pub head: Oid,
    /// Where the two parted.
    pub merge_base: Oid,
    /// Those that can be reached from the head and not from the base, newest first.
    pub commits: Vec<Oid>,
}

impl Ends {
    /// The range of a base and a head; HEAD where there is none.
    ///
    /// # Errors
    /// When git cannot be read, or one of the commits or their common ancestor is not there.
    pub fn of(git: &Git, base: &str, head: Option<&Oid>) -> Result<Ends, Error> {
        let (base, head) = named(git, base, head)?;
        Ends::listed(git, base, head)
    }

    /// As [`Ends::of`], of commits of which none is remembered: where they follow each other, by
    /// what they say, and `history` keeps it.
    ///
    /// # Errors
    /// As [`Ends::of`].
    pub fn of_new(
        history: &mut History<'_>,
        base: &str,
        head: Option<&Oid>,
    ) -> Result<Ends, Error> {
        let (base, head) = named(history.git, base, head)?;
        match history.walk(&base, &head) {
            Some(commits) => Ok(Ends {
                merge_base: base.clone(),
                base,
                head,
                commits,
            }),
            None => Ends::listed(history.git, base, head),
        }
    }

    /// By `git rev-list`.
    fn listed(git: &Git, base: Oid, head: Oid) -> Result<Ends, Error> {
        let not = format!("^{base}");
        let list = git.stdout(&["rev-list", "--boundary", head.as_str(), &not, "--"])?;
        let mut commits = Vec::new();
        // Where the head follows the base, some commit of the range has the base for a parent: no
        // other process is needed to tell where they parted.
        let mut is_ahead = base == head;
        for line in list
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            match line.strip_prefix(b"-") {
                Some(edge) => is_ahead |= edge == base.as_str().as_bytes(),
                None => {
                    let oid = std::str::from_utf8(line).ok().and_then(Oid::parse);
                    commits.push(oid.ok_or_else(|| {
                        Error::io("git rev-list gave something that cannot be read")
                    })?);
                }
            }
        }
        let merge_base = match is_ahead {
            true => base.clone(),
            false => git.merge_base(&base, &head)?,
        };
        Ok(Ends {
            base,
            head,
            merge_base,
            commits,
        })
    }
}

fn named(git: &Git, base: &str, head: Option<&Oid>) -> Result<(Oid, Oid), Error> {
    git.require()?;
    match head {
        Some(head) => Ok((git.commit(base)?, head.clone())),
        None => git.commit_pair(base, "HEAD"),
    }
}
