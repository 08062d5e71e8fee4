//! `queue renumber`: another id for an item, everywhere in queue and plan.

use trueline_core::id::{canonical, is_id};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan_files::Files;
use trueline_text::json::{self, Patch, encode_str};
use trueline_text::tree::Node;

use crate::store;

/// Members whose values are ids of items, and of lists of them.
const IDS: &[&str] = &[
    "id",
    "task_id",
    "dependencies",
    "depends_on",
    "follow_ups",
    "wbs",
    "parent",
];

/// Gives the item another id. Of several lines with the old id, the last one gets it, and
/// references stay with the older ones.
pub(crate) fn renumber(ctx: &Context, old: &str, new: &str) -> Result<(), Error> {
    if !is_id(new) {
        return Err(Error::usage(format!("`{new}` is no id")));
    }
    let _guard = store::lock(ctx)?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    if !plan.is_readable() {
        ctx.report_all(findings);
        return Err(Error::io("the plan cannot be read"));
    }
    crate::tell::find(&plan, old)?;
    let form = canonical(new);
    if let Some(other) = plan
        .items()
        .find(|item| item.id() != old && canonical(item.id()) == form)
    {
        let message = format!(
            "`{new}` is, or looks like, the id of another item: `{}`",
            other.id()
        );
        return Err(Error::usage(message));
    }
    let rows: Vec<_> = plan
        .queue()
        .into_iter()
        .flat_map(trueline_plan::Table::rows)
        .collect();
    let same = rows.iter().filter(|row| row.id() == old).count();
    let mut text = String::new();
    let mut at = 0;
    let mut left = same;
    let source = files
        .queue
        .as_ref()
        .map(|file| file.bytes.as_slice())
        .unwrap_or_default();
    let source = std::str::from_utf8(source)
        .map_err(|_| Error::io("the queue is not UTF-8: mend that first"))?;
    for row in &rows {
        let mut patch = Patch::new();
        let (document, _) = json::parse(row.raw());
        let names_it = row.id() == old;
        left -= usize::from(names_it);
        // The last of several: only itself.
        let is_last_of_many = same > 1 && names_it && left == 0;
        if let Some(root) = document.root()
            && (same < 2 || is_last_of_many)
        {
            change(root, old, new, &mut patch);
        }
        if patch.is_empty() {
            continue;
        }
        let line = patch
            .apply(row.raw())
            .map_err(|error| Error::io(error.to_string()))?;
        text.push_str(source.get(at..row.span().start).unwrap_or_default());
        text.push_str(&line);
        at = row.span().end;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    let por = match &files.por {
        Some(file) if same < 2 => {
            let source = std::str::from_utf8(&file.bytes).unwrap_or_default();
            let (document, _) = json::parse(source);
            let mut patch = Patch::new();
            let root = document.root();
            for list in ["items", "verticals"] {
                let list = root.and_then(|root| root.get(list));
                for node in list.into_iter().flat_map(Node::items) {
                    change(node, old, new, &mut patch);
                }
            }
            Some(
                patch
                    .apply(source)
                    .map_err(|error| Error::io(error.to_string()))?,
            )
        }
        _ => None,
    };
    let writer = ctx.writer();
    if files.queue.is_some() {
        writer.write(ctx.config().path(Artifact::Queue), text.as_bytes())?;
    }
    if let Some(por) = por {
        writer.write(ctx.config().path(Artifact::Por), por.as_bytes())?;
    }
    ctx.note(format!(
        "{old} is {new} now; commits, checks and the crosswalk still say {old}"
    ));
    Ok(())
}

/// Puts the new id where the record names the old one.
fn change(record: Node<'_>, old: &str, new: &str, patch: &mut Patch) {
    let is_old = |node: &Node<'_>| node.as_str().is_some_and(|text| text == old);
    for (_, value) in record.members().filter(|(key, _)| IDS.contains(key)) {
        let elements = value.items().filter(is_old);
        for node in elements.chain(Some(value).filter(is_old)) {
            patch.set(node.pointer(), encode_str(new));
        }
    }
}
