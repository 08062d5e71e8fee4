//! `progress show`.

use std::io::Write;

use trueline_kit::{Context, Error, Format};
use trueline_plan_files::{Files, Lists, missing_history};

use crate::history::Until;
use crate::report::{Basis, Report};
use crate::sheet::Sheet;
use crate::{md, page};

/// Prints the summary and a line a phase.
pub(crate) fn show(ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json, Format::Markdown])?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    if !plan.is_readable() {
        return Err(Error::io("the plan cannot be read"));
    }
    let (basis, findings) = Basis::read(ctx, &plan, Lists::OfVerticals)?;
    ctx.report_all(findings);
    if let Some(cause) = &basis.evidence.unknown {
        ctx.failed(&missing_history(cause));
    }
    let report = Report::make(ctx, &files, &plan, &basis, Until::Quiet)?;
    match format {
        Format::Json => return ctx.print_json(&report.json()),
        Format::Markdown => {
            let mut out = ctx.out();
            for region in page::regions(&report).into_iter().take(2) {
                let text = Sheet::text("\n", |sheet| (region.write)(sheet))
                    .map_err(|error| Error::bug(format!("a page is no text: {error}")))?;
                writeln!(out, "{text}")?;
            }
            writeln!(out, "{}", page::completion(&report))?;
            return Ok(out.finish()?);
        }
        _ => {}
    }
    let mut out = ctx.out();
    for line in page::summary_lines(&report) {
        writeln!(out, "{line}")?;
    }
    for (phase, figures) in plan.phases().zip(&report.figures.phases) {
        let title = if phase.title() == phase.id {
            phase.id.clone()
        } else {
            format!("{} {}", phase.id, phase.title())
        };
        let blockers = match figures.blockers.first() {
            Some(first) if figures.blockers.len() > 1 => {
                format!("  {first} and {} more", figures.blockers.len() - 1)
            }
            Some(first) => format!("  {first}"),
            None => String::new(),
        };
        let line = format!(
            "{} {:>7}  {title}{blockers}",
            md::bar(&figures.progress),
            md::percent(&figures.progress),
        );
        writeln!(out, "{}", trueline_kit::escape::line(&line))?;
    }
    writeln!(out, "{}", page::completion(&report))?;
    Ok(out.finish()?)
}
