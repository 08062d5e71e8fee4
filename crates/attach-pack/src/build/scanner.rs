//! A scanner of another maker beside our own, where one is on the path: it can only add findings.

use super::Job;
use super::gate::Gate;
use super::input::{FromStart, Input, Origin};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use trueline_kit::{Error, ErrorKind};

/// The scanners that are known, in the order in which `auto` looks for them. Both take the same arguments.
const KNOWN: [&str; 2] = ["betterleaks", "gitleaks"];
/// The most findings that are reported of one file.
const MAX_FINDINGS: usize = 1000;

/// One finding, as both scanners write it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Leak {
    #[serde(rename = "RuleID")]
    rule: String,
    file: String,
    #[serde(default)]
    start_line: u32,
    #[serde(default)]
    start_column: u32,
    secret: String,
}

/// Runs the scanner that was asked for over what goes into the pack. None on the path: nothing happens.
pub(super) fn run(job: &Job<'_>, gate: &Gate<'_>, inputs: &[Input]) -> Result<(), Error> {
    let Some(asked) = job.settings.scanner.as_deref() else {
        return Ok(());
    };
    let names: Vec<&str> = KNOWN
        .into_iter()
        .filter(|name| asked == "auto" || asked == *name)
        .collect();
    let Some((name, program)) = names.iter().find_map(|name| Some((*name, on_path(name)?))) else {
        return Ok(());
    };
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Error::io(format!("the scanner `{name}` {what}: {error}"))
    };
    let folder = tempfile::tempdir().map_err(|error| failed("has no folder to work in", &error))?;
    let tree = folder.path().join("tree");
    for (at, input) in inputs.iter().enumerate() {
        stage(job, input, &tree.join(at.to_string()))
            .map_err(|error| failed("cannot be given a file", &error))?;
    }
    let report = folder.path().join("report.json");
    let output = Command::new(program)
        .args([
            "dir",
            "--no-banner",
            "--exit-code",
            "0",
            "--ignore-gitleaks-allow",
        ])
        .args(["--report-format", "json", "--report-path"])
        .arg(&report)
        .arg(".")
        .current_dir(&tree)
        .env_remove("GITLEAKS_CONFIG")
        .env_remove("GITLEAKS_CONFIG_TOML")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| failed("cannot be started", &error))?;
    if !output.success() {
        return Err(failed("failed", &output));
    }
    let text = fs::read(&report).map_err(|error| failed("wrote no report", &error))?;
    // The parser's error could quote the report, which holds secrets.
    let leaks: Vec<Leak> = serde_json::from_slice(&text).map_err(|error| {
        failed(
            "wrote a report that cannot be read",
            &format!("line {}", error.line()),
        )
    })?;
    let mut counts = vec![0usize; inputs.len()];
    for leak in leaks {
        let Some((at, input)) = place(&leak.file, &tree).and_then(|at| Some((at, inputs.get(at)?)))
        else {
            let message = format!("the scanner `{name}` reports a file that it was not given");
            return Err(Error::new(ErrorKind::Io, message));
        };
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
            if *count > MAX_FINDINGS {
                continue;
            }
        }
        let rule = format!("{name}: {}", leak.rule);
        gate.foreign_secret(
            input.shown(),
            leak.start_line,
            leak.start_column,
            &rule,
            &leak.secret,
        );
    }
    Ok(())
}

/// The number of the input that a path in the report means: its first part below the tree.
fn place(file: &str, tree: &Path) -> Option<usize> {
    let file = Path::new(file);
    let inner = file.strip_prefix(tree).unwrap_or(file);
    let mut parts = inner.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => name.to_str(),
        _ => None,
    });
    parts.next()?.parse().ok()
}

/// Puts the content below a folder of its own, with its own name: rules may ask for an ending.
fn stage(job: &Job<'_>, input: &Input, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = input.path.rsplit('/').next().unwrap_or("file");
    let to = folder.join(name);
    let place = input.place(job.ctx.root());
    match &input.origin {
        _ if job.settings.redact => {
            let bytes = match (&input.origin, &place) {
                (Origin::Bytes(bytes), _) => trueline_secrets::redact(bytes).0,
                (Origin::Scratch(file, _), _) => trueline_secrets::redact(&FromStart::all(file)?).0,
                (_, Some(place)) => trueline_secrets::redact(&fs::read(place)?).0,
                (_, None) => return Err(std::io::ErrorKind::NotFound.into()),
            };
            fs::write(to, bytes)
        }
        Origin::Bytes(bytes) => fs::write(to, bytes),
        Origin::Scratch(file, _) => {
            std::io::copy(&mut FromStart::of(file), &mut fs::File::create(to)?).map(drop)
        }
        Origin::File { .. } => {
            let place = place.ok_or(std::io::ErrorKind::NotFound)?;
            match fs::hard_link(&place, &to) {
                Ok(()) => Ok(()),
                Err(_) => fs::copy(place, to).map(drop),
            }
        }
    }
}

/// The program of that name on the path. The current folder is no part of it.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|place| place.is_file())
}

#[cfg(test)]
mod tests {
    use super::place;
    use std::path::Path;

    #[test]
    fn whose_finding_it_is() {
        let tree = Path::new("/tmp/x/tree");
        assert_eq!(place("7/tests.txt", tree), Some(7));
        assert_eq!(place("./12/a.txt", tree), Some(12));
        assert_eq!(place("/tmp/x/tree/3/a.txt", tree), Some(3));
        assert_eq!(place("/etc/passwd", tree), None);
        assert_eq!(place("", tree), None);
    }
}
