//! A bare repository, served in one of three ways, on this machine only.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::http;

/// How clones reach the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// `file://`.
    File,
    /// `git daemon`.
    Daemon,
    /// `git http-backend` behind a small HTTP server.
    Http,
}

/// A served bare repository with one commit on `main`; gone with the value.
pub(crate) struct Server {
    dir: tempfile::TempDir,
    url: String,
    daemon: Option<Child>,
}

/// Runs git, which has to succeed; gives its standard output.
pub(crate) fn git(dir: &Path, args: &[&str]) -> String {
    let (success, out, said) = try_git(dir, args);
    assert!(success, "git {args:?}: {said}");
    out
}

/// Runs git: whether it succeeded, and both of its streams.
pub(crate) fn try_git(dir: &Path, args: &[&str]) -> (bool, String, String) {
    let output = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

impl Server {
    /// Serves a new repository.
    pub(crate) fn start(transport: Transport) -> Self {
        let dir = tempfile::tempdir().unwrap();
        git(
            dir.path(),
            &["init", "-q", "--bare", "-b", "main", "server"],
        );
        let bare = dir.path().join("server");
        git(&bare, &["config", "http.receivepack", "true"]);
        let (url, daemon) = match transport {
            Transport::File => (format!("file://{}", bare.display()), None),
            Transport::Daemon => {
                let (port, child) = daemon(dir.path());
                (format!("git://127.0.0.1:{port}/server"), Some(child))
            }
            Transport::Http => {
                let port = http::serve(dir.path());
                (format!("http://127.0.0.1:{port}/server"), None)
            }
        };
        let server = Server { dir, url, daemon };
        let seed = server.clone_as("seed");
        git(&seed, &["commit", "-q", "--allow-empty", "-m", "base"]);
        git(&seed, &["push", "-q", "origin", "HEAD:main"]);
        server
    }

    /// A new clone.
    pub(crate) fn clone_as(&self, name: &str) -> PathBuf {
        git(self.dir.path(), &["clone", "-q", &self.url, name]);
        self.dir.path().join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// The daemon itself, not `git daemon`: ending that one would leave the daemon.
fn daemon(base: &Path) -> (u16, Child) {
    let place = git(base, &["--exec-path"]);
    let program = Path::new(place.trim()).join("git-daemon");
    for _ in 0..20 {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut child = Command::new(&program)
            .arg(format!("--base-path={}", base.display()))
            .arg(format!("--port={port}"))
            .args(["--listen=127.0.0.1", "--reuseaddr", "--export-all"])
            .args(["--enable=receive-pack", "--max-connections=0"])
            .current_dir(base)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if child.try_wait().unwrap().is_some() {
                break; // Somebody else was given the port meanwhile.
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return (port, child);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    panic!("git daemon does not start");
}
