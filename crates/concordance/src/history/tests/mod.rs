//! What is read without git, against what git says of the same commits.

mod stream;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use trueline_kit::Error;
use trueline_kit::git::{Git, Oid};

use super::{Ends, History, Paths, commits, log, objects};
use crate::cache::Known;
use crate::ids::Prefixes;
use stream::{git, import, stream};

/// All commits, newest first.
fn all(root: &Path) -> Vec<Oid> {
    let list = git(root, &["rev-list", "--all"]);
    list.lines().map(|line| Oid::parse(line).unwrap()).collect()
}

/// As a command reads them: each, or `None` where it is left to git.
fn read(git: &Git, oids: &[&Oid], paths: &mut Paths) -> Option<Vec<Option<Known>>> {
    let mut objects = objects::open(git)?;
    let told = objects::tell(&mut objects, oids.iter().copied())?;
    objects::read(&mut objects, told, paths)
}

/// What git says, and what is read without it; how many commits were left to git.
fn agree(root: &Path, what: &str) -> usize {
    let root = root.canonicalize().unwrap();
    let oids = all(&root);
    let oids: Vec<&Oid> = oids.iter().collect();
    let (git, mut paths) = (Git::new(&root), Paths::default());
    let mut told = Vec::new();
    for some in oids.chunks(log::AT_ONCE) {
        told.extend(log::read(&git, log::Which::These(some), &mut paths).unwrap());
    }
    let read = read(&git, &oids, &mut paths).unwrap_or_else(|| panic!("{what}: not read"));
    assert_eq!((read.len(), told.len()), (oids.len(), oids.len()), "{what}");
    let mut left = 0;
    for ((one, (oid, told)), asked) in read.into_iter().zip(told).zip(oids) {
        assert_eq!(oid, *asked, "{what}");
        match one {
            Some(one) => assert_eq!(one, told, "{what}: {oid}"),
            None => left += 1,
        }
    }
    left
}

#[test]
fn the_same_as_git_says_of_histories_of_every_kind() {
    for seed in 1..=4 {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("one");
        std::fs::create_dir(&root).unwrap();
        import(&root, &stream(seed, 300));
        let what = |how: &str| format!("seed {seed}, {how}");
        let left = agree(&root, &what("as imported"));
        assert!((5..200).contains(&left), "{left} left to git");
        git(
            &root,
            &[
                "repack",
                "-q",
                "-a",
                "-d",
                "-f",
                "--depth=50",
                "--window=20",
            ],
        );
        agree(&root, &what("packed anew"));
        git(
            &root,
            &[
                "-c",
                "core.compression=0",
                "-c",
                "pack.indexVersion=2",
                "repack",
                "-q",
                "-a",
                "-d",
                "-F",
            ],
        );
        agree(&root, &what("packed without compression"));
        // Objects of another repository, and loose ones.
        git(
            folder.path(),
            &["clone", "-q", "--shared", "--no-checkout", "one", "two"],
        );
        let two = folder.path().join("two");
        git(
            &two,
            &["commit", "-q", "--allow-empty", "-m", "Loose\n\nNT: NT-1"],
        );
        agree(&two, &what("shared"));
        let pack = std::fs::read_dir(root.join(".git/objects/pack")).unwrap();
        let pack = pack
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "pack"))
            .unwrap();
        let bytes = std::fs::read(&pack).unwrap();
        let three = folder.path().join("three");
        std::fs::create_dir(&three).unwrap();
        git(&three, &["init", "-q"]);
        let mut child = Command::new("git")
            .args(["unpack-objects", "-q"])
            .current_dir(&three)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(child.wait().unwrap().success());
        git(
            &three,
            &[
                "update-ref",
                "refs/heads/main",
                &git(&root, &["rev-parse", "main"]),
            ],
        );
        agree(&three, &what("loose"));
    }
}

