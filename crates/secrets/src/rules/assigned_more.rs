//! Passwords and contexts that hold no word of a service.

use crate::rule::{Rule, Shape};

pub(super) const RULES: &[Rule] = &[
    Rule::assigned("database-password", "Password of a database", &["pgpassword", "mysql_pwd", "mysql_root_password", "postgres_password", "db_password", "db_passwd", "database_password", "database_passwd", "redis_password", "mssql_sa_password", "mongo_initdb_root_password"], r#"[^\s'"`,(){}\[\]\\]{6,100}"#).entropy(20).check(is_own_password),
    Rule::assigned("database-password-short", "Password beside its short name", &["pwd"], r#"[a-zA-Z0-9:;<@=},!$?^]{8,100}"#).entropy(25).check(is_mixed),
    Rule::token("snowflake-or-odbc-password", "Password in a connection string", &["pwd=", "password="], r#"(?i)(?:server|data source|host|driver|uid|user id|user)\s{0,3}=[^\r\n'"]{1,120};\s{0,3}(?:pwd|password)\s{0,3}=\s{0,3}([^;'"\s<>$*]{6,100})"#).around().entropy(20),
    Rule::token("curl-auth-user", "Credential of a curl call", &["curl"], r#"curl(?:[^\r\n]*[\r\n]{1,2}){0,5}?[^\r\n]*?[ \t\r\n](?:-u|--user|--proxy-user)(?:=|[ \t]{0,5})(?:"(:[^"]{3,}|[^:"]{3,}:|[^:"]{3,}:[^"]{3,})"|'([^:']{3,}:[^']{3,})'|((?:"[^"]{3,}"|'[^']{3,}'|[\w$@.-]+):(?:"[^"]{3,}"|'[^']{3,}'|[\w${}@.-]+)))(?:[^\w$@.-]|\z)"#).within(0, 2400).entropy(20).check(is_login),
    Rule::token("curl-auth-header", "Credential of a curl header", &["curl"], r#"curl(?:[^\r\n]*?[\r\n]{1,2}){0,5}?[^\r\n]*?[ \t\n\r](?:-H|--header)(?:=|[ \t]{0,5})["'](?i)(?:Authorization:[ \t]{0,5}(?:Basic[ \t]([a-z0-9+/]{8,}={0,3})|(?:Bearer|(?:Api-)?Token)[ \t]([\w=~@.+/-]{8,})|([\w=~@.+/-]{8,}))|(?:(?:X-(?:[a-z]+-)?)?(?:Api-?)?(?:Key|Token)):[ \t]{0,5}([\w=~@.+/-]{8,}))["']"#).within(0, 2400).entropy(27),
    Rule::token("authorization-header", "Credential of a header", &["authorization"], r#"(?i)authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:basic|bearer|token|digest|apikey|ssws|splunk)\s{1,3}([a-z0-9+/_.~=-]{16,600})"#).around().entropy(33),
    Rule::token("git-extraheader", "Credential in a git configuration", &["extraheader"], r#"(?i)extraheader\s{0,3}=\s{0,3}AUTHORIZATION:\s{0,3}(?:basic|bearer)\s{1,3}([a-z0-9+/_.~=-]{16,600})"#).around().entropy(30),
    Rule::token("url-with-credentials", "Password in a URL", &["://"], r#"://[^\s:/@'"<>`${}()\[\]]{0,100}:([^\s/@:'"<>`${}()\[\]*]{3,150})@[A-Za-z0-9.\[_-]{1,200}"#).shape(Shape::Glued).entropy(15).check(is_own_password),
    Rule::token("kubernetes-secret-yaml", "Data of a Kubernetes secret", &["kind"], r#"(?i)kind["']?:[ \t]*["']?secret\b["']?(?s:.){0,300}?\bdata["']?:(?s:.){0,100}?\s+["']?[\w.-]+["']?:(?:[ \t]*(?:\||>[-+]?)\s+)?[ \t]*["']?([a-z0-9+/]{10,}={0,3})"#).within(0, 3000).entropy(20).check(is_mixed),
    Rule::token("kubernetes-secret-data-first", "Data of a Kubernetes secret", &["data:"], r#"(?i)data:(?s:.){0,100}?\s+[\w.-]+:(?:[ \t]*(?:\||>[-+]?)\s+)?[ \t]*["']?([a-z0-9+/]{10,}={0,3})["']?(?s:.){0,200}?\bkind:[ \t]*["']?secret\b"#).within(0, 2400).entropy(20).check(is_mixed),
];

/// Passwords that documents, containers and tests use, and nobody else.
const STAND_INS: [&str; 26] = [
    "admin",
    "change",
    "changeit",
    "changeme",
    "docker",
    "guest",
    "minioadmin",
    "mypassword",
    "mysecretpassword",
    "mysql",
    "pass",
    "passwd",
    "password",
    "password123",
    "postgres",
    "postgresql",
    "pwd",
    "rabbitmq",
    "redis",
    "root",
    "secret",
    "secret123",
    "secretpassword",
    "test",
    "token",
    "username",
];

/// A password that is no stand-in.
fn is_own_password(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    !STAND_INS.iter().any(|word| word.as_bytes() == lower)
}

/// A user and a password, neither of them a stand-in.
fn is_login(value: &[u8]) -> bool {
    let at = memchr::memchr(b':', value).unwrap_or(value.len());
    let rest = value.get(at..).unwrap_or_default();
    let trim = |part: &[u8]| {
        let text = String::from_utf8_lossy(part).to_lowercase();
        text.trim_matches([':', '\'', '"']).to_owned()
    };
    let password = trim(rest);
    let same = |c: char| !password.is_empty() && password.chars().all(|x| x == c);
    let variable = |text: &str| {
        let mut chars = text.chars();
        chars.next() == Some('$')
            && chars
                .next()
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '{' | '('))
    };
    !STAND_INS.contains(&password.as_str())
        && !password.starts_with(['[', '<'])
        && !variable(&password)
        && !same('*')
        && !same('x')
}

/// Letters and digits, or both cases: more than a word.
fn is_mixed(value: &[u8]) -> bool {
    let any = |what: fn(&u8) -> bool| value.iter().any(what);
    any(u8::is_ascii_digit)
        || value.ends_with(b"=")
        || any(|b| matches!(b, b'+' | b'!' | b'$' | b'^' | b'@'))
}
