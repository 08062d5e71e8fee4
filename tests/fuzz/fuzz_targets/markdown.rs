//! Any text as Markdown: no panic, sections tile the text, anchors are unique.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use trueline_text::markdown;

fuzz_target!(|text: &str| {
    let found = markdown::parse(text);
    let mut at = found.preamble.end;
    for section in &found.sections {
        assert_eq!(section.own.start, at);
        at = section.own.end;
        assert!(text.get(section.range.clone()).is_some());
    }
    assert_eq!(at, text.len());
    let mut anchors = HashSet::new();
    for heading in &found.headings {
        assert!(text.get(heading.range.clone()).is_some());
        assert!(anchors.insert(&heading.anchor));
    }
    for comment in &found.comments {
        assert!(text.get(comment.inner.clone()).is_some());
        assert!(text[comment.range.clone()].starts_with("<!--"));
    }
    for task in &found.tasks {
        assert_eq!(text[task.range.clone()].len(), 3);
    }
    for table in &found.tables {
        for row in std::iter::once(&table.header).chain(&table.rows) {
            for cell in &row.cells {
                assert!(text.get(cell.range.clone()).is_some());
            }
        }
    }
});
