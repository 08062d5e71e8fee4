//! The `locks` tool: scope locks that cannot both be held, ownership that cannot drift, and a
//! gate for changes.
//!
//! The live store is in crates/lease, the algebra of scopes in crates/scope; here are the command
//! line, the published copies under `ops/locks/`, `ops/ownership.yaml` and its CODEOWNERS, the
//! preflight and the hook. See docs/tools/locks.md.

mod acquire;
mod args;
mod change;
mod codeowners;
mod doctor;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzzing;
mod hook;
mod list;
mod overlap;
mod owners;
mod ownership;
mod preflight;
mod publish;
mod recover;
mod remote;
mod rules;
mod store;
mod view;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use trueline_kit::{Context, Error, Tool};

#[derive(clap::Subcommand)]
enum Command {
    /// Acquire a lock on a scope, if nobody holds one that meets it
    Acquire(acquire::Args),
    /// Renew a lock: its lease begins again
    Renew(change::RenewArgs),
    /// Release a lock; only its holder can
    Release(change::ReleaseArgs),
    /// List every lock: who, what, since when, how long still
    List(list::ListArgs),
    /// Tell who holds each path
    Status(list::StatusArgs),
    /// Mark and report locks that seem to have no owner any more; removes nothing
    Sweep(list::SweepArgs),
    /// Take over exactly the lock that was seen, and keep the old one in the archive
    Recover(recover::Args),
    /// Say what is wrong with each lock file, and how to mend it
    Doctor(doctor::Args),
    /// Check a change against scope, ownership and locks
    Preflight(preflight::Args),
    /// Push work and the remote's lock table together: refused once the lock was taken over
    Fence(remote::FenceArgs),
    /// Answer an agent's pre-edit hook: exit 2 blocks
    Hook(hook::Args),
    /// Write .github/CODEOWNERS from ops/ownership.yaml
    Codeowners(owners::CodeownersArgs),
    /// Print the owners of paths
    Owners(owners::OwnersArgs),
    /// Tell whether two globs meet, and where (exit 1 if they do)
    Overlap(overlap::OverlapArgs),
    /// Print the paths that a glob matches (exit 1 if none)
    Match(overlap::MatchArgs),
}

const TOOL: Tool<Command> = Tool {
    name: "locks",
    about: "Scope locks for agents who work side by side, ownership, and a gate for changes",
    after_help: "Examples:
  locks acquire --owner AGENT-1 --task WBS-1.2 --scope 'src/api/**'
  locks list
  locks preflight --base origin/main --owner AGENT-1
  locks codeowners --check
  locks release --owner AGENT-1",
    rules: rules::ALL,
    schemas: &["lock", "ownership"],
    run,
};

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Acquire(args) => acquire::run(&args, ctx),
        Command::Renew(args) => change::renew(&args, ctx),
        Command::Release(args) => change::release(&args, ctx),
        Command::List(args) => list::list(&args, ctx),
        Command::Status(args) => list::status(&args, ctx),
        Command::Sweep(args) => list::sweep(&args, ctx),
        Command::Recover(args) => recover::run(&args, ctx),
        Command::Doctor(args) => doctor::run(&args, ctx),
        Command::Preflight(args) => preflight::run(&args, ctx),
        Command::Fence(args) => remote::fence(&args, ctx),
        Command::Hook(args) => hook::run(&args, ctx),
        Command::Codeowners(args) => owners::codeowners(&args, ctx),
        Command::Owners(args) => owners::owners(&args, ctx),
        Command::Overlap(args) => overlap::overlap(&args, ctx),
        Command::Match(args) => overlap::matches(&args, ctx),
    }
}

/// An answer that is a plain "yes, they meet" or "no path matches": exit 1 without a finding.
static ANSWER: AtomicBool = AtomicBool::new(false);

pub(crate) fn answer_is_one() {
    ANSWER.store(true, Ordering::SeqCst);
}

/// The whole program.
///
/// `hook` never ends with anything but 0 or 2: its caller takes 1 for "go on".
pub fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let code = trueline_kit::main(TOOL);
    if code != ExitCode::SUCCESS {
        return if subcommand(&words).is_some_and(|word| word == "hook") {
            ExitCode::from(2)
        } else {
            code
        };
    }
    let forgiven = words.iter().any(|word| word == "--exit-zero");
    if ANSWER.load(Ordering::SeqCst) && !forgiven {
        return ExitCode::FAILURE;
    }
    code
}

/// The first word that is neither a flag nor the value of a global one.
fn subcommand(words: &[std::ffi::OsString]) -> Option<&std::ffi::OsString> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--root" | "--config" | "--format" | "--color") => {
                words.next();
            }
            Some(flag) if flag.starts_with('-') => {}
            _ => return Some(word),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hook_is_recognised_behind_global_flags() {
        let is_hook = |line: &str| {
            let words: Vec<_> = line.split(' ').map(Into::into).collect();
            subcommand(&words).is_some_and(|word| word == "hook")
        };
        for line in [
            "hook",
            "--root x hook",
            "-q --format=json hook --owner A",
            "--color never hook",
        ] {
            assert!(is_hook(line), "{line}");
        }
        for line in ["list", "acquire --owner hook", "--root hook list", ""] {
            assert!(!is_hook(line), "{line}");
        }
    }
}
