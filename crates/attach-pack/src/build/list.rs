//! pack.json, written series by series: as a whole it could be the largest thing that a build would hold.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};
use std::cell::RefCell;
use std::io::{self, Write};
use std::iter::Peekable;
use trueline_core::Id;
use trueline_core::artifact::Version;
use trueline_core::artifact::pack::{PackKind, Redaction};

/// One file that the list speaks of.
#[derive(Debug, Clone, Copy)]
pub(super) struct One<'a> {
    pub(super) path: &'a str,
    pub(super) role: &'static str,
    pub(super) media_type: &'static str,
    pub(super) source: Option<&'a str>,
    pub(super) size: u64,
    pub(super) redactions: &'a [Redaction],
}

impl One<'_> {
    /// What stands before the source in the path, where the path ends with it and nothing was taken out.
    fn head(&self) -> Option<&str> {
        let source = self.source.filter(|_| self.redactions.is_empty())?;
        self.path.strip_suffix(source)
    }

    /// Whether one entry can speak of both.
    fn is_like(&self, other: &Self) -> bool {
        self.role == other.role
            && self.media_type == other.media_type
            && self.head().is_some()
            && self.head() == other.head()
    }
}

/// The form of [`PackManifest`](trueline_core::artifact::pack::PackManifest), with files that come one by one.
#[derive(Serialize)]
pub(super) struct List<'a, 'f> {
    pub(super) version: Version,
    pub(super) kind: PackKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Id]>::is_empty")]
    pub(super) tasks: &'a [Id],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base: Option<&'a str>,
    pub(super) files: Files<'a, 'f>,
}

/// Files that can be written once.
pub(super) struct Files<'a, 'f>(RefCell<&'a mut dyn Iterator<Item = One<'f>>>);

impl<'a, 'f> Files<'a, 'f> {
    pub(super) fn new(files: &'a mut dyn Iterator<Item = One<'f>>) -> Self {
        Self(RefCell::new(files))
    }
}

impl Serialize for Files<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        let mut files = self.0.borrow_mut();
        let mut rest = (&mut **files).peekable();
        while let Some(first) = rest.next() {
            seq.serialize_element(&Series::of(first, &mut rest))?;
        }
        seq.end()
    }
}

/// The form of [`PackSeries`](trueline_core::artifact::pack::PackSeries).
#[derive(Serialize)]
struct Series<'a> {
    path: &'a str,
    role: &'a str,
    media_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    sizes: Vec<u64>,
    #[serde(skip_serializing_if = "<[Redaction]>::is_empty")]
    redactions: &'a [Redaction],
}

impl<'a> Series<'a> {
    fn of(first: One<'a>, rest: &mut Peekable<impl Iterator<Item = One<'a>>>) -> Self {
        let mut sizes = vec![first.size];
        while let Some(next) = rest.next_if(|next| next.is_like(&first)) {
            sizes.push(next.size);
        }
        Self {
            path: first.path,
            role: first.role,
            media_type: first.media_type,
            source: first.source,
            sizes,
            redactions: first.redactions,
        }
    }
}

/// Writes two-space JSON whose lists of numbers stand on one line, with a newline at the end.
pub(super) fn write(mut out: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    let form = Form {
        pretty: PrettyFormatter::new(),
        pending: None,
        is_inline: false,
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, form);
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
        .and_then(|()| out.flush())
        .map_err(serde_json::Error::io)
}

/// Two spaces, but for numbers in a list. Lists hold strings, lists, objects and unsigned numbers alone.
struct Form {
    pretty: PrettyFormatter<'static>,
    /// An element of a list is about to be written, the first one if true.
    pending: Option<bool>,
    /// What was written last is a number of a list.
    is_inline: bool,
}

impl Form {
    /// What is written is no number: it gets a line of its own.
    fn own_line<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        match self.pending.take() {
            Some(first) => self.pretty.begin_array_value(out, first),
            None => Ok(()),
        }
    }
}

impl Formatter for Form {
    fn write_u64<W: ?Sized + Write>(&mut self, out: &mut W, value: u64) -> io::Result<()> {
        let place = self.pending.take();
        self.is_inline = place.is_some();
        if place == Some(false) {
            out.write_all(b",")?;
        }
        write!(out, "{value}")
    }

