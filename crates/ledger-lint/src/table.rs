//! Markdown tables as ledgers: the registry of configuration and secrets.

use std::ops::Range;

use jiff::Timestamp;
use trueline_core::{Finding, Level, Location, Span};
use trueline_text::LineIndex;
use trueline_text::jsonl::Lines;

use crate::check::is_secret_name;
use crate::fault::{index_span, quote};
use crate::hygiene::{Content, Hygiene};
use crate::ledger::{Ledger, Subject};
use crate::rules::{reference, schema as rules, security};
use crate::sink::Sink;
use crate::world::{Interval, World};
use crate::{Stats, rows};

/// Most rows that are read of one table.
const MAX_ROWS: usize = 100_000;

/// One cell: its text, and its bytes in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Text without white space around, backticks and escapes of `|`.
    pub text: String,
    /// Bytes without white space around.
    pub range: Range<usize>,
}

/// The first table of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Head.
    pub head: Vec<Cell>,
    /// Rows, with as many cells as are written.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Reads the first pipe table; fenced code is passed over.
    pub fn first(text: &str) -> Option<Table> {
        let mut lines = lines(text).peekable();
        let mut fence: Option<&str> = None;
        while let Some(line) = lines.next() {
            let shown = text.get(line.clone())?.trim_start();
            if let Some(mark) = ["```", "~~~"]
                .into_iter()
                .find(|mark| shown.starts_with(mark))
            {
                fence = match fence {
                    Some(open) if open == mark => None,
                    None => Some(mark),
                    open => open,
                };
                continue;
            }
            let is_head = fence.is_none()
                && shown.contains('|')
                && lines.peek().is_some_and(|next| is_rule(text, next.clone()));
            if !is_head {
                continue;
            }
            let head = cells(text, line);
            let next = lines.next()?;
            if cells(text, next).len() != head.len() {
                continue;
            }
            let mut rows = Vec::new();
            for row in lines {
                let shown = text.get(row.clone())?.trim();
                if shown.is_empty() || !shown.contains('|') || rows.len() == MAX_ROWS {
                    break;
                }
                rows.push(cells(text, row));
            }
            return Some(Table { head, rows });
        }
        None
    }

    /// The column of that name, case aside.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.head
            .iter()
            .position(|cell| cell.text.eq_ignore_ascii_case(name))
    }
}

/// Lines without their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        start..start + line.trim_end_matches('\r').len()
    })
}

/// The line between head and rows.
fn is_rule(text: &str, line: Range<usize>) -> bool {
    let line = text.get(line).unwrap_or_default().trim();
    line.contains('-')
        && line.contains('|')
        && line
            .chars()
            .all(|char| matches!(char, '-' | '|' | ':' | ' ' | '\t'))
}

