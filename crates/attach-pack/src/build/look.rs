//! The look at one input: it is read, searched for secrets, and made ready to be written where it is small.

use super::Job;
use super::gate::Gate;
use super::input::{FromStart, Input, Origin, State, Trouble, read_stable, state};
use crate::hex::sha256;
use crate::rules;
use crate::zip::{Level, Prepared, WHOLE, prepare};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroU32;
use std::path::PathBuf;
use trueline_core::artifact::pack::Redaction;
use trueline_core::scalar::{self, Text};
use trueline_core::{Finding, Location};
use trueline_kit::Error;
use trueline_secrets::Scanner;

/// The largest text that secrets are taken out of, in bytes.
const MAX_REDACT: u64 = 256 << 20;

/// How an input is looked at.
#[derive(Clone, Copy)]
pub(super) enum Look {
    /// Nothing is written of it, or not yet.
    Only,
    /// It is written next. What is large may be read, and so searched, then.
    AndWrite(Level),
    /// It is written next, and was looked at before: what is large must be what it was.
    Again(Level),
}

impl Look {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Only => Level::Store,
            Self::AndWrite(level) | Self::Again(level) => level,
        }
    }
}

/// One input, read and searched.
pub(super) struct Looked {
    pub(super) size: u64,
    /// SHA-256; `None` if it is read, and searched, while it is written.
    pub(super) sha256: Option<[u8; 32]>,
    pub(super) redactions: Vec<Redaction>,
    /// Ready to be written; `None` if it is too large to be held, or the gate is closed.
    pub(super) ready: Option<Prepared>,
}

/// The content of an input that is not held, with its secrets taken out where that is asked for.
pub(super) fn large<'a>(job: &Job<'_>, input: &'a Input) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match &input.origin {
        Origin::Bytes(bytes) if job.settings.redact => {
            Box::new(io::Cursor::new(trueline_secrets::redact(bytes).0))
        }
        Origin::Bytes(bytes) => Box::new(bytes.as_slice()),
        Origin::Scratch(file, size) if job.settings.redact && *size <= MAX_REDACT => Box::new(
            io::Cursor::new(trueline_secrets::redact(&FromStart::all(file)?).0),
        ),
        Origin::Scratch(file, _) => Box::new(FromStart::of(file)),
        Origin::File { size, .. } if job.settings.redact && *size <= MAX_REDACT => Box::new(
            io::Cursor::new(trueline_secrets::redact(&std::fs::read(place(job, input)?)?).0),
        ),
        Origin::File { .. } => Box::new(File::open(place(job, input)?)?),
    })
}

/// What tells the state of a file from another; the same at any time for what was made here.
pub(super) fn now(job: &Job<'_>, input: &Input) -> io::Result<Option<State>> {
    match &input.origin {
        Origin::Bytes(_) | Origin::Scratch(..) => Ok(None),
        Origin::File { .. } => Ok(Some(state(&place(job, input)?.metadata()?))),
    }
}

/// Where an input is.
pub(super) fn place(job: &Job<'_>, input: &Input) -> io::Result<PathBuf> {
    input
        .place(job.ctx.root())
        .ok_or_else(|| io::Error::other("it is no file"))
}

/// Reads and searches one input; prepares it where it is small and a level is given. `None`: it cannot be had, which was
/// reported.
pub(super) fn look(
    job: &Job<'_>,
    gate: &Gate<'_>,
    input: &Input,
    base: &str,
    how: Look,
) -> Result<Option<Looked>, Error> {
    let redact = job.settings.redact && input.size() <= MAX_REDACT;
    if !redact && input.size() > WHOLE {
        if matches!(how, Look::AndWrite(_)) && !gate.is_closed() {
            return later(job, gate, input).map(Some);
        }
        return stream(job, gate, input);
    }
    let content = match &input.origin {
        Origin::Bytes(bytes) => bytes.clone(),
        Origin::Scratch(file, _) => {
            FromStart::all(file).map_err(|error| unreadable(input, &error))?
        }
        Origin::File { state, .. } => {
            let place = place(job, input).map_err(|error| unreadable(input, &error))?;
            match read_stable(&place, *state, &|| ()) {
                Ok(bytes) => bytes,
                Err(Trouble::Changed) => {
                    changed(gate, input);
                    return Ok(None);
                }
                Err(Trouble::Io(error)) => return Err(unreadable(input, &error)),
            }
        }
    };
    job.logs.see(input, &content);
    let (content, redactions) = if redact {
        redacted(&content)
    } else {
        report(gate, input, None, &trueline_secrets::report(&content));
        (content, Vec::new())
    };
    super::nested::search(gate, input, content.as_slice());
    let size = content.len() as u64;
    let ready = match how {
        Look::AndWrite(level) | Look::Again(level) if size <= WHOLE && !gate.is_closed() => {
            let name = format!("{base}/{}", input.path);
            Some(
                prepare(&name, input.executable(), content, level)
                    .map_err(|error| Error::bug(error.to_string()))?,
            )
        }
        _ => {
            let sha256 = Some(sha256(&content));
            return Ok(Some(Looked {
                size,
                sha256,
                redactions,
                ready: None,
            }));
        }
    };
    let sha256 = ready.as_ref().map(|ready| ready.sha256);
    Ok(Some(Looked {
        size,
        sha256,
        redactions,
        ready,
    }))
}

