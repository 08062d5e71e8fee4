//! Which names an entry of a pack may have: those that mean the same file on every system.

mod twins;

pub use twins::{Collision, collisions, fold};

use unicode_normalization::is_nfc;

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
