//! What can be wrong with a container.

use std::fmt;

/// The kinds of fault, each with a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// No end record and no local header: something else.
    NotZip,
    /// The end, the directory or the data of an entry is cut off.
    Truncated,
    /// Bytes before the first entry.
    Prepended,
    /// Bytes after the end record.
    Trailing,
    /// The archive or an entry has a comment.
    Comment,
    /// The archive is a part of several.
    MultiDisk,
    /// The zip64 records or fields are wrong, or stand where they are not needed.
    Zip64,
    /// The directory is not where, or not what, the end record says.
    Directory,
    /// More than [`MAX_ENTRIES`](super::MAX_ENTRIES).
    TooMany,
    /// A name that leaves the folder it is unpacked in: absolute, or with `..`.
    Slip,
    /// Another name that [`crate::name`] refuses.
    Name,
    /// Two entries of one name.
    Duplicate,
    /// Two names that a folding file system takes for one.
    CaseTwin,
    /// Two names that are one after Unicode normalization.
    NormalizationTwin,
    /// A name is a file here and a folder there.
    FileAndFolder,
    /// A symbolic link.
    Link,
    /// A device, pipe or socket.
    Device,
    /// An entry for a folder.
    Folder,
    /// An entry is encrypted.
    Encrypted,
    /// A method other than stored and deflate.
    Method,
    /// A data descriptor follows the data.
    Descriptor,
    /// An extra field other than zip64.
    Extra,
    /// The names in the local header and in the directory differ.
    NameMismatch,
    /// No local header where the directory says.
    LocalMissing,
    /// The sizes or checksums of the local header and the directory differ.
    SizeMismatch,
    /// An entry that the directory does not name.
    Hidden,
    /// Bytes that belong to nothing.
    Slack,
    /// Two entries share bytes.
    Overlap,
    /// The entries do not stand in the order of the directory.
    Order,
    /// Content out of proportion to its data.
    Bomb,
    /// The content is longer or shorter than said.
    SizeLie,
    /// The content does not have its CRC-32.
    Crc,
    /// The data is no deflate stream.
    Deflate,
    /// A header differs from the canonical form (date, version, flags, mode, …).
    NotCanonical,
    /// The seal is missing, misplaced or wrong.
    Seal,
}

impl FaultKind {
    /// True for what other tools' archives commonly have and what changes nothing of their content: no pack is like
    /// that, but a bag of another tool may be.
    pub fn is_form(self) -> bool {
        matches!(
            self,
            Self::Comment
                | Self::Folder
                | Self::Descriptor
                | Self::Extra
                | Self::Order
                | Self::NotCanonical
                | Self::Seal
        )
    }

    /// The kebab-case code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotZip => "not-zip",
            Self::Truncated => "truncated",
            Self::Prepended => "prepended",
            Self::Trailing => "trailing",
            Self::Comment => "comment",
            Self::MultiDisk => "multi-disk",
            Self::Zip64 => "zip64",
            Self::Directory => "directory",
            Self::TooMany => "too-many-entries",
            Self::Slip => "slip",
            Self::Name => "name",
            Self::Duplicate => "duplicate",
            Self::CaseTwin => "case-twin",
            Self::NormalizationTwin => "normalization-twin",
            Self::FileAndFolder => "file-and-folder",
            Self::Link => "link",
            Self::Device => "device",
            Self::Folder => "folder",
            Self::Encrypted => "encrypted",
            Self::Method => "method",
            Self::Descriptor => "descriptor",
            Self::Extra => "extra-field",
            Self::NameMismatch => "name-mismatch",
            Self::LocalMissing => "local-missing",
            Self::SizeMismatch => "size-mismatch",
            Self::Hidden => "hidden",
            Self::Slack => "slack",
            Self::Overlap => "overlap",
            Self::Order => "order",
            Self::Bomb => "bomb",
            Self::SizeLie => "size-lie",
            Self::Crc => "crc",
            Self::Deflate => "deflate",
            Self::NotCanonical => "not-canonical",
            Self::Seal => "seal",
        }
    }
}

/// Bytes that are shown of a name that is too long.
const SHOWN: usize = 100;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// The entry, with control characters escaped.
    pub entry: Option<String>,
    /// More, for people.
    pub detail: String,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            entry: None,
            detail: detail.into(),
        }
    }

    pub(crate) fn of(kind: FaultKind, name: &[u8], detail: impl Into<String>) -> Self {
        Self {
            entry: Some(shown(name)),
            ..Self::new(kind, detail)
        }
    }
}

/// A name as it can be printed: escaped, and only its begin where it is longer than any good one.
pub(super) fn shown(name: &[u8]) -> String {
    let cut = (name.len() > crate::name::MAX_NAME)
        .then(|| name.get(..SHOWN))
        .flatten();
    let mut text = String::from_utf8_lossy(cut.unwrap_or(name))
        .escape_debug()
        .to_string();
    if cut.is_some() {
        text.push('…');
    }
    text
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.code())?;
        if let Some(entry) = &self.entry {
            write!(f, ": {entry}")?;
        }
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.detail)
    }
}
