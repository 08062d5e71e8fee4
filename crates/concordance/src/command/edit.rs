//! Commands with which people decide: `confirm`, `bump`, `waive`.

use trueline_core::Id;
use trueline_core::artifact::crosswalk::{Link, Waiver};
use trueline_core::scalar::{Day, Text};
use trueline_kit::{Context, Error, Mode};
use trueline_text::json;

use super::index::{unknown, unwritten};
use crate::crosswalk::{Book, write};
use crate::gate::State;

/// Say that what is linked to an item fits its text as it is now.
#[derive(Debug, clap::Args)]
pub(crate) struct Confirm {
    /// Ids of the items
    #[arg(required = true)]
    ids: Vec<String>,
}

/// Raise the revision of an item whose meaning changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Bump {
    /// Ids of the items
    #[arg(required = true)]
    ids: Vec<String>,
}

/// Accept a gap, for a reason and a time.
#[derive(Debug, clap::Args)]
pub(crate) struct Waive {
    /// Id of the item
    id: String,
    /// Code of the finding, such as uncovered-requirement
    code: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Who accepts it
    #[arg(long)]
    owner: String,
    /// Last day it holds, such as 2026-12-31
    #[arg(long, value_name = "DAY")]
    expires: String,
}

/// The state of the working tree, if its crosswalk can be written.
fn writable(ctx: &Context) -> Result<State<'_>, Error> {
    let state = State::work(ctx, &[], &std::collections::BTreeMap::new())?;
    if state.is_whole() {
        return Ok(state);
    }
    ctx.report_all(state.faults.iter().cloned());
    Err(unwritten("the crosswalk"))
}

fn save(ctx: &Context, state: &State<'_>, book: &Book) -> Result<(), Error> {
    ctx.generate(
        &state.settings.crosswalk,
        write(book).as_bytes(),
        Mode::Write,
    )?;
    Ok(())
}

fn known(state: &State<'_>, text: &str) -> Result<Id, Error> {
    let id = Id::new(text).map_err(|error| Error::usage(error.to_string()))?;
    match state.model.has(&id) {
        true => Ok(id),
        false => Err(unknown(&state.model, &id)),
    }
}

impl Confirm {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let state = writable(ctx)?;
        let mut book = state.joined.clone();
        for text in &self.ids {
            let id = known(&state, text)?;
            let Some(entry) = state.model.get(&id) else {
                continue;
            };
            let mut count = 0;
            for link in book.rows.iter_mut().flat_map(|row| &mut row.row.links) {
                if link.id == id {
                    *link = Link {
                        id: id.clone(),
                        revision: entry.item.revision,
                        digest: entry.item.digest,
                    };
                    count += 1;
                }
            }
            if count == 0 {
                return Err(Error::usage(format!("nothing is linked to `{id}`")));
            }
            ctx.note(format!(
                "confirmed what is linked to `{id}` at revision {}",
                entry.item.revision
            ));
        }
        save(ctx, &state, &book)
    }
}

impl Bump {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        for text in &self.ids {
            // Read anew each time: an edit moves what follows it.
            let state = State::work(ctx, &[], &std::collections::BTreeMap::new())?;
            let id = known(&state, text)?;
            let Some(entry) = state.model.get(&id) else {
                continue;
            };
            let next = entry.item.revision.get().checked_add(1);
            let next = next.ok_or_else(|| Error::usage("there is no greater revision"))?;
            let source = entry.blueprint.source.text();
            let (place, new) = match &entry.item.revision_at {
                Some(range) => (range.clone(), next.to_string()),
                None => (entry.item.at.end..entry.item.at.end, format!("~{next}")),
            };
            let (Some(before), Some(after)) = (source.get(..place.start), source.get(place.end..))
            else {
                return Err(Error::bug("the revision stands outside its file"));
            };
            let path = entry.blueprint.path();
            ctx.writer()
                .write(path, format!("{before}{new}{after}").as_bytes())?;
            ctx.note(format!("{path}: `{id}` is at revision {next}"));
            for (file, link) in state.tagged.links() {
                if link.id == id && link.revision.is_some() {
                    let line = link.span.line;
                    ctx.note(format!(
                        "{file}:{line}: a tag names the revision before; look at it and raise it"
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Waive {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let state = writable(ctx)?;
        let id = known(&state, &self.id)?;
        let code = self.code.strip_prefix("concordance/").unwrap_or(&self.code);
        if !crate::rules::ALL.iter().any(|rule| rule.code == code) {
            return Err(Error::usage(format!("there is no finding `{code}`"))
                .hint("`concordance rules` lists them"));
        }
        let text = |text: &str, what: &str| {
            Text::new(text.trim()).ok_or_else(|| Error::usage(format!("{what} must not be empty")))
        };
        let waiver = Waiver {
            id,
            code: text(code, "the code")?,
            reason: text(&self.reason, "--reason")?,
            owner: text(&self.owner, "--owner")?,
            expires: Day::new(self.expires.as_str())
                .ok_or_else(|| Error::usage("--expires is a day such as 2026-12-31"))?,
        };
        let mut book = state.book.clone();
        let same = |one: &crate::crosswalk::BookWaiver| {
            one.waiver.id == waiver.id && one.waiver.code == waiver.code
        };
        if let Some(place) = book.waivers.iter().position(same) {
            book.waivers.remove(place);
            if place < book.raw_waivers.len() {
                book.raw_waivers.remove(place);
            }
        }
        let value =
            serde_json::to_string(&waiver).map_err(|error| Error::bug(error.to_string()))?;
        let (document, _) = json::parse(&value);
        book.raw_waivers
            .extend(document.root().map(crate::crosswalk::compact));
        save(ctx, &state, &book)?;
        ctx.note(format!(
            "`{}` is waived for `{}` until {}",
            waiver.code, waiver.id, waiver.expires
        ));
        Ok(())
    }
}
