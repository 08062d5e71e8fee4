//! Text of `cargo test`.

use super::text::{count, lines};
use super::{Format, Names, Summary};

pub(super) fn read(log: &[u8]) -> Option<Summary> {
    let mut summary = Summary::new(Format::Cargo);
    let mut names = Names::default();
    let (mut begun, mut ended) = (0u64, 0u64);
    for line in lines(log) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            let (Some(passed), Some(failed)) = (count(rest, &["passed"]), count(rest, &["failed"]))
            else {
                continue;
            };
            ended += 1;
            summary.passed = summary.passed.saturating_add(passed);
            summary.failed = summary.failed.saturating_add(failed);
            summary.skipped = summary
                .skipped
                .saturating_add(count(rest, &["ignored"]).unwrap_or(0));
        } else if let Some(rest) = line.strip_prefix("running ") {
            if rest.ends_with(" tests") || rest == "1 test" {
                begun += 1;
            }
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            names.add(name);
        }
    }
    summary.failed_names = names.list;
    summary.complete = begun == ended;
    (ended > 0).then_some(summary)
}
