//! `list`, `ready` and `next`.

use std::collections::BTreeSet;
use std::io::Write;

use trueline_core::{Finding, Level};
use trueline_kit::{Context, Error, Exit, Format, escape};
use trueline_plan::{Item, Plan, State};
use trueline_plan_files::Files;

use crate::args::{Filter, Next, Ready};
use crate::branches::Branches;
use crate::live::{Holdings, Live};
use crate::view::{ItemView, Items, One, VERSION, phase};

const FORMATS: &[Format] = &[Format::Human, Format::Json];

/// Most findings that are printed beside an answer; of more only the number is.
const SHOWN: usize = 3;

/// Whether a finding makes a command fail, as trueline.toml has it.
fn is_error(ctx: &Context, finding: &Finding) -> bool {
    let config = ctx.config();
    let level = config
        .level(ctx.tool(), finding.rule.code)
        .unwrap_or(Some(finding.level.unwrap_or(finding.rule.level)));
    let is_bad = level == Some(Level::Error) || ctx.is_strict() && level == Some(Level::Warning);
    let mut allows = config.allows().iter();
    is_bad && !allows.any(|allow| allow.matches(ctx.tool(), finding))
}

/// Reports what came of reading, and refuses to answer from a plan that could not be read.
pub(crate) fn report(ctx: &Context, plan: &Plan<'_>, findings: Vec<Finding>) -> Result<(), Error> {
    if plan.is_readable() && findings.len() > SHOWN {
        let count = findings.len();
        ctx.warn(format!(
            "{count} findings about plan and queue: run `queue check`"
        ));
        if findings.iter().any(|finding| is_error(ctx, finding)) {
            ctx.child_ended(Exit::Findings);
        }
        return Ok(());
    }
    ctx.report_all(findings);
    if plan.is_readable() {
        Ok(())
    } else {
        Err(Error::io(
            "the plan cannot be read, so that no answer would be complete",
        ))
    }
}

pub(crate) fn list(ctx: &Context, filter: &Filter) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    report(ctx, &plan, findings)?;
    let items: Vec<Item<'_, '_>> = plan
        .items()
        .filter(|item| {
            let state = item.state();
            (filter.state.is_empty() || filter.state.iter().any(|s| s.as_str() == state.as_str()))
                && filter
                    .phase
                    .as_deref()
                    .is_none_or(|p| phase(&plan, *item) == Some(p))
                && filter
                    .owner
                    .as_deref()
                    .is_none_or(|o| item.owner() == Some(o))
        })
        .collect();
    print(ctx, format, &plan, &items)
}

pub(crate) fn ready(ctx: &Context, options: &Ready) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let mut files = Files::read(ctx)?;
    files.options.gate_phases = options.gate_phases;
    let (plan, findings) = files.join();
    report(ctx, &plan, findings)?;
    let mut items = plan.ready();
    items.truncate(options.limit.unwrap_or(usize::MAX));
    print(ctx, format, &plan, &items)
}

pub(crate) fn next(ctx: &Context, options: &Next) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let mut files = Files::read(ctx)?;
    files.options.gate_phases = options.gate_phases;
    let (plan, findings) = files.join();
    report(ctx, &plan, findings)?;
    let held = match Live::look(ctx)? {
        Some(live) => live.held()?,
        None => Holdings::default(),
    };
    let branches = Branches::look(ctx)?;
    let item = choose(&plan, options.owner.as_deref(), &held, &branches);
    if format == Format::Json {
        return ctx.print_json(&One {
            version: VERSION,
            item: item.map(|item| ItemView::new(&plan, item)),
        });
    }
    match item {
        Some(item) => print(ctx, format, &plan, &[item]),
        None => {
            ctx.note("nothing is ready");
            Ok(())
        }
    }
}

/// The item to take: of those that are not another's, the first of a vertical that is begun,
/// then the asker's own, then the first at all.
fn choose<'p, 'a>(
    plan: &'p Plan<'a>,
    owner: Option<&str>,
    held: &Holdings,
    branches: &Branches<'_>,
) -> Option<Item<'p, 'a>> {
    let ready: Vec<Item<'p, 'a>> = plan
        .ready()
        .into_iter()
        .filter(|item| {
            let fixed = item.agent().or(item.owner());
            (fixed.is_none() || owner.is_none() || fixed == owner)
                && !held.is_in_the_way(*item, owner)
                && branches.allow(*item, owner)
        })
        .collect();
    let begun: BTreeSet<&str> = plan
        .items()
        .filter(|item| matches!(item.state(), State::Doing | State::Review | State::Done))
        .flat_map(verticals)
        .collect();
    let begun = |item: &&Item<'p, 'a>| verticals(**item).any(|v| begun.contains(v));
    let own = |item: &&Item<'p, 'a>| owner.is_some() && item.agent().or(item.owner()) == owner;
    ready
        .iter()
        .find(begun)
        .or_else(|| ready.iter().find(own))
        .or_else(|| ready.first())
        .copied()
}

/// The verticals that an item names, or that list it.
fn verticals<'p>(item: Item<'p, '_>) -> impl Iterator<Item = &'p str> {
    let listing = item
        .plan()
        .verticals()
        .filter(move |vertical| vertical.wbs.iter().any(|id| id.as_str() == item.id()));
    item.vertical()
        .into_iter()
        .chain(listing.map(|vertical| vertical.id.as_str()))
}

fn print<'p, 'a: 'p>(
    ctx: &Context,
    format: Format,
    plan: &'p Plan<'a>,
    items: &[Item<'p, 'a>],
) -> Result<(), Error> {
    if format == Format::Json {
        return ctx.print_json(&Items::new(plan, items));
    }
    let rows: Vec<[String; 4]> = items
        .iter()
        .map(|item| {
            [
                item.id().to_owned(),
                item.state().as_str().to_owned(),
                escape::line(item.owner().unwrap_or("-")).into_owned(),
                escape::line(item.title().unwrap_or("")).into_owned(),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
            .min(40)
    };
    let (id_width, state_width, owner_width) = (width(0), width(1), width(2));
    let mut out = ctx.out();
    for [id, state, owner, title] in &rows {
        let line = format!("{id:id_width$}  {state:state_width$}  {owner:owner_width$}  {title}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(out.finish()?)
}
