//! The scanner against what is drawn at test time: no secret-like text is kept in the repository.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod drawn;
mod rules;
