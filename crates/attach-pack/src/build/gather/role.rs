//! What a file is for, and where it stands in a pack for that.

/// Where files of a role lie.
pub(super) fn folder_of(role: &str) -> &'static str {
    match role {
        "screenshot" => "screenshots",
        "log" => "logs",
        _ => "artifacts",
    }
}

/// What a file is for, by its path.
pub(super) fn role_of(path: &str, tests: &str) -> &'static str {
    let extension = path
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let below = |folder: &str| {
        path.strip_prefix(tests)
            .and_then(|rest| rest.strip_prefix('/')?.strip_prefix(folder))
            .is_some_and(|rest| rest.starts_with('/'))
    };
    match extension.as_deref() {
        Some("png" | "jpg" | "jpeg" | "gif" | "webp" | "svg" | "mp4" | "webm") => "screenshot",
        _ if below("infra") && path.contains("rotation") => "rotation",
        _ if below("infra") => "infra",
        Some("log" | "tap") => "log",
        Some("txt" | "xml") if path.starts_with(tests) => "log",
        _ if below("smoke") => "log",
        _ => "artifact",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles() {
        let of = |path| role_of(path, "docs/test-reports");
        assert_eq!(of("a/b.PNG"), "screenshot");
        assert_eq!(of("docs/test-reports/infra/plan.json"), "infra");
        assert_eq!(of("docs/test-reports/infra/rotation.json"), "rotation");
        assert_eq!(of("docs/test-reports/smoke/api"), "log");
        assert_eq!(of("src/a.rs"), "artifact");
        assert_eq!(of("notes.txt"), "artifact");
    }
}
