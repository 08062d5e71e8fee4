//! The commands, in folders of their own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod claims;
mod evidence;
mod imports;
mod incoming;
mod merging;
mod reading;
mod repo;
mod reviews;
mod shapes;
mod writing;
