//! Times of the glob algebra: `cargo bench -p trueline-scope`.
//!
//! Prints a line a figure: pairs as people write them (median, mean, worst), hostile pairs of 400 characters, and two loads of
//! many paths on many globs, beside the time that reading those paths byte by byte takes in the same run.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use trueline_scope::{Glob, ScopeSet};

fn main() -> std::io::Result<()> {
    let mut report = String::new();
    pairs(&mut report);
    hostile(&mut report);
    let rules: Vec<String> = (0..331).map(rule).collect();
    load(
        &mut report,
        "100,000 paths x 331 ownership rules (goal 500 ms)",
        &rules,
        100_000,
    );
    let scopes: Vec<String> = (0..2000).map(scope).collect();
    load(
        &mut report,
        "10,000 paths x 2,000 scopes (goal 300 ms)",
        &scopes,
        10_000,
    );
    std::io::stdout().write_all(report.as_bytes())
}

/// A line of the report.
fn line(report: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = report
        .write_fmt(text)
        .and_then(|()| report.write_char('\n'));
}

fn parse(texts: &[String]) -> Vec<Glob> {
    texts
        .iter()
        .filter_map(|text| Glob::parse(text).ok())
        .collect()
}

/// The shortest of a few runs, after one that is not counted.
fn time<T>(mut run: impl FnMut() -> T) -> Duration {
    black_box(run());
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed());
    }
    best
}

const AREAS: [&str; 8] = [
    "crates", "apps", "docs", "infra", "web", "services", "tools", "ops",
];
const PARTS: [&str; 9] = [
    "core", "auth", "api", "ui", "billing", "search", "sync", "queue", "locks",
];
const KINDS: [&str; 6] = ["rs", "ts", "md", "py", "yaml", "json"];

fn pick<'a>(list: &[&'a str], number: usize) -> &'a str {
    list[number % list.len()]
}

fn scope(i: usize) -> String {
    let (area, part, kind) = (pick(&AREAS, i), pick(&PARTS, i / 8), pick(&KINDS, i / 3));
    match i % 10 {
        0 => format!("{area}/{part}{}/", i / 10),
        1 => format!("{area}/{part}/src/**/*.{kind}"),
        2 => format!("{area}/{part}/src/mod{i}.{kind}"),
        3 => format!("**/{part}{}/*.{kind}", i / 20),
        4 => format!("{area}/{{{part},{}}}/**/test_*.{kind}", pick(&PARTS, i + 3)),
        5 => format!("{area}/*/config/*.{kind}"),
        6 => format!("{area}/{part}/v[0-9]*/**"),
        7 => format!("{area}/**/{part}_{}.{kind}", i / 7),
        8 => format!("{area}/{part}/**/[!_]*.{kind}"),
        _ => format!("{area}/{part}/*-{i}/**"),
    }
}

fn rule(i: usize) -> String {
    let (area, part, kind) = (pick(&AREAS, i), pick(&PARTS, i / 8), pick(&KINDS, i / 3));
    match i % 6 {
        0 => format!("{area}/{part}/"),
        1 => format!("**/{part}_{i}/**"),
        2 => format!("**/*.{kind}{}", i / 50),
        3 => format!("{area}/{part}/*.{kind}"),
        4 => format!("**/{part}{}{{,/**}}", i / 9),
        _ => format!("{area}/{part}{}/**/tests/", i / 6),
    }
}

fn path(i: usize) -> String {
    let (area, part, kind) = (pick(&AREAS, i / 7), pick(&PARTS, i / 3), pick(&KINDS, i));
    match i % 4 {
        0 => format!("{area}/{part}/src/mod{}/file_{i}.{kind}", i % 211),
        1 => format!("{area}/{part}{}/tests/unit/test_{i}.{kind}", i % 61),
        2 => format!("{area}/{part}/config/{part}_{}.{kind}", i % 997),
        _ => format!("{area}/x{}/{part}/deep/er/still/{i}.{kind}", i % 401),
    }
}

