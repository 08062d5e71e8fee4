//! Syntax and hygiene.

use crate::{expect, findings, ledger, shown, world};

#[test]
fn clean() {
    for text in ["", "{}\n", "{\"a\": 1}\n[1]\n\"x\"\n-0.5e3\nnull\n"] {
        expect(&ledger(""), text, &[]);
    }
}

#[test]
fn invalid_utf8() {
    expect(
        &ledger(""),
        b"{\"a\": \"caf\xE9\"}\n{\"b\": \"\xF0\x9D\x84\xFF\"}\n{}\n",
        &[
            "1:11-12 invalid-utf8: byte E9 is not UTF-8",
            "2:8-11 invalid-utf8: 4 bytes of this line are not UTF-8, the first F0 9D 84",
        ],
    );
    let found = shown(&findings(&ledger(""), b"\xFF\xFE{\0}\0\n\0", &world()));
    assert_eq!(
        found[0],
        "1:1-2 invalid-utf8: 2 bytes of this line are not UTF-8, the first FF (the file seems to be UTF-16; save it as UTF-8)"
    );
}

#[test]
fn byte_order_mark() {
    expect(
        &ledger(""),
        "\u{feff}{\"a\": 1}\n{}\n\u{feff}{\"b\": 2}\n",
        &[
            "1:1 byte-order-mark: a byte order mark",
            "3:1-2 byte-order-mark: a byte order mark",
        ],
    );
}

#[test]
fn crlf() {
    expect(
        &ledger(""),
        "{\"a\":1}\r\n{\"b\":1}\n{\"c\":1}\r\n{\"d\":1}\r\n",
        &[
            "1:8 crlf: the line ends with CR LF",
            "3:8 crlf: 2 lines from here on end with CR LF",
        ],
    );
}

#[test]
fn blank_lines_and_trailing_space() {
    expect(
        &ledger(""),
        "\n{\"a\":1} \t\n\n \n{\"b\":1}\n\n",
        &[
            "1:1 blank-line: a line without a record",
            "2:8-10 trailing-space: white space at the end of the line",
            "3:1 blank-line: 2 lines without a record",
            "6:1 blank-line: a line without a record",
        ],
    );
}

#[test]
fn the_end_of_the_file() {
    expect(
        &ledger(""),
        "{\"é\":1}",
        &["1:8 no-final-newline: the last line has no line end"],
    );
    expect(
        &ledger(""),
        "{}\n{\"a\": \"é",
        &[
            "2:9 truncated-line: the file ends inside a record: expected `\"` at the end of the string",
        ],
    );
    expect(
        &ledger(""),
        "{}\n{\"a\": [1,\n",
        &["2:10 truncated-line: the file ends inside a record: expected `]`, found the end"],
    );
}

#[test]
fn a_record_cut_off_in_the_middle_hides_nothing() {
    expect(
        &ledger(""),
        "{\"a\": \"x\n{\"b\":1,\"b\":2}\n{\"c\": {\n{\"d\":,}\n{}\n",
        &[
            "1:9 syntax: expected `\"` at the end of the string (a line break inside a string is written `\\n`)",
            "2:8-11 duplicate-key: the key `b` stands twice in one object",
            "3:8 syntax: expected `}`, found the end (a record stands on one line; this one is cut off or goes on on the next)",
            "4:6 syntax: expected a value, found `,`",
            "4:6-7 syntax: trailing comma (remove the comma)",
        ],
    );
}

#[test]
fn duplicate_key() {
    let text = "{\"é𝄞\":1,\"x\":{\"k\":1,\"k\":2},\"\\u00e9𝄞\":2}\n";
    expect(
        &ledger(""),
        text,
        &[
            "1:20-23 duplicate-key: the key `k` stands twice in one object",
            "1:27-36 duplicate-key: the key `é𝄞` stands twice in one object",
        ],
    );
    let found = findings(&ledger(""), text.as_bytes(), &world());
    assert_eq!(found[1].related[0].at.span.unwrap().column, 2);
}

#[test]
fn several_values() {
    expect(
        &ledger(""),
        "{\"a\":1}{\"b\":1}\n{\"c\":1} 2\n",
        &[
            "1:8-9 several-values: expected the end, found another value (one line holds one record)",
            "2:9-10 several-values: expected the end, found another value (one line holds one record)",
        ],
    );
}

#[test]
fn pretty_printed() {
    expect(
        &ledger("decisions"),
        "{\n  \"id\": \"D-1\",\n  \"titel\": 1\n}\n[\n\n{}]\n",
        &[
            "1:1-2 missing-field: missing field `title` (is `titel` meant for it?)",
            "1:1-2 missing-field: missing field `reason`",
            "1:1-2 missing-field: missing field `decided_by`",
            "1:1-2 missing-field: missing field `timestamp`",
            "1:1-4:2 pretty-printed: a record over 4 lines",
            "3:3-10 unknown-field: unknown field `titel` (did you mean `title`?)",
            "5:1-7:4 pretty-printed: a record over 3 lines",
            "5:1-7:4 wrong-type: expected an object, found an array",
            "6:1 blank-line: a line without a record",
        ],
    );
}

#[test]
fn too_long_and_too_deep() {
    let long = format!(
        "\"{}\"\n",
        "x".repeat(trueline_ledger_lint::lines::MAX_LINE)
    );
    let deep = format!("{}{}\n", "[".repeat(200), "]".repeat(200));
    let text = format!("{long}{{}}\n{deep}{{\"a\":1}}\n");
    expect(
        &ledger(""),
        text,
        &[
            "1:1 line-too-long: the line has 1048579 bytes, at most 1048576 are read",
            "3:129-130 too-deep: more than 128 levels of nesting",
        ],
    );
}

#[test]
fn conflict_markers() {
    expect(
        &ledger(""),
        "{}\n<<<<<<< HEAD\n{\"a\":1}\n=======\n{\"b\":1}\n>>>>>>> theirs\n",
        &[
            "2:1-13 conflict-marker: conflict marker `<<<<<<<`",
            "4:1-8 conflict-marker: conflict marker `=======`",
            "6:1-15 conflict-marker: conflict marker `>>>>>>>`",
        ],
    );
}

#[test]
fn what_json_allows_and_serde_refuses_is_no_error() {
    expect(&ledger(""), "{\"a\":\"\\ud800\"}\n{\"b\":1e999}\n", &[]);
}

#[test]
fn findings_are_bounded() {
    let text = "{}x\n".repeat(trueline_ledger_lint::sink::MAX_FINDINGS + 5);
    let found = findings(&ledger(""), text.as_bytes(), &world());
    assert_eq!(found.len(), trueline_ledger_lint::sink::MAX_FINDINGS + 1);
    assert_eq!(found[0].rule.code, "too-many-findings");
    assert_eq!(
        found[0].message,
        "5 more findings in this file are not listed"
    );
}
