//! The commands.

mod baseline;
mod check;
mod diff;
mod edit;
mod index;
mod merge;
mod report;
mod update;
mod verify;
mod view;

use trueline_kit::{Context, Error};

// No doc comment: clap would print it in place of what the tool is about.
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
    /// Show that a stored report is what the tree gives
    VerifyReport(verify::VerifyReport),
    /// Show what differs between two states of the crosswalk
    Diff(diff::Diff),
    /// Print the text of an item, its parts included
    Section(index::Section),
    /// Show what an item rests on and what rests on it
    Trace(view::TraceItem),
    /// Show which items a branch touches, whose they are, and which tests prove them
    Impact(view::Impact),
    /// Print the crosswalk as a table
    Export(view::Export),
    /// Say that what is linked to an item fits its text as it is now
    Confirm(edit::Confirm),
    /// Raise the revision of an item whose meaning changed
    Bump(edit::Bump),
    /// Accept a gap, for a reason and a time
    Waive(edit::Waive),
    /// Keep the findings of today as old debt, which may only shrink
    Baseline(baseline::Baseline),
    /// Join two crosswalks: git calls this as a merge driver
    Merge(merge::Merge),
    /// Have git join the crosswalk with `concordance merge`
    InstallMergeDriver(merge::InstallMergeDriver),
}

pub(crate) fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Index(args) => args.run(ctx),
        Command::Update(args) => args.run(ctx),
        Command::Check(args) => args.run(ctx),
        Command::Report(args) => args.run(ctx),
        Command::VerifyReport(args) => args.run(ctx),
        Command::Diff(args) => args.run(ctx),
        Command::Section(args) => args.run(ctx),
        Command::Trace(args) => args.run(ctx),
        Command::Impact(args) => args.run(ctx),
        Command::Export(args) => args.run(ctx),
        Command::Confirm(args) => args.run(ctx),
        Command::Bump(args) => args.run(ctx),
        Command::Waive(args) => args.run(ctx),
        Command::Baseline(args) => args.run(ctx),
        Command::Merge(args) => args.run(ctx),
        Command::InstallMergeDriver(args) => args.run(ctx),
    }
}
