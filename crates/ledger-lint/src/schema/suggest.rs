//! Did you mean.

/// Longest name that is compared, in characters.
const MAX: usize = 64;

/// The candidate that the name most likely was meant to be: at most a third of its characters
/// changed, added, left out or swapped, upper and lower case and `-`/`_` aside. The first of
/// several equally near ones.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name)?;
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let Some(other) = fold(candidate) else {
            continue;
        };
        let limit = folded.len().max(other.len()).div_ceil(3);
        let distance = distance(&folded, &other);
        if distance <= limit
            && distance < other.len().max(1)
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn fold(name: &str) -> Option<Vec<char>> {
    let folded: Vec<char> = name
        .chars()
        .take(MAX + 1)
        .flat_map(char::to_lowercase)
        .map(|char| {
            if char == '-' || char == ' ' {
                '_'
            } else {
                char
            }
        })
        .collect();
    (folded.len() <= MAX).then_some(folded)
}

/// Edits between two names; two swapped neighbours are one edit.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], slot: usize| row.get(slot).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&last, j) + usize::from(x != y))
                .min(at(&last, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_not() {
        let fields = ["task_id", "agent", "model", "max", "reason", "timestamp"];
        let of = |name: &str| closest(name, fields);
        assert_eq!(of("tsak_id"), Some("task_id"));
        assert_eq!(of("Task-ID"), Some("task_id"));
        assert_eq!(of("timestmap"), Some("timestamp"));
        assert_eq!(of("agents"), Some("agent"));
        assert_eq!(of("zzz"), None);
        assert_eq!(of(""), None);
        assert_eq!(of(&"x".repeat(1000)), None);
        assert_eq!(
            closest("in_progress", ["in-progress", "done"]),
            Some("in-progress")
        );
    }
}
