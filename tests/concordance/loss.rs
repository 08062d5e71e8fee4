//! What people wrote is never lost, and what was not read never passes.

// The tags below are examples. concordance:ignore-file
use super::base;
use super::common::{self, Sandbox};

const CROSSWALK: &str = "docs/blueprints/crosswalk.json";

/// A crosswalk with what only people know in the row of NT-1.2 and of TD-2's work.
fn with_peoples_fields() -> Sandbox {
    let sandbox = base();
    sandbox.run("concordance", &["index"]).exits(0);
    sandbox.run("concordance", &["update"]).exits(0);
    let text = sandbox.read(CROSSWALK).replace(
        "{\"nt\": \"NT-1.2\",",
        "{\"nt\": \"NT-1.2\", \"risk\": \"high\",",
    );
    assert!(text.contains("\"risk\""), "{text}");
    sandbox.write(CROSSWALK, text);
    sandbox.run("concordance", &["update"]).exits(0);
    sandbox.commit("Crosswalk\n\nNT: NT-1.2\nTD: TD-2\nWBS: WBS-1.2");
    sandbox
}

/// Asserts that no writer writes, and that the crosswalk and the index stay as they are.
fn nothing_is_written(sandbox: &Sandbox, what: &str) {
    let paths = ["docs/blueprints/nt-index.json", CROSSWALK];
    let read = |path: &str| std::fs::read(sandbox.root().join(path)).unwrap();
    let before = paths.map(read);
    for args in [
        &["index"][..],
        &["update"],
        &["update", "--base", "main"],
        &["update", "--prune"],
        &["update", "--check"],
        &["confirm", "NT-1.1"],
        &["report"],
        &["baseline"],
    ] {
        let is_index = args == ["index"] && what.contains("crosswalk");
        let ran = sandbox.run("concordance", args);
        assert!(
            is_index || (ran.code == 2 && ran.err.contains("mend what cannot be read first")),
            "{what} {args:?}: {} {}",
            ran.code,
            ran.err
        );
        assert_eq!(paths.map(read), before, "{what} {args:?}");
    }
    let ran = sandbox.run("concordance", &["check"]);
    assert!((1..=2).contains(&ran.code), "{what}: {}", ran.err);
}

