//! Why something could not be read here.

use std::io;

use crate::Name;

/// Why something could not be read here; git may be able to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system says so.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// No pack and no loose file has it.
    #[error("there is no object {0}")]
    Missing(Name),
    /// Bytes that are not what the format says.
    #[error("{0}")]
    Damaged(&'static str),
    /// Well formed, perhaps, and beyond what is read here.
    #[error("{0}")]
    Unsupported(&'static str),
}
