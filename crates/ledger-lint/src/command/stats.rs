//! `ledger-lint stats`.

use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use trueline_kit::escape;
use trueline_kit::{Context, Error, Format as Output};

use super::jobs::{existing, ledger_of};
use crate::input::Input;
use crate::ledger::{Format, Ledger};
use crate::summary::{self, Rotation, Summary};
use crate::{catalogue, gather};

/// Flags of `stats`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files [default: every ledger that has records]
    files: Vec<PathBuf>,
    /// Summarise the rotation of secrets: what is due and overdue
    #[arg(long, conflicts_with = "files")]
    rotation: bool,
}

#[derive(Serialize)]
struct All<'a> {
    version: u32,
    ledgers: &'a [Summary],
}

#[derive(Serialize)]
struct Secrets<'a> {
    version: u32,
    at: String,
    secrets: &'a [Rotation],
}

pub(super) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let format =
        ctx.data_format(&[Output::Human, Output::Json, Output::Jsonl, Output::Markdown])?;
    let ledgers = catalogue::all(ctx.config(), &|path| ctx.read(path));
    if args.rotation {
        return rotation(ctx, format, &ledgers);
    }
    let jobs = match args.files.is_empty() {
        true => existing(ctx, &ledgers)?,
        false => args
            .files
            .iter()
            .map(|path| {
                let input = Input::named(ctx, path)?;
                let ledger = ledger_of(&input.shown, &ledgers, None);
                Ok((input, ledger))
            })
            .collect::<Result<Vec<_>, Error>>()?,
    };
    let mut all = Vec::new();
    for (input, ledger) in &jobs {
        match one(ctx, input, ledger) {
            Ok(Some(summary)) => all.push(summary),
            Ok(None) => {}
            Err(error) => ctx.failed(&error),
        }
    }
    match format {
        Output::Json | Output::Jsonl => ctx.print_json(&All {
            version: 1,
            ledgers: &all,
        }),
        Output::Markdown => print(ctx, &markdown(&all)),
        _ => print(ctx, &human(&all)),
    }
}

fn one(ctx: &Context, input: &Input, ledger: &Ledger) -> Result<Option<Summary>, Error> {
    if ledger.format == Format::Jsonl {
        let failed = |error| Error::on(format!("cannot read `{}`", input.shown), &error);
        return summary::lines(input.open()?, ledger)
            .map(Some)
            .map_err(failed);
    }
    if ledger.format != Format::Json || ledger.records.is_empty() {
        return Ok(None);
    }
    let bytes = input.read(ctx.config().limits.file_bytes)?;
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Error::io(format!("`{}` is not JSON: {error}", input.shown)))?;
    Ok(Some(summary::document(&value, ledger)))
}

fn print(ctx: &Context, text: &str) -> Result<(), Error> {
    let mut out = ctx.out_raw();
    out.write_all(text.as_bytes())?;
    Ok(out.finish()?)
}

fn human(all: &[Summary]) -> String {
    let mut text = String::new();
    for one in all {
        text.push_str(&format!("{}: {} records", safe(&one.path), one.records));
        if one.broken > 0 {
            text.push_str(&format!(", {} lines broken", one.broken));
        }
        if let (Some(first), Some(last)) = (&one.first, &one.last) {
            text.push_str(&format!(", {first} to {last}"));
        }
        text.push('\n');
        for (title, counts) in [
            ("shape", &one.shapes),
            ("agent", &one.agents),
            ("model", &one.models),
        ] {
            for (name, count) in counts {
                text.push_str(&format!("  {count:>8}  {title} {}\n", safe(name)));
            }
        }
    }
    text
}

fn safe(text: &str) -> String {
    escape::line(text).into_owned()
}

fn cell(text: &str) -> String {
    safe(text)
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('`', "'")
}

fn markdown(all: &[Summary]) -> String {
    let mut text = String::from(
        "| Ledger | Records | Broken | First | Last | Agents | Models |\n| --- | ---: | ---: | --- | --- | --- | --- |\n",
    );
    for one in all {
        let names = |counts: &std::collections::BTreeMap<String, u64>| {
            let list: Vec<String> = counts
                .iter()
                .map(|(name, count)| format!("{} {count}", cell(name)))
                .collect();
            list.join(", ")
        };
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n",
            cell(&one.path),
            one.records,
            one.broken,
            one.first.as_deref().unwrap_or("–"),
            one.last.as_deref().unwrap_or("–"),
            names(&one.agents),
            names(&one.models),
        ));
    }
    text
}

fn rotation(ctx: &Context, format: Output, ledgers: &[Ledger]) -> Result<(), Error> {
    let world = gather::world(ctx, ledgers)?;
    let mut records: Vec<Value> = Vec::new();
    if let Some(ledger) = ledgers.iter().find(|ledger| ledger.name == "rotation")
        && let Some(bytes) = ctx.read(&ledger.path)?
    {
        for line in trueline_text::jsonl::Lines::new(&bytes) {
            if let Ok(mut record) = serde_json::from_slice(line.text) {
                ledger.aliases.apply(&mut record);
                records.push(record);
            }
        }
    }
    let all = summary::rotations(&records, &world);
    let at = ctx.clock().now().to_string();
    if matches!(format, Output::Json | Output::Jsonl) {
        return ctx.print_json(&Secrets {
            version: 1,
            at,
            secrets: &all,
        });
    }
    match format {
        Output::Markdown => print(ctx, &rotation_markdown(&all, &at)),
        _ => print(ctx, &rotation_human(&all)),
    }
}

fn rotation_human(all: &[Rotation]) -> String {
    let mut text = String::new();
    for one in all {
        text.push_str(&format!("{:<10} {}", one.state, safe(&one.name)));
        if let Some(days) = one.interval_days {
            text.push_str(&format!(", every {days} days"));
        }
        match &one.rotated_at {
            Some(day) => text.push_str(&format!(", rotated {}", safe(day))),
            None => text.push_str(", never rotated"),
        }
        if let Some(day) = &one.due {
            text.push_str(&format!(", due {}", safe(day)));
        }
        if one.rotated_at.is_some() && !one.proof {
            text.push_str(", no proof");
        }
        text.push('\n');
    }
    text
}

fn rotation_markdown(all: &[Rotation], at: &str) -> String {
    let mut text = format!(
        "# Rotation of secrets, {at}\n\n| Secret | Every | Rotated | Due | State | Proof |\n| --- | --- | --- | --- | --- | --- |\n"
    );
    for one in all {
        let days = one
            .interval_days
            .map_or("–".to_owned(), |days| format!("{days} days"));
        text.push_str(&format!(
            "| `{}` | {days} | {} | {} | {} | {} |\n",
            cell(&one.name),
            one.rotated_at.as_deref().unwrap_or("–"),
            one.due.as_deref().unwrap_or("–"),
            one.state,
            if one.proof { "yes" } else { "no" },
        ));
    }
    text
}
