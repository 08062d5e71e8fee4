//! Declared rules for texts that both sides changed.

/// Statuses that are begun or not, but neither done nor blocked.
const BEGUN: &[&str] = &["todo", "open", "doing", "in_progress", "review", "hooked"];

/// Whether ours (true) or theirs wins by a declared rule.
pub(super) fn winner(
    key: &str,
    base: Option<&str>,
    ours: &str,
    theirs: &str,
    done: &[&str],
) -> Option<bool> {
    if key == "status" {
        if ours == "tombstone" || theirs == "tombstone" {
            return Some(ours == "tombstone");
        }
        let is_done = |word: &str| matches!(word, "done" | "closed") || done.contains(&word);
        let is_begun = |word: &str| BEGUN.contains(&word);
        if base.is_some_and(is_done) {
            // One side opened it again, the other only says `done` in another word.
            return match (is_done(ours), is_done(theirs)) {
                (true, false) => Some(false),
                (false, true) => Some(true),
                _ => None,
            };
        }
        return match (is_done(ours), is_done(theirs)) {
            (true, false) if is_begun(theirs) => Some(true),
            (false, true) if is_begun(ours) => Some(false),
            _ => None,
        };
    }
    if key.ends_with("_at") {
        let (x, y) = (instant(ours)?, instant(theirs)?);
        // Two ways to write one instant: the same side wins from wherever it is looked at.
        let is_later = (x, ours) > (y, theirs);
        // What both sides made, the first of them made.
        return Some(is_later != (key == "created_at"));
    }
    None
}

/// Of two times in seconds or milliseconds, whether ours (true) or theirs wins.
pub(super) fn later(key: &str, ours: &str, theirs: &str) -> Option<bool> {
    if !key.ends_with("_at") {
        return None;
    }
    let (x, y) = (ours.parse::<u64>().ok()?, theirs.parse::<u64>().ok()?);
    (x != y).then_some((x > y) != (key == "created_at"))
}

/// Seconds and nanoseconds of an RFC 3339 time, as something to compare by.
pub(super) fn instant(text: &str) -> Option<(i64, String)> {
    if !trueline_core::scalar::is_timestamp(text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let rest = text.get(19..)?;
    let fraction: String = rest
        .strip_prefix('.')
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let shift = match zone.get(..1)? {
        "Z" | "z" => 0,
        sign => {
            let minutes =
                zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6)?.parse::<i64>().ok()?;
            if sign == "-" { -minutes } else { minutes }
        }
    };
    // Days since the year 0 of a calendar whose years begin in March.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day;
    let seconds = ((days * 24 + hour) * 60 + minute - shift) * 60 + second;
    Some((seconds, fraction.trim_end_matches('0').to_owned()))
}
