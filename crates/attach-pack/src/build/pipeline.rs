//! The way of the content: looked at, compressed, written. In bounded memory, on all threads, in order.

use super::Job;
use super::gate::Gate;
use super::input::{Input, Origin, media_type};
use super::list::One;
use super::look::{Look, Looked, changed, large, look, now, report, stream, unreadable};
use super::output::fault;
use crate::zip::{Level, WHOLE, WriteError, Writer};
use rayon::prelude::*;
use std::io::{self, Seek, Write};
use trueline_core::artifact::pack::Redaction;
use trueline_kit::Error;
use trueline_secrets::Scanner;

/// Bytes of content that are held at once.
const BATCH_BYTES: u64 = 6 << 20;
/// Files that are held at once.
const BATCH_FILES: usize = 1024;
/// The list of what is inside.
const LIST: &str = "data/pack.json";

/// What pack.json is made of, beside the input itself.
struct Seen {
    size: u64,
    redactions: Box<[Redaction]>,
}

/// Makes pack.json of the files.
pub(super) type MakeList<'a> =
    dyn Fn(&mut dyn Iterator<Item = One<'_>>) -> Result<Origin, Error> + Sync + 'a;

/// Looks at everything and writes nothing.
pub(super) fn inspect(job: &Job<'_>, gate: &Gate<'_>, inputs: &[Input]) -> Result<(), Error> {
    for batch in batches(inputs) {
        batch
            .par_iter()
            .try_for_each(|input| look(job, gate, input, "", Look::Only).map(drop))?;
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
    let write = Look::AndWrite(level);
    if !job.settings.redact {
        // Nothing is taken out, so the list is known before anything is read.
        let make = || {
            let mut entries = inputs.iter().map(|input| entry(input, input.size(), &[]));
            list(&mut entries)
        };
        let write_before = || put(job, gate, &mut zip, base, write, before, |_, _| ());
        let (made, written) = rayon::join(make, write_before);
        written?;
        fault("after-first");
        let made = Input::made(LIST, "list", made?);
        let made = std::slice::from_ref(&made);
        put(job, gate, &mut zip, base, write, made, |_, _| ())?;
        fault("after-list");
        put(job, gate, &mut zip, base, write, after, |_, _| ())?;
        fault("after-payload");
        return Ok((!gate.is_closed()).then_some(zip));
    }
    let mut files: Vec<Option<Seen>> = Vec::with_capacity(inputs.len());
    put(job, gate, &mut zip, base, write, before, |_, looked| {
        files.push(looked.map(Seen::of));
    })?;
    // The list stands before these, and says what they are: they are read twice.
    let mut first = Vec::with_capacity(after.len());
    for batch in batches(after) {
        let looked: Vec<Option<Looked>> = batch
            .par_iter()
            .map(|input| look(job, gate, input, base, Look::Only))
            .collect::<Result<_, _>>()?;
        for looked in looked {
            first.push(looked.as_ref().and_then(|looked| looked.sha256));
            files.push(looked.as_ref().map(Seen::of));
        }
    }
    if gate.is_closed() {
        return Ok(None);
    }
    fault("after-first");
    let mut entries = inputs.iter().zip(&files).filter_map(|(input, seen)| {
        let seen = seen.as_ref()?;
        Some(entry(input, seen.size, &seen.redactions))
    });
    let input = Input::made(LIST, "list", list(&mut entries)?);
    drop(files);
    put(
        job,
        gate,
        &mut zip,
        base,
        write,
        std::slice::from_ref(&input),
        |_, _| (),
    )?;
    fault("after-list");
    let mut again = first.into_iter();
    let again_so = Look::Again(level);
    put(
        job,
        gate,
        &mut zip,
        base,
        again_so,
        after,
        |input, looked| {
            if again.next().flatten() != looked.and_then(|looked| looked.sha256) {
                changed(gate, input);
            }
        },
    )?;
    fault("after-payload");
    Ok((!gate.is_closed()).then_some(zip))
}

/// Looks at inputs and writes them, in their order.
fn put<W: Write + Seek + Send>(
    job: &Job<'_>,
    gate: &Gate<'_>,
    zip: &mut Writer<W>,
    base: &str,
    how: Look,
    inputs: &[Input],
    mut see: impl FnMut(&Input, Option<&Looked>) + Send,
) -> Result<(), Error> {
    let mut held: Vec<(&Input, Result<Option<Looked>, Error>)> = Vec::new();
    let mut batches = batches(inputs);
    loop {
        let next = batches.next();
        // In places that are known before, so that nothing is moved.
        let work = || -> Vec<_> {
            let inputs = next.unwrap_or_default().par_iter();
            let look = |input| (input, look(job, gate, input, base, how));
            inputs.map(look).collect()
        };
        let store = || -> Result<(), Error> {
            for (input, looked) in std::mem::take(&mut held) {
                let looked = looked?;
                see(input, looked.as_ref());
                if let Some(looked) = looked {
                    add(job, gate, zip, base, how, input, looked)?;
                }
            }
            Ok(())
        };
        let (worked, stored) = rayon::join(work, store);
        stored?;
        held = worked;
        if next.is_none() {
            return Ok(());
        }
    }
}

/// Writes one input.
fn add<W: Write + Seek + Send>(
    job: &Job<'_>,
    gate: &Gate<'_>,
    zip: &mut Writer<W>,
    base: &str,
    how: Look,
    input: &Input,
    looked: Looked,
) -> Result<(), Error> {
    if gate.is_closed() {
        // Nothing is written, but everything is looked at.
        if looked.sha256.is_none() {
            stream(job, gate, input)?;
        }
        return Ok(());
    }
    let result = match (looked.ready, how.level()) {
        (Some(ready), _) => zip.add(ready),
        (None, level) => {
            let name = format!("{base}/{}", input.path);
            let failed = |error: io::Error| unreadable(input, &error);
            let before = now(job, input).map_err(failed)?;
            let mut content = large(job, input).map_err(failed)?;
            let mut scanner = looked.sha256.is_none().then(Scanner::new);
            let mut see = |piece: &[u8]| {
                if let Some(scanner) = &mut scanner {
                    scanner.feed(piece);
                }
            };
            let exec = input.executable();
            let added = zip.add_stream(&name, exec, looked.size, &mut *content, level, &mut see);
            if let Some(scanner) = scanner {
                report(gate, input, None, &scanner.finish());
            }
            let same = before == now(job, input).map_err(failed)?;
            added.and_then(
                |digest| match same && looked.sha256.is_none_or(|d| d == digest) {
                    true => Ok(()),
                    false => Err(WriteError::Changed {
                        name,
                        expected: looked.size,
                        found: looked.size,
                    }),
                },
            )
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

impl Seen {
    fn of(looked: &Looked) -> Self {
        Self {
            size: looked.size,
            redactions: looked.redactions.as_slice().into(),
        }
    }
}

/// What pack.json says of an input.
fn entry<'a>(input: &'a Input, size: u64, redactions: &'a [Redaction]) -> One<'a> {
    One {
        path: &input.path,
        role: input.role,
        media_type: media_type(&input.path),
        source: input.source(),
        size,
        redactions,
    }
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
