//! What a check says: a [`Finding`] of a [`Rule`], at a [`Location`].
//!
//! Checks in pure crates make findings; crates/kit prints them, applies `[[allow]]` and
//! computes the exit code.

use serde::{Deserialize, Serialize};

/// How bad a finding is. Ordered: `Note < Warning < Error`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For information: never changes the exit code.
    Note,
    /// Exit code 1 only under `--strict`.
    Warning,
    /// Exit code 1.
    Error,
}

impl Level {
    /// The name as written in output and in trueline.toml.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A kind of finding: one entry of `<tool> rules`, one page of `<tool> explain`.
///
/// Rules are constants. The code is unique within a tool and never reused for another meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case code without the tool's name: `done-before-dependency`. Output puts the name of
    /// the running tool before it (`queue/done-before-dependency`).
    pub code: &'static str,
    /// Level unless trueline.toml sets another.
    pub level: Level,
    /// One line, sentence case, no final stop: what is wrong.
    pub summary: &'static str,
    /// Why it matters: one to three sentences.
    pub why: &'static str,
    /// The smallest input that has it, as it would stand on disk.
    pub example: &'static str,
    /// How to mend it: one to three sentences, with a command where there is one.
    pub mend: &'static str,
}

/// A stretch of text, from the first character to just after the last one.
///
/// Lines and columns are 1-based; columns count Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column just after the last character (equal to `column` on the same line: a point).
    pub end_column: u32,
}

impl Span {
    /// A point: a place between two characters.
    pub const fn point(line: u32, column: u32) -> Self {
        Span {
            line,
            column,
            end_line: line,
            end_column: column,
        }
    }
}

/// Where something is: a file, and a stretch of it unless the whole file is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Path relative to the repository's root, with `/` on every platform. `-` is standard input.
    pub path: String,
    /// The stretch, or `None` for the file as a whole.
    pub span: Option<Span>,
}

impl Location {
    /// The file as a whole.
    pub fn file(path: impl Into<String>) -> Self {
        Location {
            path: path.into(),
            span: None,
        }
    }

    /// A stretch of a file.
    pub fn at(path: impl Into<String>, span: Span) -> Self {
        Location {
            path: path.into(),
            span: Some(span),
        }
    }
}

/// A second place that explains a finding (the first of two duplicates, say).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Location,
    /// What is there: a short phrase, lower case, no final stop.
    pub message: String,
}

/// One thing that is not true, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub rule: &'static Rule,
    /// A level for this one finding; `None` means the rule's.
    pub level: Option<Level>,
    /// Where.
    pub at: Location,
    /// What is wrong here: one sentence, lower case, no final stop, names in backticks.
    pub message: String,
    /// How to mend this one, where more can be said than the rule says.
    pub help: Option<String>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What it is about, apart from its place: an id, a pointer, the line's text. Makes the
    /// fingerprint stable when lines move; the message stands in where it is `None`.
    pub subject: Option<String>,
    /// The source text must not be shown (it holds a secret).
    pub redacted: bool,
}

impl Finding {
    /// A finding at the rule's level, with nothing optional.
    pub fn new(rule: &'static Rule, at: Location, message: impl Into<String>) -> Self {
        Finding {
            rule,
            level: None,
            at,
            message: message.into(),
            help: None,
            related: Vec::new(),
            subject: None,
            redacted: false,
        }
    }

    /// Sets the level of this one finding.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, at: Location, message: impl Into<String>) -> Self {
        self.related.push(Related {
            at,
            message: message.into(),
        });
        self
    }

    /// Sets what it is about (see [`Finding::subject`]).
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Keeps the source text out of every output.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.redacted = true;
        self
    }
}
