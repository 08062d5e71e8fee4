//! The ledger that is checked: records of about 250 bytes, each different, in the order of their
//! times, and the repository around it.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead as _, BufWriter, Write as _};
use std::path::Path;

use serde::Deserialize;
use trueline_kit::Config;
use trueline_ledger_lint::catalogue;
use trueline_ledger_lint::ledger::Ledger;
use trueline_ledger_lint::world::World;

use super::{Done, open};

/// Writes so many records; gives the bytes of the file.
pub(crate) fn write(path: &Path, records: usize) -> Done<u64> {
    let start: jiff::Timestamp = "2025-01-01T00:00:00Z".parse()?;
    let mut out = BufWriter::new(File::create(path)?);
    for number in 0..records {
        let at = start.checked_add(jiff::SignedDuration::from_secs(i64::try_from(number)? * 7))?;
        let (task, agent, model) = (number % 500 + 1, number % 8 + 1, number % 3 + 1);
        writeln!(
            out,
            "{{\"task_id\":\"WBS-{task}\",\"agent\":\"AGENT-{agent}\",\"model\":\"model-{model}\",\"max\":false,\
             \"reason\":\"case {number}: the parser needs the whole grammar in view, and the change \
             touches several readers at once, so a larger context pays\",\"timestamp\":\"{at}\"}}"
        )?;
    }
    out.flush()?;
    Ok(path.metadata()?.len())
}

pub(crate) fn ledger() -> Done<Ledger> {
    let all = catalogue::all(&Config::default(), &|_| Ok(None));
    let mut all = all.into_iter();
    let mut ledger = all
        .find(|ledger| ledger.name == "model-decisions")
        .ok_or("no such ledger")?;
    ledger.compile()?;
    Ok(ledger)
}

pub(crate) fn world() -> Done<World> {
    Ok(World {
        tasks: Some((1..=500).map(|n| format!("WBS-{n}")).collect()),
        agents: Some((1..=8).map(|n| format!("AGENT-{n}")).collect()),
        models: Some((1..=3).map(|n| format!("model-{n}")).collect()),
        now: Some("2027-01-01T00:00:00Z".parse()?),
        ..World::default()
    })
}

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

/// Parses every line and does nothing with it.
pub(crate) fn parse(path: &Path) -> Done<usize> {
    let (mut source, mut line, mut records) = (open(path)?, String::new(), 0);
    while source.read_line(&mut line)? > 0 {
        let record: Typed<'_> = serde_json::from_str(black_box(&line))?;
        let length = record.task_id.len()
            + record.agent.len()
            + record.model.len()
            + record.reason.len()
            + record.timestamp.len();
        records += usize::from(length > 0 && !record.max);
        line.clear();
    }
    Ok(records)
}
