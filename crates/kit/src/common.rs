//! The subcommands that every tool has: rules, explain, schema, generate.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, Subcommand, ValueHint, value_parser};
use serde::Serialize;
use trueline_core::{Level, Rule};

use crate::error::Error;
use crate::options::{Format, Options};
use crate::output::{json, markdown};
use crate::terminal::{BOLD, Terminal};
use crate::tool::{self, Tool};

pub(crate) fn augment(command: Command) -> Command {
    command
        .subcommand(Command::new("rules").about("List every finding code and its default level"))
        .subcommand(
            Command::new("explain")
                .about("Say what a finding code means, why it matters and how to mend it")
                .arg(Arg::new("code").value_name("CODE").required(true)),
        )
        .subcommand(
            Command::new("schema")
                .about("Print the JSON Schema of an artifact; without a name, list them")
                .arg(Arg::new("name").value_name("NAME")),
        )
        .subcommand(
            Command::new("generate")
                .about("Write man pages or shell completions into a folder")
                .hide(true)
                .arg(
                    Arg::new("what")
                        .required(true)
                        .value_parser(["man", "completions"]),
                )
                .arg(
                    Arg::new("dir")
                        .value_name("DIR")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .value_hint(ValueHint::DirPath),
                ),
        )
}

/// Runs a common subcommand; `None` where the command is the tool's own.
pub(crate) fn run<C: Subcommand>(
    tool: &Tool<C>,
    matches: &ArgMatches,
    options: &Options,
    terminal: &Terminal,
) -> Option<Result<(), Error>> {
    let (name, matches) = matches.subcommand()?;
    let text = |id: &str| matches.get_one::<String>(id).map_or("", String::as_str);
    Some(match name {
        "rules" => rules(&tool.all_rules(), tool.name, options.format, terminal),
        "explain" => explain(
            &tool.all_rules(),
            tool.name,
            text("code"),
            options.format,
            terminal,
        ),
        "schema" => schema(tool.schemas, text("name"), terminal),
        "generate" => match matches.get_one::<PathBuf>("dir") {
            Some(folder) => generate(tool::command(tool), text("what"), folder),
            None => Err(Error::usage("no folder was given")),
        },
        _ => return None,
    })
}

/// What `rules --format json` writes.
#[derive(Serialize)]
struct RulesView<'a> {
    version: u32,
    tool: &'a str,
    rules: Vec<RuleView>,
}

/// A rule as `rules --format json` writes it.
#[derive(Serialize)]
struct RuleView {
    code: String,
    level: Level,
    summary: &'static str,
    why: &'static str,
    example: &'static str,
    mend: &'static str,
}

fn view(tool: &str, rule: &Rule) -> RuleView {
    RuleView {
        code: format!("{tool}/{}", rule.code),
        level: rule.level,
        summary: rule.summary,
        why: rule.why,
        example: rule.example,
        mend: rule.mend,
    }
}

fn no_format(format: Format) -> Error {
    Error::usage(format!("this command has no format `{}`", format.as_str()))
        .hint("one of: human, json, markdown")
}

fn rules(rules: &[&Rule], tool: &str, format: Format, terminal: &Terminal) -> Result<(), Error> {
    match format {
        Format::Human => {
            let mut out = terminal.out_styled();
            let width = rules.iter().map(|rule| rule.code.len()).max().unwrap_or(0);
            for rule in rules {
                let (code, level, summary) = (rule.code, rule.level.as_str(), rule.summary);
                writeln!(out, "{BOLD}{code:width$}{BOLD:#}  {level:7}  {summary}")?;
            }
            Ok(out.finish()?)
        }
        Format::Json => {
            let mut out = terminal.out_raw();
            let rules = rules.iter().map(|rule| view(tool, rule)).collect();
            json::pretty(
                &mut out,
                &RulesView {
                    version: 1,
                    tool,
                    rules,
                },
            )?;
            Ok(out.finish()?)
        }
        Format::Markdown => {
            let mut out = terminal.out_raw();
            writeln!(out, "| code | level | what is wrong |\n| --- | --- | --- |")?;
            for rule in rules {
                let (code, level) = (rule.code, rule.level);
                writeln!(
                    out,
                    "| `{code}` | {level} | {} |",
                    markdown::cell(rule.summary)
                )?;
            }
            Ok(out.finish()?)
        }
        other => Err(no_format(other)),
    }
}

