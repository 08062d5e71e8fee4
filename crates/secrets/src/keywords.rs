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

/// A set of ASCII words that are found whatever their case.
#[derive(Debug)]
pub(crate) struct Keywords {
    class: [u8; 256],
    /// A bit a triple: some word begins so.
    begins: Box<[u64]>,
    /// For each triple, the list of words that begin so, counted from 1.
    list: Box<[u32]>,
    lists: Vec<Vec<usize>>,
    words: Vec<&'static [u8]>,
}

impl Keywords {
    /// The set of these words. Empty words are never found.
    pub(crate) fn new(words: &[&'static str]) -> Self {
        let mut set = Self {
            class: [0; 256],
            begins: vec![0; TRIPLES / 64].into(),
            list: vec![0; TRIPLES].into(),
            lists: Vec::new(),
            words: words.iter().map(|word| word.as_bytes()).collect(),
        };
        let mut used = 0;
        for byte in words.iter().flat_map(|word| word.bytes()) {
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
            set.enter(index, word.as_bytes());
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
        let third = at(2).map_or(all, |class| class..=class);
        for second in second {
            for third in third.clone() {
                let triple = (first << (2 * BITS)) | (second << BITS) | third;
                let Some(list) = self.list.get_mut(triple) else {
                    continue;
                };
                if *list == 0 {
                    self.lists.push(Vec::new());
                    *list = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
                    if let Some(bits) = self.begins.get_mut(triple / 64) {
                        *bits |= 1 << (triple % 64);
                    }
                }
                if let Some(words) = self.lists.get_mut(*list as usize - 1) {
                    words.push(index);
                }
            }
        }
    }

    fn class_of(&self, byte: u8) -> usize {
        self.class
            .get(usize::from(byte))
            .map_or(0, |class| usize::from(*class))
    }

    /// Bytes of the longest word.
    pub(crate) fn longest(&self) -> usize {
        self.words.iter().map(|word| word.len()).max().unwrap_or(0)
    }

    /// Calls back for every word at every place of a text, with the word's index and its start.
    pub(crate) fn find(&self, text: &[u8], mut seen: impl FnMut(usize, usize)) {
        let mut triple = 0;
        let mask = TRIPLES - 1;
        // What comes after the end has class 0, as a byte that no word has.
        let classes = text.iter().map(|byte| self.class_of(*byte)).chain([0, 0]);
        for (end, class) in classes.enumerate() {
            triple = (triple << BITS) | class;
            let known = triple & mask;
            let bits = self.begins.get(known / 64).copied().unwrap_or_default();
            if bits >> (known % 64) & 1 == 1 && end >= 2 {
                self.at(text, end - 2, known, &mut seen);
            }
        }
    }

    /// The words that stand at a place where one may begin.
    #[inline(never)]
    fn at(&self, text: &[u8], start: usize, triple: usize, seen: &mut impl FnMut(usize, usize)) {
        let list = self.list.get(triple).copied().unwrap_or_default();
        let words = list
            .checked_sub(1)
            .and_then(|slot| self.lists.get(slot as usize));
        for index in words.into_iter().flatten() {
            let Some(word) = self.words.get(*index) else {
                continue;
            };
            let here = text.get(start..start + word.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(word)) {
                seen(*index, start);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every word at every place, the slow way.
    fn slow(words: &[&str], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for start in 0..text.len() {
            for (index, word) in words
                .iter()
                .enumerate()
                .filter(|(_, word)| !word.is_empty())
            {
                let here = text.get(start..start + word.len());
                if here.is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes())) {
                    found.push((index, start));
                }
            }
        }
        found
    }

    fn fast(words: &[&'static str], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        Keywords::new(words).find(text, |index, start| found.push((index, start)));
        found.sort_by_key(|(index, start)| (*start, *index));
        found
    }

    const WORDS: [&str; 10] = [
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
    ];

    #[test]
    fn words_at_the_edges_of_a_text_are_found() {
        assert_eq!(fast(&WORDS, b"%"), [(5, 0)]);
        assert_eq!(fast(&WORDS, b"sK"), [(0, 0)]);
        assert_eq!(fast(&WORDS, b"xsk"), [(0, 1)]);
        assert_eq!(fast(&WORDS, b"sk-"), [(0, 0), (1, 0)]);
        assert_eq!(fast(&WORDS, b""), []);
        assert_eq!(Keywords::new(&WORDS).longest(), 10);
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
        fn same_as_the_slow_way(text in "(sk|SK-|-a|ey|J|key|api_|API_KEY|%|:|//|-----|BEGIN|é|\u{0}|x| ){0,20}") {
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
