//! `trueline chain`: the tools in order over one repository, and one screen at the end.

mod outcome;
mod packs;
mod screen;
mod step;
mod watch;

use trueline_kit::config::FILE_NAME;
use trueline_kit::{Artifact, Context, Error, Format};

use outcome::Outcome;

/// Flags of `trueline chain`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; stale files are findings (what CI runs)
    #[arg(long)]
    check: bool,
    /// Also judge what changed since this revision; rules are read from it
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Owner whose scope the change has to stay in (needs --base)
    #[arg(long, value_name = "NAME", requires = "base")]
    owner: Option<String>,
    /// Run only these tools
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(crate::launch::TOOLS))]
    only: Vec<String>,
    /// Leave these tools out
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(crate::launch::TOOLS))]
    skip: Vec<String>,
    /// Show at most this many findings on the screen (all are in --format json)
    #[arg(long, value_name = "N", default_value_t = 10)]
    show: usize,
}

/// Runs `trueline chain`.
pub(crate) fn run(args: &Args, ctx: &mut Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json, Format::Markdown])?;
    // Which packs and owners are looked at is told by the base, like every other rule.
    if let Some(base) = &args.base
        && let Err(error) = ctx.trust(base)
    {
        ctx.failed(&error);
    }
    refuse_nothing(ctx)?;
    let watch = watch::Watch::new(ctx);
    let mut outcome = Outcome::default();
    let steps = step::plan(args, ctx)?;
    let bar = ctx.bar(steps.len() as u64, "steps");
    for step in steps {
        bar.now(&format!("{} {}", step.tool, step.command()));
        let result = step.run(ctx);
        outcome.add(result);
        bar.step();
    }
    drop(bar);
    outcome.finish(watch.changed(ctx));
    for warning in outcome.warnings() {
        ctx.warn(warning);
    }
    ctx.child_ended(outcome.exit());
    if format == Format::Json {
        return ctx.print_json(&outcome.report());
    }
    let mut out = ctx.out();
    match format {
        Format::Markdown => screen::markdown(&mut out, &outcome, args.show)?,
        _ => screen::human(&mut out, &outcome, args.show)?,
    }
    Ok(out.finish()?)
}

/// A folder without any of the files that the tools read is most likely the wrong one.
fn refuse_nothing(ctx: &Context) -> Result<(), Error> {
    const READ: [Artifact; 5] = [
        Artifact::Por,
        Artifact::Queue,
        Artifact::Wbs,
        Artifact::Ownership,
        Artifact::ModelDecisions,
    ];
    let there = |path: &str| ctx.root().join(path).exists();
    if there(FILE_NAME)
        || ctx.config_flag().is_some()
        || there("docs/blueprints")
        || READ
            .iter()
            .any(|artifact| there(ctx.config().path(*artifact)))
    {
        return Ok(());
    }
    Err(Error::usage(
        "there is nothing here that the tools read: no trueline.toml, plan, queue or blueprints",
    )
    .hint("`trueline init` writes a start; `--root DIR` works elsewhere"))
}
