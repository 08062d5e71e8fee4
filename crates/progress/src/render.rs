//! `progress render`.

use trueline_core::{Finding, Location, Span};
use trueline_kit::{Artifact, Context, Error, Mode};
use trueline_plan_files::{Files, Lists, missing_history};

use crate::history::{Until, shallow};
use crate::regions::{self, Frame};
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
    let (basis, findings) = Basis::read(ctx, &plan, Lists::OfVerticals)?;
    ctx.report_all(findings);
    if let Some(cause) = &basis.evidence.unknown {
        return Err(missing_history(cause));
    }
    let config = ctx.config();
    let (progress_path, outline_path, json_path) = (
        config.path(Artifact::ProgressMd),
        config.path(Artifact::OutlineMd),
        config.path(Artifact::ProgressJson),
    );
    let progress = frame(ctx, progress_path, "Project Progress", page::REGIONS)?;
    let outline = frame(ctx, outline_path, "Outline", outline::REGIONS)?;
    let (Some(progress), Some(outline)) = (progress, outline) else {
        // The damage is reported; a part of the pages would contradict the rest.
        return Ok(());
    };
    let mut report = Report::make(ctx, &files, &plan, &basis, Until::Recorded)?;
    let small = |report: &Report<'_, '_>| -> Result<[(&str, String); 2], Error> {
        let text = progress.fill(&page::regions(report));
        let text = regions::last_line(&text, page::COMPLETION, &page::completion(report));
        let json = serde_json::to_string_pretty(&report.json())
            .map_err(|error| Error::bug(format!("progress.json cannot be written: {error}")))?;
        Ok([(progress_path, text), (json_path, format!("{json}\n"))])
    };
    let mut pages = small(&report)?;
    // Nothing in it depends on history: it is made once.
    let outline = outline.fill(&outline::regions(&report));
    let writer = ctx.writer();
    let mut changes = writer.compare(outline_path, outline.as_bytes())?.any();
    for (path, text) in &pages {
        changes |= writer.compare(path, text.as_bytes())?.any();
    }
    if changes {
        let git = ctx.git();
        if git.require().is_ok() && git.is_shallow()? {
            return Err(shallow());
        }
        if mode == Mode::Write && report.move_to(ctx, &files, Until::Merged)? {
            pages = small(&report)?;
        }
    }
    let [progress, json] = pages;
    for (path, text) in [progress, (outline_path, outline), json] {
        ctx.generate(path, text.as_bytes(), mode)?;
    }
    Ok(())
}

/// A page as it stands, cut at its regions; `None` where its markers are damaged.
fn frame(
    ctx: &Context,
    path: &str,
    heading: &str,
    names: &[&'static str],
) -> Result<Option<Frame>, Error> {
    let old = match ctx.read_source(path)? {
        Some(source) if !source.text().trim().is_empty() => source,
        _ => return Ok(Some(Frame::fresh(heading))),
    };
    match Frame::read(old.text(), names) {
        Ok(frame) => Ok(Some(frame)),
        Err(damages) => {
            for damage in damages {
                let at = Location::at(path, Span::point(damage.line, 1));
                ctx.report(Finding::new(&DAMAGED_MARKERS, at, damage.message));
            }
            Ok(None)
        }
    }
}
