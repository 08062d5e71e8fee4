//! A pack beside what people use instead, on two generated trees: `scripts/bench attach-pack`.
//!
//! The tool runs as a process of its own (this program, started again as the tool), so that its start, walk, search for
//! secrets, hashes, manifests and its peak memory count. `TRUELINE_BENCH_MB` and `TRUELINE_BENCH_FILES` make the trees smaller.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

#[path = "attach-pack/runs.rs"]
mod runs;
#[path = "attach-pack/trees.rs"]
mod trees;

use runs::{Run, plain, run, warm};
use trees::{mixed, small};

/// Set when this program is started as the tool.
const AS_TOOL: &str = "TRUELINE_BENCH_AS_TOOL";
/// What a goal allows beside the files: bytes, and bytes a file.
const MEMORY: (f64, f64) = (64e6, 400.0);

type Done<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if std::env::var_os(AS_TOOL).is_some() {
        return trueline_attach_pack::main();
    }
    let (text, code) = match bench() {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(error) => (format!("error: {error}\n"), ExitCode::FAILURE),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

/// A tree, and what a pack of it may take beside zip.
struct Goal {
    name: &'static str,
    /// Share of zip's wall time, the search for secrets included.
    searched: f64,
    /// The same without it.
    plain: f64,
    /// Share of zip's size.
    size: f64,
}

fn bench() -> Done<String> {
    let number = |name: &str, default: usize| -> Done<usize> {
        Ok(match std::env::var(name) {
            Ok(text) => text.parse()?,
            Err(_) => default,
        })
    };
    let (megabytes, files) = (
        number("TRUELINE_BENCH_MB", 1000)?,
        number("TRUELINE_BENCH_FILES", 100_000)?,
    );
    let folder = tempfile::tempdir()?;
    let mut out = String::new();
    for (goal, make) in [
        (
            Goal {
                name: "mixed",
                searched: 1.0 / 4.0,
                plain: 1.0 / 6.0,
                size: 1.01,
            },
            &(|tree: &Path| mixed(tree, megabytes)) as &dyn Fn(&Path) -> Done<usize>,
        ),
        (
            Goal {
                name: "small",
                searched: 0.5,
                plain: 0.4,
                size: 1.05,
            },
            &|tree: &Path| small(tree, files),
        ),
    ] {
        let root = folder.path().join(goal.name);
        let tree = root.join("tree");
        std::fs::create_dir_all(&tree)?;
        std::fs::create_dir_all(root.join("docs/runs"))?;
        std::fs::write(
            root.join("docs/runs/2026-01-15-WBS-1-AGENT-1.md"),
            "# Run\n",
        )?;
        let count = make(&tree)?;
        measure(&mut out, &goal, &root, count)?;
        std::fs::remove_dir_all(&root)?;
    }
    Ok(out)
}

fn measure(out: &mut String, goal: &Goal, root: &Path, count: usize) -> Done<()> {
    let (pack, zip) = (root.join("pack.zip"), root.join("zip.zip"));
    let tool = |args: &[&str]| -> Done<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(args)
            .current_dir(root)
            .env(AS_TOOL, "1")
            .env("SOURCE_DATE_EPOCH", "1768478400");
        Ok(command)
    };
    let mut zip_command = Command::new("zip");
    zip_command
        .args(["-q", "-r", "-X", "zip.zip", "tree"])
        .current_dir(root);
    // Once for the page cache; what counts is the second.
    warm(&root.join("tree"))?;
    let theirs = run(&mut zip_command)?;
    let report = "docs/runs/2026-01-15-WBS-1-AGENT-1.md";
    let ours = run(&mut tool(&[
        "build",
        "--run",
        report,
        "--include",
        "tree/**",
        "-o",
        "pack.zip",
    ])?)?;
    let plain = plain(&root.join("tree"))?;
    let size = |path: &Path| -> Done<f64> { Ok(std::fs::metadata(path)?.len() as f64) };
    let (our_size, zip_size) = (size(&pack)?, size(&zip)?);
    writeln!(
        out,
        "{}: {count} files; wall s, CPU s, peak MB, packed MB",
        goal.name
    )?;
    let mut row = |name: &str, run: &Run, bytes: f64| {
        writeln!(
            out,
            "  {name:42} {:8.2} {:8.2} {:8.1} {:9.1}",
            run.wall,
            run.cpu,
            run.peak / 1e6,
            bytes / 1e6
        )
    };
    row("zip -q -r -X", &theirs, zip_size)?;
    row("attach-pack build", &ours, our_size)?;
    row("  the same without the search (library)", &plain, our_size)?;
    let verified = run(&mut tool(&["verify", "pack.zip"])?)?;
    row("attach-pack verify", &verified, our_size)?;
    let unpack = run(Command::new("unzip")
        .args(["-q", "pack.zip", "-d", "out"])
        .current_dir(root))?;
    row("unzip -q", &unpack, our_size)?;
    let bag = std::fs::read_dir(root.join("out"))?
        .next()
        .ok_or("nothing unpacked")??
        .path();
    let bagit = run(Command::new("bagit.py")
        .args(["--validate", "--quiet", "--processes", "2"])
        .arg(&bag));
    if let Ok(bagit) = &bagit {
        row("bagit.py --validate --processes 2", bagit, our_size)?;
    }
    let mut goal_line = |name: &str, is: f64, most: f64| {
        let verdict = if is <= most { "met" } else { "MISSED" };
        writeln!(out, "  {name:42} {is:8.3} of at most {most:.3}: {verdict}")
    };
    goal_line(
        "wall, with the search, of zip's",
        ours.wall / theirs.wall,
        goal.searched,
    )?;
    goal_line(
        "CPU, with the search, of zip's wall x 2",
        ours.cpu / theirs.cpu / 2.0,
        goal.searched,
    )?;
    goal_line(
        "wall, without it, of zip's",
        plain.wall / theirs.wall,
        goal.plain,
    )?;
    goal_line("size, of zip's", our_size / zip_size, goal.size)?;
    goal_line(
        "peak memory, MB",
        ours.peak / 1e6,
        (MEMORY.0 + MEMORY.1 * count as f64) / 1e6,
    )?;
    match bagit {
        Ok(bagit) => goal_line(
            "verify, of unzip and bagit.py",
            verified.wall / (unpack.wall + bagit.wall),
            0.25,
        )?,
        Err(error) => writeln!(out, "  no bagit.py to compare verify with: {error}")?,
    }
    Ok(())
}
