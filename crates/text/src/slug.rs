//! Anchors of headings, by the rule of GitHub.
//!
//! The text of a heading, as rendered and without markup, is put in lower case; all but
//! letters, marks, decimal and letter numbers, connector punctuation, spaces and hyphens
//! go (characters newer than Unicode 13.0 too); each space becomes a hyphen. If a heading
//! before it has that anchor, it gets `-1`, `-2`, … until it is free.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use regex::Regex;

const DISALLOWED: &str = r"[^[\p{Alphabetic}\p{M}\p{Nd}\p{Nl}\p{Pc}&&\p{Age=13.0}] \-]";

/// Pattern of what goes; `None` only if the engine lost a Unicode table.
fn disallowed() -> Option<&'static Regex> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    PATTERN.get_or_init(|| Regex::new(DISALLOWED).ok()).as_ref()
}

/// The anchor of a heading that is alone on its page.
#[must_use]
pub fn slug(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_');
    if text.is_ascii() {
        // The same rule, without the engine: most headings are ASCII.
        let kept = text.bytes().filter(|byte| is_plain(*byte));
        return kept
            .map(|byte| {
                if byte == b' ' {
                    '-'
                } else {
                    char::from(byte.to_ascii_lowercase())
                }
            })
            .collect();
    }
    let lower = text.to_lowercase();
    let kept = match disallowed() {
        Some(pattern) => pattern.replace_all(&lower, ""),
        None => Cow::Borrowed(lower.as_str()),
    };
    kept.replace(' ', "-")
}

/// Gives out the anchors of one page, in the order of its headings; no two are the same.
#[derive(Debug, Clone, Default)]
pub struct Slugger {
    /// Anchors given out, each with the last number that was tried behind it.
    taken: HashMap<String, u64>,
}

impl Slugger {
    /// A page without headings yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The anchor of the next heading.
    pub fn slug(&mut self, text: &str) -> String {
        let base = slug(text);
        let Some(mut number) = self.taken.get(&base).copied() else {
            self.taken.insert(base.clone(), 0);
            return base;
        };
        let anchor = loop {
            number += 1;
            let anchor = format!("{base}-{number}");
            if !self.taken.contains_key(&anchor) {
                break anchor;
            }
        };
        self.taken.insert(base, number);
        self.taken.insert(anchor.clone(), 0);
        anchor
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_pattern_compiles() {
        assert!(disallowed().is_some());
    }

    #[test]
    fn repeated_headings() {
        let mut slugger = Slugger::new();
        let all: Vec<String> = [
            "echo",
            "echo",
            "echo 1",
            "echo-1",
            "echo",
            "__proto__",
            "__proto__",
            "constructor",
            "",
        ]
        .map(|text| slugger.slug(text))
        .into();
        let want = [
            "echo",
            "echo-1",
            "echo-1-1",
            "echo-1-2",
            "echo-2",
            "__proto__",
            "__proto__-1",
            "constructor",
            "",
        ];
        assert_eq!(all, want);
        assert_eq!(slugger.slug(""), "-1");
    }

    #[test]
    fn what_stays_and_what_goes() {
        for (text, want) in [
            ("Hello, World!", "hello-world"),
            ("a  b\tc", "a--bc"),
            (" lead - trail ", "-lead---trail-"),
            ("NT-1.2 Title `code`", "nt-12-title-code"),
            ("Профиль пользователя", "профиль-пользователя"),
            ("Καλημέρα ΣΑΣ", "καλημέρα-σας"),
            ("I ♥ unicode", "i--unicode"),
            ("😄 emoji 1\u{FE0F}\u{20E3}", "-emoji-1\u{FE0F}\u{20E3}"),
            ("ⅷ ² Ⅷ a_b‿c", "ⅷ--ⅷ-a_b‿c"),
            ("中文 — 测试", "中文--测试"),
            ("n\u{303}", "n\u{303}"),
        ] {
            assert_eq!(slug(text), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn anchors_are_unique(texts in proptest::collection::vec("[ab]{0,2}(-[12]){0,2}", 0..60)) {
            let mut slugger = Slugger::new();
            let mut seen = HashSet::new();
            for text in &texts {
                let anchor = slugger.slug(text);
                prop_assert!(anchor.starts_with(&slug(text)));
                prop_assert!(seen.insert(anchor));
            }
        }

        #[test]
        fn both_paths_agree(text in "[ -~\t]{0,30}") {
            let lower = text.to_lowercase();
            let slow = disallowed().unwrap().replace_all(&lower, "").replace(' ', "-");
            prop_assert_eq!(slug(&text), slow);
        }

        #[test]
        fn any_text(text in any::<String>()) {
            let anchor = slug(&text);
            prop_assert!(!anchor.contains(' '));
            prop_assert_eq!(slug(&anchor), anchor, "an anchor is its own anchor");
        }
    }
}
