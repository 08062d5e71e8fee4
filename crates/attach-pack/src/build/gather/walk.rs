//! The files below a folder.

use rayon::prelude::*;
use std::path::{Component, Path, PathBuf};
use trueline_kit::Error;

/// The deepest folder that is entered for a glob.
const MAX_DEPTH: usize = 64;

/// The files whose root-relative path may begin with `prefix`, sorted. Links to folders are not entered, nor is `.git`.
pub(in crate::build) fn files_below(root: &Path, prefix: &str) -> Result<Vec<String>, Error> {
    let start = match prefix.rsplit_once('/') {
        Some((folder, _)) if !root.join(prefix).is_dir() => folder,
        None if !root.join(prefix).is_dir() => "",
        _ => prefix.trim_end_matches('/'),
    };
    let inside = Path::new(start)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let mut found = Vec::new();
    let mut folders = Vec::new();
    if inside && root.join(start).is_dir() {
        let shown = if start.is_empty() {
            String::new()
        } else {
            format!("{start}/")
        };
        folders.push((root.join(start), shown));
    }
    for depth in 0..=MAX_DEPTH {
        let read: Vec<_> = std::mem::take(&mut folders)
            .into_par_iter()
            .map(|(folder, shown)| read(&folder, &shown))
            .collect();
        for one in read {
            let (files, below) = one?;
            found.extend(files);
            if depth < MAX_DEPTH {
                folders.extend(below);
            }
        }
        if folders.is_empty() {
            break;
        }
    }
    found.par_sort_unstable();
    Ok(found)
}

/// A folder, and its root-relative path with a slash at the end.
type Folder = (PathBuf, String);

/// The files of one folder, and the folders in it.
fn read(folder: &Path, shown: &str) -> Result<(Vec<String>, Vec<Folder>), Error> {
    let failed = |error: std::io::Error| Error::io(format!("cannot read `{shown}`: {error}"));
    let (mut files, mut below) = (Vec::new(), Vec::new());
    for item in std::fs::read_dir(folder).map_err(failed)? {
        let item = item.map_err(failed)?;
        let kind = item.file_type().map_err(failed)?;
        let name = item.file_name();
        let Some(name) = name.to_str() else {
            let shown = name.to_string_lossy().escape_debug().to_string();
            return Err(Error::io(format!(
                "`{shown}` in `{}` is not UTF-8",
                folder.display()
            )));
        };
        let path = format!("{shown}{name}");
        if kind.is_dir() && name != ".git" {
            below.push((item.path(), format!("{path}/")));
        } else if !kind.is_dir() {
            files.push(path);
        }
    }
    Ok((files, below))
}
