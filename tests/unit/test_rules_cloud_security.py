from __future__ import annotations

from datetime import date

import pytest

from quarterdeck import lifecycles
from quarterdeck.model import Severity
from quarterdeck.rules import RULES
from tests.asking import Case, ask, check
from tests.cloud_rows import ACCOUNT, assert_placed, rows
from tests.tables import OCTOBER, Row

KEY: Row = {"function": "book", "variable": "STRIPE", "rule": "stripe-live-key", "kind": "payment", "fingerprint": "ab12"}
URL: Row = {"function": "book", "qualifier": "", "auth": "NONE", "has_cors": False}
OWN: Row = {"has_cors": True, "origins": "https://www.example.com"}
API: Row = {"api": "a1", "name": "orders", "protocol": "HTTP", "has_cors": False, "routes": 3, "open_routes": 2}
SITE: Row = {
    "distribution": "E1", "domain": "d1.cloudfront.net", "aliases": "www.example.com", "is_enabled": True,
    "viewer_protocol": "redirect-to-https", "has_waf": True,
}  # fmt: skip

CASES = {
    "key_in_environment": Case(
        seeded=lambda: rows("function_keys", KEY),
        clean=lambda: rows("function_keys"),
        subject=f"{ACCOUNT}/us-west-2/book/STRIPE",
        title="The function book has a key in its environment: STRIPE",
        why="It looks like a stripe live key. Whoever may list functions in account 111122223333 reads it in plain text, and "
        "so does every tool and log that shows the function's settings.",
    ),
    "function_url_without_cors": Case(
        seeded=lambda: rows("function_urls", URL),
        clean=lambda: rows("function_urls", {**URL, **OWN}, {**URL, "qualifier": "live", "auth": "AWS_IAM"}),
        subject=f"{ACCOUNT}/us-west-2/book",
        title="The address of the function book is open to every website: it has no CORS policy",
        why="It asks for no authorisation: whoever has the address can call it, from any page and in the name of any visitor.",
    ),
    "api_without_cors": Case(
        seeded=lambda: rows("apis", API),
        clean=lambda: rows(
            "apis", {**API, **OWN}, {**API, "api": "a2", "open_routes": 0}, {**API, "api": "a3", "protocol": "WEBSOCKET"}
        ),
        subject=f"{ACCOUNT}/us-west-2/a1",
        title="The API orders is open to every website: it has no CORS policy",
        why="Of 3 routes 2 may be called without authorisation, by whoever knows the address and from any page.",
    ),
    "distribution_without_waf": Case(
        seeded=lambda: rows("distributions", {**SITE, "has_waf": False}),
        clean=lambda: rows("distributions", SITE, {**SITE, "distribution": "E2", "has_waf": False, "is_enabled": False}),
        subject=f"{ACCOUNT}/global/E1",
        title="The distribution of www.example.com has no web application firewall",
        why="Nothing stands between its visitors and its origins: no rate limit, no filter of known attacks.",
    ),
    "distribution_over_http": Case(
        seeded=lambda: rows("distributions", {**SITE, "viewer_protocol": "allow-all", "aliases": ""}),
        clean=lambda: rows("distributions", SITE, {**SITE, "distribution": "E2", "viewer_protocol": "https-only"}),
        subject=f"{ACCOUNT}/global/E1",
        title="The distribution of d1.cloudfront.net answers without encryption",
        why="A behaviour of it takes plain HTTP, which anybody on the way can read and change.",
    ),
    "bucket_public": Case(
        seeded=lambda: rows("buckets", {"bucket": "backups", "is_public": True}),
        clean=lambda: rows("buckets", {"bucket": "backups", "is_public": False}),
        subject=f"{ACCOUNT}/us-west-2/backups",
        title="Anybody can get into the bucket backups",
        why="Its policy or its grants name everybody, and no block of public access stops them.",
    ),
    "function_runtime_ended": Case(
        seeded=lambda: rows("functions", {"function": "book", "runtime": "python3.8"}),
        clean=lambda: rows(
            "functions", {"function": "a", "runtime": "python3.13"}, {"function": "b"}, {"function": "c", "runtime": "x"}
        ),
        subject=f"{ACCOUNT}/us-west-2/book",
        title="The runtime of the function book gets no security fixes from Oct 14, 2024 on: python3.8",
        why=f"By the dates known on {lifecycles.KNOWN_ON:%b %d, %Y}. AWS runs it on as it is; after a while the function can "
        "be changed no more.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize("id", CASES)
def test_every_finding_names_the_account_the_region_and_the_resource(id: str) -> None:
    for said in ask(id, **CASES[id].seeded()):
        assert_placed(said)


@pytest.mark.parametrize("id", CASES)
def test_prowler_looks_for_the_same(id: str) -> None:
    assert RULES.get(id).checks


@pytest.mark.parametrize(
    ("rule", "kind", "severity"),
    [
        ("stripe-live-key", "payment", Severity.CRITICAL),
        ("aws-access-key", "cloud", Severity.CRITICAL),
        ("slack-token", "other", None),
        ("stripe-test-key", "other", Severity.MEDIUM),
    ],
)
def test_a_key_is_as_bad_as_what_it_opens(rule: str, kind: str, severity: Severity | None) -> None:
    (said,) = ask("key_in_environment", **rows("function_keys", {**KEY, "rule": rule, "kind": kind}))
    assert said.hit.severity is severity


def test_an_address_that_asks_for_signatures_is_a_small_fault_where_it_allows_every_origin() -> None:
    given = rows("function_urls", {**URL, "auth": "AWS_IAM", "has_cors": True, "origins": "https://a.example.com, *"})
    (said,) = ask("function_url_without_cors", **given)
    assert said.hit.severity is Severity.LOW
    assert said.title.endswith("its CORS policy allows every origin")


def test_an_alias_is_a_subject_of_its_own() -> None:
    given = rows("function_urls", URL, {**URL, "qualifier": "live"})
    assert [said.subject.rpartition("/")[2] for said in ask("function_url_without_cors", **given)] == ["book", "book:live"]


def test_a_runtime_that_ends_soon_is_a_small_fault() -> None:
    ends = lifecycles.of_lambda("python3.10")
    assert ends is not None
    assert ends.ends_on == date(2026, 10, 31)  # the day before OCTOBER ends
    past, soon = (
        ask("function_runtime_ended", **rows("functions", {"function": "f", "runtime": r})) for r in ("python3.10", "dotnet8")
    )
    assert past[0].hit.severity is None
    assert soon[0].hit.severity is Severity.LOW
    assert OCTOBER.end == date(2026, 11, 1)
