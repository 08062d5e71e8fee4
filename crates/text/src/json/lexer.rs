//! Tokens of RFC 8259, over bytes of a `str`.

use crate::SyntaxError;

/// First byte from `at` on that is not JSON white space.
pub(super) fn skip_space(src: &[u8], at: usize) -> usize {
    let rest = src.get(at..).unwrap_or_default();
    rest.iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        .map_or(src.len(), |more| at + more)
}

/// End of a run that can only be one misplaced word: nothing that JSON separates with.
pub(super) fn junk_end(src: &[u8], at: usize) -> usize {
    let rest = src.get(at..).unwrap_or_default();
    let len = rest
        .iter()
        .position(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' | b'"' | b'[' | b']' | b'{' | b'}'
            )
        })
        .unwrap_or(rest.len());
    at + len.max(1).min(rest.len())
}

/// A string token.
pub(super) struct Str {
    /// Byte after the closing quote, or where the string breaks off.
    pub(super) end: usize,
    /// Byte after the content.
    pub(super) content_end: usize,
    pub(super) has_escapes: bool,
}

/// Reads the string whose opening quote is at `at`; faults go to `report`.
///
/// A string that is not closed ends at the end of its line, so that the next line is
/// read as what it is.
pub(super) fn string(src: &[u8], at: usize, report: &mut impl FnMut(SyntaxError)) -> Str {
    let mut pos = at + 1;
    let mut has_escapes = false;
    loop {
        let rest = src.get(pos..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
        pos += plain.unwrap_or(rest.len());
        match src.get(pos) {
            Some(b'"') => {
                return Str {
                    end: pos + 1,
                    content_end: pos,
                    has_escapes,
                };
            }
            Some(b'\\') => {
                has_escapes = true;
                pos = escape(src, pos, report);
            }
            Some(b'\n' | b'\r') | None => {
                let error = SyntaxError::new(at, pos, "expected `\"` at the end of the string");
                report(error.help("a line break inside a string is written `\\n`"));
                return Str {
                    end: pos,
                    content_end: pos,
                    has_escapes,
                };
            }
            Some(control) => {
                let error = SyntaxError::new(
                    pos,
                    pos + 1,
                    format!("control character U+{control:04X} in a string"),
                );
                report(error.help(match control {
                    b'\t' => "write `\\t`".to_owned(),
                    control => format!("write `\\u{control:04x}`"),
                }));
                pos += 1;
            }
        }
    }
}

/// Checks the escape whose backslash is at `at`; gives the byte after it.
fn escape(src: &[u8], at: usize, report: &mut impl FnMut(SyntaxError)) -> usize {
    match src.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at + 2,
        Some(b'u') => {
            let digits = src.get(at + 2..).unwrap_or_default();
            let count = digits
                .iter()
                .take(4)
                .take_while(|byte| byte.is_ascii_hexdigit())
                .count();
            let end = at + 2 + count;
            if count < 4 {
                report(SyntaxError::new(
                    at,
                    end,
                    "expected four hexadecimal digits after `\\u`",
                ));
            }
            end
        }
        // The end of the line or of the text: the unclosed string is reported by the caller.
        None | Some(b'\n' | b'\r') => at + 1,
        Some(_) => {
            let len = char_len(src, at + 1);
            let error = SyntaxError::new(at, at + 1 + len, "unknown escape in a string");
            report(error.help("JSON knows `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four digits"));
            at + 1 + len
        }
    }
}

/// Bytes of the character at `at` in text that is valid UTF-8.
pub(super) fn char_len(src: &[u8], at: usize) -> usize {
    let rest = src.get(at + 1..).unwrap_or_default();
    1 + rest
        .iter()
        .take_while(|byte| (0x80..0xC0).contains(*byte))
        .count()
}

/// Text of a string's content: escapes decoded, a lone surrogate as U+FFFD, a faulty
/// escape kept as it is written.
pub(super) fn decode(content: &str) -> String {
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let mut chars = rest.chars();
        let char = match chars.next() {
            Some(char @ ('"' | '\\' | '/')) => char,
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => match unit(rest) {
                Some(high @ 0xD800..=0xDBFF) => {
                    let next = rest.get(5..).unwrap_or_default();
                    match next.strip_prefix('\\').and_then(unit) {
                        Some(low @ 0xDC00..=0xDFFF) => {
                            rest = next.get(6..).unwrap_or_default();
                            let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                            text.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
                        }
                        _ => {
                            rest = next;
                            text.push('\u{FFFD}');
                        }
                    }
                    continue;
                }
                Some(code) => {
                    rest = rest.get(5..).unwrap_or_default();
                    text.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
                    continue;
                }
                None => {
                    text.push('\\');
                    continue;
                }
            },
            _ => {
                text.push('\\');
                continue;
            }
        };
        text.push(char);
        rest = chars.as_str();
    }
    text.push_str(rest);
    text
}

/// The code unit of `uXXXX`.
fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix('u')?.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

/// Whether the whole of `token` is a number of RFC 8259; otherwise what is wrong with it.
pub(super) fn check_number(token: &[u8]) -> Result<(), &'static str> {
    let digits = |at: usize| {
        let rest = token.get(at..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(token.first() == Some(&b'-'));
    let whole = digits(at);
    match (token.get(at), whole) {
        (Some(b'0'), 2..) => return Err("a number has no leading zeros"),
        (Some(b'+'), _) => return Err("a number has no leading `+`"),
        (_, 0) => return Err("a number begins with a digit"),
        _ => at += whole,
    }
    if token.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return Err("a digit must follow the decimal point");
        }
        at += 1 + fraction;
    }
    if matches!(token.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(token.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return Err("a digit must follow the exponent's `e`");
        }
        at += 1 + sign + exponent;
    }
    if at == token.len() {
        Ok(())
    } else {
        Err("a decimal number is digits, at most one point and at most one exponent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for good in ["0", "-0", "10", "1.10", "1e400", "1E+2", "-0.0e-0"] {
            assert_eq!(check_number(good.as_bytes()), Ok(()), "{good}");
        }
        for bad in [
            "", "-", "01", "-01", "+1", "1.", ".5", "1e", "1e+", "0x1", "1.2.3", "1_0", "--1", "00",
        ] {
            assert!(check_number(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn decoding() {
        assert_eq!(decode(r#"a\"\\\/\b\f\n\r\tz"#), "a\"\\/\u{8}\u{C}\n\r\tz");
        assert_eq!(decode(r"\u00e9\uD834\uDD1E"), "é𝄞");
        assert_eq!(
            decode(r"\ud834x\udd1e\ud834\ud834\udd1e"),
            "\u{FFFD}x\u{FFFD}\u{FFFD}𝄞"
        );
        assert_eq!(
            decode(r"\x\u12\u+123\"),
            r"\x\u12\u+123\",
            "faulty ones stay"
        );
    }
}
