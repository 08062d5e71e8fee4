//! The artifacts that tools meet on, and where they lie unless trueline.toml says otherwise.
// [impl->TD-1.6]

macro_rules! artifacts {
    ($($(#[doc = $doc:expr])+ $name:ident = $key:literal, $path:literal;)+) => {
        /// An artifact on disk. The key is its name under `[paths]` and `[aliases]`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Artifact {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Artifact {
            /// Every artifact, in the order of the documentation.
            pub const ALL: &[Artifact] = &[$(Artifact::$name,)+];

            /// Its key in trueline.toml.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Artifact::$name => $key,)+
                }
            }

            /// Its default path, relative to the root. A folder has no final `/`.
            pub const fn default_path(self) -> &'static str {
                match self {
                    $(Artifact::$name => $path,)+
                }
            }
        }
    };
}

artifacts! {
    /// Index of the non-technical blueprints.
    NtIndex = "nt_index", "docs/blueprints/nt-index.json";
    /// Index of the technical blueprints.
    TdIndex = "td_index", "docs/blueprints/td-index.json";
    /// Every heading of every blueprint; not committed.
    TocCache = "toc_cache", "docs/blueprints/toc-cache.json";
    /// Folder of acceptance criteria, a file an NT item.
    AcceptanceDir = "acceptance_dir", "docs/blueprints/acceptance";
    /// NT, TD, WBS, code, tests joined.
    Crosswalk = "crosswalk", "docs/blueprints/crosswalk.json";
    /// The coverage report.
    CoverageReport = "coverage_report", "docs/reports/concordance-coverage.md";
    /// Plan of record.
    Por = "por", "ops/por.json";
    /// An extra plan file of the seeds' older shape; read where it exists.
    Wbs = "wbs", "ops/wbs.json";
    /// The queue, an item a line.
    Queue = "queue", "ops/queue.jsonl";
    /// Progress, for people.
    ProgressMd = "progress_md", "docs/PROGRESS.md";
    /// Outline, for people.
    OutlineMd = "outline_md", "docs/OUTLINE.md";
    /// Progress, for programs.
    ProgressJson = "progress_json", "docs/progress.json";
    /// Folder of the published locks.
    LocksDir = "locks_dir", "ops/locks";
    /// Who owns which paths.
    Ownership = "ownership", "ops/ownership.yaml";
    /// The code host's form of it.
    Codeowners = "codeowners", ".github/CODEOWNERS";
    /// Folder of recorded checks.
    ChecksDir = "checks_dir", "ops/checks";
    /// Ledger of model decisions.
    ModelDecisions = "model_decisions", "ops/model-decisions.jsonl";
    /// Ledger of tools.
    ToolsManifest = "tools_manifest", "ops/tools-manifest.json";
    /// Ledger of secret rotations.
    Rotation = "rotation", "ops/secrets/rotation.jsonl";
    /// Ledger of access exceptions.
    Exceptions = "exceptions", "ops/access/exceptions.jsonl";
    /// Who may do what.
    Entitlements = "entitlements", "ops/access/entitlements.yaml";
    /// Ledger of AI authorship.
    AiAuthorship = "ai_authorship", "ops/ai-authorship.jsonl";
    /// Ledger of justified vulnerabilities.
    CveJustifications = "cve_justifications", "ops/security/cve-justifications.json";
    /// Ledger of risks.
    Risks = "risks", "ops/risks.jsonl";
    /// Ledger of decisions.
    Decisions = "decisions", "ops/decisions.jsonl";
    /// What the orchestrator can do.
    Capabilities = "capabilities", "ops/orchestrator_capabilities.yaml";
    /// The orchestrator's specification.
    OrchestratorSpec = "orchestrator_spec", "docs/orchestrator/ORCHESTRATOR_SPEC.md";
    /// Registry of configuration and secrets.
    Registry = "registry", "ops/config/registry.md";
    /// Feature flags.
    Flags = "flags", "ops/config/flags.yaml";
    /// The agents and their teams.
    AgentRegistry = "agent_registry", "ops/agent-registry.yaml";
    /// Folder of two-key approvals.
    ApprovalsDir = "approvals_dir", "ops/approvals";
    /// Folder of run reports.
    RunsDir = "runs_dir", "docs/runs";
    /// Folder of agents' attach packs.
    PacksDir = "packs_dir", "docs/orchestrator/from-agents";
    /// Folder of rotation packs.
    RotationsDir = "rotations_dir", "docs/orchestrator/rotations";
    /// Folder of test reports and raw logs.
    TestReportsDir = "test_reports_dir", "docs/test-reports";
    /// Matrix of access readiness.
    ReadinessMatrix = "readiness_matrix", "docs/runbooks/access-readiness-matrix.md";
}

impl Artifact {
    /// The artifact of that key.
    pub fn of_key(key: &str) -> Option<Artifact> {
        Self::ALL
            .iter()
            .copied()
            .find(|artifact| artifact.key() == key)
    }
}
