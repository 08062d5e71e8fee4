//! Any bytes as a file with tags: no panic, each link stands where it says, and text around it
//! changes nothing but its place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_concordance::ids::Prefixes;
use trueline_concordance::tags::{Scanned, Scanner, scan_bytes};

fuzz_target!(|bytes: &[u8]| {
    let prefixes = Prefixes::default();
    let scanner = Scanner::new(prefixes.clone());
    for is_markdown in [false, true] {
        let found = scanner.scan(bytes, is_markdown);
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        for link in &found.links {
            assert!(prefixes.kind(&link.id) == Some(link.of));
            let line = lines[usize::try_from(link.span.line).expect("a line") - 1];
            let id = link.id.as_str().as_bytes();
            assert!(line.windows(id.len()).any(|part| part == id));
            assert!(link.span.column < link.span.end_column);
        }
        for (span, _) in &found.problems {
            assert!(usize::try_from(span.line).expect("a line") <= lines.len());
        }
        let mut lower = b"a line before\n".to_vec();
        lower.extend_from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
        let below = scanner.scan(&lower, is_markdown);
        assert_eq!(below.links.len(), found.links.len());
        for (link, other) in found.links.iter().zip(&below.links) {
            assert_eq!((link.kind, &link.id, link.revision), (other.kind, &other.id, other.revision));
            assert_eq!(link.span.line + 1, other.span.line);
        }
    }
    if let Scanned::Text(scan) = scan_bytes(bytes, "a.rs", &scanner) {
        assert_eq!(scan, scanner.scan(bytes, false));
    }
});
