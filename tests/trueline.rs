//! `trueline init`, `trueline chain` and `trueline <tool>` over whole repositories.
// [verify->NT-1.7, NT-1.8]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::Sandbox;

#[test]
fn a_repository_passes_the_chain_right_after_init() {
    let sandbox = Sandbox::new();
    sandbox
        .run("trueline", &["init", "--pre-commit", "--github", "--just"])
        .exits(0)
        .says("wrote trueline.toml");
    sandbox.commit("Start");
    sandbox
        .run("trueline", &["chain"])
        .exits(0)
        .says("exit   0 (clean)");
    sandbox.commit("Generated files");
    sandbox
        .run("trueline", &["chain", "--check", "--strict"])
        .exits(0);
    assert_eq!(
        sandbox.git(&["status", "--porcelain"]),
        "",
        "--check writes nothing"
    );
}

#[test]
fn init_never_writes_over_anything() {
    let sandbox = Sandbox::new();
    sandbox
        .write("ops/por.json", "mine")
        .write("trueline.toml", "version = 1\n");
    let ran = sandbox.run("trueline", &["init"]).exits(0);
    assert!(
        ran.out.contains("kept ops/por.json") && ran.out.contains("kept trueline.toml"),
        "{}",
        ran.out
    );
    assert_eq!(sandbox.read("ops/por.json"), "mine");
    let again = sandbox
        .run("trueline", &["init", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(again["written"].as_array().unwrap().len(), 0);
}

#[cfg(unix)]
#[test]
fn init_does_not_write_through_a_dangling_link() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.root().join("ops")).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", sandbox.root().join("ops/queue.jsonl")).unwrap();
    sandbox
        .run("trueline", &["init"])
        .exits(0)
        .says("kept ops/queue.jsonl");
}

#[test]
fn init_writes_where_the_configuration_says() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "trueline.toml",
        "[paths]\nqueue = \"plan/queue.jsonl\"\npor = \"plan/por.json\"\n[globs]\nblueprints_nt = [\"spec/**/*.md\"]\n",
    );
    sandbox
        .run("trueline", &["init"])
        .exits(0)
        .says("wrote plan/queue.jsonl")
        .says("write requirements in `spec/**/*.md`");
    let there = |path: &str| sandbox.root().join(path).exists();
    assert!(there("plan/por.json") && there("docs/blueprints/td.md"));
    assert!(!there("ops/queue.jsonl") && !there("ops/por.json"));
    assert!(
        !there("docs/blueprints/nt.md"),
        "a blueprint that nothing reads"
    );
    sandbox.run("trueline", &["chain"]).exits(0);
}

#[test]
fn a_code_that_no_tool_has_is_found_where_it_stands() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    sandbox.write(
        "trueline.toml",
        "[levels]\nstale-file = \"error\"\n\"locks/foreign-chnage\" = \"note\"\n\n[[allow]]\ncode = \"concordence/cycle\"\npath = \"**\"\nreason = \"r\"\n",
    );
    let found = sandbox
        .run("trueline", &["check", "--strict", "--format", "json"])
        .exits(1)
        .json();
    let found = found["findings"].as_array().unwrap();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        (&found[0]["line"], &found[0]["column"]),
        (&3.into(), &1.into())
    );
    assert_eq!(found[0]["help"], "did you mean `locks/foreign-change`?");
    assert_eq!(
        (&found[1]["line"], &found[1]["column"]),
        (&6.into(), &8.into())
    );
    assert_eq!(found[1]["help"], "did you mean `concordance/cycle`?");
    sandbox
        .run("trueline", &["chain", "--show", "99"])
        .says("warning[trueline/unknown-code] trueline.toml:3:1");
}

#[test]
fn a_dry_run_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox
        .run("trueline", &["init", "--dry-run"])
        .exits(0)
        .says("would write trueline.toml");
    assert!(!sandbox.root().join("trueline.toml").exists());
}