fn cells(text: &str, line: Range<usize>) -> Vec<Cell> {
    let shown = text.get(line.clone()).unwrap_or_default();
    let mut cells = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    let mut add = |from: usize, to: usize| {
        let part = shown.get(from..to).unwrap_or_default();
        let trimmed = part.trim();
        let lead = part.len() - part.trim_start().len();
        let from = line.start + from + lead;
        cells.push(Cell {
            text: trimmed.replace("\\|", "|").trim_matches('`').to_owned(),
            range: from..from + trimmed.len(),
        });
    };
    for (at, byte) in shown.bytes().enumerate() {
        if byte == b'|' && !escaped {
            add(start, at);
            start = at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    add(start, shown.len());
    // The bars around the row are no cells.
    if shown.trim_start().starts_with('|') && !cells.is_empty() {
        cells.remove(0);
    }
    if shown.trim_end().ends_with('|') {
        cells.pop();
    }
    cells
}

/// How many days a word of the column Rotation means; `None` where no interval is meant.
pub fn interval(text: &str) -> Option<Result<i64, ()>> {
    let folded = text.trim().to_ascii_lowercase();
    // `90d review` is an interval with a remark.
    let word = folded.split_whitespace().next().unwrap_or_default();
    Some(match word {
        "" | "-" | "—" | "n/a" | "none" | "never" | "on-demand" | "ondemand" | "manual" => {
            return None;
        }
        "daily" => Ok(1),
        "weekly" => Ok(7),
        "monthly" => Ok(30),
        "quarterly" => Ok(90),
        "semiannual" | "half-yearly" => Ok(182),
        "annual" | "annually" | "yearly" => Ok(365),
        other => {
            let digits = other.len()
                - other
                    .trim_start_matches(|char: char| char.is_ascii_digit())
                    .len();
            let (number, unit) = other.split_at(digits);
            let days = match unit {
                "d" | "day" | "days" => 1,
                "w" => 7,
                "m" | "mo" => 30,
                "y" => 365,
                _ => 0,
            };
            match number.parse::<i64>() {
                Ok(number) if days > 0 && (1..=3650).contains(&number) => Ok(number * days),
                _ => Err(()),
            }
        }
    })
}

/// A day that stands in place of an interval: the secret is due then.
pub fn explicit_day(text: &str) -> Option<Timestamp> {
    trueline_core::scalar::is_day(text.trim()).then(|| crate::check::parse_time(text.trim()))?
}

/// Checks a Markdown ledger.
pub fn check(path: &str, bytes: &[u8], ledger: &Ledger, world: &World) -> (Vec<Finding>, Stats) {
    let mut sink = Sink::new(path);
    let mut stats = Stats::default();
    let mut hygiene = Hygiene::document();
    let mut is_readable = true;
    for line in Lines::new(bytes) {
        stats.lines += 1;
        is_readable &= hygiene.line(&line, &mut sink) != Content::Unreadable;
    }
    hygiene.end(false, &mut sink);
    if let (true, Ok(text)) = (is_readable, std::str::from_utf8(bytes)) {
        let index = LineIndex::new(bytes);
        let at = |range: Range<usize>| Location::at(path, index_span(&index, range));
        match Table::first(text) {
            None => sink.push(Finding::new(
                &rules::MISSING_FIELD,
                Location::at(path, Span::point(1, 1)),
                "the document has no table",
            )),
            Some(table) => {
                stats.records = table.rows.len() as u64;
                registry(&table, ledger, world, &at, &mut sink);
                rows::check(path, text, &table, ledger, world, &mut sink);
            }
        }
    }
    sink.name_lines(bytes);
    (sink.finish(), stats)
}

fn registry(
    table: &Table,
    ledger: &Ledger,
    world: &World,
    at: &dyn Fn(Range<usize>) -> Location,
    sink: &mut Sink,
) {
    let bar = |cells: &[Cell]| {
        let start = cells.first().map_or(0, |cell| cell.range.start);
        start..cells.last().map_or(start, |cell| cell.range.end)
    };
    let mut seen: std::collections::HashMap<&str, &Cell> = std::collections::HashMap::new();
    for row in &table.rows {
        if row.len() != table.head.len() {
            let message = format!(
                "the row has {} cells, the head {}",
                row.len(),
                table.head.len()
            );
            sink.push(Finding::new(
                &crate::rules::syntax::SYNTAX,
                at(bar(row)),
                message,
            ));
            continue;
        }
        if ledger.subject != Subject::Registry {
            continue;
        }
        let cell = |name: &str| table.column(name).and_then(|slot| row.get(slot));
        let Some(key) = cell("Key") else {
            continue;
        };
        // What is missing the schema of the row says.
        if key.text.is_empty() {
            continue;
        }
        let place = || at(key.range.clone());
        if let Some(first) = seen.insert(&key.text, key) {
            let message = format!("the key {} is taken already", quote(&key.text));
            sink.push(
                Finding::new(&reference::DUPLICATE_ID, place(), message)
                    .related(at(first.range.clone()), "first here"),
            );
        }
        let Some(rotation) = cell("Rotation").filter(|cell| !cell.text.is_empty()) else {
            continue;
        };
        if interval(&rotation.text) == Some(Err(())) && explicit_day(&rotation.text).is_none() {
            let message = format!("{} is no interval", quote(&rotation.text));
            sink.push(
                Finding::new(&rules::BAD_FORMAT, at(rotation.range.clone()), message).help(
                    "`30d`, `90d`, `180d`, `quarterly`, `annual`, `on-demand`, `n/a` or a day",
                ),
            );
        }
        let is_secret = cell("Type").is_some_and(|cell| cell.text.eq_ignore_ascii_case("secret"));
        if is_secret && !is_secret_name(&key.text) {
            let message = format!(
                "{} is not `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`",
                quote(&key.text)
            );
            sink.push(Finding::new(&security::SECRET_NAME, place(), message).level(Level::Warning));
        }
        if let (Some(day), Some(now)) = (explicit_day(&rotation.text), world.now)
            && day < now
        {
            let message = format!(
                "the rotation of {} was due on {}",
                quote(&key.text),
                rotation.text
            );
            sink.push(Finding::new(
                &crate::rules::time::OVERDUE_ROTATION,
                at(rotation.range.clone()),
                message,
            ));
        }
    }
}

/// The intervals that a registry asks for, by key.
pub fn intervals(path: &str, text: &str) -> std::collections::BTreeMap<String, Interval> {
    let Some(table) = Table::first(text) else {
        return Default::default();
    };
    let (Some(key), Some(rotation)) = (table.column("Key"), table.column("Rotation")) else {
        return Default::default();
    };
    let index = LineIndex::new(text.as_bytes());
    table
        .rows
        .iter()
        .filter_map(|row| {
            let (key, rotation) = (row.get(key)?, row.get(rotation)?);
            let days = interval(&rotation.text)?.ok()?;
            let at = Location::at(path, index_span(&index, key.range.clone()));
            Some((key.text.clone(), Interval { days, at }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_with_places() {
        let text = "# T\n```\n| a | b |\n|---|---|\n```\n\n| Key | `B` |\n| --- | :-: |\n| `x\\|y` | 2 |\n|z|3|4|\n\n| q | r |\n";
        let table = Table::first(text).unwrap();
        let texts = |cells: &[Cell]| {
            cells
                .iter()
                .map(|cell| cell.text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&table.head), ["Key", "B"]);
        assert_eq!(texts(&table.rows[0]), ["x|y", "2"]);
        assert_eq!(texts(&table.rows[1]), ["z", "3", "4"]);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(&text[table.rows[0][0].range.clone()], "`x\\|y`");
        assert_eq!(table.column("key"), Some(0));
    }

    #[test]
    fn intervals_in_words() {
        for (text, want) in [
            ("90d", Some(Ok(90))),
            ("annual", Some(Ok(365))),
            ("90d review", Some(Ok(90))),
            ("quarterly", Some(Ok(90))),
            ("n/a", None),
            ("on-demand", None),
            ("—", None),
            ("soon", Some(Err(()))),
            ("0d", Some(Err(()))),
            ("99999999999999999999d", Some(Err(()))),
        ] {
            assert_eq!(interval(text), want, "{text}");
        }
    }
}
