//! Histories of every kind, the same for the same seed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A generator of histories that does the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

pub(super) fn git(root: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@example.org",
            "-c",
            "gc.auto=0",
        ])
        .args(args)
        .current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A path out of few, so that files become folders and come back; some are odd.
fn path(dice: &mut Dice) -> String {
    let name = |dice: &mut Dice| match dice.roll(14) {
        0 => "é".to_owned(),
        1 => "a b".to_owned(),
        2 => "a.rs".to_owned(),
        3 => "a-b".to_owned(),
        n => ["a", "b", "lib", "src", "t0"][usize::try_from(n % 5).unwrap()].to_owned(),
    };
    let depth = 1 + dice.roll(3);
    let all: Vec<String> = (0..depth).map(|_| name(dice)).collect();
    all.join("/")
}

/// A stream for `git fast-import`: commits with every kind of change, branches and merges.
pub(super) fn stream(seed: u64, count: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut out = String::new();
    // One path is not UTF-8.
    let mut bytes = Vec::<u8>::new();
    for n in 1..=count {
        let author = format!("A <a@example.org> {} +0000", 1_700_000_000 + n * 60);
        let encoding = if dice.roll(40) == 0 {
            "encoding ISO-8859-1\n"
        } else {
            ""
        };
        let message = match dice.roll(8) {
            0 => String::new(),
            1 => format!("\n\nSubject {n}\n\nNT: NT-{n}\n\n\n"),
            2 => format!("Subject {n}\n \nWBS: WBS-{n}.1"),
            _ => format!("Subject {n}\n\nProse é.\n\nTD: TD-{n}\n"),
        };
        let _ = write!(
            out,
            "commit refs/heads/main\nmark :{n}\ncommitter {author}\n{encoding}data {}\n{message}\n",
            message.len()
        );
        if n > 1 {
            let parent = n - 1 - dice.roll(n.min(4) - 1).min(n - 2);
            let _ = writeln!(out, "from :{parent}");
            if n > 3 && dice.roll(6) == 0 {
                let _ = writeln!(out, "merge :{}", 1 + dice.roll(n - 2));
            }
        }
        for _ in 0..dice.roll(5) {
            let place = path(&mut dice);
            match dice.roll(12) {
                0 | 1 => {
                    let _ = writeln!(out, "D {place}");
                }
                2 => {
                    let text = "x".repeat(usize::try_from(dice.roll(3) * 40).unwrap());
                    let _ = write!(
                        out,
                        "M 120000 inline {place}\ndata {}\n{text}\n",
                        text.len()
                    );
                }
                3 if dice.roll(4) == 0 => {
                    let _ = writeln!(out, "M 160000 {:040x} {place}", 1 + dice.roll(9));
                }
                kind => {
                    let mode = if kind == 4 { "100755" } else { "100644" };
                    let lines = dice.roll(30);
                    let text: String = (0..lines)
                        .map(|line| format!("line {line} {}\n", dice.roll(2)))
                        .collect();
                    let _ = write!(
                        out,
                        "M {mode} inline {place}\ndata {}\n{text}\n",
                        text.len()
                    );
                }
            }
        }
        if dice.roll(30) == 0 {
            bytes.extend(std::mem::take(&mut out).into_bytes());
            bytes.extend(b"M 100644 inline \"odd\\377name\"\ndata 1\nx\n");
        }
        out.push('\n');
    }
    bytes.extend(out.into_bytes());
    bytes
}

/// Makes a repository of a stream.
pub(super) fn import(root: &Path, stream: &[u8]) {
    git(root, &["init", "-q", "-b", "main"]);
    let mut child = Command::new("git")
        .args([
            "-c",
            "fastimport.unpackLimit=0",
            "fast-import",
            "--quiet",
            "--force",
        ])
        .current_dir(root)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stream).unwrap();
    assert!(child.wait().unwrap().success());
}
