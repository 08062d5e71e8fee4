//! Which artifacts a run of the chain changed: told by the bytes, not by what the tools say.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use trueline_kit::{Artifact, Context};

/// The generated artifacts before the run.
pub(super) struct Watch {
    before: BTreeMap<String, Option<[u8; 32]>>,
}

impl Watch {
    /// Looks at every file that a step of the chain may write.
    pub(super) fn new(ctx: &Context) -> Self {
        Watch { before: look(ctx) }
    }

    /// Paths whose bytes are not what they were, ordered.
    pub(super) fn changed(&self, ctx: &Context) -> Vec<String> {
        look(ctx)
            .into_iter()
            .filter(|(path, now)| self.before.get(path) != Some(now))
            .map(|(path, _)| path)
            .collect()
    }
}

fn look(ctx: &Context) -> BTreeMap<String, Option<[u8; 32]>> {
    const GENERATED: [Artifact; 9] = [
        Artifact::NtIndex,
        Artifact::TdIndex,
        Artifact::TocCache,
        Artifact::Crosswalk,
        Artifact::CoverageReport,
        Artifact::ProgressMd,
        Artifact::OutlineMd,
        Artifact::ProgressJson,
        Artifact::Codeowners,
    ];
    GENERATED
        .into_iter()
        .map(|artifact| {
            let path = ctx.config().path(artifact).to_owned();
            // Not by the file system alone: a link to a device has no end.
            let bytes = ctx.read(&path).ok().flatten();
            let digest = bytes.map(|bytes| Sha256::digest(&bytes).into());
            (path, digest)
        })
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use trueline_kit::{Error, Tool};

    #[derive(clap::Subcommand)]
    enum Command {
        /// Looks
        Look,
    }

    fn run(_: Command, ctx: &mut Context) -> Result<(), Error> {
        let there = look(ctx).into_values().flatten().count();
        match there {
            1 => Ok(()),
            _ => Err(Error::bug(format!("{there} artifacts were read"))),
        }
    }

    #[test]
    fn a_link_out_of_the_root_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        std::fs::create_dir_all(root.join("docs")).unwrap();
        // Stands for a device without an end.
        std::fs::write(dir.path().join("outside"), "x").unwrap();
        std::os::unix::fs::symlink("../../outside", root.join("docs/PROGRESS.md")).unwrap();
        std::fs::write(root.join("docs/OUTLINE.md"), "y").unwrap();
        let tool = Tool {
            name: "look",
            about: "looks",
            after_help: "",
            rules: &[],
            schemas: &[],
            run,
        };
        let ran = trueline_kit::testing::run(&tool, &root, &["look"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}
