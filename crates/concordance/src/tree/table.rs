//! Where each path stands in a list of paths.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;

/// A free slot.
const FREE: u32 = u32::MAX;

/// An open hash table of places in a list; the list itself is given with each question, so that
/// no path is stored twice.
#[derive(Debug, Default)]
pub(super) struct Table {
    hash: RandomState,
    slots: Vec<u32>,
}

impl Table {
    /// The table of a list without equal paths.
    pub(super) fn new(paths: &[String]) -> Table {
        let mut table = Table {
            hash: RandomState::default(),
            // At most half full: a free slot is always near.
            slots: vec![FREE; (paths.len() * 2).next_power_of_two()],
        };
        for (at, path) in paths.iter().enumerate() {
            let mut slot = table.slot(path);
            while let Some(taken) = table.slots.get_mut(slot) {
                if *taken == FREE {
                    *taken = u32::try_from(at).unwrap_or(FREE);
                    break;
                }
                slot = table.next(slot);
            }
        }
        table
    }

    /// Where a path stands in the list that the table was made of.
    pub(super) fn find(&self, paths: &[String], path: &str) -> Option<usize> {
        let mut slot = self.slot(path);
        loop {
            let at = *self.slots.get(slot)?;
            let other = paths.get(usize::try_from(at).ok()?)?;
            if other == path {
                return usize::try_from(at).ok();
            }
            slot = self.next(slot);
        }
    }

    fn slot(&self, path: &str) -> usize {
        let hash = self.hash.hash_one(path);
        usize::try_from(hash & (u64::MAX >> 1)).unwrap_or_default() & (self.slots.len().max(1) - 1)
    }

    fn next(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len().max(1) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn every_path_is_where_it_is() {
        for count in [0, 1, 2, 3, 1000] {
            let paths: Vec<String> = (0..count).map(|n| format!("src/f{n}.rs")).collect();
            let table = Table::new(&paths);
            for (at, path) in paths.iter().enumerate() {
                assert_eq!(table.find(&paths, path), Some(at));
            }
            for other in ["", "src", "src/f.rs", "src/f1000.rs"] {
                assert_eq!(table.find(&paths, other), None);
            }
        }
    }
}
