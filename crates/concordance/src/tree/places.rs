//! What lies where: repositories, and the files of a folder outside of one.

use std::io::ErrorKind;
use std::path::Path;

use trueline_kit::git::{Git, GitPath};
use trueline_kit::{Context, Error};

/// Whether the root lies in a git repository.
///
/// # Errors
/// When it seems to, and git does not open it: a damaged repository, one of another user, or no
/// git at all. Judged without git it would pass for what it is not.
pub fn is_repository(git: &Git) -> Result<bool, Error> {
    match git.require() {
        Ok(()) => Ok(true),
        Err(error) if std::env::var_os("GIT_DIR").is_some() || has_git(git.root()) => Err(error),
        Err(_) => Ok(false),
    }
}

/// Whether a folder or one above it has a `.git`, as far up as git looks.
fn has_git(root: &Path) -> bool {
    let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
    let ceilings: Vec<_> = std::env::split_paths(&ceilings)
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let is_below = |folder: &&Path| *folder == root || !ceilings.iter().any(|one| one == folder);
    root.ancestors()
        .take_while(is_below)
        .any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// What git says of a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// It is in the index.
    pub(super) is_known: bool,
    /// The index says not to expect it on disk.
    pub(super) is_skipped: bool,
    /// Two sides of a merge differ in it.
    pub(super) is_in_conflict: bool,
}

/// Every path in the index and every file that git does not know and is not told to ignore: its
/// bytes and what git says of it. What kind of thing it is the file system says. In no stated
/// order; one in conflict is there once a side.
///
/// # Errors
/// When git cannot be read.
pub(super) fn listed(git: &Git) -> Result<Vec<(Vec<u8>, Mark)>, Error> {
    let args = [
        "ls-files",
        "-z",
        "-t",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let bytes = git.stdout(&args)?;
    let records = bytes.split(|byte| *byte == 0).filter(|one| !one.is_empty());
    // `H path`, `S path` where it is skipped, `M path` in conflict, `? path` where git does not
    // know it.
    let all: Option<Vec<_>> = records
        .map(|record| {
            let path = record.strip_prefix(record.get(..1)?)?.strip_prefix(b" ")?;
            let letter = record.first()?;
            let mark = Mark {
                is_known: *letter != b'?',
                is_skipped: letter.eq_ignore_ascii_case(&b'S'),
                is_in_conflict: letter.eq_ignore_ascii_case(&b'M'),
            };
            Some((path.to_vec(), mark))
        })
        .collect();
    all.ok_or_else(|| Error::io("git ls-files gave something that cannot be read"))
}

/// Whether there is something of that path, as far as one may see.
pub fn is_there(ctx: &Context, path: &str) -> bool {
    match ctx.root().join(path).symlink_metadata() {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

pub(super) fn walk(
    ctx: &Context,
    files: &mut Vec<String>,
    odd: &mut Vec<String>,
) -> Result<(), Error> {
    let walker = ignore::WalkBuilder::new(ctx.root())
        .hidden(false)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                ctx.failed(&Error::io(format!("cannot read a folder: {error}")));
                continue;
            }
        };
        // A link is looked at by whoever asks for it.
        if !entry
            .file_type()
            .is_some_and(|kind| kind.is_file() || kind.is_symlink())
        {
            continue;
        }
        let Ok(inner) = entry.path().strip_prefix(ctx.root()) else {
            continue;
        };
        let parts: Option<Vec<&str>> = inner.iter().map(|part| part.to_str()).collect();
        match parts {
            Some(parts) => files.push(parts.join("/")),
            None => odd.push(
                GitPath::new(inner.as_os_str().as_encoded_bytes())
                    .display()
                    .into_owned(),
            ),
        }
    }
    Ok(())
}
