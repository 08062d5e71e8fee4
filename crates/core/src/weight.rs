//! Exact weights and shares.
//!
//! Weights that sum to 1 on paper sum to 0.9999999999999999 in floating point; here they are
//! decimals read from the token's own text, and every sum, share and percentage is a fraction
//! of integers.

use std::borrow::Cow;
use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact fraction of integers of any size.
pub type Ratio = BigRational;

/// Most digits of a weight, zeros included.
pub const MAX_DIGITS: usize = 30;
/// Largest exponent of a weight, either way.
pub const MAX_EXPONENT: i32 = 30;

/// A weight: a decimal number, zero or more, exactly as written (`0.05`, `3`, `1e-2`).
///
/// Limits: 30 digits (leading and trailing zeros count), exponents from -30 to 30; the schema
/// does not know them. Equality is by value (`1.10` equals
/// `1.1`); the text it was read from is kept for writing it back.
#[derive(Debug, Clone)]
pub struct Weight {
    text: String,
    value: Ratio,
}

/// A text that is no weight.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWeight {
    /// Not a JSON number.
    #[error("a weight is a decimal number such as 0.05 or 3, not `{0}`")]
    NotANumber(String),
    /// Below zero.
    #[error("a weight is zero or more, not {0}")]
    Negative(String),
    /// More digits or a larger exponent than the limits.
    #[error(
        "a weight has at most {MAX_DIGITS} digits and an exponent of at most {MAX_EXPONENT} either way"
    )]
    TooLong,
}

impl Weight {
    /// Reads a JSON number's text.
    ///
    /// # Errors
    /// See [`BadWeight`].
    pub fn parse(text: &str) -> Result<Self, BadWeight> {
        let bad = || BadWeight::NotANumber(text.chars().take(40).collect());
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, parse_exponent(exponent).ok_or_else(bad)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((_, "")) => return Err(bad()),
            Some((whole, fraction)) => (whole, fraction),
            None => (number, ""),
        };
        let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !is_digits(whole)
            || !is_digits(fraction)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return Err(bad());
        }
        if whole.len() + fraction.len() > MAX_DIGITS || exponent.abs() > MAX_EXPONENT {
            return Err(BadWeight::TooLong);
        }
        let digits: BigInt = format!("{whole}{fraction}").parse().map_err(|_| bad())?;
        let fraction_digits = i32::try_from(fraction.len()).map_err(|_| BadWeight::TooLong)?;
        let scale = exponent - fraction_digits;
        let power = BigInt::from(10).pow(scale.unsigned_abs());
        let value = if scale < 0 {
            Ratio::new(digits, power)
        } else {
            Ratio::from_integer(digits * power)
        };
        if negative && !value.is_zero() {
            return Err(BadWeight::Negative(crate::scalar::shown(text)));
        }
        Ok(Weight {
            text: text.to_owned(),
            value,
        })
    }

    /// The weight of an item that states none.
    pub fn one() -> Self {
        Weight {
            text: "1".to_owned(),
            value: Ratio::one(),
        }
    }

    /// The exact value.
    pub fn value(&self) -> &Ratio {
        &self.value
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // A longer exponent is far outside the limit; its value no longer matters.
    let value = digits
        .trim_start_matches('0')
        .get(..4)
        .map_or_else(|| digits.parse().unwrap_or(i32::MAX), |_| i32::MAX);
    Some(if text.starts_with('-') {
        value.saturating_neg()
    } else {
        value
    })
}

impl PartialEq for Weight {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Weight {}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::value::RawValue::from_string(self.text.clone()) {
            Ok(raw) => raw.serialize(serializer),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        Weight::parse(raw.get()).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Weight {
    fn schema_name() -> Cow<'static, str> {
        "Weight".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "number",
            "description": "A weight: a decimal number, zero or more, computed with exactly.",
            "minimum": 0
        })
    }
}

/// The sum of weights, exactly.
pub fn sum<'a>(weights: impl IntoIterator<Item = &'a Weight>) -> Ratio {
    weights
        .into_iter()
        .fold(Ratio::zero(), |total, weight| total + &weight.value)
}

/// `part / whole`, or zero when the whole is zero.
pub fn share(part: &Ratio, whole: &Ratio) -> Ratio {
    if whole.is_zero() {
        Ratio::zero()
    } else {
        part / whole
    }
}

