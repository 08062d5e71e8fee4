//! What the readers report instead of failing.

/// A place where a text is not what its format asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// First byte concerned.
    pub offset: usize,
    /// Byte after the last one concerned; never before `offset`.
    pub end: usize,
    /// What is wrong, in one line without a final full stop.
    pub message: String,
    /// How to mend it, if that can be said.
    pub help: Option<String>,
}

impl SyntaxError {
    /// An error that covers the bytes from `offset` to before `end`.
    pub(crate) fn new(offset: usize, end: usize, message: impl Into<String>) -> Self {
        Self {
            offset,
            end: end.max(offset),
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}
