//! Rewriting a buffer so that its secrets are gone.

use crate::hit::Hit;
use crate::scanner::scan_report;

/// What stands where a secret of the rule stood: `[redacted:<rule>]`. Written so that a second scan finds nothing there.
pub const REPLACEMENT: &str = "[redacted:";

/// One secret that was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Where it was in the original, and its fingerprint.
    pub hit: Hit,
    /// How many bytes stand for it now.
    pub written: u64,
}

/// How often the result is scanned again: taking one secret out may uncover the next (a value inside a longer one).
const ROUNDS: usize = 4;

/// Replaces every secret by its rule's name. Bytes outside the secrets stay as they are. The places in the list are
/// those of the text at the time (a later round sees the text of the round before); the last scan finds nothing,
/// or the text is made only of the lines that are clean.
pub fn redact(bytes: &[u8]) -> (Vec<u8>, Vec<Redaction>) {
    let mut text = bytes.to_vec();
    let mut log = Vec::new();
    for _ in 0..ROUNDS {
        let hits = scan_report(&text, usize::MAX).hits;
        if hits.is_empty() {
            return (text, log);
        }
        text = without(&text, hits, &mut log);
    }
    // Still not clean: fail closed, whole lines go.
    loop {
        let hits = scan_report(&text, usize::MAX).hits;
        if hits.is_empty() {
            break;
        }
        text = without_lines(&text, hits, &mut log);
    }
    (text, log)
}

fn without(text: &[u8], hits: Vec<Hit>, log: &mut Vec<Redaction>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for hit in hits {
        let (Ok(start), Ok(end)) = (usize::try_from(hit.start), usize::try_from(hit.end)) else {
            continue;
        };
        out.extend_from_slice(text.get(at..start).unwrap_or_default());
        let length = out.len();
        out.extend_from_slice(REPLACEMENT.as_bytes());
        out.extend_from_slice(hit.rule.as_bytes());
        out.push(b']');
        at = end;
        let written = (out.len() - length) as u64;
        log.push(Redaction { hit, written });
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}

/// The lines that hold no part of a hit. The first line of a hit is always taken, so that a round never leaves all as it is.
fn without_lines(text: &[u8], hits: Vec<Hit>, log: &mut Vec<Redaction>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for hit in hits {
        let (Ok(start), Ok(end)) = (usize::try_from(hit.start), usize::try_from(hit.end)) else {
            continue;
        };
        log.push(Redaction { hit, written: 0 });
        if end <= at {
            continue;
        }
        let head = text.get(..start).unwrap_or_default();
        let from = memchr::memrchr(b'\n', head).map_or(0, |place| place + 1);
        out.extend_from_slice(text.get(at..from).unwrap_or_default());
        let tail = text.get(end..).unwrap_or_default();
        at = memchr::memchr(b'\n', tail).map_or(text.len(), |place| end + place);
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}
