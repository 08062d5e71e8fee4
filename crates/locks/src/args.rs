//! Values of the command line.

use std::time::Duration;

use trueline_core::Id;
use trueline_kit::Error;
use trueline_lease::LockId;

/// `90`, `90s`, `30m`, `2h`, `1d`, `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is no duration such as 90s, 30m, 2h or 1d");
    let mut total: u64 = 0;
    let mut rest = text;
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map(Duration::from_secs).map_err(|_| bad());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).ok_or_else(bad)?;
        let mut chars = after.chars();
        let unit = match chars.next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 24 * 3600,
            _ => return Err(bad()),
        };
        let number: u64 = number.parse().map_err(|_| bad())?;
        total = number
            .checked_mul(unit)
            .and_then(|seconds| total.checked_add(seconds))
            .ok_or_else(bad)?;
        rest = chars.as_str();
    }
    if text.is_empty() {
        return Err(bad());
    }
    Ok(Duration::from_secs(total))
}

/// An agent's name or a work item.
pub(crate) fn id(text: &str) -> Result<Id, String> {
    Id::new(text).map_err(|e| e.to_string())
}

/// `LOCK_ID:SEQ`, as `locks list` shows it.
pub(crate) fn expect(text: &str) -> Result<(LockId, u64), String> {
    let parsed = text.split_once(':').and_then(|(id, seq)| {
        let seq = seq.bytes().all(|b| b.is_ascii_digit()).then_some(seq)?;
        Some((LockId::new(id)?, seq.parse().ok()?))
    });
    parsed.ok_or_else(|| {
        format!("`{text}` is not LOCK_ID:SEQ (32 hexadecimal digits, a colon, a number)")
    })
}

/// An error of the lease crate, for the edge.
pub(crate) fn store_error(error: &trueline_lease::Error) -> Error {
    use trueline_lease::Error as E;
    let edge = match error {
        E::BadRequest(_) => Error::usage(error.to_string()),
        _ => Error::io(error.to_string()),
    };
    match error {
        E::ReadOnly { .. } => edge.hint(
            "locks live in the git folder, which all worktrees share; without writing there they \
             would protect nothing",
        ),
        E::NoLocks { .. } => edge.hint("put the repository on a local disk"),
        E::Busy { .. } => {
            edge.hint("another `locks` command is running, or is stopped; try --wait")
        }
        E::NotHolder { held, .. } => edge.hint(format!(
            "if {} is gone: `locks recover --expect {} --reason TEXT`",
            held.owner,
            held.version_tag()
        )),
        E::StillActive { verdict, .. } if verdict.lease_left >= 0 => edge.hint(format!(
            "{} of its lease left; --force takes it over all the same",
            span(verdict.lease_left)
        )),
        E::StillActive { verdict, .. } => edge.hint(format!(
            "its lease is over for {}, which {}s of grace follow; --force takes it over all the same",
            span(verdict.lease_left),
            trueline_lease::DEFAULT_GRACE.as_secs()
        )),
        E::Changed { .. } | E::NoSuchLock { .. } => edge.hint("`locks list` shows what is held"),
        E::Unreadable { .. } => edge.hint("`locks doctor` says how to mend it"),
        _ => edge,
    }
}

/// A time span for people: `29m`, `1h 5m`, `12s`.
pub(crate) fn span(seconds: i64) -> String {
    let s = seconds.unsigned_abs();
    match s {
        0..60 => format!("{s}s"),
        60..3600 => format!("{}m", s / 60),
        3600..86_400 => format!("{}h {}m", s / 3600, s % 3600 / 60),
        _ => format!("{}d {}h", s / 86_400, s % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let seconds = |t| duration(t).map(|d| d.as_secs());
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(seconds("30m"), Ok(1800));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("2d"), Ok(172_800));
        for bad in [
            "",
            "m",
            "-1",
            "1x",
            "1 m",
            "1.5h",
            "h1",
            "99999999999999999999s",
            "é",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn expected_records() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(expect(&format!("{id}:7")).unwrap().1, 7);
        for bad in [
            id.to_owned(),
            format!("{id}:"),
            format!("{id}:-1"),
            format!("{id}:+1"),
            "x:1".into(),
        ] {
            assert!(expect(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spans() {
        assert_eq!(span(59), "59s");
        assert_eq!(span(-61), "1m");
        assert_eq!(span(3_900), "1h 5m");
        assert_eq!(span(90_000), "1d 1h");
    }
}
