//! Ways to write the same records.

use serde_json::Value;

use super::{Random, Records};

/// How a file is written.
#[derive(Clone)]
pub(crate) struct Style {
    escapes: Escapes,
    /// Members are turned round by so many places.
    turn: usize,
    is_spaced: bool,
    is_reversed: bool,
    end: &'static str,
    has_bom: bool,
    has_final_end: bool,
    has_blank_lines: bool,
}

#[derive(Clone, Copy)]
enum Escapes {
    /// None that is not needed.
    Few,
    /// All that is not ASCII, and `/`.
    Ascii,
    /// `<`, `>`, `&` and the line separators.
    Html,
}

impl Style {
    pub(crate) fn plain() -> Self {
        Style {
            escapes: Escapes::Few,
            turn: 0,
            is_spaced: false,
            is_reversed: false,
            end: "\n",
            has_bom: false,
            has_final_end: true,
            has_blank_lines: false,
        }
    }

    pub(crate) fn pick(random: &mut Random) -> Self {
        Style {
            escapes: *random.pick(&[Escapes::Few, Escapes::Ascii, Escapes::Html]),
            turn: random.below(4),
            is_spaced: random.below(3) == 0,
            is_reversed: random.below(4) == 0,
            end: ["\n", "\n", "\r\n"][random.below(3)],
            has_bom: random.below(8) == 0,
            has_final_end: random.below(4) > 0,
            has_blank_lines: random.below(8) == 0,
        }
    }

    /// The file.
    pub(crate) fn text(&self, records: &Records) -> Vec<u8> {
        let mut lines: Vec<String> = records.values().map(|record| self.value(record)).collect();
        if self.is_reversed {
            lines.reverse();
        }
        if self.has_blank_lines && !lines.is_empty() {
            lines.insert(lines.len() / 2, String::new());
        }
        let mut text = lines.join(self.end);
        if self.has_bom {
            text.insert(0, '\u{FEFF}');
        }
        if self.has_final_end && !lines.is_empty() {
            text.push_str(self.end);
        }
        text.into_bytes()
    }

    fn value(&self, value: &Value) -> String {
        let (colon, comma) = if self.is_spaced {
            (": ", ", ")
        } else {
            (":", ",")
        };
        match value {
            Value::String(text) => self.string(text),
            Value::Array(list) => {
                let list: Vec<String> = list.iter().map(|item| self.value(item)).collect();
                format!("[{}]", list.join(comma))
            }
            Value::Object(members) => {
                let mut list: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("{}{colon}{}", self.string(key), self.value(value)))
                    .collect();
                let turn = self.turn % list.len().max(1);
                list.rotate_left(turn);
                format!("{{{}}}", list.join(comma))
            }
            other => other.to_string(),
        }
    }

    fn string(&self, text: &str) -> String {
        let mut out = String::new();
        for c in serde_json::to_string(text).unwrap().chars() {
            let escaped = match self.escapes {
                Escapes::Few => false,
                Escapes::Ascii => !c.is_ascii(),
                Escapes::Html => matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
            };
            if escaped {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            } else if c == '/' && matches!(self.escapes, Escapes::Ascii) {
                out.push_str("\\/");
            } else {
                out.push(c);
            }
        }
        out
    }
}
