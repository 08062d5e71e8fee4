//! Which names an entry of a pack may have: those that mean the same file on every system.

use std::collections::BTreeMap;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The longest name, in bytes.
pub const MAX_NAME: usize = 1024;
/// The longest part of a name between two `/`, in bytes (the limit of common file systems).
pub const MAX_PART: usize = 255;

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NameFault {
    /// No name, or a part between two `/` is empty.
    #[error("the name or a part of it is empty")]
    Empty,
    /// Longer than [`MAX_NAME`], or a part longer than [`MAX_PART`].
    #[error("the name or a part of it is too long")]
    TooLong,
    /// Not UTF-8.
    #[error("the name is not UTF-8")]
    NotUtf8,
    /// Not in Unicode normalization form C.
    #[error("the name is not in Unicode form NFC")]
    NotNfc,
    /// Begins with `/`, a drive (`C:`), `~`, or is a UNC path.
    #[error("the name is absolute")]
    Absolute,
    /// Has a part `.` or `..`.
    #[error("the name has a part `.` or `..`")]
    DotPart,
    /// Has a backslash: a separator on Windows.
    #[error("the name has a backslash")]
    Backslash,
    /// Has a control character or NUL.
    #[error("the name has a control character")]
    Control,
    /// Has a character that reorders or hides text.
    #[error("the name has an invisible or bidirectional character")]
    Bidi,
    /// Windows cannot hold it: a device (`CON`, `nul.txt`), one of `<>:"|?*`, or a part that ends in a dot or space.
    #[error("the name cannot exist on Windows")]
    Windows,
}

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

/// All that is wrong with one name, each kind once, in the order of [`NameFault`]. Empty: the name is fine.
pub fn check(name: &[u8]) -> Vec<NameFault> {
    match is_plain(name) {
        true => Vec::new(),
        false => judge(name),
    }
}

/// A name that is surely fine, told in one look: there may be millions of them.
fn is_plain(name: &[u8]) -> bool {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let plain = |part: &[u8]| {
        // What Windows has for a device begins with one of these.
        let device = matches!(
            part,
            [b'C' | b'c', b'O' | b'o' | b'L' | b'l', ..]
                | [b'N' | b'n', b'U' | b'u', ..]
                | [b'A' | b'a', b'U' | b'u', ..]
                | [b'P' | b'p', b'R' | b'r', ..]
                | [b'L' | b'l', b'P' | b'p', ..]
        );
        let ends_well = part.last().is_some_and(|last| *last != b'.');
        !device && ends_well && part.len() <= MAX_PART && part.iter().all(letter)
    };
    name.len() <= MAX_NAME && name.split(|b| *b == b'/').all(plain)
}

fn judge(name: &[u8]) -> Vec<NameFault> {
    let mut faults = Vec::new();
    let Ok(text) = std::str::from_utf8(name) else {
        return vec![NameFault::NotUtf8];
    };
    let mut note = |fault, wrong: bool| {
        if wrong {
            faults.push(fault);
        }
    };
    let parts = || text.split('/');
    let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    note(
        NameFault::Empty,
        text.is_empty() || parts().any(str::is_empty),
    );
    note(
        NameFault::TooLong,
        text.len() > MAX_NAME || parts().any(|p| p.len() > MAX_PART),
    );
    // Most names are ASCII, and there may be millions.
    let ascii = text.is_ascii();
    note(NameFault::NotNfc, !ascii && !is_nfc(text));
    note(
        NameFault::Absolute,
        drive || text.starts_with(['/', '~']) || text.starts_with("\\\\"),
    );
    note(
        NameFault::DotPart,
        text.split(['/', '\\']).any(|p| p == "." || p == ".."),
    );
    note(NameFault::Backslash, text.contains('\\'));
    note(NameFault::Control, text.chars().any(char::is_control));
    note(NameFault::Bidi, !ascii && text.chars().any(is_hidden));
    note(NameFault::Windows, parts().any(|p| !is_portable(p)));
    faults
}

