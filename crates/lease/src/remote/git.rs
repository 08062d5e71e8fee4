//! The git commands of the lock table: read one ref, make one commit, push with a lease.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::table::{MAX_TABLE_BYTES, Table};
use crate::error::Error;

const FILE: &str = "table.json";

/// A repository, a remote, and the name of the ref.
#[derive(Debug, Clone)]
pub(super) struct Git {
    pub(super) root: PathBuf,
    pub(super) remote: String,
    pub(super) reference: String,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pushed {
    /// All of it is there.
    Done,
    /// Somebody else changed the table first: none of it is there.
    Lost,
    /// Another ref was refused, or the remote refuses this one: none of it is there.
    Refused(String),
}

impl Git {
    /// The table and the commit that it stands in; `None` for a table that does not exist yet.
    pub(super) fn read(&self) -> Result<(Option<String>, Table), Error> {
        let Some(oid) = self.tip()? else {
            return Ok((None, Table::default()));
        };
        let object = format!("{oid}:{FILE}");
        if !self
            .run(&["cat-file", "-e", &object], None)?
            .status
            .success()
        {
            let fetched = self.run(
                &[
                    "fetch",
                    "--quiet",
                    "--no-tags",
                    "--no-write-fetch-head",
                    "--end-of-options",
                    &self.remote,
                    &self.reference,
                ],
                None,
            )?;
            if !fetched.status.success() {
                return Err(self.failed("fetching", &fetched));
            }
        }
        let size = self.text(&["cat-file", "-s", &object])?;
        if size
            .parse::<usize>()
            .map_or(true, |size| size > MAX_TABLE_BYTES)
        {
            return Err(self.bad(&format!("larger than {MAX_TABLE_BYTES} bytes")));
        }
        let read = self.run(&["cat-file", "blob", &object], None)?;
        if !read.status.success() {
            return Err(self.failed("reading", &read));
        }
        let table = Table::parse(&read.stdout).map_err(|why| self.bad(&why))?;
        Ok((Some(oid), table))
    }

    /// The commit that the ref names on the remote.
    pub(super) fn tip(&self) -> Result<Option<String>, Error> {
        let listed = self.run(
            &[
                "ls-remote",
                "--refs",
                "--end-of-options",
                &self.remote,
                &self.reference,
            ],
            None,
        )?;
        if !listed.status.success() {
            return Err(self.failed("asking", &listed));
        }
        let text = String::from_utf8_lossy(&listed.stdout);
        let exact = |line: &&str| line.split('\t').nth(1) == Some(&self.reference);
        let line = text.lines().find(exact);
        Ok(line
            .and_then(|line| line.split('\t').next())
            .filter(|oid| is_oid(oid))
            .map(str::to_owned))
    }

    /// A commit of a table on top of another. Each commit is unique, so that one's own is known.
    pub(super) fn commit(&self, table: &Table, parent: Option<&str>) -> Result<String, Error> {
        let blob = self.made(&["hash-object", "-w", "--stdin"], Some(&table.render()))?;
        let listing = format!("100644 blob {blob}\t{FILE}\n");
        let tree = self.made(&["mktree"], Some(listing.as_bytes()))?;
        let nonce = crate::record::LockId::random()
            .map_err(|e| Error::io("naming a change of", &self.root, e))?;
        let message = format!(
            "locks: {} held, fence {}\n\n{nonce}\n",
            table.entries.len(),
            table.fence
        );
        let mut args = vec![
            "-c",
            "user.name=trueline locks",
            "-c",
            "user.email=locks@trueline.invalid",
            "-c",
            "commit.gpgSign=false",
            "commit-tree",
            &tree,
        ];
        if let Some(parent) = parent {
            args.extend(["-p", parent]);
        }
        self.made(&args, Some(message.as_bytes()))
    }

    /// Pushes a commit of the table, and other refs with it: all or nothing, and only if the
    /// table still stands at `old`.
    pub(super) fn push(
        &self,
        new: &str,
        old: Option<&str>,
        more: &[String],
    ) -> Result<Pushed, Error> {
        let lease = format!(
            "--force-with-lease={}:{}",
            self.reference,
            old.unwrap_or_default()
        );
        let table = format!("{new}:{}", self.reference);
        let mut args = vec![
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            &lease,
        ];
        if !more.is_empty() {
            args.push("--atomic");
        }
        args.extend(["--end-of-options", &self.remote, &table]);
        args.extend(more.iter().map(String::as_str));
        let pushed = self.run(&args, None)?;
        if pushed.status.success() {
            return Ok(Pushed::Done);
        }
        let report = String::from_utf8_lossy(&pushed.stdout);
        let said = String::from_utf8_lossy(&pushed.stderr);
        Ok(judge(&report, &said, &self.reference))
    }

