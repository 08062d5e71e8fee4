//! What comes from history, up to a commit that the output records.
//!
//! Read is only what is reachable from that base. It moves on only when the output changes
//! anyhow: so rendering, committing and rendering again gives the same bytes, and comparing finds
//! a difference exactly where rendering would change something.

use num_traits::Zero;
use trueline_core::artifact::progress::Progress;
use trueline_core::{Ratio, Weight};
use trueline_kit::git::Oid;
use trueline_kit::{Artifact, Context, Error, Git};

/// Largest file that is read from history: 64 MiB.
const LIMIT: u64 = 64 << 20;

/// Commits looked at for recent changes.
const LOOKED_AT: &str = "--max-count=200";

/// Up to which commit history counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// The recorded one, where it still belongs to this history: for pages that are there.
    Recorded,
    /// The recorded one, unless there is other history than what published it.
    Quiet,
    /// The newest that is merged: for pages that change anyhow.
    Merged,
}

/// What history says.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// Commit up to which it was read.
    pub(crate) base: Option<Oid>,
    /// When that was committed: `2026-01-15 12:00 UTC`.
    pub(crate) base_at: Option<jiff::Timestamp>,
    /// What was published before.
    pub(crate) previous: Option<Previous>,
    /// Merged work, newest first.
    pub(crate) recent: Vec<Recent>,
}

/// What was published last, at or before the base.
#[derive(Debug, Clone)]
pub(crate) struct Previous {
    /// The commit that published it.
    pub(crate) commit: Oid,
    /// The completion then.
    pub(crate) completion: Ratio,
    /// The queue then.
    pub(crate) queue: Option<Vec<u8>>,
    /// The plan of record then.
    pub(crate) por: Option<Vec<u8>>,
}

/// A commit with a trailer of work items.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recent {
    /// Day of the commit, UTC.
    pub(crate) day: String,
    /// Number of its pull request.
    pub(crate) request: Option<String>,
    /// Items in its trailers.
    pub(crate) items: Vec<String>,
    /// Change of the published completion.
    pub(crate) change: Option<Ratio>,
    /// First line of its message, without the number.
    pub(crate) subject: String,
}

/// Reads history. Without git, or before the first commit, there is none; nor is there for pages
/// that were made then, as long as they stand.
pub(crate) fn read(ctx: &Context, until: Until) -> Result<History, Error> {
    let path = ctx.config().path(Artifact::ProgressJson);
    let published = ctx
        .read(path)?
        .and_then(|bytes| serde_json::from_slice::<Progress>(&bytes).ok());
    let recorded = published
        .as_ref()
        .and_then(|progress| progress.base.as_deref());
    let git = ctx.git();
    if let Err(error) = git.require() {
        return match recorded {
            Some(_) => Err(Error::inconclusive(format!(
                "`{path}` records a base commit, and there is no history to read it from: {}",
                error.message()
            ))),
            None => Ok(History::default()),
        };
    }
    let Some(head) = git.head()? else {
        return Ok(History::default());
    };
    if until == Until::Recorded && published.is_some() && recorded.is_none() {
        return Ok(History::default());
    }
    let base = base(ctx, &git, &head, recorded, until)?;
    let previous = previous(ctx, &git, &base)?;
    Ok(History {
        base_at: Some(committed(&git, &base)?),
        previous,
        recent: recent(ctx, &git, &base)?,
        base: Some(base),
    })
}

/// The error of a command that would write what a shallow clone says.
pub(crate) fn shallow() -> Error {
    Error::inconclusive("this clone is shallow: pages made from a part of history would be wrong")
        .hint("`git fetch --unshallow`, or in CI fetch-depth: 0")
}

