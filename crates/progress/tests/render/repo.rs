//! A repository with a plan, and the tool run in it.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use trueline_kit::testing::{Ran, run};
use trueline_progress::TOOL;

pub(crate) const POR: &str = r#"{
  "version": 1,
  "phases": [
    {"id": "P1", "title": "One | first", "weight": 0.3, "owner": "PO"},
    {"id": "P2", "title": "Two", "weight": 0.7, "depends_on": ["P1"], "gate": {"checks": ["unit"]}}
  ],
  "items": [
    {"id": "WBS-1.1", "phase": "P1", "title": "First", "weight": 2, "nt_refs": ["NT-1"], "td_refs": ["TD-1"]},
    {"id": "WBS-1.2", "phase": "P1", "title": "Second <!-- x -->", "dependencies": ["WBS-1.1"], "nt_refs": ["NT-1"], "td_refs": ["TD-1"]},
    {"id": "WBS-2.1", "phase": "P2", "title": "Third", "due": "2026-01-20", "nt_refs": ["NT-2"], "td_refs": ["TD-1"]}
  ]
}
"#;

pub(crate) const QUEUE: &str = r#"{"id": "WBS-1.1", "status": "done", "owner": "A-1"}
{"id": "WBS-1.2", "status": "todo"}
{"id": "WBS-2.1", "status": "done"}
"#;

pub(crate) struct Repo {
    pub(crate) dir: TempDir,
}

impl Repo {
    pub(crate) fn new(por: Option<&str>, queue: Option<&str>) -> Repo {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo { dir };
        for (path, text) in [("ops/por.json", por), ("ops/queue.jsonl", queue)] {
            if let Some(text) = text {
                repo.write(path, text);
            }
        }
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

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        run(&TOOL, self.root(), args)
    }

    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        ran
    }

    pub(crate) fn pages(&self) -> [String; 3] {
        ["docs/PROGRESS.md", "docs/OUTLINE.md", "docs/progress.json"].map(|path| self.read(path))
    }
}
