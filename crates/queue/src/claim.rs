//! `queue claim` and `queue release`.

use std::time::Duration;

use trueline_core::{Finding, Id, Location};
use trueline_kit::{Context, Error};
use trueline_lease::Claimed;
use trueline_plan::{Field, Item, State};
use trueline_plan_files::Files;
use trueline_text::json::encode_str;

use crate::args::{Claim, Release};
use crate::edit::{self, Change};
use crate::live::{Live, is_active, stamp};
use crate::rules::{ALREADY_CLAIMED, NOT_READY};
use crate::store::{self, Open};

/// Takes an item for an owner, or renews its claim.
pub(crate) fn claim(ctx: &Context, wish: &Claim) -> Result<(), Error> {
    let owner = id(&wish.owner, "--owner")?;
    let guard = store::lock(ctx)?;
    let files = Files::read(ctx)?;
    let open = Open::new(ctx, guard, &files)?;
    let item = open.item(&wish.id)?;
    let live = Live::open(ctx)?;
    if let Some(refusal) = refusal(ctx, &open, item, wish, live.as_ref())? {
        ctx.report(refusal);
        return Ok(());
    }
    let now = ctx.clock().now();
    let lease = wish.lease.unwrap_or(ctx.config().locks.lease);
    let before = item
        .queued()
        .and_then(trueline_plan::Row::attempts)
        .unwrap_or(0);
    let attempt = if wish.renew {
        before.max(1)
    } else {
        before.saturating_add(1)
    };
    if let Some(live) = &live {
        match live.claim(&id(item.id(), "the item")?, &owner, lease)? {
            Claimed::Yes { .. } => {}
            Claimed::HeldBy(held) => {
                let holder = held.claim.owner.as_str();
                ctx.report(held_by(&open, item, holder, "in the live store"));
                return Ok(());
            }
        }
    }
    let until = jiff::SignedDuration::try_from(lease)
        .ok()
        .and_then(|lease| now.checked_add(lease).ok())
        .ok_or_else(|| Error::usage("--lease: too long"))?;
    let token = format!(
        "{{\"owner\": {}, \"lease_until\": {}, \"attempt\": {attempt}}}",
        encode_str(owner.as_str()),
        encode_str(stamp(until)?.as_str())
    );
    let changes = [
        Change::Set(Field::Status, encode_str("doing")),
        Change::Set(Field::Owner, encode_str(owner.as_str())),
        Change::Set(Field::Claim, token),
        Change::Set(Field::Attempts, attempt.to_string()),
    ];
    let written = open.write(ctx, item, &changes);
    if written.is_err()
        && let Some(live) = &live
    {
        // Not published, so not taken.
        live.release(&id(item.id(), "the item")?, owner.as_str())?;
    }
    written?;
    ctx.note(format!(
        "{} is claimed for {owner} until {}",
        item.id(),
        stamp(until)?
    ));
    Ok(())
}

/// Gives an item back.
pub(crate) fn release(ctx: &Context, wish: &Release) -> Result<(), Error> {
    let guard = store::lock(ctx)?;
    let files = Files::read(ctx)?;
    let open = Open::new(ctx, guard, &files)?;
    let item = open.item(&wish.id)?;
    let live = Live::look(ctx)?;
    let published = item.queued().and_then(trueline_plan::Row::claim);
    let released = match &live {
        Some(live) => live.release(&id(item.id(), "the item")?, &wish.owner)?,
        None => false,
    };
    let is_own = published.is_some_and(|(owner, _)| owner == wish.owner);
    if !released && !is_own {
        return Err(match published {
            Some((owner, _)) => Error::usage(format!("`{}` is claimed by {owner}", wish.id)),
            None => Error::usage(format!("`{}` is not claimed by {}", wish.id, wish.owner)),
        });
    }
    let mut changes = vec![Change::Remove(Field::Claim)];
    if item.state() == State::Doing {
        changes
            .push(edit::parse(&format!("status={}", wish.status.as_str())).map_err(Error::usage)?);
    }
    open.write(ctx, item, &changes)
}

