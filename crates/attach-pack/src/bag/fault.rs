//! What can be wrong with a bag.

use std::fmt;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The bag is not valid.
    Error,
    /// The bag is valid, but may not survive a move to another system.
    Warning,
}

/// The kinds of fault, each with a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BagFaultKind {
    /// `bagit.txt` is missing, or not of the form that its version asks for.
    Declaration,
    /// A version of BagIt that this reader does not know.
    Version,
    /// A tag file begins with a byte order mark, or is not in the encoding that the bag declares.
    Encoding,
    /// A tag file is larger than [`MAX_TAG_FILE`](super::MAX_TAG_FILE).
    TooLarge,
    /// There is no payload manifest, or no folder `data`.
    Incomplete,
    /// A line of a manifest or of `fetch.txt` cannot be read.
    Line,
    /// A path leaves the bag, or a payload manifest lists what is no payload.
    Scope,
    /// A path is listed more than once.
    Twice,
    /// Two paths differ only in case or in Unicode normalization.
    Twin,
    /// A listed file is not there.
    Missing,
    /// A payload file is not in a manifest.
    Unlisted,
    /// The content is not what the manifest says.
    Digest,
    /// The number of files or bytes is not what `Payload-Oxum` says.
    Oxum,
    /// A link, a device, or a name that is not UTF-8.
    Irregular,
    /// A file cannot be read.
    Unreadable,
    /// A manifest of an algorithm that this reader does not know.
    Algorithm,
    /// Written, or named, so that not every tool or system takes it alike.
    Loose,
    /// Not in the one form that packs have.
    NotCanonical,
}

impl BagFaultKind {
    /// The kebab-case code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Declaration => "bag-declaration",
            Self::Version => "bag-version",
            Self::Encoding => "bag-encoding",
            Self::TooLarge => "bag-too-large",
            Self::Incomplete => "bag-incomplete",
            Self::Line => "bag-line",
            Self::Scope => "bag-scope",
            Self::Twice => "bag-twice",
            Self::Twin => "bag-twin",
            Self::Missing => "bag-missing",
            Self::Unlisted => "bag-unlisted",
            Self::Digest => "bag-digest",
            Self::Oxum => "bag-oxum",
            Self::Irregular => "bag-irregular",
            Self::Unreadable => "bag-unreadable",
            Self::Algorithm => "bag-algorithm",
            Self::Loose => "bag-loose",
            Self::NotCanonical => "bag-not-canonical",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BagFault {
    /// How bad it is.
    pub severity: Severity,
    /// What kind.
    pub kind: BagFaultKind,
    /// The file that it is about, or stands in; control characters escaped.
    pub path: String,
    /// 1-based line in that file; 0 if it is about the whole.
    pub line: u64,
    /// More, for people.
    pub detail: String,
}

impl BagFault {
    pub(super) fn error(kind: BagFaultKind, path: &str, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            kind,
            path: path.escape_debug().to_string(),
            line: 0,
            detail: detail.into(),
        }
    }

    pub(super) fn warning(kind: BagFaultKind, path: &str, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(kind, path, detail)
        }
    }

    pub(super) fn at(self, line: u64) -> Self {
        Self { line, ..self }
    }
}

impl fmt::Display for BagFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code(), self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.detail)
    }
}
