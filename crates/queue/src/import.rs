//! `queue import`: items from other trackers. Every record of the source is accounted for.

mod checklist;
mod edges;
mod mapping;
mod source;
mod tables;
mod walk;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value};
use trueline_kit::{Artifact, Context, Error, Format, escape};
use trueline_plan_files::Files;

use crate::store;
use mapping::Mapping;

/// Flags of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to import; `-` is standard input
    file: PathBuf,
    /// wbs (tasks in JSON, JSON Lines, YAML or a check list), beads, or a JSON file with a mapping
    #[arg(long, default_value = "wbs", value_name = "KIND|FILE")]
    from: String,
    /// Report what would become of each record, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// What became of the source.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    total: usize,
    imported: usize,
    merged: usize,
    skipped: usize,
    records: Vec<Line>,
}

/// What became of one record.
#[derive(Debug, Serialize)]
struct Line {
    /// Where in the source: a line or a JSON pointer.
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Imports a file.
pub(crate) fn import(ctx: &Context, args: &Args) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let mut mapping = match args.from.as_str() {
        "wbs" => Mapping::wbs(ctx),
        "beads" => Mapping::beads(ctx),
        file => {
            let text = given(ctx, Path::new(file)).map_err(|error| {
                error.hint("--from is `wbs`, `beads` or a JSON file with a mapping")
            })?;
            Mapping::parse(ctx, &text).map_err(|why| Error::usage(format!("`{file}`: {why}")))?
        }
    };
    let path = args.file.display();
    let text = given(ctx, &args.file)?;
    let records =
        source::read(&text, &mapping).map_err(|why| Error::io(format!("`{path}`: {why}")))?;
    mapping.learn(&records);
    let _guard = store::lock(ctx)?;
    let queue = ctx.config().path(Artifact::Queue);
    let old = ctx.read(queue)?.unwrap_or_default();
    let mut ids = known(ctx, !old.is_empty())?;
    let mut lines = Vec::new();
    let mut text = String::new();
    for record in records {
        let line = |id, outcome, reason| Line {
            at: record.at.clone(),
            id,
            outcome,
            reason,
        };
        let item = match record.item {
            Ok(object) => mapping.item(&object, &record.place),
            Err(ref why) => Err(why.clone()),
        };
        let (id, item) = match item {
            Ok(item) => item,
            Err(why) => {
                lines.push(line(None, "skipped", Some(why)));
                continue;
            }
        };
        if let Some(title) = ids.get(&id) {
            let same = item.get("title").and_then(Value::as_str) == title.as_deref();
            let (outcome, reason) = match same {
                true => (
                    "merged",
                    "the queue has it; its line stays as it is".to_owned(),
                ),
                false => (
                    "skipped",
                    format!(
                        "the id has another title: {}",
                        title.as_deref().unwrap_or("none")
                    ),
                ),
            };
            lines.push(line(Some(id), outcome, Some(reason)));
            continue;
        }
        let title = item.get("title").and_then(Value::as_str).map(str::to_owned);
        ids.insert(id.clone(), title);
        text.push_str(&spaced(&item));
        text.push('\n');
        lines.push(line(Some(id), "imported", None));
    }
    if !args.dry_run && !text.is_empty() {
        let mut bytes = old;
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(text.as_bytes());
        ctx.writer().write(queue, &bytes)?;
    }
    print(ctx, format, lines)
}

/// The text of a file named on the command line, which may lie anywhere.
fn given(ctx: &Context, path: &Path) -> Result<String, Error> {
    let shown = path.display().to_string();
    let bytes = if path == Path::new("-") {
        ctx.read("-")?.unwrap_or_default()
    } else {
        let failed = |error: std::io::Error| Error::on(format!("cannot read `{shown}`"), &error);
        let limit = ctx.config().limits.file_bytes;
        if path.metadata().map_err(failed)?.len() > limit {
            return Err(Error::io(format!("`{shown}` is larger than {limit} bytes")));
        }
        std::fs::read(path).map_err(failed)?
    };
    String::from_utf8(bytes).map_err(|_| Error::io(format!("`{shown}` is not UTF-8")))
}

/// Ids and titles that the queue and the plan have.
fn known(ctx: &Context, has_queue: bool) -> Result<BTreeMap<String, Option<String>>, Error> {
    if !has_queue {
        return Ok(BTreeMap::new());
    }
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    if !plan.is_readable() {
        ctx.report_all(findings);
        return Err(Error::io("the plan cannot be read"));
    }
    let queued = plan.items().filter(|item| item.queued().is_some());
    Ok(queued
        .map(|item| (item.id().to_owned(), item.title().map(str::to_owned)))
        .collect())
}

/// A record on one line, with a space after commas and colons.
fn spaced(item: &Map<String, Value>) -> String {
    let members: Vec<String> = item
        .iter()
        .map(|(key, value)| {
            let value = match value {
                Value::Array(list) => {
                    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
                    format!("[{}]", list.join(", "))
                }
                other => other.to_string(),
            };
            format!("{}: {value}", Value::from(key.as_str()))
        })
        .collect();
    format!("{{{}}}", members.join(", "))
}

fn print(ctx: &Context, format: Format, records: Vec<Line>) -> Result<(), Error> {
    let count = |outcome: &str| {
        records
            .iter()
            .filter(|line| line.outcome == outcome)
            .count()
    };
    let report = Report {
        version: 1,
        total: records.len(),
        imported: count("imported"),
        merged: count("merged"),
        skipped: count("skipped"),
        records,
    };
    if format == Format::Json {
        return ctx.print_json(&report);
    }
    let mut out = ctx.out();
    for line in &report.records {
        let id = line.id.as_deref().unwrap_or("-");
        let reason = line
            .reason
            .as_ref()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        let text = format!("{}  {id}  {}{reason}", line.at, line.outcome);
        writeln!(out, "{}", escape::line(&text))?;
    }
    writeln!(
        out,
        "{} records: {} imported, {} merged, {} skipped",
        report.total, report.imported, report.merged, report.skipped
    )?;
    Ok(out.finish()?)
}
