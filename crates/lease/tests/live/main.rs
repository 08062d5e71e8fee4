//! The live store in one process, with clocks and processes moved by hand.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod bench;
mod claims;
mod published;
mod store;
mod toy;
