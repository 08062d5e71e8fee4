//! Mends what lies outside values: byte order marks, line ends, white space, blank lines.

use trueline_text::jsonl::Lines;
use trueline_text::position::BOM;

use crate::encoding;
use crate::ledger::Format;

/// What a fix did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The file afterwards.
    pub bytes: Vec<u8>,
    /// Lines that changed or went.
    pub lines: u32,
    /// Texts whose encoding was repaired.
    pub texts: u32,
    /// Lines that would have changed, but are committed.
    pub committed: u32,
}

/// Mends a file. The first `committed` lines stay as they are. With `encodings`, texts whose
/// encoding was broken are reversed too, in JSON Lines.
///
/// Values are the same before and after (encodings aside), and a second fix changes nothing. A
/// record that could not be read for a form feed behind it, which is no white space of JSON, can be
/// read afterwards.
pub fn fix(bytes: &[u8], format: Format, committed: u32, encodings: bool) -> Fixed {
    let mut fixed = Fixed {
        bytes: Vec::with_capacity(bytes.len() + 1),
        ..Fixed::default()
    };
    for line in Lines::new(bytes) {
        let whole = bytes.get(line.full_range()).unwrap_or_default();
        let mut mended = match format {
            Format::Jsonl => mended_line(line.text),
            // White space inside a document may be a part of a value (YAML, Markdown). A CR at the
            // end of a line would make one end of a line with the LF that is added.
            // More marks than one at the start are none of its content either.
            _ if line.number == 1 => Some(without_returns(without_marks(line.text)).to_vec()),
            _ => Some(without_returns(line.text).to_vec()),
        };
        if let (true, Some(text)) = (encodings && format == Format::Jsonl, &mut mended)
            && line.number > committed
        {
            let (repaired, count) = repaired(text);
            fixed.texts += count;
            *text = repaired;
        }
        if let Some(text) = &mut mended {
            text.push(b'\n');
        }
        let differs = mended.as_deref() != Some(whole);
        if !differs {
            fixed.bytes.extend_from_slice(whole);
        } else if line.number <= committed {
            fixed.committed += 1;
            fixed.bytes.extend_from_slice(whole);
        } else {
            fixed.lines += 1;
            fixed.bytes.extend(mended.unwrap_or_default());
        }
    }
    fixed
}

/// A line without the CRs at its end.
fn without_returns(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(before) = rest.strip_suffix(b"\r") {
        rest = before;
    }
    rest
}

/// A line without the byte order marks at its start.
pub(crate) fn without_marks(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(after) = rest.strip_prefix(BOM) {
        rest = after;
    }
    rest
}

/// A line without marks and white space around; `None` if nothing is left.
fn mended_line(text: &[u8]) -> Option<Vec<u8>> {
    let rest = without_marks(text).trim_ascii_end();
    // Leading white space is valid JSON and stays, unless nothing else is there.
    (!rest.trim_ascii().is_empty()).then(|| rest.to_vec())
}

