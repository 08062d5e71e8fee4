//! `progress`: progress that computes itself.
//!
//! Everything shown is derived from plan, queue, crosswalk, checks and the history up to a
//! recorded commit: no clock, host, locale or map order, so that rendering, committing and
//! rendering again changes nothing.

mod access;
mod args;
mod burn;
mod check;
mod cut;
mod figures;
mod graph;
mod history;
mod ledgers;
mod md;
mod outline;
mod page;
mod path;
mod regions;
mod render;
mod report;
mod rules;
mod sheet;
mod show;
mod shrink;
mod upcoming;
mod verticals;

use std::process::ExitCode;

use trueline_kit::{Context, Error, Mode, Tool};

pub use args::Command;

/// The tool.
pub const TOOL: Tool<Command> = Tool {
    name: "progress",
    about: "Progress computed from plan, queue, crosswalk and checks, in exact arithmetic",
    after_help: "Examples:
  progress show                      the summary
  progress render                    write PROGRESS.md, OUTLINE.md and progress.json
  progress render --check            exit 1 and show the difference if they are out of date
  progress check --base origin/main  everything that is not true, and a plan that shrank
  progress critical-path             the heaviest chain of open items
  progress graph --as mermaid        the dependency graph",
    rules: rules::ALL,
    schemas: &["progress", "por", "queue-item", "crosswalk", "check"],
    run,
};

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Render { check } => render::render(ctx, Mode::of_check(check)),
        Command::Show => show::show(ctx),
        Command::Check { base } => check::check(ctx, base.as_deref()),
        Command::CriticalPath { all } => path::critical_path(ctx, all),
        Command::History(args) => burn::history(ctx, &args),
        Command::Graph { style, open } => graph::graph(ctx, style, open),
    }
}

/// The entry point of the binary.
pub fn main() -> ExitCode {
    trueline_kit::main(TOOL)
}
