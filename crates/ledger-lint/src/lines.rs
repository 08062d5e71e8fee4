//! JSON Lines: one pass, one line in memory, no broken line hides another.

mod several;

use std::io::{self, BufRead};

use serde_json::Value;
use trueline_core::{Finding, Location, Span};
use trueline_text::jsonl::Line;
use trueline_text::jsonl::stream::{Event, Reader};
use trueline_text::position::BOM;

use crate::check::quick::Quick;
use crate::check::{self, At, Memory};
use crate::duplicates::Duplicates;
use crate::fault::{Fault, LineLocator, columns, line_span, narrow};
use crate::hygiene::{Content, Hygiene};
use crate::ledger::Ledger;
use crate::pretty::{Pending, Step};
use crate::rules::{schema as schema_rules, syntax as rules};
use crate::shapes::Shapes;
use crate::sieve::Sieve;
use crate::sink::{Sink, line_subject};
use crate::syntax;
use crate::world::World;
use crate::{Stats, record};

/// Longest line that is read, in bytes.
pub const MAX_LINE: usize = 1 << 20;
/// Bytes that are read at once.
pub const CHUNK: usize = 64 << 10;

/// Checks one file of JSON Lines.
pub struct Lines<'a> {
    ledger: &'a Ledger,
    world: &'a World,
    path: String,
    sink: Sink,
    hygiene: Hygiene,
    memory: Memory,
    shapes: Shapes,
    duplicates: Duplicates,
    pending: Option<Pending>,
    /// A record that breaks off: where it does, unless a further record comes.
    cut: Option<Finding>,
    stats: Stats,
    /// The fast tier, which is tried first.
    quick: Option<Quick<'a>>,
    /// The line that it passed last.
    passed: u32,
}

/// Checks a stream of JSON Lines.
///
/// # Errors
/// What the reader reports.
pub fn check<R: BufRead>(
    path: &str,
    source: R,
    ledger: &Ledger,
    world: &World,
) -> io::Result<(Vec<Finding>, Stats)> {
    let mut lint = Lines::new(path, ledger, world);
    let mut reader = Reader::with_max_line(source, MAX_LINE);
    while let Some(event) = reader.next_line()? {
        match event {
            Event::Line(line) => lint.line(&line),
            Event::TooLong { number, len, .. } => lint.too_long(number, len),
        }
    }
    Ok(lint.finish())
}

/// As [`check()`], with what has to be searched for secrets going through a sieve.
///
/// # Errors
/// What the reader reports.
pub fn check_and_sift<R: BufRead>(
    path: &str,
    source: R,
    ledger: &Ledger,
    world: &World,
    sieve: &mut Sieve,
) -> io::Result<(Vec<Finding>, Stats)> {
    let mut lint = Lines::new(path, ledger, world);
    let mut reader = Reader::with_max_line(source, MAX_LINE);
    while let Some(event) = reader.next_line()? {
        match event {
            Event::Line(line) => {
                lint.line(&line);
                lint.sift(&line, sieve);
            }
            Event::TooLong { number, len, .. } => {
                sieve.missed();
                lint.too_long(number, len);
            }
        }
    }
    Ok(lint.finish())
}

impl<'a> Lines<'a> {
    /// Before the first line.
    pub fn new(path: &str, ledger: &'a Ledger, world: &'a World) -> Self {
        Lines {
            ledger,
            world,
            path: path.to_owned(),
            sink: Sink::new(path),
            hygiene: Hygiene::default(),
            memory: Memory::default(),
            shapes: Shapes::default(),
            duplicates: Duplicates::default(),
            pending: None,
            cut: None,
            stats: Stats::default(),
            quick: Quick::new(ledger, world),
            passed: 0,
        }
    }

    /// Checks the next line.
    pub fn line(&mut self, line: &Line<'_>) {
        let first = self.sink.len();
        self.stats.lines += 1;
        self.read(line);
        if self.sink.len() > first {
            self.sink.name_line(first, line.number, line.text);
        }
    }

    fn read(&mut self, line: &Line<'_>) {
        let content = self.hygiene.line(line, &mut self.sink);
        let text = match content {
            Content::Text(text) => text,
            Content::Blank => "",
            Content::Unreadable => {
                self.end_pending();
                self.end_cut();
                return;
            }
        };
        if let Some(pending) = &mut self.pending {
            match pending.add(text.as_bytes()) {
                Step::More => return,
                Step::Closed => {
                    if self.whole_record() {
                        return;
                    }
                    self.end_pending();
                }
                Step::Broken => self.end_pending(),
            }
            return;
        }
        if content != Content::Blank {
            self.content(line.number, text, true);
        }
    }

    /// Gives a sieve what has to be searched of the line that was checked last.
    fn sift(&self, line: &Line<'_>, sieve: &mut Sieve) {
        match &self.quick {
            // A mark before the record moves its columns.
            Some(quick) if self.passed == line.number && !line.text.starts_with(BOM) => {
                let (plan, slots) = quick.fields();
                sieve.record(line, plan, slots);
            }
            _ => sieve.whole(line),
        }
    }

    /// Passes over a line that was too long to be read.
    pub fn too_long(&mut self, number: u32, len: usize) {
        self.stats.lines += 1;
        self.end_pending();
        self.end_cut();
        let message = format!("the line has {len} bytes, at most {MAX_LINE} are read");
        let at = Location::at(self.sink.path(), Span::point(number, 1));
        self.sink
            .push(Finding::new(&rules::LINE_TOO_LONG, at, message));
    }

