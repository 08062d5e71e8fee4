//! The domain: which texts are paths that git can hold, as a test and as an automaton of four states.

/// At the start of a component: nothing of it has been read.
pub(crate) const START: u32 = 0;
/// The component so far is `.`.
const DOT: u32 = 1;
/// The component so far is `..`.
const DOT_DOT: u32 = 2;
/// The component so far is a name; a path may end here.
pub(crate) const NAME: u32 = 3;
/// Number of states.
pub(crate) const STATES: u32 = 4;

/// The state after `c`, or `None` where no path goes on with it.
pub(crate) fn step(state: u32, c: char) -> Option<u32> {
    match (c, state) {
        ('\0', _) => None,
        ('/', NAME) => Some(START),
        ('/', _) => None,
        ('.', START) => Some(DOT),
        ('.', DOT) => Some(DOT_DOT),
        _ => Some(NAME),
    }
}

/// Whether `path` is in the domain of every glob: not empty, no `/` at either end, no component that is empty, `.` or
/// `..`, no NUL. Case, control characters and line breaks are free, as in git.
#[must_use]
pub fn is_valid_path(path: &str) -> bool {
    !path.as_bytes().contains(&0)
        && path
            .split('/')
            .all(|component| !matches!(component, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_automaton(path: &str) -> bool {
        path.chars().try_fold(START, step) == Some(NAME)
    }

    #[test]
    fn the_test_and_the_automaton_agree() {
        for (path, valid) in [
            ("a", true),
            ("a/b", true),
            ("...", true),
            (".a/..b", true),
            ("a\nb", true),
            ("\u{e9}/\u{1f600}", true),
            ("", false),
            ("/", false),
            ("/a", false),
            ("a/", false),
            ("a//b", false),
            (".", false),
            ("..", false),
            ("a/.", false),
            ("a/../b", false),
            ("a\0b", false),
        ] {
            assert_eq!(is_valid_path(path), valid, "{path:?}");
            assert_eq!(by_automaton(path), valid, "{path:?}");
        }
    }
}
