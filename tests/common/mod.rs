//! A hermetic place to run the binaries in: a temporary folder, a scrubbed environment, a fixed
//! clock, fixed git identities, no configuration of the machine.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod cases;
pub(crate) mod ledger;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Every binary of the package, with the path that cargo built it to.
pub(crate) const TOOLS: [(&str, &str); 7] = [
    ("attach-pack", env!("CARGO_BIN_EXE_attach-pack")),
    ("concordance", env!("CARGO_BIN_EXE_concordance")),
    ("ledger-lint", env!("CARGO_BIN_EXE_ledger-lint")),
    ("locks", env!("CARGO_BIN_EXE_locks")),
    ("progress", env!("CARGO_BIN_EXE_progress")),
    ("queue", env!("CARGO_BIN_EXE_queue")),
    ("trueline", env!("CARGO_BIN_EXE_trueline")),
];

/// The time that the tools take for now.
pub(crate) const NOW: &str = "2026-01-15T12:00:00Z";

/// A temporary repository.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit code; -1 after a signal.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ran {
    /// Asserts the exit code, showing both streams when it differs.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.out, self.err
        );
        self
    }

    /// Asserts that standard output has a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text),
            "no {text:?} in\n{}\n--- stderr\n{}",
            self.out,
            self.err
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

impl Sandbox {
    /// An empty folder that is no git repository.
    pub(crate) fn bare() -> Self {
        Sandbox {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// An empty git repository.
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::bare();
        std::fs::create_dir(sandbox.root()).unwrap();
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox
    }

    /// The root of the repository.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// Writes a file below the root.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Reads a file below the root.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Copies a folder of the project into the root.
    pub(crate) fn copy(&self, folder: &str) -> &Self {
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &self.root(),
        );
        self
    }

    /// A command in the root with a scrubbed environment.
    pub(crate) fn command(&self, program: &str) -> Command {
        let exe = TOOLS
            .iter()
            .find(|(name, _)| *name == program)
            .map_or(program, |(_, exe)| exe);
        let mut command = Command::new(exe);
        let root = if self.root().is_dir() {
            self.root()
        } else {
            self.folder.path().to_owned()
        };
        command.current_dir(root).env_clear().stdin(Stdio::null());
        for name in ["PATH", "SYSTEMROOT", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", self.folder.path())
            .env("NO_COLOR", "1")
            .env("LC_ALL", "C.UTF-8")
            .env("TRUELINE_TEST_NOW", NOW)
            .env(
                "GIT_CONFIG_GLOBAL",
                if cfg!(windows) { "NUL" } else { "/dev/null" },
            )
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            // A repository that holds the temporary folder must not be taken for this one.
            .env("GIT_CEILING_DIRECTORIES", self.folder.path());
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Dana")
                .env(format!("GIT_{role}_EMAIL"), "dana@example.org")
                .env(format!("GIT_{role}_DATE"), "2026-01-10T12:00:00Z");
        }
        command
    }

    /// Runs a tool.
    pub(crate) fn run(&self, tool: &str, args: &[&str]) -> Ran {
        let output = self.command(tool).args(args).output().unwrap();
        ran(&output)
    }

    /// Runs git and asserts that it worked.
    #[track_caller]
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let ran = ran(&self.command("git").args(args).output().unwrap());
        assert_eq!(ran.code, 0, "git {args:?}: {}", ran.err);
        ran.out
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) -> &Self {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self
    }
}

/// The streams and the code of a finished process.
pub(crate) fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in
        std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()))
    {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
