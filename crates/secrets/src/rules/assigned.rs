//! Services whose tokens have no prefix: the name beside the value tells.

use crate::rule::Rule;

pub(super) const RULES: &[Rule] = &[
    Rule::assigned(
        "fastly-api-token",
        "Fastly API token",
        &["fastly"],
        r"[a-z0-9=_-]{32}",
    ),
    Rule::assigned(
        "netlify-access-token",
        "Netlify access token",
        &["netlify"],
        r"[a-z0-9=_-]{40,46}",
    ),
    Rule::assigned(
        "digitalocean-spaces-key",
        "DigitalOcean Spaces secret",
        &["spaces_secret", "spaces-secret"],
        r"[a-z0-9/+]{43}",
    ),
    Rule::assigned(
        "vultr-api-key",
        "Vultr API key",
        &["vultr"],
        r"[a-z0-9]{36}",
    ),
    Rule::assigned(
        "pubnub-key",
        "PubNub key",
        &["pubnub"],
        r"(?:sub|pub|sec)-c-[0-9a-z-]{36,60}",
    ),
    Rule::assigned(
        "mux-token-secret",
        "Mux token secret",
        &["mux_token", "mux-token"],
        r"[a-z0-9/+]{75}",
    ),
    Rule::assigned(
        "agora-certificate",
        "Agora certificate",
        &["agora"],
        r"[a-f0-9]{32}",
    ),
    Rule::assigned(
        "pusher-secret",
        "Pusher secret",
        &["pusher"],
        r"[a-f0-9]{20}",
    ),
    Rule::assigned(
        "yelp-api-key",
        "Yelp API key",
        &["yelp"],
        r"[a-z0-9_\\=.-]{128}",
    ),
    Rule::assigned(
        "spotify-client-secret",
        "Spotify client secret",
        &["spotify"],
        r"[a-f0-9]{32}",
    ),
    Rule::assigned(
        "reddit-client-secret",
        "Reddit client secret",
        &["reddit"],
        r"[a-z0-9_-]{27,30}",
    ),
    Rule::assigned(
        "strava-client-secret",
        "Strava client secret",
        &["strava"],
        r"[a-f0-9]{40}",
    ),
    Rule::assigned(
        "fitbit-client-secret",
        "Fitbit client secret",
        &["fitbit"],
        r"[a-f0-9]{32}",
    ),
    Rule::assigned(
        "sauce-or-lambdatest-key",
        "LambdaTest key",
        &["lambdatest"],
        r"[a-z0-9]{50}",
    ),
    Rule::assigned(
        "bugcrowd-or-hackerone-token",
        "HackerOne token",
        &["hackerone"],
        r"[a-z0-9=+/_-]{44}",
    ),
    Rule::assigned(
        "kubernetes-bootstrap-token",
        "Kubernetes bootstrap token",
        &["bootstrap_token", "bootstrap-token", "--token"],
        r"[a-z0-9]{6}\.[a-z0-9]{16}",
    ),
    Rule::assigned(
        "rails-secret-key-base",
        "Key of a Rails application",
        &["secret_key_base", "rails_master_key"],
        r"[a-f0-9]{32,128}",
    )
    .entropy(30),
    Rule::assigned(
        "django-secret-key",
        "Key of a Django application",
        &["secret_key", "django_secret"],
        r"[a-z0-9!@#$%^&*()_=+-]{50}",
    )
    .entropy(38),
    Rule::assigned(
        "flask-or-session-secret",
        "Session secret",
        &[
            "session_secret",
            "cookie_secret",
            "jwt_secret",
            "nextauth_secret",
            "auth_secret",
        ],
        r"[a-z0-9+/_=-]{24,100}",
    )
    .entropy(35),
    Rule::assigned(
        "encryption-key",
        "Encryption key",
        &[
            "encryption_key",
            "encryption-key",
            "encryptionkey",
            "fernet_key",
        ],
        r"[a-z0-9+/_-]{32,88}={0,2}",
    )
    .entropy(35),
];