/// The commit up to which history counts.
fn base(
    ctx: &Context,
    git: &Git,
    head: &Oid,
    recorded: Option<&str>,
    until: Until,
) -> Result<Oid, Error> {
    let path = ctx.config().path(Artifact::ProgressJson);
    let target = merged(ctx, git, head)?;
    let Some(recorded) = recorded.filter(|_| until != Until::Merged) else {
        return Ok(target);
    };
    let Some(recorded) = git.rev_parse(recorded)? else {
        return match until == Until::Recorded && git.is_shallow()? {
            true => Err(shallow()),
            false => Ok(target),
        };
    };
    if until == Until::Recorded {
        return Ok(match git.is_ancestor(&recorded, head)? {
            true => recorded,
            false => target,
        });
    }
    if !git.is_ancestor(&recorded, &target).unwrap_or(false) {
        // Behind the recorded base, or on another line of history.
        let is_ahead = git.is_ancestor(&target, &recorded).unwrap_or(false)
            && git.is_ancestor(&recorded, head).unwrap_or(false);
        return Ok(if is_ahead { recorded } else { target });
    }
    let range = format!("{}..{}", recorded.as_str(), target.as_str());
    let since = git.stdout(&["rev-list", "--max-count=2", &range])?;
    let publisher = git.stdout(&["log", "-1", "--format=%H", "HEAD", "--", path])?;
    let publisher = String::from_utf8_lossy(&publisher).trim().to_owned();
    let is_quiet = String::from_utf8_lossy(&since)
        .lines()
        .all(|commit| commit == publisher);
    Ok(if is_quiet { recorded } else { target })
}

/// The newest commit that is merged: squashes and rebases of a branch do not take it away.
fn merged(ctx: &Context, git: &Git, head: &Oid) -> Result<Oid, Error> {
    let main = &ctx.config().branches.main;
    for name in [
        format!("refs/remotes/origin/{main}"),
        format!("refs/heads/{main}"),
    ] {
        if let Some(tip) = git.rev_parse(&name)? {
            return Ok(git.merge_base(head, &tip).unwrap_or_else(|_| head.clone()));
        }
    }
    Ok(head.clone())
}

fn committed(git: &Git, commit: &Oid) -> Result<jiff::Timestamp, Error> {
    let seconds = git.stdout(&["show", "--no-patch", "--format=%ct", commit.as_str()])?;
    let seconds = String::from_utf8_lossy(&seconds)
        .trim()
        .parse()
        .unwrap_or(0);
    Ok(jiff::Timestamp::from_second(seconds).unwrap_or_default())
}

fn completion(bytes: &[u8]) -> Option<Ratio> {
    let progress: Progress = serde_json::from_slice(bytes).ok()?;
    exact(&progress.exact)
}

/// Reads `19/30` or `0.65`.
pub(crate) fn exact(text: &str) -> Option<Ratio> {
    match text.split_once('/') {
        Some((a, b)) => {
            let (a, b): (num_bigint::BigInt, num_bigint::BigInt) =
                (a.parse().ok()?, b.parse().ok()?);
            (!b.is_zero()).then(|| Ratio::new(a, b))
        }
        None => Some(Weight::parse(text).ok()?.value().clone()),
    }
}

fn previous(ctx: &Context, git: &Git, base: &Oid) -> Result<Option<Previous>, Error> {
    let config = ctx.config();
    let path = config.path(Artifact::ProgressJson);
    let found = git.stdout(&["log", "-1", "--format=%H", base.as_str(), "--", path])?;
    let Some(commit) = Oid::parse(String::from_utf8_lossy(&found).trim()) else {
        return Ok(None);
    };
    let mut blobs = git.blobs(LIMIT)?;
    let Some(completion) = blobs
        .at(&commit, path)?
        .and_then(|bytes| completion(&bytes))
    else {
        return Ok(None);
    };
    Ok(Some(Previous {
        completion,
        queue: blobs.at(&commit, config.path(Artifact::Queue))?,
        por: blobs.at(&commit, config.path(Artifact::Por))?,
        commit,
    }))
}

