//! `trueline init`: the documents that the tools read, where they are missing.

use std::io::Write as _;

use trueline_kit::config::{Config, FILE_NAME};
use trueline_kit::{Artifact, Context, Error, Format, Mode};

use Place::{At, Of};

/// Flags of `trueline init`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Also write .pre-commit-config.yaml (works with pre-commit and prek)
    #[arg(long)]
    pre_commit: bool,
    /// Also write .github/workflows/trueline.yml
    #[arg(long)]
    github: bool,
    /// Also write a justfile
    #[arg(long)]
    just: bool,
    /// Say what would be written, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
}

/// A document and where it goes.
struct Document {
    place: Place,
    text: &'static str,
    wanted: fn(&Args, &Config) -> bool,
}

/// Where a document goes.
enum Place {
    /// Always there.
    At(&'static str),
    /// Where trueline.toml says that the artifact lies.
    Of(Artifact),
}

impl Document {
    fn path<'a>(&self, config: &'a Config) -> &'a str {
        match self.place {
            Place::At(path) => path,
            Place::Of(artifact) => config.path(artifact),
        }
    }
}

macro_rules! document {
    ($place:expr, $template:literal) => {
        document!($place, $template, |_, _| true)
    };
    ($place:expr, $template:literal, $wanted:expr) => {
        Document {
            place: $place,
            text: include_str!(concat!("init/templates/", $template)),
            wanted: $wanted,
        }
    };
}

const NT: &str = "docs/blueprints/nt.md";
const TD: &str = "docs/blueprints/td.md";

const DOCUMENTS: &[Document] = &[
    document!(At(FILE_NAME), "trueline.toml"),
    document!(At(".gitignore"), "gitignore"),
    // Blueprints that lie elsewhere are written already, or are to be written there.
    document!(At(NT), "nt.md", |_, config| config
        .globs
        .blueprints_nt
        .matches(NT)),
    document!(At(TD), "td.md", |_, config| config
        .globs
        .blueprints_td
        .matches(TD)),
    document!(Of(Artifact::Por), "por.json"),
    document!(Of(Artifact::Queue), "queue.jsonl"),
    document!(Of(Artifact::Ownership), "ownership.yaml"),
    document!(Of(Artifact::Capabilities), "capabilities.yaml"),
    document!(Of(Artifact::OrchestratorSpec), "ORCHESTRATOR_SPEC.md"),
    document!(
        At("docs/templates/agent-run-report.md"),
        "agent-run-report.md"
    ),
    document!(At("docs/templates/acceptance.md"), "acceptance.md"),
    document!(
        At(".github/PULL_REQUEST_TEMPLATE.md"),
        "PULL_REQUEST_TEMPLATE.md"
    ),
    document!(At("docs/security/threat-model.md"), "threat-model.md"),
    document!(Of(Artifact::ReadinessMatrix), "access-readiness-matrix.md"),
    document!(
        At(".pre-commit-config.yaml"),
        "pre-commit.yaml",
        |args, _| args.pre_commit
    ),
    document!(
        At(".github/workflows/trueline.yml"),
        "github.yml",
        |args, _| args.github
    ),
    document!(At("justfile"), "justfile", |args, _| args.just),
];

/// Runs `trueline init`.
pub(crate) fn run(args: &Args, ctx: &mut Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let mut outcome = Vec::new();
    for document in DOCUMENTS {
        if !(document.wanted)(args, ctx.config()) {
            continue;
        }
        let path = document.path(ctx.config()).to_owned();
        // A dangling link, a folder, an unreadable file: whatever is there stays.
        let there = ctx.root().join(&path).symlink_metadata().is_ok();
        if !there && !args.dry_run {
            ctx.generate(&path, document.text.as_bytes(), Mode::Write)?;
        }
        outcome.push((path, there));
    }
    print(&outcome, args.dry_run, format, ctx)
}

fn print(
    outcome: &[(String, bool)],
    dry_run: bool,
    format: Format,
    ctx: &mut Context,
) -> Result<(), Error> {
    let paths = |kept: bool| -> Vec<&str> {
        outcome
            .iter()
            .filter(|(_, there)| *there == kept)
            .map(|(path, _)| path.as_str())
            .collect()
    };
    let (written, kept) = (paths(false), paths(true));
    if format == Format::Json {
        let json =
            serde_json::json!({"version": 1, "dry_run": dry_run, "written": written, "kept": kept});
        return ctx.print_json(&json);
    }
    let mut out = ctx.out();
    let verb = if dry_run { "would write" } else { "wrote" };
    for (path, there) in outcome {
        writeln!(out, "{:>11} {path}", if *there { "kept" } else { verb })?;
    }
    if written.is_empty() {
        writeln!(out, "Everything is there already.")?;
    } else if !dry_run {
        writeln!(
            out,
            "Next: write requirements in {}, then `trueline chain`.",
            blueprints(ctx.config())
        )?;
    }
    Ok(out.finish()?)
}

/// Where requirements are to be written.
fn blueprints(config: &Config) -> String {
    if config.globs.blueprints_nt.matches(NT) {
        return NT.to_owned();
    }
    let first = config.globs.blueprints_nt.iter().next();
    first.map_or_else(|| "a blueprint".to_owned(), |glob| format!("`{glob}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(document: &Document) -> String {
        document.path(&Config::default()).to_owned()
    }

    #[test]
    fn every_template_is_text_with_a_final_newline() {
        for document in DOCUMENTS {
            assert!(
                document.text.is_empty() || document.text.ends_with('\n'),
                "{}",
                at(document)
            );
            assert!(
                !document.text.contains('\r') && !document.text.contains('\t'),
                "{}",
                at(document)
            );
        }
    }

    #[test]
    fn json_and_toml_templates_are_valid() {
        for document in DOCUMENTS {
            let path = at(document);
            if path == "ops/por.json" {
                let entry = trueline_core::schema::get("por").unwrap();
                assert_eq!(entry.read(document.text), Ok(()));
            } else if path.ends_with(".toml") {
                assert!(document.text.parse::<toml::Table>().is_ok());
            } else if path.ends_with(".yaml") {
                let (tree, errors) = trueline_text::yaml::parse(document.text);
                assert!(tree.is_some() && errors.is_empty(), "{path}: {errors:?}");
            }
        }
    }
}
