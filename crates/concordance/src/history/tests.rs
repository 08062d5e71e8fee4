//! What is read without git, against what git says of the same commits.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use trueline_kit::git::{Git, Oid};

use super::{Ends, Paths, log, objects};
use crate::cache::Known;

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

fn git(root: &Path, args: &[&str]) -> String {
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
fn stream(seed: u64, count: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut out = String::new();
    let odd = Vec::<u8>::new();
    let mut bytes = odd;
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
fn import(root: &Path, stream: &[u8]) {
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

/// All commits, newest first.
fn all(root: &Path) -> Vec<Oid> {
    let list = git(root, &["rev-list", "--all"]);
    list.lines().map(|line| Oid::parse(line).unwrap()).collect()
}

/// As a command reads them.
fn read<'o>(git: &Git, oids: &[&'o Oid], paths: &mut Paths) -> Option<objects::Read<'o>> {
    objects::read(&mut objects::open(git)?, oids, paths)
}

fn sorted(mut known: Vec<(Oid, Known)>) -> Vec<(String, Known)> {
    known.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
    known
        .into_iter()
        .map(|(oid, known)| (oid.to_string(), known))
        .collect()
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
    let left = read.left.len();
    let mut here = read.known;
    for some in read.left.chunks(log::AT_ONCE) {
        here.extend(log::read(&git, log::Which::These(some), &mut paths).unwrap());
    }
    assert_eq!(sorted(here), sorted(told), "{what}");
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
    let good = {
        let read = read(&Git::new(&root), &oids, &mut Paths::default()).unwrap();
        sorted(read.known)
    };
    let mut refused = 0;
    for at in (12..whole.len()).step_by(1 + whole.len() / 400) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&pack, &bytes).unwrap();
        match read(&Git::new(&root), &oids, &mut Paths::default()) {
            None => refused += 1,
            // Blobs are not read, nor are the bits of a header that say nothing.
            Some(read) => assert_eq!(sorted(read.known), good, "byte {at}"),
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
    let mut parted = 0;
    for (at, base) in oids.iter().enumerate().step_by(3) {
        for head in oids.iter().skip(at % 7).step_by(5) {
            let (base, head) = (base.as_str(), Oid::parse(head.as_str()).unwrap());
            let asked = Ends::of(&git_, base, Some(&head));
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
    assert!(parted > 20, "{parted}");
}
