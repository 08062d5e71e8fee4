//! Every rule finds what is drawn from its own expression, in the places where secrets stand in real files.

use crate::common::Draw;
use trueline_secrets::{Rule, Shape, redact, rules, scan};

const DRAWS: usize = 24;

/// Where a token that tells itself may stand.
const TOKEN_PLACES: [&str; 12] = [
    "{s}",
    "token = \"{s}\"",
    "TOKEN={s}\n",
    "  value: {s}\n",
    "{\"x\":\"{s}\"}",
    "<k>{s}</k>",
    "`{s}`",
    "\u{1b}[32m{s}\u{1b}[0m",
    "a\\n{s}\\n",
    "curl https://x.test/?t={s}&b=1",
    "('{s}')",
    "say {s}, please",
];

/// Where a value that needs its name may stand.
const ASSIGNED_PLACES: [&str; 12] = [
    "{k}_TOKEN={s}\n",
    "{k}Token = \"{s}\"",
    "\"{k}_api\": \"{s}\"",
    "{k}.key: {s}\n",
    "export {k}=\"{s}\"",
    "{k}_Secret := `{s}`",
    "<{k}>{s}</{k}>",
    "'{k}-key' => '{s}',",
    "set(\"{k}_x\", \"{s}\")",
    "{k} = '{s}';",
    "{\\\"{k}_y\\\": \\\"{s}\\\"}",
    "x[\"{k}\"] = \"{s}\"",
];

/// A string of the rule's expression; the edges of words that it asks for are left to luck when drawing.
fn secret(rule: &Rule, draw: &mut Draw) -> Vec<u8> {
    let regex = regex::bytes::RegexBuilder::new(rule.pattern)
        .unicode(false)
        .build()
        .unwrap();
    (0..1000)
        .map(|_| draw.draw_from(rule.pattern))
        .find(|text| regex.is_match(text))
        .unwrap()
}

fn draw(rule: &Rule, draw: &mut Draw) -> Vec<u8> {
    let secret = secret(rule, draw);
    let place = match rule.shape {
        Shape::Assigned => draw.one(&ASSIGNED_PLACES),
        _ => draw.one(&TOKEN_PLACES),
    };
    let place = place.replace("{k}", draw.one(rule.keywords));
    let (head, tail) = place.split_once("{s}").unwrap();
    let (between, last) = tail.split_once("{s}").unwrap_or((tail, ""));
    [
        head.as_bytes(),
        &secret,
        between.as_bytes(),
        last.as_bytes(),
    ]
    .concat()
}

/// Draws that contain a keyword of the rule as the rule compares it.
fn holds_keyword(rule: &Rule, text: &[u8]) -> bool {
    let exact = !rule.pattern.starts_with("(?i)")
        && matches!(rule.shape, Shape::Token | Shape::Glued | Shape::Block);
    rule.keywords.iter().any(|word| {
        text.windows(word.len()).any(|part| {
            if exact {
                part == word.as_bytes()
            } else {
                part.eq_ignore_ascii_case(word.as_bytes())
            }
        })
    })
}

#[test]
fn rules_find_what_is_drawn_from_them() {
    let (mut total, mut found, mut missed) = (0, 0, Vec::new());
    for (at, rule) in rules::all().into_iter().enumerate() {
        let mut numbers = Draw::new(at as u64 + 1);
        let mut done = 0;
        let mut hits = 0;
        for _ in 0..DRAWS * 40 {
            if done == DRAWS {
                break;
            }
            let text = draw(rule, &mut numbers);
            if !holds_keyword(rule, &text) {
                continue;
            }
            done += 1;
            if scan(&text).is_empty() {
                if missed.len() < 60 {
                    missed.push(format!("{}: {}", rule.id, String::from_utf8_lossy(&text)));
                }
            } else {
                hits += 1;
            }
        }
        assert!(
            done == DRAWS,
            "{} draws of {} hold a keyword",
            done,
            rule.id
        );
        assert!(
            hits * 4 >= done * 3,
            "{}: {hits} of {done}; {:#?}",
            rule.id,
            missed.iter().rev().take(13).collect::<Vec<_>>()
        );
        total += done;
        found += hits;
    }
    assert!(
        found * 1000 >= total * 995,
        "{found} of {total}\n{}",
        missed.join("\n")
    );
}

#[test]
fn what_is_redacted_is_clean() {
    for (at, rule) in rules::all().into_iter().enumerate() {
        let mut numbers = Draw::new(at as u64 + 7001);
        for _ in 0..3 {
            let text = draw(rule, &mut numbers);
            let (clean, log) = redact(&text);
            assert!(
                scan(&clean).is_empty(),
                "{}: {}",
                rule.id,
                String::from_utf8_lossy(&clean)
            );
            assert_eq!(log.is_empty(), scan(&text).is_empty());
        }
    }
}
