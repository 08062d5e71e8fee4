//! `locks` in a checkout whose git folder cannot be written.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use common::{Ran, Sandbox, ran};

/// The unprivileged user that stands in where the tests run as root, whom no permission stops.
const NOBODY: u32 = 65_534;

struct Locked {
    sandbox: Sandbox,
    exe: PathBuf,
    is_root: bool,
}

fn walk(path: &Path, each: &dyn Fn(&Path)) {
    if path.symlink_metadata().unwrap().is_dir() {
        for entry in path.read_dir().unwrap() {
            walk(&entry.unwrap().path(), each);
        }
    }
    each(path);
}

fn mode(path: &Path, change: impl Fn(u32) -> u32) {
    let mode = path.metadata().unwrap().permissions().mode();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(change(mode))).unwrap();
}

impl Locked {
    fn new(sandbox: Sandbox) -> Self {
        let folder = sandbox.root().parent().unwrap().to_owned();
        let exe = folder.join("locks");
        std::fs::copy(env!("CARGO_BIN_EXE_locks"), &exe).unwrap();
        let is_root = folder.metadata().unwrap().uid() == 0;
        if is_root {
            walk(&folder, &|path| {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            });
        }
        walk(&sandbox.root().join(".git"), &|path| {
            mode(path, |m| m & !0o222);
        });
        Locked {
            sandbox,
            exe,
            is_root,
        }
    }

    fn run(&self, line: &str) -> Ran {
        let mut command = self.sandbox.command(self.exe.to_str().unwrap());
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        ran(&command.args(line.split(' ')).output().unwrap())
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        walk_down(&self.sandbox.root().join(".git"));
    }
}

/// Writable again, so that the folder can be removed.
fn walk_down(path: &Path) {
    if path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
        mode(path, |m| m | 0o700);
        for entry in path.read_dir().unwrap() {
            walk_down(&entry.unwrap().path());
        }
    }
}

#[test]
fn a_read_only_checkout_can_be_looked_at() {
    let sandbox = Sandbox::new();
    sandbox
        .write("src/a.rs", "")
        .write(
            "ops/ownership.yaml",
            "rules:\n  - {paths: [\"**\"], owners: [\"@a\"]}\n",
        )
        .commit("base");
    let ask = [
        "acquire", "--owner", "A", "--task", "WBS-1", "--scope", "src/**",
    ];
    sandbox.run("locks", &ask).exits(0);
    let locked = Locked::new(sandbox);
    let listed = locked.run("list").exits(0).says("A  WBS-1  active");
    assert!(listed.err.contains("cannot be written"), "{}", listed.err);
    locked.run("status src/a.rs").exits(0).says("A for WBS-1");
    locked.run("doctor").exits(0);
    locked.run("owners src/a.rs").exits(0).says("@a");
    locked.run("overlap a b").exits(0);
    locked.run("match a a").exits(0);
    let refused = locked
        .run("acquire --owner B --task WBS-2 --scope docs/**")
        .exits(2);
    assert!(refused.err.contains("cannot be written"), "{}", refused.err);
    locked.run("renew --owner A").exits(2);
    locked.run("release --owner A").exits(2);
    locked.run("list").exits(0).says("A  WBS-1  active");
}

#[test]
fn a_read_only_checkout_without_a_store_has_no_locks() {
    let sandbox = Sandbox::new();
    sandbox.write("src/a.rs", "").commit("base");
    let locked = Locked::new(sandbox);
    locked.run("list").exits(0).says("no locks");
    locked.run("status src/a.rs").exits(0).says("free");
    locked.run("doctor").exits(0);
}
