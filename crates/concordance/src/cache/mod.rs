//! What earlier runs found, so that what has not changed is not read again.
//!
//! The files lie in `trueline/concordance/` of the git folder and hold nothing that a run could
//! not find anew: one that is missing, damaged, of another build or cannot be written is as good
//! as none. Two things are trusted, both only where every byte that counts is known to be the
//! same: the name of a blob or commit, which is a digest, and the stat of a file that was last
//! touched well before it was read ([`Horizon`]).

mod codec;
mod commits;
mod outcome;
mod reach;
mod scans;
mod stat;
mod store;
#[cfg(test)]
mod tests;

pub use commits::{Commits, Known};
pub use outcome::{Inputs, Memo};
pub(crate) use reach::Reach;
pub use scans::Scans;
pub use stat::{Horizon, OnDisk, Stat, look};
pub(crate) use stat::{look_all, near};
pub use store::Store;

/// Threads to work with: `TRUELINE_THREADS`, else as many as there are processors, at most 8.
/// What comes out does not depend on it.
pub fn threads() -> usize {
    let asked = std::env::var("TRUELINE_THREADS").ok();
    let asked = asked.and_then(|text| text.parse::<usize>().ok());
    asked.filter(|count| *count > 0).map_or_else(
        || {
            let there = std::thread::available_parallelism();
            there.map_or(1, usize::from).min(8)
        },
        |count| count.min(64),
    )
}
