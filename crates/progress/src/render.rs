//! `progress render`.

use std::io::BufReader;

use trueline_core::{Finding, Location, Span};
use trueline_kit::{Artifact, Context, Error, Mode};
use trueline_plan_files::{Files, Lists, missing_history};

use crate::history::{Until, shallow};
use crate::regions::{self, Frame};
use crate::report::{Basis, Report};
use crate::rules::DAMAGED_MARKERS;
use crate::sheet::Sheet;
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
        let text = text(&progress, &page::regions(report))?;
        let text = regions::last_line(&text, page::COMPLETION, &page::completion(report));
        let json = serde_json::to_string_pretty(&report.json())
            .map_err(|error| Error::bug(format!("progress.json cannot be written: {error}")))?;
        Ok([(progress_path, text), (json_path, format!("{json}\n"))])
    };
    let mut pages = small(&report)?;
    let writer = ctx.writer();
    let mut changes = false;
    for (path, text) in &pages {
        changes |= writer.compare(path, text.as_bytes())?.any();
    }
    refuse_shallow(ctx, changes)?;
    // Nothing in it depends on history: it is made once.
    let mut large = writer.stage(outline_path, mode == Mode::Check)?;
    let mut sheet = Sheet::new(&mut large, outline.end);
    outline.fill(&outline::regions(&report), &mut sheet);
    let made = sheet.finish();
    let changed = large.finish()?;
    made.map_err(|error| Error::on(format!("cannot write `{outline_path}`"), &error))?;
    if !changes && changed.any() {
        changes = true;
        refuse_shallow(ctx, changes)?;
    }
    if changes && mode == Mode::Write && report.move_to(ctx, &files, Until::Merged)? {
        pages = small(&report)?;
    }
    let [progress, json] = pages;
    ctx.generate(progress.0, progress.1.as_bytes(), mode)?;
    if mode == Mode::Check && changed.any() {
        // For its differences both are needed as a whole.
        let text = text(&outline, &outline::regions(&report))?;
        ctx.generate(outline_path, text.as_bytes(), mode)?;
    } else if large.commit()?.any() {
        ctx.detail(format!("wrote {outline_path}"));
    }
    ctx.generate(json.0, json.1.as_bytes(), mode)?;
    Ok(())
}

/// Pages cannot be made anew from a part of history.
fn refuse_shallow(ctx: &Context, changes: bool) -> Result<(), Error> {
    let git = ctx.git();
    if changes && git.require().is_ok() && git.is_shallow()? {
        return Err(shallow());
    }
    Ok(())
}

/// A page as a text.
fn text(frame: &Frame, regions: &[regions::Region<'_>]) -> Result<String, Error> {
    Sheet::text(frame.end, |sheet| frame.fill(regions, sheet))
        .map_err(|error| Error::bug(format!("a page is no text: {error}")))
}

/// A page as it stands, cut at its regions; `None` where its markers are damaged.
fn frame(
    ctx: &Context,
    path: &str,
    heading: &str,
    names: &[&'static str],
) -> Result<Option<Frame>, Error> {
    let Some(old) = ctx.open(path)? else {
        return Ok(Some(Frame::fresh(heading)));
    };
    let cut = Frame::read(BufReader::with_capacity(1 << 16, old), names)
        .map_err(|error| Error::on(format!("cannot read `{path}`"), &error))?;
    match cut {
        // Says where it is none.
        None => {
            ctx.read_source(path)?;
            Err(Error::io(format!("`{path}` is not UTF-8 text")))
        }
        Some(Ok(frame)) if frame.is_blank() => Ok(Some(Frame::fresh(heading))),
        Some(Ok(frame)) => Ok(Some(frame)),
        Some(Err(damages)) => {
            for damage in damages {
                let at = Location::at(path, Span::point(damage.line, 1));
                ctx.report(Finding::new(&DAMAGED_MARKERS, at, damage.message));
            }
            Ok(None)
        }
    }
}
