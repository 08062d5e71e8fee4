//! Opening what is checked: files below the root, files named on the command line, standard
//! input; `.gz` too.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use trueline_kit::{Context, Error, STDIN};
use trueline_secrets::Scanner;

use crate::lines::CHUNK;

/// Largest content of one compressed file that is read, in bytes (64 GiB): a small file cannot
/// keep a run busy for ever.
const MAX_UNPACKED: u64 = 64 << 30;

/// Something to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Path as shown: relative to the root where it lies below it.
    pub shown: String,
    /// Where it is; `None` for standard input.
    pub place: Option<PathBuf>,
}

impl Input {
    /// A path of the command line: relative to the current folder; `-` is standard input.
    ///
    /// A file outside the root may be named; nothing else there is read.
    ///
    /// # Errors
    /// The path is not UTF-8.
    pub fn named(ctx: &Context, path: &Path) -> Result<Input, Error> {
        if path == Path::new(STDIN) {
            return Ok(Input {
                shown: STDIN.to_owned(),
                place: None,
            });
        }
        let shown = match ctx.relative(path) {
            Ok(shown) => shown,
            Err(error) => path.to_str().map(str::to_owned).ok_or(error)?,
        };
        Ok(Input {
            shown,
            place: Some(path.to_owned()),
        })
    }

    /// A path relative to the root, if there is such a file. A link must not lead out.
    ///
    /// # Errors
    /// The file lies outside the root, or the folder cannot be read.
    pub fn below_root(ctx: &Context, path: &str) -> Result<Option<Input>, Error> {
        let place = ctx.root().join(path);
        match place.canonicalize() {
            Ok(real) if real.starts_with(ctx.root()) => Ok(Some(Input {
                shown: path.to_owned(),
                place: Some(real),
            })),
            Ok(_) => Err(Error::io(format!("`{path}` lies outside the root"))),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(Error::on(format!("cannot read `{path}`"), &error)),
        }
    }

    /// A reader of its content, unpacked where its name ends in `.gz`.
    ///
    /// # Errors
    /// There is no such file, it is no regular file, or it cannot be opened.
    pub fn open(&self) -> Result<Box<dyn BufRead>, Error> {
        let failed = |error: &io::Error| Error::on(format!("cannot read `{}`", self.shown), error);
        let Some(place) = &self.place else {
            return Ok(Box::new(BufReader::with_capacity(CHUNK, io::stdin())));
        };
        // Opening a pipe would wait for its writer.
        let data = place.metadata().map_err(|error| failed(&error))?;
        if !data.is_file() {
            return Err(Error::io(format!(
                "cannot read `{}`: not a regular file",
                self.shown
            )));
        }
        let file =
            BufReader::with_capacity(CHUNK, File::open(place).map_err(|error| failed(&error))?);
        if self.shown.ends_with(".gz") {
            let unpacked = MultiGzDecoder::new(file).take(MAX_UNPACKED);
            return Ok(Box::new(BufReader::with_capacity(CHUNK, unpacked)));
        }
        Ok(Box::new(file))
    }

    /// Whether there are so many bytes to read, as far as that is known: standard input and
    /// packed files count as large.
    pub fn is_at_least(&self, bytes: u64) -> bool {
        match &self.place {
            Some(place) if !self.shown.ends_with(".gz") => {
                place.metadata().is_ok_and(|data| data.len() >= bytes)
            }
            _ => true,
        }
    }

    /// The whole content, up to a limit.
    ///
    /// # Errors
    /// As [`Input::open`], and where there is more than `limit` bytes.
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let reader = self.open()?;
        reader
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| Error::on(format!("cannot read `{}`", self.shown), &error))?;
        if bytes.len() as u64 > limit {
            return Err(Error::io(format!(
                "`{}` is larger than the limit of {limit} bytes",
                self.shown
            ))
            .hint("raise `file_bytes` under [limits] in trueline.toml"));
        }
        Ok(bytes)
    }
}

/// A reader that shows everything that passes to the scanner of secrets.
pub struct Scanned<'s, R> {
    inner: R,
    scanner: &'s mut Scanner,
}

impl<'s, R: BufRead> Scanned<'s, R> {
    /// Wraps a reader.
    pub fn new(inner: R, scanner: &'s mut Scanner) -> Self {
        Scanned { inner, scanner }
    }
}

impl<R: BufRead> Read for Scanned<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.scanner.feed(out.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Scanned<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        // What was filled is there still: nothing is read for it.
        if let Ok(chunk) = self.inner.fill_buf() {
            self.scanner.feed(chunk.get(..count).unwrap_or(chunk));
        }
        self.inner.consume(count);
    }
}
