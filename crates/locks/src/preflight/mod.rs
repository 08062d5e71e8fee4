//! `locks preflight`: is this change within its scope, its owner's paths and nobody else's lock?
//!
//! Everything that judges the change is read from the base: the queue, ownership.yaml,
//! trueline.toml and published locks. What the change itself brings proves nothing.

mod branch;
mod change;
mod checks;
mod paths;
mod policy;
mod special;

pub(crate) use policy::queue_items;
use trueline_core::Id;
use trueline_kit::{Context, Error};

use crate::args;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the change is compared with, such as origin/main [with --staged: HEAD]
    #[arg(long, value_name = "REV", required_unless_present = "staged")]
    base: Option<String>,
    /// The tip of the change [default: HEAD]
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    head: Option<String>,
    /// Check what is staged, for a pre-commit hook
    #[arg(long)]
    staged: bool,
    /// Who makes the change
    #[arg(long, value_parser = args::id)]
    owner: Id,
    /// The work item, where no trailer names it yet; several times for several
    #[arg(long, value_name = "ID", num_args = 1.., value_parser = args::id)]
    task: Vec<Id>,
    #[command(flatten)]
    remote: crate::remote::Flag,
    /// The branch that the change is for [default: the one checked out]
    #[arg(long)]
    branch: Option<String>,
}

pub(crate) fn run(args: &Args, ctx: &mut Context) -> Result<(), Error> {
    let base = ctx.trust(args.base.as_deref().unwrap_or("HEAD"))?;
    let change = change::read(args, &ctx.git(), &base)?;
    let policy = policy::read(&change, args, ctx)?;
    ctx.report_all(checks::all(&change, &policy, args, ctx)?);
    ctx.complete_check();
    Ok(())
}
