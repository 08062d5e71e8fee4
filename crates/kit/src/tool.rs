//! The entry point of every binary.

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{ArgMatches, Command, Subcommand};
use trueline_core::Rule;

use crate::clock::Clock;
use crate::common;
use crate::config::{self, Config};
use crate::context::{Context, State};
use crate::error::{Error, ErrorKind};
use crate::exit::Exit;
use crate::files::{self, Files};
use crate::git::Git;
use crate::options::{self, Options};
use crate::rules;
use crate::terminal::{Sink, Terminal};

/// A tool: everything that its binary is, apart from its command type.
pub struct Tool<C> {
    /// Name of the binary.
    pub name: &'static str,
    /// One line: what it does.
    pub about: &'static str,
    /// Shown under the help: examples.
    pub after_help: &'static str,
    /// Its own rules; the edge adds its [`rules::COMMON`].
    pub rules: &'static [&'static Rule],
    /// Names of the schemas (`trueline_core::schema`) of what it reads and writes.
    pub schemas: &'static [&'static str],
    /// Runs a command.
    pub run: fn(C, &mut Context) -> Result<(), Error>,
}

impl<C> Tool<C> {
    /// Its rules and those of the edge, ordered by code.
    pub fn all_rules(&self) -> Vec<&'static Rule> {
        let mut all: Vec<&'static Rule> = self.rules.iter().chain(rules::COMMON).copied().collect();
        all.sort_by_key(|rule| rule.code);
        all
    }
}

/// The two streams of a run.
pub(crate) struct Streams {
    pub(crate) stdout: Sink,
    pub(crate) stderr: Sink,
}

/// Runs a tool with the arguments of the process.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a tool is a constant: `main(TOOL)` is its only caller"
)]
pub fn main<C: Subcommand>(tool: Tool<C>) -> ExitCode {
    let streams = Streams {
        stdout: Sink::Stdout,
        stderr: Sink::Stderr,
    };
    start(&tool, std::env::args_os().collect(), &streams).into()
}

/// Runs a tool with the given arguments; the first is the name of the program.
pub(crate) fn start<C: Subcommand>(tool: &Tool<C>, args: Vec<OsString>, streams: &Streams) -> Exit {
    let matches = match command(tool).try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, streams),
    };
    let options = options::from_matches(&matches);
    let terminal = Terminal::new(streams.stdout.clone(), streams.stderr.clone(), &options);
    match catch(streams, || dispatch(tool, &matches, &options, &terminal)) {
        Ok(exit) => exit,
        Err(message) => {
            let error = Error::bug(format!("internal error: {message}"));
            terminal.error(&error);
            terminal.help(&format!(
                "this is a bug in {} {}: please report it, with the command line, at {}/issues",
                tool.name,
                crate::VERSION,
                env!("CARGO_PKG_REPOSITORY"),
            ));
            Exit::Bug
        }
    }
}

/// The whole command line of a tool.
pub(crate) fn command<C: Subcommand>(tool: &Tool<C>) -> Command {
    let command = Command::new(tool.name)
        .version(crate::VERSION)
        .about(tool.about)
        .after_help(tool.after_help)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .max_term_width(100);
    // A doc comment on the enum of the commands would take the place of the description.
    let command = C::augment_subcommands(command).about(tool.about);
    options::augment(common::augment(command))
}

/// Help and version are what was asked for; everything else is a usage error.
fn usage(error: &clap::Error, streams: &Streams) -> Exit {
    let terminal = Terminal::new(
        streams.stdout.clone(),
        streams.stderr.clone(),
        &Options::default(),
    );
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        // A closed standard error leaves nobody to tell.
        let _ = std::io::Write::write_all(&mut terminal.err(), text.as_bytes());
        return Exit::Failed;
    }
    let mut out = terminal.out_styled();
    match std::io::Write::write_all(&mut out, text.as_bytes()).and_then(|()| out.finish()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Exit::Failed,
        _ => Exit::Clean,
    }
}

fn dispatch<C: Subcommand>(
    tool: &Tool<C>,
    matches: &ArgMatches,
    options: &Options,
    terminal: &Terminal,
) -> Exit {
    if let Some(result) = common::run(tool, matches, options, terminal) {
        return end(result, terminal);
    }
    let command = match C::from_arg_matches(matches) {
        Ok(command) => command,
        Err(error) => return end(Err(Error::usage(error.to_string())), terminal),
    };
    let mut context = match context(tool, options, terminal) {
        Ok(context) => context,
        Err(error) => {
            terminal.error(&error);
            if !error.places().is_empty() {
                let mut err = terminal.err();
                let sources = ConfigText(&error, options);
                // A closed standard error leaves nobody to tell.
                let _ = crate::output::human::places(&mut err, error.places(), &sources, true);
            }
            return error.kind().exit();
        }
    };
    let known: Vec<&str> = context.rules.iter().map(|rule| rule.code).collect();
    for (code, near) in context.config.unknown_levels(tool.name, &known) {
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        context.warn(format!(
            "[levels] names `{}/{code}`, which is no rule{near}",
            tool.name
        ));
    }
    let result = (tool.run)(command, &mut context);
    context.finish(result)
}

