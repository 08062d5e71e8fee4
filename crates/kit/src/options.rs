//! The flags that every tool has.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};

/// How findings, and the data of a data command, are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// For people: rustc-like, with source snippets.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A Markdown table, fit for `$GITHUB_STEP_SUMMARY`.
    Markdown,
}

impl Format {
    /// Every format, in the order of the help.
    pub const ALL: [Format; 6] = [
        Format::Human,
        Format::Json,
        Format::Jsonl,
        Format::Sarif,
        Format::Github,
        Format::Markdown,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Markdown => "markdown",
        }
    }
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.as_str()))
    }
}

/// The flags, as given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) root: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) format: Format,
    pub(crate) color: Color,
    pub(crate) quiet: bool,
    pub(crate) verbose: u8,
    pub(crate) strict: bool,
    pub(crate) exit_zero: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

const HEADING: &str = "Global options";

// Ids have a prefix, so that a tool's own argument may be called `config` or `format`.
const ROOT: &str = "kit-root";
const CONFIG: &str = "kit-config";
const FORMAT: &str = "kit-format";
const COLOR: &str = "kit-color";
const QUIET: &str = "kit-quiet";
const VERBOSE: &str = "kit-verbose";
const STRICT: &str = "kit-strict";
const EXIT_ZERO: &str = "kit-exit-zero";

/// Adds the flags to a command and everything below it.
pub(crate) fn augment(command: Command) -> Command {
    let arg = |id: &'static str, long: &'static str| {
        Arg::new(id).long(long).global(true).help_heading(HEADING)
    };
    with_format(command)
        .arg(
            arg(ROOT, "root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::DirPath)
                .help("Work there [default: the git top level, else the current folder]"),
        )
        .arg(
            arg(CONFIG, "config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::FilePath)
                .help("Read this instead of trueline.toml at the root"),
        )
        .arg(
            arg(COLOR, "color")
                .value_name("WHEN")
                .value_parser(value_parser!(Color))
                .default_value("auto")
                .help("Colour the output; auto honours NO_COLOR and CLICOLOR_FORCE"),
        )
        .arg(
            arg(QUIET, "quiet")
                .short('q')
                .action(ArgAction::SetTrue)
                .conflicts_with(VERBOSE)
                .help("Leave out notes, warnings of the tool itself and the summary line"),
        )
        .arg(
            arg(VERBOSE, "verbose")
                .short('v')
                .action(ArgAction::Count)
                .help("Say more; repeat for still more"),
        )
        .arg(
            arg(STRICT, "strict")
                .action(ArgAction::SetTrue)
                .help("Exit 1 on warnings too"),
        )
        .arg(
            arg(EXIT_ZERO, "exit-zero")
                .action(ArgAction::SetTrue)
                .help("Exit 0 instead of 1; other codes stay"),
        )
}

/// Adds `--format` to a command and everything below it; not to one whose own `--format` says
/// which kind of file it prints.
fn with_format(command: Command) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    let command = names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, with_format)
    });
    if command
        .get_arguments()
        .any(|arg| arg.get_long() == Some("format"))
    {
        return command;
    }
    command.arg(
        Arg::new(FORMAT)
            .long("format")
            .help_heading(HEADING)
            .value_name("FORMAT")
            .value_parser(value_parser!(Format))
            .default_value("human")
            .help("How to write findings, or a data command's data"),
    )
}

/// The format that was asked for, after the command or before it; `None` where it was not.
fn format(matches: &ArgMatches) -> Option<Format> {
    let below = matches.subcommand().and_then(|(_, below)| format(below));
    let is_asked = || {
        let source = matches.try_contains_id(FORMAT).ok().filter(|has| *has);
        source.and_then(|_| matches.value_source(FORMAT)) == Some(ValueSource::CommandLine)
    };
    let own = || {
        matches
            .try_get_one::<Format>(FORMAT)
            .ok()
            .flatten()
            .copied()
    };
    below.or_else(|| own().filter(|_| is_asked()))
}

/// Reads the flags back.
pub(crate) fn from_matches(matches: &ArgMatches) -> Options {
    Options {
        root: matches.get_one::<PathBuf>(ROOT).cloned(),
        config: matches.get_one::<PathBuf>(CONFIG).cloned(),
        format: format(matches).unwrap_or_default(),
        color: matches.get_one::<Color>(COLOR).copied().unwrap_or_default(),
        quiet: matches.get_flag(QUIET),
        verbose: matches.get_count(VERBOSE),
        strict: matches.get_flag(STRICT),
        exit_zero: matches.get_flag(EXIT_ZERO),
    }
}