    /// After the last line.
    pub fn finish(mut self) -> (Vec<Finding>, Stats) {
        self.end_pending();
        let is_cut = self.cut.is_some();
        if let Some(mut finding) = self.cut.take() {
            finding.rule = &rules::TRUNCATED_LINE;
            finding.message = format!("the file ends inside a record: {}", finding.message);
            finding.help = None;
            self.sink.push(finding);
        }
        self.hygiene.end(is_cut, &mut self.sink);
        for finding in check::end(&self.memory, self.ledger, self.world) {
            self.sink.push(finding);
        }
        self.shapes.finish(&mut self.sink);
        self.duplicates.finish(&mut self.sink);
        (self.sink.finish(), self.stats)
    }

    /// What stands on one line. `may_go_on`: the record may go on on the next.
    fn content(&mut self, number: u32, line: &str, may_go_on: bool) {
        self.end_cut();
        if self.quick(number, line) {
            return;
        }
        let text = line.as_bytes();
        match record::parse(text) {
            Ok((value, repeated)) => {
                let faults = self.record(number, text, value);
                if repeated || !faults.is_empty() {
                    let path = self.path.clone();
                    let locator = LineLocator::new(&path, number, text);
                    if repeated {
                        syntax::duplicate_keys(
                            locator.document(),
                            &path,
                            &mut self.sink,
                            |range| line_span(number, text, range),
                        );
                    }
                    self.sink.faults(&locator, faults);
                }
            }
            Err(error) => {
                if may_go_on
                    && error.is_eof()
                    && let Some(pending) = Pending::begin(number, text)
                {
                    self.pending = Some(pending);
                    return;
                }
                self.broken(number, text);
            }
        }
    }

    /// The fast tier: whether the line is a record with nothing wrong.
    fn quick(&mut self, number: u32, line: &str) -> bool {
        let Some(quick) = &mut self.quick else {
            return false;
        };
        // In ASCII a character is a byte; other texts have to be looked at one by one.
        if !line.is_ascii() {
            return false;
        }
        let at = At {
            path: &self.path,
            span: Span {
                line: number,
                column: 1,
                end_line: number,
                end_column: narrow(line.len() as u64 + 1),
            },
        };
        if !quick.passes(line, at, &mut self.memory) {
            return false;
        }
        self.passed = number;
        self.stats.records += 1;
        self.shapes.fits(|| at.location());
        self.duplicates.add(
            line.as_bytes(),
            number,
            at.span.end_column.saturating_sub(1),
        );
        true
    }

    /// A line that serde_json refuses: crates/text has the last word.
    fn broken(&mut self, number: u32, text: &[u8]) {
        let (document, errors) = trueline_text::jsonl::parse_line(text);
        let path = self.path.clone();
        let span = |range| line_span(number, text, range);
        syntax::duplicate_keys(&document, &path, &mut self.sink, span);
        if errors.is_empty() {
            let value = document.to_value().unwrap_or_default();
            let faults = self.record(number, text, value);
            let locator = LineLocator::with(&path, number, text, document);
            self.sink.faults(&locator, faults);
            return;
        }
        for error in &errors {
            if syntax::is_cut(error, text) {
                // What follows from the missing rest says nothing new.
                let end = text.trim_ascii_end().len();
                let at = Location::at(&*path, span(end..end));
                self.cut = Some(syntax::finding(error, at).subject(line_subject(text)));
                break;
            }
            let at = Location::at(&*path, span(error.offset..error.end));
            self.sink.push(syntax::finding(error, at));
        }
    }

    /// Everything about a record's value.
    fn record(&mut self, number: u32, text: &[u8], mut value: Value) -> Vec<Fault> {
        let span = whole_line(number, text);
        if self.ledger.content {
            let width = span.end_column.saturating_sub(1);
            self.duplicates.add(text, number, width);
        }
        self.faults(&mut value, text, span)
    }

    fn faults(&mut self, value: &mut Value, raw: &[u8], span: Span) -> Vec<Fault> {
        self.stats.records += 1;
        let at = At {
            path: &self.path,
            span,
        };
        let renamed = self.ledger.aliases.apply(value);
        let mut faults = Vec::new();
        if let Some(schema) = &self.ledger.schema {
            faults = schema.check(value);
            let fits = !faults.iter().any(|fault| {
                (fault.rule == &schema_rules::MISSING_FIELD
                    || fault.rule == &schema_rules::UNKNOWN_FIELD)
                    && fault.place.pointer.rfind('/').is_none_or(|at| at == 0)
                    && fault.level.is_none()
            });
            self.shapes.add(value, fits, || at.location());
        }
        let (world, memory) = (self.world, &mut self.memory);
        faults.extend(check::record(value, raw, at, self.ledger, world, memory));
        for fault in &mut faults {
            renamed.restore(&mut fault.place);
        }
        faults
    }

    /// Something comes after a record that breaks off: it is not the end of the file that
    /// cuts it.
    fn end_cut(&mut self) {
        if let Some(finding) = self.cut.take() {
            self.sink.push(finding);
        }
    }
}

fn whole_line(number: u32, text: &[u8]) -> Span {
    Span {
        line: number,
        column: 1,
        end_line: number,
        end_column: columns(text).saturating_add(1),
    }
}
