//! `locks --remote`: two clones of one bare repository.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::{Path, PathBuf};

use common::{Ran, Sandbox, ran};

struct Two {
    sandbox: Sandbox,
    a: PathBuf,
    b: PathBuf,
}

fn two() -> Two {
    let sandbox = Sandbox::new();
    sandbox.write("src/a.rs", "").commit("base");
    sandbox.git(&["clone", "-q", "--bare", ".", "../server"]);
    let folder = sandbox.root().parent().unwrap().to_owned();
    for name in ["a", "b"] {
        sandbox.git(&["clone", "-q", "../server", &format!("../{name}")]);
    }
    Two {
        a: folder.join("a"),
        b: folder.join("b"),
        sandbox,
    }
}

impl Two {
    fn run(&self, place: &Path, program: &str, line: &str) -> Ran {
        let mut command = self.sandbox.command(program);
        let words: Vec<&str> = line.split(' ').collect();
        ran(&command.current_dir(place).args(words).output().unwrap())
    }

    fn locks(&self, place: &Path, line: &str) -> Ran {
        self.run(place, "locks", line)
    }
}

#[test]
fn what_one_clone_holds_the_other_cannot() {
    let two = two();
    let ask = |owner: &str, scope: &str| {
        format!("acquire --owner {owner} --task WBS-1 --scope {scope} --remote")
    };
    two.locks(&two.a, &ask("AGENT-1", "src/**")).exits(0);
    let refused = two.locks(&two.b, &ask("AGENT-2", "src/a.rs")).exits(1);
    assert!(
        refused.out.contains("from another clone"),
        "{}",
        refused.out
    );
    two.locks(&two.b, "list").exits(0).says("no locks");
    two.locks(&two.b, "list --remote").exits(0).says("AGENT-1");
    two.locks(&two.b, &ask("AGENT-2", "docs/**")).exits(0);
    two.locks(&two.a, "renew --owner AGENT-1 --remote").exits(0);
    two.locks(&two.a, "release --owner AGENT-1 --remote")
        .exits(0);
    two.locks(&two.b, "release --owner AGENT-2 --remote")
        .exits(0);
    two.locks(&two.b, &ask("AGENT-2", "src/a.rs")).exits(0);
}

#[test]
fn after_a_take_over_the_late_holder_cannot_push() {
    let two = two();
    let line = "acquire --owner AGENT-1 --task WBS-1 --scope src/** --remote";
    two.locks(&two.a, line).exits(0);
    two.run(&two.a, "git", "commit -q --allow-empty -m work");
    let push = "fence --owner AGENT-1 --remote -- HEAD:refs/heads/work";
    two.locks(&two.a, push).exits(0).says("pushed");
    let listed = two.locks(&two.b, "list --remote --format json").json();
    let expect = listed["locks"][0]["expect"].as_str().unwrap();
    let recover = format!("recover --expect {expect} --reason gone --owner AGENT-2 --remote");
    two.locks(&two.b, &recover).exits(2);
    two.locks(&two.b, &format!("{recover} --force"))
        .exits(0)
        .says("AGENT-2 holds it now");
    two.run(&two.a, "git", "commit -q --allow-empty -m late");
    let late = "fence --owner AGENT-1 --remote -- git push origin HEAD:refs/heads/late";
    two.locks(&two.a, late).exits(2);
    let heads = two.run(&two.a, "git", "ls-remote origin").exits(0).out;
    assert!(
        heads.contains("refs/heads/work") && !heads.contains("refs/heads/late"),
        "{heads}"
    );
    two.locks(&two.a, "renew --owner AGENT-1 --remote").exits(2);
    let gate = "preflight --base HEAD~1 --owner AGENT-1 --remote";
    two.run(&two.a, "git", "add -A");
    two.run(&two.a, "git", "commit -q -m more");
    two.locks(&two.a, gate)
        .exits(1)
        .says("was taken over in the remote's table");
    // Never a silent nothing: here it is given back, there it was gone.
    let released = two.locks(&two.a, "release --owner AGENT-1").exits(2);
    assert!(
        released.err.contains("no longer in the remote's table"),
        "{}",
        released.err
    );
    two.locks(&two.a, "list").exits(0).says("no locks");
    two.locks(
        &two.b,
        "fence --owner AGENT-2 --remote -- HEAD:refs/heads/next",
    )
    .exits(0);
}

