//! Named fault points: where a process may die while it changes the store.
//!
//! With the feature `testing` and `TRUELINE_FAULT=name` (or `name:3` for its third time) the
//! process aborts there, as if killed; `TRUELINE_FAULT_DELAY_MS` makes each point slow, so that
//! races become likely. Without the feature the points are nothing.

/// Every point, `operation.step`, in the order in which it is passed.
pub const POINTS: &[&str] = &[
    "publish.begin",
    "publish.fence-written",
    "publish.file-created",
    "publish.file-written",
    "publish.file-synced",
    "publish.renamed",
    "publish.end",
    "renew.begin",
    "renew.file-created",
    "renew.file-written",
    "renew.file-synced",
    "renew.renamed",
    "renew.end",
    "recover.begin",
    "recover.file-created",
    "recover.file-written",
    "recover.file-synced",
    "recover.renamed",
    "recover.archived",
    "recover.removed",
    "recover.end",
    "release.begin",
    "release.removed",
    "release.end",
    "fence.file-created",
    "fence.file-written",
    "fence.file-synced",
    "fence.renamed",
    "fence.first-copy",
];

/// Passes the point `operation.step`.
#[cfg(not(feature = "testing"))]
#[inline]
pub(crate) fn point(_operation: &str, _step: &str) {}

/// Passes the point `operation.step`.
#[cfg(feature = "testing")]
pub(crate) fn point(operation: &str, step: &str) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    if let Some(ms) = number("TRUELINE_FAULT_DELAY_MS") {
        std::thread::sleep(std::time::Duration::from_millis(ms));
    }
    let Ok(wanted) = std::env::var("TRUELINE_FAULT") else {
        return;
    };
    let (name, times) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    let times: usize = times.parse().unwrap_or(1);
    let here = name
        .split_once('.')
        .is_some_and(|(o, s)| o == operation && s == step);
    if here && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == times {
        std::process::abort();
    }
}

#[cfg(feature = "testing")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