/// Commits with a trailer of work items, newest first.
fn recent(ctx: &Context, git: &Git, base: &Oid) -> Result<Vec<Recent>, Error> {
    let config = ctx.config();
    let path = config.path(Artifact::ProgressJson);
    let most = usize::try_from(config.progress.recent).unwrap_or(usize::MAX);
    let greps: Vec<String> = config
        .ids
        .wbs
        .iter()
        .map(|p| format!("--grep=^{p}:"))
        .collect();
    let mut args = vec!["log", "-z", "--format=%H%n%P%n%ct%n%B", LOOKED_AT];
    args.extend(greps.iter().map(String::as_str));
    args.push(base.as_str());
    args.push("--");
    let bytes = git.stdout(&args)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut blobs = git.blobs(LIMIT)?;
    let mut list = Vec::new();
    for record in text.split('\0') {
        let mut parts = record.splitn(4, '\n');
        let (Some(oid), Some(parents), Some(seconds), Some(message)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let items = trailers(message, &config.ids.wbs);
        if items.is_empty() {
            continue;
        }
        if list.len() == most {
            break;
        }
        let mut at = |oid: Option<&str>| -> Result<Option<Ratio>, Error> {
            let Some(oid) = oid.and_then(Oid::parse) else {
                return Ok(None);
            };
            Ok(blobs.at(&oid, path)?.and_then(|bytes| completion(&bytes)))
        };
        let (after, before) = (at(Some(oid))?, at(parents.split(' ').next())?);
        let time = jiff::Timestamp::from_second(seconds.parse().unwrap_or(0)).unwrap_or_default();
        let (subject, request) = subject(message.lines().next().unwrap_or_default());
        list.push(Recent {
            day: day(time),
            request,
            items,
            change: after.zip(before).map(|(after, before)| after - before),
            subject,
        });
    }
    Ok(list)
}

/// The ids in the trailers of a message.
fn trailers(message: &str, prefixes: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for line in message.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        if !prefixes.iter().any(|prefix| prefix == key) {
            continue;
        }
        for id in value
            .split([',', ' ', '\t'])
            .filter(|id| trueline_core::id::is_id(id))
        {
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
    }
    ids
}

/// The subject without its pull request, and the number of that.
fn subject(line: &str) -> (String, Option<String>) {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    if let Some(rest) = line.strip_prefix("Merge pull request #") {
        return (line.to_owned(), number(rest));
    }
    if let Some((before, rest)) = line.rsplit_once(" (#")
        && let Some(digits) = number(rest)
        && rest.get(digits.len()..) == Some(")")
    {
        return (before.to_owned(), Some(digits));
    }
    (line.to_owned(), None)
}

/// The day of a time, UTC.
pub(crate) fn day(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Day and minute of a time, UTC.
pub(crate) fn minute(time: jiff::Timestamp) -> String {
    let zoned = time.to_zoned(jiff::tz::TimeZone::UTC);
    let (date, hour, minute) = (zoned.date(), zoned.hour(), zoned.minute());
    format!("{date} {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_and_trailers() {
        assert_eq!(
            subject("feat: x (#12)"),
            ("feat: x".into(), Some("12".into()))
        );
        assert_eq!(subject("x (#y)"), ("x (#y)".into(), None));
        let merge = "Merge pull request #7 from a/b";
        assert_eq!(subject(merge), (merge.into(), Some("7".into())));
        let message = "x\n\nNT: NT-1\nWBS: WBS-1.1, WBS-1.2\nWBS: WBS-1.1\nwbs: no\n";
        assert_eq!(trailers(message, &["WBS".into()]), ["WBS-1.1", "WBS-1.2"]);
    }

    #[test]
    fn exact_texts_are_read_back() {
        let ratio = |a: i64, b: i64| Ratio::new(a.into(), b.into());
        for value in [ratio(19, 30), ratio(13, 20), ratio(0, 1), ratio(1, 1)] {
            assert_eq!(exact(&trueline_core::weight::display(&value)), Some(value));
        }
        assert_eq!(exact("1/0"), None);
        assert_eq!(exact("x"), None);
    }

    #[test]
    fn times_are_utc() {
        let time = jiff::Timestamp::from_second(1_768_478_400).unwrap();
        assert_eq!(day(time), "2026-01-15");
        assert_eq!(minute(time), "2026-01-15 12:00 UTC");
    }
}