fn pairs(report: &mut String) {
    let globs = parse(
        &(0..250)
            .map(scope)
            .chain((0..60).map(rule))
            .collect::<Vec<_>>(),
    );
    let mut times = Vec::new();
    let mut met = 0;
    for a in &globs {
        for b in &globs {
            let start = Instant::now();
            met += usize::from(black_box(a.intersects(b)).is_some());
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let total: Duration = times.iter().sum();
    line(
        report,
        format_args!(
            "{} pairs as people write them, {met} meet: median {:?} (goal 20 µs), p99 {:?}, worst {:?}, mean {:?}",
            times.len(),
            times[times.len() / 2],
            times[times.len() * 99 / 100],
            times[times.len() - 1],
            total / u32::try_from(times.len()).unwrap_or(u32::MAX),
        ),
    );
    let mut times: Vec<Duration> = Vec::new();
    for a in globs.iter().step_by(3) {
        for b in globs.iter().step_by(3) {
            let start = Instant::now();
            let _ = black_box(a.includes(b));
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    line(
        report,
        format_args!(
            "{} inclusions: median {median:?}, worst {worst:?}",
            times.len()
        ),
    );
    let texts: Vec<String> = (0..2000).map(scope).collect();
    let spent = time(|| parse(&texts).len());
    line(report, format_args!("parse: {:?} a pattern", spent / 2000));
}

fn hostile(report: &mut String) {
    // The classes at the end keep the question from being settled by the last characters alone.
    let half = |text: &str, end: &str| format!("{}{end}[12]", text.repeat(395 / text.len()));
    let groups = |text: &str, count: usize, end: &str| {
        let fill = "a*".repeat((395 - text.len() * count) / 2);
        format!("{}{fill}{end}[12]", text.repeat(count))
    };
    let wide = |end: &str| {
        let parts: Vec<String> = (0..32)
            .map(|i| format!("*{}", char::from(b'a' + i % 26)))
            .collect();
        format!("{{{0}}}*{{{0}}}*a*a*a*a*a*a*a*a{end}[12]", parts.join(","))
    };
    for (a, b) in [
        (half("a*", "b"), half("*a", "c")),
        (half("*?", "b"), half("?*", "c")),
        (half("[ab]*", "b"), half("*[bc]", "c")),
        (half("**/", "b"), half("*/**/", "c")),
        (half("**/*a*/", "b"), half("**/a*/", "c")),
        (half("a/**/", "b"), half("**/*/", "c")),
        (groups("{a,b*}*", 10, "b"), groups("*{c,a*}", 10, "c")),
        (groups("{a*/,**/}", 5, "b"), groups("{a*/,}", 10, "c")),
        (wide("b"), wide("c")),
        (half(".*", "b"), half("*.", "c")),
    ] {
        let globs = parse(&[a.clone(), b.clone()]);
        assert_eq!(globs.len(), 2, "{a} and {b}");
        if let [left, right] = globs.as_slice() {
            let spent = time(|| left.intersects(right));
            let (a, b): (String, String) =
                (a.chars().take(14).collect(), b.chars().take(14).collect());
            line(
                report,
                format_args!("hostile `{a}…` and `{b}…`: {spent:?} (goal 250 ms)"),
            );
        }
    }
    let large = |text: &str, end: &str| format!("{}{end}", text.repeat(4090 / text.len()));
    let globs = parse(&[large("a*", "b[12]"), large("*a", "c[12]")]);
    if let [left, right] = globs.as_slice() {
        let start = Instant::now();
        black_box(left.intersects(right));
        line(
            report,
            format_args!(
                "the longest patterns, `a*a*…` and `*a*a…`: {:?}",
                start.elapsed()
            ),
        );
    }
    let globs = parse(&[
        format!("*a{}", "?".repeat(390)),
        format!("*b{}", "?".repeat(390)),
    ]);
    if let [left, right] = globs.as_slice() {
        let start = Instant::now();
        let answer = left.includes(right);
        line(
            report,
            format_args!(
                "inclusion of `*b???…` in `*a???…`: {:?}, {answer:.30?}",
                start.elapsed()
            ),
        );
    }
    let globs = parse(&[
        "{*a?,*b?}".replace('?', &"?".repeat(300)),
        format!("*{{a,b}}{}", "?".repeat(300)),
    ]);
    if let [left, right] = globs.as_slice() {
        let start = Instant::now();
        let answer = left.includes(right).is_ok();
        line(
            report,
            format_args!(
                "inclusion that reaches its limit: {:?}, answered {answer}",
                start.elapsed()
            ),
        );
    }
    if let Ok(glob) = Glob::parse(&half("*a", "b")) {
        let path = format!("{}c1", "a".repeat(4000));
        line(
            report,
            format_args!(
                "`*a*a…` against 4,000 characters: {:?}",
                time(|| glob.matches(&path))
            ),
        );
    }
}

fn load(report: &mut String, title: &str, patterns: &[String], count: usize) {
    let paths: Vec<String> = (0..count).map(path).collect();
    let floor = time(|| {
        paths
            .iter()
            .flat_map(|path| path.bytes())
            .fold(0_u8, u8::wrapping_add)
    });
    let spent = time(|| {
        let set = ScopeSet::new(parse(patterns));
        let mut matcher = set.matcher();
        paths
            .iter()
            .filter(|path| matcher.last_match(path).is_some())
            .count()
    });
    let set = ScopeSet::new(parse(patterns));
    let shared = time(|| {
        paths
            .iter()
            .filter(|path| set.matches(path).is_some())
            .count()
    });
    line(
        report,
        format_args!(
            "{title}: {spent:?} with parsing, {shared:?} through one shared set; ratio to reading the bytes ({floor:?}): {:.1}",
            spent.as_secs_f64() / floor.as_secs_f64().max(1e-9),
        ),
    );
}
