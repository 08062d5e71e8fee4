//! Where the keywords of the rules stand in a text.
//!
//! Nearly all of a text is no keyword, so each place is asked one cheap question first: does any
//! keyword begin with these three characters? An automaton of all keywords would follow a chain
//! of loads from a table of megabytes; this question is one look into 32 KiB.

/// Bits of a class: 64 classes of bytes are told apart.
const BITS: u32 = 6;
/// Classes, class 0 being all bytes that no keyword has.
const CLASSES: usize = 1 << BITS;
/// Three classes in a row.
const TRIPLES: usize = 1 << (3 * BITS);

/// A word that is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// ASCII.
    pub(crate) text: &'static str,
    /// True if only this very case is meant.
    pub(crate) exact: bool,
}

/// A set of ASCII words.
#[derive(Debug)]
pub(crate) struct Keywords {
    class: [u8; 256],
    /// A bit a triple: some word begins so.
    begins: Box<[u64; TRIPLES / 64]>,
    /// The same of their second to fourth characters.
    goes_on: Box<[u64; TRIPLES / 64]>,
    /// For each triple, the list of words that begin so, counted from 1.
    list: Box<[u16; TRIPLES]>,
    lists: Vec<List>,
    words: Vec<Word>,
    longest: usize,
}

/// The words that begin with one triple.
#[derive(Debug, Default)]
struct List {
    /// A bit a class: some of the words go on so.
    next: u64,
    words: Vec<usize>,
}

impl Keywords {
    /// The set of these words. Empty words are never found.
    pub(crate) fn new(words: &[Word]) -> Self {
        let mut set = Self {
            class: [0; 256],
            begins: Box::new([0; TRIPLES / 64]),
            goes_on: Box::new([0; TRIPLES / 64]),
            list: Box::new([0; TRIPLES]),
            lists: Vec::new(),
            words: words.to_vec(),
            longest: words.iter().map(|word| word.text.len()).max().unwrap_or(0),
        };
        let mut used = 0;
        for byte in words.iter().flat_map(|word| word.text.bytes()) {
            let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
            if set.class_of(lower) == 0 {
                // Were there ever more, the last class would be shared: slower, not wrong.
                used = (used + 1).min(CLASSES - 1);
                for byte in [lower, upper] {
                    if let Some(slot) = set.class.get_mut(usize::from(byte)) {
                        *slot = u8::try_from(used).unwrap_or_default();
                    }
                }
            }
        }
        for (index, word) in words.iter().enumerate() {
            set.enter(index, word.text.as_bytes());
        }
        set
    }

    /// Enters a word under every triple that it may begin with.
    fn enter(&mut self, index: usize, word: &[u8]) {
        let at = |slot: usize| word.get(slot).map(|byte| self.class_of(*byte));
        let Some(first) = at(0) else {
            return;
        };
        let all = 0..=CLASSES - 1;
        let second = at(1).map_or(all.clone(), |class| class..=class);
        let third = at(2).map_or(all.clone(), |class| class..=class);
        let fourth = at(3).map_or(all, |class| class..=class);
        let next = at(3).map_or(u64::MAX, |class| 1 << class);
        for second in second.clone() {
            for third in third.clone() {
                for fourth in fourth.clone() {
                    let triple = (second << (2 * BITS)) | (third << BITS) | fourth;
                    if let Some(bits) = self.goes_on.get_mut(triple / 64) {
                        *bits |= 1 << (triple % 64);
                    }
                }
            }
        }
        for second in second {
            for third in third.clone() {
                let triple = (first << (2 * BITS)) | (second << BITS) | third;
                let Some(list) = self.list.get_mut(triple) else {
                    continue;
                };
                if *list == 0 {
                    self.lists.push(List::default());
                    *list = u16::try_from(self.lists.len()).unwrap_or(u16::MAX);
                    if let Some(bits) = self.begins.get_mut(triple / 64) {
                        *bits |= 1 << (triple % 64);
                    }
                }
                if let Some(list) = self.lists.get_mut(usize::from(*list) - 1) {
                    list.next |= next;
                    list.words.push(index);
                }
            }
        }
    }

    #[inline(always)]
    fn class_of(&self, byte: u8) -> usize {
        self.class
            .get(usize::from(byte))
            .map_or(0, |class| usize::from(*class))
    }

    /// Bytes of the longest word.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls back for every word at every place of a text, with the word's index and its start.
    pub(crate) fn find(&self, text: &[u8], mut seen: impl FnMut(usize, usize)) {
        let (class, begins, goes_on) = (&self.class, &*self.begins, &*self.goes_on);
        let is_in = |bits: &[u64; TRIPLES / 64], triple: usize| {
            bits.get(triple / 64).copied().unwrap_or_default() >> (triple % 64) & 1 == 1
        };
        let mut recent = 0usize;
        let mut may_begin = false;
        let mut step = |end: usize, class: u8| {
            let before = recent;
            // The mask keeps the place in its table, and spares the test for it.
            recent = ((recent << BITS) | usize::from(class)) & (TRIPLES - 1);
            if may_begin && is_in(goes_on, recent) {
                self.at(text, end - 1, before, &mut seen);
            }
            may_begin = is_in(begins, recent);
        };
        for (end, byte) in text.iter().enumerate() {
            step(
                end,
                class.get(usize::from(*byte)).copied().unwrap_or_default(),
            );
        }
        // What comes after the end has class 0, as a byte that no word has.
        for after in 0..3 {
            step(text.len() + after, 0);
        }
    }

