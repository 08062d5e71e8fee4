//! What is wrong within the blueprints.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::Arc;

use trueline_core::id::{canonical, natural_cmp};
use trueline_core::{Finding, Id};

use crate::graph;
use crate::hash::{HashMap, HashSet};
use crate::ids::Kind;
use crate::items::Blueprint;
use crate::model::{Entry, Model};
use crate::rules;
use crate::tree::Tree;

/// Every finding of `concordance index`.
pub fn findings(model: &Model, tree: &Tree<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    ids(model, &mut out);
    let anchors = Anchors::new(model);
    for blueprint in &model.blueprints {
        shapes(blueprint, &mut out);
        links(blueprint, &anchors, tree, &mut out);
    }
    needs(model, &mut out);
    out
}

fn ids(model: &Model, out: &mut Vec<Finding>) {
    let mut by_id: HashMap<&Id, Entry<'_>> = HashMap::default();
    let mut by_number: HashMap<String, Entry<'_>> = HashMap::default();
    for blueprint in &model.blueprints {
        let mut greatest: HashMap<Kind, Entry<'_>> = HashMap::default();
        for item in &blueprint.items {
            let entry = Entry { blueprint, item };
            let id = &item.id;
            if let Some(first) = by_id.get(id) {
                let message = format!("`{id}` is declared a second time");
                let finding = Finding::new(&rules::DUPLICATE_ID, entry.at(), message);
                out.push(
                    finding
                        .related(first.at(), "first declared here")
                        .subject(id.as_str()),
                );
                continue;
            }
            by_id.insert(id, entry);
            match by_number.entry(canonical(id.as_str())) {
                Slot::Occupied(twin) => {
                    let twin = twin.get();
                    let other = &twin.item.id;
                    let message = format!("`{id}` and `{other}` differ only by leading zeros");
                    let finding = Finding::new(&rules::TWIN_ID, entry.at(), message);
                    let finding = finding.related(twin.at(), format!("`{other}` is here"));
                    out.push(finding.subject(id.as_str()));
                }
                Slot::Vacant(free) => {
                    free.insert(entry);
                }
            }
            match greatest.get(&item.kind) {
                Some(before) if natural_cmp(id.as_str(), before.item.id.as_str()).is_lt() => {
                    let other = &before.item.id;
                    let message = format!("`{id}` stands after `{other}`");
                    let finding = Finding::new(&rules::OUT_OF_ORDER_ID, entry.at(), message);
                    let finding = finding.related(before.at(), format!("`{other}` is here"));
                    out.push(finding.subject(id.as_str()));
                }
                _ => {
                    greatest.insert(item.kind, entry);
                }
            }
        }
    }
}

fn shapes(blueprint: &Blueprint, out: &mut Vec<Finding>) {
    let source = &blueprint.source;
    for fault in &blueprint.faults {
        let at = source.at(fault.range.clone());
        out.push(Finding::new(
            &rules::MALFORMED_ID,
            at,
            fault.message.clone(),
        ));
    }
    let wholes: HashSet<usize> = blueprint
        .items
        .iter()
        .filter_map(|item| item.inside)
        .collect();
    for (place, item) in blueprint.items.iter().enumerate() {
        let id = &item.id;
        if item.is_empty && !wholes.contains(&place) {
            let at = source.at(item.at.clone());
            let message = format!("`{id}` has a title and no text");
            out.push(Finding::new(&rules::EMPTY_ITEM, at, message).subject(id.as_str()));
        }
        if let Some(range) = &item.headless {
            let message = format!("the text of `{id}` begins in mid-sentence");
            let at = source.at(range.clone());
            out.push(Finding::new(&rules::HEADLESS_TEXT, at, message).subject(id.as_str()));
        }
    }
}

/// The anchors of every blueprint.
struct Anchors<'m>(BTreeMap<&'m str, Known<'m>>);

/// The anchors of one file.
struct Known<'m> {
    all: HashSet<&'m str>,
}

impl<'m> Known<'m> {
    /// The anchor that begins like this one, mostly with an id (`nt-12`), if only one does.
    fn near(&self, anchor: &str) -> Option<&'m str> {
        let head = head(anchor);
        let mut near = self.all.iter().filter(|other| self::head(other) == head);
        near.next().filter(|_| near.next().is_none()).copied()
    }
}

impl<'m> Anchors<'m> {
    fn new(model: &'m Model) -> Self {
        let of = |blueprint: &'m Arc<Blueprint>| {
            let markdown = &blueprint.markdown;
            let headings = markdown.headings.iter().map(|h| h.anchor.as_str());
            let html = markdown.html_anchors.iter().map(|a| a.name.as_str());
            let all: HashSet<&str> = headings.chain(html).collect();
            (blueprint.path(), Known { all })
        };
        Anchors(model.blueprints.iter().map(of).collect())
    }
}

