//! git, as a subprocess.
//!
//! Every command runs in the root, with `-z`, without locks, pager, prompts or replaced objects,
//! and with a scrubbed environment in which `GIT_DIR` and friends, as hooks set them, stay.
//! Paths are relative to the root: where that is a folder inside a repository, what lies outside
//! of it is not seen. Needs git 2.31 ([`MINIMUM_VERSION`]).

mod blobs;
mod parse;
mod run;
mod types;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, OnceLock};

pub use blobs::Blobs;
pub use run::MINIMUM_VERSION;
pub use types::{Change, Commit, Entry, GitPath, Listed, Mode, Oid, Side, Status};

use crate::error::Error;

/// Whether a ref or revision can be passed to git as one word that is no option.
pub(crate) fn is_safe_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.chars().any(|char| char.is_control() || char == ' ')
}

/// The git top level that a folder lies in.
///
/// Found without running git, unless the environment says where the repository is.
pub(crate) fn top_level(folder: &Path) -> Option<PathBuf> {
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set("GIT_DIR") || is_set("GIT_WORK_TREE") {
        let bytes = run::stdout(folder, &["rev-parse", "--show-toplevel"]).ok()?;
        return path_of(&bytes)?.canonicalize().ok();
    }
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

/// A path that git printed, with its final newline.
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        Some(PathBuf::from(OsString::from_vec(bytes.to_vec())))
    }
    #[cfg(not(unix))]
    Some(PathBuf::from(OsString::from(
        std::str::from_utf8(bytes).ok()?,
    )))
}

/// The git repository that a folder lies in. Nothing runs until it is asked something.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
    places: Arc<OnceLock<Places>>,
}

#[derive(Debug, Clone)]
struct Places {
    top_level: PathBuf,
    git_dir: PathBuf,
    common_dir: PathBuf,
    is_shallow: bool,
}

/// What a commit is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// Another commit.
    Commit(&'a Oid),
    /// The index: what would be committed.
    Index,
    /// The working tree. Files that git does not know are not seen: see [`Git::untracked`].
    WorkTree,
}

impl Git {
    /// The repository that `root` lies in.
    pub fn new(root: &Path) -> Self {
        Git {
            root: root.to_owned(),
            places: Arc::default(),
        }
    }

    /// The folder that commands run in, and that paths are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// An error that says so where the root is in no repository with a working tree.
    pub fn require(&self) -> Result<(), Error> {
        self.places().map(|_| ())
    }

    fn places(&self) -> Result<&Places, Error> {
        if let Some(places) = self.places.get() {
            return Ok(places);
        }
        let ask = |what: &str| {
            let bytes = run::stdout(&self.root, &["rev-parse", "--path-format=absolute", what])?;
            // An old git echoes the option that it does not know.
            if bytes.starts_with(b"--path-format") {
                return Err(run::too_old(&self.root)
                    .unwrap_or_else(|| Error::io("git rev-parse gave no path")));
            }
            Ok(bytes)
        };
        let all = [
            "--path-format=absolute",
            "--show-toplevel",
            "--git-dir",
            "--git-common-dir",
            "--is-shallow-repository",
        ];
        let mut args = vec!["rev-parse"];
        args.extend(all);
        let bytes = run::stdout(&self.root, &args)?;
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let path = |bytes: &[u8]| path_of(bytes).ok_or_else(|| Error::io("git gave a bad path"));
        let places = match lines[..] {
            [top, git, common, shallow, b""] if top.starts_with(b"/") || cfg!(windows) => Places {
                top_level: path(top)?,
                git_dir: path(git)?,
                common_dir: path(common)?,
                is_shallow: shallow == b"true",
            },
            // A newline in a path: ask one by one.
            _ => Places {
                top_level: path(&ask("--show-toplevel")?)?,
                git_dir: path(&ask("--git-dir")?)?,
                common_dir: path(&ask("--git-common-dir")?)?,
                is_shallow: ask("--is-shallow-repository")?.starts_with(b"true"),
            },
        };
        Ok(self.places.get_or_init(|| places))
    }

    /// Top folder of the working tree.
    pub fn top_level(&self) -> Result<&Path, Error> {
        Ok(&self.places()?.top_level)
    }

    /// The folder of this working tree's own git data.
    pub fn git_dir(&self) -> Result<&Path, Error> {
        Ok(&self.places()?.git_dir)
    }

