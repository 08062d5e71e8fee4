//! Forges: where code and its reviews live.

use crate::rule::{Rule, Shape};

pub(super) const RULES: &[Rule] = &[
    Rule::token(
        "github-pat",
        "GitHub personal access token",
        &["ghp_"],
        r"ghp_[0-9a-zA-Z]{36}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "github-fine-grained-pat",
        "GitHub fine-grained token",
        &["github_pat_"],
        r"github_pat_\w{82}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "github-oauth",
        "GitHub OAuth token",
        &["gho_"],
        r"gho_[0-9a-zA-Z]{36}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "github-app-token",
        "GitHub App token",
        &["ghu_", "ghs_"],
        r"gh[us]_[0-9a-zA-Z]{36}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "github-app-jwt-token",
        "GitHub App installation token, stateless form",
        &["ghs_"],
        r"ghs_[0-9]{1,12}_eyJ[A-Za-z0-9_-]{10,300}\.[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_-]{10,}",
    ),
    Rule::token(
        "github-refresh-token",
        "GitHub refresh token",
        &["ghr_"],
        r"ghr_(?:[0-9a-zA-Z]{76}|[0-9a-zA-Z]{36})",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-pat-routable",
        "GitLab personal access token, routable",
        &["glpat-"],
        r"glpat-[0-9a-zA-Z_-]{27,300}\.[0-9a-z]{2}[0-9a-z]{7}",
    )
    .shape(Shape::Glued)
    .entropy(35),
    Rule::token(
        "gitlab-pat",
        "GitLab personal access token",
        &["glpat-"],
        r"glpat-[\w-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-cicd-job-token",
        "GitLab CI job token",
        &["glcbt-"],
        r"glcbt-[0-9a-zA-Z]{1,5}_[0-9a-zA-Z_-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-deploy-token",
        "GitLab deploy token",
        &["gldt-"],
        r"gldt-[0-9a-zA-Z_-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-feature-flag-client-token",
        "GitLab feature flag client token",
        &["glffct-"],
        r"glffct-[0-9a-zA-Z_-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-feed-token",
        "GitLab feed token",
        &["glft-"],
        r"glft-(?:[0-9a-zA-Z_-]{20}|[a-h0-9]{64}-\d{1,12})",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-incoming-mail-token",
        "GitLab incoming mail token",
        &["glimt-"],
        r"glimt-[0-9a-zA-Z_-]{25}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-kubernetes-agent-token",
        "GitLab Kubernetes agent token",
        &["glagent-"],
        r"glagent-[0-9a-zA-Z_-]{50}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-oauth-app-secret",
        "GitLab OAuth application secret",
        &["gloas-"],
        r"gloas-[0-9a-zA-Z_-]{64}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-pipeline-trigger-token",
        "GitLab pipeline trigger token",
        &["glptt-"],
        r"glptt-[0-9a-f]{40}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-runner-registration-token",
        "GitLab runner registration token",
        &["GR1348941"],
        r"GR1348941[\w-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-runner-token-routable",
        "GitLab runner token, routable",
        &["glrt-"],
        r"glrt-t\d_[0-9a-zA-Z_-]{27,300}\.[0-9a-z]{2}[0-9a-z]{7}",
    )
    .shape(Shape::Glued)
    .entropy(35),
    Rule::token(
        "gitlab-runner-token",
        "GitLab runner token",
        &["glrt-"],
        r"glrt-[0-9a-zA-Z_-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-scim-token",
        "GitLab SCIM token",
        &["glsoat-"],
        r"glsoat-[0-9a-zA-Z_-]{20}",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-session-cookie",
        "GitLab session cookie",
        &["_gitlab_session="],
        r"_gitlab_session=([0-9a-z]{32})",
    )
    .shape(Shape::Glued)
    .entropy(30),
    Rule::token(
        "gitlab-workspace-token",
        "GitLab workspace token",
        &["glwt-"],
        r"glwt-[0-9a-zA-Z_-]{20,64}",
    )
    .shape(Shape::Glued),
    Rule::token(
        "bitbucket-app-password",
        "Bitbucket app password",
        &["ATBB"],
        r"ATBB[A-Za-z0-9]{32}",
    )
    .entropy(30),
    Rule::assigned(
        "bitbucket-client-id",
        "Bitbucket client id",
        &["bitbucket"],
        r"[a-z0-9]{32}",
    ),
    Rule::assigned(
        "bitbucket-client-secret",
        "Bitbucket client secret",
        &["bitbucket"],
        r"[a-z0-9=_-]{64}",
    ),
    Rule::token(
        "atlassian-api-token",
        "Atlassian API token",
        &["ATATT3"],
        r"ATATT3[A-Za-z0-9_=-]{186}",
    )
    .entropy(35),
    Rule::token(
        "atlassian-connect-token",
        "Atlassian token",
        &["ATCTT3"],
        r"ATCTT3[A-Za-z0-9_=-]{60,190}",
    )
    .entropy(35),
    Rule::assigned(
        "atlassian-api-token-assigned",
        "Atlassian API token",
        &["atlassian", "confluence", "jira"],
        r"[a-z0-9]{20}[a-f0-9]{4}",
    )
    .entropy(35),
    Rule::token(
        "sourcegraph-access-token",
        "Sourcegraph access token",
        &["sgp_"],
        r"sgp_(?:[a-fA-F0-9]{16}|local)_[a-fA-F0-9]{40}|sgp_[a-fA-F0-9]{40}",
    )
    .entropy(30),
    Rule::assigned(
        "sourcegraph-access-token-assigned",
        "Sourcegraph access token",
        &["sourcegraph"],
        r"[a-f0-9]{40}",
    )
    .entropy(30),
    Rule::token(
        "gitea-token",
        "Gitea or Forgejo token",
        &["gitea", "forgejo"],
        r"[a-f0-9]{40}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "codeberg-or-gitee-token",
        "Gitee token",
        &["gitee"],
        r"[a-f0-9]{32}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "linear-api-key",
        "Linear API key",
        &["lin_api_"],
        r"(?i)lin_api_[a-z0-9]{40}",
    )
    .entropy(20)
    .shape(Shape::Glued),
    Rule::token(
        "linear-oauth-token",
        "Linear OAuth token",
        &["lin_oauth_"],
        r"lin_oauth_[a-f0-9]{64}",
    )
    .shape(Shape::Glued),
    Rule::assigned(
        "linear-client-secret",
        "Linear client secret",
        &["linear"],
        r"[a-f0-9]{32}",
    )
    .entropy(20),
    Rule::token(
        "shortcut-token",
        "Shortcut API token",
        &["shortcut", "clubhouse"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "clickup-token",
        "ClickUp personal token",
        &["pk_"],
        r"pk_\d{6,9}_[A-Za-z0-9]{32}",
    )
    .entropy(30),
    Rule::token(
        "asana-pat",
        "Asana personal access token",
        &["asana"],
        r"\d/\d{10,20}(?:/\d{10,20})?:[a-f0-9]{32}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::assigned(
        "asana-client-id",
        "Asana client id",
        &["asana"],
        r"[0-9]{16}",
    )
    .entropy(20),
    Rule::assigned(
        "asana-client-secret",
        "Asana client secret",
        &["asana"],
        r"[a-z0-9]{32}",
    ),
];
