//! Trueline: small command-line tools that make "done" provable.
//!
//! This package only carries the binaries (`src/bin`), one statement each; the code lives in
//! the member crates. See `docs/ARCHITECTURE.md` for the map.
// [impl->TD-1.1]