/// A share as a percentage with two decimals, **floored**, so that `100.00` means all of it:
/// `2/3` is `66.66`. A negative share keeps its sign and is floored towards zero.
pub fn percent(share: &Ratio) -> String {
    let hundredths = (share.abs() * Ratio::from_integer(BigInt::from(10_000)))
        .floor()
        .to_integer();
    let whole = &hundredths / 100;
    let rest = (&hundredths % 100u32).to_u32().unwrap_or(0);
    let sign = if share.is_negative() && !hundredths.is_zero() {
        "-"
    } else {
        ""
    };
    format!("{sign}{whole}.{rest:02}")
}

/// A fraction as people write it: a decimal when it ends (`0.95`), else `2/3`.
pub fn display(ratio: &Ratio) -> String {
    for digits in 0..=MAX_DIGITS {
        let power = BigInt::from(10).pow(u32::try_from(digits).unwrap_or(0));
        let scaled = ratio * Ratio::from_integer(power);
        if scaled.is_integer() {
            let text = scaled.to_integer().abs().to_string();
            let sign = if ratio.is_negative() { "-" } else { "" };
            let padded = format!("{text:0>width$}", width = digits + 1);
            let (whole, fraction) = padded.split_at(padded.len() - digits);
            return if digits == 0 {
                format!("{sign}{whole}")
            } else {
                format!("{sign}{whole}.{fraction}")
            };
        }
    }
    ratio.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weight(text: &str) -> Weight {
        Weight::parse(text).unwrap()
    }

    #[test]
    fn phase_weights_that_sum_to_one_do() {
        let texts = ["0.1"; 10];
        assert!(
            texts.iter().map(|t| t.parse::<f64>().unwrap()).sum::<f64>() < 1.0,
            "floating point misses it"
        );
        let weights: Vec<Weight> = texts.iter().map(|t| weight(t)).collect();
        assert_eq!(sum(&weights), Ratio::one());
    }

    #[test]
    fn equality_is_by_value_and_text_is_kept() {
        assert_eq!(weight("1.10"), weight("1.1"));
        assert_eq!(weight("1.10").as_str(), "1.10");
        assert_eq!(weight("25e-2"), weight("0.25"));
        assert_eq!(weight("-0"), weight("0"));
        let json: Vec<Weight> = serde_json::from_str("[1.10, 3, 1E2]").unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), "[1.10,3,1E2]");
    }

    #[test]
    fn what_is_no_weight_is_refused() {
        for bad in [
            "", "x", "1.", ".5", "01", "1e", "1e+", "--1", "0x1", "1_0", "NaN", "\"1\"",
        ] {
            assert!(
                matches!(Weight::parse(bad), Err(BadWeight::NotANumber(_))),
                "{bad}"
            );
        }
        assert!(matches!(Weight::parse("-0.1"), Err(BadWeight::Negative(_))));
        for long in [&"9".repeat(31), "1e31", "1e-99999999999999999999", "1e9999"] {
            assert_eq!(Weight::parse(long), Err(BadWeight::TooLong), "{long}");
        }
        assert!(serde_json::from_str::<Weight>("\"1\"").is_err());
    }

    #[test]
    fn percentages_are_floored() {
        let ratio = |a: i64, b: i64| Ratio::new(a.into(), b.into());
        assert_eq!(percent(&ratio(2, 3)), "66.66");
        assert_eq!(percent(&ratio(99_999, 100_000)), "99.99");
        assert_eq!(percent(&ratio(1, 1)), "100.00");
        assert_eq!(percent(&ratio(0, 1)), "0.00");
        assert_eq!(percent(&ratio(-1, 3)), "-33.33");
    }

    #[test]
    fn fractions_are_shown_as_written() {
        let ratio = |a: i64, b: i64| Ratio::new(a.into(), b.into());
        assert_eq!(display(&ratio(19, 20)), "0.95");
        assert_eq!(display(&ratio(2, 3)), "2/3");
        assert_eq!(display(&ratio(-5, 2)), "-2.5");
        assert_eq!(display(&ratio(12, 1)), "12");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9.eE]{0,12}") {
            let json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            if Weight::parse(&text).is_ok() {
                prop_assert!(json, "{} is no JSON number", text);
            }
        }

        #[test]
        fn display_reads_back(whole in 0u64..1_000_000, fraction in "[0-9]{0,6}") {
            let text = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
            let value = weight(&text);
            prop_assert_eq!(weight(&display(value.value())), value);
        }
    }
}
