//! Names and paths of code, which hold digits and stand where a value may stand: `NID_secp384r1`, `/src/lib-1.0.47/a.rs`.

/// What names of algorithms begin with, before a number.
const ALGORITHMS: [&str; 20] = [
    "aes", "argon", "bcrypt", "blake", "chacha", "curve", "des", "ecdsa", "ed", "hmac", "md",
    "mldsa", "mlkem", "pbkdf", "poly", "prime", "rsa", "scrypt", "secp", "sha",
];

/// True for a name of parts, `MLKEM512_SHARED_SECRET_LEN`, of a path, or of algorithms alone, `Argon2id/bcrypt`: words
/// make up most of it, and no part looks drawn.
pub(crate) fn is_code_name(value: &[u8]) -> bool {
    is_path(value) || is_name_of_words(value)
}

/// True for `/a/b-1.2/c.rs`: it begins as a path does, and at least half of the parts are words.
fn is_path(value: &[u8]) -> bool {
    let rooted = [&b"/"[..], b"./", b"../", b"~/"];
    if !rooted.iter().any(|root| value.starts_with(root)) {
        return false;
    }
    let parts = || value.split(|b| *b == b'/').filter(|part| !part.is_empty());
    let word = |part: &&[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_lowercase);
    let (all, words) = (parts().count(), parts().filter(word).count());
    all >= 3 && words >= 2 && 2 * words >= all
}

fn is_name_of_words(value: &[u8]) -> bool {
    let is_edge = |b: &u8| matches!(b, b'_' | b':' | b'.' | b'-' | b'/' | b'(');
    if !value
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || is_edge(b))
    {
        return false;
    }
    let (mut parts, mut words, mut others) = (0usize, 0usize, 0usize);
    for part in value.split(is_edge).filter(|part| !part.is_empty()) {
        parts += 1;
        let numbered = is_numbered(part);
        if is_algorithm(part) || part.len() >= 4 && is_word(part) || part.len() >= 7 && numbered {
            words += part.len();
        } else if is_word(part) || part.iter().all(u8::is_ascii_digit) || numbered {
            others += part.len();
        } else {
            return false;
        }
    }
    parts >= 2 && words >= others
}

/// Letters of one case, or with a capital.
fn is_word(part: &[u8]) -> bool {
    let rest = part.get(1..).unwrap_or_default();
    part.iter().all(u8::is_ascii_alphabetic)
        && (rest.iter().all(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_uppercase))
}

/// A word with one number at its end: `AUTHENTICATION0`, `key2`.
fn is_numbered(part: &[u8]) -> bool {
    let digits = part.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (word, _) = part.split_at(part.len() - digits);
    digits <= 4 && !word.is_empty() && is_word(word)
}

/// `secp384r1`, `MLKEM1024`, `Argon2id`, `bcrypt`: a known beginning, then numbers with no more than two letters.
fn is_algorithm(part: &[u8]) -> bool {
    let lower = part.to_ascii_lowercase();
    ALGORITHMS.iter().any(|name| {
        let rest = lower.strip_prefix(name.as_bytes());
        rest.is_some_and(|rest| {
            rest.len() <= 7 && rest.iter().filter(|b| b.is_ascii_alphabetic()).count() <= 2
        })
    })
}

/// True for a keyword whose letters are of two words, as `api` in `ultraPicture` and `etsy` in `SetSystem`.
pub(crate) fn is_split_word(keyword: &[u8]) -> bool {
    keyword.iter().all(u8::is_ascii_alphabetic) && !is_word(keyword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_code() {
        for name in [
            "MLKEM512_SHARED_SECRET_LEN",
            "NID_X9_62_prime256v1",
            "NID_secp384r1",
            "chacha20_poly1305::begin",
            "derive_poly1305_key",
            "IKEEXT_NTLM_V2_AUTHENTICATION0",
            "SSL_GROUP_SECP256R1_MLKEM768",
            "mlkem1024_generate_key",
            "from_section1",
            "Argon2id/bcrypt",
            "/home/user/registry/src/index.crates.io-1949cf8c6b5b557f/quote-1.0.47/src/lib.rs",
        ] {
            assert!(is_code_name(name.as_bytes()), "{name}");
        }
        for drawn in [
            "k3JqZ8wTn5",
            "a1b2c3d4e5",
            "/k3JqZ8wTn5/Ab3Cd4Ef5Gh6+q",
            "service_k3JqZ8wTn5",
            "prod-a8f3k2m9x7-live",
            "Zk3vP0qLx8Tn",
            "my_key_q7Rk2pLw9Zt4Vb6",
            "sha256",
        ] {
            assert!(!is_code_name(drawn.as_bytes()), "{drawn}");
        }
    }

    #[test]
    fn words_that_are_split() {
        for split in ["aPi", "etSy", "apI", "eTSY"] {
            assert!(is_split_word(split.as_bytes()), "{split}");
        }
        for whole in ["api", "Api", "API", "etsy", "api_key", "apiKey2"] {
            assert!(!is_split_word(whole.as_bytes()), "{whole}");
        }
    }
}
