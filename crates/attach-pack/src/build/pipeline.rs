//! The way of the content: read, searched for secrets, compressed, written. In bounded memory, on all threads, in order.

use super::Job;
use super::gate::Gate;
use super::input::{Input, Origin, Trouble, media_type, read_stable};
use super::output::fault;
use crate::hex::sha256;
use crate::rules;
use crate::zip::{Level, Prepared, WHOLE, WriteError, Writer, prepare};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;
use trueline_core::artifact::pack::{PackFile, Redaction};
use trueline_core::scalar::{self, Text};
use trueline_core::{Finding, Location};
use trueline_kit::Error;
use trueline_secrets::Scanner;

/// Bytes of content that are held at once.
const BATCH_BYTES: u64 = 8 << 20;
/// Files that are held at once.
const BATCH_FILES: usize = 1024;
/// The largest text that secrets are taken out of, in bytes.
const MAX_REDACT: u64 = 256 << 20;
/// The list of what is inside.
const LIST: &str = "data/pack.json";

/// What pack.json is made of, beside the input itself.
struct Seen {
    size: u64,
    redactions: Box<[Redaction]>,
}

/// Makes pack.json of the files.
pub(super) type MakeList<'a> =
    dyn Fn(&mut dyn Iterator<Item = PackFile>) -> Result<Vec<u8>, Error> + 'a;

/// One input, read and searched.
struct Looked {
    size: u64,
    sha256: [u8; 32],
    redactions: Vec<Redaction>,
    /// Ready to be written; `None` if it is too large to be held, or the gate is closed.
    ready: Option<Prepared>,
}

/// Looks at everything and writes nothing.
pub(super) fn inspect(job: &Job<'_>, gate: &Gate<'_>, inputs: &[Input]) -> Result<(), Error> {
    for batch in batches(inputs) {
        batch
            .par_iter()
            .try_for_each(|input| look(job, gate, input, "", None).map(drop))?;
    }
    Ok(())
}

/// Writes the payload, with the list that `list` makes of it. `None`: the gate closed.
pub(super) fn write<W: Write + Seek + Send>(
    job: &Job<'_>,
    gate: &Gate<'_>,
    out: W,
    base: &str,
    level: Level,
    inputs: &[Input],
    list: &MakeList<'_>,
) -> Result<Option<Writer<W>>, Error> {
    let mut zip = Writer::new(out);
    let split = inputs.partition_point(|input| input.path.as_str() < LIST);
    let (before, after) = inputs.split_at(split);
    let mut files: Vec<Option<Seen>> = Vec::with_capacity(inputs.len());
    put(job, gate, &mut zip, base, level, before, |_, looked| {
        files.push(looked.map(Seen::of));
    })?;
    // The list stands before these, and says what they are: they are read twice.
    let mut first = Vec::with_capacity(after.len());
    for batch in batches(after) {
        let looked: Vec<Option<Looked>> = batch
            .par_iter()
            .map(|input| look(job, gate, input, base, None))
            .collect::<Result<_, _>>()?;
        for looked in looked {
            first.push(looked.as_ref().map(|looked| looked.sha256));
            files.push(looked.as_ref().map(Seen::of));
        }
    }
    if gate.is_closed() {
        return Ok(None);
    }
    fault("after-first");
    let mut entries = inputs
        .iter()
        .zip(&files)
        .filter_map(|(input, seen)| entry(input, seen.as_ref()?));
    let input = Input::bytes(LIST, "list", list(&mut entries)?);
    drop(files);
    put(
        job,
        gate,
        &mut zip,
        base,
        level,
        std::slice::from_ref(&input),
        |_, _| (),
    )?;
    fault("after-list");
    let mut again = first.into_iter();
    put(job, gate, &mut zip, base, level, after, |input, looked| {
        if again.next().flatten() != looked.map(|looked| looked.sha256) {
            changed(gate, input);
        }
    })?;
    fault("after-payload");
    Ok((!gate.is_closed()).then_some(zip))
}

/// Looks at inputs and writes them, in their order.
fn put<W: Write + Seek + Send>(
    job: &Job<'_>,
    gate: &Gate<'_>,
    zip: &mut Writer<W>,
    base: &str,
    level: Level,
    inputs: &[Input],
    mut see: impl FnMut(&Input, Option<&Looked>) + Send,
) -> Result<(), Error> {
    let mut held: Vec<(&Input, Option<Looked>)> = Vec::new();
    let mut batches = batches(inputs);
    loop {
        let next = batches.next();
        let work = || -> Result<Vec<(&Input, Option<Looked>)>, Error> {
            next.unwrap_or_default()
                .par_iter()
                .map(|input| Ok((input, look(job, gate, input, base, Some(level))?)))
                .collect()
        };
        let store = || -> Result<(), Error> {
            for (input, looked) in std::mem::take(&mut held) {
                see(input, looked.as_ref());
                if let Some(looked) = looked {
                    add(job, gate, zip, base, level, input, looked)?;
                }
            }
            Ok(())
        };
        let (worked, stored) = rayon::join(work, store);
        stored?;
        held = worked?;
        if next.is_none() {
            return Ok(());
        }
    }
}