#[test]
fn a_remote_that_is_not_there_holds_nothing_back_and_grants_nothing() {
    let two = two();
    let ask = "acquire --owner AGENT-1 --task WBS-1 --scope src/** --remote=nowhere";
    two.locks(&two.a, ask).exits(2);
    two.locks(&two.a, "list").exits(0).says("no locks");
    std::fs::write(
        two.a.join("trueline.toml"),
        "[locks]\nremote = \"nowhere\"\n",
    )
    .unwrap();
    two.locks(
        &two.a,
        "acquire --owner AGENT-1 --task WBS-1 --scope src/**",
    )
    .exits(2);
    let line = "acquire --owner AGENT-1 --task WBS-1 --scope src/** --local";
    two.locks(&two.a, line).exits(0);
}

#[test]
fn renew_and_release_follow_a_lock_into_the_table_that_it_was_put_in() {
    let two = two();
    let ask = |owner: &str| format!("acquire --owner {owner} --task WBS-1 --scope src/** --remote");
    two.locks(&two.a, &ask("AGENT-1")).exits(0);
    two.locks(&two.a, "renew --owner AGENT-1").exits(0);
    let seen = two.locks(&two.b, "list --remote --format json").json();
    let expect = seen["locks"][0]["expect"].as_str().unwrap();
    assert!(expect.ends_with(":2"), "{expect}");
    let push = "fence --owner AGENT-1 -- HEAD:refs/heads/work";
    two.locks(&two.a, push).exits(0);
    two.locks(&two.b, &ask("AGENT-2")).exits(1);
    two.locks(&two.a, "release --owner AGENT-1").exits(0);
    two.locks(&two.b, &ask("AGENT-2")).exits(0);
}

#[test]
fn a_take_over_follows_a_lock_into_the_table_that_it_was_put_in() {
    let two = two();
    let line = "acquire --owner AGENT-1 --task WBS-1 --scope src/** --remote";
    two.locks(&two.a, line).exits(0);
    let listed = two.locks(&two.a, "list --format json").json();
    let expect = listed["locks"][0]["expect"].as_str().unwrap();
    let recover = format!("recover --expect {expect} --reason gone --owner AGENT-3 --force");
    two.locks(&two.a, &recover).exits(0);
    let seen = two.locks(&two.b, "list --remote").exits(0);
    assert!(seen.out.contains("AGENT-3"), "{}", seen.out);
    assert!(!seen.out.contains("AGENT-1"), "{}", seen.out);
    two.locks(&two.a, "release --owner AGENT-3").exits(0);
    two.locks(&two.b, "list --remote").says("no locks");
}

#[test]
fn local_leaves_the_table_as_it_is_and_says_so() {
    let two = two();
    let line = "acquire --owner AGENT-1 --task WBS-1 --scope src/** --remote";
    two.locks(&two.a, line).exits(0);
    let renewed = two.locks(&two.a, "renew --owner AGENT-1 --local").exits(0);
    assert!(renewed.err.contains("other clones"), "{}", renewed.err);
    let seen = two.locks(&two.b, "list --remote --format json").json();
    assert!(seen["locks"][0]["expect"].as_str().unwrap().ends_with(":1"));
}

#[test]
fn a_lock_that_was_acquired_locally_asks_no_remote_later() {
    let two = two();
    let toml = "[locks]\nremote = \"nowhere\"\n";
    std::fs::write(two.a.join("trueline.toml"), toml).unwrap();
    let line = "acquire --owner AGENT-1 --task WBS-1 --scope src/** --local";
    two.locks(&two.a, line).exits(0);
    two.locks(&two.a, "renew --owner AGENT-1").exits(0);
    two.locks(&two.a, "release --owner AGENT-1").exits(0);
}
