//! CPU time and peak memory of `queue ready` and `progress render`, whole processes, relative to a
//! typed serde_json parse of the same file: `cargo bench -p trueline-plan-files --bench queue`.
//!
//! Three processes over the same generated queue, of 10,000 and of 100,000 items: the floor (reads
//! the file and parses each line into the type of a queue item), `queue ready`, and `progress
//! render` (into an empty folder, and again over its own pages). CPU time is what the system says
//! of ended children; peak memory what a process says of itself when it ends, less that of a process
//! which reads nothing. Both need Linux.
//! `QUEUE_BENCH_SIZES=1000,10000` and `QUEUE_BENCH_RUNS=5` make it shorter.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use trueline_core::artifact::queue::QueueItem;

/// Set: this process is that tool, or the floor.
const AS: &str = "TRUELINE_BENCH_AS";
/// Where a process writes its peak memory.
const PEAK: &str = "TRUELINE_BENCH_PEAK";
const QUEUE: &str = "ops/queue.jsonl";

type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let Ok(role) = std::env::var(AS) else {
        let (report, is_good) = match bench() {
            Ok(done) => done,
            Err(error) => (format!("error: {error}\n"), false),
        };
        let written = std::io::stdout().write_all(report.as_bytes());
        return match written.is_ok() && is_good {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        };
    };
    let code = match role.as_str() {
        "queue" => trueline_queue::main(),
        "progress" => trueline_progress::main(),
        _ => floor().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
    };
    if let Some(path) = std::env::var_os(PEAK) {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let _ = std::fs::write(path, peak.unwrap_or_default().trim());
    }
    code
}

/// Reads and parses the queue; the number of items goes to standard output, so that nothing of it
/// is left out as unused.
fn floor() -> Done<()> {
    let text = std::fs::read_to_string(QUEUE)?;
    let items: Vec<QueueItem> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    writeln!(std::io::stdout(), "{}", items.len())?;
    Ok(())
}

/// What one command took, on average and at most.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    /// CPU time of one run, in clock ticks.
    ticks: f64,
    /// Peak memory, in KiB.
    peak: f64,
}

/// The command of each row, and the goal of its CPU ratio.
const ROWS: &[(&str, &str, &[&str], f64)] = &[
    ("queue ready", "queue", &["ready"], 2.0),
    ("progress render", "progress", &["render"], 2.5),
    ("progress render (again)", "progress", &["render"], 2.5),
];

fn bench() -> Done<(String, bool)> {
    let sizes = std::env::var("QUEUE_BENCH_SIZES").unwrap_or_else(|_| "10000,100000".to_owned());
    let sizes: Vec<u64> = sizes.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let mut report = String::new();
    let mut is_good = true;
    let mut first: Vec<Cost> = Vec::new();
    let mut first_floor = Cost::default();
    for (at, size) in sizes.iter().enumerate() {
        let dir = tempfile::tempdir()?;
        let root = dir.path();
        std::fs::create_dir(root.join("ops"))?;
        let text = queue(*size);
        std::fs::write(root.join(QUEUE), &text)?;
        let bytes = text.len() as f64;
        drop(text);
        // About as many runs as take a few seconds: ticks are coarse.
        let runs = match std::env::var("QUEUE_BENCH_RUNS") {
            Ok(runs) => runs.parse()?,
            Err(_) => (1_000_000 / size.max(&1)).clamp(10, 100),
        };
        let floor = cost(root, "floor", &[], runs, false)?;
        // What a process holds before it reads anything: its own code, mostly.
        let start = cost(root, "queue", &["--version"], 1, false)?.peak;
        writeln!(
            report,
            "{size} items, {:.1} MB: typed parse {:.1} ms, peak {:.2} x the file; a process that does nothing {:.1} MB",
            bytes / 1e6,
            floor.ticks * 10.0,
            (floor.peak - start) * 1024.0 / bytes,
            start * 1024.0 / 1e6
        )?;
        let mut costs = Vec::new();
        for (name, tool, args, goal) in ROWS {
            let is_fresh = *name == "progress render";
            let cost = cost(root, tool, args, runs, is_fresh)?;
            let ratio = cost.ticks / floor.ticks;
            let memory = (cost.peak - start) * 1024.0 / bytes;
            let is_met = ratio <= *goal && memory <= 3.0;
            is_good &= is_met;
            let mark = if is_met { "" } else { "  NOT MET" };
            writeln!(
                report,
                "  {name:24} {:7.1} ms  {ratio:.2} x (goal {goal:.1})  peak {memory:.2} x the file (goal 3.0){mark}",
                cost.ticks * 10.0
            )?;
            costs.push(cost);
        }
        if at == 0 {
            (first, first_floor) = (costs, floor);
        } else {
            let times = *size as f64 / sizes.first().copied().unwrap_or(1) as f64;
            for ((name, ..), (small, large)) in ROWS.iter().zip(first.iter().zip(&costs)) {
                let growth = large.ticks / small.ticks;
                let is_met = growth <= 1.2 * times;
                is_good &= is_met;
                let mark = if is_met { "" } else { "  NOT MET" };
                writeln!(
                    report,
                    "  {name:24} {growth:.1} x for {times:.0} x the items (goal {:.0}){mark}",
                    1.2 * times
                )?;
            }
            writeln!(
                report,
                "  {:24} {:.1} x",
                "typed parse",
                floor.ticks / first_floor.ticks
            )?;
        }
    }
    Ok((report, is_good))
}

