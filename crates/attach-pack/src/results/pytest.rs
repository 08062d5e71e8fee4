//! Text of `pytest`.

use super::text::{count, lines};
use super::{Format, Names, Summary};

pub(super) fn read(log: &[u8]) -> Option<Summary> {
    let mut summary = Summary::new(Format::Pytest);
    let mut names = Names::default();
    let (mut begun, mut ended) = (0u64, 0u64);
    for line in lines(log) {
        let inner = line.trim_matches(['=', ' ']);
        if line.starts_with("====") && inner == "test session starts" {
            begun += 1;
        } else if is_last(&line, inner) {
            ended += 1;
            let of = |words: &[&str]| count(inner, words).unwrap_or(0);
            summary.passed = summary
                .passed
                .saturating_add(of(&["passed"]))
                .saturating_add(of(&["xpassed"]));
            summary.failed = summary
                .failed
                .saturating_add(of(&["failed"]))
                .saturating_add(of(&["error", "errors"]));
            summary.skipped = summary
                .skipped
                .saturating_add(of(&["skipped"]))
                .saturating_add(of(&["xfailed"]));
        } else if let Some(rest) = line
            .strip_prefix("FAILED ")
            .or_else(|| line.strip_prefix("ERROR "))
            && rest.contains(".py")
        {
            names.add(rest.split_once(" - ").map_or(rest, |(name, _)| name));
        }
    }
    summary.failed_names = names.list;
    summary.complete = begun <= ended;
    (ended > 0).then_some(summary)
}

/// `== 1 failed, 2 passed in 0.12s ==`, or the same without the bars (`-q`).
fn is_last(line: &str, inner: &str) -> bool {
    let Some((counts, time)) = inner.rsplit_once(" in ") else {
        return false;
    };
    let timed = time
        .split(' ')
        .next()
        .and_then(|t| t.strip_suffix('s'))
        .is_some_and(|t| t.parse::<f64>().is_ok());
    let counted = counts == "no tests ran"
        || counts.split(", ").all(|part| {
            part.split_once(' ').is_some_and(|(n, what)| {
                n.parse::<u64>().is_ok()
                    && matches!(
                        what,
                        "passed"
                            | "failed"
                            | "skipped"
                            | "error"
                            | "errors"
                            | "xfailed"
                            | "xpassed"
                            | "deselected"
                            | "warning"
                            | "warnings"
                            | "rerun"
                            | "subtests passed"
                    )
            })
        });
    timed && counted && (line.starts_with('=') || line == inner)
}
