//! Series of ids: what comes after `WBS-1.6`.

/// The id after the highest one of the same series: the same text up to its last number.
pub(crate) fn next<'i>(id: &str, taken: impl Iterator<Item = &'i str>) -> String {
    let (stem, _) = split(id);
    after(stem, taken)
}

/// The id after the highest one that begins with `stem`: `WBS-1.` gives `WBS-1.7`.
pub(crate) fn after<'i>(stem: &str, taken: impl Iterator<Item = &'i str>) -> String {
    let (mut highest, mut width) = (0, 0);
    for id in taken {
        let (other, number) = split(id);
        let Some(number) = number.filter(|_| other == stem) else {
            continue;
        };
        highest = highest.max(number);
        let digits = id.get(stem.len()..).unwrap_or_default();
        if digits.starts_with('0') && digits.len() > 1 {
            width = width.max(digits.len());
        }
    }
    format!("{stem}{:0width$}", highest.saturating_add(1))
}

/// The text up to the last number, and that number.
fn split(id: &str) -> (&str, Option<u64>) {
    let stem = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = id.get(stem.len()..).unwrap_or_default();
    match number.is_empty() {
        true => (id, None),
        false => (stem, number.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_counts() {
        let taken = ["WBS-1.2", "WBS-1.10", "WBS-2.30", "x"];
        assert_eq!(next("WBS-1.2", taken.into_iter()), "WBS-1.11");
        assert_eq!(after("WBS-3.", taken.into_iter()), "WBS-3.1");
        assert_eq!(next("x", taken.into_iter()), "x1");
    }

    /// After `WBS-056` came `WBS-57`, of which `WBS-057` would be the twin.
    #[test]
    fn numbers_stay_as_wide_as_they_are() {
        let taken = ["WBS-001", "WBS-056", "WBS-1.0"];
        assert_eq!(next("WBS-001", taken.into_iter()), "WBS-057");
        assert_eq!(next("WBS-1.0", taken.into_iter()), "WBS-1.1");
        assert_eq!(after("W-", ["W-098", "W-999"].into_iter()), "W-1000");
    }
}
