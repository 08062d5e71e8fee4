//! Other validators, each as its own process, over the same records: the schema alone.

use std::fs::File;
use std::io::{BufRead as _, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use super::{Done, open};

/// Records that the slowest peer gets; its time is multiplied.
const FEW: usize = 10_000;

/// A name and the CPU time in seconds; `None` for a peer that is not on the path.
type Peer = (String, Option<f64>);

/// CPU time of each peer, in seconds.
pub(crate) fn all(lines: &Path, folder: &Path, records: usize) -> Done<Vec<Peer>> {
    let schema = trueline_core::schema::get("model-decision")
        .ok_or("no schema")?
        .value();
    let (one, many) = (
        folder.join("one.schema.json"),
        folder.join("many.schema.json"),
    );
    std::fs::write(&one, schema.to_string())?;
    std::fs::write(&many, json!({"type": "array", "items": schema}).to_string())?;
    let (array, few) = (folder.join("array.json"), folder.join("few.json"));
    as_array(lines, &array, records)?;
    as_array(lines, &few, FEW)?;
    let mut found = Vec::new();
    let args: [&Path; 5] = [
        "validate".as_ref(),
        "--assert-format".as_ref(),
        &many,
        "-i".as_ref(),
        &array,
    ];
    found.push(run("jsonschema-cli", "an array", &args)?);
    // Several programs have this name; only one of them has `--fast`.
    let args: [&Path; 4] = ["validate".as_ref(), "--fast".as_ref(), &one, lines];
    found.push(match says("jsonschema", "--fast") {
        true => run("jsonschema", "--fast, JSON Lines", &args)?,
        false => ("jsonschema (one with --fast)".to_owned(), None),
    });
    let args: [&Path; 3] = ["--schemafile".as_ref(), &many, &few];
    let (name, taken) = run("check-jsonschema", "an array of 10,000, scaled", &args)?;
    let times = records as f64 / FEW as f64;
    found.push((name, taken.map(|taken| taken * times)));
    std::fs::remove_file(array)?;
    Ok(found)
}

/// Whether the help of a program names an option.
fn says(name: &str, option: &str) -> bool {
    let output = Command::new(name).arg("--help").output();
    output.is_ok_and(|output| {
        let said = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&said).contains(option)
    })
}

/// The first records of a ledger as one array.
fn as_array(lines: &Path, array: &Path, records: usize) -> Done<()> {
    let mut out = BufWriter::new(File::create(array)?);
    for (slot, line) in open(lines)?.lines().take(records).enumerate() {
        let before = if slot == 0 { '[' } else { ',' };
        write!(out, "{before}{}", line?)?;
    }
    Ok(out.write_all(b"]").and_then(|()| out.flush())?)
}

/// The least CPU time of three runs; of one that takes long, of one run.
fn run(name: &str, what: &str, args: &[&Path]) -> Done<Peer> {
    let mut least: Option<f64> = None;
    for _ in 0..3 {
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
        least = match (least, taken) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if least.is_some_and(|least| least > 2.0) {
            break;
        }
    }
    Ok((format!("{name} ({what}), schema only"), least))
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
