//! Hash maps with a quick hash, seeded anew in each process: keys come from files that anybody may
//! have written.

use foldhash::quality::RandomState;

/// A hash map.
pub type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A hash set.
pub type HashSet<T> = std::collections::HashSet<T, RandomState>;
