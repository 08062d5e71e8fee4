//! What test logs say, in numbers: JUnit XML, `cargo test`, nextest, pytest and TAP.
//!
//! A log is read as it is: a claim that its numbers contradict is for the caller to report, and an empty log is told
//! apart from one without failures.

mod cargo;
mod junit;
mod nextest;
mod pytest;
mod tap;
mod text;

/// The most names of failed tests that are kept.
pub const MAX_NAMES: usize = 10_000;
/// The longest name that is kept, in characters.
pub const MAX_NAME: usize = 500;

/// The kinds of log that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JUnit XML, in the dialects of surefire, pytest, nextest and others.
    Junit,
    /// Text of `cargo test`.
    Cargo,
    /// Text of `cargo nextest run`.
    Nextest,
    /// Text of `pytest`.
    Pytest,
    /// TAP, as `node --test` and others write it.
    Tap,
}

/// The numbers of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How the log was read.
    pub format: Format,
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, or could not be run for an error.
    pub failed: u64,
    /// Tests that were skipped or ignored.
    pub skipped: u64,
    /// Names of failed tests, in the order of the log, each once; at most [`MAX_NAMES`].
    pub failed_names: Vec<String>,
    /// False if the log ends before its own end: a crash, a cut, a kill.
    pub complete: bool,
}

/// What a log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// No bytes, or nothing but white space.
    Empty,
    /// Bytes, but no results in a known form.
    Unknown,
    /// Results.
    Results(Summary),
}

/// Reads a log. Colours of terminals are ignored; several runs in one log add up (of one format: the first that fits,
/// in the order of [`Format`]). Linear in the log; memory for [`MAX_NAMES`] names.
pub fn summarise(log: &[u8]) -> Outcome {
    let log = log.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(log);
    if log.iter().all(u8::is_ascii_whitespace) {
        return Outcome::Empty;
    }
    if log.trim_ascii_start().starts_with(b"<") {
        return junit::read(log).map_or(Outcome::Unknown, Outcome::Results);
    }
    type Reader = fn(&[u8]) -> Option<Summary>;
    // Without one of its marks a reader finds nothing: most logs are looked at once, and not line by line.
    let readers: [(&[&str], Reader); 4] = [
        (&["test result: "], cargo::read),
        (&["Summary ["], nextest::read),
        (&[" in "], pytest::read),
        (&["1..", "TAP version "], tap::read),
    ];
    let has = |mark: &&str| memchr::memmem::find(log, mark.as_bytes()).is_some();
    readers
        .iter()
        .filter(|(marks, _)| marks.iter().any(has))
        .find_map(|(_, read)| read(log))
        .map_or(Outcome::Unknown, Outcome::Results)
}

impl Summary {
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            passed: 0,
            failed: 0,
            skipped: 0,
            failed_names: Vec::new(),
            complete: false,
        }
    }

    /// All tests that ran.
    pub fn ran(&self) -> u64 {
        self.passed.saturating_add(self.failed)
    }
}

/// Names of failed tests, each once.
#[derive(Default)]
struct Names {
    seen: std::collections::HashSet<String>,
    list: Vec<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        let name: String = name
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_NAME)
            .collect();
        if !name.is_empty() && self.list.len() < MAX_NAMES && self.seen.insert(name.clone()) {
            self.list.push(name);
        }
    }
}
