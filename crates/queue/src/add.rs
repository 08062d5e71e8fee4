//! `queue add`.

use trueline_core::id::{canonical, is_id};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Field, Plan};
use trueline_plan_files::Files;
use trueline_text::json::{self, encode_str};

use crate::args::Add;
use crate::{edit, store};

/// Adds a line at the end of the queue.
pub(crate) fn add(ctx: &Context, new: &Add) -> Result<(), Error> {
    if !is_id(&new.id) {
        return Err(Error::usage(format!("`{}` is no id", new.id))
            .hint("letters, digits, `.`, `_` and `-`, beginning with a letter or digit"));
    }
    let _guard = store::lock(ctx)?;
    let path = ctx.config().path(Artifact::Queue);
    let exists = ctx.read(path)?.is_some() || ctx.read(ctx.config().path(Artifact::Por))?.is_some();
    let files = if exists {
        Some(Files::read(ctx)?)
    } else {
        None
    };
    let bytes = match &files {
        Some(files) => {
            let (plan, findings) = files.join();
            if !plan.is_readable() {
                ctx.report_all(findings);
                return Err(Error::io("the plan cannot be read"));
            }
            refuse(&plan, new, path)?;
            let old = files.queue.as_ref().map(|file| file.bytes.as_slice());
            append(old.unwrap_or_default(), &line(new, Some((files, &plan)))?)
        }
        None => {
            need_title(new)?;
            append(&[], &line(new, None)?)
        }
    };
    ctx.writer().write(path, &bytes)?;
    ctx.detail(format!("added {} to {path}", new.id));
    Ok(())
}

fn need_title(new: &Add) -> Result<(), Error> {
    match &new.title {
        Some(title) if !title.trim().is_empty() => Ok(()),
        _ => Err(Error::usage(format!("`{}` needs a title", new.id)).hint("--title TEXT")),
    }
}

fn refuse(plan: &Plan<'_>, new: &Add, path: &str) -> Result<(), Error> {
    let form = canonical(&new.id);
    for item in plan.items() {
        if item.id() == new.id && item.queued().is_some() {
            return Err(Error::usage(format!("`{}` is in `{path}` already", new.id)));
        }
        if item.id() != new.id && canonical(item.id()) == form {
            return Err(Error::usage(format!(
                "`{}` differs only by zeros from `{}`, which exists",
                new.id,
                item.id()
            )));
        }
    }
    let planned = plan
        .find(&new.id)
        .is_some_and(|item| item.planned().is_some());
    if !planned {
        return need_title(new);
    }
    let copies = [
        ("--title", new.title.is_some()),
        ("--phase", new.phase.is_some()),
        ("--weight", new.weight.is_some()),
        ("--depends-on", !new.dependencies.is_empty()),
        ("--nt", !new.nt_refs.is_empty()),
        ("--td", !new.td_refs.is_empty()),
    ];
    match copies.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(Error::usage(format!(
            "{flag}: the plan has `{}` and owns that field",
            new.id
        ))),
        None => Ok(()),
    }
}

/// The line of the item, in the way of the file's first record.
fn line(new: &Add, file: Option<(&Files, &Plan<'_>)>) -> Result<String, Error> {
    let mut members: Vec<(Field, String)> = vec![(Field::Id, encode_str(&new.id))];
    let text = |value: &Option<String>| value.as_deref().map(encode_str);
    let mut put = |field, token: Option<String>| {
        if let Some(token) = token {
            members.push((field, token));
        }
    };
    let list = |field: Field, values: &[String]| -> Result<Option<String>, Error> {
        if values.is_empty() {
            return Ok(None);
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        edit::list(field, &values).map(Some).map_err(Error::usage)
    };
    put(Field::Title, text(&new.title));
    put(Field::Owner, text(&new.owner));
    put(Field::Scope, list(Field::Scope, &new.scope)?);
    let status = trueline_core::artifact::queue::Status::Todo;
    let word = file.map_or(status.as_str().to_owned(), |(files, _)| {
        store::status_word(files, status)
    });
    put(Field::Status, Some(encode_str(&word)));
    if let Some(weight) = &new.weight {
        put(
            Field::Weight,
            Some(edit::token(Field::Weight, weight).map_err(Error::usage)?),
        );
    }
    put(Field::Phase, text(&new.phase));
    put(
        Field::Dependencies,
        list(Field::Dependencies, &new.dependencies)?,
    );
    put(
        Field::ExitCriteria,
        list(Field::ExitCriteria, &new.exit_criteria)?,
    );
    put(Field::NtRefs, list(Field::NtRefs, &new.nt_refs)?);
    put(Field::TdRefs, list(Field::TdRefs, &new.td_refs)?);
    put(
        Field::Priority,
        new.priority.map(|priority| priority.to_string()),
    );
    Ok(write_line(&members, file))
}

/// Members as a line, in the way of the file's first record: its names, its spacing.
fn write_line(members: &[(Field, String)], file: Option<(&Files, &Plan<'_>)>) -> String {
    let first = file
        .and_then(|(_, plan)| plan.queue()?.rows().next())
        .map(trueline_plan::Row::raw)
        .unwrap_or_default();
    let (document, _) = json::parse(first);
    let is_tight = !first.is_empty() && !first.contains("\": ");
    let (comma, colon) = if is_tight { (",", ":") } else { (", ", ": ") };
    let name = |field: Field| {
        let names = file
            .into_iter()
            .flat_map(|(files, _)| files.queue_aliases().names(field));
        let used =
            names.filter(|name| document.root().is_some_and(|root| root.get(name).is_some()));
        let used: Option<&str> = used.last();
        encode_str(used.unwrap_or(field.key()))
    };
    let members: Vec<String> = members
        .iter()
        .map(|(field, token)| format!("{}{colon}{token}", name(*field)))
        .collect();
    format!("{{{}}}", members.join(comma))
}

/// The line of an item that the plan has and the queue has not.
pub(crate) fn bare_line(files: &Files, plan: &Plan<'_>, id: &str) -> String {
    let status = store::status_word(files, trueline_core::artifact::queue::Status::Todo);
    let members = [
        (Field::Id, encode_str(id)),
        (Field::Status, encode_str(&status)),
    ];
    write_line(&members, Some((files, plan)))
}

/// The file with a line at its end, in the file's own line ends.
pub(crate) fn append(old: &[u8], line: &str) -> Vec<u8> {
    let end: &[u8] = if old.windows(2).any(|pair| pair == b"\r\n") {
        b"\r\n"
    } else {
        b"\n"
    };
    let mut bytes = old.to_vec();
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.extend_from_slice(end);
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.extend_from_slice(end);
    bytes
}

#[cfg(test)]
mod tests {
    use super::append;

    #[test]
    fn line_ends_are_the_files_own() {
        assert_eq!(append(b"", "x"), b"x\n");
        assert_eq!(append(b"a", "x"), b"a\nx\n");
        assert_eq!(append(b"a\r\n", "x"), b"a\r\nx\r\n");
    }
}
