//! Any bytes as JSON Lines: lines tile the file, the stream gives the same lines, and
//! lines and columns agree with the line index.
#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use trueline_text::LineIndex;
use trueline_text::jsonl::{Lines, parse_line, stream};

fuzz_target!(|bytes: &[u8]| {
    let capacity = bytes.first().map_or(1, |byte| usize::from(*byte) % 16 + 1);
    let mut reader = stream::Reader::new(BufReader::with_capacity(capacity, bytes));
    let index = LineIndex::new(bytes);
    let mut at = 0;
    for line in Lines::new(bytes) {
        let event = reader.next_line().expect("memory is readable");
        assert_eq!(event, Some(stream::Event::Line(line)));
        assert_eq!(line.full_range().start, at);
        at = line.full_range().end;
        let position = index.position(line.start);
        assert_eq!(position.line, line.number);
        assert_eq!(position.column, 1);
        for error in parse_line(line).1 {
            assert!(error.end <= line.text.len());
        }
        let _ = (line.is_blank(), line.trailing_space(), line.conflict_marker());
    }
    assert_eq!(at, bytes.len());
    assert_eq!(reader.next_line().expect("memory is readable"), None);
    for offset in 0..bytes.len().min(300) {
        let position = index.position(offset);
        assert_eq!(index.position(index.offset(position)), position);
    }
});
