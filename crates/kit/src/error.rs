//! The error of the edge: why part of the job was not done.

use std::fmt;
use std::io;

use trueline_core::Finding;

use crate::exit::Exit;

/// What kind of trouble an [`Error`] is: decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The command line asks for something that cannot be (2).
    Usage,
    /// trueline.toml is not right (2).
    Config,
    /// A file, a process or the repository could not be used (2).
    Io,
    /// A check could not be completed (3).
    Inconclusive,
    /// The tool contradicts itself (101).
    Bug,
    /// Standard output was closed by its reader: success, without a word (0).
    BrokenPipe,
}

impl ErrorKind {
    /// The exit code of this kind.
    pub const fn exit(self) -> Exit {
        match self {
            ErrorKind::Usage | ErrorKind::Config | ErrorKind::Io => Exit::Failed,
            ErrorKind::Inconclusive => Exit::Inconclusive,
            ErrorKind::Bug => Exit::Bug,
            ErrorKind::BrokenPipe => Exit::Clean,
        }
    }
}

/// Why part or all of the job was not done, for people.
///
/// Printed on standard error as `error: …`, then the places where there are some, then
/// `help: …`. It goes through `?` from [`io::Error`] and [`anyhow::Error`], and into either.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hints: Vec<String>,
    places: Vec<Finding>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of that kind. The message is one sentence: lower case, no final stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            hints: Vec::new(),
            places: Vec::new(),
            source: None,
        }))
    }

    /// The command line asks for something that cannot be.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Usage, message)
    }

    /// trueline.toml is not right.
    pub fn config(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Config, message)
    }

    /// A file, a process or the repository could not be used.
    pub fn io(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Io, message)
    }

    /// A check could not be completed.
    pub fn inconclusive(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Inconclusive, message)
    }

    /// The tool contradicts itself.
    pub fn bug(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Bug, message)
    }

    /// Adds a line of help. Several are printed in order.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds a place in a file, printed like a finding under the message.
    #[must_use]
    pub fn place(mut self, finding: Finding) -> Self {
        self.0.places.push(finding);
        self
    }

    /// Puts what was being done before the message: `context: message`.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {}", self.0.message);
        self
    }

    /// Its kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How to get on.
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// Places in files that explain it.
    pub fn places(&self) -> &[Finding] {
        &self.0.places
    }

    /// An I/O error on a named thing. A broken pipe there is not standard output's: it
    /// counts as [`ErrorKind::Io`].
    pub fn on(what: impl fmt::Display, error: &io::Error) -> Self {
        Error::io(format!("{what}: {}", describe(error)))
    }
}

/// An operating-system error without Rust's ` (os error 2)`.
pub(crate) fn describe(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_lowercase(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("hints", &self.0.hints)
            .field("places", &self.0.places)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::BrokenPipe => ErrorKind::BrokenPipe,
            _ => ErrorKind::Io,
        };
        let mut edge = Error::new(kind, describe(&error));
        edge.0.source = Some(Box::new(error));
        edge
    }
}

impl From<anyhow::Error> for Error {
    /// Keeps an [`Error`] inside with its kind and hints, finds a broken pipe anywhere in the
    /// chain; everything else is [`ErrorKind::Io`]. The message is the whole chain.
    fn from(error: anyhow::Error) -> Self {
        let message = format!("{error:#}");
        let mut kind = ErrorKind::Io;
        let mut hints = Vec::new();
        let mut places = Vec::new();
        for cause in error.chain() {
            if let Some(edge) = cause.downcast_ref::<Error>() {
                kind = edge.kind();
                hints.extend_from_slice(edge.hints());
                places.extend_from_slice(edge.places());
                break;
            }
            if let Some(io) = cause.downcast_ref::<io::Error>()
                && io.kind() == io::ErrorKind::BrokenPipe
            {
                kind = ErrorKind::BrokenPipe;
                break;
            }
        }
        Error(Box::new(Inner {
            kind,
            message,
            hints,
            places,
            source: Some(error.into()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn kinds_and_codes() {
        let codes = [
            ErrorKind::Usage,
            ErrorKind::Config,
            ErrorKind::Io,
            ErrorKind::Inconclusive,
            ErrorKind::Bug,
            ErrorKind::BrokenPipe,
        ]
        .map(|kind| kind.exit().code());
        assert_eq!(codes, [2, 2, 2, 3, 101, 0]);
    }

    #[test]
    fn anyhow_keeps_kind_and_hints() {
        let inner = Error::inconclusive("no merge base").hint("fetch more history");
        let edge = Error::from(
            Err::<(), _>(inner)
                .context("preflight")
                .expect_err("an error"),
        );
        assert_eq!(edge.kind(), ErrorKind::Inconclusive);
        assert_eq!(edge.message(), "preflight: no merge base");
        assert_eq!(edge.hints(), ["fetch more history"]);
        let pipe = io::Error::from(io::ErrorKind::BrokenPipe);
        let edge = Error::from(Err::<(), _>(pipe).context("print").expect_err("an error"));
        assert_eq!(edge.kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn system_errors_read_like_a_sentence() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(
            Error::on("`x`", &error).message(),
            "`x`: no such file or directory"
        );
    }
}