/// The line with every text repaired that can be, and how many were.
fn repaired(text: &[u8]) -> (Vec<u8>, u32) {
    let Ok(source) = std::str::from_utf8(text) else {
        return (text.to_vec(), 0);
    };
    let (document, errors) = trueline_text::json::parse(source);
    if !errors.is_empty() || !document.duplicates().is_empty() {
        return (text.to_vec(), 0);
    }
    let mut patch = trueline_text::json::Patch::new();
    let mut count = 0;
    for node in document.nodes() {
        let before = node.as_str().and_then(|text| encoding::repair(&text));
        if let Some(before) = before {
            patch.set(
                node.pointer(),
                trueline_text::json::encode_str(&before.text),
            );
            count += 1;
        }
    }
    match patch.apply(source) {
        Ok(done) if count > 0 => (done.into_bytes(), count),
        _ => (text.to_vec(), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn a_return_at_the_end_of_a_file_is_mended_once() {
        for format in [Format::Json, Format::Yaml, Format::Table] {
            for text in [&b"a\r"[..], b"a\r\r\n", b"a\r\n", b"a"] {
                assert_eq!(fix(text, format, 0, false).bytes, b"a\n", "{text:?}");
            }
        }
    }

    #[test]
    fn all_marks_at_the_start_of_a_file_go_at_once() {
        for format in [Format::Jsonl, Format::Json, Format::Yaml, Format::Table] {
            let text = "\u{feff}\u{feff}\u{feff}a\n";
            assert_eq!(fix(text.as_bytes(), format, 0, false).bytes, b"a\n");
        }
        let text = "a\n\u{feff}b\n";
        assert_eq!(
            fix(text.as_bytes(), Format::Yaml, 0, false).bytes,
            text.as_bytes()
        );
    }

    fn fixed(text: &str) -> String {
        String::from_utf8(fix(text.as_bytes(), Format::Jsonl, 0, false).bytes).unwrap()
    }

    #[test]
    fn only_bytes_outside_values() {
        let before = "\u{feff}{\"a\": \"x \\n\"} \t\r\n\r\n \n  [1]\r\n\u{feff}\"é\"";
        assert_eq!(fixed(before), "{\"a\": \"x \\n\"}\n  [1]\n\"é\"\n");
        assert_eq!(fixed(""), "");
        assert_eq!(fixed("\n\n"), "");
        assert_eq!(fixed("{\"a\": \"cut"), "{\"a\": \"cut\n");
        assert_eq!(fixed("3\x0C\n\x0C\n\x0C4"), "3\n\x0C4\n");
    }

    #[test]
    fn committed_lines_stay() {
        let done = fix(b"{} \r\n{} \n{}", Format::Jsonl, 1, false);
        assert_eq!(
            (done.bytes.as_slice(), done.lines, done.committed),
            (&b"{} \r\n{}\n{}\n"[..], 2, 1)
        );
    }

    #[test]
    fn documents_keep_their_white_space() {
        let done = fix(b"\xEF\xBB\xBFa: |\r\n  x  \r\n\r\n", Format::Yaml, 0, false);
        assert_eq!(done.bytes, b"a: |\n  x  \n\n");
    }

    #[test]
    fn encodings_are_reversed_on_request() {
        let text = "{\"a\":\"naÃ¯ve\",\"n\":1.10}\n";
        assert_eq!(fixed(text), text);
        let done = fix(text.as_bytes(), Format::Jsonl, 0, true);
        assert_eq!(done.bytes, "{\"a\":\"naïve\",\"n\":1.10}\n".as_bytes());
        assert_eq!(done.texts, 1);
    }

    proptest! {
        #[test]
        fn idempotent_and_values_stay(text in "(\u{feff}|[\\[\\]{}:,\"a1. \t\r\n]){0,30}", committed in 0u32..3) {
            let once = fix(text.as_bytes(), Format::Jsonl, committed, false).bytes;
            let twice = fix(&once, Format::Jsonl, committed, false).bytes;
            if committed == 0 {
                prop_assert_eq!(&twice, &once);
            }
            let bare = |line: &[u8]| String::from_utf8_lossy(line).trim_start_matches('\u{feff}').to_owned();
            let values = |bytes: &[u8]| -> Vec<Value> {
                Lines::new(bytes).filter_map(|line| serde_json::from_str(&bare(line.text)).ok()).collect()
            };
            prop_assert_eq!(values(&once), values(text.as_bytes()));
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let once = fix(&bytes, Format::Jsonl, 0, true).bytes;
            let plain = fix(&bytes, Format::Jsonl, 0, false).bytes;
            prop_assert_eq!(fix(&plain, Format::Jsonl, 0, false).bytes, plain);
            prop_assert!(once.is_empty() || once.ends_with(b"\n"));
        }
    }
}
