//! Which file a listed path means.
//!
//! Names change on their way: a system stores another Unicode form, or folds case; one writer encodes percent signs and
//! another does not. A listed path that is not there means the one file that it can only stand for.

use super::manifest::{decode_path, encode_path};
use crate::name::fold;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The files that are there, by the names that lead to them.
pub(super) struct Places<'a> {
    present: &'a BTreeSet<&'a str>,
    /// Whether manifests are percent-encoded by rule, and so were decoded.
    encoded: bool,
    /// By folded name; `None` where two files share it. Built when a path is not there.
    folded: OnceCell<BTreeMap<String, Option<&'a str>>>,
}

/// The file that a path means.
pub(super) struct Found<'a> {
    pub(super) path: &'a str,
    /// Its name has another case or Unicode form than the path.
    pub(super) is_twin: bool,
}

impl<'a> Places<'a> {
    pub(super) fn new(present: &'a BTreeSet<&'a str>, encoded: bool) -> Self {
        Self {
            present,
            encoded,
            folded: OnceCell::new(),
        }
    }

    /// The file that a listed path means; `None` if there is none.
    pub(super) fn of(&self, path: &str) -> Option<Found<'a>> {
        let exact = |path: &str| {
            let path = *self.present.get(path)?;
            Some(Found {
                path,
                is_twin: false,
            })
        };
        let other = || match self.encoded {
            true => exact(&encode_path(path)),
            false => exact(&decode_path(path)),
        };
        let twin = || {
            let folded = self.folded.get_or_init(|| self.fold());
            let path = (*folded.get(&fold(path))?)?;
            Some(Found {
                path,
                is_twin: true,
            })
        };
        exact(path).or_else(other).or_else(twin)
    }

    fn fold(&self) -> BTreeMap<String, Option<&'a str>> {
        let mut folded = BTreeMap::new();
        for path in self.present {
            folded
                .entry(fold(path))
                .and_modify(|one| *one = None)
                .or_insert(Some(*path));
        }
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_changed_on_their_way() {
        let present = BTreeSet::from([
            "data/N\u{fa}\u{f1}ez",
            "data/a%25",
            "data/B",
            "data/x",
            "data/X",
        ]);
        let of = |path: &str, encoded| {
            let places = Places::new(&present, encoded);
            places
                .of(path)
                .map(|found| (found.path.to_owned(), found.is_twin))
        };
        let some = |path: &str, twin| Some((path.to_owned(), twin));
        assert_eq!(of("data/B", true), some("data/B", false));
        assert_eq!(of("data/b", true), some("data/B", true));
        assert_eq!(
            of("data/Nu\u{301}n\u{303}ez", true),
            some("data/N\u{fa}\u{f1}ez", true)
        );
        // The decoded path, where the writer had not encoded it.
        assert_eq!(of("data/a%", true), some("data/a%25", false));
        assert_eq!(of("data/x", true), some("data/x", false));
        assert_eq!(of("data/gone", true), None);
        let plain = BTreeSet::from(["data/a%"]);
        assert_eq!(
            Places::new(&plain, false).of("data/a%25").map(|f| f.path),
            Some("data/a%")
        );
    }
}
