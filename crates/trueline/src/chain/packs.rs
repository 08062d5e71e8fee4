//! The packs of a repository: zips, unpacked bags, and manifests of other shapes.

use std::path::{MAIN_SEPARATOR, Path};

use trueline_kit::{Artifact, Context, Error};

/// Deepest folder below the packs folder that is looked at.
const MAX_DEPTH: usize = 8;

/// What lies under the folders of packs, ordered by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Packs {
    /// Zips and unpacked bags: `attach-pack verify`.
    pub(super) packs: Vec<String>,
    /// Manifests beside no bag: `attach-pack import-manifest` says what they lack.
    pub(super) manifests: Vec<String>,
}

/// Looks for packs. What cannot be looked at is a failure, never passed over.
pub(super) fn find(ctx: &Context) -> Packs {
    let mut found = Packs::default();
    for artifact in [Artifact::PacksDir, Artifact::RotationsDir] {
        let folder = ctx.root().join(ctx.config().path(artifact));
        let mut walk = walkdir::WalkDir::new(&folder)
            .max_depth(MAX_DEPTH)
            .sort_by_file_name()
            .into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // A folder that does not exist holds no packs.
                Err(error) if error.depth() == 0 && !folder.exists() => continue,
                Err(error) => {
                    ctx.failed(&Error::io(format!("packs: {error}")));
                    continue;
                }
            };
            let path = entry.path();
            let is_bag = entry.file_type().is_dir() && path.join("bagit.txt").is_file();
            if is_bag {
                walk.skip_current_dir();
            }
            let is_zip = path.extension().is_some_and(|ending| ending == "zip");
            if is_bag || (is_zip && !entry.file_type().is_dir()) {
                found.packs.extend(inside(ctx, path));
            } else if entry.file_name() == "manifest.json" {
                found.manifests.extend(inside(ctx, path));
            }
        }
    }
    found
}

/// The path relative to the root, with `/`.
fn inside(ctx: &Context, path: &Path) -> Option<String> {
    let inner = path.strip_prefix(ctx.root()).ok().and_then(Path::to_str);
    if inner.is_none() {
        let shown = path.display();
        ctx.failed(&Error::io(format!("`{shown}` is not UTF-8: not verified")));
    }
    inner.map(|inner| inner.replace(MAIN_SEPARATOR, "/"))
}
