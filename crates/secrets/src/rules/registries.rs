//! Package and image registries.

use crate::rule::{Rule, Shape};

pub(super) const RULES: &[Rule] = &[
    Rule::token(
        "npm-access-token",
        "npm access token",
        &["npm_"],
        r"(?i)npm_[a-z0-9]{36}",
    )
    .entropy(20)
    .shape(Shape::Glued),
    Rule::token(
        "npm-auth-line",
        "Credential of an .npmrc line",
        &["_authtoken", "_auth"],
        r"(?i)_auth(?:token)?\s{0,3}=\s{0,3}([A-Za-z0-9+/=_-]{20,200})",
    )
    .around()
    .entropy(30)
    .check(crate::benign::looks_drawn),
    Rule::token(
        "pypi-upload-token",
        "PyPI upload token",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        r"pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[\w-]{50,600}",
    )
    .entropy(30)
    .shape(Shape::Glued),
    Rule::token(
        "rubygems-api-token",
        "RubyGems API key",
        &["rubygems_"],
        r"rubygems_[a-f0-9]{48}",
    )
    .entropy(20),
    Rule::token(
        "crates-io-token",
        "crates.io token",
        &["cio"],
        r"cio[A-Za-z0-9]{32}",
    )
    .entropy(38),
    Rule::token(
        "clojars-api-token",
        "Clojars deploy token",
        &["CLOJARS_"],
        r"(?i)CLOJARS_[a-z0-9]{60}",
    )
    .entropy(20),
    Rule::token(
        "nuget-api-key",
        "NuGet API key",
        &["oy2"],
        r"oy2[a-z0-9]{43}",
    )
    .entropy(35),
    Rule::token(
        "nuget-config-password",
        "Password in a nuget.config",
        &["cleartextpassword", "\"password\""],
        r#"(?i)<add key="(?:(?:ClearText)?Password)"\s*value="([^\n]{8,200}?)"\s*/>"#,
    )
    .within(20, 700)
    .entropy(10),
    Rule::token(
        "docker-pat",
        "Docker Hub access token",
        &["dckr_pat_", "dckr_oat_"],
        r"dckr_[po]at_[A-Za-z0-9_-]{27,32}",
    )
    .shape(Shape::Glued),
    Rule::token(
        "artifactory-api-key",
        "Artifactory API key",
        &["AKCp"],
        r"AKCp[A-Za-z0-9]{64,76}",
    )
    .entropy(40),
    Rule::token(
        "artifactory-reference-token",
        "Artifactory reference token",
        &["cmVmd"],
        r"cmVmd[A-Za-z0-9]{59}",
    )
    .entropy(40),
    Rule::assigned(
        "jfrog-api-key",
        "JFrog API key",
        &["jfrog", "artifactory", "bintray", "xray"],
        r"[a-z0-9]{73}",
    ),
    Rule::assigned(
        "jfrog-identity-token",
        "JFrog identity token",
        &["jfrog", "artifactory", "bintray", "xray"],
        r"[a-z0-9]{64}",
    ),
    Rule::token(
        "hex-pm-key",
        "Hex API key",
        &["hex_api_key", "hex-api-key"],
        r"[a-f0-9]{32}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "packagist-token",
        "Packagist token",
        &["packagist_"],
        r"packagist_(?:acs|acw|oat|ort|uut|out)_[a-f0-9]{68}",
    ),
    Rule::token(
        "conan-or-cloudsmith-key",
        "Cloudsmith API key",
        &["cloudsmith"],
        r"[a-f0-9]{40}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "jsr-token",
        "JSR token",
        &["jsrt_", "jsrp_", "jsrd_"],
        r"jsr[tpd]_[A-Za-z0-9]{30,60}",
    ),
    Rule::token(
        "anaconda-token",
        "Anaconda token",
        &["/t/"],
        r"/t/([a-z]{2}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    )
    .shape(Shape::Glued),
    Rule::token(
        "docker-auth",
        "Credential of a docker config",
        &["\"auth\""],
        r#""auth"\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{20,400}={0,2})""#,
    )
    .within(2, 440)
    .entropy(30),
    Rule::token(
        "sonatype-user-token",
        "Sonatype user token",
        &["sonatype", "ossrh"],
        r"[A-Za-z0-9+/]{44}",
    )
    .shape(Shape::Assigned)
    .entropy(38),
];
