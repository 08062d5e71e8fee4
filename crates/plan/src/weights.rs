//! Exact weights, fast: all of them are decimals, so that over one power of ten they are
//! integers.

use num_bigint::{BigInt, BigUint};
use num_traits::{ToPrimitive, Zero};
use trueline_core::{Ratio, Weight};

/// Whether a token is a weight (see [`Weight`]).
pub(crate) fn is_weight(token: &str) -> bool {
    plain(token).is_some() || Weight::parse(token).is_ok()
}

/// Digits and number of decimals of a plain decimal (`0.05`, `3`) of at most 18 digits.
fn plain(token: &str) -> Option<(u64, u32)> {
    let bytes = token.as_bytes();
    if bytes.len() > 19 || !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() {
        return None;
    }
    if bytes.len() > 1 && bytes.first() == Some(&b'0') && bytes.get(1) != Some(&b'.') {
        return None;
    }
    let (mut digits, mut decimals, mut after_point, mut count) = (0u64, 0u32, false, 0u32);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                count += 1;
                decimals += u32::from(after_point);
            }
            b'.' if !after_point => after_point = true,
            _ => return None,
        }
    }
    (count <= 18).then_some((digits, decimals))
}

/// Weights of items as integers over a common power of ten.
#[derive(Debug, Clone)]
pub(crate) struct Units {
    /// One entry an item.
    pub(crate) of: Values,
    /// What one is.
    pub(crate) one: BigUint,
}

/// The integers: small ones where all sums fit.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    Small(Vec<u128>),
    Large(Vec<BigUint>),
}

