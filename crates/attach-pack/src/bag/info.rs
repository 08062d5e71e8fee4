//! `bag-info.txt`: labels and values.

use super::manifest::split_lines;

/// One label with its value; lines that continue a value are joined with a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfoLine {
    /// 1-based.
    pub number: u64,
    /// Before the colon.
    pub label: String,
    /// After it.
    pub value: String,
}

/// Reads labels and values: those that can be read, and the numbers of the lines that cannot.
pub(super) fn parse_info(text: &str) -> (Vec<InfoLine>, Vec<u64>) {
    let (mut lines, mut bad): (Vec<InfoLine>, Vec<u64>) = (Vec::new(), Vec::new());
    for (number, line) in (1u64..).zip(split_lines(text)) {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            match lines.last_mut() {
                Some(last) => {
                    last.value.push(' ');
                    last.value.push_str(line.trim());
                }
                None => bad.push(number),
            }
            continue;
        }
        match line.split_once(':') {
            Some((label, value)) if !label.trim().is_empty() => lines.push(InfoLine {
                number,
                label: label.trim().to_owned(),
                value: value.trim().to_owned(),
            }),
            _ => bad.push(number),
        }
    }
    (lines, bad)
}

/// `bytes.files` of a `Payload-Oxum`.
pub(super) fn parse_oxum(value: &str) -> Option<(u64, u64)> {
    let (bytes, files) = value.split_once('.')?;
    Some((bytes.parse().ok()?, files.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_values() {
        let (lines, bad) = parse_info(" x\nA: b\r\n  c\nPayload-Oxum: 5.2\nno label\n: v\n");
        let shown: Vec<_> = lines
            .iter()
            .map(|l| (l.label.as_str(), l.value.as_str()))
            .collect();
        assert_eq!(shown, [("A", "b c"), ("Payload-Oxum", "5.2")]);
        assert_eq!(bad, [1, 5, 6]);
        assert_eq!(parse_oxum("5.2"), Some((5, 2)));
        assert_eq!(parse_oxum("5"), None);
    }
}
