//! Keys and tokens that show themselves by structure, and contexts that only entropy can judge (last of all rules).

use crate::rule::{Rule, Shape};

pub(super) const RULES: &[Rule] = &[
    Rule::token("private-key", "Private key", &["-----BEGIN"], r#"(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{64,}?KEY(?: BLOCK)?-----|(?:[A-Za-z0-9+/=\s\\:,"']|-[A-Za-z0-9]){40,})"#).shape(Shape::Block),
    Rule::token("putty-private-key", "PuTTY private key", &["PuTTY-User-Key-File-"], r"PuTTY-User-Key-File-\d: [\s\S]{1,2000}?Private-Lines: \d{1,4}\s+(?:[A-Za-z0-9+/=]{20,}\s{1,3}){1,60}").shape(Shape::Block),
    Rule::token("private-key-base64", "Private key, in base64", &["LS0tLS1CRUdJTi"], r"LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BSU0EgUFJJVkFURSBLRVkt|BFQyBQUklWQVRFIEtFWS|BPUEVOU1NIIFBSSVZBVEUg|BEU0EgUFJJVkFURSBLRVkt|BFTkNSWVBURUQgUFJJVkFU)[A-Za-z0-9+/\s\\]{40,}={0,2}").shape(Shape::Block),
    Rule::token("jwt", "JSON web token", &["ey"], r"ey[a-zA-Z0-9]{17,2000}\.ey[a-zA-Z0-9/\\_-]{17,8000}\.(?:[a-zA-Z0-9/\\_-]{10,2000}={0,2})?").shape(Shape::Block).entropy(30),
    Rule::token("jwt-base64", "JSON web token, in base64", &["ZXlK"], r"ZXlK[a-zA-Z0-9/\\_+\r\n-]{46,4000}={0,2}").shape(Shape::Block),
    Rule::token("jwe", "Encrypted web token", &["eyJ"], r"eyJ[A-Za-z0-9_-]{20,1000}\.[A-Za-z0-9_-]{0,1000}\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{20,8000}\.[A-Za-z0-9_-]{22}").shape(Shape::Block),
    Rule::token("sshpass-password", "Password given to sshpass", &["sshpass "], r#"sshpass -p\s?["']?([^\s"'$<]{4,100})"#).entropy(15),
    Rule::assigned("generic-api-key", "A value that a name calls secret", &["api_key", "api-key", "apikey", "api key", "secret", "passwd", "password", "passphrase", "credential", "creds", "private_key", "access_key", "accesskey", "access-key", "client_secret", "signing_key", "master_key"], r"[\w.=+/~-]{10,200}").entropy(35).generic(),
    Rule::assigned("generic-token", "A value that a name calls a token", &["token", "auth", "key", "access", "api"], r"[\w.=+/~-]{12,200}").entropy(35).generic(),
];
