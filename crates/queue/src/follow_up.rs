//! `queue follow-up`: what a report leaves open becomes items.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;
use trueline_kit::{Artifact, Context, Error, Format, escape};
use trueline_plan::Field;
use trueline_plan_files::Files;
use trueline_text::json::encode_str;
use trueline_text::markdown::{self, Markdown};

use crate::edit::Change;
use crate::store::{self, Open};
use crate::{add, series};

/// Flags of `follow-up`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A run report or review, relative to the current folder
    report: PathBuf,
    /// The item that it is about: the new ones come after it, and it lists them as follow-ups
    #[arg(long, value_name = "ID")]
    item: Option<String>,
    /// Add the items to the queue
    #[arg(long)]
    apply: bool,
}

/// Sections whose list items are left to do.
const SECTIONS: &[&str] = &[
    "missing deliverables",
    "recommended follow-ups",
    "suggestions for next agents",
];

/// Longest title, in characters.
const MAX_TITLE: usize = 120;

#[derive(Debug, Serialize)]
struct Proposals {
    version: u32,
    items: Vec<Proposal>,
}

#[derive(Debug, Serialize)]
struct Proposal {
    id: String,
    title: String,
    /// Heading that it stands under.
    section: String,
    line: u32,
}

/// Reads a report and proposes items; with `--apply` adds them.
pub(crate) fn follow_up(ctx: &Context, args: &Args) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let path = ctx.relative(&args.report)?;
    let source = ctx
        .read_source(&path)?
        .ok_or_else(|| Error::usage(format!("there is no `{path}`")))?;
    let guard = store::lock(ctx)?;
    let files = Files::read(ctx)?;
    let open = Open::new(ctx, guard, &files)?;
    let parent = args.item.as_deref().map(|id| open.item(id)).transpose()?;
    let prefix = ctx.config().ids.wbs.first().cloned().unwrap_or_default();
    let stem = match &parent {
        Some(item) => format!(
            "{}.",
            item.id()
                .trim_end_matches(|c: char| c.is_ascii_digit())
                .trim_end_matches('.')
        ),
        None => format!("{prefix}-"),
    };
    let titles: BTreeSet<&str> = open
        .plan()
        .items()
        .filter_map(trueline_plan::Item::title)
        .collect();
    let mut taken: Vec<String> = open
        .plan()
        .items()
        .map(|item| item.id().to_owned())
        .collect();
    let mut items = Vec::new();
    for (title, section, offset) in tasks(&markdown::parse(source.text()), source.text()) {
        if titles.contains(title.as_str()) || items.iter().any(|p: &Proposal| p.title == title) {
            continue;
        }
        let id = series::after(&stem, taken.iter().map(String::as_str));
        taken.push(id.clone());
        let line = source.span(offset..offset).line;
        items.push(Proposal {
            id,
            title,
            section,
            line,
        });
    }
    if args.apply && !items.is_empty() {
        apply(ctx, &files, &open, parent, &path, &items)?;
    }
    if format == Format::Json {
        return ctx.print_json(&Proposals { version: 1, items });
    }
    let mut out = ctx.out();
    for item in &items {
        let line = format!(
            "{}  {}  ({path}:{}, {})",
            item.id, item.title, item.line, item.section
        );
        writeln!(out, "{}", escape::line(&line))?;
    }
    if items.is_empty() {
        ctx.note(format!("{path}: nothing is left open"));
    } else if !args.apply {
        ctx.note("`--apply` adds them to the queue");
    }
    Ok(out.finish()?)
}

/// Title, heading and place of everything that the report leaves open.
pub(crate) fn tasks(document: &Markdown, text: &str) -> Vec<(String, String, usize)> {
    let heading = |section: Option<usize>| {
        let heading = section.and_then(|at| document.heading_of(at));
        heading
            .map_or("", |heading| heading.text.as_str())
            .to_owned()
    };
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for task in document.tasks.iter().filter(|task| !task.is_checked) {
        found.push((task.item.start, task.text.clone(), heading(task.section)));
    }
    for section in &document.sections {
        let Some(head) = document.headings.get(section.heading) else {
            continue;
        };
        let name = head.text.trim().to_lowercase();
        if !SECTIONS.iter().any(|known| name.contains(known)) {
            continue;
        }
        let range = section.own.clone();
        let mut at = range.start;
        for line in text.get(range).unwrap_or_default().split_inclusive('\n') {
            if let Some(item) = bullet(line)
                && !document.tasks.iter().any(|task| task.item.start == at)
            {
                found.push((at, item.to_owned(), head.text.clone()));
            }
            at += line.len();
        }
    }
    found.sort();
    found
        .into_iter()
        .filter_map(|(at, text, head)| Some((title(&text)?, head, at)))
        .collect()
}

/// The text of an item of an outermost list.
fn bullet(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("- ")
        .or_else(|| line.strip_prefix("* "))
        .or_else(|| {
            let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
            (digits.len() < line.len()).then(|| digits.strip_prefix(". "))?
        })?;
    let is_box = ["[x] ", "[X] ", "[ ] "]
        .iter()
        .any(|mark| rest.starts_with(mark));
    (!is_box).then_some(rest)
}

/// A title, or nothing where the text says that there is nothing.
fn title(text: &str) -> Option<String> {
    let plain: String = text
        .replace("**", "")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let word = plain.trim_end_matches('.').to_lowercase();
    if matches!(word.as_str(), "" | "none" | "n/a" | "nothing" | "-") {
        return None;
    }
    match plain.char_indices().nth(MAX_TITLE) {
        Some((end, _)) => Some(format!(
            "{}…",
            plain.get(..end).unwrap_or_default().trim_end()
        )),
        None => Some(plain),
    }
}

fn apply(
    ctx: &Context,
    files: &Files,
    open: &Open<'_>,
    parent: Option<trueline_plan::Item<'_, '_>>,
    report: &str,
    items: &[Proposal],
) -> Result<(), Error> {
    let source = files
        .queue
        .as_ref()
        .map(|file| file.bytes.as_slice())
        .unwrap_or_default();
    let mut bytes = match parent {
        Some(item) => {
            let changes: Vec<Change> = items
                .iter()
                .map(|new| Change::Push(Field::FollowUps, new.id.clone()))
                .collect();
            open.changed(item, &changes)?
        }
        None => source.to_vec(),
    };
    for new in items {
        let phase = parent
            .and_then(|item| item.planned().or(item.queued())?.phase())
            .map(|phase| format!(", \"phase\": {}", encode_str(phase)))
            .unwrap_or_default();
        let line = format!(
            "{{\"id\": {}, \"title\": {}, \"status\": \"todo\"{phase}, \"run_reports\": [{}]}}",
            encode_str(&new.id),
            encode_str(&new.title),
            encode_str(report)
        );
        bytes = add::append(&bytes, &line);
    }
    ctx.writer()
        .write(ctx.config().path(Artifact::Queue), &bytes)?;
    ctx.note(format!("added {} items", items.len()));
    Ok(())
}
