//! Pages in real repositories.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod figures;
mod pages;
mod repo;
