//! PROGRESS.md.

use std::fmt::Write;

use trueline_plan::{Item, Phase};

use crate::figures::PhaseFigures;
use crate::history::minute;
use crate::md;
use crate::regions::Region;
use crate::report::Report;
use crate::sheet::Sheet;
use crate::{upcoming, verticals};

/// Most lines of a list that has no limit of its own.
const MOST: usize = 20;

/// Beginning of the last line.
pub(crate) const COMPLETION: &str = "Project completion: ";

/// The last line.
pub(crate) fn completion(report: &Report<'_, '_>) -> String {
    format!("{COMPLETION}{}", md::percent(&report.figures.overall))
}

/// Names of the regions, in canonical order.
pub(crate) const REGIONS: &[&str] = &[
    "summary",
    "phases",
    "access",
    "recent",
    "upcoming",
    "verticals",
    "risks",
];

/// The regions, in canonical order.
pub(crate) fn regions<'r>(report: &'r Report<'_, '_>) -> Vec<Region<'r>> {
    let make = |name: &'static str| -> Region<'r> {
        let write = move |out: &mut Sheet<'_>| {
            out.body().push_str(&match name {
                "summary" => summary(report),
                "phases" => phases(report),
                "access" => access(report),
                "recent" => recent(report),
                "upcoming" => coming(report),
                "verticals" => format!("## Verticals\n\n{}", verticals::verticals(report)),
                _ => risks(report),
            });
        };
        Region {
            name,
            write: Box::new(write),
        }
    };
    REGIONS.iter().map(|name| make(name)).collect()
}

/// Writing to a String does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = writeln!($out, $($arg)*);
    }};
}

/// The lines of the summary, without a heading; `show` prints them, too.
pub(crate) fn summary_lines(report: &Report<'_, '_>) -> Vec<String> {
    let figures = &report.figures;
    let mut lines = vec![format!(
        "Overall completion: {}",
        md::percent(&figures.overall)
    )];
    if let Some(old) = &report.in_old_plan
        && *old != figures.overall
    {
        lines.push(format!("In the plan last published: {}", md::percent(old)));
    }
    lines.push(match &report.basis.access {
        Some(access) => {
            let (pass, all) = (access.passing(), access.rows.len());
            let failing: Vec<String> = access
                .critical()
                .filter(|row| !row.passes)
                .map(|row| format!("{} {}", row.name, row.status))
                .collect();
            let critical = if access.critical().next().is_none() {
                "no critical rows".to_owned()
            } else if failing.is_empty() {
                "critical rows: PASS".to_owned()
            } else {
                let failing = failing.iter().map(String::as_str);
                format!("critical rows that do not pass: {}", md::list(failing))
            };
            format!("Access coverage: {} ({critical})", share(pass, all))
        }
        None => "Access coverage: no matrix".to_owned(),
    });
    if let (Some(at), Some(base)) = (report.history.base_at, &report.history.base) {
        lines.push(format!("Last update: {} ({})", minute(at), base.short()));
    }
    if let (Some(change), Some(previous)) = (report.change(), &report.history.previous) {
        let reason = match report.reasons.len() {
            0 => "no item changed".to_owned(),
            n => {
                let shown = report.reasons.iter().take(MOST).map(String::as_str);
                let more = n.saturating_sub(MOST);
                let more = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                format!("{}{more}", md::list(shown))
            }
        };
        lines.push(format!(
            "Change since {}: {} (reason: {reason})",
            previous.commit.short(),
            md::change(&change)
        ));
    }
    let counts = figures.counts;
    lines.push(format!(
        "Items: {} done, {} in review, {} doing, {} blocked, {} ready, {} waiting, {} put off; {} in all",
        counts.done,
        counts.review,
        counts.doing,
        counts.blocked,
        counts.ready,
        counts.waiting,
        counts.deferred,
        counts.total
    ));
    lines
}

fn summary(report: &Report<'_, '_>) -> String {
    let mut out = String::from("## Summary\n\n");
    for line in summary_lines(report) {
        put!(out, "- {line}");
    }
    out
}

fn share(part: usize, whole: usize) -> String {
    let ratio = |n: usize| trueline_core::Ratio::from_integer(n.into());
    md::percent(&trueline_core::weight::share(&ratio(part), &ratio(whole)))
}

