//! CPU time of `concordance` relative to ripgrep on the same generated repository, in the same
//! run: `scripts/bench concordance`.
//!
//! A run counts only if its findings are exactly those that the generator planted: fast and
//! wrong fails. `CONCORDANCE_BENCH_FILES` sets the size (default 20,000 files of 5.9 kB, 10,000
//! ids, 10,000 commits), `CONCORDANCE_BENCH_KEEP` a folder that stays.

#[path = "../tests/corpus/mod.rs"]
mod corpus;
#[path = "concordance/history.rs"]
mod history;
#[path = "concordance/measure.rs"]
mod measure;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use corpus::{Corpus, Expected, Shape};
use measure::{Cost, Run, in_turn, measure};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Set for a child process, which is the tool; where it writes its peak of memory.
const AS_TOOL: &str = "CONCORDANCE_BENCH_AS_TOOL";

/// How often each is run.
const ROUNDS: u32 = 20;

/// The tag pattern for the floor.
const PATTERN: &str = r"\[(impl|verify)->(NT|TD)-[0-9.]+";

fn main() -> ExitCode {
    if let Some(report) = std::env::var_os(AS_TOOL) {
        let code = trueline_concordance::main();
        if let Some(peak) = measure::peak_of_this_process() {
            // A figure that is missing is noticed by the reader.
            let _ = std::fs::write(report, peak.to_string());
        }
        return code;
    }
    match bench() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Done<bool> {
    let files: usize = match std::env::var("CONCORDANCE_BENCH_FILES") {
        Ok(text) => text.parse()?,
        Err(_) => 20_000,
    };
    let folder = tempfile::tempdir()?;
    let place = match std::env::var_os("CONCORDANCE_BENCH_KEEP") {
        Some(place) => PathBuf::from(place),
        None => folder.path().to_owned(),
    };
    let small = Repository::make(&place.join("small"), files / 10)?;
    let large = Repository::make(&place.join("large"), files)?;
    let mut report = Report::default();
    let (check, update) = (["check"], ["update"]);
    let [floor, cold, warm, written, small_cold] = in_turn(
        ROUNDS,
        [
            large.rg(),
            large.run(&check, true),
            large.run(&check, false),
            large.run(&update, true),
            small.run(&check, true),
        ],
    )?;
    report.note("floor: rg -c, the tag pattern, whole tree", floor);
    report.ratio("check, cold", cold, floor, 1.5);
    report.ratio("update (crosswalk written), cold", written, floor, 1.5);
    report.ratio("check, warm and unchanged", warm, floor, 0.5);
    report.growth("check, cold: 10x the input", cold, small_cold, 11.0);
    report.memory("check, cold: peak memory", cold, 64);
    report.memory("update, cold: peak memory", written, 64);

    large.commits(files / 2)?;
    let base = ["check", "--base", "HEAD~50"];
    let [floor, diff] = in_turn(ROUNDS, [large.rg(), large.run(&base, false)])?;
    report.note("floor: the same, with a history", floor);
    report.ratio("check --base HEAD~50, with cache", diff, floor, 0.5);
    let edited = large.after_an_edit(&base)?;
    report.note("check --base HEAD~50, after an edit", edited);
    let [floor, none, later] = large.history(false)?;
    report.ratio(
        "trailers of all commits, later",
        later.minus(none),
        floor,
        0.8,
    );
    report.memory("update --base, all commits: peak memory", later, 64);
    let [floor, none, first] = large.history(true)?;
    report.ratio(
        "trailers of all commits, first",
        first.minus(none),
        floor,
        0.8,
    );
    report.memory("update --base, first: peak memory", first, 64);
    report.note("instead of git log --name-status", large.log()?);
    Ok(report.is_good)
}

/// A generated repository in a folder.
struct Repository {
    root: PathBuf,
    corpus: Corpus,
}

impl Repository {
    /// Makes it, checks it against what was planted.
    fn make(root: &Path, files: usize) -> Done<Self> {
        let corpus = Corpus::new(Shape {
            seed: 20_001,
            // Five requirements a group, one and a half designs each, and the group itself.
            groups: (files / 27).max(20),
            files,
            bytes: files * 5_900,
            defects: (files / 2_000).max(1),
        });
        let one = Repository {
            root: root.to_owned(),
            corpus,
        };
        std::fs::create_dir_all(root)?;
        one.corpus.write(root)?;
        one.git(&["init", "-q", "-b", "main"])?;
        one.git(&["config", "gc.auto", "0"])?;
        one.commit("Everything")?;
        one.agree(&one.corpus.expected, false)?;
        one.quiet(&["index"])?;
        one.quiet(&["update"])?;
        std::fs::write(root.join(".gitignore"), "toc-cache.json\n")?;
        one.corpus.write_late(root)?;
        one.commit("The crosswalk, and what changed after it")?;
        one.git(&["tag", "start"])?;
        one.agree(&one.corpus.expected_after(), false)?;
        one.agree(&one.corpus.expected_after(), true)?;
        Ok(one)
    }

    fn git(&self, args: &[&str]) -> Done {
        let status = Command::new("git")
            .args([
                "-c",
                "user.name=Bench",
                "-c",
                "user.email=bench@example.org",
            ])
            .args(args)
            .current_dir(&self.root)
            .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
            .status()?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("git {args:?}: {status}").into()),
        }
    }

    fn commit(&self, message: &str) -> Done {
        self.git(&["add", "-A"])?;
        self.git(&["commit", "-q", "-m", message])
    }

    fn command(&self, args: &[&str]) -> Done<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(args)
            .current_dir(&self.root)
            .env(AS_TOOL, self.root.with_extension("peak"))
            .stderr(Stdio::null());
        Ok(command)
    }

    fn quiet(&self, args: &[&str]) -> Done {
        self.command(args)?.stdout(Stdio::null()).status()?;
        Ok(())
    }

    /// Whether `check` finds exactly what was planted.
    fn agree(&self, expected: &BTreeSet<Expected>, is_warm: bool) -> Done {
        if !is_warm {
            self.forget()?;
        }
        let output = self.command(&["check", "--format", "json"])?.output()?;
        let value: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let found = measure::findings(&value).ok_or("the report has another form")?;
        let wanted: BTreeSet<_> = expected
            .iter()
            .map(|(code, path, line)| ((*code).to_owned(), path.clone(), *line))
            .collect();
        let missed: Vec<_> = wanted.difference(&found).take(5).collect();
        let invented: Vec<_> = found.difference(&wanted).take(5).collect();
        match missed.is_empty() && invented.is_empty() {
            true => Ok(()),
            false => Err(format!("missed {missed:#?}\ninvented {invented:#?}").into()),
        }
    }

    /// Drops what earlier runs remember.
    fn forget(&self) -> Done {
        let cache = self.root.join(".git/trueline/concordance");
        match std::fs::remove_dir_all(cache) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The floor.
    fn rg(&self) -> Run<'_> {
        Box::new(|| {
            let mut command = Command::new("rg");
            command
                .args(["-c", "--hidden", "--glob", "!.git", PATTERN, "."])
                .current_dir(&self.root)
                .stdout(Stdio::null());
            let status = command.status()?;
            match status.success() {
                true => Ok(0),
                false => Err(format!("rg: {status}").into()),
            }
        })
    }

    /// The floor, and an update without and with the commits.
    fn history(&self, is_cold: bool) -> Done<[Cost; 3]> {
        let without = self.run(&["update"], is_cold);
        let with = self.run(&["update", "--base", "start"], is_cold);
        in_turn(ROUNDS, [self.rg(), without, with])
    }

    /// A run of the tool.
    fn run<'r>(&'r self, args: &'r [&'r str], is_cold: bool) -> Run<'r> {
        let peak = self.root.with_extension("peak");
        Box::new(move || {
            if is_cold {
                self.forget()?;
            }
            let status = self.command(args)?.stdout(Stdio::null()).status()?;
            match status.code() {
                Some(0 | 1) => Ok(std::fs::read_to_string(&peak)?.parse()?),
                _ => Err(format!("{args:?}: {status}").into()),
            }
        })
    }

    /// A run after a file was changed, each time.
    fn after_an_edit(&self, args: &[&str]) -> Done<Cost> {
        let path = self.corpus.requirements[0].code.first().ok_or("no code")?;
        let place = self.root.join(path);
        let before = std::fs::read(&place)?;
        let mut text = before.clone();
        let cost = measure(ROUNDS, || {
            text.extend_from_slice(b"// edited\n");
            std::fs::write(&place, &text)?;
            let status = self.command(args)?.stdout(Stdio::null()).status()?;
            match status.code() {
                Some(0 | 1) => Ok(0),
                _ => Err(format!("{args:?}: {status}").into()),
            }
        });
        std::fs::write(&place, before)?;
        cost
    }

    /// What git needs to name the files that each commit changed.
    fn log(&self) -> Done<Cost> {
        measure(ROUNDS / 2, || {
            let mut command = Command::new("git");
            command
                .args([
                    "log",
                    "-z",
                    "--format=%H%x00%B",
                    "--name-status",
                    "start..HEAD",
                ])
                .current_dir(&self.root)
                .stdout(Stdio::null());
            let status = command.status()?;
            match status.success() {
                true => Ok(0),
                false => Err(format!("git log: {status}").into()),
            }
        })
    }

    /// Adds commits with trailers, each to a code file and a test.
    fn commits(&self, count: usize) -> Done {
        history::import(&self.root, &self.corpus, count)?;
        self.git(&["reset", "-q", "--hard", "main"])?;
        // As in a clone: one pack.
        self.git(&["gc", "-q"])
    }
}

