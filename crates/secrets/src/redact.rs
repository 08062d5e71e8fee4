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
    // Still not clean: fail closed, the secret's whole line goes.
    while let Some(hit) = scan_report(&text, 1).hits.into_iter().next() {
        let (Ok(start), Ok(end)) = (usize::try_from(hit.start), usize::try_from(hit.end)) else {
            break;
        };
        let head = text.get(..start).unwrap_or_default();
        let tail = text.get(end..).unwrap_or_default();
        let from = memchr::memrchr(b'\n', head).map_or(0, |at| at + 1);
        let to = memchr::memchr(b'\n', tail).map_or(text.len(), |at| end + at);
        log.push(Redaction { hit, written: 0 });
        text.drain(from..to);
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
