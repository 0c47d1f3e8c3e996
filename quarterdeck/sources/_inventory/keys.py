"""Whether the value of an environment variable is a key that should lie in a secret store. Pure; nothing is kept of the value.

Known forms come first, by what their issuers say of them. A value of no known form counts where the variable's name says
that it is a secret and the value looks like none of: a reference to where the secret lies, a placeholder, a plain word, a
number, an address without a password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a value looks like. `kind` is payment, cloud or other; of a key for tests nobody loses money."""

    rule: str
    kind: str


_FORMS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (rule, kind, re.compile(form))
    for rule, kind, form in (
        ("stripe-live-key", "payment", r"\b[sr]k_live_[0-9A-Za-z]{10,}"),
        ("stripe-webhook-secret", "payment", r"\bwhsec_[0-9A-Za-z+/=]{20,}"),
        ("stripe-test-key", "other", r"\b[sr]k_test_[0-9A-Za-z]{10,}"),
        ("braintree-token", "payment", r"\baccess_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}"),
        ("square-secret", "payment", r"\bsq0csp-[0-9A-Za-z_-]{40,}"),
        ("adyen-key", "payment", r"\bAQE[a-zA-Z0-9+/=-]{60,}"),
        ("aws-access-key", "cloud", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("google-api-key", "cloud", r"\bAIza[0-9A-Za-z_-]{35}"),
        ("google-service-account", "cloud", r'"type":\s*"service_account"'),
        ("azure-storage-key", "cloud", r"\bAccountKey=[0-9A-Za-z+/=]{40,}"),
        ("github-token", "other", r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{40,})"),
        ("gitlab-token", "other", r"\bglpat-[0-9A-Za-z_-]{20,}"),
        ("slack-token", "other", r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}"),
        ("slack-webhook", "other", r"https://hooks\.slack\.com/services/[0-9A-Za-z/]{20,}"),
        ("sendgrid-key", "other", r"\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),
        ("twilio-key", "other", r"\bSK[0-9a-f]{32}\b"),
        ("openai-key", "other", r"\bsk-(?:proj-)?[0-9A-Za-z_-]{32,}"),
        ("private-key", "other", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
        ("address-with-password", "other", r"^[a-z][a-z0-9+.-]*://[^\s:/@]*:[^\s:/@]{4,}@"),
    )
)
_NAMED = re.compile(
    r"(?:^|[_-])(?:SECRET|PASSWORD|PASSWD|PWD|PASSPHRASE|TOKEN|CREDENTIALS?|(?:API|AUTH|ACCESS|PRIVATE|SIGNING|ENCRYPTION|SECRET)"
    r"[_-]?KEY|APIKEY)(?:$|[_-])"
)
_PAYMENT = re.compile(r"STRIPE|PAYPAL|BRAINTREE|SQUARE|ADYEN|PAYMENT|MOLLIE|KLARNA")
# Where a secret lies, rather than the secret: an ARN, a parameter's path, a reference that something fills in.
_REFERENCE = re.compile(r"^(?:arn:|ssm:|secretsmanager:|vault:|projects/|/|\$\{|\{\{|\$[A-Z_]+$)", re.IGNORECASE)
_ABOUT = re.compile(r"(?:_|-)(?:ARN|NAME|ID|PATH|PARAM|PARAMETER|URL|URI|ENDPOINT|TTL|EXPIRY|LENGTH|HEADER|ALGORITHM|FILE)$")
_EMPTY_WORDS = re.compile(
    r"^(?:.*(?:change[_-]?me|placeholder|redacted|your[_-]|dummy|insert[_-]).*|none|null|unset|todo|tbd|true|false|"
    r"(?:test|example|secret|password|token|default|disabled|enabled)[0-9]*|[x*.<>-]+)$",
    re.IGNORECASE,
)
_SHORTEST = 8
_FEWEST_LETTERS = 5  # different characters, below which a value is no key


def recognise(name: str, value: str) -> Recognised | None:
    """What a variable's value looks like, where it looks like a key; None for anything else."""
    for rule, kind, form in _FORMS:
        if form.search(value):
            return Recognised(rule, kind)
    upper = _upper(name)
    if not _NAMED.search(upper) or _ABOUT.search(upper) or not _could_be_a_key(value):
        return None
    return Recognised("named-as-secret", "payment" if _PAYMENT.search(upper) else "other")


def _upper(name: str) -> str:
    """`stripeApiKey` as STRIPE_API_KEY."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _could_be_a_key(value: str) -> bool:
    text = value.strip()
    if len(text) < _SHORTEST or len({*text}) < _FEWEST_LETTERS or " " in text:
        return False
    return not (_REFERENCE.search(text) or _EMPTY_WORDS.search(text) or re.fullmatch(r"[0-9.]+|https?://\S+", text))
