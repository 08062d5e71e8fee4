//! The index artifacts: nt-index.json, td-index.json, toc-cache.json.

use std::num::NonZeroU32;

use trueline_core::artifact::Version;
use trueline_core::artifact::blueprint::{
    BlueprintIndex, IndexItem, TocCache, TocFile, TocHeading,
};
use trueline_kit::Error;

use crate::ids::Kind;
use crate::items::text::sha256;
use crate::items::{Blueprint, Form};
use crate::model::{Entry, Model};
use crate::settings::Settings;
use crate::tree::Tree;

/// The index of one kind.
pub fn index(model: &Model, kind: Kind, tree: &Tree<'_>, settings: &Settings) -> BlueprintIndex {
    BlueprintIndex {
        version: Version::default(),
        items: model
            .of_kind(kind)
            .map(|entry| {
                (
                    entry.item.id.clone(),
                    index_item(model, entry, tree, settings),
                )
            })
            .collect(),
    }
}

fn index_item(model: &Model, entry: Entry<'_>, tree: &Tree<'_>, settings: &Settings) -> IndexItem {
    let item = entry.item;
    let mut needs: Vec<_> = item.needs.iter().map(|(id, _)| id.clone()).collect();
    needs.sort();
    needs.dedup();
    IndexItem {
        title: item.title.clone(),
        file: entry.blueprint.path().to_owned(),
        anchor: item.anchor.clone(),
        brief: item.brief.clone(),
        level: item.level,
        parent: model.parent(entry).cloned(),
        phase: item.phase.clone(),
        needs,
        revision: item.revision,
        digest: item.digest,
        acceptance: acceptance(entry, tree, settings),
    }
}

/// The file with an item's acceptance criteria: the one it names, else `<id>.md` in the folder of
/// acceptance criteria, where that exists.
pub fn acceptance(entry: Entry<'_>, tree: &Tree<'_>, settings: &Settings) -> Option<String> {
    if let Some((path, _)) = &entry.item.acceptance {
        return Some(path.clone());
    }
    let path = format!("{}/{}.md", settings.acceptance_dir, entry.item.id);
    tree.has(&path).then_some(path)
}

/// Every heading of every blueprint.
pub fn toc(model: &Model) -> TocCache {
    TocCache {
        version: Version::default(),
        files: model.blueprints.iter().map(|one| toc_file(one)).collect(),
    }
}

fn toc_file(blueprint: &Blueprint) -> TocFile {
    let markdown = &blueprint.markdown;
    let text = blueprint.source.text();
    let heading = |section: &trueline_text::markdown::Section| {
        let heading = markdown.headings.get(section.heading)?;
        let span = blueprint.source.span(heading.range.clone());
        let items = &blueprint.items;
        let first = items.partition_point(|item| item.at.start < heading.range.start);
        let declared = items
            .get(first)
            .filter(|item| item.form == Form::Heading && heading.range.contains(&item.at.start));
        let own = text.get(section.own.clone()).unwrap_or_default();
        Some(TocHeading {
            id: declared.map(|item| item.id.clone()),
            text: heading.text.clone(),
            level: heading.level,
            anchor: heading.anchor.clone(),
            line: NonZeroU32::new(span.line).unwrap_or(NonZeroU32::MIN),
            start: offset(section.own.start),
            end: offset(section.own.end),
            digest: sha256(own.as_bytes()),
        })
    };
    TocFile {
        path: blueprint.path().to_owned(),
        digest: sha256(text.as_bytes()),
        headings: markdown.sections.iter().filter_map(heading).collect(),
    }
}

fn offset(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}

/// The bytes of an artifact: two spaces, a final newline.
///
/// # Errors
/// Never for these types; serde says otherwise.
pub fn bytes(value: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes =
        serde_json::to_vec_pretty(value).map_err(|error| Error::bug(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