/// Lines of the outcome.
struct Report {
    is_good: bool,
}

impl Default for Report {
    fn default() -> Self {
        Report { is_good: true }
    }
}

impl Report {
    fn line(&mut self, what: &str, figures: &str, is_good: bool) {
        self.is_good &= is_good;
        let mark = if is_good { "" } else { "   MISSED" };
        let _ = writeln!(std::io::stdout(), "{what:44} {figures}{mark}");
    }

    fn note(&mut self, what: &str, cost: Cost) {
        self.line(what, &format!("{:8.1} ms CPU", cost.cpu), true);
    }

    fn ratio(&mut self, what: &str, cost: Cost, floor: Cost, most: f64) {
        let ratio = cost.cpu / floor.cpu;
        let figures = format!("{:8.1} ms CPU = {ratio:5.2}x (goal {most}x)", cost.cpu);
        self.line(what, &figures, ratio <= most);
    }

    fn growth(&mut self, what: &str, large: Cost, small: Cost, most: f64) {
        let ratio = large.cpu / small.cpu;
        let figures = format!("{:8.1} ms CPU = {ratio:5.2}x (goal {most}x)", small.cpu);
        self.line(what, &figures, ratio <= most);
    }

    fn memory(&mut self, what: &str, cost: Cost, most: u64) {
        let peak = cost.peak / 1024;
        self.line(what, &format!("{peak:8} MiB (goal {most})"), peak <= most);
    }
}