/// Characters that change how the rest is shown, or show nothing.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn is_portable(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end();
    // Each device has 3 to 7 letters; other letters than ASCII may become theirs.
    let may_be_device = !stem.is_ascii() || (3..=7).contains(&stem.len());
    let upper = match may_be_device {
        true => stem.to_uppercase(),
        false => String::new(),
    };
    let numbered = |head: &str| {
        upper.strip_prefix(head).is_some_and(|rest| {
            let mut rest = rest.chars();
            matches!(
                (rest.next(), rest.next()),
                (Some('0'..='9' | '¹' | '²' | '³'), None)
            )
        })
    };
    let device = matches!(
        upper.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT");
    let dots = part == "." || part == "..";
    !(device
        || part.contains(['<', '>', ':', '"', '|', '?', '*'])
        || (!dots && part.ends_with(['.', ' '])))
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
    fn good_names() {
        for name in [
            "a",
            "run-1/data/report.md",
            "d/.hidden",
            "d/čeština.txt",
            "d/console.log",
            "d/a b~c",
            "d/com10",
        ] {
            assert_eq!(check(name.as_bytes()), [], "{name}");
        }
    }

    #[test]
    fn each_fault() {
        use NameFault::{
            Absolute, Backslash, Bidi, Control, DotPart, Empty, NotNfc, TooLong, Windows,
        };
        for (name, fault) in [
            ("", Empty),
            ("a//b", Empty),
            ("a/", Empty),
            ("/etc/passwd", Absolute),
            ("C:/x", Absolute),
            ("~/x", Absolute),
            ("~user/x", Absolute),
            ("\\\\host\\share", Absolute),
            ("a/../../b", DotPart),
            ("./a", DotPart),
            ("a\\..\\b", DotPart),
            ("a\\b", Backslash),
            ("a\nb", Control),
            ("a\0b", Control),
            ("a\u{202E}gpj.exe", Bidi),
            ("e\u{301}", NotNfc),
            ("a/NUL.txt", Windows),
            ("a/com1", Windows),
            ("con.tar.gz", Windows),
            ("a/CONOUT$.x", Windows),
            ("conın$", Windows),
            ("lpt¹", Windows),
            ("a/b.", Windows),
            ("a /b", Windows),
            ("a?b", Windows),
        ] {
            assert!(
                check(name.as_bytes()).contains(&fault),
                "{name:?} {:?}",
                check(name.as_bytes())
            );
        }
        assert_eq!(check(b"\xff"), [NameFault::NotUtf8]);
        assert!(check("x".repeat(256).as_bytes()).contains(&TooLong));
    }

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

    #[test]
    fn what_is_told_in_one_look_is_what_a_long_one_tells() {
        let parts = [
            "", ".", "..", "a", "a.b", "a.", "con", "CON", "Con.txt", "com1", "LPT9.x", "nul",
            "aux", "prn", "clock$", "conin$", "console", "x y", "-", "_", "~", "~a", "C:", "a\\b",
            "é",
        ];
        let mut plain = 0;
        for first in parts {
            for second in parts {
                for name in [
                    format!("{first}/{second}"),
                    format!("data/{first}"),
                    second.to_owned(),
                ] {
                    plain += usize::from(is_plain(name.as_bytes()));
                    assert!(
                        !is_plain(name.as_bytes()) || judge(name.as_bytes()).is_empty(),
                        "{name}"
                    );
                    assert_eq!(check(name.as_bytes()), judge(name.as_bytes()), "{name}");
                }
            }
        }
        assert!(plain > 100);
        let long = "x".repeat(MAX_PART + 1);
        assert_eq!(check(long.as_bytes()), [NameFault::TooLong]);
        assert!(is_plain(
            b"run-1c5b/data/artifacts/tree/part-0000/case-000000.txt"
        ));
    }
}
