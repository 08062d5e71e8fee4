//! Texts that were UTF-8, were read as another encoding and written as UTF-8 again.

/// What the bytes were taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Windows-1252, with Latin-1 where that leaves a byte undefined.
    Cp1252,
    /// Mac OS Roman.
    MacRoman,
}

impl Encoding {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Cp1252 => "Windows-1252",
            Encoding::MacRoman => "Mac Roman",
        }
    }

    fn table(self) -> &'static str {
        match self {
            Encoding::Cp1252 => CP1252,
            Encoding::MacRoman => MAC_ROMAN,
        }
    }

    /// The byte that this encoding has for a character.
    fn byte(self, char: char) -> Option<u8> {
        if char.is_ascii() {
            return u8::try_from(u32::from(char)).ok();
        }
        let slot = self.table().chars().position(|known| known == char)?;
        u8::try_from(slot + 0x80).ok()
    }
}

/// Bytes 80 to FF.
const CP1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";

/// Bytes 80 to FF.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// A text as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The text.
    pub text: String,
    /// What it was taken for.
    pub encoding: Encoding,
}

/// Reverses a broken encoding, exactly or not at all.
///
/// Every character that is not ASCII must stand for a byte of one encoding, the bytes must be
/// valid UTF-8, and encoding the result again must give the text back. A text that merely
/// contains such characters (`café`, `Ã` alone) is no UTF-8 as bytes, so it is left alone.
pub fn repair(text: &str) -> Option<Repaired> {
    if text.is_ascii() {
        return None;
    }
    [Encoding::Cp1252, Encoding::MacRoman]
        .into_iter()
        .find_map(|encoding| {
            let bytes: Vec<u8> = text
                .chars()
                .map(|char| encoding.byte(char))
                .collect::<Option<_>>()?;
            let before = String::from_utf8(bytes).ok()?;
            let is_plausible = before
                .chars()
                .filter(|char| !char.is_ascii())
                .all(is_plausible_char);
            (is_plausible && before.chars().count() < text.chars().count()).then_some(Repaired {
                text: before,
                encoding,
            })
        })
}

/// Letters of phonetics and combining marks alone come out of texts that were never broken:
/// `CAFÉ»` as Windows-1252 is UTF-8 for one of them.
fn is_plausible_char(char: char) -> bool {
    !char.is_control() && !matches!(char, '\u{180}'..='\u{36f}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn broken(text: &str, encoding: Encoding) -> String {
        let high: Vec<char> = encoding.table().chars().collect();
        text.bytes()
            .map(|byte| match byte {
                0..=0x7f => char::from(byte),
                byte => high[usize::from(byte) - 0x80],
            })
            .collect()
    }

    #[test]
    fn tables_have_128_characters() {
        assert_eq!(CP1252.chars().count(), 128);
        assert_eq!(MAC_ROMAN.chars().count(), 128);
    }

    #[test]
    fn known_cases() {
        let fixed = |text: &str| repair(text).map(|repaired| repaired.text);
        assert_eq!(fixed("naÃ¯ve"), Some("naïve".into()));
        assert_eq!(fixed("donâ€™t"), Some("don’t".into()));
        assert_eq!(
            fixed("donâ€\u{99}t"),
            None,
            "Windows-1252 has no such character"
        );
        assert_eq!(fixed("a ‚Äî b"), Some("a — b".into()));
        assert_eq!(fixed("naïve café"), None);
        assert_eq!(fixed("Ã"), None);
        assert_eq!(fixed("— “x” …"), None);
        assert_eq!(fixed("CAFÉ»"), None);
        assert_eq!(fixed("plain"), None);
    }

    proptest! {
        #[test]
        fn what_was_broken_is_repaired(text in "[a-z éüß—’…√≤😀中]{0,12}") {
            prop_assume!(!text.is_ascii());
            let repaired = repair(&broken(&text, Encoding::Cp1252)).map(|repaired| repaired.text);
            prop_assert_eq!(repaired, Some(text.clone()));
            let mac = broken(&text, Encoding::MacRoman);
            // A text can be both: Windows-1252 goes first, and must reverse exactly too.
            if let Some(repaired) = repair(&mac) {
                prop_assert_eq!(broken(&repaired.text, repaired.encoding), mac);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}") {
            let _ = repair(&text);
        }
    }
}
