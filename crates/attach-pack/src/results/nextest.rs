//! Text of `cargo nextest run`.

use super::text::{count, lines};
use super::{Format, Names, Summary};

pub(super) fn read(log: &[u8]) -> Option<Summary> {
    let mut summary = Summary::new(Format::Nextest);
    let mut names = Names::default();
    let (mut begun, mut ended) = (0u64, 0u64);
    for line in lines(log) {
        let line = line.trim_start();
        if let Some((_, rest)) = line
            .strip_prefix("Summary [")
            .and_then(|rest| rest.split_once(']'))
        {
            let Some((_, rest)) = rest.split_once("run:") else {
                continue;
            };
            ended += 1;
            summary.passed = summary
                .passed
                .saturating_add(count(rest, &["passed"]).unwrap_or(0));
            let failed = count(rest, &["failed"])
                .unwrap_or(0)
                .saturating_add(count(rest, &["timed"]).unwrap_or(0));
            summary.failed = summary.failed.saturating_add(failed);
            summary.skipped = summary
                .skipped
                .saturating_add(count(rest, &["skipped"]).unwrap_or(0));
        } else if line.starts_with("Starting ") && line.contains(" test") {
            begun += 1;
        } else if let Some(rest) = ["FAIL [", "TIMEOUT [", "SIGSEGV [", "SIGABRT [", "ABORT ["]
            .iter()
            .find_map(|head| line.strip_prefix(head))
            && let Some((_, name)) = rest.split_once(']')
        {
            // Newer versions number the tests: `( 3/10) crate test`.
            let name = name.trim_start();
            names.add(match name.strip_prefix('(') {
                Some(rest) => rest.split_once(')').map_or(name, |(_, name)| name),
                None => name,
            });
        }
    }
    summary.failed_names = names.list;
    summary.complete = begun <= ended;
    (ended > 0).then_some(summary)
}
