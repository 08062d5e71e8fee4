//! `trueline check`: trueline.toml held against the tools that read it.
//!
//! Each tool judges the codes that carry its name; a name that is nobody's is seen by none of
//! them. Only the command that knows all tools can tell.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use serde::Deserialize;
use trueline_core::{Finding, Level, Rule};
use trueline_kit::config::{NamedCode, nearest};
use trueline_kit::{Context, Error};

use crate::launch;

/// What `trueline check` finds.
pub(crate) const RULES: &[&Rule] = &[&UNKNOWN_CODE];

const UNKNOWN_CODE: Rule = Rule {
    code: "unknown-code",
    level: Level::Warning,
    summary: "trueline.toml names a finding that no tool reports",
    why: "A level or an allow for a code that does not exist does nothing, and its author believes \
          that it does: a rule stays at its default, a finding comes back.",
    example: "[levels]\n\"concordance/unmaped-code\" = \"error\"",
    mend: "Write the code as `<tool> rules` lists it, or remove the entry.",
};

/// Name of this tool, whose own codes are known without asking.
const SELF: &str = "trueline";

/// Flags of `trueline check`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Read trueline.toml as it stands in this revision
    #[arg(long, value_name = "REV")]
    base: Option<String>,
}

/// Runs `trueline check`.
pub(crate) fn run(args: &Args, ctx: &mut Context) -> Result<(), Error> {
    if let Some(base) = &args.base {
        ctx.trust(base)?;
    }
    let named = ctx.config().named_codes();
    if !named.is_empty() {
        let (known, absent) = known(ctx);
        let (found, untold) = judge(&named, &known);
        ctx.report_all(found);
        // What a tool that is not there might say is not known, and so did not pass.
        for error in absent.iter().filter(|(tool, _)| untold.contains(tool)) {
            ctx.failed(&error.1);
        }
    }
    ctx.complete_check();
    Ok(())
}

/// Codes by tool, without the tool's name.
type Codes = BTreeMap<String, BTreeSet<String>>;