fn explain(
    rules: &[&Rule],
    tool: &str,
    code: &str,
    format: Format,
    terminal: &Terminal,
) -> Result<(), Error> {
    let short = code.strip_prefix(&format!("{tool}/")).unwrap_or(code);
    let Some(rule) = rules.iter().find(|rule| rule.code == short) else {
        let near = crate::config::nearest(short, rules.iter().map(|rule| rule.code));
        let error = Error::usage(format!("{tool} has no rule `{code}`"));
        return Err(match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("`{tool} rules` lists them")),
        });
    };
    match format {
        Format::Human => {
            let mut out = terminal.out_styled();
            let (name, level) = (rule.code, rule.level);
            writeln!(
                out,
                "{BOLD}{tool}/{name}{BOLD:#} ({level})\n\n{}.\n",
                rule.summary
            )?;
            writeln!(
                out,
                "{BOLD}Why{BOLD:#}\n{}\n\n{BOLD}Example{BOLD:#}",
                rule.why
            )?;
            for line in rule.example.lines() {
                writeln!(out, "    {line}")?;
            }
            writeln!(out, "\n{BOLD}How to mend it{BOLD:#}\n{}", rule.mend)?;
            Ok(out.finish()?)
        }
        Format::Json => {
            let mut out = terminal.out_raw();
            json::pretty(&mut out, &view(tool, rule))?;
            Ok(out.finish()?)
        }
        Format::Markdown => {
            let mut out = terminal.out_raw();
            out.write_all(page(rule).as_bytes())?;
            Ok(out.finish()?)
        }
        other => Err(no_format(other)),
    }
}

/// The Markdown page of a rule: what docs/tools/<tool>.md holds under its heading.
pub(crate) fn page(rule: &Rule) -> String {
    let Rule {
        code,
        level,
        summary,
        why,
        example,
        mend,
    } = rule;
    // The fence must be longer than any run of backticks inside.
    let longest = example.split(|char| char != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!(
        "### {code}\n\nLevel: {level}. {summary}.\n\n{why}\n\n{fence}text\n{example}\n{fence}\n\n{mend}\n"
    )
}

fn schema(names: &[&str], name: &str, terminal: &Terminal) -> Result<(), Error> {
    let mut out = terminal.out_raw();
    if name.is_empty() {
        for name in names {
            let title = trueline_core::schema::get(name).map_or("", |entry| entry.title);
            writeln!(out, "{name:20}  {title}")?;
        }
        return Ok(out.finish()?);
    }
    let short = name.strip_suffix(".schema.json").unwrap_or(name);
    let known = names.iter().find(|known| **known == short);
    let Some(entry) = known.and_then(|known| trueline_core::schema::get(known)) else {
        let near = crate::config::nearest(short, names.iter().copied());
        let error = Error::usage(format!("there is no schema `{name}` here"));
        return Err(match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("one of: {}", names.join(", "))),
        });
    };
    out.write_all(entry.text().as_bytes())?;
    Ok(out.finish()?)
}

fn generate(mut command: Command, what: &str, folder: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::on(folder.display(), &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    if what == "man" {
        return clap_mangen::generate_to(command, folder).map_err(failed);
    }
    let name = command.get_name().to_owned();
    for shell in <clap_complete::Shell as clap::ValueEnum>::value_variants() {
        clap_complete::generate_to(*shell, &mut command, &name, folder).map_err(failed)?;
    }
    Ok(())
}
