//! When a pack is from. Never now: the same inputs give the same pack at any time.

use super::settings::Settings;
use crate::hex::{hex, sha256};
use jiff::Timestamp;
use trueline_core::artifact::pack::PackKind;
use trueline_kit::git::Oid;
use trueline_kit::{Context, Error};

/// The moment that a pack speaks of, and the commit that is checked out.
#[derive(Debug)]
pub(super) struct Stamp {
    pub(super) at: Timestamp,
    /// `None` without a git repository or before its first commit.
    pub(super) head: Option<Oid>,
    /// The same, as text.
    pub(super) commit: Option<String>,
    /// The time in the name of the report, as it stands there: `run-20260115-0930.md`.
    pub(super) own: Option<String>,
}

impl Stamp {
    /// `SOURCE_DATE_EPOCH`, else the date of the commit that is checked out, else the day in the report's name.
    pub(super) fn read(ctx: &Context, settings: &Settings) -> Result<Self, Error> {
        let git = ctx.git();
        let head = match git.top_level() {
            Ok(_) => git.head()?,
            Err(_) => None,
        };
        let at = match (epoch()?, &head) {
            (Some(at), _) => at,
            (None, Some(head)) => {
                let args = [
                    "log",
                    "-1",
                    "--format=%ct",
                    "--no-show-signature",
                    head.as_str(),
                    "--",
                ];
                let text = git.stdout(&args)?;
                let text = String::from_utf8_lossy(&text);
                let seconds = text.trim().parse().ok();
                seconds
                    .and_then(|seconds| Timestamp::from_second(seconds).ok())
                    .ok_or_else(|| Error::io("git gave no date of the commit"))?
            }
            (None, None) => settings.run.as_deref().and_then(day).ok_or_else(|| {
                Error::usage("there is no date that the pack could have")
                    .hint("set SOURCE_DATE_EPOCH, or build in a git repository with a commit")
            })?,
        };
        let commit = head.as_ref().map(|head| head.as_str().to_owned());
        let own = settings.run.as_deref().and_then(own_time);
        Ok(Self {
            at,
            head,
            commit,
            own: own.map(str::to_owned),
        })
    }

    /// `20260115T120000Z`.
    pub(super) fn compact(&self) -> String {
        self.at.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    /// `2026-01-15`.
    pub(super) fn day(&self) -> String {
        self.at.strftime("%Y-%m-%d").to_string()
    }

    /// The name of the pack: that of the report, where it has a time in it.
    pub(super) fn name(&self, kind: PackKind) -> String {
        match &self.own {
            Some(own) if kind == PackKind::Run => format!("run-{own}"),
            _ => format!("{}-{}", word(kind), self.compact()),
        }
    }

    /// The folder in the pack: short, as each file has it in its name twice; another one for another run.
    pub(super) fn folder(&self, kind: PackKind, run: Option<&str>) -> String {
        let of = format!("{}\n{}", self.name(kind), run.unwrap_or_default());
        let digits: String = hex(&sha256(of.as_bytes())).chars().take(4).collect();
        format!("{}-{digits}", word(kind))
    }
}

fn word(kind: PackKind) -> &'static str {
    match kind {
        PackKind::Run => "run",
        PackKind::Handoff => "rotation",
    }
}

fn epoch() -> Result<Option<Timestamp>, Error> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty())
    else {
        return Ok(None);
    };
    let seconds = value.to_str().and_then(|text| text.parse().ok());
    let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    match at {
        Some(at) => Ok(Some(at)),
        None => Err(Error::usage("SOURCE_DATE_EPOCH is no number of seconds")),
    }
}

/// The time in a name like `run-20260115-0930.md` or `run-2026-01-15T093000Z-rotation.md`: it begins with eight digits of a
/// day, and two reports of one agent at one commit differ in it.
fn own_time(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?.strip_prefix("run-")?;
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, 'T' | 'Z' | '-' | '_');
    let end = name.find(|c| !is_time(c)).unwrap_or(name.len());
    let time = name.get(..end)?.trim_end_matches(['-', '_']);
    let digits = time.split('T').next()?.bytes().filter(u8::is_ascii_digit);
    (time.starts_with(|c: char| c.is_ascii_digit()) && digits.count() >= 8).then_some(time)
}

/// The start of the first day (`2026-01-15`) that a path names.
fn day(path: &str) -> Option<Timestamp> {
    (0..path.len()).find_map(|at| {
        let date: jiff::civil::Date = path.get(at..at + 10)?.parse().ok()?;
        let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_paths() {
        let at = day("docs/runs/2026-01-15-WBS-1.md").unwrap();
        let stamp = Stamp {
            at,
            head: None,
            commit: None,
            own: None,
        };
        assert_eq!(stamp.day(), "2026-01-15");
        assert_eq!(stamp.name(PackKind::Run), "run-20260115T000000Z");
        let folder = |run| stamp.folder(PackKind::Run, Some(run));
        assert_eq!(folder("docs/runs/a.md"), "run-1c5b");
        assert_ne!(folder("docs/runs/a.md"), folder("docs/runs/b.md"));
        let named = Stamp {
            own: Some("20260115-0930".to_owned()),
            ..stamp
        };
        assert_eq!(named.name(PackKind::Run), "run-20260115-0930");
        assert_eq!(named.name(PackKind::Handoff), "rotation-20260115T000000Z");
        assert_eq!(day("docs/run.md"), None);
        assert_eq!(day("2026-13-15 é"), None);
    }

    #[test]
    fn times_in_names_of_reports() {
        for (path, time) in [
            (
                "docs/runs/2026-01-15/AGENT-1/run-20260115-0930.md",
                Some("20260115-0930"),
            ),
            ("run-20260115T093000Z.md", Some("20260115T093000Z")),
            (
                "run-2026-01-15T093000Z-rotation.md",
                Some("2026-01-15T093000Z"),
            ),
            ("docs/runs/2026-01-15-WBS-1.2-AGENT-1.md", None),
            ("run-1.md", None),
            ("run-T20260115.md", None),
            ("run-.md", None),
            ("run-20260115/a.md", None),
        ] {
            assert_eq!(own_time(path), time, "{path}");
        }
    }
}
