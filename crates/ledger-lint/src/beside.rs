//! The scan for secrets on a second thread, beside the reading of the lines.
//!
//! The reader hands every chunk of the file to both: the lines are checked on the thread that
//! asks for them, the secrets are looked for on another. Chunks are shared, not copied, and at
//! most a handful is in flight.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use trueline_secrets::{Report, Scanner};

use crate::input::Scanned;
use crate::lines::CHUNK;

/// Chunks that wait for the scan, at most.
const WAITING: usize = 4;

/// A source whose bytes are scanned while it is read.
pub enum Source<'a> {
    /// On this thread.
    Here(Scanned<'a, Box<dyn BufRead>>),
    /// On another.
    Beside(Shared),
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::Here(source) => source.read(out),
            Source::Beside(source) => source.read(out),
        }
    }
}

impl BufRead for Source<'_> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Source::Here(source) => source.fill_buf(),
            Source::Beside(source) => source.fill_buf(),
        }
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        match self {
            Source::Here(source) => source.consume(count),
            Source::Beside(source) => source.consume(count),
        }
    }
}

/// Does some work on a source and looks for secrets in everything that the work reads; with
/// `two` threads, both at once. The result is the same either way.
pub fn scanned<T>(
    source: Box<dyn BufRead>,
    two: bool,
    work: impl FnOnce(Source<'_>) -> T,
) -> (T, Report) {
    if !two {
        let mut scanner = Scanner::new();
        let done = work(Source::Here(Scanned::new(source, &mut scanner)));
        return (done, scanner.finish());
    }
    thread::scope(|scope| {
        let (out, chunks) = sync_channel(WAITING);
        let scan = scope.spawn(move || scan(&chunks));
        // The source goes when the work is done, and with it the scan's last chunk comes.
        let done = work(Source::Beside(Shared::new(source, out)));
        match scan.join() {
            Ok(report) => (done, report),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn scan(chunks: &Receiver<Arc<Vec<u8>>>) -> Report {
    let mut scanner = Scanner::new();
    for chunk in chunks {
        scanner.feed(&chunk);
    }
    scanner.finish()
}

/// A reader that gives each of its chunks to another thread too.
pub struct Shared {
    inner: Box<dyn BufRead>,
    out: SyncSender<Arc<Vec<u8>>>,
    chunk: Arc<Vec<u8>>,
    at: usize,
    /// Chunks that were read before: their memory is used again once the scan let go of them.
    before: Vec<Arc<Vec<u8>>>,
}

impl Shared {
    fn new(inner: Box<dyn BufRead>, out: SyncSender<Arc<Vec<u8>>>) -> Self {
        Shared {
            inner,
            out,
            chunk: Arc::default(),
            at: 0,
            before: Vec::new(),
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let free = self
            .before
            .iter_mut()
            .position(|chunk| Arc::get_mut(chunk).is_some());
        let mut next = free
            .map(|slot| self.before.swap_remove(slot))
            .unwrap_or_default();
        let count = match Arc::get_mut(&mut next) {
            Some(bytes) => {
                bytes.resize(CHUNK, 0);
                let read = self.inner.read(bytes);
                bytes.truncate(*read.as_ref().unwrap_or(&0));
                read
            }
            None => Err(io::Error::other("a chunk is in use")),
        };
        let count = match count {
            Ok(count) => count,
            Err(error) => {
                self.before.push(next);
                return Err(error);
            }
        };
        let last = std::mem::replace(&mut self.chunk, next);
        self.before.push(last);
        self.at = 0;
        if count > 0 && self.out.send(Arc::clone(&self.chunk)).is_err() {
            return Err(io::Error::other("the scan for secrets ended early"));
        }
        Ok(())
    }
}

impl Read for Shared {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Shared {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.chunk.len() {
            self.refill()?;
        }
        Ok(self.chunk.get(self.at..).unwrap_or_default())
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.chunk.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives a few bytes at a time and is interrupted now and then.
    struct Halting(Vec<u8>, usize);

    impl Read for Halting {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = out.len().min(self.0.len()).min(70_000);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn lines(source: Source<'_>) -> Vec<Vec<u8>> {
        source.split(b'\n').map(Result::unwrap).collect()
    }

    #[test]
    fn two_threads_read_and_find_what_one_does() {
        let token = format!("ghp_{}", "q7Rk2pLw9Zt4Vb6Nn1Xs8Jd5Hf3Gc0Ya2Me4");
        let mut text = String::new();
        for line in 0..20_000 {
            text.push_str(&format!("a line of text, number {line}\n"));
            if line % 1_000 == 999 {
                text.push_str(&format!("token {token}\n"));
            }
        }
        let source = || -> Box<dyn BufRead> {
            Box::new(io::BufReader::with_capacity(
                100,
                Halting(text.clone().into_bytes(), 0),
            ))
        };
        let (one, found) = scanned(source(), false, lines);
        let (two, same) = scanned(source(), true, lines);
        assert!(one == two && one.len() == 20_020);
        assert_eq!(found.hits.len(), 20);
        assert_eq!(found.hits, same.hits);
    }

    #[test]
    fn an_error_of_the_source_ends_both() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                match std::mem::replace(&mut self.0, true) {
                    true => Err(io::Error::other("gone")),
                    false => (&b"line\n"[..]).read(out),
                }
            }
        }
        let source = Box::new(io::BufReader::new(Broken(false)));
        let (done, report) = scanned(source, true, |mut source| {
            let mut text = String::new();
            source
                .read_to_string(&mut text)
                .map_err(|error| error.to_string())
        });
        assert_eq!(done, Err("gone".to_owned()));
        assert!(report.is_clean());
    }
}
