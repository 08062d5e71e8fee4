//! The tags of files: by stat in the working tree, by blob in commits.

use std::num::NonZeroU32;

use trueline_core::{Id, Span};
use trueline_kit::git::Oid;

use super::codec::{Reader, Writer};
use super::stat::{Horizon, Stat};
use super::store::Store;
use crate::hash::HashMap;
use crate::ids::Kind;
use crate::tags::{FileScan, Link, TagKind};

const FILE: &str = "tags.bin";

/// Most blobs that are remembered; more and all are forgotten.
const MAX_BLOBS: usize = 100_000;

/// Kind of tag, kind of item, id, revision (0: none), span.
type StoredLink = (bool, u8, Id, u32, [u32; 4]);

/// What a file says. A file with problems is never stored: those are read anew each time.
#[derive(Debug, Default)]
struct Stored {
    files: Vec<(String, Stat, Vec<StoredLink>)>,
    blobs: Vec<(String, Vec<StoredLink>)>,
}

/// Remembered tags.
#[derive(Debug, Default)]
pub struct Scans {
    files: HashMap<String, (Stat, Vec<StoredLink>)>,
    blobs: HashMap<String, Vec<StoredLink>>,
    horizon: Option<Horizon>,
}

impl Scans {
    /// Reads what is remembered.
    pub fn read(store: &Store) -> Scans {
        let Some((stored, horizon)) = store.read_by(FILE, Stored::unpack) else {
            return Scans::default();
        };
        Scans {
            files: stored
                .files
                .into_iter()
                .map(|(path, stat, links)| (path, (stat, links)))
                .collect(),
            blobs: stored.blobs.into_iter().collect(),
            horizon: Some(horizon),
        }
    }

    /// What a file of the working tree said, if it surely is the same.
    pub fn file(&self, path: &str, stat: Stat) -> Option<FileScan> {
        let (own, links) = self.files.get(path)?;
        let is_same = *own == stat && self.horizon?.trusts(stat);
        is_same.then(|| unpack(links)).flatten()
    }

    /// What a blob said. Markdown is read by other rules, so the path's kind counts.
    pub fn blob(&self, oid: &Oid, is_markdown: bool) -> Option<FileScan> {
        unpack(self.blobs.get(&name(oid, is_markdown))?)
    }

    /// Remembers the files of a working tree in place of those before.
    pub fn write_files<'s>(
        &self,
        store: &Store,
        files: impl Iterator<Item = (&'s str, Stat, Option<&'s FileScan>)>,
    ) {
        let mut out = Writer::default();
        let mut count = 0;
        for (path, stat, scan) in files {
            let links = match scan {
                None => Some(Vec::new()),
                Some(scan) => pack(scan),
            };
            if let Some(links) = links {
                count += 1;
                put_file(path, stat, &links, &mut out);
            }
        }
        let mut whole = Writer(Vec::with_capacity(out.0.len() + 16));
        whole.count(count);
        whole.0.append(&mut out.0);
        put_blobs(self.blobs.iter(), self.blobs.len(), &mut whole);
        store.write_bytes(FILE, &whole.0);
    }

    /// Remembers blobs besides those before.
    pub fn write_blobs(mut self, store: &Store, new: Vec<(Oid, bool, FileScan)>) {
        if self.blobs.len() + new.len() > MAX_BLOBS {
            self.blobs.clear();
        }
        for (oid, is_markdown, scan) in new {
            if let Some(links) = pack(&scan) {
                self.blobs.insert(name(&oid, is_markdown), links);
            }
        }
        // The horizon of the new file would hold for the old stats, too: only those that are
        // still trusted stay.
        let horizon = self.horizon;
        let files = self.files.into_iter();
        let stored = Stored {
            files: files
                .filter(|(_, (stat, _))| horizon.is_some_and(|horizon| horizon.trusts(*stat)))
                .map(|(path, (stat, links))| (path, stat, links))
                .collect(),
            blobs: self.blobs.into_iter().collect(),
        };
        store.write_bytes(FILE, &stored.pack());
    }
}

