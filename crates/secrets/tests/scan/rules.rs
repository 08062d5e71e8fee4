//! The table of rules is sound, and the scanner keeps its promises on benign text and in pieces.

use crate::common::Draw;
use proptest::prelude::*;
use std::collections::BTreeSet;
use trueline_secrets::{Scanner, Shape, rules, scan};

#[test]
fn ids_are_unique_and_plain() {
    let mut seen = BTreeSet::new();
    for rule in rules::all() {
        assert!(seen.insert(rule.id), "{} twice", rule.id);
        assert!(
            rule.id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{}",
            rule.id
        );
        assert!(
            !rule.keywords.is_empty()
                && rule.keywords.iter().all(|k| !k.is_empty() && k.is_ascii()),
            "{}",
            rule.id
        );
        assert!(!rule.about.is_empty());
    }
    assert!(seen.len() >= 150, "{} rules", seen.len());
}

#[test]
fn anchored_expressions_begin_with_a_keyword() {
    for rule in rules::all() {
        if matches!(rule.shape, Shape::Token | Shape::Glued | Shape::Block) {
            let mut draw = Draw::new(5);
            let text = String::from_utf8_lossy(&draw.draw_from(rule.pattern)).to_lowercase();
            let fits = (0..200).any(|_| {
                let text = String::from_utf8_lossy(&draw.draw_from(rule.pattern)).to_lowercase();
                rule.keywords
                    .iter()
                    .any(|k| text.starts_with(&k.to_lowercase()))
            });
            assert!(fits, "{}: {text}", rule.id);
        }
    }
}

