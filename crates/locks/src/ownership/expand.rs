//! A glob as a list of plain alternatives: braces multiplied out, small classes spelt out.
//!
//! Text in, text out; the glob has been parsed before, so that its form is known to be right.

use trueline_scope::Glob;

/// Most alternatives of one glob after classes are spelt out, too.
pub(crate) const MAX_PARTS: usize = 1024;
/// Most characters of one class that are spelt out.
const MAX_CLASS: usize = 64;

/// Why a glob cannot be written in CODEOWNERS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inexpressible {
    /// `[!a]`.
    NegatedClass,
    /// More than [`MAX_PARTS`] alternatives or [`MAX_CLASS`] characters.
    TooMany,
    /// A character that the host's patterns cannot hold.
    Character(char),
}

impl std::fmt::Display for Inexpressible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Inexpressible::NegatedClass => {
                f.write_str("a class of all characters but some cannot be written there")
            }
            Inexpressible::TooMany => {
                write!(f, "it stands for more than {MAX_PARTS} lines")
            }
            Inexpressible::Character(c) => write!(
                f,
                "the character `{}` cannot be written there",
                c.escape_debug()
            ),
        }
    }
}

/// The alternatives of a glob, without braces. Those that denote no path are left out.
pub(crate) fn braces(text: &str) -> Result<Vec<String>, Inexpressible> {
    let chars: Vec<char> = text.chars().collect();
    let found = sequence(&chars, &mut 0, 0)?;
    Ok(found
        .into_iter()
        .filter(|part| Glob::parse(part).is_ok_and(|glob| !glob.is_empty()))
        .collect())
}

/// A sequence up to `,` or `}` of the enclosing braces (or the end). The depth of nesting is
/// limited by the glob parser.
fn sequence(chars: &[char], at: &mut usize, depth: usize) -> Result<Vec<String>, Inexpressible> {
    let mut found = vec![String::new()];
    let mut after_braces = false;
    while let Some(&c) = chars.get(*at) {
        let meets = std::mem::replace(&mut after_braces, c == '{');
        match c {
            ',' | '}' if depth > 0 => break,
            '{' => {
                *at += 1;
                let mut inner = Vec::new();
                loop {
                    inner.extend(sequence(chars, at, depth + 1)?);
                    let end = chars.get(*at).copied();
                    *at += 1;
                    if end != Some(',') {
                        break;
                    }
                }
                if found.len().saturating_mul(inner.len()) > MAX_PARTS {
                    return Err(Inexpressible::TooMany);
                }
                let join = |head: &String| inner.iter().map(|tail| joined(head, tail)).collect();
                found = found.iter().flat_map::<Vec<String>, _>(join).collect();
            }
            '[' => {
                let end = class_end(chars, *at);
                let class: String = chars.get(*at..end).unwrap_or_default().iter().collect();
                found.iter_mut().for_each(|part| part.push_str(&class));
                *at = end;
            }
            '\\' => {
                let pair: String = chars.iter().skip(*at).take(2).collect();
                found.iter_mut().for_each(|part| part.push_str(&pair));
                *at += 2;
            }
            '*' if meets => {
                found.iter_mut().for_each(|part| *part = joined(part, "*"));
                *at += 1;
            }
            plain => {
                found.iter_mut().for_each(|part| part.push(plain));
                *at += 1;
            }
        }
    }
    Ok(found)
}

/// Two texts that meet at a border of braces: stars that meet there mean one star.
fn joined(head: &str, tail: &str) -> String {
    let escapes = |text: &str| text.chars().rev().take_while(|c| *c == '\\').count();
    let is_star = head
        .strip_suffix('*')
        .is_some_and(|rest| escapes(rest) % 2 == 0);
    match tail.strip_prefix('*') {
        Some(rest) if is_star => format!("{head}{rest}"),
        _ => format!("{head}{tail}"),
    }
}

/// The place after a class that begins at `at`: a `]` that comes first is plain.
fn class_end(chars: &[char], at: usize) -> usize {
    let mut next = at + 1;
    if matches!(chars.get(next), Some('!' | '^')) {
        next += 1;
    }
    let first = next;
    while let Some(&c) = chars.get(next) {
        match c {
            '\\' => next += 2,
            ']' if next > first => return next + 1,
            _ => next += 1,
        }
    }
    next
}

/// One alternative without braces, with its classes spelt out: a list of CODEOWNERS patterns.
pub(crate) fn patterns(part: &str) -> Result<Vec<String>, Inexpressible> {
    let part = part.strip_prefix('/').unwrap_or(part);
    let whole = if part.ends_with('/') {
        format!("{part}**")
    } else {
        part.to_owned()
    };
    let chars: Vec<char> = whole.chars().collect();
    let mut found = vec![String::from("/")];
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        match c {
            '*' | '?' | '/' => {
                found.iter_mut().for_each(|p| p.push(c));
                at += 1;
            }
            '[' => {
                let end = class_end(&chars, at);
                let inner = chars.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
                let members = members(inner)?;
                if found.len().saturating_mul(members.len()) > MAX_PARTS {
                    return Err(Inexpressible::TooMany);
                }
                let mut next = Vec::new();
                for head in &found {
                    for member in &members {
                        let mut pattern = head.clone();
                        push(&mut pattern, *member)?;
                        next.push(pattern);
                    }
                }
                found = next;
                at = end;
            }
            '\\' => {
                let plain = chars.get(at + 1).copied().unwrap_or('\\');
                found.iter_mut().try_for_each(|p| push(p, plain))?;
                at += 2;
            }
            plain => {
                found.iter_mut().try_for_each(|p| push(p, plain))?;
                at += 1;
            }
        }
    }
    let shorten = |pattern: String| {
        if pattern == "/**" || pattern == "/**/*" {
            return "*".to_owned();
        }
        let inside = pattern.strip_suffix("/**").map(str::to_owned);
        match inside {
            Some(folder) if !folder.ends_with(['*', '?']) => format!("{folder}/"),
            _ => pattern,
        }
    };
    Ok(found.into_iter().map(shorten).collect())
}

