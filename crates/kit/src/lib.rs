//! The edge that every Trueline command shares.
//!
//! A tool is a [`Tool`]: a name, its rules, a clap command type and a function. [`main`] gives it
//! the flags, exit codes, findings in every format, trueline.toml, atomic files, git and a clock.
//!
//! ```no_run
//! use trueline_kit::{Context, Error, Tool};
//!
//! #[derive(clap::Subcommand)]
//! enum Command {
//!     /// Check everything.
//!     Check,
//! }
//!
//! const TOOL: Tool<Command> = Tool {
//!     name: "example",
//!     about: "Shows the shape of a tool",
//!     after_help: "Examples:\n  example check",
//!     rules: &[],
//!     schemas: &[],
//!     run,
//! };
//!
//! fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
//!     match command {
//!         Command::Check => ctx.complete_check(),
//!     }
//!     Ok(())
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     trueline_kit::main(TOOL)
//! }
//! ```
//!
//! Exit codes: [`Exit`]. Data goes to standard output, everything else to standard error; a
//! closed pipe is success. Whatever comes out of a file, a commit or a file name is escaped
//! before it reaches a terminal.

mod allows;
mod atomic;
mod bar;
mod clock;
mod common;
pub mod config;
mod context;
mod error;
pub mod escape;
mod exit;
mod files;
mod finish;
mod generate;
pub mod git;
mod options;
pub mod output;
pub mod report;
pub mod rules;
mod source;
mod staged;
mod terminal;
#[cfg(feature = "testing")]
pub mod testing;
mod tool;
mod trust;

pub use atomic::{Changed, Writer};
pub use bar::Bar;
pub use clock::Clock;
pub use config::{Artifact, Config};
pub use context::{Context, STDIN};
pub use error::{Error, ErrorKind};
pub use exit::Exit;
pub use files::MAX_FILE_BYTES;
pub use generate::{MAX_DIFF_LINES, Mode};
pub use git::Git;
pub use options::Format;
pub use source::Source;
pub use staged::Staged;
pub use terminal::Out;
pub use tool::{Tool, main};

/// The version of the tools.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
