//! Reads a TOML table key by key: every problem with its place, every unknown key with the
//! nearest known one.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Something wrong at a byte range of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) range: Range<usize>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// A value and its bytes in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) range: Range<usize>,
}

/// Collects problems.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(&self, range: Range<usize>, message: impl Into<String>) {
        self.put(range, message, None);
    }

    pub(crate) fn put(
        &self,
        range: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.0.borrow_mut().push(Problem {
            range,
            message: message.into(),
            help,
        });
    }

    pub(crate) fn into_inner(self) -> Vec<Problem> {
        let mut all = self.0.into_inner();
        all.sort_by_key(|problem| (problem.range.start, problem.range.end));
        all
    }
}

/// A table that is being read.
pub(crate) struct Table<'a, 'i> {
    name: String,
    range: Range<usize>,
    table: &'a DeTable<'i>,
    problems: &'a Problems,
    known: RefCell<Vec<&'static str>>,
}

impl<'a, 'i> Table<'a, 'i> {
    pub(crate) fn root(table: &'a Spanned<DeTable<'i>>, problems: &'a Problems) -> Self {
        Table {
            name: String::new(),
            range: table.span(),
            table: table.get_ref(),
            problems,
            known: RefCell::default(),
        }
    }

    pub(crate) fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Where the table (its header, for a `[table]`) stands.
    pub(crate) fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    fn full(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }

