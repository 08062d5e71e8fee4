//! Commit trailers: what a commit says that it serves.
//!
//! [`parse()`] reads them exactly as git does; [`Claims`] are those that concordance knows, with
//! their ids; [`hidden`] finds lines that were meant as trailers and that git does not see.

mod claims;
mod parse;
#[cfg(test)]
mod tests;

pub use claims::{Claim, ClaimKind, Claims, Hidden, Malformed, claims, claims_and_hidden, hidden};
pub use parse::{Rules, Trailer, block, parse};
