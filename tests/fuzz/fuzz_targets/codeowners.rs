//! Any text as a CODEOWNERS file, its last line as a path: no panic, and the last line that matches decides.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (text, path) = text.rsplit_once('\n').unwrap_or((text, "a/b"));
    trueline_locks::fuzzing::codeowners(text, path);
    trueline_locks::fuzzing::codeowners(text, "a/b");
});
