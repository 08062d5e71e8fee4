//! CPU time, and memory from /proc.

use std::collections::BTreeSet;

use crate::Done;

/// What a run costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// CPU time of it and of what it started, user and system, in milliseconds.
    pub(crate) cpu: f64,
    /// Peak of its own resident memory, in KiB.
    pub(crate) peak: u64,
}

impl Cost {
    /// What it costs beyond another.
    pub(crate) fn minus(self, other: Cost) -> Cost {
        Cost {
            cpu: (self.cpu - other.cpu).max(0.0),
            peak: self.peak,
        }
    }
}

/// Something to be measured: it gives its peak of memory.
pub(crate) type Run<'r> = Box<dyn FnMut() -> Done<u64> + 'r>;

/// The cost of the cheapest of many runs of each, after one that is not counted. They take turns:
/// what else goes on in the machine only adds to them, and it falls on all alike. Of the peaks of
/// memory the highest counts.
pub(crate) fn in_turn<const N: usize>(rounds: u32, mut runs: [Run<'_>; N]) -> Done<[Cost; N]> {
    let mut costs = [Cost {
        cpu: f64::INFINITY,
        peak: 0,
    }; N];
    for run in &mut runs {
        run()?;
    }
    for _ in 0..rounds {
        for (run, cost) in runs.iter_mut().zip(&mut costs) {
            let before = of_children()?;
            cost.peak = cost.peak.max(run()?);
            cost.cpu = cost.cpu.min(of_children()? - before);
        }
    }
    Ok(costs)
}

/// As [`in_turn`], of one alone.
pub(crate) fn measure(rounds: u32, run: impl FnMut() -> Done<u64>) -> Done<Cost> {
    in_turn(rounds, [Box::new(run)]).map(|[cost]| cost)
}

/// CPU time of ended children and of theirs, in milliseconds.
#[cfg(unix)]
fn of_children() -> Done<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(f64::from(u32::try_from(micros / 10)?) / 100.0)
}

#[cfg(not(unix))]
fn of_children() -> Done<f64> {
    Err("the CPU time of processes is measured on Unix alone".into())
}

/// Peak of resident memory so far, in KiB.
pub(crate) fn peak_of_this_process() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Code without the tool's name, path and line of each finding; lines of the crosswalk and of
/// whole files are 0.
pub(crate) fn findings(report: &serde_json::Value) -> Option<BTreeSet<(String, String, u32)>> {
    report["findings"]
        .as_array()?
        .iter()
        .map(|one| {
            let code = one["code"].as_str()?.rsplit('/').next()?.to_owned();
            let path = one["path"].as_str()?.to_owned();
            let line = match path.ends_with("crosswalk.json") {
                true => 0,
                false => u32::try_from(one["line"].as_u64().unwrap_or(0)).ok()?,
            };
            Some((code, path, line))
        })
        .collect()
}
