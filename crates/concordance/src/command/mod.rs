//! The commands.

mod check;
mod index;
mod report;
mod update;

use trueline_kit::{Context, Error};

/// What concordance does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write nt-index.json, td-index.json and toc-cache.json from the blueprints
    Index(index::Index),
    /// Take blueprints, tags, plan, queue and commits into the crosswalk
    Update(update::Update),
    /// Judge the whole tree, or with --base what a branch causes
    Check(check::Check),
    /// Write docs/reports/concordance-coverage.md
    Report(report::Report),
    /// Print the text of an item, its parts included
    Section(index::Section),
}

pub(crate) fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Index(args) => args.run(ctx),
        Command::Update(args) => args.run(ctx),
        Command::Check(args) => args.run(ctx),
        Command::Report(args) => args.run(ctx),
        Command::Section(args) => args.run(ctx),
    }
}
