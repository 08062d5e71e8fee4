//! Edits of scalars: all bytes that an edit does not name stay as they are.

use super::{Kind, Node, parse, scalar};
use crate::edit::{self, Splice};

/// Why an edit cannot be made; nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The source cannot be read, or has faults; the first of them.
    #[error("the source is not valid YAML: {0}")]
    Source(crate::SyntaxError),
    /// The new token is not one scalar.
    #[error("`{0}` is not a YAML scalar")]
    Token(String),
    /// Nothing is at this pointer.
    #[error("nothing at `{0}`")]
    Missing(String),
    /// The value is no scalar, or an alias.
    #[error("the value at `{0}` is not a scalar of its own")]
    NotScalar(String),
    /// The edited text would not read as intended (a block scalar, an anchor that others
    /// use, a token that the place does not allow).
    #[error("`{0}` cannot be changed by replacing one token")]
    Unsafe(String),
}

/// Replaces the scalar at `pointer` by `token`, a YAML scalar on one line; see
/// [`encode_str`] for strings.
///
/// # Errors
/// As [`set_all`].
pub fn set(src: &str, pointer: &str, token: &str) -> Result<String, PatchError> {
    set_all(src, &[(pointer, token)])
}

/// Replaces several scalars, given by pointer and new token, in one pass. The result is
/// read again and must differ in nothing but these values.
///
/// # Errors
/// A [`PatchError`]: the source, a token or a pointer is not what the edit needs, or the
/// result would mean something else.
pub fn set_all(src: &str, edits: &[(&str, &str)]) -> Result<String, PatchError> {
    let (doc, errors) = parse(src);
    if let Some(error) = errors.into_iter().next() {
        return Err(PatchError::Source(error));
    }
    let missing = |pointer: &str| PatchError::Missing(pointer.to_owned());
    let first = edits.first().map_or("", |edit| edit.0);
    let doc = doc.ok_or_else(|| missing(first))?;
    let mut want = doc.root().ok_or_else(|| missing(first))?.to_value();
    let mut splices = Vec::new();
    for (pointer, token) in edits {
        let node = doc.at(pointer).ok_or_else(|| missing(pointer))?;
        let is_scalar = !matches!(node.kind(), Kind::Array | Kind::Object | Kind::Invalid);
        if !is_scalar || node.raw().starts_with('*') {
            return Err(PatchError::NotScalar((*pointer).to_owned()));
        }
        if node.raw().starts_with(['|', '>']) {
            return Err(PatchError::Unsafe((*pointer).to_owned()));
        }
        let value = token_value(token).ok_or_else(|| PatchError::Token((*token).to_owned()))?;
        splices.push(splice(src, node, token));
        *want.pointer_mut(pointer).ok_or_else(|| missing(pointer))? = value;
    }
    let unsafe_edit = || PatchError::Unsafe(first.to_owned());
    let result = edit::apply_unsorted(src, splices).map_err(|_| unsafe_edit())?;
    let (again, errors) = parse(&result);
    let is_as_wanted = errors.is_empty() && again.and_then(|doc| doc.to_value()) == Some(want);
    if is_as_wanted {
        Ok(result)
    } else {
        Err(unsafe_edit())
    }
}

/// The value of a token that is one scalar on one line.
fn token_value(token: &str) -> Option<serde_json::Value> {
    if token.contains(['\n', '\r']) {
        return None;
    }
    let (doc, errors) = parse(token);
    let doc = doc.filter(|_| errors.is_empty())?;
    let root = doc.root()?;
    let is_scalar = !matches!(root.kind(), Kind::Array | Kind::Object);
    (is_scalar && root.span() == (0..token.len())).then(|| root.to_value())
}

fn splice(src: &str, node: Node<'_>, token: &str) -> Splice {
    let span = node.span();
    let before = src.get(..span.start).unwrap_or_default();
    let needs_space = span.is_empty() && !before.is_empty() && !before.ends_with([' ', '\t']);
    let text = if needs_space {
        format!(" {token}")
    } else {
        token.to_owned()
    };
    Splice::new(span, text)
}

/// A scalar token for `text`: as it is where every YAML reader takes it for a string, else
/// in double quotes.
#[must_use]
pub fn encode_str(text: &str) -> String {
    let mut bytes = text.bytes();
    let is_word =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let is_plain = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| is_word(byte) || byte == b' ');
    let lower = text.to_ascii_lowercase();
    // YAML 1.1 readers have more booleans.
    let is_boolean = matches!(lower.as_str(), "y" | "n" | "yes" | "no" | "on" | "off");
    if is_plain
        && !is_boolean
        && !text.ends_with(' ')
        && scalar::resolve(text).0 == Kind::String
        && lower != "null"
        && lower != "true"
        && lower != "false"
    {
        return text.to_owned();
    }
    let mut token = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => token.push_str("\\\""),
            '\\' => token.push_str("\\\\"),
            '\n' => token.push_str("\\n"),
            '\t' => token.push_str("\\t"),
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => {
                token.push_str(&format!("\\u{:04X}", u32::from(char)));
            }
            char if char.is_control() => token.push_str(&format!("\\x{:02X}", u32::from(char))),
            char => token.push(char),
        }
    }
    token.push('"');
    token
}
