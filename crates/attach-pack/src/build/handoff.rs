//! A bundle for the next session: where things stand, and in which order to read it.

use super::gather::{Gather, files_below};
use super::input::Input;
use trueline_kit::{Artifact, Error};

/// The most run reports that are taken, the latest by name.
const RUNS: usize = 5;

/// Takes what a new session needs, in the order in which it should be read.
pub(super) fn gather(gather: &mut Gather<'_>) -> Result<(), Error> {
    let config = gather.job.ctx.config();
    let of = |artifact| config.path(artifact).to_owned();
    let mut order = vec![
        (
            "docs/orchestrator/primer.md".to_owned(),
            "the primer: scope, blockers, next steps",
        ),
        (of(Artifact::ProgressMd), "progress"),
        (of(Artifact::OutlineMd), "outline"),
        (of(Artifact::Queue), "the queue"),
        (of(Artifact::Por), "the plan of record"),
    ];
    let (runs, locks) = (of(Artifact::RunsDir), of(Artifact::LocksDir));
    let crosswalk = of(Artifact::Crosswalk);
    let root = gather.root().to_owned();
    let below = |folder: &str, ending: &str| -> Result<Vec<String>, Error> {
        let mut paths = files_below(&root, folder)?;
        paths.retain(|path| path.starts_with(&format!("{folder}/")) && path.ends_with(ending));
        Ok(paths)
    };
    let reports = below(&runs, ".md")?;
    let latest = reports
        .iter()
        .rev()
        .take(RUNS)
        .map(|path| (path.clone(), "a run report"));
    order.extend(latest);
    order.push((crosswalk, "requirements, designs, work, code and tests"));
    order.extend(
        below(&locks, ".lock")?
            .into_iter()
            .map(|path| (path, "a lock")),
    );
    let mut text =
        String::from("# Handoff\n\nRead in this order; all paths are below `data/handoff/`.\n\n");
    let mut number = 0;
    for (path, what) in order {
        let target = format!("data/handoff/{path}");
        if gather.file(&path, Some(&target), "handoff", None) && gather.inputs.has(&target) {
            number += 1;
            text.push_str(&format!("{number}. `{path}`: {what}\n"));
        }
    }
    if let Some(previous) = &gather.job.settings.previous {
        text.push_str(&format!(
            "\nThe bundle before this one has the pack id {previous}.\n"
        ));
    }
    let input = Input::bytes("data/handoff.md", "handoff", text.into_bytes());
    gather.put(input);
    Ok(())
}
