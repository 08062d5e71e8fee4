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
        Ok(Self { at, head, commit })
    }

    /// `20260115T120000Z`.
    pub(super) fn compact(&self) -> String {
        self.at.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    /// `2026-01-15`.
    pub(super) fn day(&self) -> String {
        self.at.strftime("%Y-%m-%d").to_string()
    }

    /// The name of the pack.
    pub(super) fn name(&self, kind: PackKind) -> String {
        format!("{}-{}", word(kind), self.compact())
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
        };
        assert_eq!(stamp.day(), "2026-01-15");
        assert_eq!(stamp.name(PackKind::Run), "run-20260115T000000Z");
        let folder = |run| stamp.folder(PackKind::Run, Some(run));
        assert_eq!(folder("docs/runs/a.md"), "run-1c5b");
        assert_ne!(folder("docs/runs/a.md"), folder("docs/runs/b.md"));
        assert_eq!(day("docs/run.md"), None);
        assert_eq!(day("2026-13-15 é"), None);
    }
}
