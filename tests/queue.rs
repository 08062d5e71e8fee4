//! The `queue` and `progress` commands as processes: races, git's merges, and goldens.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
// [verify->NT-5.2] [verify->NT-5.3]

mod common;

use std::path::Path;
use std::process::Stdio;

use common::cases::Cases;
use common::{Sandbox, TOOLS, ran};

const QUEUE: &str = "{\"id\": \"W-1\", \"title\": \"One\", \"status\": \"todo\"}\n{\"id\": \"W-2\", \"title\": \"Two\", \"status\": \"todo\"}\n";

/// Rounds of the race; more with `RACE_ROUNDS` (`scripts/stress queue` runs 1,000).
fn rounds() -> usize {
    let rounds = std::env::var("RACE_ROUNDS").ok();
    rounds.and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// Starts all commands, then waits for them; the number that ended with 0.
fn winners(sandbox: &Sandbox, lines: &[Vec<String>]) -> usize {
    let children: Vec<_> = lines
        .iter()
        .map(|line| {
            let mut command = sandbox.command("queue");
            command
                .args(line)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let codes: Vec<i32> = children
        .into_iter()
        .map(|child| ran(&child.wait_with_output().unwrap()).code)
        .collect();
    assert!(codes.iter().all(|code| matches!(code, 0 | 1)), "{codes:?}");
    codes.iter().filter(|code| **code == 0).count()
}

#[test]
fn of_eight_that_claim_one_wins() {
    let sandbox = Sandbox::new();
    for round in 0..rounds() {
        sandbox.write("ops/queue.jsonl", QUEUE);
        // Different names, and all of one name.
        let owner = |at: usize| {
            if round % 2 == 0 {
                format!("A-{at}")
            } else {
                "A".to_owned()
            }
        };
        let lines: Vec<Vec<String>> = (0..8)
            .map(|at| {
                ["claim", "W-1", "--owner", &owner(at)]
                    .map(str::to_owned)
                    .to_vec()
            })
            .collect();
        assert_eq!(winners(&sandbox, &lines), 1, "round {round}");
        let queue = sandbox.read("ops/queue.jsonl");
        assert_eq!(queue.matches("\"claim\"").count(), 1, "{queue}");
        std::fs::remove_dir_all(sandbox.root().join(".git/trueline")).unwrap();
    }
}

#[test]
fn of_eight_that_write_none_is_lost() {
    let sandbox = Sandbox::bare();
    std::fs::create_dir(sandbox.root()).unwrap();
    sandbox.write("ops/queue.jsonl", QUEUE);
    let lines: Vec<Vec<String>> = (0..8)
        .map(|at| match at % 2 {
            0 => [
                "set".to_owned(),
                "W-1".to_owned(),
                format!("scope+=src/{at}"),
            ]
            .to_vec(),
            _ => [
                "add".to_owned(),
                format!("X-{at}"),
                "--title".to_owned(),
                "x".to_owned(),
            ]
            .to_vec(),
        })
        .collect();
    assert_eq!(winners(&sandbox, &lines), 8);
    let queue = sandbox.read("ops/queue.jsonl");
    assert_eq!(queue.lines().count(), 6, "{queue}");
    assert_eq!(queue.matches("\"src/").count(), 4, "{queue}");
}

#[test]
fn git_merges_by_field() {
    let sandbox = Sandbox::new();
    sandbox.write("ops/queue.jsonl", QUEUE);
    sandbox.run("queue", &["install-merge-driver"]).exits(0);
    sandbox.commit("base");
    sandbox.git(&["checkout", "-q", "-b", "theirs"]);
    sandbox
        .run("queue", &["set", "W-1", "status=review", "scope+=b"])
        .exits(0);
    sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox
        .run("queue", &["set", "W-1", "owner=me", "scope+=a"])
        .exits(0);
    sandbox
        .run("queue", &["add", "W-3", "--title", "Three"])
        .exits(0);
    sandbox.commit("ours");
    let (_, exe) = TOOLS.iter().find(|(name, _)| *name == "queue").unwrap();
    let folder = Path::new(exe).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(folder.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let output = sandbox
        .command("git")
        .env("PATH", path.unwrap())
        .args(["merge", "-q", "--no-edit", "theirs"])
        .output()
        .unwrap();
    ran(&output).exits(0);
    assert_eq!(
        sandbox.read("ops/queue.jsonl"),
        "{\"id\": \"W-1\", \"title\": \"One\", \"status\": \"review\", \"owner\": \"me\", \"scope\": [\"a\", \"b\"]}\n{\"id\": \"W-2\", \"title\": \"Two\", \"status\": \"todo\"}\n{\"id\": \"W-3\", \"title\": \"Three\", \"status\": \"todo\"}\n"
    );
}

/// Goldens of these tools hold what stands on standard output.
fn cases(tool: &'static str) -> Cases {
    Cases {
        run: |sandbox, command| {
            let words: Vec<&str> = command.split(' ').collect();
            let (tool, args) = words.split_first().unwrap();
            let ran = sandbox.run(tool, args);
            (ran.code, ran.out)
        },
        ..Cases::of(tool)
    }
}

/// Every command and every finding of both tools is in a golden, but for a file that is not UTF-8:
/// goldens are text.
#[test]
fn goldens_show_every_command_and_finding() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let mut text = String::new();
    for tool in ["queue", "progress"] {
        for entry in std::fs::read_dir(root.join(tool)).unwrap() {
            text.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
    }
    let sandbox = Sandbox::new();
    let mut missing = Vec::new();
    for tool in ["queue", "progress"] {
        let rules = sandbox.run(tool, &["rules"]).exits(0).out;
        let codes = rules
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        for code in codes.filter(|code| *code != "unreadable-file") {
            if !text.contains(&format!("[{tool}/{code}]")) {
                missing.push(format!("{tool}/{code}"));
            }
        }
        let help = sandbox.run(tool, &["--help"]).exits(0).out;
        let commands = help.split("Commands:").nth(1).unwrap();
        let commands = commands.split("\n\n").next().unwrap();
        for line in commands
            .lines()
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        {
            let command = line.split_whitespace().next().unwrap();
            // The schemas have a test of their own.
            if !matches!(command, "help" | "schema")
                && !text.contains(&format!("$ {tool} {command}"))
            {
                missing.push(format!("{tool} {command}"));
            }
        }
    }
    assert!(missing.is_empty(), "in no golden: {missing:?}");
}

#[test]
fn goldens() {
    cases("queue").check();
    cases("progress").check();
}
