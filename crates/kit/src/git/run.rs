//! Starting git: one way, with a known environment.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::error::Error;

/// Oldest git that is known to do: `rev-parse --path-format` came with it.
pub const MINIMUM_VERSION: (u32, u32) = (2, 31);

/// Variables of git that are kept: where the repository is (hooks set them), which
/// configuration counts, and how to reach a remote.
const KEPT: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_ASKPASS",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
];

/// Of these, paths: git takes them relative to the folder that it was started in, and we start
/// it elsewhere.
const PATHS: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
];

/// A git command in `folder`: no locks, no pager, no prompt, no replaced objects, no shell; the
/// messages in English.
pub(super) fn command<S: AsRef<OsStr>>(
    folder: &Path,
    args: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new("git");
    for (name, value) in env::vars_os() {
        let Some(text) = name.to_str().filter(|text| text.starts_with("GIT_")) else {
            continue;
        };
        let is_pair = text.starts_with("GIT_CONFIG_KEY_") || text.starts_with("GIT_CONFIG_VALUE_");
        if !KEPT.contains(&text) && !is_pair {
            command.env_remove(&name);
        } else if PATHS.contains(&text)
            && let Some(path) = absolute(&value)
        {
            command.env(&name, path);
        }
    }
    if let Some(place) = work_tree(folder) {
        command.env("GIT_WORK_TREE", place);
    }
    command
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_LITERAL_PATHSPECS", "1")
        .current_dir(folder)
        .args(["--no-optional-locks", "--no-replace-objects", "--no-pager"])
        // The repository's own file must not name a program that a mere reader starts.
        .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// With `GIT_DIR` alone, git takes the folder that it is started in for the whole working tree:
/// right where the caller started us, wrong in any other folder.
fn work_tree(folder: &Path) -> Option<&'static Path> {
    static TOP: OnceLock<Option<PathBuf>> = OnceLock::new();
    if env::var_os("GIT_DIR").is_none() || env::var_os("GIT_WORK_TREE").is_some() {
        return None;
    }
    if env::current_dir().is_ok_and(|here| here == folder) {
        return None;
    }
    let top = TOP.get_or_init(|| {
        let asked = Command::new("git")
            .args(["rev-parse", "--show-toplevel"])
            .stdin(Stdio::null())
            .output()
            .ok()?;
        super::path_of(&asked.stdout).filter(|_| asked.status.success())
    });
    top.as_deref()
}

fn absolute(value: &OsString) -> Option<PathBuf> {
    let path = Path::new(value);
    if path.as_os_str().is_empty() || path.is_absolute() {
        return None;
    }
    Some(env::current_dir().ok()?.join(path))
}

/// Runs git to its end. The exit code is the caller's to judge.
pub(super) fn output(folder: &Path, args: &[&str]) -> Result<Output, Error> {
    command(folder, args)
        // Nobody waits for a line: otherwise git writes each commit with a call of its own.
        .env("GIT_FLUSH", "0")
        .output()
        .map_err(|error| not_started(folder, &error))
}

/// Runs git; anything but success is an error.
pub(super) fn stdout(folder: &Path, args: &[&str]) -> Result<Vec<u8>, Error> {
    let output = output(folder, args)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(failure(folder, args, &output))
}

pub(super) fn not_started(folder: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound && folder.is_dir() {
        return Error::io("git was not found").hint("install git, or put it on PATH");
    }
    Error::on("git could not be started", error)
}

/// What a failed git says, in our words where we know better ones.
pub(super) fn failure(folder: &Path, args: &[&str], output: &Output) -> Error {
    let text = String::from_utf8_lossy(&output.stderr);
    if text.contains("not a git repository") || text.contains("must be run in a work tree") {
        return no_repository(folder);
    }
    if let Some(error) = too_old(folder) {
        return error;
    }
    let name = args.iter().find(|arg| !arg.starts_with('-'));
    let name = name.copied().unwrap_or_default();
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.map_or_else(
        || format!("it ended with {}", output.status),
        |line| {
            let line = line.strip_prefix("fatal: ").unwrap_or(line);
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        },
    );
    let error = Error::io(format!("git {name} failed: {first}"));
    if text.contains("dubious ownership") {
        // The repository, not the folder in it, is what git wants to be told of.
        let named = text.split("repository at '").nth(1);
        let named = named.and_then(|rest| rest.split_once("'\n"));
        let folder = match named {
            Some((repository, _)) => repository.to_owned(),
            None => folder.display().to_string(),
        };
        return error.hint(format!("git config --global --add safe.directory {folder}"));
    }
    error
}

pub(super) fn no_repository(folder: &Path) -> Error {
    Error::io(format!("`{}` is in no git repository", folder.display()))
        .hint("this command needs git history: run it in a clone, or give `--root` a folder in one")
}

/// The error to give where git is older than [`MINIMUM_VERSION`]. Asked only after something
/// failed: a process is not free.
pub(super) fn too_old(folder: &Path) -> Option<Error> {
    let output = output(folder, &["version"]).ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = version(&text)?;
    let (major, minor) = MINIMUM_VERSION;
    (found < MINIMUM_VERSION).then(|| {
        Error::io(format!("git {}.{} is too old", found.0, found.1))
            .hint(format!("install git {major}.{minor} or newer"))
    })
}

/// Major and minor number in `git version 2.47.3 (…)`.
pub(super) fn version(text: &str) -> Option<(u32, u32)> {
    let numbers = text.trim().strip_prefix("git version ")?;
    let mut parts = numbers.split(|char: char| !char.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions() {
        assert_eq!(version("git version 2.47.3\n"), Some((2, 47)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("git version 2.31.rc1"), Some((2, 31)));
        assert_eq!(version("gat"), None);
    }
}
