//! The container: what the writer makes the reader accepts, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod hostile;
mod names;
mod raw;
mod round;
mod tricks;
mod whole;
