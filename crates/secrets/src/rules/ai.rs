//! Model services.

use crate::rule::{Rule, Shape};

pub(super) const RULES: &[Rule] = &[
    Rule::token(
        "anthropic-api-key",
        "Anthropic API key",
        &["sk-ant-api03-"],
        r"sk-ant-api03-[a-zA-Z0-9_-]{93}AA|sk-ant-api03-[a-zA-Z0-9_-]{80,120}",
    ),
    Rule::token(
        "anthropic-admin-api-key",
        "Anthropic admin key",
        &["sk-ant-admin01-"],
        r"sk-ant-admin01-[a-zA-Z0-9_-]{80,120}",
    ),
    Rule::token(
        "anthropic-oauth-token",
        "Anthropic OAuth token",
        &["sk-ant-oat01-", "sk-ant-ort01-", "sk-ant-sid01-"],
        r"sk-ant-(?:oat|ort|sid)01-[a-zA-Z0-9_-]{80,140}",
    ),
    Rule::token(
        "openai-api-key",
        "OpenAI API key",
        &["T3BlbkFJ"],
        r"\bsk-(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ[A-Za-z0-9_-]{20,74}",
    )
    .within(100, 100)
    .entropy(30),
    Rule::token(
        "openai-project-key",
        "OpenAI project key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-"],
        r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}",
    )
    .entropy(38),
    Rule::token(
        "openrouter-api-key",
        "OpenRouter API key",
        &["sk-or-v1-"],
        r"sk-or-v1-[a-f0-9]{64}",
    ),
    Rule::token(
        "litellm-or-deepseek-key",
        "API key of the form sk-…",
        &["sk-"],
        r"sk-[a-f0-9]{32}|sk-[A-Za-z0-9]{48}",
    )
    .entropy(30),
    Rule::token(
        "huggingface-access-token",
        "Hugging Face token",
        &["hf_"],
        r"(?i)hf_[a-z]{34}|hf_[A-Za-z0-9]{34,40}",
    )
    .entropy(20),
    Rule::token(
        "huggingface-organization-api-token",
        "Hugging Face organization token",
        &["api_org_"],
        r"api_org_[A-Za-z]{34}",
    )
    .entropy(20),
    Rule::token(
        "replicate-api-token",
        "Replicate token",
        &["r8_"],
        r"r8_[A-Za-z0-9]{37}",
    ),
    Rule::token(
        "groq-api-key",
        "Groq API key",
        &["gsk_"],
        r"gsk_[A-Za-z0-9]{52}",
    ),
    Rule::token(
        "xai-api-key",
        "xAI API key",
        &["xai-"],
        r"xai-[A-Za-z0-9]{80}",
    ),
    Rule::token(
        "perplexity-api-key",
        "Perplexity API key",
        &["pplx-"],
        r"pplx-[a-zA-Z0-9]{48}",
    )
    .entropy(40),
    Rule::token(
        "fireworks-api-key",
        "Fireworks API key",
        &["fw_"],
        r"fw_[A-Za-z0-9]{22,24}",
    )
    .entropy(35),
    Rule::token(
        "together-api-key",
        "Together API key",
        &["tgp_v1_"],
        r"tgp_v1_[A-Za-z0-9_-]{43}",
    ),
    Rule::token(
        "cerebras-api-key",
        "Cerebras API key",
        &["csk-"],
        r"csk-[a-z0-9]{48}",
    ),
    Rule::token(
        "nvidia-api-key",
        "NVIDIA API key",
        &["nvapi-"],
        r"nvapi-[A-Za-z0-9_-]{60,70}",
    ),
    Rule::token(
        "langsmith-api-key",
        "LangSmith API key",
        &["lsv2_pt_", "lsv2_sk_"],
        r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}",
    ),
    Rule::token(
        "langfuse-secret-key",
        "Langfuse secret key",
        &["sk-lf-"],
        r"sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    Rule::token(
        "pinecone-api-key",
        "Pinecone API key",
        &["pcsk_"],
        r"pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,70}",
    ),
    Rule::token(
        "voyage-api-key",
        "Voyage API key",
        &["pa-"],
        r"pa-[A-Za-z0-9_-]{43}",
    )
    .entropy(40),
    Rule::token(
        "jina-api-key",
        "Jina API key",
        &["jina_"],
        r"jina_[A-Za-z0-9_-]{60}",
    ),
    Rule::token(
        "tavily-api-key",
        "Tavily API key",
        &["tvly-"],
        r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
    ),
    Rule::token(
        "firecrawl-api-key",
        "Firecrawl API key",
        &["fc-"],
        r"fc-[a-f0-9]{32}",
    )
    .entropy(30),
    Rule::token(
        "elevenlabs-api-key",
        "ElevenLabs API key",
        &["elevenlabs", "xi-api-key", "xi_api_key"],
        r"(?:sk_)?[a-f0-9]{32,48}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "stability-or-modal-token",
        "Modal token",
        &["ak-", "as-"],
        r"a[ks]-[A-Za-z0-9]{22}",
    )
    .entropy(38),
    Rule::token(
        "weights-and-biases-key",
        "Weights & Biases key",
        &["wandb"],
        r"[a-f0-9]{40}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "wandb-v1-key",
        "Weights & Biases key, new form",
        &["wandb_v1_"],
        r"wandb_v1_[A-Za-z0-9_]{60,90}",
    ),
    Rule::assigned(
        "cohere-api-token",
        "Cohere API token",
        &["cohere", "co_api_key"],
        r"[a-z0-9]{40}",
    )
    .entropy(35),
    Rule::assigned(
        "mistral-api-key",
        "Mistral API key",
        &["mistral"],
        r"[a-z0-9]{32}",
    )
    .entropy(30),
    Rule::assigned(
        "deepgram-api-key",
        "Deepgram API key",
        &["deepgram"],
        r"[a-f0-9]{40}",
    )
    .entropy(30),
    Rule::assigned(
        "assemblyai-api-key",
        "AssemblyAI API key",
        &["assemblyai", "assembly_ai"],
        r"[a-z0-9]{32}",
    )
    .entropy(30),
    Rule::assigned(
        "azure-openai-key",
        "Azure OpenAI key",
        &[
            "azure_openai",
            "azure-openai",
            "azureopenai",
            "ocp-apim-subscription-key",
        ],
        r"[a-f0-9]{32}|[a-z0-9]{84}",
    )
    .entropy(30),
    Rule::token(
        "privateai-api-token",
        "Private AI token",
        &["privateai", "private_ai", "private-ai"],
        r"[a-z0-9]{32}",
    )
    .shape(Shape::Assigned)
    .entropy(30),
    Rule::token(
        "clickhouse-cloud-api-secret-key",
        "ClickHouse Cloud secret key",
        &["4b1d"],
        r"4b1d[A-Za-z0-9]{38}",
    )
    .entropy(30),
    Rule::token("e2b-api-key", "E2B API key", &["e2b_"], r"e2b_[a-f0-9]{40}"),
    Rule::token(
        "browserbase-key",
        "Browserbase API key",
        &["bb_live_"],
        r"bb_live_[A-Za-z0-9_-]{20,40}",
    ),
    Rule::token(
        "composio-key",
        "Exa, Composio or Letta key in an assignment",
        &["composio", "exa_api_key", "letta_api_key"],
        r"[A-Za-z0-9_-]{20,100}",
    )
    .shape(Shape::Assigned)
    .entropy(35),
];
