//! Several replacements in one text, in one pass.

use std::ops::Range;

/// One replacement: these bytes give way to this text. An empty range inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// Bytes of the source that go.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: String,
}

impl Splice {
    /// Replaces the bytes of `range` by `text`.
    #[must_use]
    pub fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { range, text }
    }
}

/// Why a list of replacements cannot be applied; nothing is applied then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// Two replacements concern the same bytes, or the list is not sorted.
    #[error("replacements overlap or are out of order at byte {0}")]
    Overlap(usize),
    /// A range ends before it begins, past the end of the text, or inside a character.
    #[error("bytes {0} to {1} are not a part of the text")]
    Range(usize, usize),
}

/// Applies replacements that are sorted by offset and do not overlap.
///
/// Insertions at the same offset are made in the order of the list; an insertion at the
/// end of a replaced range comes after the replacement. All bytes outside the ranges stay.
///
/// # Errors
/// A [`SpliceError`] names the first replacement that does not fit.
pub fn apply(src: &str, splices: &[Splice]) -> Result<String, SpliceError> {
    let grown: usize = splices.iter().map(|splice| splice.text.len()).sum();
    let mut out = String::with_capacity(src.len() + grown);
    let mut at = 0;
    for Splice { range, text } in splices {
        if src.get(range.clone()).is_none() {
            return Err(SpliceError::Range(range.start, range.end));
        }
        let Some(kept) = src.get(at..range.start) else {
            return Err(SpliceError::Overlap(range.start));
        };
        out.push_str(kept);
        out.push_str(text);
        at = range.end;
    }
    out.push_str(src.get(at..).unwrap_or_default());
    Ok(out)
}

/// As [`apply`], for replacements in any order; those at the same offset keep theirs.
///
/// # Errors
/// As [`apply`].
pub fn apply_unsorted(src: &str, mut splices: Vec<Splice>) -> Result<String, SpliceError> {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    apply(src, &splices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn replaces_and_inserts() {
        let splices = [
            Splice::new(0..0, "<"),
            Splice::new(1..3, "BC"),
            Splice::new(3..3, "+"),
            Splice::new(3..3, "-"),
            Splice::new(6..6, ">"),
        ];
        assert_eq!(apply("abcdef", &splices).as_deref(), Ok("<aBC+-def>"));
        assert_eq!(apply("", &[]).as_deref(), Ok(""));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let overlap = [Splice::new(0..3, ""), Splice::new(2..4, "")];
        assert_eq!(apply("abcdef", &overlap), Err(SpliceError::Overlap(2)));
        assert_eq!(
            apply("a", &[Splice::new(0..2, "")]),
            Err(SpliceError::Range(0, 2))
        );
        assert_eq!(
            apply("é", &[Splice::new(1..2, "")]),
            Err(SpliceError::Range(1, 2))
        );
        let unsorted = vec![Splice::new(3..4, "y"), Splice::new(0..1, "x")];
        assert_eq!(apply("abcd", &unsorted), Err(SpliceError::Overlap(0)));
        assert_eq!(apply_unsorted("abcd", unsorted).as_deref(), Ok("xbcy"));
    }

    proptest! {
        #[test]
        fn bytes_outside_stay(src in "[a-zé]{0,40}", cuts in proptest::collection::btree_set(0usize..60, 0..8), text in "[A-Z]{0,3}") {
            let cuts: Vec<usize> = cuts.into_iter().filter(|at| src.is_char_boundary(*at) && *at <= src.len()).collect();
            let splices: Vec<Splice> = cuts.chunks_exact(2).map(|pair| Splice::new(pair[0]..pair[1], text.clone())).collect();
            let out = apply(&src, &splices).unwrap();
            let mut want = String::new();
            let mut at = 0;
            for splice in &splices {
                want += &src[at..splice.range.start];
                want += &text;
                at = splice.range.end;
            }
            want += &src[at..];
            prop_assert_eq!(out, want);
        }
    }
}
