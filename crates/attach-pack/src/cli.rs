//! The command line.

use crate::{build, compare, extract, import, rules, show, verify};
use std::path::PathBuf;
use trueline_kit::{Context, Error, Tool};

/// The tool.
pub(crate) const TOOL: Tool<Command> = Tool {
    name: "attach-pack",
    about: "Packs of evidence that anyone can check, the same bytes every time",
    after_help: "Examples:
  attach-pack build --run docs/runs/2026-01-15-WBS-1.2-AGENT-1.md --tests out/tests.txt
  attach-pack verify docs/orchestrator/from-agents/AGENT-1/run-20260115T120000Z-attach.zip",
    rules: rules::ALL,
    schemas: &["diff-summary", "pack"],
    run,
};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Gather the evidence of a run, or of a rotation, into a pack
    Build(Box<build::Args>),
    /// Check packs in place: every byte, and all faults
    Verify(verify::Args),
    /// List what is in a pack: role, size, digest, path
    List(show::One),
    /// A page about the run: what was claimed, what is inside, tests, what changed
    Show(show::One),
    /// Print the pack id
    Id(show::One),
    /// What two packs have in common, and what not
    Diff(compare::Args),
    /// Unpack into a fresh folder, all or nothing
    Extract(extract::Args),
    /// Read manifests of other shapes and say what they lack
    ImportManifest(import::Args),
}

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Build(args) => build::run(*args, ctx),
        Command::Verify(args) => verify::run(&args, ctx),
        Command::List(args) => show::list(&args, ctx),
        Command::Show(args) => show::show(&args, ctx),
        Command::Id(args) => show::id(&args, ctx),
        Command::Diff(args) => compare::run(&args, ctx),
        Command::Extract(args) => extract::run(&args, ctx),
        Command::ImportManifest(args) => import::run(&args, ctx),
    }
}

/// A path that exists: relative to the current folder, else to the root; with the name to show for it.
pub(crate) fn place(ctx: &Context, path: &std::path::Path) -> Result<(PathBuf, String), Error> {
    let from_root = ctx.root().join(path);
    let place = match path.symlink_metadata() {
        Ok(_) => path.to_owned(),
        Err(_) if from_root.symlink_metadata().is_ok() => from_root,
        Err(error) => {
            let kind = trueline_kit::ErrorKind::Io;
            let shown = path.display();
            return Err(Error::new(kind, format!("cannot read `{shown}`: {error}")));
        }
    };
    let shown = match ctx.relative(&place) {
        Ok(inner) if !inner.is_empty() => inner,
        _ => path.to_string_lossy().replace('\\', "/"),
    };
    Ok((place, shown))
}

#[cfg(test)]
mod tests {
    use super::TOOL;

    #[test]
    fn each_rule_has_its_page() {
        let page = include_str!("../../../docs/tools/attach-pack.md");
        trueline_kit::testing::check_rules(&TOOL, page);
    }
}
