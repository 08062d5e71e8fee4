//! What can be wrong with a run, its report and its evidence.

use super::rules;

rules! { BUILD, 18:
    SECRET = "secret", Error, "A file that is to be packed holds a secret",
        why: "Packs are committed, uploaded and passed on: a token in one is a token lost. Nothing is written. The value is never shown; the fingerprint is its SHA-256.",
        example: "a log with the line `Authorization: Bearer …`",
        mend: "Revoke the secret, take it out of the file or pass `--redact`. If it is none, allow it: `[[allow]] code = \"attach-pack/secret\"`, `id = \"<fingerprint>\"`, with a reason and a day on which it expires.";
    REFUSED_NAME = "refused-name", Error, "A file is refused for its name",
        why: "Files such as `.env`, `*.pem`, `.npmrc` or `.git/config` exist to hold secrets, in forms that no rule can know.",
        example: "attach-pack build --include '.env'",
        mend: "Leave it out. What a reader needs from it, write into the report.";
    UNSEARCHED = "unsearched", Error, "An archive that is to be packed cannot be searched for secrets",
        why: "What is encrypted, damaged, packed in an unknown way, or unpacks to more than 1 GiB could hold anything.",
        example: "attach-pack build --include 'out/encrypted.zip'",
        mend: "Leave it out, or put in what it holds. `[[allow]]` with its path lets it pass.";
    MISSING_REFERENCE = "missing-reference", Error, "The report refers to a file that does not exist",
        why: "A claim whose evidence is not there cannot be checked.",
        example: "[test log](../test-reports/unit.txt)   # no such file",
        mend: "Write the path as it is, relative to the report or to the root, or take the reference out.";
    EMPTY_EVIDENCE = "empty-evidence", Error, "A test log is empty",
        why: "An empty log looks like evidence and shows nothing: the command did not run, or its output went elsewhere.",
        example: ": > docs/test-reports/unit.txt",
        mend: "Run the tests again and keep their output.";
    CONTRADICTED_CLAIM = "contradicted-claim", Error, "The report claims what the attached results contradict",
        why: "Readers take the report's word. The results in the pack say something else.",
        example: "all 22 tests pass   # the log: 21 passed; 1 failed",
        mend: "Correct the report, or attach the results that it speaks of.";
    UNPROVEN_CLAIM = "unproven-claim", Warning, "The report claims test results, and none are attached",
        why: "Nobody can check such a claim.",
        example: "all 22 tests pass   # no log, no JUnit file",
        mend: "Attach the results: `--tests FILE`, `--junit FILE`, or a link in the report.";
    UNREAD_RESULTS = "unread-results", Warning, "A test log holds no results that can be read",
        why: "JUnit XML and the text of cargo test, nextest, pytest and TAP are understood. Another log is packed, but nothing can be said about it.",
        example: "a log of a shell script as --tests",
        mend: "Attach JUnit XML too: every test runner can write it.";
    NO_DIFF = "no-diff", Warning, "The pack has no summary of what changed",
        why: "A reader cannot see which files the run is about.",
        example: "attach-pack build without --base, where there is no origin/HEAD",
        mend: "Give the base: `--base origin/main`.";
    OUTSIDE = "outside-input", Error, "An input lies outside the repository, or is no regular file",
        why: "Links that lead out, pipes and devices bring in content that is no part of the run.",
        example: "[passwd](/../../etc/passwd)",
        mend: "Copy what is needed into the repository.";
    BAD_NAME = "bad-name", Error, "A file's name cannot stand in a pack",
        why: "Names that are not UTF-8 in form NFC, that differ only in case, are reserved on Windows or hold control characters cannot be unpacked everywhere.",
        example: "--include 'logs/*'   # with logs/a.txt and logs/A.txt",
        mend: "Rename the file.";
    FILE_CHANGED = "file-changed", Error, "A file changed while it was read",
        why: "What would be packed is neither the old content nor the new: a log that is still being written, most likely.",
        example: "attach-pack build --tests run.log   # while the tests run",
        mend: "Wait until what writes the file has ended, then build again.";
    NO_PACK_LINE = "no-pack-line", Error, "The report has no line `Orchestrator Attach Pack: <path>`",
        why: "Whoever reads the report cannot find its evidence.",
        example: "attach-pack verify --report docs/runs/run.md PACK   # a report without the line",
        mend: "Paste the line that `attach-pack build` prints.";
    WRONG_PACK_LINE = "wrong-pack-line", Error, "The report names another pack",
        why: "The path or id in the report is not that of the pack: the report or the pack was made again without the other.",
        example: "Orchestrator Attach Pack: docs/orchestrator/from-agents/AGENT-2/run-20260101T000000Z-attach.zip",
        mend: "Build the pack again and paste the line that `attach-pack build` prints.";
    REPORT_DIFFERS = "report-differs", Error, "The report is not the one in the pack",
        why: "The report was edited after the pack was made: what was reviewed is not what the evidence belongs to. The line that names the pack does not count.",
        example: "a verdict changed from FAIL to PASS after `attach-pack build`",
        mend: "Build the pack again.";
    STATEMENT = "statement", Error, "A statement or list in the pack is malformed, or speaks of another content",
        why: "The statements say what the pack is evidence of; one about another manifest proves nothing.",
        example: "statements/provenance.intoto.json copied from another pack",
        mend: "Build the pack again with `attach-pack build`.";
    FOREIGN_MANIFEST = "foreign-manifest", Error, "A manifest has a shape that proves nothing",
        why: "A list of names without digests and sizes cannot tell whether the files are the ones that were meant.",
        example: "{\"agent\": \"AGENT-1\", \"artifacts\": [\"ci.txt\", \"tests.txt\"]}",
        mend: "Build a pack for the run: `attach-pack build --run REPORT`.";
    BAD_MANIFEST = "bad-manifest", Error, "A manifest cannot be read",
        why: "What cannot be read cannot be checked.",
        example: "{\"artifacts\": [",
        mend: "Mend the JSON at the place that is shown.";
}
