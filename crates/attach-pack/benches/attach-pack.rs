//! A pack beside what people use instead, on two generated trees: `scripts/bench attach-pack`.
//!
//! The tool runs as a process of its own (this program, started again as the tool), so that its start, walk, search for
//! secrets, hashes, manifests and its peak memory count. `TRUELINE_BENCH_MB` and `TRUELINE_BENCH_FILES` make the trees smaller.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use trueline_attach_pack::zip::{Level, Writer, prepare};

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

/// What a run took.
struct Run {
    wall: f64,
    cpu: f64,
    peak: f64,
}

fn run(command: &mut Command) -> Done<Run> {
    let (start, before) = (Instant::now(), cpu(true));
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    let code = loop {
        if let Some(code) = child.try_wait()? {
            break code;
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .trim_end_matches(" kB")
                .parse::<f64>()
                .ok()
        });
        peak = peak.max(kib.unwrap_or(0.0) * 1024.0);
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = start.elapsed().as_secs_f64();
    if !code.success() {
        let mut text = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut text)?;
        }
        return Err(format!("{command:?}: {code}: {text}").into());
    }
    Ok(Run {
        wall,
        cpu: cpu(true) - before,
        peak,
    })
}

/// Seconds of CPU of this process, or of its children that have ended; where the system says (Linux).
fn cpu(children: bool) -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let first = if children { 13 } else { 11 };
    let ticks: f64 = (first..first + 2)
        .filter_map(|at| fields.get(at)?.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// The zip of the tree by the library alone: read, hashed, compressed and written on all threads, nothing searched.
fn plain(tree: &Path) -> Done<Run> {
    let (start, before) = (Instant::now(), cpu(false));
    let mut paths = paths(tree)?;
    paths.sort();
    let mut zip = Writer::new(tempfile::tempfile()?);
    for batch in paths.chunks(64) {
        let ready: Vec<_> = batch
            .par_iter()
            .map(|path| {
                let name = format!("base/{}", path.display()).replace("//", "/");
                let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
                let large = bytes.len() as u64 > trueline_attach_pack::zip::WHOLE;
                if large {
                    return Ok((name, None));
                }
                let entry = prepare(&name, false, bytes, Level::Normal);
                entry
                    .map(|entry| (name, Some(entry)))
                    .map_err(|error| error.to_string())
            })
            .collect::<Result<_, String>>()?;
        for ((name, entry), path) in ready.into_iter().zip(batch) {
            match entry {
                Some(entry) => zip.add(entry)?,
                None => {
                    let mut file = std::fs::File::open(path)?;
                    let size = file.metadata()?.len();
                    zip.add_stream(&name, false, size, &mut file, Level::Normal, &mut |_| ())?;
                }
            }
        }
    }
    zip.finish("base", "")?;
    Ok(Run {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu(false) - before,
        peak: 0.0,
    })
}

fn paths(tree: &Path) -> Done<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![tree.to_owned()]);
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder)? {
            let item = item?;
            match item.file_type()?.is_dir() {
                true => folders.push(item.path()),
                false => found.push(item.path()),
            }
        }
    }
    Ok(found)
}

fn warm(tree: &Path) -> Done<()> {
    for path in paths(tree)? {
        std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
    }
    Ok(())
}

/// A generator of numbers: the same trees every time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// About as many bytes of what test logs and reports hold: words, times, digests, ids, JSON.
fn log(numbers: &mut Numbers, size: usize) -> Vec<u8> {
    const WORDS: [&str; 24] = [
        "booking", "request", "accepted", "worker", "started", "test", "passed", "failed", "cache",
        "queue", "user", "page", "render", "retry", "timeout", "connect", "response", "status",
        "module", "compile", "warning", "index", "update", "done",
    ];
    let mut text = String::with_capacity(size + 256);
    while text.len() < size {
        let (a, b) = (numbers.next(), numbers.next());
        let word = |n: u64| WORDS[usize::try_from(n % 24).unwrap_or(0)];
        let line = match a % 4 {
            0 => format!(
                "2026-01-15T12:{:02}:{:02}.{:03}Z INFO {} {} {} id={a:016x}\n",
                b % 60,
                a % 60,
                b % 1000,
                word(a >> 8),
                word(b >> 8),
                word(a >> 16)
            ),
            1 => format!(
                "test {}::{}_{} ... ok ({}.{:03}s)\n",
                word(a >> 9),
                word(b >> 3),
                word(b >> 9),
                a % 3,
                b % 1000
            ),
            2 => format!(
                "{{\"name\":\"{} {}\",\"ms\":{},\"sha256\":\"{a:016x}{b:016x}{:016x}{:016x}\"}}\n",
                word(a >> 7),
                word(b >> 5),
                b % 100_000,
                a ^ b,
                b.rotate_left(9)
            ),
            _ => format!(
                "    at {}.{} ({}/src/{}.ts:{}:{})\n",
                word(a >> 5),
                word(b >> 6),
                word(a >> 12),
                word(b >> 12),
                a % 900,
                b % 90
            ),
        };
        text.push_str(&line);
    }
    text.truncate(size);
    text.into_bytes()
}

fn noise(numbers: &mut Numbers, size: usize) -> Vec<u8> {
    (0..size.div_ceil(8))
        .flat_map(|_| numbers.next().to_le_bytes())
        .take(size)
        .collect()
}

/// 200 files of very different sizes: half of the bytes are logs, half is what images and archives are.
fn mixed(tree: &Path, megabytes: usize) -> Done<usize> {
    const COUNT: usize = 200;
    let mut numbers = Numbers(7);
    let weights: Vec<u64> = (0..COUNT).map(|_| 1 + numbers.below(10).pow(3)).collect();
    let total: u64 = weights.iter().sum();
    for (at, weight) in weights.iter().enumerate() {
        let size = usize::try_from(weight * 1_000_000 * megabytes as u64 / total)?;
        let (name, bytes) = match at % 2 {
            0 => (format!("log-{at:03}.txt"), log(&mut numbers, size)),
            _ => (format!("shot-{at:03}.png"), noise(&mut numbers, size)),
        };
        std::fs::write(tree.join(name), bytes)?;
    }
    Ok(COUNT)
}

/// Files of 1 to 4 KB in folders of 500.
fn small(tree: &Path, files: usize) -> Done<usize> {
    let mut numbers = Numbers(11);
    for at in 0..files {
        let folder = tree.join(format!("part-{:04}", at / 500));
        if at % 500 == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        let size = 1000 + usize::try_from(numbers.below(3000))?;
        std::fs::write(
            folder.join(format!("case-{at:06}.log")),
            log(&mut numbers, size),
        )?;
    }
    Ok(files)
}
