//! Against a real git, with a fixed identity and no configuration of the machine.

use std::fs;
use std::process::Command;

use super::*;
use crate::error::ErrorKind;

struct Repo {
    dir: tempfile::TempDir,
}

impl Repo {
    fn new() -> Repo {
        let repo = Repo {
            dir: tempfile::tempdir().unwrap(),
        };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    fn ours(&self) -> Git {
        Git::new(&self.root())
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.dir.path())
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_WORK_TREE")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_AUTHOR_DATE", "1700000000 +0000")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_DATE", "1700000000 +0000")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?} {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.dir.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    fn commit(&self, message: &str) -> Oid {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.ours().head().unwrap().unwrap()
    }
}

#[test]
fn places_and_revisions() {
    let repo = Repo::new();
    let git = repo.ours();
    assert_eq!(git.head().unwrap(), None, "before the first commit");
    assert_eq!(git.branch().unwrap().as_deref(), Some("main"));
    repo.write("a", "1\n");
    let first = repo.commit("one");
    assert_eq!(git.head().unwrap().as_ref(), Some(&first));
    assert_eq!(git.top_level().unwrap(), repo.root());
    assert_eq!(git.common_dir().unwrap(), repo.root().join(".git"));
    assert!(!git.is_shallow().unwrap());
    assert_eq!(git.rev_parse("nothing").unwrap(), None);
    let second = repo.commit("two");
    let pair = git.commit_pair("HEAD~1", "HEAD").unwrap();
    assert_eq!(pair, (first.clone(), second));
    // A file of that name is no revision; what is none is told as by `commit`.
    repo.write("HEAD~1^{commit}", "");
    assert_eq!(git.commit_pair("HEAD~1", "HEAD").unwrap(), pair);
    repo.write("odd^{commit}", "");
    for bad in ["odd", "nothing", "HEAD~1..HEAD", "^HEAD", "--all", ""] {
        for (a, b) in [(bad, "HEAD"), ("HEAD", bad)] {
            let error = git.commit_pair(a, b).unwrap_err();
            assert_eq!(error.message(), git.commit(bad).unwrap_err().message());
        }
    }
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(
        git.commit("origin/main").unwrap_err().kind(),
        ErrorKind::Inconclusive
    );
    for bad in ["", "--all", "-x", "a b", "a\nb", "a\0"] {
        assert_eq!(
            git.rev_parse(bad).unwrap_err().kind(),
            ErrorKind::Usage,
            "{bad:?}"
        );
    }
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(git.branch().unwrap(), None);
}

#[test]
fn ancestry() {
    let repo = Repo::new();
    let git = repo.ours();
    let base = repo.commit("base");
    repo.git(&["checkout", "-q", "-b", "side"]);
    let side = repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    let main = repo.commit("main");
    assert_eq!(git.merge_base(&main, &side).unwrap(), base);
    assert!(git.is_ancestor(&base, &main).unwrap());
    assert!(git.is_ancestor(&main, &main).unwrap());
    assert!(!git.is_ancestor(&side, &main).unwrap());
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    let other = repo.commit("other");
    assert_eq!(
        git.merge_base(&main, &other).unwrap_err().kind(),
        ErrorKind::Inconclusive
    );
}

#[test]
fn shallow_history_is_inconclusive() {
    let repo = Repo::new();
    let base = repo.commit("base");
    repo.commit("two");
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repo.root().display());
    let place = clone.path().join("clone");
    repo.git(&["clone", "-q", "--depth=1", &url, place.to_str().unwrap()]);
    let git = Git::new(&place.canonicalize().unwrap());
    assert!(git.is_shallow().unwrap());
    let head = git.head().unwrap().unwrap();
    let error = git.commit(base.as_str()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Inconclusive);
    assert!(error.hints()[0].contains("shallow"), "{error:?}");
    assert_eq!(git.log(None, &head).unwrap().len(), 1);
}