#[test]
fn one_bad_byte_in_a_blueprint_drops_no_row() {
    let sandbox = with_peoples_fields();
    let path = "docs/blueprints/nt.md";
    let good = sandbox.read(path);
    sandbox.write(path, [good.as_bytes(), b"\xff"].concat());
    nothing_is_written(&sandbox, "blueprint");
    sandbox.commit("Bad byte\n\nNT: NT-1.2\nTD: TD-2\nWBS: WBS-1.2");
    sandbox.write(path, &good);
    let before = sandbox.read(CROSSWALK);
    let ran = sandbox.run(
        "concordance",
        &["update", "--base", "main", "--head", "HEAD"],
    );
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(sandbox.read(CROSSWALK), before);
    sandbox.run("concordance", &["update", "--check"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_blueprint_that_leads_nowhere_drops_no_row() {
    let sandbox = with_peoples_fields();
    // A link out of the root is refused for anybody, also for one who may read everything.
    let path = sandbox.root().join("docs/blueprints");
    std::fs::rename(path.join("nt.md"), sandbox.root().join("../nt.md")).unwrap();
    std::os::unix::fs::symlink("../../../nt.md", path.join("nt.md")).unwrap();
    nothing_is_written(&sandbox, "link");
    sandbox.commit("A link out\n\nNT: NT-1.2\nTD: TD-2\nWBS: WBS-1.2");
    nothing_is_written(&sandbox, "committed link");
    let ran = sandbox.run(
        "concordance",
        &["update", "--base", "main", "--head", "HEAD"],
    );
    assert_eq!(ran.code, 2, "{}", ran.err);
    std::fs::remove_file(sandbox.root().join("../nt.md")).unwrap();
    nothing_is_written(&sandbox, "link to nothing");
    let ran = sandbox.run("concordance", &["check"]);
    assert!(ran.err.contains("leads nowhere"), "{}", ran.err);
}

/// What a link leads to counts once, under the path of the blueprint.
#[cfg(unix)]
#[test]
fn a_link_to_another_file_is_a_blueprint() {
    use std::os::unix::fs::symlink;
    let sandbox = with_peoples_fields();
    let path = sandbox.root().join("docs/blueprints");
    std::fs::rename(path.join("nt.md"), sandbox.root().join("WISHES.md")).unwrap();
    symlink("../../WISHES.md", path.join("nt.md")).unwrap();
    symlink("nt.md", path.join("nt2.md")).unwrap();
    symlink("td.md", path.join("td-again.md")).unwrap();
    let rows = sandbox.read(CROSSWALK);
    sandbox.commit("Links\n\nNT: NT-1.2\nTD: TD-2\nWBS: WBS-1.2");
    sandbox.run("concordance", &["index"]).exits(0);
    let index = sandbox.read("docs/blueprints/nt-index.json");
    assert!(index.contains("\"docs/blueprints/nt.md\""), "{index}");
    sandbox.run("concordance", &["update", "--check"]).exits(0);
    for args in [
        &["update"][..],
        &["update", "--base", "HEAD", "--head", "HEAD"],
    ] {
        sandbox.run("concordance", args).exits(0);
        assert_eq!(sandbox.read(CROSSWALK), rows, "{args:?}");
    }
    sandbox
        .run("concordance", &["check", "--base", "HEAD"])
        .exits(0);
}

#[test]
fn a_plan_queue_or_crosswalk_with_a_bad_byte_drops_no_row() {
    for path in ["ops/por.json", "ops/queue.jsonl", CROSSWALK] {
        let sandbox = with_peoples_fields();
        let good = sandbox.read(path);
        sandbox.write(path, [good.as_bytes(), b"\xff"].concat());
        if path == CROSSWALK {
            nothing_is_written(&sandbox, path);
        } else {
            let before = sandbox.read(CROSSWALK);
            sandbox.run("concordance", &["update"]).exits(2);
            assert_eq!(sandbox.read(CROSSWALK), before, "{path}");
        }
    }
}

#[test]
fn a_damaged_git_index_writes_nothing() {
    let sandbox = with_peoples_fields();
    let before = sandbox.read(CROSSWALK);
    sandbox.write(".git/index", "no index");
    for args in [&["index"][..], &["update"], &["check"]] {
        sandbox.run("concordance", args).exits(2);
    }
    assert_eq!(sandbox.read(CROSSWALK), before);
}

#[test]
fn a_removed_item_keeps_its_row_until_pruned() {
    let sandbox = with_peoples_fields();
    let path = "docs/blueprints/nt.md";
    let whole = sandbox.read(path);
    let row = |sandbox: &Sandbox| {
        let text = sandbox.read(CROSSWALK);
        let row = text
            .lines()
            .find(|line| line.contains("\"nt\": \"NT-1.2\""));
        row.map(|row| row.trim_end_matches(',').to_owned())
    };
    let before = row(&sandbox).unwrap();
    let shorter = whole.split("### NT-1.2").next().unwrap().to_owned();
    for deleted in [false, true] {
        match deleted {
            true => std::fs::remove_file(sandbox.root().join(path)).unwrap(),
            false => drop(sandbox.write(path, &shorter)),
        }
        sandbox
            .run("concordance", &["update"])
            .exits(1)
            .says("[concordance/removed-item]");
        assert_eq!(row(&sandbox).as_ref(), Some(&before));
        sandbox
            .run("concordance", &["check"])
            .exits(1)
            .says("[concordance/removed-item]");
        sandbox
            .run("concordance", &["check", "--base", "main"])
            .exits(1)
            .says("[concordance/removed-item]");
    }
    // What comes back is as it was.
    sandbox.write(path, &whole);
    sandbox.run("concordance", &["update"]).exits(0);
    assert_eq!(row(&sandbox).as_ref(), Some(&before));
    sandbox.write(path, &shorter);
    sandbox.run("concordance", &["update", "--prune"]).exits(0);
    assert_eq!(row(&sandbox), None);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8_is_a_finding() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = base();
    let odd = sandbox
        .root()
        .join("src")
        .join(OsStr::from_bytes(b"bad\xff.rs"));
    std::fs::write(odd, "fn bad() {}\n").unwrap();
    for committed in [false, true] {
        if committed {
            sandbox.commit("Bad\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
        }
        for args in [
            &["check", "--strict"][..],
            &["check", "--strict", "--base", "main"],
        ] {
            sandbox
                .run("concordance", args)
                .exits(1)
                .says("[concordance/not-scanned]")
                .says("src/bad\\xFF.rs");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_repository_that_git_does_not_open_never_passes() {
    let sandbox = base();
    std::fs::remove_file(sandbox.root().join(".git/HEAD")).unwrap();
    for args in [&["check"][..], &["update"], &["index"], &["report"]] {
        sandbox.run("concordance", args).exits(2);
    }
    let mut below = sandbox.command("concordance");
    let below = below.arg("check").current_dir(sandbox.root().join("src"));
    assert_eq!(common::ran(&below.output().unwrap()).code, 2);
    // What git says of a repository that belongs to somebody else.
    let foreign = base();
    let bin = foreign.root().join("../bin");
    std::fs::create_dir(&bin).unwrap();
    let script =
        "#!/bin/sh\necho 'fatal: detected dubious ownership in repository' >&2\nexit 128\n";
    std::fs::write(bin.join("git"), script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bin.join("git"), mode).unwrap();
    let ran = foreign
        .command("concordance")
        .arg("check")
        .env("PATH", bin)
        .output();
    let ran = common::ran(&ran.unwrap());
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("dubious ownership"), "{}", ran.err);
}

#[test]
fn a_change_cannot_excuse_itself() {
    let sandbox = base();
    sandbox.write("src/new.rs", "// [impl->TD-9]\n");
    sandbox.write(
        "trueline.toml",
        "[[allow]]\ncode = \"concordance/unknown-id\"\npath = \"**\"\nreason = \"mine\"\n\n[levels]\n\"concordance/missing-trailer\" = \"off\"\n",
    );
    sandbox.commit("New");
    sandbox
        .run("concordance", &["check", "--base", "main"])
        .exits(1)
        .says("[concordance/unknown-id]")
        .says("[concordance/missing-trailer]")
        .says("[concordance/config-changed]");
    // Nor by taking the settings away.
    let strict = base();
    strict.git(&["switch", "-q", "main"]);
    strict.write(
        "trueline.toml",
        "[levels]\n\"concordance/unmapped-code\" = \"error\"\n",
    );
    strict.commit("Strict\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    strict.git(&["switch", "-q", "-c", "lax"]);
    std::fs::remove_file(strict.root().join("trueline.toml")).unwrap();
    strict.write("src/new.rs", "fn new() {}\n");
    strict.commit("Lax");
    strict
        .run("concordance", &["check", "--base", "main"])
        .exits(1)
        .says("error[concordance/unmapped-code]");
}

#[test]
fn the_chain_works_from_a_base_without_settings() {
    let sandbox = base();
    sandbox.write("trueline.toml", "[globs]\ncode = [\"src/**\"]\n");
    sandbox.commit("Settings\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    let ran = sandbox.run("trueline", &["chain", "--base", "main"]);
    assert!((0..=1).contains(&ran.code), "{}{}", ran.out, ran.err);
    sandbox
        .run("concordance", &["check", "--base", "main"])
        .exits(0);
}

#[test]
fn a_design_that_gets_a_requirement_takes_its_links_along() {
    let sandbox = base();
    let designs = "docs/blueprints/td.md";
    let text = sandbox.read(designs);
    sandbox.write(
        designs,
        format!("{text}\n## TD-3 Cache\n\nKept for a day.\n"),
    );
    sandbox.write("src/cache.rs", "fn cache() {}\n");
    sandbox.commit("Cache\n\nTD: TD-3\nWBS: WBS-1.2");
    sandbox
        .run("concordance", &["update", "--base", "main"])
        .exits(0);
    let lone = sandbox.read(CROSSWALK);
    assert!(lone.contains("{\"td\": [\"TD-3\"]"), "{lone}");
    sandbox.write(
        designs,
        format!("{text}\n## TD-3 Cache\n\nKept for a day. Needs: NT-1.1\n"),
    );
    sandbox.run("concordance", &["update"]).exits(0);
    let joined = sandbox.read(CROSSWALK);
    let row = joined
        .lines()
        .find(|line| line.contains("\"TD-3\""))
        .unwrap();
    for part in ["\"nt\": \"NT-1.1\"", "src/cache.rs", "\"WBS-1.2\""] {
        assert!(row.contains(part), "{part} in {joined}");
    }
}