/// The codes of every tool, and the tools that could not be asked.
fn known(ctx: &Context) -> (Codes, Vec<(&'static str, Error)>) {
    let own = RULES.iter().chain(trueline_kit::rules::COMMON);
    let own = own.map(|rule| rule.code.to_owned()).collect();
    let mut known = Codes::from([(SELF.to_owned(), own)]);
    let mut absent = Vec::new();
    for tool in launch::TOOLS {
        match ask(tool, ctx) {
            Ok(codes) => {
                known.insert(tool.to_owned(), codes);
            }
            Err(error) => absent.push((tool, error)),
        }
    }
    (known, absent)
}

/// What `<tool> rules --format json` prints, as far as it is needed.
#[derive(Deserialize)]
struct Listing {
    rules: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    code: String,
}

fn ask(tool: &'static str, ctx: &Context) -> Result<BTreeSet<String>, Error> {
    let output = Command::new(launch::program(tool))
        .arg("--root")
        .arg(ctx.root())
        .args(["rules", "--format", "json"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| launch::missing(tool, &error))?;
    let listing: Listing = serde_json::from_slice(&output.stdout)
        .map_err(|_| Error::io(format!("{tool} does not list its findings")))?;
    let codes = listing.rules.into_iter();
    Ok(codes
        .map(|rule| match rule.code.split_once('/') {
            Some((_, code)) => code.to_owned(),
            None => rule.code,
        })
        .collect())
}

/// The findings, and the tools whose codes would have been needed and are not known.
fn judge(named: &[NamedCode<'_>], known: &Codes) -> (Vec<Finding>, BTreeSet<&'static str>) {
    let absent: BTreeSet<&str> = launch::TOOLS
        .into_iter()
        .filter(|tool| !known.contains_key(*tool))
        .collect();
    let mut found = Vec::new();
    let mut untold = BTreeSet::new();
    for name in named {
        let is_known = match name.tool {
            Some(tool) => known
                .get(tool)
                .is_some_and(|codes| codes.contains(name.code)),
            None => known.values().any(|codes| codes.contains(name.code)),
        };
        let needed: Vec<_> = absent
            .iter()
            .filter(|tool| name.tool.is_none_or(|name| name == **tool))
            .copied()
            .collect();
        if is_known {
            continue;
        }
        if needed.is_empty() {
            found.push(unknown(name, known));
        } else {
            untold.extend(needed);
        }
    }
    (found, untold)
}

fn unknown(name: &NamedCode<'_>, known: &Codes) -> Finding {
    let shown = match name.tool {
        Some(tool) => format!("{tool}/{}", name.code),
        None => name.code.to_owned(),
    };
    let finding = |message: String| {
        Finding::new(&UNKNOWN_CODE, name.at.clone(), message).subject(shown.clone())
    };
    let codes = name.tool.and_then(|tool| known.get(tool));
    if let Some(tool) = name.tool.filter(|_| codes.is_none()) {
        let near = nearest(tool, known.keys().map(String::as_str));
        let help = near.map(|near| format!("did you mean `{near}/{}`?", name.code));
        return with_help(finding(format!("there is no tool `{tool}`")), help);
    }
    let tools: Vec<&BTreeSet<String>> = codes.map_or_else(|| known.values().collect(), |c| vec![c]);
    let all = tools.into_iter().flatten().map(String::as_str);
    let near = nearest(name.code, all).map(|near| match name.tool {
        Some(tool) => format!("did you mean `{tool}/{near}`?"),
        None => format!("did you mean `{near}`?"),
    });
    let message = match name.tool {
        Some(tool) => format!("{tool} has no finding `{}`", name.code),
        None => format!("no tool has a finding `{shown}`"),
    };
    with_help(finding(message), near)
}

fn with_help(finding: Finding, help: Option<String>) -> Finding {
    match help {
        Some(help) => finding.help(help),
        None => finding.help(UNKNOWN_CODE.mend),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trueline_core::Location;

    fn all() -> Codes {
        launch::TOOLS
            .iter()
            .map(|tool| {
                (
                    (*tool).to_owned(),
                    BTreeSet::from(["stale-file".to_owned()]),
                )
            })
            .chain([(
                "locks".to_owned(),
                BTreeSet::from(["foreign-change".to_owned()]),
            )])
            .collect()
    }

    fn named<'a>(tool: Option<&'a str>, code: &'a str) -> NamedCode<'a> {
        NamedCode {
            tool,
            code,
            at: Location::file("trueline.toml"),
        }
    }

    fn messages(names: &[NamedCode<'_>], known: &Codes) -> Vec<(String, String)> {
        let found = judge(names, known).0.into_iter();
        found
            .map(|finding| (finding.message, finding.help.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn codes_that_exist_pass_with_and_without_the_name_of_a_tool() {
        let names = [
            named(None, "stale-file"),
            named(Some("queue"), "stale-file"),
            named(Some("locks"), "foreign-change"),
        ];
        assert_eq!(messages(&names, &all()), []);
    }

    #[test]
    fn a_wrong_code_a_wrong_tool_and_another_tools_code_are_found() {
        let names = [
            named(Some("locks"), "foreign-chnage"),
            named(Some("lock"), "foreign-change"),
            named(Some("queue"), "foreign-change"),
            named(None, "nothing-like-it"),
        ];
        let found = messages(&names, &all());
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[0].1, "did you mean `locks/foreign-change`?");
        assert_eq!(found[1].1, "did you mean `locks/foreign-change`?");
        assert_eq!(found[2].0, "queue has no finding `foreign-change`");
        assert_eq!(found[3].0, "no tool has a finding `nothing-like-it`");
    }

    #[test]
    fn what_only_a_tool_that_is_not_installed_could_tell_is_not_known() {
        let mut known = all();
        known.remove("locks");
        let names = [
            named(Some("locks"), "foreign-change"),
            named(Some("queue"), "no-such"),
            named(None, "foreign-change"),
        ];
        let (found, untold) = judge(&names, &known);
        assert_eq!(found.len(), 1);
        assert_eq!(untold, BTreeSet::from(["locks"]));
    }
}