impl Units {
    /// Scales the tokens; `None`, and one that is no weight, count as 1.
    pub(crate) fn new<'t>(tokens: impl Iterator<Item = Option<&'t str>> + Clone) -> Units {
        Units::small(tokens.clone()).unwrap_or_else(|| Units::large(tokens))
    }

    fn small<'t>(tokens: impl Iterator<Item = Option<&'t str>>) -> Option<Units> {
        let parsed: Vec<(u64, u32)> = tokens
            .map(|token| token.map_or(Some((1, 0)), plain))
            .collect::<Option<_>>()?;
        let scale = parsed
            .iter()
            .map(|(_, decimals)| *decimals)
            .max()
            .unwrap_or(0);
        // Each is below 10^18 x 10^18 = 10^36; a sum of as many as an id space holds may not
        // fit, hence the check of the sum.
        let mut sum = 0u128;
        let mut values = Vec::with_capacity(parsed.len());
        for (digits, decimals) in parsed {
            let value = u128::from(digits) * 10u128.pow(scale - decimals);
            sum = sum.checked_add(value)?;
            values.push(value);
        }
        Some(Units {
            of: Values::Small(values),
            one: BigUint::from(10u128.pow(scale)),
        })
    }

    fn large<'t>(tokens: impl Iterator<Item = Option<&'t str>>) -> Units {
        let weights: Vec<Weight> = tokens
            .map(|token| {
                token
                    .and_then(|t| Weight::parse(t).ok())
                    .unwrap_or_else(Weight::one)
            })
            .collect();
        let mut one = BigInt::from(1);
        for weight in &weights {
            // Denominators divide powers of ten, so that the largest power serves all.
            while !(weight.value() * Ratio::from_integer(one.clone())).is_integer() {
                one *= 10;
            }
        }
        let scale = Ratio::from_integer(one.clone());
        let values = weights
            .iter()
            .map(|weight| {
                let scaled = (weight.value() * &scale).to_integer();
                scaled.to_biguint().unwrap_or_default()
            })
            .collect();
        Units {
            of: Values::Large(values),
            one: one.to_biguint().unwrap_or_default(),
        }
    }

    /// The weight of an item.
    pub(crate) fn get(&self, at: usize) -> BigUint {
        match &self.of {
            Values::Small(values) => values.get(at).copied().unwrap_or(0).into(),
            Values::Large(values) => values.get(at).cloned().unwrap_or_default(),
        }
    }

    /// The weight of several items.
    pub(crate) fn sum(&self, items: impl Iterator<Item = usize>) -> BigUint {
        match &self.of {
            // The sum of all of them fits (see `small`).
            Values::Small(values) => items
                .filter_map(|at| values.get(at))
                .fold(0u128, |sum, value| sum.saturating_add(*value))
                .into(),
            Values::Large(values) => items.filter_map(|at| values.get(at)).sum(),
        }
    }

    /// Part of a total that an item weighs, in ten-thousandths, floored; 0 of nothing.
    pub(crate) fn share(&self, at: usize, total: &BigUint) -> u64 {
        const WHOLE: u32 = 10_000;
        if let (Values::Small(values), Some(total)) = (&self.of, total.to_u128()) {
            let units = values.get(at).copied().unwrap_or(0);
            if let Some(scaled) = units.checked_mul(WHOLE.into()) {
                let share = scaled.checked_div(total).unwrap_or(0);
                return u64::try_from(share).unwrap_or(u64::MAX);
            }
        }
        if total.is_zero() {
            return 0;
        }
        (self.get(at) * WHOLE / total).to_u64().unwrap_or(u64::MAX)
    }

    /// Units as a fraction.
    pub(crate) fn ratio(&self, units: &BigUint) -> Ratio {
        if self.one.is_zero() {
            return Ratio::zero();
        }
        Ratio::new(BigInt::from(units.clone()), BigInt::from(self.one.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratios(tokens: &[Option<&str>]) -> Vec<Ratio> {
        let units = Units::new(tokens.iter().copied());
        (0..tokens.len())
            .map(|at| units.ratio(&units.get(at)))
            .collect()
    }

    #[test]
    fn large_and_small_agree() {
        let tokens = [
            Some("0.05"),
            None,
            Some("3"),
            Some("1e2"),
            Some("0.000000000000000000001"),
        ];
        let exact: Vec<Ratio> = tokens
            .iter()
            .map(|t| {
                t.map_or_else(Weight::one, |t| Weight::parse(t).unwrap())
                    .value()
                    .clone()
            })
            .collect();
        assert_eq!(ratios(&tokens), exact);
        assert_eq!(ratios(&tokens[..3]), exact[..3]);
        assert!(matches!(
            Units::new(tokens[..3].iter().copied()).of,
            Values::Small(_)
        ));
        assert!(matches!(
            Units::new(tokens.iter().copied()).of,
            Values::Large(_)
        ));
    }

    #[test]
    fn shares_are_floored_and_exact() {
        let tokens = [Some("1"), Some("2"), Some("0")];
        let units = Units::new(tokens.into_iter());
        let total = units.sum(0..3);
        assert_eq!([0, 1, 2].map(|at| units.share(at, &total)), [3333, 6666, 0]);
        assert_eq!(units.share(0, &BigUint::ZERO), 0);
        let long = Some("0.000000000000000000000000000000000000001");
        let units = Units::new([long, long].into_iter());
        assert!(matches!(units.of, Values::Large(_)));
        assert_eq!(units.share(0, &units.sum(0..2)), 5000);
    }

    #[test]
    fn no_weight_counts_as_one_and_nothing_overflows() {
        assert_eq!(ratios(&[Some("x")]), ratios(&[Some("1")]));
        let long = "999999999999999999";
        let small = "0.00000000000000001";
        let many: Vec<Option<&str>> = (0..400)
            .map(|i| Some(if i == 0 { small } else { long }))
            .collect();
        assert_eq!(ratios(&many).len(), 400);
    }

    proptest! {
        #[test]
        fn fast_path_accepts_only_weights(token in "[-+0-9.e]{0,8}") {
            if plain(&token).is_some() {
                prop_assert!(Weight::parse(&token).is_ok(), "{}", token);
            }
        }

        #[test]
        fn fast_path_is_exact(a in 0u64..100_000, scale in 0i32..5) {
            let digits = usize::try_from(scale).unwrap();
            let token = format!("{:.digits$}", a as f64 / 10f64.powi(scale));
            let exact = Weight::parse(&token).unwrap();
            prop_assert_eq!(&ratios(&[Some(&token)])[0], exact.value());
        }
    }
}
