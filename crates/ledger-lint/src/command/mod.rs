//! The command line.

mod append;
mod base;
mod baseline;
mod check;
mod fix;
mod jobs;
mod merge;
mod reports;
mod side;
mod stats;

use trueline_kit::{Context, Error, Tool};

use crate::rules::RULES;

const ABOUT: &str = "Finds every defect of a ledger, at its line and column";

/// The tool.
pub const TOOL: Tool<Command> = Tool {
    name: "ledger-lint",
    about: ABOUT,
    after_help: "Examples:
  ledger-lint check                                  every ledger of the repository
  ledger-lint check ops/model-decisions.jsonl        one of them
  ledger-lint check --schema s.json data.jsonl.gz    any file, by any JSON Schema
  jq -c .[] x.json | ledger-lint check --no-schema - syntax and hygiene alone",
    rules: RULES,
    schemas: &[
        "access-exception",
        "agent-registry",
        "ai-authorship",
        "approval",
        "capabilities",
        "crosswalk",
        "cve-justifications",
        "decision",
        "entitlements",
        "flags",
        "model-decision",
        "ownership",
        "por",
        "queue-item",
        "registry-row",
        "risk",
        "rotation",
        "tools-manifest",
        "tools-record",
    ],
    run,
};

/// The commands.
#[derive(Debug, clap::Subcommand)]
#[command(about = ABOUT)]
pub enum Command {
    /// Check ledgers: syntax, schema, references, times, secrets, history
    Check(check::Args),
    /// Add the record on standard input to a ledger: validated, stamped, under a lock
    Append(append::Args),
    /// Print an empty record of a kind
    New(append::NewArgs),
    /// Mend white space, line ends and marks outside values, in lines not yet committed
    Fix(fix::Args),
    /// Merge append-only ledgers, as git's merge driver: the main branch's records first
    Merge(merge::Args),
    /// Make git merge append-only ledgers with `ledger-lint merge`
    InstallMergeDriver(merge::InstallArgs),
    /// Count records, shapes, agents and models; or sum up the rotation of secrets
    Stats(stats::Args),
}

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Check(args) => check::run(&args, ctx),
        Command::Append(args) => append::run(&args, ctx),
        Command::New(args) => append::run_new(&args, ctx),
        Command::Fix(args) => fix::run(&args, ctx),
        Command::Merge(args) => merge::run(&args, ctx),
        Command::InstallMergeDriver(args) => merge::install(&args, ctx),
        Command::Stats(args) => stats::run(&args, ctx),
    }
}
