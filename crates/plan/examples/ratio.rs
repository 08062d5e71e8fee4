//! Time of joining and of finding what is ready, relative to a typed parse of the same queue.
//!
//! `cargo run --release -p trueline-plan --example ratio -- 100000` prints one line.

use std::io::Write;
use std::time::{Duration, Instant};

use trueline_core::artifact::queue::QueueItem;
use trueline_plan::{Aliases, Input, Inputs, Options, Plan};

/// A queue of `n` items whose lines are shuffled: mostly done ones first, a few dependencies each.
fn queue(n: u64) -> String {
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below.max(1)
    };
    let mut lines: Vec<String> = (0..n)
        .map(|at| {
            let status = match (at * 10 / n, random(8)) {
                (0..=4, _) => "done",
                (_, 0) => "doing",
                (_, 1) => "review",
                _ => "todo",
            };
            let id = |at: u64| format!("WBS-{}.{}", at % 40, at / 40);
            let count = random(4).min(at);
            let deps: Vec<String> = (0..count).map(|_| format!("\"{}\"", id(random(at)))).collect();
            format!(
                "{{\"id\":\"{}\",\"title\":\"Item number {at} of the plan\",\"owner\":\"AGENT-{}\",\"scope\":[\"src/{at}/**\",\"tests/{at}.rs\"],\"status\":\"{status}\",\"weight\":{}.{},\"dependencies\":[{}],\"exit_criteria\":[\"it works\",\"tests are green\"],\"tests\":[\"tests/{at}.rs\"],\"nt_refs\":[\"NT-{}\"],\"td_refs\":[\"TD-{}\"]}}\n",
                id(at), at % 4, 1 + random(9), random(10), deps.join(","), at % 900, at % 300
            )
        })
        .collect();
    for at in (1..lines.len()).rev() {
        let other = usize::try_from(random(at as u64 + 1)).unwrap_or(0);
        lines.swap(at, other);
    }
    lines.concat()
}

fn best(mut run: impl FnMut() -> usize) -> (Duration, usize) {
    let mut best = Duration::MAX;
    let mut result = 0;
    for _ in 0..7 {
        let start = Instant::now();
        result = run();
        best = best.min(start.elapsed());
    }
    (best, result)
}

fn main() -> std::io::Result<()> {
    let n = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let text = queue(n);
    let (typed, items) = best(|| {
        let lines = text.lines();
        lines
            .filter_map(|line| serde_json::from_str::<QueueItem>(line).ok())
            .collect::<Vec<_>>()
            .len()
    });
    let aliases = Aliases::default();
    let inputs = Inputs {
        por: None,
        extra: &[],
        queue: Some(Input {
            path: "queue",
            bytes: text.as_bytes(),
        }),
        por_aliases: &aliases,
        extra_aliases: &aliases,
        queue_aliases: &aliases,
        options: Options::default(),
    };
    let (ready, count) = best(|| Plan::join(&inputs).0.ready().len());
    writeln!(
        std::io::stdout(),
        "{items} items, {} bytes: typed parse {typed:?}, join and ready {ready:?} ({count} ready): {:.2}x",
        text.len(),
        ready.as_secs_f64() / typed.as_secs_f64()
    )
}