    /// Every key with its value, in the order of the file.
    pub(crate) fn entries(&self) -> Vec<(At<&'a str>, &'a Spanned<DeValue<'i>>)> {
        let mut all: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                let name = At {
                    value: key.get_ref().as_ref(),
                    range: key.span(),
                };
                (name, value)
            })
            .collect();
        all.sort_by_key(|(key, _)| key.range.start);
        all
    }

    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.borrow_mut().push(key);
        self.table.get(key)
    }

    fn wrong(&self, key: &str, want: &str, value: &Spanned<DeValue<'_>>) {
        let name = self.full(key);
        let got = value.get_ref().type_str();
        self.problems
            .add(value.span(), format!("`{name}` must be {want}, not {got}"));
    }

    pub(crate) fn string(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        self.as_string(key, value)
    }

    /// A string that says something: not empty, not blank.
    pub(crate) fn text(&self, key: &'static str) -> Option<At<String>> {
        let text = self.string(key)?;
        if text.value.trim().is_empty() {
            let name = self.full(key);
            self.problems
                .add(text.range, format!("`{name}` must not be empty"));
            return None;
        }
        Some(text)
    }

    pub(crate) fn as_string(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<At<String>> {
        match value.get_ref().as_str() {
            Some(text) => Some(At {
                value: text.to_owned(),
                range: value.span(),
            }),
            None => {
                self.wrong(key, "a string", value);
                None
            }
        }
    }

    pub(crate) fn strings(&self, key: &'static str) -> Option<Vec<At<String>>> {
        let value = self.get(key)?;
        self.as_strings(key, value)
    }

    pub(crate) fn as_strings(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Vec<At<String>>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, "a list of strings", value);
            return None;
        };
        Some(
            array
                .iter()
                .filter_map(|value| self.as_string(key, value))
                .collect(),
        )
    }

    /// An integer from 0 to 2^63 - 1.
    pub(crate) fn count(&self, key: &'static str) -> Option<At<u64>> {
        let value = self.get(key)?;
        let got = value.get_ref().as_integer().and_then(|number| {
            u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        });
        match got {
            Some(number) if i64::try_from(number).is_ok() => Some(At {
                value: number,
                range: value.span(),
            }),
            _ => {
                self.wrong(key, "a whole number, zero or more", value);
                None
            }
        }
    }

    /// A number as it is written: exact.
    pub(crate) fn number(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        self.as_number(key, value)
    }

    pub(crate) fn as_number(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<At<String>> {
        let text = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => {
                self.wrong(key, "a number", value);
                return None;
            }
        };
        Some(At {
            value: text.replace('_', ""),
            range: value.span(),
        })
    }

    /// A length of time: `"30m"`, `"1h 30m"`, `"90s"`.
    pub(crate) fn duration(&self, key: &'static str) -> Option<std::time::Duration> {
        let text = self.string(key)?;
        let parsed = text.value.parse::<jiff::SignedDuration>().ok();
        let duration = parsed.and_then(|duration| std::time::Duration::try_from(duration).ok());
        if duration.is_none() {
            let name = self.full(key);
            self.problems.put(
                text.range,
                format!("`{name}` is not a length of time"),
                Some("write it like \"30m\", \"1h 30m\" or \"90s\"".into()),
            );
        }
        duration
    }

    /// A day: a TOML date or a string, `2026-12-31`.
    pub(crate) fn date(&self, key: &'static str) -> Option<At<jiff::civil::Date>> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            _ => String::new(),
        };
        let is_plain = text.len() == "2026-12-31".len();
        match text.parse() {
            Ok(date) if is_plain => Some(At {
                value: date,
                range: value.span(),
            }),
            _ => {
                self.wrong(key, "a day like 2026-12-31", value);
                None
            }
        }
    }

    /// One of several words.
    pub(crate) fn choice<T: Copy>(
        &self,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let value = self.get(key)?;
        self.as_choice(key, value, choices)
    }

    pub(crate) fn as_choice<T: Copy>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.as_string(key, value)?;
        let found = choices.iter().find(|(name, _)| *name == text.value);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.problems.put(
                text.range,
                format!("`{}` cannot be `{}`", self.full(key), text.value),
                Some(format!("one of: {}", names.join(", "))),
            );
        }
        found.map(|(_, choice)| *choice)
    }

    pub(crate) fn table(&self, key: &'static str) -> Option<Table<'a, 'i>> {
        let value = self.get(key)?;
        self.as_table(key, value)
    }

    pub(crate) fn as_table(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'i>>,
    ) -> Option<Table<'a, 'i>> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(key, "a table", value);
            return None;
        };
        Some(Table {
            name: self.full(key),
            range: value.span(),
            table,
            problems: self.problems,
            known: RefCell::default(),
        })
    }

    /// `[[key]]`: a list of tables.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Table<'a, 'i>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, &format!("a list of tables, [[{key}]]"), value);
            return Vec::new();
        };
        let array: &'a DeArray<'i> = array;
        array
            .iter()
            .filter_map(|value| self.as_table(key, value))
            .collect()
    }

    /// Whether the key is there, right or wrong.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A key that must be there.
    pub(crate) fn require(&self, key: &'static str) {
        self.known.borrow_mut().push(key);
        if !self.table.contains_key(key) {
            let name = &self.name;
            self.problems
                .add(self.range(), format!("`{name}` has no `{key}`"));
        }
    }

    /// Reports every key that nobody asked for. `extra` are known keys that were read
    /// through [`Table::entries`].
    pub(crate) fn finish(&self) {
        let known = self.known.borrow();
        for (key, _) in self.entries() {
            if !known.contains(&key.value) {
                self.unknown(&key, known.iter().copied());
            }
        }
    }

    /// Reports a key that means nothing here.
    pub(crate) fn unknown<'k>(&self, key: &At<&str>, known: impl Iterator<Item = &'k str>) {
        let help = nearest(key.value, known).map(|near| format!("did you mean `{near}`?"));
        self.problems.put(
            key.range.clone(),
            format!("unknown key `{}`", self.full(key.value)),
            help,
        );
    }
}

/// The nearest known word, if it is near enough to have been meant: at most a third of its
/// letters (at least one) wrong, missing, too many or swapped with their neighbour.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let most = (word.chars().count() / 3).max(1);
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edit distance with swaps of neighbours, of words up to 64 characters; farther ones are far.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let cell = |i: usize, j: usize| rows.get(i).and_then(|row| row.get(j)).copied();
            let diagonal = cell(i, j).unwrap_or(0) + usize::from(x != y);
            let above = cell(i, j + 1).unwrap_or(0) + 1;
            let left = row.get(j).copied().unwrap_or(0) + 1;
            let mut best = diagonal.min(above).min(left);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(cell(i - 1, j - 1).unwrap_or(0) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn did_you_mean() {
        let known = ["queue", "por", "crosswalk", "toc_cache"];
        let near = |word| nearest(word, known.into_iter());
        assert_eq!(near("qeue"), Some("queue"));
        assert_eq!(near("toc-cache"), Some("toc_cache"));
        assert_eq!(near("crosswlak"), Some("crosswalk"));
        assert_eq!(near("xyz"), None);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(near(&"q".repeat(100_000)), None);
    }
}
