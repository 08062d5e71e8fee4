//! Standard output and standard error: the only place that writes to them.

use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::error::Error;
use crate::escape;
use crate::options::{Color, Options};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const NOTE: Style = AnsiColor::BrightGreen.on_default().bold();
pub(crate) const HELP: Style = AnsiColor::BrightCyan.on_default().bold();

/// Where a stream goes: the process's own, or memory in tests.
#[derive(Debug, Clone)]
pub(crate) enum Sink {
    Stdout,
    Stderr,
    #[cfg(feature = "testing")]
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Sink {
    fn choice(&self, color: Color) -> ColorChoice {
        match (color, self) {
            (Color::Always, _) => ColorChoice::Always,
            (Color::Never, _) => ColorChoice::Never,
            #[cfg(feature = "testing")]
            (Color::Auto, Sink::Memory(_)) => ColorChoice::Never,
            (Color::Auto, Sink::Stdout) => AutoStream::choice(&io::stdout()),
            (Color::Auto, Sink::Stderr) => AutoStream::choice(&io::stderr()),
        }
    }

    /// The stream as it is: nothing is taken out.
    fn raw(&self) -> Box<dyn Write> {
        match self {
            Sink::Stdout => Box::new(io::stdout().lock()),
            Sink::Stderr => Box::new(io::stderr().lock()),
            #[cfg(feature = "testing")]
            Sink::Memory(bytes) => Box::new(Memory(Arc::clone(bytes))),
        }
    }

    /// The stream for styled text: styles are taken out, or translated for an old console.
    fn styled(&self, choice: ColorChoice) -> Box<dyn Write> {
        match self {
            Sink::Stdout => Box::new(AutoStream::new(io::stdout().lock(), choice)),
            Sink::Stderr => Box::new(AutoStream::new(io::stderr().lock(), choice)),
            #[cfg(feature = "testing")]
            Sink::Memory(bytes) => match choice {
                ColorChoice::Never => Box::new(anstream::StripStream::new(Box::new(Memory(
                    Arc::clone(bytes),
                ))
                    as Box<dyn Write>)),
                _ => Box::new(Memory(Arc::clone(bytes))),
            },
        }
    }
}

#[cfg(feature = "testing")]
struct Memory(Arc<Mutex<Vec<u8>>>);

#[cfg(feature = "testing")]
impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What went wrong on standard output.
#[derive(Debug, Default)]
struct State {
    /// Trouble that nobody has been told of yet.
    untold: Option<io::Error>,
    /// The reader has closed it.
    is_closed: bool,
}

type Trouble = Arc<Mutex<State>>;

/// Both streams, and how much is said on the second.
#[derive(Debug, Clone)]
pub(crate) struct Terminal {
    stdout: Sink,
    stderr: Sink,
    color: Color,
    quiet: bool,
    verbose: u8,
    trouble: Trouble,
}

impl Terminal {
    pub(crate) fn new(stdout: Sink, stderr: Sink, options: &Options) -> Self {
        Terminal {
            stdout,
            stderr,
            color: options.color,
            quiet: options.quiet,
            verbose: options.verbose,
            trouble: Trouble::default(),
        }
    }

    /// Standard output for text with styles.
    pub(crate) fn out_styled(&self) -> Out {
        Out::new(
            self.stdout.styled(self.stdout.choice(self.color)),
            &self.trouble,
        )
    }

    /// Standard output for bytes.
    pub(crate) fn out_raw(&self) -> Out {
        Out::new(self.stdout.raw(), &self.trouble)
    }

    /// What went wrong on standard output since the last call.
    pub(crate) fn take_trouble(&self) -> Option<io::Error> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .untold
            .take()
    }

    /// Whether a broken pipe was that of standard output.
    pub(crate) fn is_closed(&self) -> bool {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_closed
    }

    /// Standard error for text with styles. Nothing can be done about a failure there.
    pub(crate) fn err(&self) -> Box<dyn Write> {
        self.stderr.styled(self.stderr.choice(self.color))
    }

    /// `text` must be escaped.
    fn say(&self, style: Style, label: &str, text: &str) {
        let mut err = self.err();
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(err, "{style}{label}{style:#}{BOLD}:{BOLD:#} {text}");
    }

    /// Whether standard error is the process's own, and not a test's memory.
    pub(crate) fn is_process(&self) -> bool {
        matches!(self.stderr, Sink::Stderr)
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose > 0
    }

    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say(NOTE, "note", &escape::lines(text));
        }
    }

    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet {
            self.say(WARNING, "warning", &escape::lines(text));
        }
    }

    pub(crate) fn help(&self, text: &str) {
        self.say(HELP, "help", &escape::lines(text));
    }

    /// Prints an error and its hints, whatever `-q` says.
    pub(crate) fn error(&self, error: &Error) {
        // On one line: a name in it must not forge lines of ours.
        self.say(ERROR, "error", &escape::line(error.message()));
        for hint in error.hints() {
            self.help(hint);
        }
    }
}

/// Standard output, locked and buffered, for a command's data.
///
/// Flushed when it is dropped; a failure then is remembered and gives exit code 2 (0 for a
/// closed pipe). [`Out::finish`] gives it at once.
pub struct Out {
    inner: BufWriter<Box<dyn Write>>,
    trouble: Trouble,
}

impl Out {
    fn new(sink: Box<dyn Write>, trouble: &Trouble) -> Self {
        Out {
            inner: BufWriter::with_capacity(1 << 16, sink),
            trouble: Arc::clone(trouble),
        }
    }

    /// Flushes.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()
    }

    /// Remembers that the reader is gone.
    fn noted<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            self.trouble
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_closed = true;
        }
        result
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.write(bytes);
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.flush();
        self.noted(result)
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        if let Err(error) = self.flush() {
            self.trouble
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .untold
                .get_or_insert(error);
        }
    }
}
