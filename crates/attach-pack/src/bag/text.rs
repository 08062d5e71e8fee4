//! Tag files in the encodings that bags declare.

/// The text of a tag file; `None` if it is not in that encoding, or the encoding is not known.
pub(super) fn decode(bytes: Vec<u8>, encoding: &str) -> Option<String> {
    match encoding.trim().to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => String::from_utf8(bytes).ok(),
        "ISO-8859-1" | "LATIN-1" | "LATIN1" | "ISO8859-1" => {
            Some(bytes.iter().map(|b| char::from(*b)).collect())
        }
        "UTF-16" | "UTF16" => match bytes.as_slice() {
            [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
            rest => utf16(rest, u16::from_be_bytes),
        },
        "UTF-16LE" => utf16(&bytes, u16::from_le_bytes),
        "UTF-16BE" => utf16(&bytes, u16::from_be_bytes),
        _ => None,
    }
}

fn utf16(bytes: &[u8], of: fn([u8; 2]) -> u16) -> Option<String> {
    let units: Option<Vec<u16>> = bytes
        .chunks(2)
        .map(|pair| pair.try_into().ok().map(of))
        .collect();
    String::from_utf16(&units?).ok()
}

#[cfg(test)]
mod tests {

    fn decode(bytes: &[u8], encoding: &str) -> Option<String> {
        super::decode(bytes.to_vec(), encoding)
    }

    #[test]
    fn encodings() {
        assert_eq!(decode("é".as_bytes(), "utf-8").as_deref(), Some("é"));
        assert_eq!(decode(b"\xe9", "UTF-8"), None);
        assert_eq!(decode(b"\xe9", "ISO-8859-1").as_deref(), Some("é"));
        assert_eq!(decode(b"\xff\xfea\0", "UTF-16").as_deref(), Some("a"));
        assert_eq!(decode(b"\0a", "UTF-16").as_deref(), Some("a"));
        assert_eq!(decode(b"\0", "UTF-16"), None);
        assert_eq!(decode(b"a", "EBCDIC"), None);
    }
}