/// Ends a command that has no findings.
fn end(result: Result<(), Error>, terminal: &Terminal) -> Exit {
    let result = match (result, terminal.take_trouble()) {
        (Ok(()), Some(error)) => Err(Error::from(error)),
        (result, _) => result,
    };
    match result {
        Ok(()) => Exit::Clean,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Clean,
        Err(error) => {
            terminal.error(&error);
            error.kind().exit()
        }
    }
}

/// The text of the configuration that an error is about.
struct ConfigText<'a>(&'a Error, &'a Options);

impl crate::report::Sources for ConfigText<'_> {
    fn source(&self, path: &str) -> Option<crate::source::Source> {
        let place = match &self.1.config {
            Some(file) => file.clone(),
            None => root(self.1).ok()?.join(config::FILE_NAME),
        };
        self.0.places().iter().find(|found| found.at.path == path)?;
        let bytes = files::read_file(&place, path, config::MAX_CONFIG_BYTES).ok()??;
        crate::source::Source::decode(path, bytes).ok()
    }
}

pub(crate) fn context<C>(
    tool: &Tool<C>,
    options: &Options,
    terminal: &Terminal,
) -> Result<Context, Error> {
    let root = root(options)?;
    let (config, config_path) = load_config(&root, options)?;
    let limit = config.limits.file_bytes;
    Ok(Context {
        tool: tool.name,
        rules: tool.all_rules(),
        options: options.clone(),
        terminal: terminal.clone(),
        git: Git::new(&root),
        files: Files::new(root, limit),
        config,
        config_path,
        from_base: false,
        clock: Clock::of_process(),
        state: Mutex::new(State::default()),
    })
}

/// The configuration and its root-relative path, where it lies below the root.
fn load_config(root: &Path, options: &Options) -> Result<(Config, Option<String>), Error> {
    let (place, shown) = match &options.config {
        Some(file) => (file.clone(), file.display().to_string()),
        None => (root.join(config::FILE_NAME), config::FILE_NAME.to_owned()),
    };
    if options.config.is_none() {
        // A link out of the root would let a file that nobody reviewed decide what passes.
        let _ = Files::new(root.to_owned(), config::MAX_CONFIG_BYTES).resolve(&shown)?;
    }
    let bytes = match files::read_file(&place, &shown, config::MAX_CONFIG_BYTES)? {
        Some(bytes) => bytes,
        None if options.config.is_some() => {
            return Err(Error::usage(format!("there is no `{shown}`")));
        }
        None => return Ok((Config::default(), Some(config::FILE_NAME.to_owned()))),
    };
    // A configuration elsewhere in the repository is still a file of the repository. Named as it
    // was given: a change may turn it into a link, and its target must not stand in for it.
    let inner = match &options.config {
        Some(file) => std::env::current_dir()
            .and_then(|here| here.canonicalize())
            .ok()
            .and_then(|here| files::relative(root, &here, file).ok()),
        None => Some(config::FILE_NAME.to_owned()),
    };
    let path = inner.clone().unwrap_or(shown);
    let source = crate::source::Source::decode(&path, bytes).map_err(|error| {
        let places = error.places().to_vec();
        let error = Error::config(error.message());
        places.into_iter().fold(error, Error::place)
    })?;
    Ok((Config::parse(&path, source.text())?, inner))
}

/// The root: `--root`, else the git top level, else the current folder. Canonical.
fn root(options: &Options) -> Result<PathBuf, Error> {
    if let Some(folder) = &options.root {
        let shown = folder.display();
        let real = folder.canonicalize().map_err(|error| {
            Error::usage(format!(
                "--root `{shown}`: {}",
                crate::error::describe(&error)
            ))
        })?;
        if !real.is_dir() {
            return Err(Error::usage(format!("--root `{shown}` is not a folder")));
        }
        return Ok(real);
    }
    let here = std::env::current_dir()
        .and_then(|folder| folder.canonicalize())
        .map_err(|error| Error::on("the current folder", &error))?;
    Ok(crate::git::top_level(&here).unwrap_or(here))
}

/// Runs something; a panic becomes its message, and where it happened.
fn catch(streams: &Streams, run: impl FnOnce() -> Exit) -> Result<Exit, String> {
    let place = Arc::new(Mutex::new(String::new()));
    // The hook belongs to the process: in tests, other threads need theirs.
    let is_process = matches!(streams.stdout, Sink::Stdout);
    if is_process {
        let note = Arc::clone(&place);
        panic::set_hook(Box::new(move |info| {
            if let Some(location) = info.location() {
                *note.lock().unwrap_or_else(PoisonError::into_inner) = format!(" ({location})");
            }
        }));
    }
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    if is_process {
        drop(panic::take_hook());
    }
    result.map_err(|payload| {
        let text = match (
            payload.downcast_ref::<&str>(),
            payload.downcast_ref::<String>(),
        ) {
            (Some(text), _) => text,
            (_, Some(text)) => text.as_str(),
            _ => "no message",
        };
        let place = place.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{text}{place}")
    })
}
