//! `progress graph`.

use std::fmt::Write as _;
use std::io::Write;

use trueline_core::artifact::queue::Status;
use trueline_kit::{Context, Error, Format, escape};
use trueline_plan::{Item, Plan};
use trueline_plan_files::Files;

use crate::args::Style;

/// Prints the dependency graph: an arrow goes from an item to those that wait for it.
pub(crate) fn graph(ctx: &Context, style: Style, only_open: bool) -> Result<(), Error> {
    ctx.data_format(&[Format::Human])?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    if !plan.is_readable() {
        return Err(Error::io("the plan cannot be read"));
    }
    let text = match style {
        Style::Mermaid => mermaid(&plan, only_open),
        Style::Dot => dot(&plan, only_open),
    };
    let mut out = ctx.out();
    out.write_all(text.as_bytes())?;
    Ok(out.finish()?)
}

fn shown<'p, 'a>(plan: &'p Plan<'a>, only_open: bool) -> impl Iterator<Item = Item<'p, 'a>> {
    plan.items()
        .filter(move |item| !only_open || item.status() != Status::Done)
}

/// Id and title, of at most 60 characters, without quotes.
fn label(item: Item<'_, '_>, quote: &str) -> String {
    let title: String = item.title().unwrap_or_default().chars().take(60).collect();
    let text = format!("{} {title}", item.id());
    escape::line(text.trim())
        .replace('\\', "/")
        .replace('"', quote)
}

pub(crate) fn mermaid(plan: &Plan<'_>, only_open: bool) -> String {
    let mut out = String::from("flowchart TD\n");
    for item in shown(plan, only_open) {
        let text = label(item, "#quot;")
            .replace('<', "#lt;")
            .replace('>', "#gt;");
        let node = item.item_id().index();
        let _ = writeln!(out, "  n{node}[\"{text}\"]:::{}", item.state().as_str());
    }
    for item in shown(plan, only_open) {
        for before in item.depends_on() {
            if !only_open || before.status() != Status::Done {
                let (from, to) = (before.item_id().index(), item.item_id().index());
                let _ = writeln!(out, "  n{from} --> n{to}");
            }
        }
    }
    for (state, style) in COLOURS {
        let _ = writeln!(out, "  classDef {state} fill:{style},color:#000");
    }
    out
}

pub(crate) fn dot(plan: &Plan<'_>, only_open: bool) -> String {
    let mut out =
        String::from("digraph plan {\n  rankdir=TB;\n  node [shape=box, style=filled];\n");
    for item in shown(plan, only_open) {
        let state = item.state();
        let colour = COLOURS
            .iter()
            .find(|(name, _)| *name == state.as_str())
            .map_or("#ffffff", |(_, colour)| colour);
        let _ = writeln!(
            out,
            "  \"{}\" [label=\"{}\", fillcolor=\"{colour}\"];",
            item.id(),
            label(item, "'")
        );
    }
    for item in shown(plan, only_open) {
        for before in item.depends_on() {
            if !only_open || before.status() != Status::Done {
                let _ = writeln!(out, "  \"{}\" -> \"{}\";", before.id(), item.id());
            }
        }
    }
    out.push_str("}\n");
    out
}

/// Fill colours by state.
const COLOURS: &[(&str, &str)] = &[
    ("ready", "#cfe8ff"),
    ("waiting", "#eeeeee"),
    ("doing", "#fff3b0"),
    ("review", "#ffe0b0"),
    ("blocked", "#ffc9c9"),
    ("done", "#c8f0c8"),
    ("deferred", "#dddddd"),
];
