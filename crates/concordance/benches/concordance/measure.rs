//! CPU time and memory, from /proc.

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

/// Runs of a batch: the clock of a process's children ticks every 10 ms.
const BATCH: u32 = 3;

/// The mean cost of a run in the cheapest of some batches, after a run that is not counted: what
/// else goes on in the machine only adds to it. A run gives its peak of memory, of which the
/// highest counts.
pub(crate) fn measure(batches: u32, mut run: impl FnMut() -> Done<u64>) -> Done<Cost> {
    run()?;
    let mut peak = 0;
    let mut least = f64::INFINITY;
    for _ in 0..batches {
        let before = of_children()?;
        for _ in 0..BATCH {
            peak = peak.max(run()?);
        }
        least = least.min((of_children()? - before) / f64::from(BATCH));
    }
    Ok(Cost { cpu: least, peak })
}

/// CPU time of ended children and of theirs, in milliseconds.
fn of_children() -> Done<f64> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold blanks.
    let rest = text.rsplit_once(')').ok_or("/proc/self/stat")?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Done<f64> { Ok(fields.get(at).ok_or("/proc/self/stat")?.parse()?) };
    // Fields 16 and 17; a tick is 10 ms on every Linux that is in use.
    Ok((ticks(13)? + ticks(14)?) * 10.0)
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