/// Why the item cannot be claimed.
fn refusal(
    ctx: &Context,
    open: &Open<'_>,
    item: Item<'_, '_>,
    wish: &Claim,
    live: Option<&Live>,
) -> Result<Option<Finding>, Error> {
    let state = item.state();
    let published = item.queued().and_then(trueline_plan::Row::claim);
    let held = match live {
        Some(live) => live.claim_of(item.id())?,
        None => None,
    };
    if let Some(held) = held.as_ref().filter(|held| is_active(held))
        && held.claim.owner != *wish.owner
    {
        let holder = held.claim.owner.as_str();
        let finding = held_by(open, item, holder, "in the live store");
        // A lease that is over counts a little longer: clocks differ, and renewals come late.
        return Ok(Some(match published {
            Some((_, until)) if is_over(ctx, until) => finding.help(format!(
                "its lease was over at {until}; `--take-over` takes it a minute after that"
            )),
            _ => finding,
        }));
    }
    if let Some((holder, until)) = published {
        let is_over = is_over(ctx, until);
        if holder == wish.owner {
            if wish.renew || (is_over && wish.take_over) {
                return Ok(None);
            }
            let finding = held_by(open, item, holder, &format!("until {until}"));
            return Ok(Some(
                finding.help("`--renew` renews the claim of its own holder"),
            ));
        }
        if !is_over {
            return Ok(Some(held_by(open, item, holder, &format!("until {until}"))));
        }
        if !wish.take_over {
            let finding = held_by(open, item, holder, &format!("and was over at {until}"));
            return Ok(Some(
                finding.help("`--take-over` takes it, if it is really given up"),
            ));
        }
        if let Some(commit) = newer_commit(ctx, item.id(), until)? {
            let where_ = format!("and commit {commit} names the item");
            return Ok(Some(held_by(open, item, holder, &where_)));
        }
        return Ok(None);
    }
    if let Some(held) = &held
        && held.claim.owner != *wish.owner
        && !wish.take_over
    {
        let holder = held.claim.owner.as_str();
        let finding = held_by(open, item, holder, "in the live store, and is over");
        return Ok(Some(
            finding.help("`--take-over` takes it, if it is really given up"),
        ));
    }
    let limit = ctx.config().limits.attempts;
    let attempts = item
        .queued()
        .and_then(trueline_plan::Row::attempts)
        .unwrap_or(0);
    let message = match &state {
        State::Ready if limit.is_some_and(|limit| u64::from(attempts) >= limit) => {
            format!(
                "`{}` was tried {attempts} times, the most that `limits.attempts` allows",
                item.id()
            )
        }
        State::Ready => return Ok(None),
        State::Waiting(reasons) => {
            let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
            format!("`{}` is waiting: {}", item.id(), reasons.join("; "))
        }
        state => format!("`{}` is {}", item.id(), state.as_str()),
    };
    Ok(Some(
        Finding::new(&NOT_READY, open.at(item, Field::Status), message).subject(item.id()),
    ))
}

fn held_by(open: &Open<'_>, item: Item<'_, '_>, holder: &str, how: &str) -> Finding {
    let field = match item.queued().and_then(trueline_plan::Row::claim) {
        Some(_) => Field::Claim,
        None => Field::Status,
    };
    let message = format!("`{}` is held by {holder} {how}", item.id());
    Finding::new(&ALREADY_CLAIMED, open.at(item, field), message).subject(item.id())
}

/// Whether a lease ended.
fn is_over(ctx: &Context, until: &str) -> bool {
    let until = until.parse::<jiff::Timestamp>();
    until.is_ok_and(|until| until < ctx.clock().now())
}

/// A commit on any branch, made since the lease was last renewed, whose trailers name the item.
fn newer_commit(ctx: &Context, item: &str, until: &str) -> Result<Option<String>, Error> {
    let git = ctx.git();
    if git.require().is_err() || git.head()?.is_none() {
        return Ok(None);
    }
    let Ok(until) = until.parse::<jiff::Timestamp>() else {
        return Ok(None);
    };
    let lease = ctx.config().locks.lease.as_secs();
    let since = until
        .as_second()
        .saturating_sub(i64::try_from(lease).unwrap_or(0));
    let since = format!("--since={since}");
    let bytes = git.stdout(&[
        "log",
        "--all",
        "-z",
        "--max-count=1000",
        "--format=%H%n%B",
        &since,
    ])?;
    let prefixes = &ctx.config().ids.wbs;
    let text = String::from_utf8_lossy(&bytes);
    let names_it = |message: &str| {
        message.lines().any(|line| {
            line.split_once(':').is_some_and(|(key, value)| {
                prefixes.iter().any(|prefix| prefix == key)
                    && value.split([',', ' ', '\t']).any(|id| id == item)
            })
        })
    };
    Ok(text
        .split('\0')
        .filter_map(|record| record.split_once('\n'))
        .find(|(_, message)| names_it(message))
        .map(|(oid, _)| oid.chars().take(12).collect()))
}

fn id(text: &str, what: &str) -> Result<Id, Error> {
    Id::new(text).map_err(|error| Error::usage(format!("{what}: {error}")))
}

/// The claims whose lease is over, as the queue has them.
pub(crate) fn expired(
    ctx: &Context,
    files: &Files,
    plan: &trueline_plan::Plan<'_>,
) -> Vec<Finding> {
    let Some(queue) = plan.queue() else {
        return Vec::new();
    };
    let places = queue.places(files.queue_aliases());
    let now = ctx.clock().now();
    plan.items()
        .filter(|item| item.state() == State::Doing)
        .filter_map(|item| {
            let row = item.queued()?;
            let (owner, until) = row.claim()?;
            let over = until.parse::<jiff::Timestamp>().ok()? < now;
            over.then(|| {
                let message = format!(
                    "the claim of {owner} on `{}` was over at {until}",
                    item.id()
                );
                let at: Location = places.of(row, Field::Claim);
                Finding::new(&crate::rules::CLAIM_EXPIRED, at, message).subject(item.id())
            })
        })
        .collect()
}

/// A duration: `90s`, `30m`, `2h`, `1d`, or seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is no duration such as 90s, 30m, 2h or 1d");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..) {
        Some("" | "s") => 1,
        Some("m") => 60,
        Some("h") => 3600,
        Some("d") => 24 * 3600,
        _ => return Err(bad()),
    };
    let number: u64 = digits.parse().map_err(|_| bad())?;
    number
        .checked_mul(unit)
        .map(Duration::from_secs)
        .ok_or_else(bad)
}
