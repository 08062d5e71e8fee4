//! Files that are refused for their name, whatever they hold.

/// Whole file names, in lower case, and what they hold.
const NAMES: [(&str, &str); 38] = [
    (".env", "environment file"),
    (".envrc", "environment file"),
    (".npmrc", "registry credentials"),
    (".yarnrc", "registry credentials"),
    (".yarnrc.yml", "registry credentials"),
    (".pypirc", "registry credentials"),
    (".netrc", "machine credentials"),
    ("_netrc", "machine credentials"),
    (".git-credentials", "git credentials"),
    (".htpasswd", "password hashes"),
    (".pgpass", "database password"),
    ("pgpass.conf", "database password"),
    (".my.cnf", "database password"),
    (".mylogin.cnf", "database password"),
    (".dockercfg", "registry credentials"),
    (".s3cfg", "cloud credentials"),
    (".boto", "cloud credentials"),
    (".terraformrc", "cloud credentials"),
    ("terraform.rc", "cloud credentials"),
    ("terraform.tfstate", "state that holds secrets"),
    ("terraform.tfstate.backup", "state that holds secrets"),
    ("credentials.tfrc.json", "cloud credentials"),
    (".vault-token", "vault token"),
    (".vault_pass", "vault password"),
    ("id_rsa", "private key"),
    ("id_dsa", "private key"),
    ("id_ecdsa", "private key"),
    ("id_ecdsa_sk", "private key"),
    ("id_ed25519", "private key"),
    ("id_ed25519_sk", "private key"),
    ("identity", "private key"),
    ("kubeconfig", "cluster credentials"),
    ("application_default_credentials.json", "cloud credentials"),
    ("service-account.json", "cloud credentials"),
    ("master.key", "encryption key"),
    ("shadow", "password hashes"),
    (".bash_history", "shell history"),
    (".zsh_history", "shell history"),
];

/// Extensions, in lower case, and what such files hold.
const EXTENSIONS: [(&str, &str); 17] = [
    ("pem", "key or certificate store"),
    ("key", "private key"),
    ("p12", "key store"),
    ("pfx", "key store"),
    ("pkcs12", "key store"),
    ("p8", "private key"),
    ("jks", "key store"),
    ("keystore", "key store"),
    ("bks", "key store"),
    ("ppk", "private key"),
    ("kdb", "password store"),
    ("kdbx", "password store"),
    ("ovpn", "VPN credentials"),
    ("gpg", "encrypted or key file"),
    ("keychain", "password store"),
    ("tfvars", "variables that hold secrets"),
    ("agekey", "private key"),
];

/// Ends of paths that make sense only with their folder, in lower case.
const ENDS: [(&str, &str); 13] = [
    (".git/config", "git configuration, may hold credentials"),
    (".docker/config.json", "registry credentials"),
    (".aws/credentials", "cloud credentials"),
    (".aws/config", "cloud credentials"),
    (".kube/config", "cluster credentials"),
    (".cargo/credentials", "registry credentials"),
    (".cargo/credentials.toml", "registry credentials"),
    (".gem/credentials", "registry credentials"),
    (".config/gh/hosts.yml", "host credentials"),
    (".m2/settings.xml", "registry credentials"),
    (".config/gcloud/credentials.db", "cloud credentials"),
    (".azure/accesstokens.json", "cloud credentials"),
    ("hub/oauth_token", "host credentials"),
];

/// Folders of which nothing is taken.
const FOLDERS: [(&str, &str); 4] = [
    (".ssh", "ssh folder"),
    (".gnupg", "key ring"),
    (".git", "git's own folder"),
    (".aws", "cloud credentials"),
];

/// Environment files that hold no values by custom.
const HARMLESS: [&str; 6] = [
    "example", "sample", "template", "dist", "schema", "defaults",
];

/// Why a file must not leave, judged by its path alone (`/` or `\` between the parts, any case); `None` if it may.
///
/// `.env.example` and its like, and public halves (`id_rsa.pub`), are not refused.
pub fn refused_name(path: &str) -> Option<&'static str> {
    let path = path.replace('\\', "/").to_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    if let Some((_, why)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(why);
    }
    if let Some(kind) = name.strip_prefix(".env.") {
        let harmless = kind
            .rsplit('.')
            .next()
            .is_some_and(|k| HARMLESS.contains(&k));
        return (!harmless).then_some("environment file");
    }
    if name.len() > 4 && name.ends_with(".env") {
        return Some("environment file");
    }
    if let Some((stem, extension)) = name.rsplit_once('.')
        && let Some((_, why)) = EXTENSIONS.iter().find(|(known, _)| *known == extension)
        && (!stem.is_empty() || extension == "pem" || extension == "key")
    {
        return Some(why);
    }
    if let Some((_, why)) = ENDS.iter().find(|(end, _)| {
        path.strip_suffix(end)
            .is_some_and(|head| head.is_empty() || head.ends_with('/'))
    }) {
        return Some(why);
    }
    let mut folders = path.split('/').rev().skip(1);
    folders.find_map(|part| {
        FOLDERS
            .iter()
            .find(|(known, _)| *known == part)
            .map(|(_, why)| *why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused() {
        for path in [
            ".env",
            "a/.env.production",
            "prod.env",
            "x/server.PEM",
            ".npmrc",
            ".git/config",
            "sub/.git/config",
            "home/.ssh/known_hosts",
            "id_rsa",
            "C:\\Users\\x\\.aws\\credentials",
            ".docker/config.json",
            "k.pfx",
            "terraform.tfstate",
            "a.tfvars",
            ".netrc",
        ] {
            assert!(refused_name(path).is_some(), "{path}");
        }
    }

    #[test]
    fn allowed() {
        for path in [
            "",
            "report.md",
            ".env.example",
            "id_rsa.pub",
            "config",
            "git/config",
            "environment.txt",
            "logs/keys.txt",
            ".github/workflows/ci.yml",
            ".gitignore",
            "docs/env",
            "x.pem.md",
        ] {
            assert_eq!(refused_name(path), None, "{path}");
        }
    }
}
