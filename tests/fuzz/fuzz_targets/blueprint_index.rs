//! Any text as an index, a crosswalk and a baseline: no panic, and what is read can be written
//! and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_concordance::crosswalk::{Book, write};
use trueline_concordance::gate::Baseline;
use trueline_concordance::index::bytes;
use trueline_core::artifact::blueprint::{BlueprintIndex, TocCache};
use trueline_kit::Source;

fuzz_target!(|text: &str| {
    if let Ok(index) = serde_json::from_str::<BlueprintIndex>(text) {
        let again = bytes(&index).expect("an index can be written");
        let read: BlueprintIndex = serde_json::from_slice(&again).expect("and read");
        assert_eq!(bytes(&read).expect("and written"), again);
    }
    if let Ok(toc) = serde_json::from_str::<TocCache>(text) {
        bytes(&toc).expect("a table of contents can be written");
    }
    let book = Book::read(Some(Source::new("crosswalk.json", text)));
    if book.faults.is_empty() {
        let once = write(&book);
        let read = Book::read(Some(Source::new("crosswalk.json", once.as_str())));
        assert!(read.faults.is_empty(), "{once}");
        assert_eq!(write(&read), once);
        assert_eq!(read.rows.len(), book.rows.len());
    }
    let _ = Baseline::parse(text);
});