    /// The folder of the git data that all working trees share.
    pub fn common_dir(&self) -> Result<&Path, Error> {
        Ok(&self.places()?.common_dir)
    }

    /// Whether history is cut off.
    pub fn is_shallow(&self) -> Result<bool, Error> {
        Ok(self.places()?.is_shallow)
    }

    /// The commit that is checked out; `None` before the first one.
    pub fn head(&self) -> Result<Option<Oid>, Error> {
        self.rev_parse("HEAD")
    }

    /// The short name of the branch that is checked out; `None` where HEAD is detached.
    pub fn branch(&self) -> Result<Option<String>, Error> {
        let args = ["symbolic-ref", "--quiet", "--short", "HEAD"];
        let output = run::output(&self.root, &args)?;
        match output.status.code() {
            Some(0) => {
                let text = String::from_utf8_lossy(&output.stdout);
                Ok(Some(text.trim_end().to_owned()))
            }
            Some(1) => Ok(None),
            _ => Err(run::failure(&self.root, &args, &output)),
        }
    }

    /// The commit that a revision names; `None` where there is none.
    pub fn rev_parse(&self, rev: &str) -> Result<Option<Oid>, Error> {
        if !is_safe_name(rev) {
            return Err(Error::usage(format!("`{rev}` is not a revision")));
        }
        let name = format!("{rev}^{{commit}}");
        let args = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &name,
        ];
        let output = run::output(&self.root, &args)?;
        if output.status.success() {
            let text = String::from_utf8_lossy(&output.stdout);
            let oid = Oid::parse(text.trim_end());
            return oid
                .map(Some)
                .ok_or_else(|| Error::io(format!("git rev-parse gave no commit for `{rev}`")));
        }
        // The same code 1 for an unknown name and, with --quiet, for much else.
        self.require()?;
        Ok(None)
    }

    /// The commit that a base or head names. One that is not there makes the check
    /// inconclusive.
    pub fn commit(&self, rev: &str) -> Result<Oid, Error> {
        if let Some(oid) = self.rev_parse(rev)? {
            return Ok(oid);
        }
        let error = Error::inconclusive(format!("there is no commit `{rev}` here"));
        Err(self.hint_of_history(error))
    }

    /// The commits that two revisions name, as [`Git::commit`], mostly by one process.
    pub fn commit_pair(&self, a: &str, b: &str) -> Result<(Oid, Oid), Error> {
        if is_safe_name(a) && is_safe_name(b) {
            let names = [a, b].map(|rev| format!("{rev}^{{commit}}"));
            let output = run::output(&self.root, &["rev-parse", &names[0], &names[1]])?;
            let text = String::from_utf8_lossy(&output.stdout);
            let oids: Option<Vec<Oid>> = text.lines().map(Oid::parse).collect();
            if let (true, Some([a, b])) = (output.status.success(), oids.as_deref()) {
                return Ok((a.clone(), b.clone()));
            }
        }
        Ok((self.commit(a)?, self.commit(b)?))
    }

    fn hint_of_history(&self, error: Error) -> Error {
        if self.is_shallow().unwrap_or(false) {
            error.hint("this clone is shallow: `git fetch --unshallow`, or in CI fetch-depth: 0")
        } else {
            error.hint("fetch it first: `git fetch origin`")
        }
    }

    /// The best common ancestor of two commits. Inconclusive where there is none.
    pub fn merge_base(&self, a: &Oid, b: &Oid) -> Result<Oid, Error> {
        let args = ["merge-base", a.as_str(), b.as_str()];
        let output = run::output(&self.root, &args)?;
        match output.status.code() {
            Some(0) => {
                let text = String::from_utf8_lossy(&output.stdout);
                let first = text.lines().next().and_then(Oid::parse);
                first.ok_or_else(|| Error::io("git merge-base gave no commit"))
            }
            Some(1) => {
                let (a, b) = (a.short(), b.short());
                let error =
                    Error::inconclusive(format!("{a} and {b} have no common ancestor here"));
                Err(self.hint_of_history(error))
            }
            _ => Err(run::failure(&self.root, &args, &output)),
        }
    }

    /// Whether `a` is `b` or an ancestor of it. Inconclusive where history is cut off and no
    /// way from one to the other was found.
    pub fn is_ancestor(&self, a: &Oid, b: &Oid) -> Result<bool, Error> {
        let args = ["merge-base", "--is-ancestor", a.as_str(), b.as_str()];
        let output = run::output(&self.root, &args)?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) if self.is_shallow()? => {
                let (a, b) = (a.short(), b.short());
                let error = Error::inconclusive(format!(
                    "whether {a} is an ancestor of {b} cannot be told: history is cut off"
                ));
                Err(self.hint_of_history(error))
            }
            Some(1) => Ok(false),
            _ => Err(run::failure(&self.root, &args, &output)),
        }
    }

    /// Every path in the index, ordered by path. Submodules are one entry each.
    pub fn ls_files(&self) -> Result<Vec<Entry>, Error> {
        let bytes = self.stdout(&["ls-files", "--stage", "-z"])?;
        parse::entries(&bytes).ok_or_else(|| garbled("ls-files"))
    }

    /// Every path in the index and every file that git does not know and is not told to ignore,
    /// from one process. In no stated order; a path in conflict is there once a side.
    pub fn all_files(&self) -> Result<Vec<Listed>, Error> {
        let args = [
            "ls-files",
            "-z",
            "-t",
            "--stage",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let bytes = self.stdout(&args)?;
        parse::listed(&bytes).ok_or_else(|| garbled("ls-files"))
    }

    /// Files that git does not know and is not told to ignore.
    pub fn untracked(&self) -> Result<Vec<GitPath>, Error> {
        let bytes = self.stdout(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        Ok(parse::paths(&bytes))
    }

    /// Every path of a commit, ordered by path.
    pub fn ls_tree(&self, commit: &Oid) -> Result<Vec<Entry>, Error> {
        let bytes = self.stdout(&["ls-tree", "-r", "-z", commit.as_str()])?;
        parse::entries(&bytes).ok_or_else(|| garbled("ls-tree"))
    }

    /// What changed from a commit to something else, ordered by path; renames found at 50 %
    /// likeness, with both sides. For what a branch did, `from` is the merge base.
    pub fn diff(&self, from: &Oid, to: Target<'_>) -> Result<Vec<Change>, Error> {
        let from = from.as_str();
        let mut args = match to {
            Target::Commit(to) => vec!["diff-tree", "-r", from, to.as_str()],
            Target::Index => vec!["diff-index", "--cached", from],
            // Not diff-index: that takes a file that was only touched for a changed one.
            Target::WorkTree => vec!["diff", from],
        };
        args.splice(
            1..1,
            [
                "--raw",
                "-z",
                "--no-abbrev",
                "--find-renames=50%",
                "-l1000",
                "--relative",
                "--no-ext-diff",
                "--ignore-submodules=none",
            ],
        );
        args.push("--");
        let bytes = self.stdout(&args)?;
        parse::changes(&bytes).ok_or_else(|| garbled("diff"))
    }

    /// The commits that can be reached from `head` and not from `base`, newest first.
    pub fn log(&self, base: Option<&Oid>, head: &Oid) -> Result<Vec<Commit>, Error> {
        let not = base.map(|base| format!("^{base}"));
        let mut args = vec![
            "log",
            "-z",
            "--encoding=UTF-8",
            "--no-show-signature",
            "--no-color",
            "--no-patch",
            parse::COMMIT_FORMAT,
            head.as_str(),
        ];
        args.extend(not.as_deref());
        args.push("--");
        let bytes = self.stdout(&args)?;
        parse::commits(&bytes).ok_or_else(|| garbled("log"))
    }

    /// Standard output of a git command that must succeed. For what this type lacks: pass
    /// revisions only after [`Git::rev_parse`], and paths after `--`.
    pub fn stdout(&self, args: &[&str]) -> Result<Vec<u8>, Error> {
        run::stdout(&self.root, args)
    }

    /// Runs a git command to its end, whatever its exit code.
    pub fn output(&self, args: &[&str]) -> Result<Output, Error> {
        run::output(&self.root, args)
    }

    /// A git command, ready to be started in the same way.
    pub fn command(&self, args: &[&str]) -> std::process::Command {
        run::command(&self.root, args)
    }
}

fn garbled(what: &str) -> Error {
    Error::io(format!("git {what} gave something that cannot be read"))
}

#[cfg(test)]
mod tests;
