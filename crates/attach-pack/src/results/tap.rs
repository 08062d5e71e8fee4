//! TAP, versions 12 to 14, with the closing comments of `node --test`.

use super::text::lines;
use super::{Format, Names, Summary};

pub(super) fn read(log: &[u8]) -> Option<Summary> {
    let mut names = Names::default();
    let mut own = Summary::new(Format::Tap);
    let mut closing = [None::<u64>; 6];
    let (mut plan, mut points, mut bailed) = (None::<u64>, 0u64, false);
    for line in lines(log) {
        let inner = line.trim_start();
        let top = inner.len() == line.len();
        if let Some(rest) = line.strip_prefix("# ") {
            for (slot, label) in closing.iter_mut().zip([
                "pass ",
                "fail ",
                "skipped ",
                "todo ",
                "cancelled ",
                "tests ",
            ]) {
                if let Some(number) = rest.strip_prefix(label).and_then(|n| n.trim().parse().ok()) {
                    *slot = Some(number);
                }
            }
        } else if let Some(number) = line.strip_prefix("1..").filter(|_| top) {
            plan = number.split(' ').next().and_then(|n| n.parse().ok());
        } else if line.starts_with("Bail out!") {
            bailed = true;
        } else if let Some((good, rest)) = point(inner) {
            let directive = rest
                .rsplit_once(" # ")
                .map_or("", |(_, d)| d)
                .to_ascii_uppercase();
            let (skip, todo) = (directive.starts_with("SKIP"), directive.starts_with("TODO"));
            if !good && !skip && !todo {
                names.add(description(rest));
            }
            if top {
                points += 1;
                match (good, skip || todo) {
                    (_, true) => own.skipped += 1,
                    (true, false) => own.passed += 1,
                    (false, false) => own.failed += 1,
                }
            }
        }
    }
    own.failed_names = names.list;
    own.complete = !bailed && plan == Some(points);
    if let [Some(pass), Some(fail), skipped, todo, cancelled, _] = closing {
        own.passed = pass;
        own.failed = fail.saturating_add(cancelled.unwrap_or(0));
        own.skipped = skipped.unwrap_or(0).saturating_add(todo.unwrap_or(0));
    }
    // A word "ok" alone is no TAP.
    (plan.is_some() && (points > 0 || plan == Some(0)) || log.starts_with(b"TAP version "))
        .then_some(own)
}

/// Whether the point is good, and the text after `ok` or `not ok`.
fn point(line: &str) -> Option<(bool, &str)> {
    let (good, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    (rest.is_empty() || rest.starts_with(' ')).then_some((good, rest))
}

/// The name of a point: without its number, the dash and the directive.
fn description(rest: &str) -> &str {
    let rest = rest
        .trim_start()
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start();
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    rest.rsplit_once(" # ").map_or(rest, |(name, _)| name)
}
