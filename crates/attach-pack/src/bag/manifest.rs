//! Manifests: a digest and a path a line.

/// One line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based.
    pub number: u64,
    /// In lower case.
    pub digest: String,
    /// Decoded.
    pub path: String,
    /// How it is written, where not every reader takes that.
    pub loose: Option<&'static str>,
}

/// `%`, CR and LF of a path percent-encoded (RFC 8493, section 2.1.3).
pub fn encode_path(path: &str) -> String {
    if !path.contains(['%', '\r', '\n']) {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            _ => out.push(c),
        }
    }
    out
}

/// The reverse of [`encode_path`]; any other `%` stands for itself, as older bags use it.
pub fn decode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let code = tail.get(1..3).unwrap_or_default().to_ascii_uppercase();
        let (c, length) = match code.as_str() {
            "25" => ('%', 3),
            "0D" => ('\r', 3),
            "0A" => ('\n', 3),
            _ => ('%', 1),
        };
        out.push(c);
        rest = tail.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Reads a manifest: the lines that can be read, and the numbers of those that cannot. Blank lines are skipped. A `*`
/// before the path (as md5sum writes for binary files) is dropped; `./` before it, too.
pub fn parse_manifest(text: &str, percent: bool) -> (Vec<Line>, Vec<u64>) {
    let (mut lines, mut bad) = (Vec::new(), Vec::new());
    for line in manifest_lines(text, percent) {
        match line {
            Ok(line) => lines.push(line),
            Err(number) => bad.push(number),
        }
    }
    (lines, bad)
}

/// The same, line by line: together they are larger than the text.
pub(super) fn manifest_lines(text: &str, percent: bool) -> impl Iterator<Item = Result<Line, u64>> {
    let lines = (1u64..).zip(split_lines(text));
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(move |(number, line)| parse_line(number, line, percent).ok_or(number))
}

fn parse_line(number: u64, line: &str, percent: bool) -> Option<Line> {
    let (digest, path) = line.split_once([' ', '\t'])?;
    if digest.is_empty() || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let path = path.trim_start_matches([' ', '\t']);
    let starred = path.strip_prefix('*');
    let path = starred.unwrap_or(path);
    let dotted = path.strip_prefix("./");
    let path = dotted.unwrap_or(path);
    if path.is_empty() {
        return None;
    }
    Some(Line {
        number,
        digest: digest.to_ascii_lowercase(),
        loose: match (starred, dotted) {
            (Some(_), _) => Some("a `*` before the path, as md5sum writes it"),
            (None, Some(_)) => Some("`./` before the path"),
            (None, None) => None,
        },
        path: if percent {
            decode_path(path)
        } else {
            path.to_owned()
        },
    })
}

/// Lines that end in LF, CR or CRLF.
pub(super) fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines() {
        let text = "ABCD  data/a b\r\nef01\tdata/c%0Ad\n\nnothex data/x\nff *./data/y\nff\n";
        let (lines, bad) = parse_manifest(text, true);
        let shown: Vec<_> = lines
            .iter()
            .map(|l| (l.number, l.digest.as_str(), l.path.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (1, "abcd", "data/a b"),
                (2, "ef01", "data/c\nd"),
                (5, "ff", "data/y")
            ]
        );
        assert_eq!(bad, [4, 6]);
    }

    #[test]
    fn older_percents_stay() {
        assert_eq!(decode_path("100%.txt%2"), "100%.txt%2");
        assert_eq!(decode_path("%é%250A"), "%é%0A");
    }

    proptest! {
        #[test]
        fn encoding_is_undone(path in "\\PC{0,12}[%\r\n0-9ADad]{0,8}\\PC{0,5}") {
            let encoded = encode_path(&path);
            prop_assert!(!encoded.contains(['\r', '\n']));
            prop_assert_eq!(decode_path(&encoded), path);
        }
    }
}
