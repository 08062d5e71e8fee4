//! An oracle that shares no idea with the crate: braces are multiplied out as text, each alternative is split at `/`, and
//! components are matched by plain recursion. Slow, and short enough to be checked by eye.

/// All alternatives of a pattern as texts, or `None` where its braces do not pair up. Escapes and classes are passed through.
pub(crate) fn expand(pattern: &[char]) -> Option<Vec<String>> {
    let mut done: Vec<String> = vec![String::new()];
    let mut at = 0;
    while at < pattern.len() {
        let end = unit(pattern, at)?;
        if pattern[at] == '{' {
            let mut parts = Vec::new();
            let mut from = at + 1;
            let mut i = at + 1;
            while i < end {
                let next = if pattern[i] == ',' || i == end - 1 {
                    i + 1
                } else {
                    unit(pattern, i)?
                };
                if pattern[i] == ',' || i == end - 1 {
                    parts.extend(expand(&pattern[from..i])?);
                    from = i + 1;
                }
                i = next;
            }
            done = done
                .iter()
                .flat_map(|head| parts.iter().map(move |part| format!("{head}{part}")))
                .collect();
        } else {
            let text: String = pattern[at..end].iter().collect();
            done.iter_mut().for_each(|head| head.push_str(&text));
        }
        at = end;
    }
    Some(done)
}

/// Where the unit that starts at `at` ends: an escape, a class, a group in braces or one character.
fn unit(p: &[char], at: usize) -> Option<usize> {
    match p[at] {
        '\\' => (at + 1 < p.len()).then_some(at + 2),
        '[' => class(p, at).map(|(_, _, end)| end),
        '{' => {
            let mut i = at + 1;
            while *p.get(i)? != '}' {
                i = if p[i] == ',' { i + 1 } else { unit(p, i)? };
            }
            Some(i + 1)
        }
        _ => Some(at + 1),
    }
}

/// A class: its ranges, whether it is negated, and where it ends.
type Class = (Vec<(char, char)>, bool, usize);

/// The ranges of a class, whether it is negated, and where it ends.
fn class(p: &[char], at: usize) -> Option<Class> {
    let mut i = at + 1;
    let negated = matches!(p.get(i)?, '!' | '^');
    i += usize::from(negated);
    let mut ranges = Vec::new();
    let start = i;
    let one = |i: usize| {
        if p.get(i) == Some(&'\\') {
            Some((*p.get(i + 1)?, i + 2))
        } else {
            Some((*p.get(i)?, i + 1))
        }
    };
    while i == start || *p.get(i)? != ']' {
        let (low, next) = one(i)?;
        i = next;
        let mut high = low;
        if p.get(i) == Some(&'-') && p.get(i + 1).is_some_and(|&c| c != ']') {
            (high, i) = one(i + 1)?;
        }
        ranges.push((low, high));
    }
    Some((ranges, negated, i + 1))
}

/// An alternative as components; `None` where it is no pattern of a path.
type Parts = Option<Vec<Vec<char>>>;

/// Splits an alternative; `first` says that its leading slash was written first and is dropped.
fn split(alternative: &str, drop_slash: bool) -> Parts {
    let p: Vec<char> = alternative.chars().collect();
    let mut parts: Vec<Vec<char>> = vec![Vec::new()];
    let mut at = 0;
    if drop_slash && p.first() == Some(&'/') {
        at = 1;
    }
    if p.len() == at {
        return None;
    }
    while at < p.len() {
        let end = unit(&p, at)?;
        if p[at..end].ends_with(&['/']) && matches!(p[at], '/' | '\\') {
            parts.push(Vec::new());
        } else {
            parts.last_mut()?.extend(&p[at..end]);
        }
        at = end;
    }
    if parts.last()?.is_empty() && parts.len() > 1 {
        *parts.last_mut()? = vec!['*', '*'];
    }
    let bad = |part: &Vec<char>| {
        let text: String = part.iter().collect();
        matches!(text.replace("\\.", ".").as_str(), "" | "." | "..")
    };
    (!parts.iter().any(bad)).then_some(parts)
}

/// Whether a component of a pattern matches a name.
fn name(p: &[char], text: &[char]) -> bool {
    let Some(&first) = p.first() else {
        return text.is_empty();
    };
    let Some(end) = unit(p, 0) else { return false };
    let rest = &p[end..];
    if first == STAR {
        return name(rest, text) || (!text.is_empty() && name(p, &text[1..]));
    }
    let Some(&c) = text.first() else {
        return false;
    };
    let here = match first {
        '?' => true,
        '\\' => p[1] == c,
        '[' => class(p, 0).is_some_and(|(ranges, negated, _)| {
            ranges.iter().any(|&(low, high)| low <= c && c <= high) != negated
        }),
        plain => plain == c,
    };
    here && name(rest, &text[1..])
}