/// The first two words of an anchor.
fn head(anchor: &str) -> String {
    let words: Vec<&str> = anchor.splitn(3, '-').take(2).collect();
    words.join("-")
}

fn links(blueprint: &Blueprint, anchors: &Anchors<'_>, tree: &Tree<'_>, out: &mut Vec<Finding>) {
    for link in &blueprint.markdown.links {
        if link.destination.is_empty() || is_elsewhere(&link.destination) {
            continue;
        }
        let (path, anchor) = match link.destination.split_once('#') {
            Some((path, anchor)) => (path, Some(decode(anchor))),
            None => (link.destination.as_str(), None),
        };
        let path = decode(path.split('?').next().unwrap_or_default());
        let Some(target) = resolve(blueprint.path(), &path) else {
            continue;
        };
        let at = || blueprint.source.at(link.range.clone());
        let is_folder = || {
            let start = tree
                .files()
                .partition_point(|file| file.as_str() < target.as_str());
            let inside = |file: &String| {
                file.strip_prefix(target.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            };
            tree.files()
                .iter()
                .skip(start)
                .take_while(|f| f.starts_with(target.as_str()))
                .any(inside)
        };
        if !target.is_empty() && !tree.has(&target) && !is_folder() {
            let message = format!("there is no file `{target}`");
            out.push(Finding::new(&rules::BROKEN_LINK, at(), message).subject(&link.destination));
        } else if let (Some(anchor), Some(known)) = (anchor, anchors.0.get(target.as_str()))
            && !anchor.is_empty()
            && !known.all.contains(anchor.as_str())
            && !known.all.contains(anchor.to_lowercase().as_str())
        {
            let message = format!("`{target}` has no anchor `#{anchor}`");
            let mut finding = Finding::new(&rules::BROKEN_LINK, at(), message);
            if let Some(near) = known.near(&anchor) {
                finding = finding.help(format!("did you mean `#{near}`?"));
            }
            out.push(finding.subject(&link.destination));
        }
    }
}

fn is_elsewhere(destination: &str) -> bool {
    let scheme = destination
        .split(['/', '#', '?'])
        .next()
        .unwrap_or_default();
    destination.starts_with("//")
        || destination.starts_with('/')
        || scheme.contains(':')
        || destination.contains('\\')
}

/// `%20` and the like decoded; what is not UTF-8 then stays as it was.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The root-relative target of a relative path; `None` where it leads out of the root.
fn resolve(from: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(from.to_owned());
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn needs(model: &Model, out: &mut Vec<Finding>) {
    let all: Vec<Entry<'_>> = model.items().collect();
    let number: HashMap<&Id, usize> = all
        .iter()
        .enumerate()
        .map(|(n, e)| (&e.item.id, n))
        .collect();
    let mut edges: Vec<Vec<usize>> = Vec::with_capacity(all.len());
    for blueprint in &model.blueprints {
        for item in &blueprint.items {
            for (need, range) in &item.needs {
                if !model.knows(need) {
                    let id = &item.id;
                    let message = format!("`{id}` needs `{need}`, which no blueprint declares");
                    let at = blueprint.source.at(range.clone());
                    let finding = Finding::new(&rules::UNKNOWN_ID, at, message);
                    out.push(finding.subject(format!("{id} {need}")));
                }
            }
        }
    }
    for entry in &all {
        let needs = entry.item.needs.iter();
        edges.push(
            needs
                .filter_map(|(id, _)| number.get(id).copied())
                .collect(),
        );
    }
    for cycle in graph::cycles(&edges) {
        let entries: Vec<&Entry<'_>> = cycle.iter().filter_map(|n| all.get(*n)).collect();
        let Some(first) = entries.first() else {
            continue;
        };
        let mut names: Vec<&str> = entries.iter().map(|e| e.item.id.as_str()).collect();
        names.push(first.item.id.as_str());
        let at = match first
            .item
            .needs
            .iter()
            .find(|(id, _)| Some(&id.as_str()) == names.get(1))
        {
            Some((_, range)) => first.place(range.clone()),
            None => first.at(),
        };
        let message = format!("items need each other in a circle: {}", names.join(" → "));
        out.push(Finding::new(&rules::NEEDS_CYCLE, at, message).subject(names.join(" ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(
            resolve("docs/a/x.md", "../b/y.md").as_deref(),
            Some("docs/b/y.md")
        );
        assert_eq!(resolve("x.md", "./y.md").as_deref(), Some("y.md"));
        assert_eq!(resolve("x.md", "../y.md"), None);
        assert_eq!(resolve("d/x.md", "").as_deref(), Some("d/x.md"));
        assert_eq!(decode("a%20b%zz%"), "a b%zz%");
        assert!(is_elsewhere("https://x") && is_elsewhere("mailto:x") && !is_elsewhere("a.md#b:c"));
    }
}
