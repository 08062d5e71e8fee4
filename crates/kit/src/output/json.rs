//! JSON whose strings hold no raw control or bidirectional character, so that it can be shown on
//! a terminal, and `--format json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::escape;
use crate::report::Run;

/// Writes the versioned report, indented by two spaces, with a final newline.
pub fn output(sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    pretty(sink, &run.report())
}

/// Writes a value as a document of its own: two spaces, a final newline.
pub fn pretty(sink: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let formatter = Safe(PrettyFormatter::with_indent(b"  "));
    let mut serializer = serde_json::Serializer::with_formatter(&mut *sink, formatter);
    value.serialize(&mut serializer)?;
    sink.write_all(b"\n")
}

/// Writes a value on one line, with a final newline.
pub fn line(sink: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *sink, Safe(CompactFormatter));
    value.serialize(&mut serializer)?;
    sink.write_all(b"\n")
}

/// Escapes what [`escape::is_unsafe`] names, as `\uXXXX`; serde_json itself leaves DEL, C1 and
/// bidirectional marks as they are.
struct Safe<F>(F);

macro_rules! forward {
    ($($name:ident ( $($arg:ident : $type:ty),* );)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $arg: $type)*) -> io::Result<()> {
            self.0.$name(writer $(, $arg)*)
        })*
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    forward! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(escape::is_unsafe) {
            let (clean, bad) = rest.split_at(at);
            writer.write_all(clean.as_bytes())?;
            let mut chars = bad.chars();
            if let Some(char) = chars.next() {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn safe_and_the_same_value(text in any::<String>()) {
            for is_pretty in [true, false] {
                let mut bytes = Vec::new();
                if is_pretty {
                    pretty(&mut bytes, &text).unwrap();
                } else {
                    line(&mut bytes, &text).unwrap();
                }
                let written = String::from_utf8(bytes).unwrap();
                prop_assert!(!written.trim_end_matches('\n').chars().any(escape::is_unsafe));
                prop_assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), &text);
            }
        }
    }
}
