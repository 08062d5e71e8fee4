//! Which file a test case stands in.

use std::collections::BTreeSet;

use super::Case;
use crate::hash::HashMap;

/// The test files of a repository, ready to be found.
///
/// A case that names its file stands in it. Otherwise the class is taken apart at `.`, `::`, `/`
/// and `\`: `tests.test_search.TestCity` stands in `tests/test_search.py`, `com.acme.PayTest` in
/// `src/test/java/com/acme/PayTest.java`, `booking::search` in `tests/search.rs`. The file whose
/// path agrees in most parts counts; several that agree in as many count all. Where a name alone
/// agrees, the file of the suite around the case counts more.
#[derive(Debug, Default)]
pub struct Places<'p> {
    paths: BTreeSet<&'p str>,
    /// Files by their name without extension.
    by_stem: HashMap<&'p str, Vec<&'p str>>,
    by_name: HashMap<&'p str, Vec<&'p str>>,
}

impl<'p> Places<'p> {
    /// Takes root-relative paths.
    pub fn new(tests: impl IntoIterator<Item = &'p str>) -> Self {
        let mut out = Places::default();
        for path in tests {
            if out.paths.insert(path) {
                let name = path.rsplit('/').next().unwrap_or(path);
                out.by_name.entry(name).or_default().push(path);
                out.by_stem.entry(stem(name)).or_default().push(path);
            }
        }
        out
    }

    /// The files that a case may stand in; none where that cannot be told.
    pub fn find(&self, case: &Case) -> Vec<&'p str> {
        if let Some(file) = &case.file {
            return self.named(file);
        }
        let parts: Vec<&str> = case
            .class
            .split(['.', ':', '/', '\\'])
            .filter(|part| !part.is_empty())
            .collect();
        let mut best: (usize, Vec<&str>) = (0, Vec::new());
        for (at, part) in parts.iter().enumerate() {
            for path in self.by_stem.get(part).into_iter().flatten() {
                let agreed = agreement(path, parts.get(..at).unwrap_or_default()) + 1;
                match agreed.cmp(&best.0) {
                    std::cmp::Ordering::Greater => best = (agreed, vec![path]),
                    std::cmp::Ordering::Equal if !best.1.contains(path) => best.1.push(path),
                    _ => {}
                }
            }
        }
        match &case.suite {
            Some(suite) if best.0 < 2 => self.named(suite),
            _ => best.1,
        }
    }

    /// The file of that path, or the files whose path ends or begins with it: a runner may print
    /// absolute paths, or those of a folder within.
    fn named(&self, file: &str) -> Vec<&'p str> {
        let file = file.replace('\\', "/");
        let file = file.trim_start_matches("./");
        if let Some(path) = self.paths.get(file) {
            return vec![path];
        }
        let ends = |long: &str, short: &str| {
            long.strip_suffix(short)
                .is_some_and(|rest| rest.ends_with('/'))
        };
        let name = file.rsplit('/').next().unwrap_or(file);
        let same = self.by_name.get(name).into_iter().flatten();
        let found: Vec<&str> = same
            .copied()
            .filter(|path| ends(path, file) || ends(file, path))
            .collect();
        // An absolute path ends with several of ours: the longest is meant.
        let longest = found.iter().map(|path| path.len()).max().unwrap_or(0);
        let is_absolute = file.starts_with('/') || file.get(1..2) == Some(":");
        found
            .into_iter()
            .filter(|path| !is_absolute || path.len() == longest)
            .collect()
    }
}

/// How many folders of a path, from its end, agree with the last of these parts.
fn agreement(path: &str, parts: &[&str]) -> usize {
    let folders = path.rsplit('/').skip(1);
    folders
        .zip(parts.iter().rev())
        .take_while(|(folder, part)| folder == *part)
        .count()
}

fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::junit::Fate;

    #[test]
    fn classes_of_several_runners() {
        let places = Places::new([
            "tests/test_search.py",
            "other/tests/test_search.py",
            "src/test/java/com/acme/PayTest.java",
            "crates/booking/tests/search.rs",
            "web/cart.spec.ts",
        ]);
        let find = |class: &str, file: Option<&str>| {
            places.find(&Case {
                class: class.to_owned(),
                name: "x".to_owned(),
                file: file.map(str::to_owned),
                suite: None,
                fate: Fate::Passed,
                range: 0..0,
            })
        };
        assert_eq!(
            find("other.tests.test_search.TestCity", None),
            ["other/tests/test_search.py"]
        );
        assert_eq!(
            find("com.acme.PayTest", None),
            ["src/test/java/com/acme/PayTest.java"]
        );
        assert_eq!(
            find("booking::search", None),
            ["crates/booking/tests/search.rs"]
        );
        assert_eq!(
            find("", Some("/home/ci/work/web/cart.spec.ts")),
            ["web/cart.spec.ts"]
        );
        assert_eq!(find("nobody", None), [""; 0]);
        assert_eq!(find("test_search", None).len(), 2, "cannot be told apart");
    }
}
