//! CPU time of a whole check, all rules on, one thread: `cargo bench -p trueline-ledger-lint`.
//!
//! Each figure stands beside floors of the same run: counting the lines, and parsing them into a
//! type that borrows. Other validators are run beside it where they are on the path; those that
//! read no JSON Lines get the same records as one array.

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};
use trueline_kit::Config;
use trueline_ledger_lint::input::Scanned;
use trueline_ledger_lint::ledger::Ledger;
use trueline_ledger_lint::world::World;
use trueline_ledger_lint::{catalogue, lines, secret};
use trueline_secrets::Scanner;

const RECORDS: usize = 100_000;
const ROUNDS: usize = 5;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// A record as a reader that trusts it would have it.
#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(borrow)]
    task_id: &'a str,
    agent: &'a str,
    model: &'a str,
    max: bool,
    reason: &'a str,
    timestamp: &'a str,
}

fn main() -> ExitCode {
    let (report, code) = match bench() {
        Ok(report) => (report, ExitCode::SUCCESS),
        Err(error) => (format!("error: {error}\n"), ExitCode::FAILURE),
    };
    match std::io::stdout().write_all(report.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn bench() -> Done<String> {
    let text = ledger_text()?;
    let ledger = ledger()?;
    let world = world()?;
    let ours = best(|| check(&text, &ledger, &world))?;
    let count = best(|| {
        let lines = memchr::memchr_iter(b'\n', black_box(text.as_bytes())).count();
        same(lines)
    })?;
    let typed = best(|| parse(black_box(&text)))?;
    let schema = trueline_core::schema::get("model-decision")
        .ok_or("no schema")?
        .value();
    let validator = jsonschema::validator_for(&schema)?;
    let plain = best(|| {
        let mut valid = 0;
        for line in black_box(&text).lines() {
            valid += usize::from(validator.is_valid(&serde_json::from_str(line)?));
        }
        same(valid)
    })?;
    let megabytes = text.len() as f64 / 1e6;
    let mut report = format!(
        "{RECORDS} lines, {:.0} bytes a line, best of {ROUNDS}, CPU time\n",
        text.len() as f64 / RECORDS as f64
    );
    let mut line = |name: &str, seconds: f64| {
        report.push_str(&format!(
            "{name:42} {seconds:8.4} s {:9.1} MB/s   ledger-lint takes {:.2}x of it\n",
            megabytes / seconds,
            ours / seconds
        ));
    };
    line("ledger-lint check, all rules", ours);
    line("floor: memchr, lines counted", count);
    line("floor: serde_json, typed and borrowed", typed);
    line("serde_json::Value + jsonschema, schema only", plain);
    for (name, seconds) in peers(&text, &schema)? {
        match seconds {
            Some(seconds) => line(&name, seconds),
            None => line(&format!("{name}: not on the path"), f64::NAN),
        }
    }
    Ok(report)
}

fn same(count: usize) -> Done<()> {
    match count == RECORDS {
        true => Ok(()),
        false => Err(format!("{count} records of {RECORDS}").into()),
    }
}

/// The least CPU time of several rounds, in seconds.
fn best(mut round: impl FnMut() -> Done<()>) -> Done<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (wall, before) = (Instant::now(), own_time());
        round()?;
        let taken = match (before, own_time()) {
            (Some(before), Some(after)) => after - before,
            _ => wall.elapsed().as_secs_f64(),
        };
        least = least.min(taken);
    }
    Ok(least)
}

/// CPU time of this thread in seconds, where the system says (Linux).
fn own_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// CPU time of the processes that were waited for, in seconds. Linux counts it in hundredths.
fn time_of_children() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(13).take(2);
    Some(
        ticks
            .filter_map(|ticks| ticks.parse::<f64>().ok())
            .sum::<f64>()
            / 100.0,
    )
}

fn check(text: &str, ledger: &Ledger, world: &World) -> Done<()> {
    let mut scanner = Scanner::new();
    let source = Scanned::new(black_box(text.as_bytes()), &mut scanner);
    let (mut findings, stats) = lines::check("ledger.jsonl", source, ledger, world)?;
    secret::report(
        "ledger.jsonl",
        ledger,
        &scanner.finish(),
        false,
        &mut findings,
    );
    match findings.first() {
        None => same(usize::try_from(stats.records)?),
        Some(finding) => Err(format!("a finding in what is clean: {finding:?}").into()),
    }
}

fn parse(text: &str) -> Done<()> {
    let mut records = 0;
    for line in text.lines() {
        let record: Typed<'_> = serde_json::from_str(line)?;
        let length = record.task_id.len()
            + record.agent.len()
            + record.model.len()
            + record.reason.len()
            + record.timestamp.len();
        records += usize::from(length > 0 && !record.max);
    }
    same(records)
}

/// Records of about 250 bytes, each different, in the order of their times.
fn ledger_text() -> Done<String> {
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let mut text = String::with_capacity(RECORDS * 256);
    for number in 0..RECORDS {
        let at = start.checked_add(jiff::SignedDuration::from_secs(i64::try_from(number)? * 7))?;
        let (task, agent, model) = (number % 500 + 1, number % 8 + 1, number % 3 + 1);
        text.push_str(&format!(
            "{{\"task_id\":\"WBS-{task}\",\"agent\":\"AGENT-{agent}\",\"model\":\"model-{model}\",\"max\":false,\
             \"reason\":\"case {number}: the parser needs the whole grammar in view, and the change \
             touches several readers at once, so a larger context pays\",\"timestamp\":\"{at}\"}}\n"
        ));
    }
    Ok(text)
}

fn ledger() -> Done<Ledger> {
    let all = catalogue::all(&Config::default(), &|_| Ok(None));
    let mut all = all.into_iter();
    let mut ledger = all
        .find(|ledger| ledger.name == "model-decisions")
        .ok_or("no such ledger")?;
    ledger.compile()?;
    Ok(ledger)
}

fn world() -> Done<World> {
    Ok(World {
        tasks: Some((1..=500).map(|n| format!("WBS-{n}")).collect()),
        agents: Some((1..=8).map(|n| format!("AGENT-{n}")).collect()),
        models: Some((1..=3).map(|n| format!("model-{n}")).collect()),
        now: Some("2027-01-01T00:00:00Z".parse()?),
        ..World::default()
    })
}

/// What other validators take, each as its own process, over the records as one array.
fn peers(text: &str, schema: &Value) -> Done<Vec<(String, Option<f64>)>> {
    let folder = tempfile::tempdir()?;
    let (instance, rules) = (
        folder.path().join("ledger.json"),
        folder.path().join("array.schema.json"),
    );
    let array = text.trim_end().replace('\n', ",");
    std::fs::write(&instance, format!("[{array}]"))?;
    std::fs::write(
        &rules,
        json!({"type": "array", "items": schema}).to_string(),
    )?;
    let run = |name: &str, args: &[&Path]| -> Done<(String, Option<f64>)> {
        let before = time_of_children();
        let mut command = Command::new(name);
        command
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(status) = command.status() else {
            return Ok((name.to_owned(), None));
        };
        if !status.success() {
            return Err(format!("{name}: {status}").into());
        }
        let taken = before.zip(time_of_children()).map(|(a, b)| b - a);
        Ok((format!("{name}, schema only"), taken))
    };
    Ok(vec![
        run(
            "jsonschema-cli",
            &["validate".as_ref(), &rules, "-i".as_ref(), &instance],
        )?,
        run(
            "check-jsonschema",
            &["--schemafile".as_ref(), &rules, &instance],
        )?,
    ])
}
