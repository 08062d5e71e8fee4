//! `progress render`.

use trueline_core::{Finding, Location, Span};
use trueline_kit::{Artifact, Context, Error, Mode};
use trueline_plan_files::{Files, missing_history};

use crate::history::{Until, shallow};
use crate::regions::{self, Region};
use crate::report::{Basis, Report};
use crate::rules::DAMAGED_MARKERS;
use crate::{outline, page};

/// Writes the pages, or compares them with what is there.
pub(crate) fn render(ctx: &Context, mode: Mode) -> Result<(), Error> {
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    if !plan.is_readable() {
        return Err(Error::io(
            "the plan cannot be read, so that nothing is written",
        ));
    }
    let (basis, findings) = Basis::read(ctx, &plan)?;
    ctx.report_all(findings);
    if let Some(cause) = &basis.evidence.unknown {
        return Err(missing_history(cause));
    }
    let make = |until| pages(ctx, &Report::make(ctx, &files, &plan, &basis, until)?);
    let Some(mut pages) = make(Until::Recorded)? else {
        // The damage is reported; a part of the pages would contradict the rest.
        return Ok(());
    };
    let writer = ctx.writer();
    let mut changes = false;
    for (path, text) in &pages {
        changes |= writer.compare(path, text.as_bytes())?.any();
    }
    if changes {
        let git = ctx.git();
        if git.require().is_ok() && git.is_shallow()? {
            return Err(shallow());
        }
        if mode == Mode::Write
            && let Some(moved) = make(Until::Merged)?
        {
            pages = moved;
        }
    }
    for (path, text) in pages {
        ctx.generate(&path, text.as_bytes(), mode)?;
    }
    Ok(())
}

/// Paths and texts; `None` where markers are damaged.
fn pages(ctx: &Context, report: &Report<'_, '_>) -> Result<Option<Vec<(String, String)>>, Error> {
    let config = ctx.config();
    let progress = page(
        ctx,
        config.path(Artifact::ProgressMd),
        "Project Progress",
        &page::regions(report),
    )?
    .map(|text| regions::last_line(&text, page::COMPLETION, &page::completion(report)));
    let outline = page(
        ctx,
        config.path(Artifact::OutlineMd),
        "Outline",
        &outline::regions(report),
    )?;
    let json = serde_json::to_string_pretty(&report.json())
        .map_err(|error| Error::bug(format!("progress.json cannot be written: {error}")))?;
    let (Some(progress), Some(outline)) = (progress, outline) else {
        return Ok(None);
    };
    let files = [
        (Artifact::ProgressMd, progress),
        (Artifact::OutlineMd, outline),
        (Artifact::ProgressJson, format!("{json}\n")),
    ];
    let file = |(artifact, text)| (config.path(artifact).to_owned(), text);
    Ok(Some(files.into_iter().map(file).collect()))
}

/// A page as it should be; `None` where its markers are damaged.
fn page(
    ctx: &Context,
    path: &str,
    heading: &str,
    regions: &[Region],
) -> Result<Option<String>, Error> {
    let old = match ctx.read_source(path)? {
        Some(source) if !source.text().trim().is_empty() => source,
        _ => return Ok(Some(regions::fresh(heading, regions))),
    };
    match regions::update(old.text(), regions) {
        Ok(text) => Ok(Some(text)),
        Err(damages) => {
            for damage in damages {
                let at = Location::at(path, Span::point(damage.line, 1));
                ctx.report(Finding::new(&DAMAGED_MARKERS, at, damage.message));
            }
            Ok(None)
        }
    }
}
