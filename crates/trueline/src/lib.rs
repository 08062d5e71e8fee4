//! The `trueline` command: `init`, `chain`, `check`, and running a tool by its name.
//!
//! It imports no tool. `chain` and `trueline <tool>` start the tools as processes: they meet on
//! disk, and in the report that each writes with `--format json`.

use std::ffi::OsString;
use std::process::ExitCode;

use trueline_kit::{Context, Error, Tool};

mod chain;
mod check;
mod init;
mod launch;

const TOOL: Tool<Command> = Tool {
    name: "trueline",
    about: "Start a repository, run all tools over it, or run one of them",
    after_help: "Examples:\n  \
        trueline init                     write what the tools read, where it is missing\n  \
        trueline chain                    run all tools and write what they generate\n  \
        trueline chain --check --base origin/main   what CI sees: nothing is written\n  \
        trueline locks list               the same as `locks list`",
    rules: check::RULES,
    schemas: &["chain", "config", "report"],
    run,
};

/// The entry point of the binary.
pub fn main() -> ExitCode {
    trueline_kit::main(TOOL)
}

#[derive(clap::Subcommand)]
enum Command {
    /// Write the documents that the tools read, where they are missing, and never over anything
    Init(init::Args),
    /// Run all tools over this repository, each reading what the one before wrote
    Chain(chain::Args),
    /// Look at trueline.toml itself: does it name findings that exist?
    Check(check::Args),
    /// Run a tool: attach-pack, concordance, ledger-lint, locks, progress or queue
    #[command(external_subcommand)]
    Run(Vec<OsString>),
}

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Init(args) => init::run(&args, ctx),
        Command::Chain(args) => chain::run(&args, ctx),
        Command::Check(args) => check::run(&args, ctx),
        Command::Run(words) => launch::run(&words, ctx),
    }
}
