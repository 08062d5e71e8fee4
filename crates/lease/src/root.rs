//! The folder that a lock's scopes count from.
//!
//! A clone has one live store, and a tool may work in any folder of it. So a record says which
//! folder its scopes count from, and scopes are compared *whole*: relative to the git top level.

use crate::record::Record;

/// The root of a lock whose scopes count from the git top level.
pub const TOP: &str = ".";

/// A scope relative to the git top level, from one relative to `root` (plain text, with `/`).
pub fn whole_scope(root: &str, scope: &str) -> String {
    match prefix(root) {
        None => scope.to_owned(),
        Some(prefix) => format!("{prefix}{scope}"),
    }
}

/// A path relative to the git top level, from one relative to `root`.
pub fn whole_path(root: &str, path: &str) -> String {
    if root == TOP {
        path.to_owned()
    } else {
        format!("{root}/{path}")
    }
}

/// How a whole scope is written relative to `root`; `None` where it does not lie below.
pub fn scope_below<'a>(root: &str, whole: &'a str) -> Option<&'a str> {
    match prefix(root) {
        None => Some(whole),
        Some(prefix) => whole.strip_prefix(&prefix).filter(|rest| !rest.is_empty()),
    }
}

/// The start of a glob that matches below `root` only; `None` for the top.
fn prefix(root: &str) -> Option<String> {
    if root == TOP {
        return None;
    }
    let mut text = String::new();
    for c in root.chars() {
        if matches!(c, '\\' | '*' | '?' | '[' | ']' | '{' | '}' | ',' | '!') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('/');
    Some(text)
}

/// Whether a text can be a root: [`TOP`], or a plain relative path.
pub(crate) fn is_root(text: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    text == TOP || text.split('/').all(plain)
}

impl Record {
    /// The folder that its scopes count from: [`TOP`] where the record does not say.
    pub fn root(&self) -> &str {
        self.root.as_deref().unwrap_or(TOP)
    }

    /// Its scopes relative to the git top level.
    pub fn whole_scopes(&self) -> impl Iterator<Item = String> {
        let root = self.root();
        self.scope_paths
            .iter()
            .map(move |scope| whole_scope(root, scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_folders_meet_where_their_paths_do() {
        let glob = |root, scope| trueline_scope::Glob::parse(&whole_scope(root, scope)).unwrap();
        let a = glob("sub/a", "src/**");
        assert!(a.intersects(&glob(TOP, "sub/a/src/**")).is_some());
        assert!(a.intersects(&glob("sub", "*/src/x")).is_some());
        assert!(a.intersects(&glob("sub/b", "src/**")).is_none());
        assert!(a.intersects(&glob(TOP, "src/**")).is_none());
    }

    #[test]
    fn special_characters_of_a_folder_stand_for_themselves() {
        let root = "a[1]{x,y}*";
        let whole = whole_scope(root, "s/*");
        let glob = trueline_scope::Glob::parse(&whole).unwrap();
        assert!(glob.matches("a[1]{x,y}*/s/f") && !glob.matches("a1x/s/f"));
        assert!(glob.matches(&whole_path(root, "s/f")));
        assert_eq!(scope_below(root, &whole), Some("s/*"));
        assert_eq!(scope_below("other", &whole), None);
        assert_eq!(scope_below(TOP, &whole), Some(whole.as_str()));
    }

    #[test]
    fn what_can_be_a_root() {
        for good in [".", "a", "a/b c"] {
            assert!(is_root(good), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "../a", "a/./b"] {
            assert!(!is_root(bad), "{bad}");
        }
    }
}
