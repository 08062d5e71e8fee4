//! Passwords and contexts that hold no word of a service.

use crate::rule::{Rule, Shape};

pub(super) const RULES: &[Rule] = &[
    Rule::assigned("database-password", "Password of a database", &["pgpassword", "mysql_pwd", "mysql_root_password", "postgres_password", "db_password", "database_password", "redis_password", "mssql_sa_password", "mongo_initdb_root_password"], r#"[^\s'"`;,<>(){}\[\]\\$]{8,100}"#).entropy(25),
    Rule::token("snowflake-or-odbc-password", "Password in a connection string", &["pwd=", "password="], r#"(?i)(?:server|data source|host|driver|uid|user id|user)\s{0,3}=[^\r\n'"]{1,120};\s{0,3}(?:pwd|password)\s{0,3}=\s{0,3}([^;'"\s<>$*]{6,100})"#).around().entropy(20),
    Rule::token("curl-auth-user", "Credential of a curl call", &["curl "], r#"curl[ \t](?:[^\r\n]|\\\r?\n){0,200}?(?:-u|--user|--proxy-user)(?:=|[ \t]{1,4})["']?([^\s:"'$<]{1,64}:[^\s"'$<]{3,100})"#).entropy(20),
    Rule::token("curl-auth-header", "Credential of a curl header", &["curl "], r#"(?i)curl[ \t](?s:.){0,300}?(?:-H|--header)(?:=|[ \t]{0,4})["'](?:Authorization:[ \t]{0,4}(?:Basic[ \t]([a-z0-9+/]{8,}={0,3})|(?:Bearer|(?:Api-)?Token)[ \t]([\w=~@.+/-]{8,})|([\w=~@.+/-]{8,}))|(?:(?:X-(?:[a-z]{1,16}-)?)?(?:Api-?)?(?:Key|Token)):[ \t]{0,4}([\w=~@.+/-]{8,}))["']"#).entropy(27),
    Rule::token("authorization-header", "Credential of a header", &["authorization"], r#"(?i)authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:basic|bearer|token|digest|apikey|ssws|splunk)\s{1,3}([a-z0-9+/_.~=-]{16,600})"#).around().entropy(33),
    Rule::token("git-extraheader", "Credential in a git configuration", &["extraheader"], r#"(?i)extraheader\s{0,3}=\s{0,3}AUTHORIZATION:\s{0,3}(?:basic|bearer)\s{1,3}([a-z0-9+/_.~=-]{16,600})"#).around().entropy(30),
    Rule::token("url-with-credentials", "Password in a URL", &["://"], r#"://[^\s:/@'"<>`${}()\[\]]{0,100}:([^\s/@:'"<>`${}()\[\]*]{3,150})@[A-Za-z0-9.\[_-]{1,200}"#).shape(Shape::Glued).entropy(15),
    Rule::token("kubernetes-secret-yaml", "Data of a Kubernetes secret", &["kind"], r#"(?i)kind["']?:\s{0,4}["']?secret["'\s](?s:.){0,500}?["'\s{,]data["']?:\s{0,60}\{?\s{0,60}["']?[a-z0-9_.-]{1,80}["']?:\s{0,10}(?:\|-?\s{0,20})?["']?([a-z0-9+/]{8,}={0,3})"#).shape(Shape::Glued).entropy(20),
    Rule::token("kubernetes-secret-data-first", "Data of a Kubernetes secret", &["kind"], r#"\b(?i)data:\s{1,10}[a-z0-9_.-]{1,40}:\s{1,4}["']?([a-z0-9+/]{10,60}={0,3})["']?\s(?s:.){0,40}?kind:\s{0,4}secret\b"#).within(160, 16).entropy(20),
];
