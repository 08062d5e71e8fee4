//! The artifacts on disk.
