//! `progress critical-path`.

use std::io::Write;

use serde::Serialize;
use trueline_core::Weight;
use trueline_core::weight::display;
use trueline_kit::{Context, Error, Format, escape};
use trueline_plan_files::Files;

#[derive(Serialize)]
struct PathView<'p> {
    version: u32,
    /// Sum of the weights, exactly.
    weight: String,
    items: Vec<Step<'p>>,
}

#[derive(Serialize)]
struct Step<'p> {
    id: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'p str>,
    state: &'static str,
    weight: Weight,
}

/// Prints the heaviest chain.
pub(crate) fn critical_path(ctx: &Context, all: bool) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    if !plan.is_readable() {
        return Err(Error::io("the plan cannot be read"));
    }
    let path = plan.critical_path(!all);
    let weight = display(&plan.path_weight(&path));
    let items = path.nodes.iter().map(|node| plan.item(plan.of_node(*node)));
    if format == Format::Json {
        let items = items
            .map(|item| Step {
                id: item.id(),
                title: item.title(),
                state: item.state().as_str(),
                weight: item.weight(),
            })
            .collect();
        return ctx.print_json(&PathView {
            version: 1,
            weight,
            items,
        });
    }
    let mut out = ctx.out();
    for item in items {
        let line = format!(
            "{}  {}  {}  {}",
            item.id(),
            item.weight_text(),
            item.state().as_str(),
            item.title().unwrap_or_default()
        );
        writeln!(out, "{}", escape::line(line.trim_end()))?;
    }
    if path.nodes.is_empty() {
        ctx.note("no item is open");
    } else {
        writeln!(out, "weight: {weight}")?;
    }
    Ok(out.finish()?)
}