/// A file that is too large to be held, and is searched while it is written; the archive in it, if it is one, now.
fn later(job: &Job<'_>, gate: &Gate<'_>, input: &Input) -> Result<Looked, Error> {
    match &input.origin {
        Origin::Bytes(bytes) => super::nested::search(gate, input, bytes.as_slice()),
        Origin::Scratch(file, _) => super::nested::search(gate, input, &**file),
        Origin::File { .. } => {
            let file = place(job, input).and_then(File::open);
            let file = file.map_err(|error| unreadable(input, &error))?;
            super::nested::search(gate, input, &file);
        }
    }
    job.logs.see_large(input, job.ctx.root());
    Ok(Looked {
        size: input.size(),
        sha256: None,
        redactions: Vec::new(),
        ready: None,
    })
}

/// A file that is too large to be held, searched alone.
pub(super) fn stream(
    job: &Job<'_>,
    gate: &Gate<'_>,
    input: &Input,
) -> Result<Option<Looked>, Error> {
    let failed = |error: io::Error| unreadable(input, &error);
    let mut scanner = Scanner::new();
    let mut digest = Sha256::new();
    let mut size = 0u64;
    let mut see = |piece: &[u8]| {
        scanner.feed(piece);
        digest.update(piece);
        size += piece.len() as u64;
    };
    match &input.origin {
        Origin::Bytes(bytes) => {
            see(bytes);
            super::nested::search(gate, input, bytes.as_slice());
        }
        Origin::Scratch(file, _) => {
            pieces(&mut FromStart::of(file), &mut see).map_err(failed)?;
            super::nested::search(gate, input, &**file);
        }
        Origin::File { size: expected, .. } => {
            let place = place(job, input).map_err(failed)?;
            let mut file = File::open(place).map_err(failed)?;
            let mut reader = (&mut file).take(expected.saturating_add(1));
            pieces(&mut reader, &mut see).map_err(failed)?;
            if size != *expected {
                changed(gate, input);
                return Ok(None);
            }
            super::nested::search(gate, input, &file);
        }
    }
    report(gate, input, None, &scanner.finish());
    job.logs.see_large(input, job.ctx.root());
    Ok(Some(Looked {
        size,
        sha256: Some(digest.finalize().into()),
        redactions: Vec::new(),
        ready: None,
    }))
}

/// Shows all that can be read.
fn pieces(reader: &mut impl Read, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 256 << 10];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => see(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reports what a scan found.
pub(super) fn report(
    gate: &Gate<'_>,
    input: &Input,
    inner: Option<&str>,
    found: &trueline_secrets::Report,
) {
    for hit in &found.hits {
        gate.secret(input.shown(), inner, hit);
    }
    if found.omitted > 0 {
        let message = format!("{} more secrets, not listed", found.omitted);
        let finding = Finding::new(&rules::SECRET, Location::file(input.shown()), message);
        gate.stop(finding.subject("omitted"));
    }
}

/// The content without its secrets, and what was taken out.
fn redacted(content: &[u8]) -> (Vec<u8>, Vec<Redaction>) {
    let (clean, log) = trueline_secrets::redact(content);
    let mut gone = 0u64;
    let mut redactions = Vec::with_capacity(log.len());
    for one in log {
        let range =
            usize::try_from(one.hit.start).unwrap_or(0)..usize::try_from(one.hit.end).unwrap_or(0);
        let line = u32::try_from(one.hit.line.saturating_sub(gone).max(1)).unwrap_or(u32::MAX);
        let lines = content
            .get(range)
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        gone += lines as u64;
        let parts = (
            Text::new(one.hit.rule),
            NonZeroU32::new(line),
            scalar::Sha256::new(one.hit.fingerprint),
        );
        if let (Some(rule), Some(line), Some(fingerprint)) = parts {
            redactions.push(Redaction {
                rule,
                line,
                fingerprint,
            });
        }
    }
    (clean, redactions)
}

pub(super) fn changed(gate: &Gate<'_>, input: &Input) {
    let message = format!("`{}` changed while it was read", input.shown());
    let finding = Finding::new(&rules::FILE_CHANGED, Location::file(input.shown()), message);
    gate.close(finding.subject(input.shown()));
}

pub(super) fn unreadable(input: &Input, error: &io::Error) -> Error {
    Error::io(format!("cannot read `{}`: {error}", input.shown()))
}
