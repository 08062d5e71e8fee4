//! What two globs have in common: a path, or a folder of one where the other wants a file.

use crate::glob::Glob;
use crate::product::{Goal, search};

/// Which of the two globs of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one that was asked.
    Left,
    /// The argument.
    Right,
}

/// How two globs meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverlapKind {
    /// Some path is in both.
    Shared,
    /// No path is in both, but a path of one is a folder above a path of the other (`src` and `src/x`): a tree cannot hold both.
    Ancestor {
        /// Whether that is worth a refusal: the path above is written out in both globs, as an alternative without
        /// wildcards in one and as the folders that an alternative of the other begins with (`src` and `src/*.rs`).
        /// Otherwise it is a note, for nearly all patterns with wildcards meet so: `*/x` holds a path `src/x`, which
        /// `src/x/y` needs as a folder, and `**/*.rs` holds `README.md/x.rs`, which nobody means.
        refuses: bool,
    },
}

impl OverlapKind {
    /// Whether two holders must not have the two globs at once: a shared path, or a path above another
    /// that both write out.
    #[must_use]
    pub fn refuses(self) -> bool {
        match self {
            Self::Shared => true,
            Self::Ancestor { refuses } => refuses,
        }
    }

    /// The word for it in outputs: `shared` or `ancestor`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Ancestor { .. } => "ancestor",
        }
    }
}

/// That two globs meet, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// A shortest path that shows it. For [`OverlapKind::Shared`] it is in both globs; for [`OverlapKind::Ancestor`] it is in
    /// one, and a folder above it is in the other ([`Glob::ancestor_overlap`] tells which).
    pub witness: String,
    /// How they meet.
    pub kind: OverlapKind,
}

/// A path of one glob above a path of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AncestorOverlap {
    /// The path above: a proper prefix of `descendant`, ended by a `/` there.
    pub ancestor: String,
    /// The path below, as short as can be.
    pub descendant: String,
    /// The glob that holds `ancestor`; the other one holds `descendant`.
    pub above: Side,
    /// Whether both globs write `ancestor` out; see [`OverlapKind::Ancestor`].
    pub refuses: bool,
}

impl Glob {
    /// Whether and how two globs meet: a shared path where there is one, else a path of one above a path of the other.
    ///
    /// Exact for every pair. The same two globs give the same answer and witness every time; in the other order the
    /// kind is the same, the witness may be another one of the same length. Time and memory grow at most with the product of
    /// the two patterns' lengths: a few milliseconds for hostile patterns of 400 bytes, a few seconds and under 100 MB for
    /// the worst known ones of [`MAX_PATTERN_BYTES`](crate::MAX_PATTERN_BYTES).
    #[must_use]
    pub fn intersects(&self, other: &Self) -> Option<Overlap> {
        if let Some(witness) = self.shared_path(other) {
            return Some(Overlap {
                witness,
                kind: OverlapKind::Shared,
            });
        }
        let found = self.ancestor_overlap(other)?;
        Some(Overlap {
            witness: found.descendant,
            kind: OverlapKind::Ancestor {
                refuses: found.refuses,
            },
        })
    }

    /// A shortest path that is in both.
    #[must_use]
    pub fn shared_path(&self, other: &Self) -> Option<String> {
        search(self, other, Goal::Shared)
    }

    /// Whether some path of one glob is a folder above a path of the other, be there a shared path or not. One that
    /// refuses is preferred, then a shorter path below, then this glob's path above.
    #[must_use]
    pub fn ancestor_overlap(&self, other: &Self) -> Option<AncestorOverlap> {
        [Goal::BelowLiteral, Goal::Below]
            .into_iter()
            .find_map(|goal| {
                let below = |upper: &Self, lower: &Self, above| {
                    let descendant = search(upper, lower, goal)?;
                    Some((descendant, above))
                };
                let left = below(self, other, Side::Left);
                let right = below(other, self, Side::Right);
                let length = |found: &(String, Side)| found.0.chars().count();
                let (descendant, above) = match (left, right) {
                    (Some(left), Some(right)) if length(&right) < length(&left) => right,
                    (Some(left), _) => left,
                    (None, right) => right?,
                };
                let upper = if above == Side::Left { self } else { other };
                let mut ancestors = descendant
                    .match_indices('/')
                    .map(|(at, _)| descendant.split_at(at).0);
                // A wildcard may hold a path further up than the written-out one that was searched for.
                let is_above = |path: &&str| match goal {
                    Goal::BelowLiteral => upper.literals().is_some_and(|nfa| nfa.run(path)),
                    Goal::Shared | Goal::Below => upper.matches(path),
                };
                let ancestor = ancestors.find(is_above)?.to_owned();
                Some(AncestorOverlap {
                    ancestor,
                    descendant,
                    above,
                    refuses: goal == Goal::BelowLiteral,
                })
            })
    }
}
