//! The crosswalk: read with places, built from its sources, written a row a line.

mod book;
mod build;
mod merge;
#[cfg(test)]
mod tests;
mod write;

pub use book::{Book, BookRow, BookWaiver};
pub use build::{Built, Sources, build, designs_of, orphans};
pub use merge::{Merged, merge};
pub use write::{compact, write};
