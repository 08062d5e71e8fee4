//! Names that hold the word of a secret and mean none: `primary_key`, `key_length`, `api_version`.

use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::LazyLock;

/// How far before its keyword a name may begin.
const BEFORE: usize = 50;

/// Kinds of key that are public or no key at all, properties of a secret, words that only contain one, and values that
/// are said to be an id, a name, a place or a version.
const NAMES: &str = r"(?:bucket|foreign|hot|idx|natural|primary|pub|public|schema|sequence|partition|sort|cache|i18n|translation)[_.-]?key
    |(?:public|csrf|xsrf|next[_-]?page|page|continuation|sync)[_.-]?token
    |key[_.-]?(?:alias|board|code|frame|hash|id|length|mesh|name|pair|press|ring|selector|signature|size|stone|store|storetype|tab|vault|word|up|down|left|right|path|type|usage|schedule)
    |(?:key|token)[_.-]?(?:file|name|type|count|audience|issuer)|keying|monkey|turkey|issuerkey
    |access(?:ibility|or|[_.-]?id|[_.-]?(?:log|level|mode|time))|random[_.-]?access
    |api[_.-]?(?:id|name|version|group|path|host|server|method)|rapid|capital|winapi|api[a-z0-9-]*:jar:
    |author(?:s|ed|[_.-]?(?:name|email|id))?\b|authorship|authentication-results|exchange-organization-auth
    |credentials?[_.-]?id|withcredentials
    |secret[_.-]?(?:id|length|name|size|store|ref|version|path|key[_.-]?ref)|usersecretsid|keyvaulttostoresecrets
    |(?:api|auth|credentials|token|access[_.-]?token)[_.-]?(?:endpoint|ur[il]s?)\b|jsonwebtoken|\bh1:$";

static NO_SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(NAMES)
        .case_insensitive(true)
        .ignore_whitespace(true)
        .unicode(false)
        .build()
        .ok()
});

/// The name that a value was found by, with what stands between them.
pub(crate) fn name_of<'b>(
    buffer: &'b [u8],
    keyword: &Range<usize>,
    span: &Range<usize>,
) -> &'b [u8] {
    let head = buffer
        .get(keyword.start.saturating_sub(BEFORE)..keyword.start)
        .unwrap_or_default();
    let word = head
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
        .count();
    buffer
        .get(keyword.start - word..span.start)
        .unwrap_or_default()
}

/// True if a name, as [`name_of`] gives it, says that its value is no secret.
pub(crate) fn names_no_secret(name: &[u8]) -> bool {
    NO_SECRET.as_ref().is_some_and(|regex| regex.is_match(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for yes in [
            "primary_key = ",
            "publicKey: ",
            "csrf-token=",
            "keyLength=",
            "apiVersion: ",
            "credentialsId: '",
            "api-url=",
            "author = ",
            "token_file: ",
            "secretName: ",
            "KeySize = ",
        ] {
            assert!(names_no_secret(yes.as_bytes()), "{yes}");
        }
        for no in [
            "api_key = ",
            "access_token: ",
            "client_secret=",
            "auth: ",
            "private-key: ",
            "authToken,",
            "password=",
        ] {
            assert!(!names_no_secret(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn the_name_is_the_whole_word() {
        let text = b"let my.primary_key = \"abc\"";
        let at = 14..17;
        assert_eq!(text.get(at.clone()), Some(&b"_ke"[..]));
        assert_eq!(name_of(text, &(15..18), &(22..25)), b"my.primary_key = \"");
    }
}
