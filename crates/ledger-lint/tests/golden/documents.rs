//! JSON and YAML documents, Markdown.

use crate::{expect, expect_in, ledger, world};

#[test]
fn a_json_document() {
    let text = "{\r\n  \"version\": 2,\r\n  \"records\": [\r\n    {\"task_id\": \"WBS-99\", \"agent\": \"AGENT-1\", \"selected_plugins\": [7], \"reason\": \"r\", \"timestamp\": \"2025-01-02T00:00:00Z\"},\r\n    {\"task_id\": \"WBS-1\", \"agent\": \"AGENT-1\", \"selected_plugins\": [], \"reason\": \"r\", \"timestamp\": \"2025-01-01T00:00:00Z\"}\r\n  ]\r\n}\r\n";
    expect(
        &ledger("tools-manifest"),
        text,
        &[
            "1:2 crlf: 7 lines from here on end with CR LF",
            "2:14-15 out-of-range: `2` is more than 1 (the file is of a newer format than this build reads: update trueline)",
            "4:17-25 unknown-task: no work item `WBS-99` in queue or plan (did you mean `WBS-9`?)",
            "4:68-69 wrong-type: expected a string, found a number",
            "5:98-120 time-backwards: `2025-01-01T00:00:00Z` is before the record above",
        ],
    );
    expect(
        &ledger("tools-manifest"),
        "\u{feff}{\"records\": [],}",
        &[
            "1:1 byte-order-mark: a byte order mark",
            "1:15-16 syntax: trailing comma (remove the comma)",
            "1:17 no-final-newline: the last line has no line end",
        ],
    );
}

#[test]
fn justifications_expire() {
    let text = "{\"justifications\": [\n{\"id\": \"CVE-1\", \"package\": \"p\", \"reason\": \"r\", \"approved_by\": \"AB\", \"expires\": \"2025-01-01\"},\n{\"id\": \"CVE-1\", \"package\": \"p\", \"reason\": \"r\", \"approved_by\": \"AB\", \"expires\": \"2026-01-15\"}\n]}\n";
    expect(
        &ledger("cve-justifications"),
        text,
        &["3:8-15 duplicate-id: the id `CVE-1` is taken already"],
    );
    let text = "{\"justifications\": [\n{\"id\": \"CVE-1\", \"package\": \"p\", \"reason\": \"r\", \"approved_by\": \"AB\", \"expires\": \"2026-01-14\"}]}\n";
    expect(
        &ledger("cve-justifications"),
        text,
        &["2:1-93 expired: `CVE-1` expired at 2026-01-15T00:00:00Z"],
    );
}

#[test]
fn capabilities_in_yaml() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("ci")).unwrap();
    std::fs::write(folder.path().join("ci/smoke.yml"), "x").unwrap();
    let mut world = world();
    world.root = Some(folder.path().to_owned());
    world.specification = Some("## Run review\nand Access-Readiness.".into());
    let text = "\
version: 1
capabilities:
  run_review:
    status: done
    files: [ci/smoke.yml, ci/, docs/none.md]
    commands:
      - python -m ci.review
      - scripts/x --now
  access_readiness:
    status: finished
  metrics: {status: planned, files: [nowhere]}
  metrics: {status: planned}
";
    expect_in(
        &world,
        &ledger("capabilities"),
        text,
        &[
            "5:32-44 missing-capability: `run_review` is done, but `docs/none.md` does not exist",
            "7:9-28 missing-capability: `run_review` is done, but `python -m ci.review` needs `ci/review.py`",
            "8:9-24 missing-capability: `run_review` is done, but `scripts/x --now` needs `scripts/x`",
            "10:13-21 not-allowed: `finished` is not allowed here (allowed: `planned`, `in_progress`, `done`)",
            "12:3-10 duplicate-key: the key `metrics` stands twice in one object",
            "12:3-10 undocumented-capability: the specification does not name `metrics`",
        ],
    );
}