impl Stored {
    fn pack(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(self.files.len() * 96));
        out.count(self.files.len());
        for (path, stat, links) in &self.files {
            put_file(path, *stat, links, &mut out);
        }
        let blobs = self.blobs.iter().map(|(name, links)| (name, links));
        put_blobs(blobs, self.blobs.len(), &mut out);
        out.0
    }

    fn unpack(bytes: &[u8]) -> Option<Stored> {
        let mut from = Reader(bytes);
        let mut out = Stored::default();
        for _ in 0..from.count()? {
            let path = from.text()?.to_owned();
            let size = from.number()?;
            let modified = from.number()?.cast_signed();
            let changed = from.number()?.cast_signed();
            let stat = Stat(size, modified, changed, from.number()?);
            out.files.push((path, stat, take_links(&mut from)?));
        }
        for _ in 0..from.count()? {
            let name = from.text()?.to_owned();
            out.blobs.push((name, take_links(&mut from)?));
        }
        from.is_done().then_some(out)
    }
}

fn put_file(path: &str, stat: Stat, links: &[StoredLink], out: &mut Writer) {
    let Stat(size, modified, changed, inode) = stat;
    out.text(path);
    for number in [
        size,
        modified.cast_unsigned(),
        changed.cast_unsigned(),
        inode,
    ] {
        out.number(number);
    }
    put_links(links, out);
}

fn put_blobs<'s>(
    blobs: impl Iterator<Item = (&'s String, &'s Vec<StoredLink>)>,
    count: usize,
    out: &mut Writer,
) {
    out.count(count);
    for (name, links) in blobs {
        out.text(name);
        put_links(links, out);
    }
}

fn put_links(links: &[StoredLink], out: &mut Writer) {
    out.count(links.len());
    for (is_verify, of, id, revision, span) in links {
        out.number(u64::from(*is_verify) | u64::from(*of) << 1);
        out.text(id.as_str());
        out.number(u64::from(*revision));
        span.iter()
            .for_each(|number| out.number(u64::from(*number)));
    }
}

fn take_links(from: &mut Reader<'_>) -> Option<Vec<StoredLink>> {
    let count = from.count()?;
    let mut links = Vec::new();
    for _ in 0..count {
        let kinds = from.number()?;
        let id = Id::new(from.text()?).ok()?;
        let mut small = || from.number().and_then(|number| u32::try_from(number).ok());
        let revision = small()?;
        let span = [small()?, small()?, small()?, small()?];
        links.push((
            kinds & 1 == 1,
            u8::try_from(kinds >> 1).ok()?,
            id,
            revision,
            span,
        ));
    }
    Some(links)
}

fn name(oid: &Oid, is_markdown: bool) -> String {
    match is_markdown {
        true => format!("{oid}m"),
        false => oid.to_string(),
    }
}

fn pack(scan: &FileScan) -> Option<Vec<StoredLink>> {
    if !scan.problems.is_empty() {
        return None;
    }
    let pack = |link: &Link| {
        let span = link.span;
        (
            link.kind == TagKind::Verify,
            match link.of {
                Kind::Nt => 0,
                Kind::Td => 1,
                Kind::Wbs => 2,
            },
            link.id.clone(),
            link.revision.map_or(0, NonZeroU32::get),
            [span.line, span.column, span.end_line, span.end_column],
        )
    };
    Some(scan.links.iter().map(pack).collect())
}

fn unpack(links: &[StoredLink]) -> Option<FileScan> {
    let unpack = |(is_verify, of, id, revision, span): &StoredLink| {
        let [line, column, end_line, end_column] = *span;
        Some(Link {
            kind: match is_verify {
                true => TagKind::Verify,
                false => TagKind::Impl,
            },
            id: id.clone(),
            of: match of {
                0 => Kind::Nt,
                1 => Kind::Td,
                2 => Kind::Wbs,
                _ => return None,
            },
            revision: NonZeroU32::new(*revision),
            span: Span {
                line,
                column,
                end_line,
                end_column,
            },
        })
    };
    Some(FileScan {
        links: links.iter().map(unpack).collect::<Option<_>>()?,
        problems: Vec::new(),
    })
}
