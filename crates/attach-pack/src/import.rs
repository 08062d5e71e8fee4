//! `import-manifest`: lists of evidence in other shapes, and what they lack.

use crate::rules;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use trueline_core::{Finding, Location};
use trueline_kit::{Context, Error, Source};
use trueline_text::json;
use trueline_text::tree::{Kind, Node};

/// The most files of a manifest that are looked at.
pub const MAX_LISTED: usize = 100_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Manifests in JSON
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Keys under which other shapes list files.
const LISTS: [&str; 12] = [
    "artifacts",
    "artifact_files",
    "artefacts",
    "files",
    "contents",
    "attachments",
    "evidence",
    "logs",
    "reports",
    "outputs",
    "included",
    "items",
];
/// Keys of an entry that hold its path.
const PATHS: [&str; 6] = ["path", "file", "filename", "name", "location", "href"];
/// Keys that hold a digest.
const DIGESTS: [&str; 6] = ["sha256", "sha512", "sha1", "md5", "digest", "hash"];
/// Keys that hold a size.
const SIZES: [&str; 4] = ["size", "bytes", "length", "size_bytes"];

/// What a manifest of any shape says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Paths as written, each once.
    pub paths: BTreeSet<String>,
    /// How many of them have a digest.
    pub digests: usize,
    /// How many have a size.
    pub sizes: usize,
    /// Names of the shapes that were met: `list of names`, `list of records`, `names by role`.
    pub shapes: BTreeSet<&'static str>,
    /// Top-level keys.
    pub keys: BTreeSet<String>,
}

/// Reads what a manifest lists, in any of the known shapes.
pub fn read(document: &json::Document) -> Foreign {
    let mut foreign = Foreign::default();
    let Some(root) = document.root() else {
        return foreign;
    };
    let lists: Vec<Node<'_>> = match root.kind() {
        Kind::Object => {
            foreign.keys = root.members().map(|(key, _)| key.to_owned()).collect();
            let known = |key: &str| LISTS.contains(&key.to_ascii_lowercase().as_str());
            root.members()
                .filter(|(key, _)| known(key))
                .map(|(_, node)| node)
                .collect()
        }
        _ => vec![root],
    };
    for list in lists {
        match list.kind() {
            Kind::Array => {
                for item in list.items() {
                    foreign.entry(item, "list of names");
                }
            }
            Kind::Object => {
                for (_, item) in list.members() {
                    match item.kind() {
                        // Several files of one role.
                        Kind::Array => item
                            .items()
                            .for_each(|one| foreign.entry(one, "names by role")),
                        _ => foreign.entry(item, "names by role"),
                    }
                }
            }
            _ => foreign.entry(list, "one name"),
        }
    }
    foreign
}

impl Foreign {
    fn entry(&mut self, item: Node<'_>, shape: &'static str) {
        if self.paths.len() >= MAX_LISTED {
            return;
        }
        if let Some(path) = item.as_str() {
            self.shapes.insert(shape);
            self.paths.insert(path.into_owned());
            return;
        }
        let find = |keys: &[&str]| {
            item.members()
                .find(|(key, _)| keys.contains(&key.to_ascii_lowercase().as_str()))
                .map(|(_, node)| node)
        };
        if let Some(path) = find(&PATHS).and_then(|node| node.as_str().map(Cow::into_owned)) {
            self.shapes.insert("list of records");
            if self.paths.insert(path) {
                self.digests += usize::from(find(&DIGESTS).is_some());
                self.sizes += usize::from(find(&SIZES).is_some());
            }
        }
    }
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    for path in &args.files {
        let result = crate::cli::place(ctx, path).and_then(|(place, _)| ctx.relative(&place));
        match result {
            Ok(name) => {
                if let Some(source) = ctx.source(&name) {
                    one(ctx, &source);
                }
            }
            Err(error) => ctx.failed(&error),
        }
    }
    ctx.complete_check();
    Ok(())
}

fn one(ctx: &Context, source: &Source) {
    let (document, errors) = json::parse(source.text());
    for error in &errors {
        let at = source.at(error.offset..error.end);
        ctx.report(Finding::new(
            &rules::BAD_MANIFEST,
            at,
            error.message.clone(),
        ));
    }
    if !errors.is_empty() {
        return;
    }
    let whole = || Location::file(source.path());
    let foreign = read(&document);
    if foreign.paths.is_empty() {
        let keys: Vec<&str> = foreign.keys.iter().map(String::as_str).take(8).collect();
        let message = match keys.is_empty() {
            true => "the manifest lists no files".to_owned(),
            false => format!(
                "the manifest lists no files under a key that is known; it has {}",
                keys.join(", ")
            ),
        };
        ctx.report(Finding::new(&rules::FOREIGN_MANIFEST, whole(), message));
        return;
    }
    let folder = source
        .path()
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let there = |path: &str| {
        let inside = |base: &str| {
            let joined = format!("{base}/{path}");
            let plain = !joined.split('/').any(|part| part == "..");
            plain && ctx.root().join(joined.trim_start_matches('/')).exists()
        };
        inside(folder) || inside("")
    };
    let total = foreign.paths.len();
    let gone: Vec<&str> = foreign
        .paths
        .iter()
        .map(String::as_str)
        .filter(|path| !there(path))
        .collect();
    let mut lacks = Vec::new();
    if foreign.digests < total {
        lacks.push(format!(
            "{} of {total} files have no digest",
            total - foreign.digests
        ));
    }
    if foreign.sizes < total {
        lacks.push(format!("{} have no size", total - foreign.sizes));
    }
    if !gone.is_empty() {
        let named: Vec<&str> = gone.iter().copied().take(5).collect();
        let more = if gone.len() > named.len() {
            ", …"
        } else {
            ""
        };
        lacks.push(format!(
            "{} do not exist ({}{more})",
            gone.len(),
            named.join(", ")
        ));
    }
    if !["commit", "head", "git_commit", "sha"]
        .iter()
        .any(|key| foreign.keys.contains(*key))
    {
        lacks.push("no commit is named".to_owned());
    }
    if lacks.is_empty() {
        ctx.note(format!(
            "{}: {total} files, each with a digest and a size",
            source.path()
        ));
        return;
    }
    let shapes: Vec<&str> = foreign.shapes.iter().copied().collect();
    let message = format!(
        "a manifest of another shape ({}): {}",
        shapes.join(", "),
        lacks.join("; ")
    );
    ctx.report(
        Finding::new(&rules::FOREIGN_MANIFEST, whole(), message).help(rules::FOREIGN_MANIFEST.mend),
    );
}
