//! Finding the other tools' programs, and becoming one of them.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

#[cfg(not(unix))]
use trueline_kit::Exit;
use trueline_kit::{Context, Error};

/// The tools, in the order in which the chain runs them.
pub(crate) const TOOLS: [&str; 6] = [
    "ledger-lint",
    "concordance",
    "queue",
    "progress",
    "locks",
    "attach-pack",
];

/// Program of a tool: beside this one, else the name alone, to be found on PATH.
pub(crate) fn program(tool: &str) -> PathBuf {
    let file = format!("{tool}{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe()
        .ok()
        .and_then(|exe| {
            exe.canonicalize()
                .unwrap_or(exe)
                .parent()
                .map(|folder| folder.join(&file))
        })
        .filter(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from(file))
}

/// Runs a tool in place of this process, with the words as they were given: what stood before
/// the tool's name (`trueline --root x locks list`) goes before its own.
pub(crate) fn run(words: &[OsString], ctx: &Context) -> Result<(), Error> {
    let Some(tool) = words
        .first()
        .and_then(|word| word.to_str())
        .filter(|tool| TOOLS.contains(tool))
    else {
        let given = words
            .first()
            .map(|word| word.to_string_lossy().into_owned())
            .unwrap_or_default();
        return Err(
            Error::usage(format!("`{given}` is no command of trueline and no tool")).hint(format!(
                "the tools are {}; `trueline --help` lists the commands",
                TOOLS.join(", ")
            )),
        );
    };
    let before = std::env::args_os()
        .skip(1)
        .take_while(|word| word != OsStr::new(tool));
    let mut command = Command::new(program(tool));
    command
        .args(before)
        .args(words.get(1..).unwrap_or_default());
    become_it(command, tool, ctx)
}

#[cfg(unix)]
fn become_it(mut command: Command, tool: &str, _: &Context) -> Result<(), Error> {
    use std::os::unix::process::CommandExt as _;
    Err(missing(tool, &command.exec()))
}

#[cfg(not(unix))]
fn become_it(mut command: Command, tool: &str, ctx: &Context) -> Result<(), Error> {
    let status = command.status().map_err(|error| missing(tool, &error))?;
    ctx.child_ended(Exit::of_code(status.code()));
    Ok(())
}

/// The error for a tool that cannot be started.
pub(crate) fn missing(tool: &str, error: &std::io::Error) -> Error {
    Error::io(format!("cannot run {tool}: {error}")).hint(format!(
        "install it beside trueline: cargo install trueline --no-default-features --features {tool}"
    ))
}
