//! What a whole check takes, all rules on: `cargo bench -p trueline-ledger-lint`.
//!
//! CPU time on one thread beside floors of the same run (counting the lines, parsing them into a
//! type that borrows) and beside other validators where they are on the path; those that read no
//! JSON Lines get the same records as one array. Then wall time with one and two threads, and the
//! memory at the peak.

#[path = "ledger-lint/ledger.rs"]
mod ledger;
#[path = "ledger-lint/peers.rs"]
mod peers;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use trueline_ledger_lint::ledger::Ledger;
use trueline_ledger_lint::lines::CHUNK;
use trueline_ledger_lint::sieve::{self, Sieve};
use trueline_ledger_lint::world::World;
use trueline_ledger_lint::{lines, secret};

pub(crate) type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = say(&format!("error: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) -> Done<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn bench() -> Done<()> {
    let folder = tempfile::tempdir()?;
    let (ledger, world) = (ledger::ledger()?, ledger::world()?);
    for (records, rounds) in [(10_000, 9), (100_000, 5), (1_000_000, 3)] {
        let path = folder.path().join(format!("{records}.jsonl"));
        let bytes = ledger::write(&path, records)?;
        let megabytes = bytes as f64 / 1e6;
        say(&format!(
            "{records} lines, {:.0} bytes a line, best of {rounds}\n",
            bytes as f64 / records as f64
        ))?;
        let ours = best(rounds, || check(&path, records, &ledger, &world, false))?;
        let two = best(rounds, || check(&path, records, &ledger, &world, true))?;
        let lines = best(rounds, || same(count(&path)?, records))?;
        let typed = best(rounds, || same(ledger::parse(&path)?, records))?;
        let cpu = |name: &str, seconds: f64| {
            if seconds <= 0.0 {
                return say(&format!("  {name:48} too short to be measured\n"));
            }
            say(&format!(
                "  {name:48} {seconds:9.4} s CPU {:8.1} MB/s   ledger-lint takes {:.3}x of it\n",
                megabytes / seconds,
                ours.cpu / seconds
            ))
        };
        cpu("ledger-lint check, all rules, one thread", ours.cpu)?;
        cpu("floor: lines read and counted", lines.cpu)?;
        cpu("floor: serde_json, typed and borrowed", typed.cpu)?;
        if records >= 100_000 {
            for (name, seconds) in peers::all(&path, folder.path(), records)? {
                match seconds {
                    Some(seconds) => cpu(&name, seconds)?,
                    None => say(&format!("  {name}: not on the path\n"))?,
                }
            }
        }
        say(&format!(
            "  wall: {:.1} ms with one thread, {:.1} ms with two; memory at the peak {} MB\n\n",
            ours.wall * 1e3,
            two.wall * 1e3,
            ours.peak
                .map_or("?".into(), |bytes| format!("{:.1}", bytes / 1e6)),
        ))?;
    }
    Ok(())
}

/// What a round took; of several rounds the least of each.
struct Taken {
    cpu: f64,
    wall: f64,
    peak: Option<f64>,
}

fn best(rounds: usize, mut round: impl FnMut() -> Done<()>) -> Done<Taken> {
    let mut least = Taken {
        cpu: f64::INFINITY,
        wall: f64::INFINITY,
        peak: None,
    };
    for _ in 0..rounds {
        // Linux forgets the peak of this process.
        let is_reset = std::fs::write("/proc/self/clear_refs", "5").is_ok();
        let (wall, before) = (Instant::now(), own_time());
        round()?;
        let wall = wall.elapsed().as_secs_f64();
        let cpu = match (before, own_time()) {
            (Some(before), Some(after)) => after - before,
            _ => wall,
        };
        least.cpu = least.cpu.min(cpu);
        least.wall = least.wall.min(wall);
        if let Some(peak) = peak().filter(|_| is_reset) {
            least.peak = Some(least.peak.map_or(peak, |least| least.min(peak)));
        }
    }
    Ok(least)
}

/// CPU time of this thread in seconds, where the system says (Linux).
fn own_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// The most memory that this process had, in bytes (Linux).
fn peak() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().split(' ').next()?.parse::<f64>().ok()? * 1024.0)
}

pub(crate) fn same(found: usize, records: usize) -> Done<()> {
    match found == records {
        true => Ok(()),
        false => Err(format!("{found} records of {records}").into()),
    }
}

pub(crate) fn open(path: &Path) -> Done<BufReader<File>> {
    Ok(BufReader::with_capacity(CHUNK, File::open(path)?))
}

fn check(path: &Path, records: usize, ledger: &Ledger, world: &World, two: bool) -> Done<()> {
    let source = open(path)?;
    let work =
        |sieve: &mut Sieve| lines::check_and_sift("ledger.jsonl", source, ledger, world, sieve);
    let (checked, found) = sieve::sifted(two, work);
    let ((mut findings, stats), found) = (checked?, found.ok_or("not all was searched")?);
    secret::report("ledger.jsonl", ledger, &found, false, &mut findings);
    match findings.first() {
        None => same(usize::try_from(stats.records)?, records),
        Some(finding) => Err(format!("a finding in what is clean: {finding:?}").into()),
    }
}

fn count(path: &Path) -> Done<usize> {
    let mut source = open(path)?;
    let mut lines = 0;
    loop {
        let chunk = black_box(source.fill_buf()?);
        let length = chunk.len();
        if length == 0 {
            return Ok(lines);
        }
        lines += memchr::memchr_iter(b'\n', chunk).count();
        source.consume(length);
    }
}