    fn begin_string<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.own_line(out)?;
        self.pretty.begin_string(out)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.own_line(out)?;
        self.pretty.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        self.pending = Some(first);
        Ok(())
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        match std::mem::take(&mut self.is_inline) {
            // The end of the list stays on the line, too.
            true => Ok(()),
            false => self.pretty.end_array_value(out),
        }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.own_line(out)?;
        self.pretty.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trueline_core::artifact::pack::{PackManifest, PackSeries};
    use trueline_core::scalar::{Sha256, Text};

    fn one<'a>(path: &'a str, source: Option<&'a str>, size: u64) -> One<'a> {
        One {
            path,
            role: "log",
            media_type: "text/plain",
            source,
            size,
            redactions: &[],
        }
    }

    fn written(files: &[One<'_>], tasks: &[Id], word: Option<&str>) -> String {
        let mut files = files.iter().copied();
        let list = List {
            version: Version::default(),
            kind: PackKind::Run,
            agent: word,
            tasks,
            commit: word,
            base: word,
            files: Files::new(&mut files),
        };
        let mut out = Vec::new();
        write(&mut out, &list).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn read(text: &str) -> PackManifest {
        trueline_core::strict::from_str(text).unwrap()
    }

    #[test]
    fn the_list_is_what_its_type_says() {
        let tasks = [Id::new("WBS-1.2").unwrap(), Id::new("WBS-2").unwrap()];
        for word in [None, Some("w")] {
            let tasks = if word.is_some() { &tasks[..] } else { &[] };
            let text = written(
                &[one("data/logs/a", Some("a"), 1), one("data/x", None, 2)],
                tasks,
                word,
            );
            let whole = read(&text);
            assert_eq!(whole.agent.as_deref(), word);
            assert_eq!(whole.tasks, tasks);
            let plain = serde_json::to_string_pretty(&whole).unwrap() + "\n";
            let bare = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(bare(&text), bare(&plain));
            assert!(
                text.contains("\n      \"sizes\": [1]\n    },\n    {\n"),
                "{text}"
            );
        }
        let empty = written(&[], &[], None);
        assert!(empty.ends_with("\n  \"files\": []\n}\n"), "{empty}");
    }

    #[test]
    fn files_that_are_alike_are_one_series() {
        let redactions = [Redaction {
            rule: Text::new("r").unwrap(),
            line: std::num::NonZeroU32::MIN,
            fingerprint: Sha256::new("0".repeat(64)).unwrap(),
        }];
        let files = [
            one("data/logs/a", Some("a"), 1),
            one("data/logs/b/c", Some("b/c"), 2),
            // Another beginning is cut off.
            one("data/logs/d", Some("logs/d"), 3),
            one("data/logs/e", Some("x"), 4),
            one("data/logs/f", Some("x"), 5),
            one("data/logs/g", None, 6),
            one("data/logs/h", None, 7),
            one("data/logs/i", Some("i"), 8),
            One {
                redactions: &redactions,
                ..one("data/logs/j", Some("j"), 9)
            },
            one("data/logs/k", Some("k"), 10),
            One {
                role: "artifact",
                ..one("data/logs/l", Some("l"), 11)
            },
            One {
                media_type: "text/x",
                ..one("data/logs/m", Some("m"), 12)
            },
        ];
        let list = read(&written(&files, &[], None));
        let sizes: Vec<&[u64]> = list.files.iter().map(|one| &*one.sizes).collect();
        let alone: Vec<[u64; 1]> = (3..=12).map(|size| [size]).collect();
        let mut want: Vec<&[u64]> = vec![&[1, 2]];
        want.extend(alone.iter().map(|size| &size[..]));
        assert_eq!(sizes, want);
        let with: Vec<&PackSeries> = list
            .files
            .iter()
            .filter(|one| !one.redactions.is_empty())
            .collect();
        assert_eq!(with.len(), 1);
        assert_eq!(with[0].path.as_str(), "data/logs/j");
    }
}