/// A plain character in a pattern. What some hosts read differently is refused, not guessed.
fn push(pattern: &mut String, c: char) -> Result<(), Inexpressible> {
    match c {
        ' ' => pattern.push_str("\\ "),
        '*' | '?' | '[' | ']' | '\\' | '#' | '!' => return Err(Inexpressible::Character(c)),
        c if c.is_control() || c.is_whitespace() || c == '\u{feff}' => {
            return Err(Inexpressible::Character(c));
        }
        c => pattern.push(c),
    }
    Ok(())
}

/// The characters of a class, without its brackets.
fn members(inner: &[char]) -> Result<Vec<char>, Inexpressible> {
    if matches!(inner.first(), Some('!' | '^')) {
        return Err(Inexpressible::NegatedClass);
    }
    let mut plain: Vec<(char, bool)> = Vec::new();
    let mut at = 0;
    while let Some(&c) = inner.get(at) {
        let escaped = c == '\\' && at + 1 < inner.len();
        let c = if escaped {
            inner.get(at + 1).copied().unwrap_or(c)
        } else {
            c
        };
        plain.push((c, escaped));
        at += if escaped { 2 } else { 1 };
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&(c, _)) = plain.get(at) {
        let range = match (plain.get(at + 1), plain.get(at + 2)) {
            (Some(('-', false)), Some(&(end, _))) => Some(end),
            _ => None,
        };
        let end = range.unwrap_or(c);
        let size = u32::from(end).saturating_sub(u32::from(c)) as usize;
        if size >= MAX_CLASS || found.len() + size >= 2 * MAX_CLASS {
            return Err(Inexpressible::TooMany);
        }
        found.extend((c..=end).filter(|c| *c != '/'));
        at += if range.is_some() { 3 } else { 1 };
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The paths that an alternative owns: see the module above.
pub(crate) fn owned(part: &str, glob: &Glob) -> Vec<Glob> {
    let last = part.rsplit('/').next().unwrap_or_default();
    if matches!(last, "" | "*" | "**") {
        return vec![glob.clone()];
    }
    let below = Glob::parse(&format!("{part}/**")).ok();
    std::iter::once(glob.clone()).chain(below).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<String>, Inexpressible> {
        let mut out = Vec::new();
        for part in braces(text)? {
            out.extend(patterns(&part)?);
        }
        Ok(out)
    }

    #[test]
    fn alternatives_and_classes_are_spelt_out() {
        let table: &[(&str, &[&str])] = &[
            ("src/**", &["/src/"]),
            ("src/", &["/src/"]),
            ("/src", &["/src"]),
            ("**", &["*"]),
            ("**/*", &["*"]),
            ("*", &["/*"]),
            ("*.md", &["/*.md"]),
            ("**/*.md", &["/**/*.md"]),
            ("a/*/**", &["/a/*/**"]),
            ("{a,b/{c,d}}/x", &["/a/x", "/b/c/x", "/b/d/x"]),
            ("{,x}a", &["/a", "/xa"]),
            ("a[bc]d", &["/abd", "/acd"]),
            ("a[a-c-]", &["/a-", "/aa", "/ab", "/ac"]),
            ("a b", &["/a\\ b"]),
            (
                "a{b,c}[{,}]",
                &["/ab,", "/ab{", "/ab}", "/ac,", "/ac{", "/ac}"],
            ),
            ("a\\{b", &["/a{b"]),
            ("é,x", &["/é,x"]),
        ];
        for (text, expected) in table {
            assert!(Glob::parse(text).is_ok(), "{text}");
            let expected = expected.iter().map(|t| (*t).to_owned()).collect();
            assert_eq!(all(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        assert_eq!(all("a[!b]"), Err(Inexpressible::NegatedClass));
        assert_eq!(all("a[^b]"), Err(Inexpressible::NegatedClass));
        assert_eq!(all("a[0-z]"), Err(Inexpressible::TooMany));
        for (text, c) in [
            ("\\*", '*'),
            ("c#/**", '#'),
            ("\\[id]", '['),
            ("a\tb", '\t'),
            ("[]]", ']'),
        ] {
            assert_eq!(all(text), Err(Inexpressible::Character(c)), "{text}");
        }
    }

    #[test]
    fn stars_that_meet_at_braces_are_one() {
        assert_eq!(braces("*{}*?/").unwrap(), ["*?/"]);
        assert_eq!(braces("{a,*}*b").unwrap(), ["a*b", "*b"]);
    }

    proptest::proptest! {
        /// Expansion changes nothing: a path is in the glob exactly if it is in one of its parts.
        #[test]
        fn parts_are_the_glob(text in "[ab/{},*?\\[\\]-]{1,10}", path in "[ab-]{1,3}(/[ab-]{1,3}){0,2}") {
            if let Ok(glob) = Glob::parse(&text) {
                let parts = braces(&text).unwrap();
                let any = parts.iter().any(|p| Glob::parse(p).unwrap().matches(&path));
                proptest::prop_assert_eq!(glob.matches(&path), any, "{:?}", parts);
            }
        }
    }
}
