//! The table of verticals, which both pages have.

use std::fmt::Write;

use trueline_core::artifact::queue::Status;
use trueline_plan::{Item, Plan, State};

use crate::md;
use crate::report::Report;

/// Writing to a String does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = writeln!($out, $($arg)*);
    }};
}

/// The table of verticals.
pub(crate) fn verticals(report: &Report<'_, '_>) -> String {
    let mut out = String::new();
    if report.plan.verticals().len() == 0 {
        put!(out, "- There are none.");
        return out;
    }
    put!(
        out,
        "| Vertical | Status | Items done | Boxes ticked | Design | Checklist | End-to-end |"
    );
    put!(out, "|---|---|---|---|---|---|---|");
    let folder = md::folder(&report.progress_path);
    let link = |path: &Option<String>| {
        path.as_ref()
            .map_or("-".to_owned(), |path| md::link(folder, path))
    };
    for vertical in report.plan.verticals() {
        let items = items_of(report.plan, vertical);
        let done = items
            .iter()
            .filter(|item| item.status() == Status::Done)
            .count();
        let path = vertical.checklist.as_deref();
        let boxes = path
            .and_then(|path| report.basis.evidence.checklist(path))
            .map(|l| l.boxes);
        let begun = items.iter().any(|item| {
            !matches!(
                item.state(),
                State::Ready | State::Waiting(_) | State::Deferred
            )
        });
        let boxes_done = boxes.is_none_or(|(ticked, all)| ticked == all);
        let any_box = boxes.is_some_and(|(ticked, _)| ticked > 0);
        let status = if !items.is_empty() && done == items.len() && boxes_done {
            "done"
        } else if begun || any_box {
            "doing"
        } else {
            "todo"
        };
        put!(
            out,
            "| {} {} | {status} | {done}/{} | {} | {} | {} | {} |",
            md::text(vertical.id.as_str()),
            md::text(vertical.title.as_str()),
            items.len(),
            boxes.map_or("-".to_owned(), |(ticked, all)| format!("{ticked}/{all}")),
            link(&vertical.design),
            link(&vertical.checklist),
            link(&vertical.e2e),
        );
    }
    out
}

/// The items that a vertical lists, and those that name it.
fn items_of<'p, 'a>(
    plan: &'p Plan<'a>,
    vertical: &trueline_core::artifact::plan::Vertical,
) -> Vec<Item<'p, 'a>> {
    let listed = |item: &Item<'p, 'a>| vertical.wbs.iter().any(|id| id.as_str() == item.id());
    plan.items()
        .filter(|item| item.vertical() == Some(vertical.id.as_str()) || listed(item))
        .collect()
}
