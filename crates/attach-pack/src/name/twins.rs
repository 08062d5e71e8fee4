//! Names that cannot stand side by side, since they are one file on some systems.

use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// Why two names cannot stand in one pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Collision {
    /// The very same bytes.
    Duplicate,
    /// Equal after Unicode normalization.
    Normalization,
    /// Equal when case is folded.
    Case,
    /// One is a folder of the other.
    FileAndFolder,
}

/// The form in which two names are compared on systems that fold case: NFC of the folded NFC.
pub fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let upper: String = name.nfc().flat_map(char::to_uppercase).collect();
    // Character by character, so that the place of a sigma in its word does not matter.
    let lower = upper.chars().flat_map(char::to_lowercase);
    lower.nfc().collect()
}

/// Pairs of names that cannot both be unpacked: indices `(earlier, later)` into `names`, the kind that fits closest. Each
/// name is paired with the first of its twins and with the topmost file that is its folder.
pub fn collisions(names: &[&[u8]]) -> Vec<(usize, usize, Collision)> {
    let mut found = Vec::new();
    // There may be millions of names: their folded forms stand in one text. With the separator lowest, all that lies
    // below a name follows it when they are sorted, however deep the names are.
    let mut all = Vec::with_capacity(names.iter().map(|name| name.len()).sum());
    let mut sorted: Vec<(usize, usize, usize)> = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let start = all.len();
        let mut add = |folded: &[u8]| {
            let separated = folded.iter().map(|b| if *b == b'/' { 0 } else { *b });
            all.extend(separated);
        };
        match name.is_ascii() {
            // Most are, and need no form of their own.
            true => add(&name.to_ascii_lowercase()),
            false => add(fold(&String::from_utf8_lossy(name)).as_bytes()),
        }
        sorted.push((start, all.len(), at));
    }
    let key = |&(start, end, _): &(usize, usize, usize)| all.get(start..end).unwrap_or_default();
    sorted.sort_unstable_by(|a, b| key(a).cmp(key(b)).then(a.2.cmp(&b.2)));
    for alike in sorted.chunk_by(|a, b| key(a) == key(b)) {
        if alike.len() > 1 {
            twins(names, alike.iter().map(|one| one.2), &mut found);
        }
    }
    let mut above: Option<(&[u8], usize)> = None;
    for one in &sorted {
        let (key, at) = (key(one), one.2);
        match above {
            Some((folder, first))
                if key
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.first() == Some(&0)) =>
            {
                found.push((first.min(at), first.max(at), Collision::FileAndFolder));
            }
            Some((folder, _)) if folder == key => {}
            _ => above = Some((key, at)),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The twins among names that are alike, but perhaps for a NUL where another has a separator.
fn twins(
    names: &[&[u8]],
    alike: impl Iterator<Item = usize>,
    found: &mut Vec<(usize, usize, Collision)>,
) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for at in alike {
        let of = |at: usize| names.get(at).copied().unwrap_or_default();
        let name = of(at);
        let Some(&first) = seen.get(&fold(&String::from_utf8_lossy(name))) else {
            seen.insert(fold(&String::from_utf8_lossy(name)), at);
            continue;
        };
        let nfc = |n: &[u8]| String::from_utf8_lossy(n).nfc().collect::<String>();
        let kind = if of(first) == name {
            Collision::Duplicate
        } else if nfc(of(first)) == nfc(name) {
            Collision::Normalization
        } else {
            Collision::Case
        };
        found.push((first, at, kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins() {
        let names: Vec<&[u8]> = vec![
            b"A/x",
            b"a/X",
            "e\u{301}".as_bytes(),
            "é".as_bytes(),
            b"q",
            b"q",
            "straße".as_bytes(),
            b"STRASSE",
            b"q/r",
        ];
        assert_eq!(
            collisions(&names),
            [
                (0, 1, Collision::Case),
                (2, 3, Collision::Normalization),
                (4, 5, Collision::Duplicate),
                (4, 8, Collision::FileAndFolder),
                (6, 7, Collision::Case),
            ]
        );
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        let ascii: String = (0..128u8).map(char::from).collect();
        let longer = fold(&format!("{ascii}é"));
        assert_eq!(longer.strip_suffix('é'), Some(fold(&ascii).as_str()));
        // A NUL is no separator, though it is sorted as one.
        let names: [&[u8]; 4] = [b"a\0b", b"a/b", b"A/B", b"a\0B"];
        assert_eq!(
            collisions(&names),
            [(0, 3, Collision::Case), (1, 2, Collision::Case)]
        );
    }
}
