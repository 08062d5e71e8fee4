//! The command line.

use clap::{Subcommand, ValueEnum};

/// The commands of `progress`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write PROGRESS.md, OUTLINE.md and progress.json
    Render {
        /// Write nothing; print the difference and exit with 1 where a file is out of date
        #[arg(long)]
        check: bool,
    },
    /// Print the summary
    Show,
    /// Check plan, queue and claims, and whether the plan shrank
    Check {
        /// Compare the plan with the one at this revision, and read trueline.toml from it
        #[arg(long, value_name = "REV")]
        base: Option<String>,
    },
    /// Print the heaviest chain of items that wait for each other
    CriticalPath {
        /// Count items that are done or put off, too
        #[arg(long)]
        all: bool,
    },
    /// Print how completion grew, from the history of plan and queue
    History(crate::burn::Args),
    /// Print the dependency graph
    Graph {
        /// In which language
        #[arg(long = "as", value_enum, default_value = "mermaid")]
        style: Style,
        /// Leave out what is done
        #[arg(long)]
        open: bool,
    },
}

/// A language for graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Style {
    /// Mermaid, as code hosts show it.
    Mermaid,
    /// DOT, as Graphviz reads it.
    Dot,
}