fn components(parts: &[Vec<char>], names: &[Vec<char>]) -> bool {
    match parts {
        [] => names.is_empty(),
        [last] if last == &['*', '*'] => !names.is_empty(),
        [stars, rest @ ..] if stars == &['*', '*'] => {
            components(rest, names) || (!names.is_empty() && components(parts, &names[1..]))
        }
        [part, rest @ ..] => {
            !names.is_empty() && name(part, &names[0]) && components(rest, &names[1..])
        }
    }
}

/// The only name that a component without `?` and real classes spells out; with `stars`, a `*` stands for nothing.
fn written(part: &[char], stars: bool) -> Option<String> {
    let mut name = String::new();
    let mut at = 0;
    while at < part.len() {
        let end = unit(part, at)?;
        match part[at] {
            '\\' => name.push(part[at + 1]),
            '[' => match class(part, at) {
                Some((ranges, false, _))
                    if ranges
                        .iter()
                        .all(|&(low, high)| low == high && low == ranges[0].0) =>
                {
                    name.push(ranges[0].0);
                }
                _ => return None,
            },
            STAR if stars => {}
            '*' | STAR | '?' => return None,
            c => name.push(c),
        }
        at = end;
    }
    Some(name)
}

/// A pattern as the oracle reads it.
pub(crate) struct Oracle {
    alternatives: Vec<Vec<Vec<char>>>,
}

impl Oracle {
    /// Reads a pattern that the crate has taken.
    pub(crate) fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        // Only a slash that is written first in its alternative is dropped; one behind an empty alternative is not.
        let marked = mark_empty(&chars);
        let texts = expand(&marked).unwrap_or_default();
        let alternatives = texts.iter().filter_map(|text| {
            let bare = text.replace(EMPTY, "");
            split(&bare, !text.starts_with(EMPTY))
        });
        Self {
            alternatives: alternatives.collect(),
        }
    }

    /// The paths that alternatives without wildcards spell out.
    pub(crate) fn literals(&self) -> Vec<String> {
        let spell = |parts: &Vec<Vec<char>>| {
            let names = parts.iter().map(|part| written(part, false));
            names.collect::<Option<Vec<String>>>()
        };
        let all = self.alternatives.iter().filter_map(spell);
        all.map(|names| names.join("/"))
            .filter(|path| self.matches(path))
            .collect()
    }

    /// Whether `path` is below `folder` in an alternative that writes `folder` out, its wildcards reading nothing there.
    pub(crate) fn writes(&self, folder: &str, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|part| part.chars().collect()).collect();
        self.alternatives.iter().any(|parts| {
            let mut read: Vec<String> = Vec::new();
            for (at, part) in parts.iter().enumerate().take(parts.len() - 1) {
                if part == &['*', '*'] {
                    continue;
                }
                match written(part, true) {
                    Some(name) => read.push(name),
                    None => return false,
                }
                if read.join("/") == folder {
                    let rest = names.get(read.len()..).unwrap_or_default();
                    return components(&parts[at + 1..], rest);
                }
            }
            false
        })
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|part| part.chars().collect()).collect();
        let valid = names.iter().all(|part| {
            let part: String = part.iter().collect();
            !matches!(part.as_str(), "" | "." | "..") && !part.contains('\0')
        });
        valid
            && self
                .alternatives
                .iter()
                .any(|parts| components(parts, &names))
    }
}

/// Stands for an empty alternative while braces are multiplied out.
const EMPTY: char = '\u{f8ff}';

/// Stands for a single `*`.
const STAR: char = '\u{f8fe}';

fn mark_empty(p: &[char]) -> Vec<char> {
    let mut marked = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < p.len() {
        let mut end = at + 1;
        if p[at] == '*' {
            // Two stars mean `**` only where they are written together.
            let run = if p.get(at + 1) == Some(&'*') { 2 } else { 1 };
            marked.extend(if run == 2 { vec!['*', '*'] } else { vec![STAR] });
            at += run;
            continue;
        }
        match p[at] {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' => {}
            _ => end = unit(p, at).unwrap_or(at + 1),
        }
        marked.extend(&p[at..end]);
        let opens = p[at] == '{' || (p[at] == ',' && depth > 0);
        if opens && matches!(p.get(end), Some(',' | '}')) {
            marked.push(EMPTY);
        }
        at = end;
    }
    marked
}

/// All valid paths over `alphabet` of up to `length` characters.
pub(crate) fn paths(alphabet: &[char], length: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut last = vec![String::new()];
    for _ in 0..length {
        last = last
            .iter()
            .flat_map(|head| alphabet.iter().map(move |c| format!("{head}{c}")))
            .collect();
        all.extend(
            last.iter()
                .filter(|path| {
                    path.split('/')
                        .all(|part| !part.is_empty() && part != "." && part != "..")
                })
                .cloned(),
        );
    }
    all
}
