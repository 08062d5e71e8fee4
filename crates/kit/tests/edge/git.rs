//! The root, and settings from a trusted base.

use super::Root;

#[test]
fn the_top_level_is_the_root() {
    let root = Root::new();
    root.git(&["init", "-q"]);
    root.write("a.txt", "wrong\n").write("sub/b.txt", "");
    let mut command = root.command(&["check", "a.txt"]);
    let output = command
        .current_dir(root.path().join("sub"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let mut command = root.command(&["check", "b.txt", "--root", "."]);
    let output = command
        .current_dir(root.path().join("sub"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_change_cannot_excuse_itself() {
    let root = Root::new();
    root.git(&["init", "-q", "-b", "main"]);
    root.write("a.txt", "wrong\n")
        .write("trueline.toml", "version = 1\n");
    root.git(&["add", "-A"]);
    root.git(&["commit", "-q", "-m", "base"]);
    let ran = root.run(&["check", "a.txt", "--base", "main"]);
    assert_eq!(ran.code, Some(1));
    assert!(!ran.out.contains("config-changed"), "{ran:?}");
    root.write(
        "trueline.toml",
        "[[allow]]\ncode = \"wrong\"\npath = \"**\"\nreason = \"let me pass\"\n",
    );
    assert_eq!(root.run(&["check", "a.txt"]).code, Some(0));
    let ran = root.run(&["check", "a.txt", "--base", "main"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("note[sample/config-changed]: `trueline.toml` differs from `main`, whose copy is used\n--> trueline.toml\n"), "{ran:?}");
    std::fs::remove_file(root.path().join("trueline.toml")).unwrap();
    let ran = root.run(&["check", "a.txt", "--base", "main"]);
    assert!(
        ran.out.contains("`trueline.toml` was removed since `main`"),
        "{ran:?}"
    );
}

#[test]
fn a_missing_base_is_inconclusive() {
    let root = Root::new();
    root.git(&["init", "-q", "-b", "main"]);
    let ran = root.run(&["check", "--base", "origin/main"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.err
            .contains("error: there is no commit `origin/main` here\n"),
        "{ran:?}"
    );
    let ran = root.run(&["check", "--base=--output=x"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn no_repository_says_so() {
    let ran = Root::new().run(&["check", "--base", "main"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("is in no git repository"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_configuration_turned_into_a_link_does_not_excuse_the_change() {
    use std::os::unix::fs::symlink;
    let root = Root::new();
    root.git(&["init", "-q", "-b", "main"]);
    root.write("a.txt", "wrong\n")
        .write("trueline.toml", "[levels]\nwrong = \"warning\"\n");
    root.git(&["add", "-A"]);
    root.git(&["commit", "-q", "-m", "base"]);
    let link = root.path().join("trueline.toml");
    let run = |target: &std::path::Path| {
        std::fs::remove_file(&link).unwrap();
        symlink(target, &link).unwrap();
        root.run(&["check", "a.txt", "--base", "main"])
    };
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(outside.path(), "[levels]\nwrong = \"off\"\n").unwrap();
    let ran = run(outside.path());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.err.contains("`trueline.toml` lies outside the root"),
        "{ran:?}"
    );
    root.write("conf/new.toml", "[levels]\nwrong = \"off\"\n");
    let ran = run(std::path::Path::new("conf/new.toml"));
    assert!(
        ran.out.contains("warning[sample/wrong]")
            && ran.out.contains("`trueline.toml` differs from `main`"),
        "the base's levels hold, not the defaults: {ran:?}"
    );
}

#[test]
fn a_hook_and_a_root_below_the_top_do_not_mix_up_paths() {
    let root = Root::new();
    root.git(&["init", "-q", "-b", "main"]);
    root.write("trueline.toml", "[levels]\nwrong = \"off\"\n")
        .write("sub/trueline.toml", "[levels]\nwrong = \"warning\"\n")
        .write("sub/a.txt", "wrong\n");
    root.git(&["add", "-A"]);
    root.git(&["commit", "-q", "-m", "base"]);
    let mut command = root.command(&["check", "a.txt", "--root", "sub", "--base", "main"]);
    let ran = super::Ran::of(command.env("GIT_DIR", ".git").output().unwrap());
    assert!(ran.out.contains("warning[sample/wrong]"), "{ran:?}");
    assert!(!ran.out.contains("config-changed"), "{ran:?}");
}

#[test]
fn a_bare_repository_is_named_as_the_reason() {
    let root = Root::new();
    root.git(&["init", "-q", "-b", "main"]);
    root.git(&["commit", "-q", "--allow-empty", "-m", "base"]);
    root.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    let mut command = root.command(&["check", "--root", ".", "--base", "main"]);
    command.current_dir(root.path().join("bare.git"));
    let ran = super::Ran::of(command.output().unwrap());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("is in no git repository"), "{ran:?}");
}
