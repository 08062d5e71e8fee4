//! `list`, `show` and `id`.

use crate::read::{FileView, Pack, PackView};
use crate::report::claims;
use crate::statement::TestResult;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use trueline_core::artifact::pack::DiffSummary;
use trueline_kit::escape::line;
use trueline_kit::{Context, Error, Format};

/// The most lines of a part that a page shows.
const MAX_LINES: usize = 40;

#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// A pack: a zip file or an unpacked folder
    #[arg(value_name = "PACK")]
    pack: PathBuf,
}

/// What `list --format json` prints.
#[derive(Serialize)]
struct ListView<'a> {
    version: u32,
    path: &'a str,
    id: &'a str,
    files: &'a [FileView],
}

/// What `show --format json` prints.
#[derive(Serialize)]
struct ShowView<'a> {
    version: u32,
    path: &'a str,
    id: &'a str,
    pack: &'a PackView,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<&'a TestResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<&'a DiffSummary>,
    claims: Vec<String>,
}

pub(crate) fn id(args: &One, ctx: &Context) -> Result<(), Error> {
    ctx.data_format(&[Format::Human])?;
    if let Some(pack) = Pack::read(ctx, &args.pack)? {
        let mut out = ctx.out();
        writeln!(out, "{}", pack.id)?;
        out.finish()?;
    }
    Ok(())
}

pub(crate) fn list(args: &One, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let Some(pack) = Pack::read(ctx, &args.pack)? else {
        return Ok(());
    };
    if format == Format::Json {
        return ctx.print_json(&ListView {
            version: 1,
            path: &pack.shown,
            id: &pack.id,
            files: &pack.list.files,
        });
    }
    let mut out = ctx.out();
    for file in &pack.list.files {
        let (role, path, digest) = (&file.role, line(&file.path), &file.sha256);
        writeln!(out, "{role:10}  {:>12}  {digest}  {path}", file.size)?;
    }
    Ok(out.finish()?)
}

pub(crate) fn show(args: &One, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let Some(pack) = Pack::read(ctx, &args.pack)? else {
        return Ok(());
    };
    let claimed = pack.report.as_deref().map(|text| {
        let of = |claim: crate::report::Claim| text.get(claim.range).map(str::to_owned);
        claims(text)
            .into_iter()
            .filter_map(of)
            .collect::<Vec<String>>()
    });
    let claims = claimed.unwrap_or_default();
    if format == Format::Json {
        return ctx.print_json(&ShowView {
            version: 1,
            path: &pack.shown,
            id: &pack.id,
            pack: &pack.list,
            results: pack.results.as_ref(),
            diff: pack.diff.as_ref(),
            claims,
        });
    }
    let mut out = ctx.out();
    page(&mut out, &pack, &claims)?;
    Ok(out.finish()?)
}

fn page(out: &mut dyn Write, pack: &Pack, claims: &[String]) -> std::io::Result<()> {
    writeln!(out, "{}\n  pack id    {}", line(&pack.shown), pack.id)?;
    let mut row = |name: &str, value: Option<&str>| match value {
        Some(value) => writeln!(out, "  {name:9}  {}", line(value)),
        None => Ok(()),
    };
    let tasks: Vec<&str> = pack
        .list
        .tasks
        .iter()
        .map(trueline_core::Id::as_str)
        .collect();
    let tasks = tasks.join(", ");
    row("agent", pack.list.agent.as_deref())?;
    row(
        "tasks",
        Some(tasks.as_str()).filter(|tasks| !tasks.is_empty()),
    )?;
    row("commit", pack.list.commit.as_deref())?;
    row("base", pack.list.base.as_deref())?;
    for (label, value) in &pack.info {
        if label == "Bagging-Date" {
            row("date", Some(value))?;
        }
    }
    writeln!(out, "\nClaimed")?;
    for claim in claims.iter().take(MAX_LINES) {
        writeln!(out, "  \"{}\"", line(&claim.replace('\n', " ")))?;
    }
    if claims.is_empty() {
        writeln!(out, "  nothing about tests")?;
    }
    writeln!(out, "\nTests")?;
    match &pack.results {
        None => writeln!(out, "  no results attached")?,
        Some(results) => {
            let verdict = serde_json::to_string(&results.result).unwrap_or_default();
            writeln!(out, "  {}", verdict.trim_matches('"'))?;
            for log in &results.configuration {
                writeln!(
                    out,
                    "  read from {}",
                    line(log.name.as_deref().unwrap_or_default())
                )?;
            }
            for name in results.failed_tests.iter().take(MAX_LINES) {
                writeln!(out, "  failed: {}", line(name))?;
            }
        }
    }
    if let Some(diff) = &pack.diff {
        writeln!(
            out,
            "\nChanged: {} files, {} commits",
            diff.files.len(),
            diff.commits.len()
        )?;
        for file in diff.files.iter().take(MAX_LINES) {
            let counts = match (file.added, file.removed) {
                (Some(added), Some(removed)) => format!("+{added} -{removed}"),
                _ => "binary".to_owned(),
            };
            let (change, path) = (file.change.as_str(), line(file.path.as_str()));
            writeln!(out, "  {change:9} {counts}  {path}")?;
        }
        more(out, diff.files.len())?;
    }
    writeln!(out, "\nInside: {} files", pack.list.files.len())?;
    for file in pack.list.files.iter().take(MAX_LINES) {
        let redacted = match file.redactions.len() {
            0 => String::new(),
            count => format!("  ({count} secrets taken out)"),
        };
        let (role, path) = (file.role.as_str(), line(file.path.as_str()));
        writeln!(out, "  {role:10} {:>10}  {path}{redacted}", file.size)?;
    }
    more(out, pack.list.files.len())
}

fn more(out: &mut dyn Write, count: usize) -> std::io::Result<()> {
    match count.saturating_sub(MAX_LINES) {
        0 => Ok(()),
        rest => writeln!(out, "  and {rest} more"),
    }
}
