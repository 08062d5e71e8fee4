//! A repository in a folder of its own.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use trueline_kit::testing::{Ran, run};
use trueline_queue::TOOL;

pub(crate) struct Repo {
    dir: TempDir,
}

impl Repo {
    pub(crate) fn new(queue: &str) -> Repo {
        let repo = Repo {
            dir: tempfile::tempdir().unwrap(),
        };
        repo.write("ops/queue.jsonl", queue);
        repo
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap()
    }

    pub(crate) fn queue(&self) -> String {
        self.read("ops/queue.jsonl")
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.org")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.org")
            .env("GIT_AUTHOR_DATE", "2026-01-15T12:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-15T12:00:00Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The absolute path of a file.
    pub(crate) fn path(&self, path: &str) -> String {
        self.root().join(path).to_str().unwrap().to_owned()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        run(&TOOL, self.root(), args)
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: u8, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
        ran
    }
}

pub(crate) const QUEUE: &str = r#"{"id": "W-1", "title": "One", "status": "done", "attach_packs": ["x"]}
{"id": "W-2", "title": "Two", "status": "todo", "dependencies": ["W-1"], "x": 1.10}
{"id": "W-10", "title": "Ten", "status": "todo", "dependencies": ["W-2"]}
{"id": "W-3", "title": "Three", "status": "todo", "owner": "A-1"}
"#;
