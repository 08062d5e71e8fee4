//! `concordance index` and `concordance section`.

use std::io::Write;

use serde::Serialize;
use trueline_core::Id;
use trueline_kit::{Artifact, Context, Error, Format, Mode};

use crate::ids::Kind;
use crate::index::{bytes, index, toc};
use crate::lint;
use crate::model::Model;
use crate::settings::Settings;
use crate::tree::Tree;

/// Write the index of the blueprints.
#[derive(Debug, clap::Args)]
pub(crate) struct Index {
    /// Write nothing; exit 1 if an index is not up to date
    #[arg(long)]
    check: bool,
}

impl Index {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let tree = Tree::work(ctx)?;
        let settings = Settings::for_tree(ctx.config(), &tree);
        let model = Model::read(&tree, &settings)?;
        ctx.report_all(lint::findings(&model, &tree));
        if !tree.unread().is_empty() {
            return Err(unwritten("the index"));
        }
        let mode = Mode::of_check(self.check);
        let mut counts = Vec::new();
        for (kind, artifact) in [(Kind::Nt, Artifact::NtIndex), (Kind::Td, Artifact::TdIndex)] {
            let index = index(&model, kind, &tree, &settings);
            let count = index.items.len();
            counts.push(format!(
                "{count} {}{}",
                kind.noun(),
                if count == 1 { "" } else { "s" }
            ));
            ctx.generate(ctx.config().path(artifact), &bytes(&index)?, mode)?;
        }
        // Not committed, so a fresh checkout has none.
        if mode == Mode::Write {
            let path = ctx.config().path(Artifact::TocCache);
            ctx.generate(path, &bytes(&toc(&model))?, mode)?;
        }
        let files = model.blueprints.len();
        let files = format!("{files} blueprint{}", if files == 1 { "" } else { "s" });
        ctx.note(format!("{} in {files}", counts.join(" and ")));
        if files.starts_with("0 ") {
            ctx.note(
                "no file matches `blueprints_nt` or `blueprints_td` under [globs] in trueline.toml",
            );
        }
        Ok(())
    }
}

/// Print the text of an item.
#[derive(Debug, clap::Args)]
pub(crate) struct Section {
    /// Id of the item, such as NT-1.2
    id: String,
}

#[derive(Serialize)]
struct Slice<'a> {
    version: u32,
    id: &'a str,
    title: &'a str,
    file: &'a str,
    line: u32,
    text: &'a str,
}

impl Section {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let format = ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])?;
        let tree = Tree::work(ctx)?;
        let model = Model::read(&tree, &Settings::for_tree(ctx.config(), &tree))?;
        let id = Id::new(self.id.as_str()).map_err(|error| Error::usage(error.to_string()))?;
        let entry = model.get(&id).ok_or_else(|| unknown(&model, &id))?;
        if format == Format::Human {
            let mut out = ctx.out_raw();
            out.write_all(entry.text().as_bytes())?;
            if !entry.text().ends_with('\n') {
                out.write_all(b"\n")?;
            }
            return Ok(out.finish()?);
        }
        ctx.print_json(&Slice {
            version: 1,
            id: id.as_str(),
            title: &entry.item.title,
            file: entry.blueprint.path(),
            line: entry.at().span.map_or(1, |span| span.line),
            text: entry.text(),
        })
    }
}

/// The error of a writer whose sources cannot all be read.
pub(crate) fn unwritten(what: &str) -> Error {
    Error::io(format!(
        "{what} was not written: mend what cannot be read first"
    ))
}

/// An id that no blueprint declares, with the twin that was perhaps meant.
pub(crate) fn unknown(model: &Model, id: &Id) -> Error {
    let error = Error::usage(format!("no blueprint declares `{id}`"));
    match model.twin(id) {
        Some(twin) => error.hint(format!("did you mean `{twin}`?")),
        None => {
            error.hint("`concordance index` lists every item in nt-index.json and td-index.json")
        }
    }
}
