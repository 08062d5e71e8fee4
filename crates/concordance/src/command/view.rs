//! Commands that show: `trace`, `impact`, `export`.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use trueline_core::Id;
use trueline_kit::{Context, Error, Format};

use super::index::unknown;
use super::update::Range;
use crate::gate::State;
use crate::settings::Settings;
use crate::trace::Tracer;

/// Show what an item rests on and what rests on it.
#[derive(Debug, clap::Args)]
pub(crate) struct TraceItem {
    /// Id of the item
    id: String,
    /// Draw it as a Mermaid flow chart
    #[arg(long)]
    mermaid: bool,
}

/// Show which items a branch touches, whose they are, and which tests prove them.
#[derive(Debug, clap::Args)]
pub(crate) struct Impact {
    /// The revision that the branch began at
    #[arg(long, value_name = "REV")]
    base: String,
}

/// Print the crosswalk as a table.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// How: csv or jsonl
    #[arg(long = "format", alias = "as", value_name = "FORM", default_value = "csv", value_parser = ["csv", "jsonl"])]
    form: String,
}

impl TraceItem {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let format = ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])?;
        let state = State::work(ctx, &[], &BTreeMap::new())?;
        let id = Id::new(self.id.as_str()).map_err(|error| Error::usage(error.to_string()))?;
        let entry = state
            .model
            .get(&id)
            .ok_or_else(|| unknown(&state.model, &id))?;
        let trace = Tracer::new(&state).trace(entry);
        if format != Format::Human {
            return ctx.print_json(&trace);
        }
        let text = if self.mermaid {
            trace.mermaid()
        } else {
            trace.text()
        };
        let mut out = ctx.out();
        out.write_all(trueline_kit::escape::lines(&text).as_bytes())?;
        Ok(out.finish()?)
    }
}

#[derive(Serialize)]
struct Touched {
    version: u32,
    base: String,
    items: Vec<Touch>,
}

#[derive(Serialize)]
struct Touch {
    id: String,
    title: String,
    owner: Option<String>,
    wbs: Vec<String>,
    /// Changed files that are linked to it, or that hold its text.
    changed: Vec<String>,
    /// Tests that prove it.
    tests: Vec<String>,
    /// Whether one of them changed too.
    tests_changed: bool,
}

impl Impact {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let format = ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])?;
        let settings = Settings::new(ctx.config());
        let range = Range::read(ctx, &settings, &self.base)?;
        let state = State::work(ctx, &range.commits, &range.renames)?;
        let changed = range.changed(&state.tree);
        let before = match &range.merge_base {
            Some(base) => Some(State::commit(ctx, base, Some((&state, &range.changes)))?),
            None => None,
        };
        let tracer = Tracer::new(&state);
        let mut items = Vec::new();
        for entry in state.model.items() {
            let trace = tracer.trace(entry);
            let linked = trace
                .code
                .iter()
                .chain(&trace.tests)
                .chain(&trace.acceptance);
            let mut touched: Vec<String> = linked
                .filter(|path| changed.contains(*path))
                .cloned()
                .collect();
            let old = before
                .as_ref()
                .and_then(|before| before.model.get(&entry.item.id));
            let is_same = old.is_some_and(|old| old.item.digest == entry.item.digest);
            if !is_same && changed.contains(&trace.file) {
                touched.push(trace.file.clone());
            }
            if touched.is_empty() {
                continue;
            }
            items.push(Touch {
                tests_changed: trace.tests.iter().any(|path| changed.contains(path)),
                id: trace.id,
                title: trace.title,
                owner: trace.owner,
                wbs: trace.wbs,
                changed: touched,
                tests: trace.tests,
            });
        }
        if format != Format::Human {
            let base = range
                .merge_base
                .map(|oid| oid.to_string())
                .unwrap_or_default();
            return ctx.print_json(&Touched {
                version: 1,
                base,
                items,
            });
        }
        let mut out = ctx.out();
        for item in &items {
            let owner = item.owner.as_deref().unwrap_or("nobody");
            let line = format!("{} {} ({owner})\n", item.id, item.title);
            out.write_all(trueline_kit::escape::lines(&line).as_bytes())?;
            for path in &item.changed {
                writeln!(out, "  changed  {}", trueline_kit::escape::line(path))?;
            }
            for path in &item.tests {
                writeln!(out, "  proven   {}", trueline_kit::escape::line(path))?;
            }
        }
        Ok(out.finish()?)
    }
}

impl Export {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let is_jsonl = ctx.data_format(&[Format::Human, Format::Jsonl])? == Format::Jsonl
            || self.form == "jsonl";
        let state = State::work(ctx, &[], &BTreeMap::new())?;
        let tracer = Tracer::new(&state);
        let mut out = ctx.out_raw();
        if !is_jsonl {
            out.write_all(b"id,title,file,line,revision,nt,td,wbs,code,tests,acceptance,owner,status,covered\r\n")?;
        }
        for entry in state.model.items() {
            let trace = tracer.trace(entry);
            if is_jsonl {
                let line = serde_json::to_string(&trace).map_err(|e| Error::bug(e.to_string()))?;
                writeln!(out, "{line}")?;
                continue;
            }
            let fields = [
                trace.id,
                trace.title,
                trace.file,
                trace.line.to_string(),
                trace.revision.to_string(),
                trace.nt.join(" "),
                trace.td.join(" "),
                trace.wbs.join(" "),
                trace.code.join(" "),
                trace.tests.join(" "),
                trace.acceptance.unwrap_or_default(),
                trace.owner.unwrap_or_default(),
                trace.status.unwrap_or_default(),
                trace.covered.to_string(),
            ];
            let fields: Vec<String> = fields.iter().map(|field| csv(field)).collect();
            write!(out, "{}\r\n", fields.join(","))?;
        }
        Ok(out.finish()?)
    }
}

/// A field by RFC 4180. One that a spreadsheet would take for a formula gets a quote before it.
fn csv(field: &str) -> String {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if is_formula {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if field.contains(['"', ',', '\n', '\r']) || is_formula {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field
}
