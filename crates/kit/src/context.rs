//! What a command works with: the root, the configuration, and a way to say things.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use trueline_core::{Finding, Rule};

use crate::atomic::Writer;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::exit::Exit;
use crate::files::{self, Files};
use crate::git::Git;
use crate::options::{Format, Options};
use crate::output;
use crate::report::Sources;
use crate::rules::UNREADABLE_FILE;
use crate::source::Source;
use crate::terminal::{Out, Terminal};

/// Name of standard input and output where a path is expected.
pub const STDIN: &str = "-";

/// What a command works with.
///
/// Everything but [`Context::trust`] takes `&self`, and threads may share it.
pub struct Context {
    pub(crate) tool: &'static str,
    pub(crate) rules: Vec<&'static Rule>,
    pub(crate) options: Options,
    pub(crate) terminal: Terminal,
    pub(crate) files: Files,
    pub(crate) config: Config,
    /// Root-relative path of the configuration, where it lies below the root.
    pub(crate) config_path: Option<String>,
    pub(crate) from_base: bool,
    pub(crate) git: Git,
    pub(crate) clock: Clock,
    pub(crate) state: Mutex<State>,
}

/// What a command has said so far.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) findings: Vec<Finding>,
    pub(crate) stdin: Option<Source>,
    pub(crate) inconclusive: bool,
    pub(crate) failed: bool,
    pub(crate) complete: bool,
    pub(crate) is_data: bool,
    pub(crate) child: Exit,
}

