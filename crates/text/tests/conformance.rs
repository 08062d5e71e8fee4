//! Verdicts on JSON texts, and those of a folder of `y_*.json`, `n_*.json` and `i_*.json`
//! files (must be accepted, must be refused, either) if `JSON_TEST_SUITE` names one.

use std::path::Path;

use trueline_text::json::parse_bytes;

#[test]
fn verdicts() {
    let accepted: &[&[u8]] = &[
        b"null",
        b" true ",
        b"-0",
        b"0e1",
        b"1E-2",
        b"123.456e78",
        b"\"\"",
        b"[]",
        b"{}",
        b"[[]   ]",
        b"{\"\":0}",
        b"{\"a\":1,\"a\":1}",
        b"\"\\u0000\"",
        b"\"\\ud834\\udd1e\"",
        b"\"\\uDFAA\"",
        b"\"\x7F\"",
        b"\"\xE2\x80\xA8\"",
        b"\"\xF4\x8F\xBF\xBF\"",
        b"\t[\r\n1 , 2]\n",
        b"\"\\/\"",
    ];
    let refused: &[&[u8]] = &[
        b"",
        b" ",
        b"nul",
        b"nulll",
        b"TRUE",
        b"[1,]",
        b"[,1]",
        b"[1,,2]",
        b"[,]",
        b"{,}",
        b"{\"a\":1,}",
        b"{\"a\"}",
        b"{\"a\":}",
        b"{\"a\" 1}",
        b"{\"a\":1 \"b\":2}",
        b"{a:1}",
        b"{1:1}",
        b"{'a':1}",
        b"{null:null}",
        b"{\"a\":1,,}",
        b"{\"a\"::1}",
        b"{[:\"x\"}",
        b"01",
        b"-01",
        b"-",
        b"--1",
        b"+1",
        b".5",
        b"-.5",
        b"1.",
        b"1.e1",
        b"1e",
        b"1e+",
        b"1eE2",
        b"0x1",
        b"1 000",
        b"1_0",
        b"NaN",
        b"-NaN",
        b"Infinity",
        b"-Infinity",
        b"\xEF\xBC\x91",
        b"1a",
        b"[1a]",
        b"'a'",
        b"\"a",
        b"\"a\nb\"",
        b"\"a\tb\"",
        b"\"\0\"",
        b"\"\x1F\"",
        b"\"\\\"",
        b"\"\\a\"",
        b"\"\\x00\"",
        b"\"\\u\"",
        b"\"\\u12\"",
        b"\"\\u123g\"",
        b"\"\\uD834\\uDd\"",
        b"\"\\\n\"",
        b"\"\\\xC3\xA9\"",
        b"[",
        b"]",
        b"[}",
        b"{]",
        b"[1]]",
        b"{\"a\":1}}",
        b"[][]",
        b"1 2",
        b"[1]x",
        b"{}#",
        b"{} // c",
        b"/**/ 1",
        b"[1]\x0C",
        b"\x0C[]",
        b"[\xC2\xA0]",
        b"\xEF\xBB\xBF",
        b"\xEF\xBB\xBF[]",
        b"[\xFF]",
        b"\"\xFF\"",
        b"\"\xC0\xAF\"",
        b"\"\xED\xA0\x80\"",
        b"\"\xF4\xBF\xBF\xBF\"",
        b"\xFF\xFE[\0]\0",
        b"[\"a\0\"]",
        b"[1\0]",
        b"*",
        b"<null>",
        b"[\"a\" \"b\"]",
        b"[1:2]",
        b"\"a\":1",
        b"\\u007B\\u007D",
    ];
    for text in accepted {
        let (doc, errors) = parse_bytes(text);
        assert!(
            errors.is_empty() && doc.root().is_some(),
            "{} {errors:?}",
            text.escape_ascii()
        );
    }
    for text in refused {
        assert!(!parse_bytes(text).1.is_empty(), "{}", text.escape_ascii());
    }
    let Some(folder) = std::env::var_os("JSON_TEST_SUITE") else {
        return;
    };
    let (accepted, refused) = run_folder(Path::new(&folder)).expect("the folder is readable");
    assert!(
        accepted > 0 && refused > 0,
        "the folder has no y_ or n_ files"
    );
}

/// Checks every file of a folder; gives the numbers of `y_` and of `n_` files.
fn run_folder(folder: &Path) -> std::io::Result<(usize, usize)> {
    let (mut accepted, mut refused) = (0, 0);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !name.ends_with(".json") {
            continue;
        }
        let (_, errors) = parse_bytes(&std::fs::read(&path)?);
        match name.get(..2) {
            Some("y_") => {
                accepted += 1;
                assert!(errors.is_empty(), "{name}: {errors:?}");
            }
            Some("n_") => {
                refused += 1;
                assert!(!errors.is_empty(), "{name} was accepted");
            }
            _ => {}
        }
    }
    Ok((accepted, refused))
}