#[test]
fn yaml_that_is_broken_or_empty() {
    expect(
        &ledger("flags"),
        "flags:\n  a: [\n",
        &["2:6-7 syntax: unclosed bracket '['"],
    );
    expect(&ledger("flags"), "", &[]);
    expect(
        &ledger("flags"),
        "flags:\n  old: {default: true, description: d, owner: o, expires: 2025-01-01}\n",
        &["2:59-69 expired: the flag `old` expired on 2025-01-01"],
    );
}

#[test]
fn integrations_of_the_crosswalk() {
    let text = "{\"rows\": [{\"nt\": \"NT-1\", \"td\": [\"TD-5\"], \"wbs\": [\"WBS-50\"]}],\n \"integrations\": [{\"name\": \"email\", \"nt\": [\"NT-1\"], \"secret_names\": [\"KEY\"]}]}\n";
    expect(
        &ledger("crosswalk"),
        text,
        &[
            "1:33-39 unknown-requirement: no design `TD-5` in the index (did you mean `TD-1`?)",
            "1:50-58 unknown-task: no work item `WBS-50` in queue or plan (did you mean `WBS-5`?)",
            "2:19-20 incomplete-integration: the integration `email` has not a work item, not a smoke test",
            "2:70-75 secret-name: `KEY` is not `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`",
        ],
    );
}

#[test]
fn the_registry() {
    let text = "# Registry\n\n| Key | Type | Owner | Rotation |\n|---|---|---|---|\n| `a/b/c/K` | secret | O | 90d |\n| `K2` | secret | O | soon |\n| `K2` | enum | O | n/a |\n| K3 | enum |\n| K4 | secret-ish | O | 2025-01-01 |\n";
    expect(
        &ledger("registry"),
        text,
        &[
            "6:3-7 secret-name: `K2` is not `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`",
            "6:23-27 bad-format: `soon` is no interval (`30d`, `90d`, `180d`, `quarterly`, `annual`, `on-demand`, `n/a` or a day)",
            "7:3-7 duplicate-id: the key `K2` is taken already",
            "8:3-12 syntax: the row has 2 cells, the head 4",
            "9:25-35 overdue-rotation: the rotation of `K4` was due on 2025-01-01",
        ],
    );
    expect(
        &ledger("registry"),
        "# Registry\n",
        &["1:1 missing-field: the document has no table"],
    );
    expect(
        &ledger("registry"),
        "| Key | Rotation |\n|---|---|\n",
        &["1:3-17 missing-field: the table has no column `Owner`"],
    );
}

#[test]
fn approvals() {
    let good =
        "# A-1\n\n- SIGNOFF: true AB 2026-01-10T12:00:00Z\n**SIGNOFF:** true, CD, 2026-01-11\n";
    expect(&ledger("approvals"), good, &[]);
    expect(
        &ledger("approvals"),
        "SIGNOFF: true AB 2026-01-10T12:00:00Z\nSIGNOFF: true AB 2026-01-11\nSIGNOFF: true\nSIGNOFF: true CD later\nSIGNOFF: true CD 2027-01-01\nEXPIRES: 2026-01-01\n```\nSIGNOFF: true CD 2026-01-11\n```\n",
        &[
            "file missing-signoff: only `AB` has signed; two approvers are needed (a line an approver: `SIGNOFF: true AB 2026-01-15T12:00:00Z`)",
            "2:1-28 missing-signoff: `AB` signed twice; the second key is another person's",
            "3:1-14 missing-signoff: the signature has no initials and time",
            "4:1-23 missing-signoff: `later` is no time (`2026-01-15T12:00:00Z`)",
            "5:1-28 future-time: signed in the future: `2027-01-01`",
            "6:1-20 expired: the approval expired on 2026-01-01",
        ],
    );
}

#[test]
fn secrets_in_configuration() {
    // Put together here, so that this file holds no token.
    let token = ["gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat();
    let text = format!("flags:\n  f: {{default: true, description: \"{token}\", owner: o}}\n");
    expect(
        &ledger("flags"),
        text,
        &[
            "2:36-76 hard-coded-secret: looks like a secret (github-pat): GitHub personal access token",
        ],
    );
}
