//! The end of a command: findings are printed, the exit code is found.

use std::io::{self, Write};

use crate::allows::Judge;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::exit::Exit;
use crate::output;
use crate::report::{self, Run};
use crate::terminal::Terminal;

impl Context {
    /// Prints the findings and gives the exit code.
    pub(crate) fn finish(&self, result: Result<(), Error>) -> Exit {
        let state = std::mem::take(&mut *self.state());
        let stdin = state.stdin;
        self.state().stdin = stdin;
        let judge = Judge {
            tool: self.tool,
            rules: &self.rules,
            config: &self.config,
            today: self.today(),
            complete: state.complete && result.is_ok() && !state.failed,
            from_base: self.from_base,
        };
        let judged = judge.judge(state.findings);
        let findings = report::arrange(judged.findings);
        let summary = report::summary(&findings, judged.allowed);
        let run = Run {
            tool: self.tool,
            version: crate::VERSION,
            rules: &self.rules,
            findings,
            summary,
            successful: result.is_ok() && !state.failed && !state.inconclusive,
            sources: self,
            styled: true,
        };
        let is_bad = summary.errors > 0 || (self.options.strict && summary.warnings > 0);
        let mut exit = match is_bad && !self.options.exit_zero {
            true => Exit::Findings,
            false => Exit::Clean,
        };
        if state.child == Exit::Findings && !self.options.exit_zero {
            exit = exit.worst(state.child);
        }
        match self.print(&run, state.is_data) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit = Exit::Clean,
            Err(error) => {
                self.print_error(&Error::on("standard output", &error));
                exit = exit.worst(Exit::Failed);
            }
        }
        let counts = run.counts();
        if !self.is_quiet() && (state.complete || !counts.is_empty()) {
            self.terminal.summary(self.tool, &counts);
        }
        if let Err(error) = result {
            exit = exit.worst(self.end(&error));
        }
        // Like trouble of our own, whether or not anybody read the findings.
        if state.child != Exit::Findings {
            exit = exit.worst(state.child);
        }
        if state.failed {
            exit = exit.worst(Exit::Failed);
        }
        if state.inconclusive {
            exit = exit.worst(Exit::Inconclusive);
        }
        exit
    }

    /// Prints the error that ended a command; the end of standard output's reader is none.
    fn end(&self, error: &Error) -> Exit {
        if error.kind() != ErrorKind::BrokenPipe {
            self.print_error(error);
            return error.kind().exit();
        }
        if self.terminal.is_closed() {
            return Exit::Clean;
        }
        self.print_error(error);
        Exit::Failed
    }

    fn print(&self, run: &Run<'_>, is_data: bool) -> io::Result<()> {
        if let Some(error) = self.terminal.take_trouble() {
            return Err(error);
        }
        if is_data {
            // A closed standard error leaves nobody to tell.
            let _ = output::human::output(&mut self.terminal.err(), run);
            return Ok(());
        }
        let mut out = self.out();
        output::output(self.options.format, &mut out, run)?;
        out.finish()
    }

    fn today(&self) -> jiff::civil::Date {
        let utc = jiff::tz::TimeZone::UTC;
        self.clock.now().to_zoned(utc).date()
    }
}

impl Terminal {
    /// The line after the findings.
    pub(crate) fn summary(&self, tool: &str, counts: &str) {
        let counts = if counts.is_empty() {
            "no findings"
        } else {
            counts
        };
        let bold = crate::terminal::BOLD;
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(self.err(), "{bold}{tool}{bold:#}: {counts}");
    }
}
