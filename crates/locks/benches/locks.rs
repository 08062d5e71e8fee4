//! Times of `locks preflight` and `locks owners`, whole processes: `cargo bench -p trueline-locks`.
//!
//! Each figure stands beside a floor of the same run: what git needs to list the same changes,
//! and what it takes to read the same paths.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Set: this process is the tool.
const AS_TOOL: &str = "TRUELINE_BENCH_AS_TOOL";

type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if std::env::var_os(AS_TOOL).is_some() {
        return trueline_locks::main();
    }
    let report = bench().unwrap_or_else(|error| format!("error: {error}\n"));
    match std::io::stdout().write_all(report.as_bytes()) {
        Ok(()) if !report.starts_with("error") => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn bench() -> Done<String> {
    let dir = tempfile::tempdir()?;
    let root = dir.path();
    repository(root)?;
    let mut report = String::new();
    let diff = [
        "diff-tree",
        "-r",
        "--raw",
        "-z",
        "--find-renames=50%",
        "-l1000",
        "main",
        "work",
    ];
    let floor = best(|| git(root, &diff))?;
    let ours = best(|| tool(root, &["preflight", "--base", "main", "--owner", "AGENT-1"]))?;
    line(
        &mut report,
        "preflight: 10,000 paths x 200 locks of 10 globs (goal 300 ms)",
        ours,
        floor,
        "git diff-tree",
    );
    owners(root)?;
    let paths = root.join("paths");
    let floor = best(|| {
        std::fs::read(&paths)?;
        Ok(())
    })?;
    let args = ["owners", "--codeowners", "rules", "--files-from", "paths"];
    let ours = best(|| tool(root, &args))?;
    line(
        &mut report,
        "owners: 100,000 paths x 331 rules (goal 500 ms)",
        ours,
        floor,
        "reading the paths",
    );
    Ok(report)
}

fn line(report: &mut String, what: &str, ours: Duration, floor: Duration, name: &str) {
    let ratio = ours.as_secs_f64() / floor.as_secs_f64().max(1e-6);
    // Writing to a String cannot fail.
    let _ = writeln!(
        report,
        "{what}: {} ms, {ratio:.1} x {name} ({:.1} ms)",
        ours.as_millis(),
        floor.as_secs_f64() * 1e3
    );
}

/// The shortest of a few runs, after one that is not counted.
fn best(mut run: impl FnMut() -> Done<()>) -> Done<Duration> {
    run()?;
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        run()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}

fn tool(root: &Path, args: &[&str]) -> Done<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env(AS_TOOL, "1").args(args);
    run(root, &mut command)
}

fn git(root: &Path, args: &[&str]) -> Done<()> {
    let mut command = Command::new("git");
    command.args([
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.org",
    ]);
    run(root, command.args(args))
}

fn run(root: &Path, command: &mut Command) -> Done<()> {
    let status = command
        .current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {status}").into())
    }
}

/// Rules and 200 published locks on main; 10,000 new files, all allowed, on a branch.
fn repository(root: &Path) -> Done<()> {
    git(root, &["init", "-q", "-b", "main"])?;
    std::fs::create_dir_all(root.join("ops/locks"))?;
    let item = r#"{"id": "WBS-1", "status": "doing", "owner": "AGENT-1", "scope": ["src/**"]}"#;
    std::fs::write(root.join("ops/queue.jsonl"), format!("{item}\n"))?;
    let mut rules = String::from("accounts: {AGENT-1: \"@a\", AGENT-2: \"@b\"}\nrules:\n");
    for n in 0..100 {
        write!(
            rules,
            "  - {{paths: [\"lib{n}/m*/**\"], owners: [AGENT-2]}}\n  - {{paths: [\"src/d{n}/**/*.rs\"], owners: [AGENT-1]}}\n"
        )?;
    }
    std::fs::write(root.join("ops/ownership.yaml"), rules)?;
    for n in 0..200 {
        let globs: Vec<String> = ["rs", "ts", "md", "py", "go", "c", "h", "js", "txt", "json"]
            .iter()
            .map(|end| format!("\"lib{n}/{end}/**/*.{end}\""))
            .collect();
        let lock = format!(
            r#"{{"task_id": "WBS-{n}", "owner": "A{n}", "scope_paths": [{}],
                "start_time": "2100-01-01T00:00:00Z", "blueprint_refs": []}}"#,
            globs.join(", ")
        );
        std::fs::write(root.join(format!("ops/locks/agent-A{n}.lock")), lock)?;
    }
    commit(root, "base")?;
    git(root, &["switch", "-q", "-c", "work"])?;
    for n in 0..10_000 {
        let folder = root.join(format!("src/d{}/x{}", n % 100, n % 37));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("f{n}.rs")), n.to_string())?;
    }
    commit(root, "work\n\nWBS: WBS-1")
}

fn commit(root: &Path, message: &str) -> Done<()> {
    git(root, &["add", "-A"])?;
    git(root, &["commit", "-q", "-m", message])
}

/// A CODEOWNERS file of 331 rules and a list of 100,000 paths.
fn owners(root: &Path) -> Done<()> {
    let mut seed = 7_u64;
    let mut dice = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 16) % below
    };
    let mut rules = String::new();
    for n in 0..331 {
        let (a, b) = (dice(60), dice(60));
        let pattern = match dice(6) {
            0 => format!("/d{a}/"),
            1 => format!("/d{a}/d{b}/"),
            2 => format!("*.e{}", n % 40),
            3 => format!("/d{a}/*/d{b}.py"),
            4 => format!("**/d{b}/x{n}.py"),
            _ => format!("/d{a}/d{b}/*.e{}", n % 30),
        };
        writeln!(rules, "{pattern} @o{n} @org/t{n}")?;
    }
    std::fs::write(root.join("rules"), rules)?;
    let mut paths = String::new();
    for n in 0..100_000 {
        for _ in 0..=dice(5) {
            write!(paths, "d{}/", dice(60))?;
        }
        writeln!(paths, "f{n}.e{}", n % 50)?;
    }
    Ok(std::fs::write(root.join("paths"), paths)?)
}