/// Writes one input.
fn add<W: Write + Seek>(
    job: &Job<'_>,
    gate: &Gate<'_>,
    zip: &mut Writer<W>,
    base: &str,
    level: Level,
    input: &Input,
    looked: Looked,
) -> Result<(), Error> {
    if gate.is_closed() {
        return Ok(());
    }
    let result = match looked.ready {
        Some(ready) => zip.add(ready),
        None => {
            let name = format!("{base}/{}", input.path);
            let mut stream = match large(job, input) {
                Ok(stream) => stream,
                Err(error) => return Err(unreadable(input, &error)),
            };
            let exec = input.executable();
            zip.add_stream(&name, exec, looked.size, &mut *stream, level, &mut |_| ())
                .and_then(|digest| match digest == looked.sha256 {
                    true => Ok(()),
                    false => Err(WriteError::Changed {
                        name,
                        expected: looked.size,
                        found: looked.size,
                    }),
                })
        }
    };
    match result {
        Ok(()) => {}
        Err(WriteError::Changed { .. }) => changed(gate, input),
        Err(WriteError::Io(error)) => {
            return Err(Error::io(format!("the pack cannot be written: {error}")));
        }
        Err(error) => return Err(Error::bug(error.to_string())),
    }
    Ok(())
}

/// The content of an input that is not held, with its secrets taken out where that is asked for.
fn large<'a>(job: &Job<'_>, input: &'a Input) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match &input.origin {
        Origin::Bytes(bytes) if job.settings.redact => {
            Box::new(io::Cursor::new(trueline_secrets::redact(bytes).0))
        }
        Origin::Bytes(bytes) => Box::new(bytes.as_slice()),
        Origin::File { size, .. } if job.settings.redact && *size <= MAX_REDACT => Box::new(
            io::Cursor::new(trueline_secrets::redact(&std::fs::read(place(job, input)?)?).0),
        ),
        Origin::File { .. } => Box::new(File::open(place(job, input)?)?),
    })
}

/// Where an input is.
fn place(job: &Job<'_>, input: &Input) -> io::Result<PathBuf> {
    input
        .place(job.ctx.root())
        .ok_or_else(|| io::Error::other("it is no file"))
}

/// Reads and searches one input; prepares it where it is small and a level is given. `None`: it cannot be had, which was
/// reported.
fn look(
    job: &Job<'_>,
    gate: &Gate<'_>,
    input: &Input,
    base: &str,
    level: Option<Level>,
) -> Result<Option<Looked>, Error> {
    let redact = job.settings.redact && input.size() <= MAX_REDACT;
    if !redact && input.size() > WHOLE {
        return stream(job, gate, input);
    }
    let content = match &input.origin {
        Origin::Bytes(bytes) => bytes.clone(),
        Origin::File { size, .. } => {
            let place = place(job, input).map_err(|error| unreadable(input, &error))?;
            match read_stable(&place, *size, &|| ()) {
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
    let ready = match level {
        Some(level) if size <= WHOLE && !gate.is_closed() => {
            let name = format!("{base}/{}", input.path);
            Some(
                prepare(&name, input.executable(), content, level)
                    .map_err(|error| Error::bug(error.to_string()))?,
            )
        }
        _ => {
            let sha256 = sha256(&content);
            return Ok(Some(Looked {
                size,
                sha256,
                redactions,
                ready: None,
            }));
        }
    };
    let sha256 = ready.as_ref().map_or([0; 32], |ready| ready.sha256);
    Ok(Some(Looked {
        size,
        sha256,
        redactions,
        ready,
    }))
}

/// The same of a file that is too large to be held.
fn stream(job: &Job<'_>, gate: &Gate<'_>, input: &Input) -> Result<Option<Looked>, Error> {
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
        Origin::File { size: expected, .. } => {
            let place = place(job, input).map_err(failed)?;
            let mut file = File::open(place).map_err(failed)?;
            let mut buffer = vec![0; 256 << 10];
            let mut reader = (&mut file).take(expected.saturating_add(1));
            loop {
                match reader.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => see(buffer.get(..count).unwrap_or_default()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(failed(error)),
                }
            }
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
        sha256: digest.finalize().into(),
        redactions: Vec::new(),
        ready: None,
    }))
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

fn changed(gate: &Gate<'_>, input: &Input) {
    let message = format!("`{}` changed while it was read", input.shown());
    let finding = Finding::new(&rules::FILE_CHANGED, Location::file(input.shown()), message);
    gate.close(finding.subject(input.shown()));
}

fn unreadable(input: &Input, error: &io::Error) -> Error {
    Error::io(format!("cannot read `{}`: {error}", input.shown()))
}

impl Seen {
    fn of(looked: &Looked) -> Self {
        Self {
            size: looked.size,
            redactions: looked.redactions.as_slice().into(),
        }
    }
}

/// What pack.json says of an input.
fn entry(input: &Input, seen: &Seen) -> Option<PackFile> {
    Some(PackFile {
        path: Text::new(input.path.as_str())?,
        role: Text::new(input.role)?,
        size: seen.size,
        sha256: None,
        media_type: Text::new(media_type(&input.path))?,
        source: input.source().map(str::to_owned),
        redactions: seen.redactions.to_vec(),
    })
}

/// Runs of inputs that can be held at once.
fn batches(inputs: &[Input]) -> impl Iterator<Item = &[Input]> {
    let mut rest = inputs;
    std::iter::from_fn(move || {
        let mut bytes = 0u64;
        let mut count = 0;
        for input in rest.iter().take(BATCH_FILES) {
            bytes = bytes.saturating_add(input.size().min(WHOLE));
            if count > 0 && bytes > BATCH_BYTES {
                break;
            }
            count += 1;
        }
        let (now, later) = rest.split_at(count);
        rest = later;
        (!now.is_empty()).then_some(now)
    })
}
