//! A CODEOWNERS file: ordered lines, the last that matches a path decides.

use trueline_scope::{Glob, Matcher, ScopeSet};

use super::pattern::{BadPattern, language};

/// The host does not load a larger file: 3 MB.
pub(crate) const MAX_BYTES: usize = 3_000_000;

/// A line that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// 1-based.
    pub(crate) number: u32,
    pub(crate) pattern: String,
    /// None: the paths are nobody's.
    pub(crate) owners: Vec<String>,
}

/// A line that the host skips, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) number: u32,
    pub(crate) why: String,
}

/// A file, ready to be asked.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) lines: Vec<Line>,
    pub(crate) skipped: Vec<Skipped>,
    set: ScopeSet,
    /// The line of each glob of the set.
    of_glob: Vec<usize>,
}

impl File {
    pub(crate) fn parse(text: &str) -> Self {
        let (mut lines, mut skipped) = (Vec::new(), Vec::new());
        let (mut globs, mut of_glob): (Vec<Glob>, Vec<usize>) = (Vec::new(), Vec::new());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (at, raw) in text.lines().enumerate() {
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            let Some((pattern, owners)) = words(raw) else {
                continue;
            };
            match check(&pattern, &owners) {
                Ok(found) => {
                    of_glob.extend(found.iter().map(|_| lines.len()));
                    globs.extend(found);
                    lines.push(Line {
                        number,
                        pattern,
                        owners,
                    });
                }
                Err(why) => skipped.push(Skipped { number, why }),
            }
        }
        File {
            lines,
            skipped,
            set: ScopeSet::new(globs),
            of_glob,
        }
    }

    /// Something to ask for many paths.
    pub(crate) fn asker(&self) -> Asker<'_> {
        Asker {
            file: self,
            matcher: self.set.matcher(),
        }
    }
}

/// Asks one file about many paths.
pub(crate) struct Asker<'a> {
    file: &'a File,
    matcher: Matcher<'a>,
}

impl<'a> Asker<'a> {
    /// The line that decides.
    pub(crate) fn line(&mut self, path: &str) -> Option<&'a Line> {
        let glob = self.matcher.last_match(path)?;
        self.file.lines.get(*self.file.of_glob.get(glob)?)
    }

    /// The owners; none where no line matches or the deciding one names none.
    pub(crate) fn owners(&mut self, path: &str) -> &'a [String] {
        self.line(path).map_or(&[], |line| &line.owners)
    }
}

fn check(pattern: &str, owners: &[String]) -> Result<Vec<Glob>, String> {
    let globs = language(pattern).map_err(|e: BadPattern| e.to_string())?;
    match owners.iter().find(|owner| !is_owner(owner)) {
        Some(owner) => Err(format!(
            "`{owner}` is neither @user, @org/team nor an e-mail address"
        )),
        None => Ok(globs),
    }
}

/// The pattern and the owners of a line; `None` for an empty line or a comment.
///
/// A space or `#` in a pattern is escaped by `\`; an unescaped `#` begins a comment anywhere.
fn words(raw: &str) -> Option<(String, Vec<String>)> {
    let line = raw.trim_matches([' ', '\t', '\r', '\u{c}', '\u{b}']);
    let mut words = vec![String::new()];
    let mut escaped = false;
    for c in line.chars() {
        let in_pattern = words.len() == 1;
        let Some(word) = words.last_mut() else {
            break;
        };
        if escaped {
            word.push(c);
            escaped = false;
        } else if c == '#' {
            break;
        } else if c == '\\' && in_pattern {
            word.push(c);
            escaped = true;
        } else if c.is_ascii_whitespace() {
            if !word.is_empty() {
                words.push(String::new());
            }
        } else {
            word.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    let mut words = words.into_iter();
    let pattern = words.next()?;
    Some((pattern, words.collect()))
}

/// `@user`, `@org/team` or an e-mail address.
pub(crate) fn is_owner(text: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    if let Some(handle) = text.strip_prefix('@') {
        return match handle.split_once('/') {
            Some((org, team)) => name(org) && name(team),
            None => name(handle),
        };
    }
    let local = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
    };
    text.rsplit_once('@')
        .is_some_and(|(user, host)| local(user) && name(host) && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(text: &str, path: &str) -> Vec<String> {
        File::parse(text).asker().owners(path).to_vec()
    }

    #[test]
    fn the_last_line_that_matches_decides() {
        let text = "* @all\n/docs/ @docs a@b.example\n/docs/free.md\n*.rs @org/rust # why\n";
        assert_eq!(owners(text, "x"), ["@all"]);
        assert_eq!(owners(text, "docs/x"), ["@docs", "a@b.example"]);
        assert!(owners(text, "docs/free.md").is_empty());
        assert_eq!(owners(text, "docs/x.rs"), ["@org/rust"]);
    }

    #[test]
    fn comments_spaces_and_line_ends() {
        let text = "\u{feff}# head\r\n\r\n  /a\\ b/x\t@one   @two  \r\n/c#d @no\n";
        assert_eq!(owners(text, "a b/x"), ["@one", "@two"]);
        assert!(owners(text, "c").is_empty(), "all after # is a comment");
    }

    #[test]
    fn lines_that_the_host_skips_are_told() {
        let text = "a[bc] @x\n!d @x\n/e x\n/f @ok\n/g @a/b/c\n";
        let file = File::parse(text);
        let numbers: Vec<_> = file.skipped.iter().map(|s| s.number).collect();
        assert_eq!(numbers, [1, 2, 3, 5]);
        assert_eq!(file.lines.len(), 1);
        assert_eq!(file.lines[0].number, 4);
    }

    #[test]
    fn forms_of_owners() {
        for good in ["@a", "@a-b", "@org/team.x", "me@example.org", "a+b@c.de"] {
            assert!(is_owner(good), "{good}");
        }
        for bad in [
            "", "@", "a", "@a/", "@a/b/c", "@/b", "a@b", "a@", "@a b", "@é",
        ] {
            assert!(!is_owner(bad), "{bad}");
        }
    }
}
