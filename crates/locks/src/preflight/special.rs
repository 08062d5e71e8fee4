//! What a list of paths does not show: where links lead, and what a queue that the change brings
//! would grant.

use trueline_core::{Finding, Location};
use trueline_kit::git::{Blobs, Change, Side};
use trueline_kit::{Artifact, Error};
use trueline_scope::{Glob, Inclusion};

use super::checks::Scope;
use super::policy::{Policy, queue_items};
use crate::rules;

/// Links and submodules: what a diff of text does not show.
pub(super) fn special(
    change: &Change,
    scope: &Scope,
    policy: &Policy,
    blobs: &mut Blobs,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let Some(new) = &change.new else {
        return Ok(());
    };
    let is_same = |old: &Side| old.mode == new.mode && old.oid == new.oid && old.path == new.path;
    if change.old.as_ref().is_some_and(is_same) {
        return Ok(());
    }
    let shown = new.path.display().into_owned();
    let at = Location::file(shown.clone());
    if new.mode.is_submodule() {
        let message = format!("`{shown}` is a submodule: what it holds is not in the diff");
        findings.push(Finding::new(&rules::SPECIAL_FILE, at, message));
    } else if new.mode.is_symlink() {
        let target = blobs.get(&new.oid)?.unwrap_or_default();
        let place = new.path.as_str().and_then(|path| resolve(path, &target));
        let inside = place.as_deref().is_some_and(|place| {
            scope.allows(place) && policy.config.globs.generated.first_match(place).is_none()
        });
        if !inside {
            let target = String::from_utf8_lossy(&target);
            let message = format!("`{shown}` is a link to `{target}`, outside the scope");
            findings.push(Finding::new(&rules::SPECIAL_FILE, at, message));
        }
    }
    Ok(())
}

/// Where a link leads, relative to the root; `None` where that is outside, or not UTF-8.
fn resolve(path: &str, target: &[u8]) -> Option<String> {
    let target = std::str::from_utf8(target).ok()?;
    if target.starts_with('/') || target.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The queue in the change gives one of the named items more than the base does.
pub(super) fn widened(
    change: &Change,
    policy: &Policy,
    blobs: &mut Blobs,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let queue = policy.config.path(Artifact::Queue);
    let Some(new) = change
        .new
        .as_ref()
        .filter(|new| new.path.as_str() == Some(queue))
    else {
        return Ok(());
    };
    let bytes = blobs.get(&new.oid)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let after = queue_items(&text, policy.config.aliases(Artifact::Queue));
    for before in &policy.items {
        let Some(after) = after.get(&before.id) else {
            continue;
        };
        for glob in &after.scope {
            if let Some(path) = beyond(glob, &before.scope) {
                let message = format!(
                    "the change gives `{}` the scope `{glob}`: `{path}` is new to it",
                    before.id
                );
                findings.push(
                    Finding::new(&rules::WIDENED_SCOPE, Location::file(queue), message)
                        .subject(format!("{} {glob}", before.id)),
                );
            }
        }
    }
    Ok(())
}

/// A path of `glob` that is in none of the others.
fn beyond(glob: &Glob, others: &[Glob]) -> Option<String> {
    if others.iter().any(|other| other.as_str() == glob.as_str()) {
        return None;
    }
    let list: Vec<&str> = others.iter().map(Glob::as_str).collect();
    let union = match list.as_slice() {
        [] => return glob.example(),
        [one] => Glob::parse(one),
        many => Glob::parse(&format!("{{{}}}", many.join(","))),
    };
    match union.ok().map(|union| union.includes(glob)) {
        Some(Ok(Inclusion::Yes)) => None,
        Some(Ok(Inclusion::No { counterexample })) => Some(counterexample),
        // Not to be told: a new glob counts as more.
        Some(Err(_)) | None => glob.example(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_links_lead() {
        let to = |path, target: &str| resolve(path, target.as_bytes());
        assert_eq!(to("a/b/l", "c").as_deref(), Some("a/b/c"));
        assert_eq!(to("a/b/l", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(to("l", "../x"), None);
        assert_eq!(to("a/l", "../../x"), None);
        assert_eq!(to("a/l", "/etc/passwd"), None);
        assert_eq!(to("a/l", ".."), None);
        assert_eq!(resolve("a/l", b"\xff"), None);
    }

    #[test]
    fn what_a_glob_adds() {
        let globs =
            |list: &[&str]| -> Vec<Glob> { list.iter().map(|t| Glob::parse(t).unwrap()).collect() };
        let beyond = |text: &str, base: &[&str]| beyond(&Glob::parse(text).unwrap(), &globs(base));
        assert_eq!(beyond("src/a/**", &["src/**"]), None);
        assert_eq!(beyond("src/{a,b}/**", &["src/a/**", "src/b/**"]), None);
        assert!(beyond("src/**", &["src/a/**"]).is_some());
        assert!(beyond("x", &[]).is_some());
    }
}
