//! What a plain scalar means.

use crate::tree::Kind;

/// Kind of a plain scalar, and its truth if it is a boolean.
pub(super) fn resolve(text: &str) -> (Kind, bool) {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => (Kind::Null, false),
        "true" | "True" | "TRUE" => (Kind::Bool, true),
        "false" | "False" | "FALSE" => (Kind::Bool, false),
        _ if is_integer(text) || is_float(text) => (Kind::Number, false),
        _ => (Kind::String, false),
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn all_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_digit(radix))
}

pub(super) fn is_integer(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return all_digits(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return all_digits(digits, 8);
    }
    let digits = unsigned(text);
    all_digits(digits, 10) && (digits == "0" || !digits.starts_with('0'))
}

pub(super) fn is_float(text: &str) -> bool {
    let number = unsigned(text);
    if matches!(number, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    if exponent.is_some_and(|exponent| !all_digits(unsigned(exponent), 10)) {
        return false;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    let digits_or_none = |part: &str| part.is_empty() || all_digits(part, 10);
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let is_plain_integer = exponent.is_none() && !mantissa.contains('.');
    has_digits
        && !has_leading_zero
        && !is_plain_integer
        && digits_or_none(whole)
        && digits_or_none(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        for number in [
            "0", "-1", "+12", "0x1F", "0o17", "1.10", ".5", "-.5", "1.", "1e3", "1.5E-7", ".inf",
            "-.Inf", ".nan",
        ] {
            assert_eq!(resolve(number).0, Kind::Number, "{number}");
        }
        for text in [
            "0127",
            "00",
            "1_000",
            "0b1",
            "12:30",
            "2026-01-01",
            "1.2.3",
            ".",
            "-",
            "+",
            "e3",
            "1e",
            "-.nan",
            "0x",
            "x",
            "yes",
            "No",
            "on",
            "tRUE",
            "nULL",
            "00.5",
            "1e1.5",
        ] {
            assert_eq!(resolve(text).0, Kind::String, "{text}");
        }
        assert_eq!(resolve("True"), (Kind::Bool, true));
        assert_eq!(resolve("FALSE"), (Kind::Bool, false));
        assert_eq!(resolve("~").0, Kind::Null);
    }
}
