//! Finds secrets in bytes: token formats by rule, with entropy only where the context asks for it.
//!
//! The crate is pure: no files, no clock, no network. [`scan`] looks at a whole buffer, [`Scanner`] at a stream of
//! any length in bounded memory with the same result, [`redact()`] rewrites a buffer and [`refused_name`] judges a
//! path by its name alone. A [`Hit`] says where a secret is and which rule found it; it never holds the secret.
//!
//! How a scan works: one Aho-Corasick pass over the keywords of all rules, then the expression of the rule that a
//! keyword belongs to, anchored at the keyword or in a window around it. Every expression is linear (the `regex`
//! crate) and every window is bounded, so the time is linear in the input, whatever the input.
//!
//! Digests, UUIDs, integrity hashes, git object ids and placeholders are not secrets: packs of evidence are full of them.

mod benign;
mod code;
mod context;
mod engine;
mod hit;
mod keywords;
mod names;
mod position;
mod redact;
mod rule;
pub mod rules;
mod scanner;

pub use benign::{entropy, is_digest, is_placeholder};
pub use hit::{Hit, Report};
pub use names::refused_name;
pub use redact::{REPLACEMENT, Redaction, redact};
pub use rule::{Rule, Shape};
pub use scanner::{MAX_HITS, Scanner, report, scan};