    fn made(&self, args: &[&str], input: Option<&[u8]>) -> Result<String, Error> {
        let done = self.run(args, input)?;
        let text = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        if done.status.success() && is_oid(&text) {
            return Ok(text);
        }
        Err(self.failed("writing", &done))
    }

    fn text(&self, args: &[&str]) -> Result<String, Error> {
        let done = self.run(args, None)?;
        if !done.status.success() {
            return Err(self.failed("reading", &done));
        }
        Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }

    fn run(&self, args: &[&str], input: Option<&[u8]>) -> Result<Output, Error> {
        let failed = |e| Error::io("running git in", &self.root, e);
        let mut command = command(&self.root);
        command
            .args(args)
            .stdin(if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        if let (Some(bytes), Some(mut pipe)) = (input, child.stdin.take()) {
            pipe.write_all(bytes).map_err(failed)?;
        }
        child.wait_with_output().map_err(failed)
    }

    fn failed(&self, doing: &str, output: &Output) -> Error {
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said
            .lines()
            .filter(|l| !l.trim().is_empty())
            .take(3)
            .collect();
        Error::Remote {
            remote: self.remote.clone(),
            why: format!("{doing} {} failed: {}", self.reference, lines.join("; ")),
        }
    }

    fn bad(&self, why: &str) -> Error {
        Error::Remote {
            remote: self.remote.clone(),
            why: format!("the table in {} cannot be read: {why}", self.reference),
        }
    }
}

/// git with an environment that asks nothing and speaks plainly.
fn command(root: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(root)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .env("LANGUAGE", "C")
        .env_remove("GIT_TRACE")
        .env_remove("GIT_INDEX_FILE")
        .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
    command
}

fn is_oid(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads `git push --porcelain`: `FLAG TAB from:to TAB summary (reason)`.
fn judge(report: &str, said: &str, reference: &str) -> Pushed {
    // What servers and clients say when the old value is not the expected one.
    const LOST: &[&str] = &[
        "stale info",
        "already exists",
        "failed to update ref",
        "cannot lock ref",
        "incorrect old value",
        "fetch first",
        "non-fast-forward",
        "needs force",
        "unable to lock",
        "failed to lock",
    ];
    let mut refused = Vec::new();
    for line in report.lines().filter(|line| line.starts_with('!')) {
        let mut fields = line.split('\t').skip(1);
        let names = fields.next().unwrap_or_default();
        let summary = fields.next().unwrap_or_default();
        let is_table = names.rsplit(':').next() == Some(reference);
        if is_table && LOST.iter().any(|text| summary.contains(text)) {
            return Pushed::Lost;
        }
        if !summary.contains("atomic") {
            refused.push(format!("{names} {summary}"));
        }
    }
    if refused.is_empty() {
        // An atomic transaction that fails as a whole names no culprit.
        if report.lines().any(|l| l.starts_with('!')) && LOST.iter().any(|t| said.contains(t)) {
            return Pushed::Lost;
        }
        refused.extend(
            said.lines()
                .filter(|l| !l.trim().is_empty())
                .take(3)
                .map(str::to_owned),
        );
    }
    Pushed::Refused(refused.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REF: &str = "refs/locks/table";

    #[test]
    fn pushes_are_judged() {
        let line = |summary: &str| format!("To x\n!\tabc:{REF}\t{summary}\nDone\n");
        for lost in [
            "[rejected] (stale info)",
            "[remote rejected] (reference already exists)",
            "[remote rejected] (failed to update ref)",
            "[remote rejected] (cannot lock ref 'x')",
        ] {
            assert_eq!(judge(&line(lost), "", REF), Pushed::Lost, "{lost}");
        }
        for refused in [
            "[remote rejected] (deny updating a hidden ref)",
            "[remote rejected] (hook declined)",
        ] {
            assert!(
                matches!(judge(&line(refused), "", REF), Pushed::Refused(_)),
                "{refused}"
            );
        }
    }

    #[test]
    fn the_culprit_of_an_atomic_push_is_found() {
        let both = |table: &str, work: &str| {
            format!("!\tabc:{REF}\t{table}\n!\tHEAD:refs/heads/x\t{work}\n")
        };
        let lost = both("[rejected] (stale info)", "[rejected] (atomic push failed)");
        assert_eq!(judge(&lost, "", REF), Pushed::Lost);
        let work = both(
            "[rejected] (atomic push failed)",
            "[rejected] (non-fast-forward)",
        );
        let Pushed::Refused(why) = judge(&work, "", REF) else {
            panic!("retrying would not help");
        };
        assert!(
            why.contains("refs/heads/x") && !why.contains("atomic"),
            "{why}"
        );
    }
}
