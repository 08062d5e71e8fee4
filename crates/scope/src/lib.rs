//! Scope globs: sets of repository paths that can be matched, compared and intersected **exactly**.
//!
//! The dialect is "scope-glob 1"; everything outside it is refused with the byte where it goes wrong.
//!
//! | written | denotes |
//! |---|---|
//! | `x` | itself; case counts, no Unicode normalisation |
//! | `\x` | the character `x`, whatever it is |
//! | `?` | one character (Unicode scalar value), never `/` |
//! | `*` | any number of characters, none of them `/` |
//! | `[a-z_]`, `[!a]`, `[^a]` | one character in (or not in) the class, never `/`; a `]` that comes first and a `-` at either end are plain |
//! | `{a,b/c,}` | each alternative in turn; nests, may hold `/` and empty alternatives |
//! | `**` | only as a whole component: `**/` is zero or more folders, `/**` one or more components |
//! | a trailing `/` | the same as `/**` |
//! | a leading `/` | nothing: dropped with a note (scopes are always relative to the root) |
//!
//! **Domain.** The paths that git can hold, as UTF-8: not empty, no `/` at either end, no component that is empty, `.` or
//! `..`, no NUL ([`is_valid_path`]). A glob denotes a subset of the domain, so `[.]` and `?` share nothing, and neither matches
//! `.`. Paths that are not UTF-8 cannot be named in this dialect: they belong to no scope, and a caller that meets one treats
//! it as outside.
//!
//! **Alternatives that cannot be a path.** A pattern is the union of its alternatives. An alternative that has an empty, `.`
//! or `..` component written in it (`a/{,b}/c` gives `a//c`), or nothing at all, denotes no path: it adds nothing, and a
//! note says so. A pattern with no other alternative (`a//b`, `a/../b`, the empty text) is refused. The texts `.` and `..` alone
//! are read, with a note, as the empty set: see [`Glob::is_empty`]. A `**` that alternatives glue to other text (`a{b,**}`) is refused.
//!
//! **Exactness.** A glob compiles to a nondeterministic automaton over character intervals; alternatives share states and are
//! not expanded. Intersection is a breadth-first search of the product of two automata with the automaton of the domain,
//! so it is polynomial and its witness is a shortest one. Inclusion uses a lazy subset construction with a stated limit.
//!
//! ```
//! use trueline_scope::{Glob, OverlapKind};
//!
//! let tests = Glob::parse("crates/**/*.rs")?;
//! let locks = Glob::parse("crates/locks/")?;
//! let overlap = tests.intersects(&locks).expect("they share a path");
//! assert_eq!(overlap.kind, OverlapKind::Shared);
//! assert!(tests.matches(&overlap.witness) && locks.matches(&overlap.witness));
//! # Ok::<(), trueline_scope::ParseError>(())
//! ```

mod charset;
mod compile;
mod dfa;
mod error;
mod glob;
mod include;
mod lint;
mod nfa;
mod overlap;
mod parse;
mod path;
mod product;
mod set;
mod union;

pub use error::{
    LimitError, MAX_ALTERNATIVES, MAX_INCLUSION_STATES, MAX_NESTING, MAX_PATTERN_BYTES, Note,
    ParseError,
};
pub use glob::Glob;
pub use include::Inclusion;
pub use overlap::{AncestorOverlap, Overlap, OverlapKind, Side};
pub use path::is_valid_path;
pub use set::{GlobSet, Matcher, ScopeSet};
