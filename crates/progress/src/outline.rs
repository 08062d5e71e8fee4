//! OUTLINE.md.

use std::fmt::Write;

use trueline_core::artifact::queue::Status;
use trueline_plan::{Item, Phase, State, Total};

use crate::figures::PhaseFigures;
use crate::md;
use crate::regions::Region;
use crate::report::Report;
use crate::sheet::Sheet;
use crate::verticals;

macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = writeln!($out, $($arg)*);
    }};
}

/// Names of the regions, in order.
pub(crate) const REGIONS: &[&str] = &["outline", "verticals"];

/// The regions, in order.
pub(crate) fn regions<'r>(report: &'r Report<'_, '_>) -> Vec<Region<'r>> {
    vec![
        Region {
            name: "outline",
            write: Box::new(move |out| outline(report, out)),
        },
        Region {
            name: "verticals",
            write: Box::new(move |out| {
                out.body().push_str("## Verticals\n\n");
                out.body().push_str(&verticals::verticals(report));
            }),
        },
    ]
}

fn outline(report: &Report<'_, '_>, out: &mut Sheet<'_>) {
    let mut first = true;
    for (phase, figures) in report.plan.phases().zip(&report.figures.phases) {
        if !std::mem::take(&mut first) {
            out.body().push('\n');
        }
        section(report, phase, figures, out);
    }
    let outside = || {
        let items = report.plan.items();
        items.filter(|item| item.phase().is_none())
    };
    if outside().next().is_some() {
        put!(out.body(), "\n<details>\n<summary>In no phase</summary>\n");
        for item in outside() {
            entry(report, None, item, out.body());
            out.turn();
        }
        put!(out.body(), "\n</details>");
    }
}

fn section(report: &Report<'_, '_>, phase: &Phase, figures: &PhaseFigures, out: &mut Sheet<'_>) {
    let is_current = phase.record.as_ref().is_some_and(|record| record.current);
    let open = if is_current { " open" } else { "" };
    let title = if phase.title() == phase.id {
        html(&phase.id)
    } else {
        format!("{} {}", html(&phase.id), html(phase.title()))
    };
    put!(
        out.body(),
        "<details{open}>\n<summary>{title} {} {} (weight {})</summary>\n",
        md::bar(&figures.progress),
        md::percent(&figures.progress),
        html(&phase.weight_text())
    );
    let active = phase.items.iter().copied();
    let active = active.filter(|id| report.plan.item(*id).deferred().is_none());
    let total = report.plan.total(active);
    for id in &phase.items {
        entry(report, Some(&total), report.plan.item(*id), out.body());
        out.turn();
    }
    put!(out.body(), "\n</details>");
}

fn entry(report: &Report<'_, '_>, total: Option<&Total>, item: Item<'_, '_>, out: &mut String) {
    out.push_str(match item.status() {
        Status::Done => "- [x] ",
        _ => "- [ ] ",
    });
    md::push(out, item.id());
    out.push(' ');
    md::push(out, item.title().unwrap_or("-"));
    out.push_str(" - owner: ");
    md::push(out, item.owner().or(item.agent()).unwrap_or("-"));
    out.push_str(" - weight: ");
    match total {
        Some(total) if item.deferred().is_none() => {
            let share = report.plan.share(item.item_id(), total);
            let _ = write!(out, "{}.{:02}%", share / 100, share % 100);
        }
        _ => out.push('-'),
    }
    out.push_str(" - ");
    state(&item.state(), out);
    out.push('\n');
    list(out, "NT refs", item.nt_refs(), ", ");
    list(out, "TD refs", item.td_refs(), ", ");
    list(out, "Depends on", item.dependencies(), ", ");
    list(out, "Exit criteria", item.exit_criteria(), "; ");
    if let Some((reason, by)) = item.deferred() {
        put!(
            out,
            "  - Put off: {} (agreed by {})",
            md::text(reason),
            md::text(by)
        );
    }
    list(out, "Blocked", item.blocked_reason().into_iter(), ", ");
    links(report, item, out);
}

/// A line of texts; none where there is no text.
fn list<'t>(out: &mut String, name: &str, texts: impl Iterator<Item = &'t str>, between: &str) {
    let mut is_first = true;
    for text in texts {
        if std::mem::take(&mut is_first) {
            let _ = write!(out, "  - {name}: ");
        } else {
            out.push_str(between);
        }
        md::push(out, text);
    }
    if !is_first {
        out.push('\n');
    }
}

fn state(state: &State<'_>, out: &mut String) {
    let State::Waiting(reasons) = state else {
        out.push_str(state.as_str());
        return;
    };
    out.push_str("waiting");
    if let Some(reason) = reasons.first() {
        out.push_str(": ");
        md::push(out, &reason.to_string());
    }
    if reasons.len() > 1 {
        let _ = write!(out, " and {} more", reasons.len() - 1);
    }
}

/// Crosswalk rows, tests, run reports, evidence.
fn links(report: &Report<'_, '_>, item: Item<'_, '_>, out: &mut String) {
    let folder = md::folder(&report.outline_path);
    let mut is_first = true;
    let mut next = |out: &mut String| {
        let is_first = std::mem::take(&mut is_first);
        out.push_str(if is_first { "  - Links: " } else { ", " });
    };
    if let Some(coverage) = &report.basis.coverage {
        for nt in item.nt_refs() {
            let Some(row) = coverage.row(nt) else {
                continue;
            };
            let (code, tests) = (row.code.len(), row.tests.len());
            next(out);
            md::push(out, nt);
            let _ = write!(out, " ({code} code, {tests} tests)");
        }
    }
    let row = item.queued();
    let tests = row.into_iter().flat_map(trueline_plan::Row::tests);
    let reports = row.into_iter().flat_map(trueline_plan::Row::run_reports);
    let packs = row.into_iter().flat_map(trueline_plan::Row::attach_packs);
    let evidence = row
        .into_iter()
        .flat_map(trueline_plan::Row::evidence)
        .map(|e| e.path);
    let mut seen: Vec<&str> = Vec::new();
    for path in tests.chain(reports).chain(packs).chain(evidence) {
        if !seen.contains(&path) {
            seen.push(path);
            next(out);
            md::push_link(out, folder, path);
        }
    }
    if !is_first {
        out.push('\n');
    }
}

/// Text inside HTML.
fn html(text: &str) -> String {
    let safe = trueline_kit::escape::line(text);
    safe.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
