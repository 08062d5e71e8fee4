//! Sets of characters as sorted intervals. None ever holds `/` or NUL: no component of a path does.

/// Every character that a component may hold, as inclusive intervals of scalar values.
const UNIVERSE: [(u32, u32); 3] = [(0x01, 0x2E), (0x30, 0xD7FF), (0xE000, 0x10_FFFF)];

/// Characters that read well in a witness, best first.
const READABLE: &str = "xabcdefghijklmnopqrstuvwyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-+@#~%=,;:!()[]{}&$^'\"`<>|?*\\ ";

/// A set of characters: sorted, disjoint, inclusive intervals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CharSet {
    ranges: Vec<(u32, u32)>,
}

/// What two labels have in common, as far as a walk through the domain cares: a dot can lead elsewhere than other characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meet {
    /// Whether `.` is common.
    pub(crate) dot: bool,
    /// The most readable common character other than `.`.
    pub(crate) other: Option<char>,
}

impl CharSet {
    /// The characters of `ranges` (inclusive, in any order), or with `negated` all others; `/` and NUL are left out either way.
    pub(crate) fn new(mut ranges: Vec<(u32, u32)>, negated: bool) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        let universe = Self {
            ranges: UNIVERSE.to_vec(),
        };
        if negated {
            let mut gaps = Vec::with_capacity(merged.len() + 1);
            let mut next = 0;
            for (low, high) in merged {
                if next < low {
                    gaps.push((next, low - 1));
                }
                next = high.saturating_add(1);
            }
            gaps.push((next, u32::MAX));
            merged = gaps;
        }
        universe.intersection(&Self { ranges: merged })
    }

    /// The characters that are in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut left, mut right) = (
            self.ranges.iter().peekable(),
            other.ranges.iter().peekable(),
        );
        while let (Some(&&(a_low, a_high)), Some(&&(b_low, b_high))) = (left.peek(), right.peek()) {
            let (low, high) = (a_low.max(b_low), a_high.min(b_high));
            if low <= high {
                ranges.push((low, high));
            }
            if a_high <= b_high {
                left.next();
            } else {
                right.next();
            }
        }
        Self { ranges }
    }

    /// Whether no character is in the set.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether `c` is in the set.
    pub(crate) fn contains(&self, c: char) -> bool {
        let c = u32::from(c);
        let after = self.ranges.partition_point(|&(low, _)| low <= c);
        after > 0
            && self
                .ranges
                .get(after - 1)
                .is_some_and(|&(_, high)| c <= high)
    }

    /// The only character of the set, where there is just one.
    pub(crate) fn single(&self) -> Option<char> {
        match self.ranges.as_slice() {
            [(low, high)] if low == high => char::from_u32(*low),
            _ => None,
        }
    }

    /// The intervals, sorted.
    pub(crate) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// What a walk may choose from this set.
    pub(crate) fn meet(&self) -> Meet {
        let readable = READABLE.chars().find(|&c| self.contains(c));
        let other = readable.or_else(|| {
            let from = |least: u32| {
                let range = self.ranges.iter().find(|&&(_, high)| high >= least)?;
                char::from_u32(range.0.max(least))
            };
            // Past the C1 controls first; whatever there is, if need be.
            from(0xA1)
                .or_else(|| from(0x01).filter(|&c| c != '.'))
                .or_else(|| from(0x2F))
        });
        Meet {
            dot: self.contains('.'),
            other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(char, char)], negated: bool) -> CharSet {
        let ranges = ranges.iter().map(|&(a, b)| (u32::from(a), u32::from(b)));
        CharSet::new(ranges.collect(), negated)
    }

    #[test]
    fn overlapping_intervals_merge_and_the_slash_is_cut_out() {
        assert_eq!(
            set(&[('d', 'f'), ('a', 'd'), ('g', 'g')], false).ranges(),
            [(0x61, 0x67)]
        );
        assert_eq!(
            set(&[('.', '0')], false).ranges(),
            [(0x2E, 0x2E), (0x30, 0x30)]
        );
        assert!(set(&[('/', '/')], false).is_empty());
        assert!(set(&[('\0', '\0')], false).is_empty());
    }

    #[test]
    fn a_negated_set_holds_neither_slash_nor_nul_nor_surrogates() {
        let not_b = set(&[('b', 'b')], true);
        assert!(not_b.contains('a') && not_b.contains('\u{10ffff}') && not_b.contains('\u{1}'));
        assert!(!not_b.contains('b') && !not_b.contains('/') && !not_b.contains('\0'));
        assert!(set(&[('\0', char::MAX)], true).is_empty());
        assert!(not_b.ranges().iter().all(|r| r.1 < 0xD800 || r.0 > 0xDFFF));
    }

    #[test]
    fn the_choice_is_readable_where_it_can_be() {
        let meet = |ranges: &[(char, char)]| set(ranges, false).meet();
        assert_eq!(
            meet(&[('a', 'c')]),
            Meet {
                dot: false,
                other: Some('a')
            }
        );
        assert_eq!(
            meet(&[('!', 'z')]),
            Meet {
                dot: true,
                other: Some('x')
            }
        );
        assert_eq!(
            meet(&[('.', '.')]),
            Meet {
                dot: true,
                other: None
            }
        );
        assert_eq!(meet(&[('\u{1}', '\u{3}')]).other, Some('\u{1}'));
        assert_eq!(meet(&[('\u{e9}', '\u{ea}')]).other, Some('\u{e9}'));
        assert_eq!(meet(&[('\u{80}', '\u{81}')]).other, Some('\u{80}'));
        assert_eq!(
            meet(&[('.', '.'), ('\u{7f}', '\u{7f}')]).other,
            Some('\u{7f}')
        );
    }

    #[test]
    fn a_set_of_one_is_a_letter() {
        assert_eq!(set(&[('a', 'a')], false).single(), Some('a'));
        assert_eq!(set(&[('.', '/')], false).single(), Some('.'));
        assert_eq!(set(&[('a', 'b')], false).single(), None);
    }
}
