//! Bytes that claim to be UTF-8.

use crate::SyntaxError;

/// `src` as text of the same length: each byte that is not part of valid UTF-8 becomes
/// `?`; runs of such bytes are reported, at most `cap` of them.
pub(crate) fn repair(src: &[u8], cap: usize) -> (String, Vec<SyntaxError>) {
    let mut text = String::with_capacity(src.len());
    let mut faults: Vec<SyntaxError> = Vec::new();
    for chunk in src.utf8_chunks() {
        text.push_str(chunk.valid());
        let bad = chunk.invalid();
        if bad.is_empty() {
            continue;
        }
        let (start, end) = (text.len(), text.len() + bad.len());
        text.extend(bad.iter().map(|_| '?'));
        if let Some(last) = faults.last_mut().filter(|last| last.end == start) {
            last.end = end;
        } else if faults.len() < cap {
            faults.push(SyntaxError::new(start, end, "not valid UTF-8"));
        }
    }
    (text, faults)
}
