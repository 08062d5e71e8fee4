//! Reads run reports and what the ledgers log, for `check`.

use std::path::Path;

use trueline_core::Finding;
use trueline_kit::{Artifact, Context, Error};
use trueline_text::jsonl::stream::{Event, Reader};

use crate::fault::line_span;
use crate::input::Input;
use crate::ledger::{Format, Ledger};
use crate::lines::MAX_LINE;
use crate::reports::{self, Uses, What};

/// Most reports that are read; the newest by name.
const MAX_REPORTS: usize = 10_000;
/// Longest report that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 6;

/// What reports and ledgers say differently.
pub(super) fn check(ctx: &Context, jobs: &[(Input, Ledger)]) -> Result<Vec<Finding>, Error> {
    let folder = ctx.config().path(Artifact::RunsDir);
    let mut paths = Vec::new();
    walk(ctx.root(), folder, 0, &mut paths);
    paths.sort();
    if paths.len() > MAX_REPORTS {
        ctx.detail(format!(
            "only the last {MAX_REPORTS} of {} run reports are read",
            paths.len()
        ));
        paths.drain(..paths.len() - MAX_REPORTS);
    }
    let mut reported = Uses::default();
    for path in &paths {
        let Some(input) = Input::below_root(ctx, path)? else {
            continue;
        };
        if let Ok(bytes) = input.read(MAX_BYTES) {
            reported.report(
                path,
                &String::from_utf8_lossy(&bytes),
                &ctx.config().ids.wbs,
            );
        }
    }
    if reported.is_empty() {
        return Ok(Vec::new());
    }
    let mut logged = Uses::default();
    let mut ledgers = Vec::new();
    for (input, ledger) in jobs {
        if let Some(what) = reports::what_of(ledger) {
            ledgers.push(ledger);
            if ledger.format == Format::Jsonl {
                lines(input, ledger, what, &reported, &mut logged)?;
                continue;
            }
            let bytes = input.read(ctx.config().limits.file_bytes)?;
            if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&bytes) {
                let places = crate::document::record_places(&input.shown, &bytes, ledger.records);
                let records = value
                    .pointer(ledger.records)
                    .and_then(serde_json::Value::as_array);
                for (record, place) in records.into_iter().flatten().zip(places) {
                    logged.record(what, record, || place.clone());
                }
            }
        }
    }
    Ok(reports::compare(&ledgers, &logged, &reported))
}

/// What the lines of a ledger log of the items that reports name: no more is kept in memory.
fn lines(
    input: &Input,
    ledger: &Ledger,
    what: What,
    reported: &Uses,
    logged: &mut Uses,
) -> Result<(), Error> {
    let mut reader = Reader::with_max_line(input.open()?, MAX_LINE);
    let failed =
        |error: std::io::Error| Error::on(format!("cannot read `{}`", input.shown), &error);
    while let Some(event) = reader.next_line().map_err(failed)? {
        let Event::Line(line) = event else {
            continue;
        };
        let Ok(mut record) = serde_json::from_slice(line.text) else {
            continue;
        };
        ledger.aliases.apply(&mut record);
        if reported.names_task_of(what, &record) {
            logged.record(what, &record, || {
                let span = line_span(line.number, line.text, 0..line.text.len());
                trueline_core::Location::at(&*input.shown, span)
            });
        }
    }
    Ok(())
}

/// The Markdown files below a folder; links are not followed.
fn walk(root: &Path, folder: &str, depth: usize, paths: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries.flatten() {
        let (name, Ok(kind)) = (entry.file_name(), entry.file_type()) else {
            continue;
        };
        let Some(name) = name.to_str() else {
            continue;
        };
        let path = format!("{folder}/{name}");
        if kind.is_dir() && depth < MAX_DEPTH {
            walk(root, &path, depth + 1, paths);
        } else if kind.is_file() && name.ends_with(".md") {
            paths.push(path);
        }
    }
}
