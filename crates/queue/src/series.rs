//! Series of ids: what comes after `WBS-1.6`.

/// The id after the highest one of the same series: the same text up to its last number.
pub(crate) fn next<'i>(id: &str, taken: impl Iterator<Item = &'i str>) -> String {
    let (stem, _) = split(id);
    after(stem, taken)
}

/// The id after the highest one that begins with `stem`: `WBS-1.` gives `WBS-1.7`.
pub(crate) fn after<'i>(stem: &str, taken: impl Iterator<Item = &'i str>) -> String {
    let highest = taken
        .filter_map(|id| {
            let (other, number) = split(id);
            (other == stem).then_some(number?)
        })
        .max()
        .unwrap_or(0);
    format!("{stem}{}", highest.saturating_add(1))
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
}
