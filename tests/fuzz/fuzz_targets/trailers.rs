//! Any text as a commit's message: no panic, trailers stand in their order and in the last
//! paragraph, claims come from trailers, and what is hidden is no trailer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_concordance::ids::Prefixes;
use trueline_concordance::trailers::{Rules, block, claims, hidden, parse};

fuzz_target!(|text: &str| {
    let prefixes = Prefixes::default();
    for rules in [Rules::default(), Rules { divider: true, comment: ";" }] {
        let found = parse(text, rules);
        let message = text.split('\0').next().unwrap_or_default();
        let place = block(message, rules);
        assert!(message.get(place).is_some());
        let mut at = 0;
        for trailer in &found {
            assert!(at <= trailer.range.start);
            at = trailer.range.end;
            assert!(text.get(trailer.range.clone()).is_some_and(|part| part.contains(&trailer.key)));
            assert!(!trailer.key.is_empty() && !trailer.value.contains('\n'));
        }
    }
    let seen = parse(text, Rules::default());
    let said = claims(text, &prefixes);
    for claim in &said.claims {
        assert!(prefixes.kind(&claim.id) == Some(claim.of));
        assert!(seen.iter().any(|trailer| trailer.range == claim.range));
    }
    for line in hidden(text, &prefixes) {
        assert!(text.get(line.range.clone()).is_some_and(|part| part.contains(&line.line)));
        assert!(seen.iter().all(|trailer| {
            line.range.start < trailer.range.start || trailer.range.end < line.range.end
        }));
    }
});
