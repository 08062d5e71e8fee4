//! `why` and `show`.

use std::io::Write;

use trueline_kit::{Context, Error, Format, escape};
use trueline_plan::{Item, Plan, State};
use trueline_plan_files::Files;

use crate::list::report;
use crate::view::{ItemView, One, VERSION, phase, waits};

/// The item, or an error that names the nearest id.
pub(crate) fn find<'p, 'a>(plan: &'p Plan<'a>, id: &str) -> Result<Item<'p, 'a>, Error> {
    plan.find(id).ok_or_else(|| {
        let error = Error::usage(format!("there is no item `{id}`"));
        let form = trueline_core::id::canonical(id);
        let near = plan.items().find(|item| {
            trueline_core::id::canonical(item.id()) == form || item.id().eq_ignore_ascii_case(id)
        });
        match near {
            Some(item) => error.hint(format!("did you mean `{}`?", item.id())),
            None => error.hint("`queue list` names all of them"),
        }
    })
}

pub(crate) fn why(ctx: &Context, id: &str) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    report(ctx, &plan, findings)?;
    let item = find(&plan, id)?;
    if format == Format::Json {
        return ctx.print_json(&One {
            version: VERSION,
            item: Some(ItemView::new(&plan, item)),
        });
    }
    let state = item.state();
    let mut out = ctx.out();
    let after = match &state {
        State::Ready => ": nothing is in its way",
        State::Waiting(_) => ":",
        _ => "",
    };
    writeln!(out, "{} is {}{after}", item.id(), state.as_str())?;
    for reason in waits(&state) {
        writeln!(out, "  {}", escape::line(&reason))?;
    }
    if let Some(reason) = item.blocked_reason() {
        writeln!(out, "  {}", escape::line(reason))?;
    }
    if let Some((reason, by)) = item.deferred() {
        writeln!(out, "  {} ({})", escape::line(reason), escape::line(by))?;
    }
    Ok(out.finish()?)
}

pub(crate) fn show(ctx: &Context, id: &str) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    report(ctx, &plan, findings)?;
    let item = find(&plan, id)?;
    if format == Format::Json {
        return ctx.print_json(&One {
            version: VERSION,
            item: Some(ItemView::new(&plan, item)),
        });
    }
    let mut out = ctx.out();
    let title = item.title().unwrap_or_default();
    writeln!(out, "{} {}", item.id(), escape::line(title))?;
    let state = item.state();
    let mut field = |name: &str, value: Option<&str>| match value {
        Some(value) => writeln!(out, "  {name:13} {}", escape::line(value)),
        None => Ok(()),
    };
    field("state", Some(state.as_str()))?;
    for reason in waits(&state) {
        field("", Some(&reason))?;
    }
    field("phase", phase(&plan, item))?;
    field("weight", Some(item.weight_text()))?;
    field("owner", item.owner())?;
    field("agent", item.agent())?;
    field("branch", item.branch())?;
    field("due", item.due())?;
    field("vertical", item.vertical())?;
    field("blocked by", item.blocked_reason())?;
    if let Some((owner, until)) = item.queued().and_then(trueline_plan::Row::claim) {
        field("claimed by", Some(&format!("{owner} until {until}")))?;
    }
    let row = item.queued();
    let lists: [(&str, Vec<&str>); 7] = [
        ("depends on", item.dependencies().collect()),
        ("requirements", item.nt_refs().collect()),
        ("designs", item.td_refs().collect()),
        (
            "scope",
            row.into_iter()
                .flat_map(trueline_plan::Row::scope)
                .collect(),
        ),
        ("exit criteria", item.exit_criteria().collect()),
        (
            "tests",
            row.into_iter()
                .flat_map(trueline_plan::Row::tests)
                .collect(),
        ),
        (
            "evidence",
            row.into_iter()
                .flat_map(trueline_plan::Row::evidence)
                .map(|e| e.path)
                .collect(),
        ),
    ];
    for (name, values) in lists {
        for (at, value) in values.iter().enumerate() {
            field(if at == 0 { name } else { "" }, Some(value))?;
        }
    }
    Ok(out.finish()?)
}
