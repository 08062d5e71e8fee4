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
