//! The command line.

mod base;
mod check;

use trueline_kit::{Context, Error, Tool};

use crate::rules::RULES;

/// The tool.
pub const TOOL: Tool<Command> = Tool {
    name: "ledger-lint",
    about: "Finds every defect of a ledger, at its line and column",
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
        "risk",
        "rotation",
        "tools-manifest",
        "tools-record",
    ],
    run,
};

/// What can be asked.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check ledgers: syntax, schema, references, times, secrets, history
    Check(check::Args),
}

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Check(args) => check::run(args, ctx),
    }
}
