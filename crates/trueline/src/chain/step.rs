//! The steps of the chain, and running one.

use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, Stdio};

use trueline_core::report::Report;
use trueline_kit::config::FILE_NAME;
use trueline_kit::{Artifact, Context, Error};

use super::{Args, packs};
use crate::launch;

/// Most bytes read of what a tool writes on either stream.
const MAX_OUTPUT: u64 = 256 << 20;

/// One run of one tool.
pub(super) struct Step {
    /// Name of the tool.
    pub(super) tool: &'static str,
    /// Its arguments, apart from `--root` and `--format`.
    pub(super) args: Vec<OsString>,
    /// What it is for.
    pub(super) purpose: &'static str,
}

/// What came of a step.
pub(super) struct StepResult {
    /// The step.
    pub(super) step: Step,
    /// Exit code, unless a signal ended it or it could not be started.
    pub(super) exit_code: Option<i32>,
    /// What it reported, when that could be read.
    pub(super) report: Option<Report>,
    /// What it said on standard error, or why it could not be started.
    pub(super) error: Option<String>,
}

/// The steps that apply to this repository.
pub(super) fn plan(args: &Args, ctx: &mut Context) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    let mut add = |tool: &'static str, words: &[&str], purpose: &'static str| {
        let wanted = (args.only.is_empty() || args.only.iter().any(|only| only == tool))
            && !args.skip.iter().any(|skip| skip == tool);
        if wanted {
            steps.push(Step {
                tool,
                args: words.iter().map(OsString::from).collect(),
                purpose,
            });
        }
    };
    let base: Vec<&str> = args
        .base
        .as_deref()
        .map_or_else(Vec::new, |base| vec!["--base", base]);
    let check: &[&str] = if args.check { &["--check"] } else { &[] };
    let has =
        |artifact: Artifact, ctx: &Context| ctx.root().join(ctx.config().path(artifact)).exists();

    if ctx.config_flag().is_some() || ctx.root().join(FILE_NAME).exists() {
        add(
            "trueline",
            &["check"],
            "the configuration names what exists",
        );
    }
    // Before the others, which look requirement ids up in the index.
    add(
        "concordance",
        &[&["index"], check].concat(),
        "requirements and designs are indexed",
    );
    add(
        "ledger-lint",
        &[&["check"], base.as_slice()].concat(),
        "records are whole and true to form",
    );
    add(
        "concordance",
        &[&["update"], base.as_slice(), check].concat(),
        "the crosswalk is up to date",
    );
    add(
        "concordance",
        &[&["check"], base.as_slice()].concat(),
        "requirements are traced",
    );
    add(
        "concordance",
        &[&["report"], check].concat(),
        "the coverage report is up to date",
    );
    // Before the checks, which compare the queue with the boxes of the outline.
    add(
        "progress",
        &[&["render"], check].concat(),
        "progress and outline are up to date",
    );
    add("queue", &["check"], "the queue agrees with the plan");
    add("progress", &["check"], "the plan is sound");
    add("locks", &["doctor"], "locks can be read, none is stale");
    if has(Artifact::Ownership, ctx) {
        add(
            "locks",
            &[&["codeowners"], check].concat(),
            "owners are generated from one source",
        );
    }
    if let (Some(base), Some(owner)) = (&args.base, &args.owner) {
        add(
            "locks",
            &["preflight", "--base", base, "--owner", owner],
            "the change stays in its scope",
        );
    }
    let found = packs::find(ctx);
    for (command, paths, purpose) in [
        ("verify", &found.packs, "packs are unaltered"),
        (
            "import-manifest",
            &found.manifests,
            "manifests of other shapes prove something",
        ),
    ] {
        if !paths.is_empty() {
            let words: Vec<&str> = [command]
                .into_iter()
                .chain(paths.iter().map(String::as_str))
                .collect();
            add("attach-pack", &words, purpose);
        }
    }
    if steps.is_empty() {
        return Err(Error::usage("--only and --skip leave no step to run"));
    }
    Ok(steps)
}

impl Step {
    /// The command as one would type it, apart from the tool's name and the common flags.
    pub(super) fn command(&self) -> String {
        let words: Vec<_> = self
            .args
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        words.join(" ")
    }

    /// Runs the step and reads its report.
    pub(super) fn run(self, ctx: &Context) -> StepResult {
        let mut command = Command::new(launch::program(self.tool));
        command
            .arg("--root")
            .arg(ctx.root())
            .args(["--format", "json", "--color", "never"]);
        if let Some(config) = ctx.config_flag() {
            command.arg("--config").arg(config);
        }
        if ctx.is_strict() {
            command.arg("--strict");
        }
        command
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                let error = launch::missing(self.tool, &error).to_string();
                return StepResult {
                    step: self,
                    exit_code: None,
                    report: None,
                    error: Some(error),
                };
            }
        };
        // Both pipes are drained at once, or a tool that fills one while we read the other stops.
        let stderr = child.stderr.take();
        let errors = std::thread::spawn(move || read_all(stderr));
        let output = read_all(child.stdout.take());
        let said = errors.join().unwrap_or_default();
        let exit_code = child.wait().ok().and_then(|status| status.code());
        let report = serde_json::from_slice::<Report>(&output).ok();
        let said = String::from_utf8_lossy(&said).trim_end().to_owned();
        StepResult {
            step: self,
            exit_code,
            report,
            error: (!said.is_empty()).then_some(said),
        }
    }
}

fn read_all(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // What cannot be read shows as a report that cannot be read.
        let _ = stream.take(MAX_OUTPUT).read_to_end(&mut bytes);
    }
    bytes
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;
    use trueline_kit::Tool;

    #[derive(clap::Subcommand)]
    enum Command {
        /// Prints the packs
        Packs,
    }

    fn run(_: Command, ctx: &mut Context) -> Result<(), Error> {
        let packs = packs::find(ctx).packs;
        ctx.print_json(&packs)
    }

    #[test]
    fn a_pack_that_is_a_link_or_has_no_text_name_is_not_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("docs/orchestrator/from-agents/A");
        std::fs::create_dir_all(&folder).unwrap();
        let tool = Tool {
            name: "packs",
            about: "packs",
            after_help: "",
            rules: &[],
            schemas: &[],
            run,
        };
        let look = || trueline_kit::testing::run(&tool, dir.path(), &["packs"]);
        std::os::unix::fs::symlink("elsewhere", folder.join("run-1-attach.zip")).unwrap();
        let ran = look();
        assert_eq!(ran.code, 0, "no rotations folder is no fault: {ran:?}");
        assert!(ran.stdout.contains("A/run-1-attach.zip"), "{ran:?}");
        std::fs::write(folder.join(std::ffi::OsStr::from_bytes(b"\xff.zip")), "").unwrap();
        let ran = look();
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("not verified"), "{ran:?}");
    }
}
