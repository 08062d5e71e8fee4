//! `queue`: the work queue. It is the only writer of an item's status.
//!
//! Reading commands answer from [`trueline_plan::Plan`]. Writing commands change only the
//! tokens concerned, hold an OS lock while they do, and replace the file atomically.

mod add;
mod apply_review;
mod args;
mod branches;
mod check;
mod claim;
mod demand;
mod edit;
mod follow_up;
mod import;
mod list;
mod live;
mod merge;
mod record;
mod renumber;
mod review;
mod rules;
mod series;
mod store;
mod sync;
mod tell;
mod view;

use std::process::ExitCode;

use trueline_kit::{Context, Error, Tool};

pub use args::Command;

/// The tool.
pub const TOOL: Tool<Command> = Tool {
    name: "queue",
    about: "The queue of work: what is ready, what waits and why, and who does what",
    after_help: "Examples:
  queue ready                     what can be begun now, in the order to take it
  queue next --owner AGENT-2      the one item to take
  queue why WBS-2.1               what is in its way
  queue set WBS-2.1 status=doing  change a field, and nothing else
  queue check                     everything that is not true about plan and queue
  queue check unit --item WBS-2.1 -- cargo test
                                  run a command and record what came of it",
    rules: rules::ALL,
    schemas: &["queue-item", "por", "check"],
    run,
};

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::List(filter) => list::list(ctx, &filter),
        Command::Ready(options) => list::ready(ctx, &options),
        Command::Next(options) => list::next(ctx, &options),
        Command::Why { id } => tell::why(ctx, &id),
        Command::Show { id } => tell::show(ctx, &id),
        Command::Add(item) => add::add(ctx, &item),
        Command::Set { id, changes } => store::set(ctx, &id, &changes),
        Command::Claim(wish) => claim::claim(ctx, &wish),
        Command::Release(wish) => claim::release(ctx, &wish),
        Command::Done { id, evidence } => {
            let files = evidence.iter().map(|path| format!("evidence+={path}"));
            let changes: Vec<String> = files.chain(["status=done".to_owned()]).collect();
            store::set(ctx, &id, &changes)
        }
        Command::Block { id, reason } => {
            let changes = [
                "status=blocked".to_owned(),
                format!("blocked_reason={reason}"),
            ];
            store::set(ctx, &id, &changes)
        }
        Command::ApplyReview(args) => apply_review::apply_review(ctx, &args),
        Command::Renumber { old, new } => renumber::renumber(ctx, &old, &new),
        Command::FollowUp(args) => follow_up::follow_up(ctx, &args),
        Command::Import(args) => import::import(ctx, &args),
        Command::Sync { dry_run } => sync::sync(ctx, dry_run),
        Command::Doctor => sync::doctor(ctx),
        Command::Merge(args) => merge::run(ctx, &args),
        Command::InstallMergeDriver(args) => merge::install(ctx, &args),
        Command::Check(options) => match &options.name {
            Some(name) => record::record(ctx, name, &options),
            None => check::check(ctx, &options),
        },
    }
}

/// The entry point of the binary.
pub fn main() -> ExitCode {
    trueline_kit::main(TOOL)
}