/// Runs a command several times; where `is_fresh`, each time without the pages of the last.
fn cost(root: &Path, role: &str, args: &[&str], runs: u64, is_fresh: bool) -> Done<Cost> {
    let peak_file = root.join("peak");
    let mut cost = Cost::default();
    let mut ticks = 0.0;
    for run in 0..=runs {
        if is_fresh && root.join("docs").exists() {
            std::fs::remove_dir_all(root.join("docs"))?;
        }
        let before = child_ticks()?;
        let status = Command::new(std::env::current_exe()?)
            .args(args)
            .env(AS, role)
            .env(PEAK, &peak_file)
            .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap_or(root))
            .current_dir(root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("{role} {args:?} ended with {status}").into());
        }
        // The first run warms the caches and is not counted.
        if run > 0 {
            ticks += child_ticks()? - before;
        }
        let peak = std::fs::read_to_string(&peak_file)?;
        let peak: f64 = peak.trim_end_matches("kB").trim().parse()?;
        cost.peak = cost.peak.max(peak);
    }
    cost.ticks = ticks / runs as f64;
    Ok(cost)
}

/// CPU time of all children that ended, user and system, in clock ticks (10 ms each on Linux).
fn child_ticks() -> Done<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    // After the name: state is field 3; cutime and cstime are fields 16 and 17.
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |at: usize| -> Done<f64> { Ok(fields.get(at).ok_or("a short stat")?.parse()?) };
    Ok(field(13)? + field(14)?)
}

/// A queue of `n` items whose lines are shuffled: mostly done ones first, a few dependencies each.
fn queue(n: u64) -> String {
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below.max(1)
    };
    let mut lines: Vec<String> = (0..n)
        .map(|at| {
            let status = match (at * 10 / n, random(8)) {
                (0..=4, _) => "done",
                (_, 0) => "doing",
                (_, 1) => "review",
                _ => "todo",
            };
            let id = |at: u64| format!("WBS-{}.{}", at % 40, at / 40);
            let count = random(4).min(at);
            let deps: Vec<String> = (0..count).map(|_| format!("\"{}\"", id(random(at)))).collect();
            format!(
                "{{\"id\":\"{}\",\"title\":\"Item number {at} of the plan\",\"owner\":\"AGENT-{}\",\"scope\":[\"src/{at}/**\",\"tests/{at}.rs\"],\"status\":\"{status}\",\"weight\":{}.{},\"dependencies\":[{}],\"exit_criteria\":[\"it works\",\"tests are green\"],\"tests\":[\"tests/{at}.rs\"],\"nt_refs\":[\"NT-{}\"],\"td_refs\":[\"TD-{}\"]}}\n",
                id(at), at % 4, 1 + random(9), random(10), deps.join(","), at % 900, at % 300
            )
        })
        .collect();
    for at in (1..lines.len()).rev() {
        let other = usize::try_from(random(at as u64 + 1)).unwrap_or(0);
        lines.swap(at, other);
    }
    lines.concat()
}
