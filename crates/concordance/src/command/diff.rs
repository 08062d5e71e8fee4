//! `concordance diff`.

use std::fmt::Write as _;
use std::io::Write as _;

use trueline_kit::{Context, Error, Format, Source, escape};

use crate::crosswalk::{Book, Difference, Field, difference};
use crate::settings::Settings;
use crate::tree::Tree;

/// Show what differs between two states of the crosswalk.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// Two revisions, `A..B`; `A` alone is compared with the working tree, `A..` with HEAD
    #[arg(value_name = "A..B")]
    range: String,
}

impl Diff {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let format = ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])?;
        let settings = Settings::new(ctx.config());
        let (from, to) = match self.range.split_once("..") {
            Some((_, to)) if to.starts_with('.') => {
                let error = Error::usage(format!("`{}` is no range", self.range));
                return Err(error.hint("two revisions with two dots between them: `main..HEAD`"));
            }
            Some((from, to)) => (or_head(from), Some(or_head(to))),
            None => (self.range.as_str(), None),
        };
        let before = at(ctx, &settings, Some(from))?;
        let after = at(ctx, &settings, to)?;
        let difference = difference(&before, &after);
        if format != Format::Human {
            return ctx.print_json(&difference);
        }
        let mut out = ctx.out();
        out.write_all(text(&difference).as_bytes())?;
        out.finish()?;
        if difference.is_empty() {
            ctx.note("nothing differs");
        }
        Ok(())
    }
}

fn or_head(rev: &str) -> &str {
    if rev.is_empty() { "HEAD" } else { rev }
}

/// The crosswalk of a revision, or of the working tree; an empty one where there is none.
fn at(ctx: &Context, settings: &Settings, rev: Option<&str>) -> Result<Book, Error> {
    let path = &settings.crosswalk;
    let source: Option<Source> = match rev {
        None => ctx.read_source(path)?,
        Some(rev) => {
            let commit = ctx.git().commit(rev)?;
            let tree = Tree::commit(ctx, &commit)?;
            let source = tree.source(path)?;
            if !tree.unread().is_empty() {
                return Err(Error::io(format!(
                    "`{path}` of `{rev}` cannot be read as UTF-8 text"
                )));
            }
            source
        }
    };
    let book = Book::read(source);
    match book.faults.first() {
        None => Ok(book),
        Some(fault) => {
            let of = rev.map_or(String::new(), |rev| format!(" of `{rev}`"));
            let error = Error::io(format!("{path}{of}: {}", fault.message));
            // A place in a commit cannot be shown with the text on disk.
            Err(if rev.is_none() {
                error.place(fault.clone())
            } else {
                error
            })
        }
    }
}

fn text(difference: &Difference) -> String {
    let mut out = String::new();
    for id in &difference.removed {
        let _ = writeln!(out, "- {id}");
    }
    for id in &difference.added {
        let _ = writeln!(out, "+ {id}");
    }
    for changed in &difference.changed {
        let _ = writeln!(out, "~ {}", changed.id);
        changed.fields.iter().for_each(|field| put(&mut out, field));
    }
    difference
        .fields
        .iter()
        .for_each(|field| put(&mut out, field));
    let waivers = Field {
        name: "waivers".to_owned(),
        removed: difference.waivers_removed.clone(),
        added: difference.waivers_added.clone(),
    };
    put(&mut out, &waivers);
    out
}

fn put(out: &mut String, field: &Field) {
    for (mark, values) in [('-', &field.removed), ('+', &field.added)] {
        for value in values {
            let text = shown(value);
            let _ = writeln!(out, "  {mark} {}: {}", field.name, escape::line(&text));
        }
    }
}

/// A value for people: a file by its path, a link by its id and digest.
fn shown(value: &serde_json::Value) -> String {
    let get = |key: &str| value.get(key).and_then(serde_json::Value::as_str);
    match value {
        serde_json::Value::String(text) => text.clone(),
        _ => match (get("path"), get("kind"), get("id"), get("digest")) {
            (Some(path), Some(kind), ..) => format!("{path} ({kind})"),
            (_, _, Some(id), Some(digest)) => {
                format!("{id} {}", digest.get(..12).unwrap_or(digest))
            }
            _ => value.to_string(),
        },
    }
}
