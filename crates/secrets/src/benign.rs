//! What looks like a secret and is none: digests, UUIDs, integrity hashes, placeholders.

/// Lengths in hex characters of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
const DIGEST_LENGTHS: [usize; 6] = [32, 40, 56, 64, 96, 128];

/// Words that only stand-ins contain.
const STAND_INS: [&str; 22] = [
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "redacted",
    "your_",
    "your-",
    "yourapi",
    "yourkey",
    "yourtoken",
    "yoursecret",
    "dummy",
    "notreal",
    "not_real",
    "replaceme",
    "replace_",
    "insert_",
    "foobar",
    "deadbeef",
    "sanitized",
    "masked",
];

/// Words beside a value that say it is a digest.
const DIGEST_WORDS: [&str; 16] = [
    "sha1",
    "sha2",
    "sha3",
    "sha5",
    "sha-",
    "_sha",
    "digest",
    "checksum",
    "commit",
    "md5",
    "integrity",
    "etag",
    "revision",
    "hash",
    "fingerprint",
    "blake",
];

/// Shannon entropy in bits a byte; 0 for an empty slice, at most 8.
pub fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "windows are of some KiB")]
    let total = bytes.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

/// True for a value in the form of a digest or an identifier: hex of a digest's length, a git object id or a
/// shortened one, a UUID, `sha512-…` and the like.
pub fn is_digest(value: &[u8]) -> bool {
    is_hex_digest(value) || is_uuid(value) || is_labelled(value)
}

fn is_hex_digest(value: &[u8]) -> bool {
    DIGEST_LENGTHS.contains(&value.len()) && value.iter().all(u8::is_ascii_hexdigit)
}

/// 8-4-4-4-12 hex digits.
pub(crate) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `sha256:…`, `sha512-…`, or any label whose last part, after `-`, `_`, `:`, `@`, `/` or `.`, is a digest.
fn is_labelled(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    if [&b"sha1"[..], b"sha2", b"sha3", b"sha5", b"md5"]
        .iter()
        .any(|label| lower.starts_with(label))
    {
        return true;
    }
    value
        .split(|b| matches!(b, b'-' | b'_' | b':' | b'@' | b'/' | b'.' | b'='))
        .any(is_hex_digest)
        || value.windows(36).any(is_uuid)
}

/// True if the words around a value call it a digest.
pub(crate) fn names_digest(context: &[u8]) -> bool {
    let lower = context.to_ascii_lowercase();
    DIGEST_WORDS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// True if a run of eight letters and digits mixes both, or `+` stands among letters and digits of base64: names, paths
/// and calls in code seldom look so.
pub(crate) fn looks_drawn(value: &[u8]) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if value.contains(&b'+')
        && value.iter().all(base64)
        && value.iter().filter(|b| b.is_ascii_digit()).count() > 1
    {
        return true;
    }
    if is_woven(value) {
        return true;
    }
    value.split(|b| !b.is_ascii_alphanumeric()).any(|run| {
        run.len() >= 8
            && run.iter().any(u8::is_ascii_digit)
            && run.iter().any(u8::is_ascii_alphabetic)
            && !is_type_name(run)
    })
}

/// True if there are letters of both cases, as base32 and hex never have.
pub(crate) fn has_both_cases(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase)
}

/// True if letters of both cases and digits alternate often, whatever stands between them.
fn is_woven(value: &[u8]) -> bool {
    let turns = value
        .windows(2)
        .filter(|pair| {
            matches!(pair, [a, b] if a.is_ascii_digit() && b.is_ascii_alphabetic()
                || a.is_ascii_alphabetic() && b.is_ascii_digit())
        })
        .count();
    turns >= 5 && has_both_cases(value)
}

/// True for a name of words that begin with a capital and one number: `Curve25519Seed`, `PrivatePkcs8Key`.
fn is_type_name(run: &[u8]) -> bool {
    let (mut words, mut letters, mut numbers) = (0usize, 0usize, 0usize);
    let mut before = b' ';
    for byte in run {
        match byte {
            b'0'..=b'9' => numbers += usize::from(!before.is_ascii_digit()),
            b'A'..=b'Z' if before.is_ascii_uppercase() => return false,
            b'A'..=b'Z' => (words, letters) = (words + 1, letters + 1),
            b'a'..=b'z' if before.is_ascii_digit() => return false,
            _ => letters += 1,
        }
        before = *byte;
    }
    let first = usize::from(run.first().is_some_and(u8::is_ascii_lowercase));
    words >= 1 && numbers == 1 && letters >= 3 * (words + first)
}

/// True for a stand-in: four `x`, `*`, `.`, `#` or `?` in a row, a variable (`${X}`, `$(x)`, `{{x}}`, `<token>`,
/// `%s`), a telling word (`example`, `changeme`, `redacted`, …), a counting sequence, or fewer than four different bytes.
pub fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    let mut different = [false; 256];
    for byte in &lower {
        if let Some(slot) = different.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    different.iter().filter(|seen| **seen).count() < 4
        || lower.windows(4).any(|four| {
            matches!(four, [a, b, c, d] if a == b && b == c && c == d
                && matches!(a, b'x' | b'*' | b'.' | b'#' | b'?'))
        })
        || ["${", "$(", "{{", "}}"].iter().any(|mark| has(mark))
        || lower
            .first()
            .is_some_and(|first| matches!(first, b'$' | b'<'))
        || value.len() < 40 && (has("%s") || has("%("))
        || STAND_INS.iter().any(|word| has(word))
        || ["0123456789", "1234567890", "abcdefghij"]
            .iter()
            .any(|run| has(run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_known_strings() {
        assert!(entropy(b"").abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!((entropy(b"0123456789abcdef") - 4.0).abs() < 1e-9);
    }

    #[test]
    fn digests_and_identifiers() {
        for yes in [
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "123e4567-e89b-12d3-a456-426614174000",
            "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
            "linux-cargo-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert!(is_digest(yes.as_bytes()), "{yes}");
        }
        for no in [
            "",
            "abc",
            "Q3EGRZ2OWLM5TYUV",
            "d41d8cd98f00b204e9800998ecf8427",
        ] {
            assert!(!is_digest(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn names_of_types_are_not_drawn() {
        for name in [
            "PrivatePkcs8KeyDer",
            "Curve25519SeedBin",
            "EcPrivateKeyRfc5915Der",
            "pkcs-9-at-pkcs15Token",
            "ed25519.Ed25519PrivateKey",
            "v1.2.3-beta4",
            "x86_64-v3",
        ] {
            assert!(!looks_drawn(name.as_bytes()), "{name}");
        }
        for drawn in ["BP1q4SA=LRk9Y", "k3JqZ8wTn5", "a1b2c3d4e5", "Ab3Cd4Ef5Gh6"] {
            assert!(looks_drawn(drawn.as_bytes()), "{drawn}");
        }
    }

    #[test]
    fn placeholders() {
        for yes in [
            "",
            "****************",
            "ghp_xxxxxxxxxxxxxxxx",
            "${GITHUB_TOKEN}",
            "<your token>",
            "AKIAIOSFODNN7EXAMPLE",
            "$TOKEN",
            "{{ secrets.X }}",
            "0000000000",
        ] {
            assert!(is_placeholder(yes.as_bytes()), "{yes}");
        }
        assert!(!is_placeholder(b"q7Rk2pLw9Zt4Vb6Nn1Xs"));
    }
}
