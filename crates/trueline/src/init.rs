//! `trueline init`: the documents that the tools read, where they are missing.

use std::io::Write as _;

use trueline_kit::{Context, Error, Format, Mode};

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
    path: &'static str,
    text: &'static str,
    wanted: fn(&Args) -> bool,
}

macro_rules! document {
    ($path:literal, $template:literal) => {
        document!($path, $template, |_| true)
    };
    ($path:literal, $template:literal, $wanted:expr) => {
        Document {
            path: $path,
            text: include_str!(concat!("init/templates/", $template)),
            wanted: $wanted,
        }
    };
}

const DOCUMENTS: &[Document] = &[
    document!("trueline.toml", "trueline.toml"),
    document!(".gitignore", "gitignore"),
    document!("docs/blueprints/nt.md", "nt.md"),
    document!("docs/blueprints/td.md", "td.md"),
    document!("ops/por.json", "por.json"),
    document!("ops/queue.jsonl", "queue.jsonl"),
    document!("ops/ownership.yaml", "ownership.yaml"),
    document!("ops/orchestrator_capabilities.yaml", "capabilities.yaml"),
    document!(
        "docs/orchestrator/ORCHESTRATOR_SPEC.md",
        "ORCHESTRATOR_SPEC.md"
    ),
    document!("docs/templates/agent-run-report.md", "agent-run-report.md"),
    document!("docs/templates/acceptance.md", "acceptance.md"),
    document!(
        ".github/PULL_REQUEST_TEMPLATE.md",
        "PULL_REQUEST_TEMPLATE.md"
    ),
    document!("docs/security/threat-model.md", "threat-model.md"),
    document!(
        "docs/runbooks/access-readiness-matrix.md",
        "access-readiness-matrix.md"
    ),
    document!(".pre-commit-config.yaml", "pre-commit.yaml", |args| args
        .pre_commit),
    document!(".github/workflows/trueline.yml", "github.yml", |args| args
        .github),
    document!("justfile", "justfile", |args| args.just),
];

/// Runs `trueline init`.
pub(crate) fn run(args: &Args, ctx: &mut Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let mut outcome = Vec::new();
    for document in DOCUMENTS.iter().filter(|document| (document.wanted)(args)) {
        // A dangling link, a folder, an unreadable file: whatever is there stays.
        let there = ctx.root().join(document.path).symlink_metadata().is_ok();
        if !there && !args.dry_run {
            ctx.generate(document.path, document.text.as_bytes(), Mode::Write)?;
        }
        outcome.push((document.path, there));
    }
    print(&outcome, args.dry_run, format, ctx)
}

fn print(
    outcome: &[(&str, bool)],
    dry_run: bool,
    format: Format,
    ctx: &mut Context,
) -> Result<(), Error> {
    let paths = |kept: bool| -> Vec<&str> {
        outcome
            .iter()
            .filter(|(_, there)| *there == kept)
            .map(|(path, _)| *path)
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
            "Next: write requirements in docs/blueprints/nt.md, then `trueline chain`."
        )?;
    }
    Ok(out.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_text_with_a_final_newline() {
        for document in DOCUMENTS {
            assert!(
                document.text.is_empty() || document.text.ends_with('\n'),
                "{}",
                document.path
            );
            assert!(
                !document.text.contains('\r') && !document.text.contains('\t'),
                "{}",
                document.path
            );
        }
    }

    #[test]
    fn json_and_toml_templates_are_valid() {
        for document in DOCUMENTS {
            if document.path == "ops/por.json" {
                let entry = trueline_core::schema::get("por").unwrap();
                assert_eq!(entry.read(document.text), Ok(()));
            } else if document.path.ends_with(".toml") {
                assert!(document.text.parse::<toml::Table>().is_ok());
            } else if document.path.ends_with(".yaml") {
                let (tree, errors) = trueline_text::yaml::parse(document.text);
                assert!(
                    tree.is_some() && errors.is_empty(),
                    "{}: {errors:?}",
                    document.path
                );
            }
        }
    }
}
