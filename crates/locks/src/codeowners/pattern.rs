//! One CODEOWNERS pattern as a set of paths, in scope globs.
//!
//! The host's semantics: like .gitignore, without `!` and `[ ]`; a pattern with a `/` before its
//! end is anchored at the root, any other matches at every depth; a match of a folder is a match
//! of everything below it, except that a last component `*` stops at one level; a final `/` means
//! the inside of a folder only; case counts.

use trueline_scope::Glob;

/// Why a pattern denotes nothing: the host skips its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadPattern {
    /// `!…`: negation is not supported.
    Negated,
    /// `[`: classes are not supported.
    Class,
    /// `***` or more.
    Stars,
    /// A `\` with nothing after it.
    Escape,
    /// A component that no path has (`//`, `.`, `..`), or too long or complex.
    NoPath(String),
}

impl std::fmt::Display for BadPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BadPattern::Negated => f.write_str("a pattern cannot begin with `!`"),
            BadPattern::Class => f.write_str("a pattern cannot hold `[ ]`"),
            BadPattern::Stars => f.write_str("a pattern cannot hold `***`"),
            BadPattern::Escape => f.write_str("a pattern cannot end with `\\`"),
            BadPattern::NoPath(why) => f.write_str(why),
        }
    }
}

/// The paths that a pattern matches: the union of one or two globs; none for `/`.
pub(crate) fn language(pattern: &str) -> Result<Vec<Glob>, BadPattern> {
    if pattern.starts_with('!') {
        return Err(BadPattern::Negated);
    }
    if pattern == "/" {
        return Ok(Vec::new());
    }
    if pattern.contains("***") {
        return Err(BadPattern::Stars);
    }
    let components = split(pattern)?;
    let mut components: Vec<&str> = components.iter().map(String::as_str).collect();
    let anchored = match components.as_slice() {
        ["", rest @ ..] => {
            let rest = rest.to_vec();
            components = rest;
            true
        }
        [_] | [_, ""] => false,
        _ => true,
    };
    if !anchored && components.first() != Some(&"**") {
        components.insert(0, "**");
    }
    let inside_only = components.len() > 1 && components.last() == Some(&"");
    if inside_only {
        components.pop();
        components.push("**");
    }
    let text = components.join("/");
    let parse = |text: &str| Glob::parse(text).map_err(|e| BadPattern::NoPath(e.message));
    let whole = parse(&text)?;
    Ok(match components.last() {
        Some(&"**" | &"*") => vec![whole],
        _ => vec![whole, parse(&format!("{text}/**"))?],
    })
}

/// The components, translated to the glob dialect. `**` glued to other text is a plain `*`.
fn split(pattern: &str) -> Result<Vec<String>, BadPattern> {
    let mut components = vec![String::new()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let Some(last) = components.last_mut() else {
            break;
        };
        match c {
            '/' => components.push(String::new()),
            '*' | '?' => last.push(c),
            '[' => return Err(BadPattern::Class),
            '\\' => match chars.next() {
                None => return Err(BadPattern::Escape),
                Some('/') => components.push(String::new()),
                Some(escaped) => push_plain(last, escaped),
            },
            plain => push_plain(last, plain),
        }
    }
    for component in &mut components {
        if component != "**" && component.contains("**") {
            *component = component.replace("**", "*");
        }
    }
    Ok(components)
}

/// A character that stands for itself.
pub(crate) fn push_plain(out: &mut String, c: char) {
    if matches!(c, '\\' | '*' | '?' | '[' | ']' | '{' | '}' | ',' | '!') {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        language(pattern).unwrap().iter().any(|g| g.matches(path))
    }

    #[test]
    fn what_matches_what() {
        let table = [
            ("*", "a b/x a/b/c", ""),
            ("*.js", "x.js x/y.js x.js/z", "x.jsx"),
            ("/*.js", "x.js x.js/z", "y/x.js"),
            ("docs", "docs docs/x a/docs/x", "docs2 xdocs"),
            ("docs/", "docs/x a/docs/x/y", "docs a/docs"),
            ("/docs/", "docs/x", "docs a/docs/x"),
            ("docs/*", "docs/x", "docs/x/y a/docs/x docs"),
            ("/docs/*", "docs/x", "docs/x/y"),
            ("docs/**", "docs/x docs/x/y", "docs a/docs/x"),
            ("a/**/b", "a/b a/x/b a/x/y/b/c", "a/xb b"),
            ("**/b", "b a/b a/b/c", "ab"),
            ("**/b/", "b/x a/b/c", "b a/b"),
            ("a/b", "a/b a/b/c", "x/a/b"),
            ("a?c", "abc x/aéc", "a/c ac"),
            ("a**b", "ab axxb", "a/b"),
            ("/*", "x", "x/y"),
            ("**", "x x/y", ""),
            ("foo/**/", "foo/x foo/x/y", "foo"),
            ("/*/", "x/y x/y/z", "x"),
            ("a\\ b", "a\u{20}b", "ab"),
            ("\\*", "*", "x"),
            ("a{b,c}", "a{b,c}", "ab ac"),
            ("@x", "@x", "x"),
        ];
        for (pattern, yes, no) in table {
            // A space in a path is written as it is in the one row that has it.
            let split = |list: &str| -> Vec<String> {
                if list.contains(' ') && pattern.contains("\\ ") {
                    return vec![list.to_owned()];
                }
                list.split_whitespace().map(str::to_owned).collect()
            };
            for path in split(yes) {
                assert!(matches(pattern, &path), "{pattern} should match {path}");
            }
            for path in split(no) {
                assert!(
                    !matches(pattern, &path),
                    "{pattern} should not match {path}"
                );
            }
        }
    }

    #[test]
    fn what_the_host_skips() {
        assert_eq!(language("!a"), Err(BadPattern::Negated));
        assert_eq!(language("a[bc]"), Err(BadPattern::Class));
        assert_eq!(language("a***"), Err(BadPattern::Stars));
        assert_eq!(language("a\\"), Err(BadPattern::Escape));
        for none in ["a//b", "../a", "a/./b"] {
            assert!(
                matches!(language(none), Err(BadPattern::NoPath(_))),
                "{none}"
            );
        }
        assert_eq!(language("/"), Ok(Vec::new()));
    }
}
