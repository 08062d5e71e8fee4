//! Any bytes as parts of git's object store: no panic, sizes as stated, entries as they stand.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_objects::parts::{Index, apply};
use trueline_objects::{Commit, Entries, MAX_OBJECT, Name};

fuzz_target!(|bytes: &[u8]| {
    let (base, difference) = bytes.split_at(bytes.len() / 2);
    if let Ok(made) = apply(base, difference, Vec::with_capacity) {
        assert!(made.len() <= MAX_OBJECT);
    }
    let mut length = 0;
    for entry in Entries::new(bytes) {
        let Ok(entry) = entry else { break };
        assert!(!entry.path.is_empty() && !entry.path.contains(&b'/') && !entry.path.contains(&0));
        length += entry.path.len() + 22;
        assert!(length <= bytes.len());
    }
    if let Ok(commit) = Commit::parse(bytes) {
        assert!(bytes.ends_with(commit.message));
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if let Ok(index) = Index::read(std::io::Cursor::new(bytes), length) {
        for name in bytes.windows(Name::LENGTH).take(64) {
            let _ = name.try_into().map(|name| index.find(Name(name)));
        }
    }
    let _ = Name::parse(bytes);
});