#[test]
fn the_chain_in_json_follows_its_schema_and_names_what_was_written() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    sandbox.commit("Start");
    let ran = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .exits(0);
    assert_eq!(
        trueline_core::schema::get("chain").unwrap().read(&ran.out),
        Ok(())
    );
    let written = ran.json()["written"].clone();
    assert!(
        written
            .as_array()
            .unwrap()
            .iter()
            .any(|path| path == "docs/PROGRESS.md"),
        "{written}"
    );
    let again = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        again["written"],
        serde_json::json!([]),
        "the second run changes nothing"
    );
}

#[test]
fn a_finding_of_one_tool_is_on_the_screen_and_in_the_exit_code() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    sandbox
        .write("ops/model-decisions.jsonl", "{\"task_id\":\n")
        .commit("Start");
    let ran = sandbox.run("trueline", &["chain"]).exits(1);
    assert!(
        ran.out.contains("ops/model-decisions.jsonl:1:"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("exit   1 (findings)"), "{}", ran.out);
    sandbox
        .run("trueline", &["chain", "--exit-zero"])
        .exits(0)
        .says("exit   1 (findings)");
    sandbox
        .run("trueline", &["chain", "--skip", "ledger-lint"])
        .exits(0);
    sandbox
        .run("trueline", &["chain", "--format", "markdown"])
        .exits(1)
        .says("| `ledger-lint check` |");
}

#[test]
fn the_first_run_after_an_item_was_done_is_clean() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    sandbox.write(
        "ops/queue.jsonl",
        "{\"id\":\"WBS-1\",\"title\":\"A\",\"status\":\"doing\",\"phase\":\"P1\",\"scope\":[\"src/**\"]}\n",
    );
    sandbox.commit("Start");
    sandbox.run("trueline", &["chain"]);
    sandbox.commit("Generated files");
    sandbox
        .run(
            "queue",
            &["check", "unit", "--item", "WBS-1", "--", "git", "--version"],
        )
        .exits(0);
    sandbox.run("queue", &["done", "WBS-1"]).exits(0);
    let chain = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .json();
    assert!(
        !chain.to_string().contains("checklist-mismatch"),
        "{chain:#}"
    );
}

#[test]
fn a_missing_base_is_inconclusive_and_never_a_pass() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    sandbox.commit("Start");
    sandbox
        .run("trueline", &["chain", "--base", "no-such-revision"])
        .exits(3);
}

#[test]
fn tools_run_by_name_with_flags_on_either_side() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    let direct = sandbox.run("locks", &["list", "--format", "json"]);
    let before = sandbox.run("trueline", &["--format", "json", "locks", "list"]);
    let after = sandbox.run("trueline", &["locks", "list", "--format", "json"]);
    assert_eq!((&direct.out, direct.code), (&before.out, before.code));
    assert_eq!((&direct.out, direct.code), (&after.out, after.code));
    let unknown = sandbox.run("trueline", &["lock", "list"]).exits(2);
    assert!(unknown.err.contains("the tools are"), "{}", unknown.err);
}

#[test]
fn the_chain_says_which_tool_is_not_installed() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    let alone = sandbox.root().join("alone");
    std::fs::create_dir(&alone).unwrap();
    let copy = alone.join(format!("trueline{}", std::env::consts::EXE_SUFFIX));
    std::fs::copy(common::TOOLS[6].1, &copy).unwrap();
    // Git has to be found, the tools must not.
    let git = which("git");
    let output = sandbox
        .command(copy.to_str().unwrap())
        .env("PATH", git.parent().unwrap())
        .args(["chain", "--only", "locks"])
        .output()
        .unwrap();
    let ran = common::ran(&output);
    assert_eq!(ran.code, 2, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("cannot run locks"), "{}", ran.out);
}

fn which(program: &str) -> std::path::PathBuf {
    std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|folder| folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("no {program} on PATH"))
}
