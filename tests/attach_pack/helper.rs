//! A run of an agent, as the tests of `attach-pack` use it.

use crate::common::{Ran, Sandbox};

pub(crate) const REPORT: &str = "docs/runs/2026-01-10-WBS-1.2-AGENT-1.md";
pub(crate) const PACK: &str =
    "docs/orchestrator/from-agents/AGENT-1/run-20260110T120000Z-attach.zip";
pub(crate) const LOG: &str = "\nrunning 2 tests\ntest a ... ok\ntest b ... ok\n\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\n";

/// A repository with a run on a branch: a report, its log, a picture, and a base called `main`.
pub(crate) fn run_of_an_agent() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("src/booking.rs", "fn book() {}\n")
        .write("src/old.rs", "1\n2\n3\n4\n")
        .commit("base");
    sandbox.git(&["checkout", "-q", "-b", "feat/booking"]);
    sandbox.git(&["mv", "src/old.rs", "src/new.rs"]);
    sandbox
        .write("src/booking.rs", "fn book() {}\nfn cancel() {}\n")
        .write("out/tests.txt", LOG)
        .write("docs/runs/shot.png", b"\x89PNG\r\n\x1a\n\0")
        .write(
            REPORT,
            "# Run\n\n- Owner: AGENT-1\n\nAll 2 tests pass: [log](../../out/tests.txt), ![s](shot.png).\nChanged `src/booking.rs`.\n",
        )
        .commit("booking: cancel\n\nNT: NT-1.1\nTD: TD-2\nWBS: WBS-1.2");
    sandbox
}

pub(crate) fn build(sandbox: &Sandbox, more: &[&str]) -> Ran {
    let mut args = vec![
        "build",
        "--run",
        REPORT,
        "--base",
        "main",
        "--tests",
        "out/tests.txt",
    ];
    args.extend(more);
    sandbox.run("attach-pack", &args)
}

pub(crate) fn bytes(sandbox: &Sandbox, path: &str) -> Vec<u8> {
    std::fs::read(sandbox.root().join(path)).unwrap()
}
