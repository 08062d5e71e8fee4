//! OUTLINE.md.

use std::fmt::Write;

use trueline_core::Ratio;
use trueline_core::artifact::queue::Status;
use trueline_core::weight::share;
use trueline_plan::{Item, Phase, State};

use crate::figures::PhaseFigures;
use crate::md;
use crate::page;
use crate::regions::Region;
use crate::report::Report;

macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = writeln!($out, $($arg)*);
    }};
}

/// The regions, in order.
pub(crate) fn regions(report: &Report<'_, '_>) -> Vec<Region> {
    let mut out = String::new();
    let mut first = true;
    for (phase, figures) in report.plan.phases().zip(&report.figures.phases) {
        if !std::mem::take(&mut first) {
            out.push('\n');
        }
        section(report, phase, figures, &mut out);
    }
    let outside: Vec<Item<'_, '_>> = report
        .plan
        .items()
        .filter(|item| item.phase().is_none())
        .collect();
    if !outside.is_empty() {
        put!(out, "\n<details>\n<summary>In no phase</summary>\n");
        for item in outside {
            entry(report, None, item, &mut out);
        }
        put!(out, "\n</details>");
    }
    let verticals = format!("## Verticals\n\n{}", page::verticals(report));
    vec![
        Region {
            name: "outline",
            body: out,
        },
        Region {
            name: "verticals",
            body: verticals,
        },
    ]
}

fn section(report: &Report<'_, '_>, phase: &Phase, figures: &PhaseFigures, out: &mut String) {
    let is_current = phase.record.as_ref().is_some_and(|record| record.current);
    let open = if is_current { " open" } else { "" };
    let title = if phase.title() == phase.id {
        html(&phase.id)
    } else {
        format!("{} {}", html(&phase.id), html(phase.title()))
    };
    put!(
        out,
        "<details{open}>\n<summary>{title} {} {} (weight {})</summary>\n",
        md::bar(&figures.progress),
        md::percent(&figures.progress),
        html(&phase.weight_text())
    );
    let active = phase.items.iter().copied();
    let active = active.filter(|id| report.plan.item(*id).deferred().is_none());
    let total = report.plan.weigh(active);
    for id in &phase.items {
        entry(report, Some(&total), report.plan.item(*id), out);
    }
    put!(out, "\n</details>");
}

fn entry(report: &Report<'_, '_>, total: Option<&Ratio>, item: Item<'_, '_>, out: &mut String) {
    let done = item.status() == Status::Done;
    let owner = item.owner().or(item.agent());
    let weight = match total {
        Some(total) if item.deferred().is_none() => {
            md::percent(&share(item.weight().value(), total))
        }
        _ => "-".to_owned(),
    };
    put!(
        out,
        "- [{}] {} {} - owner: {} - weight: {weight} - {}",
        if done { "x" } else { " " },
        md::text(item.id()),
        md::text(item.title().unwrap_or("-")),
        md::list(owner),
        state(&item.state()),
    );
    let mut list = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            put!(out, "  - {name}: {}", values.join(", "));
        }
    };
    list("NT refs", item.nt_refs().map(md::text).collect());
    list("TD refs", item.td_refs().map(md::text).collect());
    list("Depends on", item.dependencies().map(md::text).collect());
    let criteria: Vec<String> = item.exit_criteria().map(md::text).collect();
    if !criteria.is_empty() {
        list("Exit criteria", vec![criteria.join("; ")]);
    }
    if let Some((reason, by)) = item.deferred() {
        list(
            "Put off",
            vec![format!("{} (agreed by {})", md::text(reason), md::text(by))],
        );
    }
    if let Some(reason) = item.blocked_reason() {
        list("Blocked", vec![md::text(reason)]);
    }
    list("Links", links(report, item));
}

fn state(state: &State<'_>) -> String {
    match state {
        State::Waiting(reasons) => match reasons.first() {
            Some(reason) if reasons.len() == 1 => {
                format!("waiting: {}", md::text(&reason.to_string()))
            }
            Some(reason) => format!(
                "waiting: {} and {} more",
                md::text(&reason.to_string()),
                reasons.len() - 1
            ),
            None => "waiting".to_owned(),
        },
        other => other.as_str().to_owned(),
    }
}

/// Crosswalk rows, tests, run reports, evidence.
fn links(report: &Report<'_, '_>, item: Item<'_, '_>) -> Vec<String> {
    let folder = md::folder(&report.outline_path);
    let mut links = Vec::new();
    if let Some(coverage) = &report.basis.coverage {
        for nt in item.nt_refs() {
            let Some(row) = coverage.row(nt) else {
                continue;
            };
            let (code, tests) = (row.code.len(), row.tests.len());
            links.push(format!("{} ({code} code, {tests} tests)", md::text(nt)));
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
    let mut paths: Vec<&str> = tests.chain(reports).chain(packs).chain(evidence).collect();
    let mut seen = std::collections::BTreeSet::new();
    paths.retain(|path| seen.insert(*path));
    links.extend(paths.into_iter().map(|path| md::link(folder, path)));
    links
}

/// Text inside HTML.
fn html(text: &str) -> String {
    let safe = trueline_kit::escape::line(text);
    safe.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
