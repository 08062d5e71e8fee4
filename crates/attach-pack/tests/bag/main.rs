//! Bags in zips and folders: ours, and those of others.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod foreign;
mod ours;