    /// The words that stand where one may begin; `end` is the third place of it.
    #[inline(never)]
    fn at(&self, text: &[u8], end: usize, triple: usize, seen: &mut impl FnMut(usize, usize)) {
        let list = self.list.get(triple).copied().unwrap_or_default();
        let (Some(start), Some(list)) = (
            end.checked_sub(2),
            usize::from(list)
                .checked_sub(1)
                .and_then(|slot| self.lists.get(slot)),
        ) else {
            return;
        };
        let next = text.get(end + 1).map_or(0, |byte| self.class_of(*byte));
        if list.next >> next & 1 == 0 {
            return;
        }
        for index in &list.words {
            let Some(word) = self.words.get(*index) else {
                continue;
            };
            let text = text.get(start..start + word.text.len());
            if text.is_some_and(|text| match word.exact {
                true => text == word.text.as_bytes(),
                false => text.eq_ignore_ascii_case(word.text.as_bytes()),
            }) {
                seen(*index, start);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every word at every place, the slow way; the words of capitals alone are exact.
    fn slow(words: &[&str], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for start in 0..text.len() {
            for (index, word) in words
                .iter()
                .enumerate()
                .filter(|(_, word)| !word.is_empty())
            {
                let here = text.get(start..start + word.len());
                let same = |here: &[u8]| {
                    here == word.as_bytes()
                        || !is_exact(word) && here.eq_ignore_ascii_case(word.as_bytes())
                };
                if here.is_some_and(same) {
                    found.push((index, start));
                }
            }
        }
        found
    }

    fn is_exact(word: &str) -> bool {
        word.bytes().all(|byte| byte.is_ascii_uppercase())
    }

    fn set(words: &[&'static str]) -> Keywords {
        let words: Vec<Word> = words
            .iter()
            .map(|text| Word {
                text,
                exact: is_exact(text),
            })
            .collect();
        Keywords::new(&words)
    }

    fn fast(words: &[&'static str], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        set(words).find(text, |index, start| found.push((index, start)));
        found.sort_by_key(|(index, start)| (*start, *index));
        found
    }

    const WORDS: [&str; 11] = [
        "sk",
        "sk-",
        "key",
        "api_key",
        "eyJ",
        "%",
        "://",
        "-----BEGIN",
        "Sk-Ant-",
        "",
        "AC",
    ];

    #[test]
    fn words_at_the_edges_of_a_text_are_found() {
        assert_eq!(fast(&WORDS, b"%"), [(5, 0)]);
        assert_eq!(fast(&WORDS, b"sK"), [(0, 0)]);
        assert_eq!(fast(&WORDS, b"xsk"), [(0, 1)]);
        assert_eq!(fast(&WORDS, b"sk-"), [(0, 0), (1, 0)]);
        assert_eq!(fast(&WORDS, b""), []);
        assert_eq!(fast(&WORDS, b"ac AC aC"), [(10, 3)]);
        assert_eq!(set(&WORDS).longest(), 10);
    }

    #[test]
    fn more_symbols_than_classes_are_told_apart_all_the_same() {
        let words: Vec<&'static str> = vec![
            "abcdefghijklmnopqrstuvwxyz",
            "0123456789",
            "!\"#$%&'()*+,-./",
            ":;<=>?@[\\]^_`",
            "{|}~ \t",
        ];
        let text = b"{|}~ \t :;<=>?@[\\]^_`!\"#$%&'()*+,-./ !\"#$%&'()*+,-.{";
        assert_eq!(fast(&words, text), slow(&words, text));
        assert_eq!(fast(&words, text).len(), 3);
    }

    proptest! {
        #[test]
        fn same_as_the_slow_way(text in "(sk|SK-|-a|ac|AC|ey|J|key|api_|API_KEY|%|:|//|-----|BEGIN|é|\u{0}|x| ){0,20}") {
            prop_assert_eq!(fast(&WORDS, text.as_bytes()), slow(&WORDS, text.as_bytes()));
        }

        #[test]
        fn same_as_the_slow_way_of_all_rules(text in "[a-zA-Z0-9_.:/=% -]{0,60}") {
            let mut words: Vec<&'static str> = crate::rules::all().iter().flat_map(|rule| rule.keywords.iter().copied()).collect();
            words.sort_unstable();
            words.dedup();
            prop_assert_eq!(fast(&words, text.as_bytes()), slow(&words, text.as_bytes()));
        }
    }
}
