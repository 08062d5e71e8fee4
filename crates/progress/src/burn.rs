//! `progress history`: how the done share grew, from the history of plan and queue.

use std::io::Write;

use num_traits::Zero;
use serde::Serialize;
use trueline_core::Ratio;
use trueline_core::artifact::queue::Status;
use trueline_core::weight::{display, percent, share};
use trueline_kit::git::Oid;
use trueline_kit::{Artifact, Context, Error, Format};
use trueline_plan::{Input, Inputs, ItemId, Options, Plan};
use trueline_plan_files::Files;

use crate::history::minute;

/// Largest file that is read from history: 64 MiB.
const LIMIT: u64 = 64 << 20;

/// Flags of `history`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only what was committed up to this day (UTC): 2026-01-15
    #[arg(long, value_name = "DAY")]
    as_of: Option<jiff::civil::Date>,
    /// At most this many commits, the newest
    #[arg(long, default_value_t = 100, value_name = "COUNT")]
    limit: u32,
}

#[derive(Serialize)]
struct History {
    version: u32,
    points: Vec<Point>,
}

/// The state at a commit.
#[derive(Serialize)]
struct Point {
    commit: String,
    at: String,
    /// Sum of phase weight times done share, in percent: gates and coverage are not looked at.
    completion: String,
    /// Weight of done items.
    done: String,
    /// Weight of all items.
    total: String,
    items_done: usize,
    items: usize,
}

/// Prints a line a commit that changed the plan or the queue, oldest first.
pub(crate) fn history(ctx: &Context, args: &Args) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let files = Files::read(ctx)?;
    let git = ctx.git();
    git.require()?;
    if git.is_shallow()? {
        return Err(
            Error::inconclusive("history is cut off: this clone is shallow")
                .hint("git fetch --unshallow"),
        );
    }
    let config = ctx.config();
    let (por, queue) = (config.path(Artifact::Por), config.path(Artifact::Queue));
    let mut points = Vec::new();
    if git.head()?.is_some() {
        let count = format!("--max-count={}", args.limit);
        let until = args.as_of.map(|day| format!("--until={day}T23:59:59Z"));
        let mut words = vec!["log", "--format=%H %ct", &count];
        words.extend(until.as_deref());
        words.extend(["HEAD", "--", por, queue]);
        let bytes = git.stdout(&words)?;
        let mut blobs = git.blobs(LIMIT)?;
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Some((oid, seconds)) = line.split_once(' ') else {
                continue;
            };
            let Some(oid) = Oid::parse(oid) else { continue };
            let (por, queue) = (blobs.at(&oid, por)?, blobs.at(&oid, queue)?);
            let time =
                jiff::Timestamp::from_second(seconds.parse().unwrap_or(0)).unwrap_or_default();
            points.extend(point(&files, por.as_deref(), queue.as_deref(), &oid, time));
        }
    }
    points.reverse();
    if format == Format::Json {
        return ctx.print_json(&History { version: 1, points });
    }
    let mut out = ctx.out();
    for point in &points {
        let short: String = point.commit.chars().take(12).collect();
        writeln!(
            out,
            "{}  {short}  {:>7}  {} of {} done",
            point.at,
            format!("{}%", point.completion),
            point.items_done,
            point.items
        )?;
    }
    Ok(out.finish()?)
}

/// The state of a plan and a queue; `None` where they cannot be read.
fn point(
    files: &Files,
    por: Option<&[u8]>,
    queue: Option<&[u8]>,
    oid: &Oid,
    time: jiff::Timestamp,
) -> Option<Point> {
    let input = |bytes| Input { path: "", bytes };
    let (plan, _) = Plan::join(&Inputs {
        por: por.map(input),
        extra: &[],
        queue: queue.map(input),
        por_aliases: files.por_aliases(),
        extra_aliases: files.por_aliases(),
        queue_aliases: files.queue_aliases(),
        options: Options::default(),
    });
    if !plan.is_readable() {
        return None;
    }
    let is_done = |id: &ItemId| plan.item(*id).status() == Status::Done;
    let counts = |id: &ItemId| plan.item(*id).deferred().is_none();
    let mut completion = Ratio::zero();
    let (mut done, mut total) = (Ratio::zero(), Ratio::zero());
    for phase in plan.phases() {
        let items = phase.items.iter().copied().filter(counts);
        let whole = plan.weigh(items.clone());
        let part = plan.weigh(items.filter(is_done));
        completion += &phase.weight * share(&part, &whole);
        done += part;
        total += whole;
    }
    Some(Point {
        commit: oid.as_str().to_owned(),
        at: minute(time),
        completion: percent(&completion),
        done: display(&done),
        total: display(&total),
        items_done: plan
            .items()
            .filter(|item| item.status() == Status::Done)
            .count(),
        items: plan.items().len(),
    })
}
