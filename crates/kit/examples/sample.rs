//! The smallest tool, and what the tests of the edge run as a process.

use std::io::Write;
use std::process::ExitCode;

use trueline_core::{Finding, Level, Location, Rule, Span};
use trueline_kit::{Context, Error, Format, Mode, Tool};

const WRONG: Rule = Rule {
    code: "wrong",
    level: Level::Error,
    summary: "A line says that it is wrong",
    why: "What is wrong must be mended.",
    example: "wrong",
    mend: "Remove the line.",
};

const TOOL: Tool<Command> = Tool {
    name: "sample",
    about: "Shows the shape of a tool",
    after_help: "Examples:\n  sample check FILE   report every line that has `wrong` in it",
    rules: &[&WRONG],
    schemas: &["lock", "report"],
    run,
};

#[derive(clap::Subcommand)]
enum Command {
    /// Report every line that has `wrong` in it
    Check {
        /// Files, relative to the root
        files: Vec<String>,
        /// Read the configuration from this revision
        #[arg(long)]
        base: Option<String>,
    },
    /// Print numbers
    Count {
        /// How many
        most: u64,
    },
    /// Write a file
    Write {
        /// Where, relative to the root
        path: String,
        /// What
        text: String,
        /// Only compare
        #[arg(long)]
        check: bool,
    },
    /// End in several ways at once
    End {
        /// finding, warning, failed, inconclusive, panic or error
        ways: Vec<String>,
    },
}

fn run(command: Command, ctx: &mut Context) -> Result<(), Error> {
    match command {
        Command::Check { files, base } => {
            if let Some(base) = base {
                ctx.trust(&base)?;
            }
            for file in &files {
                check(ctx, file);
            }
            ctx.complete_check();
        }
        Command::Count { most } => {
            let format = ctx.data_format(&[Format::Human, Format::Json])?;
            if format == Format::Json {
                return ctx.print_json(&(0..most).collect::<Vec<_>>());
            }
            let mut out = ctx.out();
            for number in 0..most {
                writeln!(out, "{number}")?;
            }
        }
        Command::Write { path, text, check } => {
            ctx.generate(path, text.as_bytes(), Mode::of_check(check))?;
        }
        Command::End { ways } => return end(ctx, &ways),
    }
    Ok(())
}

fn check(ctx: &Context, file: &str) {
    let Some(source) = ctx.require_source(file) else {
        return;
    };
    for (at, _) in source.text().match_indices("wrong") {
        let at = source.at(at..at + "wrong".len());
        ctx.report(Finding::new(&WRONG, at, "this is wrong").help(WRONG.mend));
    }
}

fn end(ctx: &Context, ways: &[String]) -> Result<(), Error> {
    let at = || Location::at("missing.txt", Span::point(1, 1));
    for way in ways {
        match way.as_str() {
            "finding" => ctx.report(Finding::new(&WRONG, at(), "found")),
            "warning" => {
                ctx.report(Finding::new(&WRONG, at(), "warned").level(Level::Warning));
            }
            "failed" => ctx.failed(&Error::io("a part failed")),
            "inconclusive" => {
                let finding = Finding::new(&WRONG, at(), "cannot tell").level(Level::Note);
                ctx.inconclusive(finding);
            }
            "error" => return Err(Error::usage("no\u{1b}[31m").hint("do it\notherwise")),
            _ => assert!(way == "clean", "asked to panic by `{way}`"),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    trueline_kit::main(TOOL)
}