impl Context {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Name of the running tool.
    pub fn tool(&self) -> &'static str {
        self.tool
    }

    /// The root folder: absolute, without links.
    pub fn root(&self) -> &Path {
        self.files.root()
    }

    /// What trueline.toml says.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The format asked for. A data command asks [`Context::data_format`] instead.
    pub fn format(&self) -> Format {
        self.options.format
    }

    /// Whether `--strict` was given: to be handed on to a tool that this command runs.
    pub fn is_strict(&self) -> bool {
        self.options.strict
    }

    /// Whether `-q` was given.
    pub fn is_quiet(&self) -> bool {
        self.terminal.is_quiet()
    }

    /// Whether `-v` was given.
    pub fn is_verbose(&self) -> bool {
        self.terminal.is_verbose()
    }

    /// Says that this command prints data: in which of `formats`? Findings then go to standard
    /// error, for people.
    ///
    /// A usage error where the format asked for is none of them.
    pub fn data_format(&self, formats: &[Format]) -> Result<Format, Error> {
        let format = self.options.format;
        self.state().is_data = true;
        if formats.contains(&format) {
            return Ok(format);
        }
        let names: Vec<&str> = formats.iter().map(|format| format.as_str()).collect();
        Err(
            Error::usage(format!("this command has no format `{}`", format.as_str()))
                .hint(format!("one of: {}", names.join(", "))),
        )
    }

    /// Adds a finding. Printed at the end, after levels and allows.
    pub fn report(&self, finding: Finding) {
        self.state().findings.push(finding);
    }

    /// Adds several findings.
    pub fn report_all(&self, findings: impl IntoIterator<Item = Finding>) {
        self.state().findings.extend(findings);
    }

    /// Adds a finding that says why a check could not be completed: exit code 3, whatever
    /// becomes of the finding.
    pub fn inconclusive(&self, finding: Finding) {
        let mut state = self.state();
        state.inconclusive = true;
        state.findings.push(finding);
    }

    /// Part of the job failed: prints the error and goes on; exit code 2 in the end (3, 101
    /// for errors of those kinds).
    pub fn failed(&self, error: &Error) {
        self.print_error(error);
        let mut state = self.state();
        match error.kind() {
            ErrorKind::Inconclusive => state.inconclusive = true,
            ErrorKind::BrokenPipe => {}
            _ => state.failed = true,
        }
    }

    /// Another tool that this command ran has ended so: its exit code counts like one of ours
    /// (`--exit-zero` turns its 1 into 0, too). The worst one of several counts.
    pub fn child_ended(&self, exit: Exit) {
        let mut state = self.state();
        state.child = state.child.worst(exit);
    }

    /// The file given with `--config`, if any: to be handed on to a tool that this command runs.
    pub fn config_flag(&self) -> Option<&Path> {
        self.options.config.as_deref()
    }

    /// Says that every check of this tool ran over everything, so that an `[[allow]]` that
    /// matched nothing is unused.
    pub fn complete_check(&self) {
        self.state().complete = true;
    }

    /// Standard output for data, locked and buffered.
    ///
    /// In the human format styles may be written to it: they are taken out where they are not
    /// wanted. In other formats the bytes go through as they are.
    pub fn out(&self) -> Out {
        match self.options.format {
            Format::Human => self.terminal.out_styled(),
            _ => self.terminal.out_raw(),
        }
    }

    /// Standard output for bytes that must not be touched, in any format: NUL separators, a
    /// file's content.
    pub fn out_raw(&self) -> Out {
        self.terminal.out_raw()
    }

    /// Prints a value as JSON: indented, or on one line in the format jsonl.
    pub fn print_json(&self, value: &impl Serialize) -> Result<(), Error> {
        let mut out = self.terminal.out_raw();
        match self.options.format {
            Format::Jsonl => output::json::line(&mut out, value)?,
            _ => output::json::pretty(&mut out, value)?,
        }
        Ok(out.finish()?)
    }

    /// Prints `note: …` on standard error, unless `-q`.
    pub fn note(&self, text: impl AsRef<str>) {
        self.terminal.note(text.as_ref());
    }

    /// Prints `warning: …` on standard error, unless `-q`. For trouble of the tool itself; what
    /// is wrong in the repository is a finding.
    pub fn warn(&self, text: impl AsRef<str>) {
        self.terminal.warn(text.as_ref());
    }

    /// Prints `note: …` on standard error with `-v`.
    pub fn detail(&self, text: impl AsRef<str>) {
        if self.is_verbose() {
            self.terminal.note(text.as_ref());
        }
    }

    /// The bytes of a root-relative file; `-` is standard input. `None` where there is none.
    ///
    /// Refuses paths outside the root (absolute, `..`, links out), what is not a regular file,
    /// and files over `limits.file_bytes` (default 256 MiB).
    pub fn read(&self, path: impl AsRef<str>) -> Result<Option<Vec<u8>>, Error> {
        match path.as_ref() {
            STDIN => files::read_stream(io::stdin().lock(), "standard input", self.files.limit())
                .map(Some),
            path => self.files.read(path),
        }
    }

    /// A root-relative file to be read piece by piece, no further than [`Context::read`] would.
    /// `None` where there is none.
    pub fn open(&self, path: &str) -> Result<Option<impl io::Read + use<>>, Error> {
        self.files.open(path)
    }

    /// The text of a root-relative file. `None` where there is none.
    ///
    /// Errors like [`Context::read`]; a file that is not UTF-8 gives an error that holds, under
    /// [`Error::places`], a finding of the rule `unreadable-file` with the place of the first
    /// bad byte. [`Context::source`] reports it.
    pub fn read_source(&self, path: impl AsRef<str>) -> Result<Option<Source>, Error> {
        let path = path.as_ref();
        let Some(bytes) = self.read(path)? else {
            return Ok(None);
        };
        let source = Source::decode(path, bytes)?;
        if path == STDIN {
            self.state().stdin = Some(source.clone());
        }
        Ok(Some(source))
    }

    /// The text of a root-relative file; trouble is told: not UTF-8 as the finding
    /// `unreadable-file`, anything else through [`Context::failed`]. `None` without trouble where
    /// there is no such file.
    pub fn source(&self, path: impl AsRef<str>) -> Option<Source> {
        let read = self.read_source(path);
        self.told(read)
    }

    fn told(&self, read: Result<Option<Source>, Error>) -> Option<Source> {
        let error = match read {
            Ok(source) => return source,
            Err(error) => error,
        };
        let mut places = error.places().iter();
        match places.find(|place| place.rule == &UNREADABLE_FILE) {
            Some(place) => self.report(place.clone()),
            None => self.failed(&error),
        }
        None
    }

    /// Like [`Context::source`], for a file that must be there: a missing one is a failure
    /// (exit code 2) too. `None` always means that the trouble has been told.
    pub fn require_source(&self, path: impl AsRef<str>) -> Option<Source> {
        let path = path.as_ref();
        match self.read_source(path) {
            Ok(None) => {
                self.failed(&Error::io(format!("there is no `{path}`")));
                None
            }
            read => self.told(read),
        }
    }

    /// Writes files below the root, atomically.
    pub fn writer(&self) -> Writer {
        Writer::new(self.files.clone())
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The git repository that the root lies in. Nothing runs until it is asked something.
    pub fn git(&self) -> Git {
        self.git.clone()
    }

    /// The root-relative form, with `/`, of a path given on the command line, which is
    /// relative to the current folder. An error where it lies outside the root.
    ///
    /// The file need not exist; links are resolved only in the folders above the root.
    pub fn relative(&self, path: &Path) -> Result<String, Error> {
        let folder = std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .map_err(|error| Error::on("the current folder", &error))?;
        files::relative(self.files.root(), &folder, path)
    }

    pub(crate) fn is_data_command(&self) -> bool {
        self.state().is_data
    }

    pub(crate) fn print_error(&self, error: &Error) {
        self.terminal.error(error);
        self.print_places(error);
    }

    fn print_places(&self, error: &Error) {
        if error.places().is_empty() {
            return;
        }
        let mut err = self.terminal.err();
        // A closed standard error leaves nobody to tell.
        let _ = output::human::places(&mut err, error.places(), self, true);
    }
}

impl Sources for Context {
    fn source(&self, path: &str) -> Option<Source> {
        if path == STDIN {
            return self.state().stdin.clone();
        }
        let config = self.config.source();
        if let Some(source) = config.filter(|source| source.path() == path) {
            return Some(source.clone());
        }
        let bytes = self.files.read(path).ok()??;
        Source::decode(path, bytes).ok()
    }
}