#[test]
fn changes_on_all_sides() {
    let repo = Repo::new();
    let git = repo.ours();
    repo.write("keep", "1\n2\n3\n4\n5\n6\n");
    repo.write("gone", "x\n");
    repo.write("sub/in", "y\n");
    let from = repo.commit("one");
    fs::rename(
        repo.dir.path().join("keep"),
        repo.dir.path().join("mo\tved"),
    )
    .unwrap();
    fs::remove_file(repo.dir.path().join("gone")).unwrap();
    repo.write("ne\"w\n", "z\n");
    repo.write("sub/in", "yy\n");
    let to = repo.commit("two");
    let shown = |changes: Vec<Change>| -> Vec<(Status, Vec<String>)> {
        let paths = |change: &Change| change.paths().map(|path| path.display().into()).collect();
        changes
            .iter()
            .map(|change| (change.status, paths(change)))
            .collect()
    };
    let want = [
        (Status::Deleted, vec!["gone".to_owned()]),
        (
            Status::Renamed,
            vec!["keep".to_owned(), "mo\\tved".to_owned()],
        ),
        (Status::Added, vec!["ne\"w\\n".to_owned()]),
        (Status::Modified, vec!["sub/in".to_owned()]),
    ];
    assert_eq!(shown(git.diff(&from, Target::Commit(&to)).unwrap()), want);
    assert_eq!(shown(git.diff(&from, Target::Index).unwrap()), want);
    assert_eq!(shown(git.diff(&from, Target::WorkTree).unwrap()), want);
    repo.write("unknown", "");
    assert_eq!(git.untracked().unwrap(), [GitPath::new("unknown")]);
    let sub = Git::new(&repo.root().join("sub"));
    let inner = [(Status::Modified, vec!["in".to_owned()])];
    assert_eq!(shown(sub.diff(&from, Target::Commit(&to)).unwrap()), inner);
    assert_eq!(
        sub.show(&from, "in", 99).unwrap().as_deref(),
        Some(&b"y\n"[..])
    );
    assert_eq!(sub.ls_files().unwrap().len(), 1);
    assert_eq!(sub.ls_tree(&to).unwrap()[0].path.as_str(), Some("in"));
}

#[test]
fn blobs_and_their_limit() {
    let repo = Repo::new();
    let git = repo.ours();
    repo.write("a b", "12345");
    repo.write("folder/empty", "");
    let head = repo.commit("one");
    let mut blobs = git.blobs(5).unwrap();
    assert_eq!(
        blobs.at(&head, "a b").unwrap().as_deref(),
        Some(&b"12345"[..])
    );
    assert_eq!(blobs.at(&head, "none such").unwrap(), None);
    assert_eq!(blobs.at(&head, "folder").unwrap(), None);
    assert_eq!(
        blobs.at(&head, "folder/empty").unwrap().as_deref(),
        Some(&b""[..])
    );
    for entry in git.ls_tree(&head).unwrap() {
        assert!(blobs.get(&entry.oid).unwrap().is_some());
    }
    assert_eq!(blobs.get(&head).unwrap(), None, "a commit is no blob");
    for bad in ["", "../x", "a\nb", "/x", "a//b"] {
        assert!(blobs.at(&head, bad).is_err(), "{bad:?}");
    }
    assert!(git.show(&head, "a b", 4).is_err());
}

#[test]
fn messages_of_commits() {
    let repo = Repo::new();
    let git = repo.ours();
    let base = repo.commit("base");
    let head = repo.commit("kit: x\n\nwhy\n\nNT: NT-1\nTD: TD-1\n");
    let log = git.log(Some(&base), &head).unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].message, "kit: x\n\nwhy\n\nNT: NT-1\nTD: TD-1");
    assert_eq!(log[0].at.as_second(), 1_700_000_000);
    assert_eq!(log[0].parents, [base]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_text_are_not_lost() {
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(repo.dir.path().join(name), "").unwrap();
    repo.commit("one");
    let files = repo.ours().ls_files().unwrap();
    assert_eq!(files[0].path.as_str(), None);
    assert_eq!(files[0].path.bytes(), b"caf\xe9");
    assert_eq!(files[0].path.display(), "caf\\xE9");
}

#[test]
fn no_repository() {
    let dir = tempfile::tempdir().unwrap();
    let error = Git::new(dir.path()).require().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.message().contains("is in no git repository"),
        "{error}"
    );
    let error = Git::new(dir.path()).rev_parse("HEAD").unwrap_err();
    assert!(
        error.message().contains("is in no git repository"),
        "{error}"
    );
}