fn phases(report: &Report<'_, '_>) -> String {
    let mut out = String::from("## Phase Breakdown (WBS)\n\n");
    put!(
        out,
        "| Phase | Weight | % Done | Items | Coverage | Gate Met? | Owner | Blockers |"
    );
    put!(out, "|---|---|---|---|---|---|---|---|");
    for (phase, figures) in report.plan.phases().zip(&report.figures.phases) {
        let owner = phase
            .record
            .as_ref()
            .and_then(|record| record.owner.as_deref());
        let title = if phase.title() == phase.id {
            md::text(&phase.id)
        } else {
            format!("{} {}", md::text(&phase.id), md::text(phase.title()))
        };
        let blockers: Vec<String> = figures.blockers.iter().map(|text| md::text(text)).collect();
        let blockers = if blockers.is_empty() {
            "-".to_owned()
        } else {
            blockers.join("; ")
        };
        put!(
            out,
            "| {title} | {} | {} | {} | {} | {} | {} | {blockers} |",
            md::text(&phase.weight_text()),
            md::percent(&figures.progress),
            md::percent(&figures.done),
            figures
                .coverage
                .as_ref()
                .map_or("-".to_owned(), md::percent),
            gate_word(phase, figures),
            md::list(owner),
        );
    }
    out
}

/// `-` where the phase states no gate and nothing holds it.
fn gate_word(phase: &Phase, figures: &PhaseFigures) -> &'static str {
    let has_gate = phase
        .record
        .as_ref()
        .is_some_and(|record| record.gate.is_some() || !record.docs.is_empty());
    match (figures.gate_met, has_gate || figures.coverage.is_some()) {
        (false, _) => "no",
        (true, true) => "yes",
        (true, false) => "-",
    }
}

fn access(report: &Report<'_, '_>) -> String {
    let mut out = String::from("## Access Coverage\n\n");
    let Some(access) = &report.basis.access else {
        put!(out, "- There is no access matrix.");
        return out;
    };
    let (pass, all) = (access.passing(), access.rows.len());
    put!(out, "- Matrix PASS: {pass}/{all} = {}", share(pass, all));
    for row in access.critical() {
        put!(
            out,
            "- Critical: {}: {}",
            md::text(&row.name),
            md::text(&row.status)
        );
    }
    for row in access
        .rows
        .iter()
        .filter(|row| !row.passes && !row.is_critical)
    {
        put!(out, "- {}: {}", md::text(&row.name), md::text(&row.status));
    }
    out
}

fn recent(report: &Report<'_, '_>) -> String {
    let mut out = String::from("## Recent Changes\n\n");
    if report.history.recent.is_empty() {
        put!(out, "- None with a trailer of work items.");
    }
    for change in &report.history.recent {
        let request = change
            .request
            .as_ref()
            .map(|n| format!(" PR #{n}"))
            .unwrap_or_default();
        let by = match &change.change {
            Some(by) if *by != trueline_core::Ratio::default() => format!(" {}", md::change(by)),
            _ => String::new(),
        };
        put!(
            out,
            "- {}{request} ({}){by}: {}",
            change.day,
            md::list(change.items.iter().map(String::as_str)),
            md::text(&change.subject)
        );
    }
    out
}

fn line(item: Item<'_, '_>) -> String {
    let owner = item.owner().or(item.agent());
    let owner = owner
        .map(|owner| format!(" {}:", md::text(owner)))
        .unwrap_or_default();
    format!(
        "[{}]{owner} {}",
        md::text(item.id()),
        md::text(item.title().unwrap_or("-"))
    )
}

fn coming(report: &Report<'_, '_>) -> String {
    let mut out = format!("## Upcoming ({} days)\n\n", report.upcoming_days);
    let until = report
        .history
        .base_at
        .and_then(|at| upcoming::after(at, report.upcoming_days));
    let due = upcoming::due(report.plan, until.as_deref());
    for (day, item) in due.iter().take(MOST) {
        put!(out, "- {day} {}", line(*item));
    }
    if due.is_empty() {
        put!(out, "- Nothing is due.");
    }
    let ready = report.plan.ready();
    if !ready.is_empty() {
        put!(out, "\nReady to begin:\n");
        for item in ready.iter().take(10) {
            put!(out, "- {}", line(*item));
        }
    }
    out
}

fn risks(report: &Report<'_, '_>) -> String {
    let mut out = String::from("## Risks & Decisions\n\n");
    let ledgers = &report.ledgers;
    if ledgers.risks.is_empty() && ledgers.decisions.is_empty() {
        put!(out, "- None recorded.");
    }
    for risk in &ledgers.risks {
        let owner = risk
            .owner
            .as_ref()
            .map(|owner| format!(" - owner {}", md::text(owner.as_str())));
        let state = serde_json::to_value(risk.state).ok();
        let state = state
            .as_ref()
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        let severity = serde_json::to_value(risk.severity).ok();
        let severity = severity
            .as_ref()
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        put!(
            out,
            "- {}: {} ({severity}, {state}){}",
            risk.id,
            md::text(risk.title.as_str()),
            owner.unwrap_or_default()
        );
    }
    for decision in &ledgers.decisions {
        put!(
            out,
            "- {}: {} - decided by {}",
            decision.id,
            md::text(decision.title.as_str()),
            md::text(decision.decided_by.as_str())
        );
    }
    out
}
