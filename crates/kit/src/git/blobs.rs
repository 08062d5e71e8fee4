//! Many blobs from one process.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::Git;
use super::run;
use super::types::Oid;
use crate::error::Error;

/// A running `git cat-file --batch`: each question costs no new process.
///
/// Ended when it is dropped.
pub struct Blobs {
    child: Child,
    // Both are taken only when the process is ended.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    limit: u64,
}

impl Git {
    /// Starts a reader of blobs of at most `limit` bytes each.
    pub fn blobs(&self, limit: u64) -> Result<Blobs, Error> {
        let mut child = run::command(self.root(), ["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| run::not_started(self.root(), &error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Blobs {
                child,
                input: Some(input),
                output: BufReader::new(output),
                limit,
            }),
            _ => Err(Error::bug("git was started without pipes")),
        }
    }

    /// The bytes of a root-relative file at a commit; `None` where it is not there, or is no
    /// file (a folder, a submodule). A symbolic link gives the text of its target.
    pub fn show(&self, commit: &Oid, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let shown = self.blobs(limit)?.at(commit, path);
        // A bare repository has no folder that the path could be relative to: git just ends.
        shown.map_err(|error| self.require().err().unwrap_or(error))
    }
}

impl Blobs {
    /// The bytes of a blob; `None` where there is no such blob.
    pub fn get(&mut self, oid: &Oid) -> Result<Option<Vec<u8>>, Error> {
        self.ask(oid.as_str())
    }

    /// The bytes of a root-relative file at a commit: see [`Git::show`].
    pub fn at(&mut self, commit: &Oid, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let is_plain = !path.contains(['\n', '\0'])
            && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !is_plain {
            return Err(Error::io(format!("`{path}` is not a path in a repository")));
        }
        self.ask(&format!("{commit}:./{path}"))
    }

    fn ask(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.exchange(name)
            .map_err(|error| Error::on("git cat-file", &error))?
            .map_err(|size| {
                let limit = self.limit;
                Error::io(format!(
                    "`{name}` has {size} bytes, over the limit of {limit}"
                ))
            })
    }

    /// The outer error is the pipe's, the inner one the size of a blob that is too large.
    fn exchange(&mut self, name: &str) -> std::io::Result<Result<Option<Vec<u8>>, u64>> {
        let closed = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let input = self.input.as_mut().ok_or_else(closed)?;
        writeln!(input, "{name}")?;
        input.flush()?;
        let mut head = Vec::new();
        self.output.read_until(b'\n', &mut head)?;
        if head.is_empty() {
            return Err(closed());
        }
        let text = String::from_utf8_lossy(&head);
        let words: Vec<&str> = text.trim_end().rsplitn(3, ' ').collect();
        let (kind, size) = match words[..] {
            [size, kind, oid] if Oid::parse(oid).is_some() => (kind, size.parse::<u64>().ok()),
            _ => ("", None),
        };
        // `NAME missing`, `NAME ambiguous`, and for a submodule `OID submodule`.
        let Some(size) = size else {
            return Ok(Ok(None));
        };
        if kind != "blob" || size > self.limit {
            std::io::copy(
                &mut self.output.by_ref().take(size + 1),
                &mut std::io::sink(),
            )?;
            return Ok(if kind == "blob" { Err(size) } else { Ok(None) });
        }
        let mut bytes = Vec::new();
        self.output.by_ref().take(size).read_to_end(&mut bytes)?;
        let mut end = [0];
        self.output.read_exact(&mut end)?;
        Ok(Ok(Some(bytes)))
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        self.input = None;
        // Whatever is left to read keeps it from ending by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