#[test]
fn what_cannot_be_read_here_is_left_to_git() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    import(&root, &stream(3, 60));
    let refuses = |why: &str| {
        let oids = all(&root);
        let oids: Vec<&Oid> = oids.iter().collect();
        let read = read(&Git::new(&root), &oids, &mut Paths::default());
        assert!(read.is_none(), "{why}");
    };
    agree(&root, "before");
    let grafts = root.join(".git/info/grafts");
    std::fs::create_dir_all(root.join(".git/info")).unwrap();
    std::fs::write(&grafts, "").unwrap();
    refuses("grafts");
    std::fs::remove_file(&grafts).unwrap();
    agree(&root, "after");
    // A folder of the repository: paths are then relative to it.
    std::fs::create_dir(root.join("src")).unwrap();
    let oids = all(&root);
    let oids: Vec<&Oid> = oids.iter().collect();
    assert!(read(&Git::new(&root.join("src")), &oids, &mut Paths::default()).is_none());
    // A bit of the pack is another.
    let packs = root.join(".git/objects/pack");
    let pack = std::fs::read_dir(&packs)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pack = pack
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "pack"))
        .unwrap();
    let whole = std::fs::read(&pack).unwrap();
    let mut permissions = std::fs::metadata(&pack).unwrap().permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a scratch file")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&pack, permissions).unwrap();
    let good = read(&Git::new(&root), &oids, &mut Paths::default()).unwrap();
    let mut refused = 0;
    for at in (12..whole.len()).step_by(1 + whole.len() / 400) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&pack, &bytes).unwrap();
        match read(&Git::new(&root), &oids, &mut Paths::default()) {
            None => refused += 1,
            // Blobs are not read, nor are the bits of a header that say nothing.
            Some(read) => assert_eq!(read, good, "byte {at}"),
        }
    }
    assert!(refused > 50, "{refused}");
    for end in [0, 4, 12, 40, whole.len() / 2] {
        std::fs::write(&pack, &whole[..end]).unwrap();
        assert!(
            read(&Git::new(&root), &oids, &mut Paths::default()).is_none(),
            "cut at {end}"
        );
    }
}

#[test]
fn the_ends_are_those_that_git_finds() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    import(&root, &stream(5, 80));
    let git_ = Git::new(&root);
    let oids = all(&root);
    let (mut parted, mut chains) = (0, 0);
    for (at, base) in oids.iter().enumerate().step_by(3) {
        for head in oids.iter().skip(at % 7).step_by(5) {
            let (base, head) = (base.as_str(), Oid::parse(head.as_str()).unwrap());
            let asked = Ends::of(&git_, base, Some(&head));
            let mut history = History::new(&git_);
            let walked = Ends::of_new(&mut history, base, Some(&head));
            let text = |ends: &Result<Ends, Error>| match ends {
                Ok(ends) => format!("{ends:?}"),
                Err(error) => format!("{error:?}"),
            };
            assert_eq!(text(&walked), text(&asked));
            if !history.walked.is_empty() {
                chains += 1;
                let read = |history, ends: &Result<Ends, Error>| {
                    let ends = ends.as_ref().unwrap();
                    format!(
                        "{:?}",
                        commits(history, ends, &Prefixes::default(), None).unwrap()
                    )
                };
                assert_eq!(read(history, &walked), read(History::new(&git_), &asked));
            }
            let range = git(&root, &["rev-list", head.as_str(), &format!("^{base}")]);
            match asked {
                Ok(ends) => {
                    let list: Vec<&str> = ends.commits.iter().map(Oid::as_str).collect();
                    assert_eq!(list, range.lines().collect::<Vec<_>>());
                    // Where there are several, any of them is one.
                    let bases = git(&root, &["merge-base", "--all", base, head.as_str()]);
                    assert!(bases.lines().any(|one| one == ends.merge_base.as_str()));
                    parted += usize::from(ends.merge_base != ends.base);
                }
                Err(error) => {
                    let found = Command::new("git")
                        .args(["merge-base", base, head.as_str()])
                        .current_dir(&root)
                        .output()
                        .unwrap();
                    assert_eq!(found.status.code(), Some(1), "{error:?}");
                }
            }
        }
    }
    assert!(parted > 20 && chains > 10, "{parted} {chains}");
}

/// From there on a walk would mostly go to the root.
#[test]
fn a_walk_ends_at_a_commit_that_is_older_than_the_base() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let commit = |mark: u32, seconds: u64, from: &str| {
        format!(
            "commit refs/heads/main\nmark :{mark}\ncommitter A <a@b> {seconds} +0000\ndata 1\nx\n{from}\n"
        )
    };
    let stream = [
        commit(1, 2000, ""),
        commit(2, 2000, "from :1\n"),
        commit(3, 1999, "from :2\n"),
        commit(4, 2001, "from :3\n"),
        commit(5, 2001, "from :4\n"),
    ];
    import(&root, stream.concat().as_bytes());
    let ours = Git::new(&root);
    let walked = |base: &str, head: &str| {
        let head = ours.commit(head).unwrap();
        let mut history = History::new(&ours);
        let ends = Ends::of_new(&mut history, base, Some(&head)).unwrap();
        let asked = Ends::of(&ours, base, Some(&head)).unwrap();
        assert_eq!(format!("{ends:?}"), format!("{asked:?}"));
        history.walked.len()
    };
    assert_eq!(walked("main~4", "main~3"), 1);
    assert_eq!(walked("main~2", "main"), 2);
    for base in ["main~3", "main~4"] {
        assert_eq!(walked(base, "main"), 0, "{base}");
    }
}