/// Lines as builds and test runs print them: full of digests, and without a secret.
fn benign(draw: &mut Draw, lines: usize) -> String {
    let base64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for _ in 0..lines {
        let line = match draw.below(34) {
            0 => format!("commit {}", draw.hex(40)),
            1 => format!("Merge: {} {}", draw.hex(7), draw.hex(7)),
            2 => format!("{}  target/release/tool", draw.hex(64)),
            3 => format!("\"integrity\": \"sha512-{}==\"", draw.text(base64, 86)),
            4 => format!("request_id={} status=200", draw.uuid()),
            5 => "Authorization: Bearer ***".to_owned(),
            6 => "AWS_SECRET_ACCESS_KEY: ****************".to_owned(),
            7 => "token: ${{ secrets.GITHUB_TOKEN }}".to_owned(),
            8 => format!("cache key: linux-cargo-{}", draw.hex(64)),
            9 => format!("Digest: sha256:{}", draw.hex(64)),
            10 => format!("pulled registry.test/app@sha256:{}", draw.hex(64)),
            11 => format!("etag: \"{}\"", draw.hex(32)),
            12 => format!("checksum = \"{}\"", draw.hex(64)),
            13 => format!("{{\"key\":\"{}\",\"value\":1}}", draw.uuid()),
            14 => format!("Restored cache from key: npm-{}", draw.hex(40)),
            15 => format!("traceId={} spanId={}", draw.hex(32), draw.hex(16)),
            16 => "password: <your-password>".to_owned(),
            17 => "export API_KEY=xxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
            18 => format!("md5: {}", draw.hex(32)),
            19 => format!("test auth::tokens::refresh_{} ... ok", draw.below(1000)),
            20 => format!("index {}..{} 100644", draw.hex(7), draw.hex(7)),
            21 => format!("https://codecov.io/gh/x/y/commit/{}", draw.hex(40)),
            22 => "https://user:***@example.com/repo.git".to_owned(),
            23 => format!(
                "resolved \"https://registry.npmjs.org/x/-/x-1.0.{}.tgz#{}\"",
                draw.below(90),
                draw.hex(40)
            ),
            24 => format!("session {} opened for token {}", draw.uuid(), draw.uuid()),
            25 => {
                "    at KeyedTokenStore.getAccessToken (/app/src/auth/token-store.service.ts:42:17)"
                    .to_owned()
            }
            26 => format!("| key | {} |", draw.hex(64)),
            27 => format!("fingerprint SHA256:{}", draw.text(base64, 43)),
            28 => format!("heroku deploy of commit {}", draw.hex(40)),
            29 => format!("secret scanning: passed (sha256 {})", draw.hex(64)),
            30 => {
                "key = process.env.STRIPE_SECRET_KEY || config.get('stripe.secretKey')".to_owned()
            }
            31 => "warning: unused variable `access_token_expiration_seconds`: help: prefix it"
                .to_owned(),
            32 => format!("github.sha: {}", draw.hex(40)),
            _ => format!("tree {}\nparent {}", draw.hex(40), draw.hex(40)),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[test]
fn benign_logs_are_clean() {
    for seed in 0..20 {
        let text = benign(&mut Draw::new(seed + 1), 1500);
        let hits = scan(text.as_bytes());
        let shown: Vec<_> = hits
            .iter()
            .take(10)
            .map(|hit| {
                (
                    hit.rule,
                    text.lines().nth(usize::try_from(hit.line).unwrap() - 1),
                )
            })
            .collect();
        assert!(hits.is_empty(), "{shown:?}");
    }
}

/// Files whose content is base64: certificates, images, sums of modules, keys of other alphabets.
fn encoded(draw: &mut Draw, lines: usize) -> String {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    for width in [64, 76] {
        for _ in 0..lines {
            out.push_str(&draw.text(BASE64, width));
            out.push('\n');
        }
        out.push_str("==\r\n\n");
    }
    for alphabet in [BASE64, URL_SAFE] {
        let image = draw.text(alphabet, lines * 60);
        out.push_str(&format!("<img src=\"data:image/png;base64,{image}\">\n"));
    }
    for at in 0..lines {
        let sum = draw.text(BASE64, 43);
        out.push_str(&format!("example.test/m v1.{at}.0/go.mod h1:{sum}=\n"));
        out.push_str(&format!("{} {}\n", draw.text(BASE32, 40), draw.hex(32)));
    }
    out
}

#[test]
fn short_prefixes_in_base64_are_no_secrets() {
    for seed in 0..10 {
        let text = encoded(&mut Draw::new(seed + 101), 4000);
        let hits = scan(text.as_bytes());
        let rules: Vec<_> = hits.iter().map(|hit| (hit.rule, hit.line)).collect();
        assert!(rules.is_empty(), "{rules:?}");
    }
}

#[test]
fn names_of_types_and_stand_in_passwords_are_no_secrets() {
    for text in [
        "let private_key: Curve25519SeedBin = seed.as_be_bytes();",
        "fn from(key: PrivatePkcs8KeyDer<'a>) -> Self {",
        "let api_key = PrivatePkcs1KeyDer::from(der);",
        "http_auth = cache_maybe_has_http_authentication(&url)",
        "http://user:password@host.test/a",
        "postgres://postgres:postgres@localhost:5432/app",
        "POSTGRES_PASSWORD=postgres",
        "MYSQL_ROOT_PASSWORD: mysecretpassword",
    ] {
        let rules: Vec<_> = scan(text.as_bytes()).iter().map(|hit| hit.rule).collect();
        assert!(rules.is_empty(), "{text}: {rules:?}");
    }
    let drawn = Draw::new(9).text(b"abcdefghkmnpqrstuvwxyz23456789", 14);
    for text in [
        format!("postgres://app:{drawn}@localhost:5432/app"),
        format!("POSTGRES_PASSWORD={drawn}"),
    ] {
        assert_eq!(scan(text.as_bytes()).len(), 1, "{text}");
    }
}

#[test]
fn names_and_paths_of_code_are_no_secrets() {
    for text in [
        "bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));",
        "out->shared_secret_len = MLKEM512_SHARED_SECRET_LEN;",
        "pub ntlmV2Authentication: IKEEXT_NTLM_V2_AUTHENTICATION0,",
        "key_len: chacha20_poly1305::KEY_LEN,",
        "src/lock_api.rs:\n\n/home/ci/registry/src/index.crates.io-1949cf8c6b5b557f/quote-1.0.47/src/lib.rs:",
        "encrypt,gdpr,Auth,Argon2id/bcrypt;",
        "-D_ARM_WINAPI_PARTITION_DESKTOP_SDK_AVAILABLE=1wasm32v1-none",
        "pub HalSetSystemInformation: pHalSetSystemInformation,",
    ] {
        let rules: Vec<_> = scan(text.as_bytes()).iter().map(|hit| hit.rule).collect();
        assert!(rules.is_empty(), "{text}: {rules:?}");
    }
    let drawn = Draw::new(11).text(b"abcdefghkmnpqrstuvwxyz23456789", 24);
    for text in [
        format!("auth_key = \"service_{drawn}\""),
        format!("auth_key = \"/{drawn}/{drawn}\""),
        format!("api_token: prod-{drawn}-live"),
    ] {
        assert_eq!(scan(text.as_bytes()).len(), 1, "{text}");
    }
}

#[test]
fn a_key_of_any_printable_characters_is_a_key() {
    let body = Draw::new(4).text(
        b"!#$%&()*+,.:;<=>?@[]^_{|}~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl",
        120,
    );
    let text = format!(
        "{0}BEGIN PRIVATE KEY{0}{body}{0}END PRIVATE KEY{0}",
        "-----"
    );
    assert_eq!(scan(text.as_bytes()).len(), 1, "{text}");
    let words = "put the key of your own here, then close the file and start the service again ";
    let text = format!(
        "{0}BEGIN PRIVATE KEY{0}{words}{0}END PRIVATE KEY{0}",
        "-----"
    );
    assert_eq!(scan(text.as_bytes()).len(), 0, "{text}");
}

fn sample(seed: u64) -> Vec<u8> {
    let mut draw = Draw::new(seed);
    let all = rules::all();
    let mut text = Vec::new();
    for _ in 0..12 {
        let lines = draw.below(20);
        text.extend_from_slice(benign(&mut draw, lines).as_bytes());
        let rule = all[draw.below(all.len())];
        text.extend_from_slice(draw.one(rule.keywords).as_bytes());
        text.extend_from_slice(b" = \"");
        text.extend_from_slice(&draw.draw_from(rule.pattern));
        text.extend_from_slice(b"\"\n");
    }
    text
}

fn in_pieces(text: &[u8], size: usize) -> Vec<trueline_secrets::Hit> {
    let mut scanner = Scanner::new();
    text.chunks(size.max(1))
        .for_each(|piece| scanner.feed(piece));
    scanner.finish().hits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_do_not_matter(seed in any::<u64>(), size in 1usize..400) {
        let text = sample(seed);
        prop_assert_eq!(in_pieces(&text, size), scan(&text));
    }

    #[test]
    fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        for hit in scan(&bytes) {
            prop_assert!(hit.start < hit.end && hit.end <= bytes.len() as u64);
        }
    }
}

#[test]
fn batches_do_not_matter() {
    // Longer than a batch, so that secrets fall on its edges.
    let mut text = Vec::new();
    for seed in 0..700 {
        text.extend_from_slice(&sample(seed + 1));
    }
    assert!(text.len() > 900_000, "{}", text.len());
    let whole = scan(&text);
    assert!(whole.len() > 1000, "{}", whole.len());
    assert_eq!(in_pieces(&text, 8191), whole);
    assert_eq!(in_pieces(&text, 300_001), whole);
}

#[test]
fn a_hit_says_where_and_never_what() {
    let secret = format!(
        "ghp_{}",
        Draw::new(3).text(b"abcdefghijklmnopqrstuvwxyz0123456789", 36)
    );
    let text = format!("one\n\u{e9}\u{e9} {secret} end\n");
    let hits = scan(text.as_bytes());
    assert_eq!(hits.len(), 1);
    assert_eq!(
        (hits[0].rule, hits[0].line, hits[0].column),
        ("github-pat", 2, 4)
    );
    assert_eq!(&text.as_bytes()[9..49], secret.as_bytes());
    assert_eq!((hits[0].start, hits[0].end), (9, 49));
    assert_eq!(hits[0].fingerprint.len(), 64);
    let mut scanner = Scanner::new();
    scanner.feed(text.as_bytes());
    let shown = format!("{hits:?} {scanner:?}");
    assert!(!shown.contains(&secret) && !shown.contains(&secret[4..20]));
}
