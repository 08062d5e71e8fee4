//! Archives among the inputs: their content is searched for secrets too, one level deep.

use super::gate::Gate;
use super::input::Input;
use super::look::report;
use crate::rules;
use crate::zip::{Archive, FaultKind, ReadAt};
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};
use trueline_core::{Finding, Location};
use trueline_secrets::Scanner;

/// The most bytes that an archive may unpack to, to be searched.
const MAX_UNPACKED: u64 = 1 << 30;

/// Searches what is inside, if it is a zip or gzip file.
pub(super) fn search<S: ReadAt + ?Sized>(gate: &Gate<'_>, input: &Input, source: &S) {
    let mut head = [0; 4];
    if source.fill_at(0, &mut head).is_err() {
        return unsearched(gate, input, "it cannot be read");
    }
    match head {
        [0x50, 0x4B, 0x03, 0x04] => zip(gate, input, source),
        [0x1F, 0x8B, 8, _] => gzip(gate, input, source),
        _ => {}
    }
}

fn zip<S: ReadAt + ?Sized>(gate: &Gate<'_>, input: &Input, source: &S) {
    let Ok(archive) = Archive::open(source) else {
        return unsearched(gate, input, "it cannot be read");
    };
    let closed = [
        FaultKind::Encrypted,
        FaultKind::Method,
        FaultKind::Overlap,
        FaultKind::Hidden,
    ];
    if let Some(fault) = archive
        .faults()
        .iter()
        .find(|fault| closed.contains(&fault.kind))
    {
        return unsearched(gate, input, &fault.to_string());
    }
    let mut left = MAX_UNPACKED;
    for entry in archive.entries() {
        let name = entry.name();
        if let Some(why) = trueline_secrets::refused_name(&name) {
            let message = format!(
                "`{}` in it is refused for its name: {why}",
                name.escape_debug()
            );
            let finding =
                Finding::new(&rules::REFUSED_NAME, Location::file(input.shown()), message);
            gate.stop(finding.subject(format!("{}!{name}", input.shown())));
        }
        left = left.saturating_sub(entry.size());
        if left == 0 {
            return unsearched(gate, input, "it unpacks to more than 1 GiB");
        }
        let mut scanner = Scanner::new();
        match archive.content(entry, &mut |piece| scanner.feed(piece)) {
            Ok(Ok(())) => report(gate, input, Some(&name), &scanner.finish()),
            Ok(Err(fault)) => return unsearched(gate, input, &fault.to_string()),
            Err(error) => return unsearched(gate, input, &error.to_string()),
        }
    }
    // What cannot be listed cannot be searched.
    if archive.entries().is_empty() && !archive.faults().is_empty() {
        unsearched(gate, input, "its directory cannot be read");
    }
}

fn gzip<S: ReadAt + ?Sized>(gate: &Gate<'_>, input: &Input, source: &S) {
    let mut unpacked = MultiGzDecoder::new(At { source, at: 0 }).take(MAX_UNPACKED);
    let mut scanner = Scanner::new();
    let mut buffer = vec![0; 64 << 10];
    let mut size = 0u64;
    loop {
        match unpacked.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                size += count as u64;
                scanner.feed(buffer.get(..count).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return unsearched(gate, input, &error.to_string()),
        }
    }
    if size >= MAX_UNPACKED {
        return unsearched(gate, input, "it unpacks to more than 1 GiB");
    }
    report(gate, input, Some("gzip"), &scanner.finish());
}

struct At<'a, S: ?Sized> {
    source: &'a S,
    at: u64,
}

impl<S: ReadAt + ?Sized> Read for At<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.at, buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

fn unsearched(gate: &Gate<'_>, input: &Input, why: &str) {
    let message = format!(
        "`{}` is an archive that cannot be searched for secrets: {why}",
        input.shown()
    );
    let finding = Finding::new(&rules::UNSEARCHED, Location::file(input.shown()), message);
    gate.stop(finding.subject(input.shown()));
}
