"""Security of what runs in AWS: keys in environments, endpoints, distributions, buckets, ports, runtimes, names."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck import lifecycles
from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._cloud import allows_all, each, found
from quarterdeck.rules._shared import days_between

_KINDS = {"payment": Severity.CRITICAL, "cloud": Severity.CRITICAL}
_SOON_DAYS = 90
_OPEN = "It asks for no authorisation: whoever has the address can call it, from any page and in the name of any visitor"
_SIGNED = "It asks for AWS_IAM, so only signed calls come through; the page of a stranger may read what they bring"


@rule(
    "key_in_environment",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.M,
    due_days=7,
    title="The function {function} has a key in its environment: {variable}",
    why="It looks like {what}. Whoever may list functions in account {account} reads it in plain text, and so does every tool "
    "and log that shows the function's settings.",
    remedy="Put {variable} into Secrets Manager or a SecureString of Parameter Store and let {function} read it there; then "
    "replace the key where it was issued, as it may be known",
    checks=("awslambda_function_no_secrets_in_variables",),
)
def key_in_environment(function_keys: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A variable of a function holds a key: critical for payments and clouds, medium for a test key."""
    for row in each(function_keys, "function", "variable"):
        milder = Severity.MEDIUM if "test" in row["rule"] else None
        yield found(
            row,
            f"{row['function']}/{row['variable']}",
            ("function", "variable", "rule", "fingerprint"),
            _KINDS.get(row["kind"], milder),
            function=row["function"],
            variable=row["variable"],
            what=_what(row["rule"]),
        )


def _what(rule: str) -> str:
    """`stripe-live-key` as `a stripe live key`."""
    if rule == "named-as-secret":
        return "a secret, by the variable's name"
    words = rule.replace("-", " ")
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


@rule(
    "function_url_without_cors",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=14,
    title="The address of the function {function} is open to every website: {how}",
    why="{reach}.",
    remedy="Set a CORS policy on the address of {function} that names the origins of your own pages, and ask for AWS_IAM or "
    "check a token in the function",
    checks=("awslambda_function_url_cors_policy", "awslambda_function_url_public"),
)
def function_url_without_cors(function_urls: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A function's address that asks for no authorisation and has no CORS policy, or one that allows every origin.

    Where it asks for AWS_IAM, only the policy that allows every origin is a fault, and a small one.
    """
    for row in each(function_urls, "function", "qualifier"):
        is_open, all_origins = row["auth"] == "NONE", allows_all(row["origins"])
        if not all_origins and (row["has_cors"] or not is_open):
            continue
        name = f"{row['function']}:{row['qualifier']}" if row["qualifier"] else row["function"]
        yield found(
            row,
            name,
            ("function", "qualifier", "auth", "has_cors", "origins", "methods", "is_public"),
            None if is_open else Severity.LOW,
            function=name,
            how=_cors(all_origins),
            reach=_OPEN if is_open else _SIGNED,
        )


def _cors(all_origins: bool) -> str:
    return "its CORS policy allows every origin" if all_origins else "it has no CORS policy"


@rule(
    "api_without_cors",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=14,
    title="The API {name} is open to every website: {how}",
    why="Of {routes:route|routes} {open} may be called without authorisation, by whoever knows the address and from any page.",
    remedy="Set a CORS policy on {name} that names the origins of your own pages, and an authoriser on every "
    "route that need not be open",
    checks=("apigatewayv2_api_authorizers_enabled",),
)
def api_without_cors(apis: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """An HTTP API with routes that ask for no authorisation and no CORS policy, or one that allows every origin."""
    for row in each(apis[apis["protocol"] == "HTTP"], "name", "api"):
        all_origins = allows_all(row["origins"])
        if not row["open_routes"] or (row["has_cors"] and not all_origins):
            continue
        yield found(
            row,
            row["api"],
            ("name", "api", "has_cors", "origins", "methods", "routes", "open_routes"),
            name=row["name"],
            how=_cors(all_origins),
            open=int(row["open_routes"]),
            routes=int(row["routes"]),
        )


@rule(
    "distribution_without_waf",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.M,
    due_days=30,
    title="The distribution of {site} has no web application firewall",
    why="Nothing stands between its visitors and its origins: no rate limit, no filter of known attacks.",
    remedy="Attach a web ACL of AWS WAF to {resource}, with a rate limit and the managed core rules: count first, then block",
    checks=("cloudfront_distributions_using_waf",),
)
def distribution_without_waf(distributions: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """An enabled distribution of CloudFront without a web ACL."""
    for row in each(distributions[distributions["is_enabled"] & ~distributions["has_waf"]], "distribution"):
        yield found(
            row, row["distribution"], ("distribution", "domain", "aliases", "origins"), site=row["aliases"] or row["domain"]
        )


@rule(
    "distribution_over_http",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=14,
    title="The distribution of {site} answers without encryption",
    why="A behaviour of it takes plain HTTP, which anybody on the way can read and change.",
    remedy="Let every behaviour of {resource} redirect to HTTPS",
    checks=("cloudfront_distributions_https_enabled",),
)
def distribution_over_http(distributions: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """An enabled distribution with a behaviour that allows plain HTTP."""
    lenient = distributions["is_enabled"] & (distributions["viewer_protocol"] == "allow-all")
    for row in each(distributions[lenient], "distribution"):
        shown = ("distribution", "domain", "aliases", "viewer_protocol")
        yield found(row, row["distribution"], shown, site=row["aliases"] or row["domain"])


@rule(
    "bucket_public",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=7,
    title="Anybody can get into the bucket {resource}",
    why="Its policy or its grants name everybody, and no block of public access stops them.",
    remedy="Block public access on {resource}; what a site needs of it, CloudFront reads over an origin access control",
    checks=("s3_bucket_public_access",),
)
def bucket_public(buckets: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A bucket that lets everybody in."""
    for row in each(buckets[buckets["is_public"]], "bucket"):
        yield found(row, row["bucket"], ("bucket", "is_public", "has_block", "encryption", "created_at"))


@rule(
    "function_runtime_ended",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.M,
    due_days=60,
    title="The runtime of the function {resource} gets no security fixes from {ends} on: {runtime}",
    why="By the dates known on {known}. AWS runs it on as it is; after a while the function can be changed no more.",
    remedy="Move {resource} to {successor}, and test it there",
    checks=("awslambda_function_using_supported_runtimes",),
)
def function_runtime_ended(functions: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A function on a runtime whose support has ended, or ends within ninety days, which is a small fault."""
    for row in each(functions[functions["runtime"].notna()], "function"):
        lifecycle = lifecycles.of_lambda(row["runtime"])
        left = None if lifecycle is None else days_between(at.end, lifecycle.ends_on)
        if lifecycle is None or left is None or left >= _SOON_DAYS:
            continue
        yield found(
            row,
            row["function"],
            ("function", "runtime", "package", "changed_at"),
            Severity.LOW if left >= 0 else None,
            runtime=row["runtime"],
            ends=lifecycle.ends_on,
            known=lifecycles.KNOWN_ON,
            successor=lifecycle.successor or "a newer one",
        )
