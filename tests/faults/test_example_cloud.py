"""The AWS accounts and repositories of the example, read as in a run, against lists and sums that were made by hand.

Nothing here asks the product what it thinks of a price, a bill or a fault: figures are worked out again from the seeds and from
what AWS itself answers, in plain Python, and every line must go where its cause is mended, and no other with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.cloud import accounts, seed
from examples.cloud.at import At
from examples.portfolio import generate
from examples.tenants import jada, queenofsandiego
from quarterdeck.model import Severity, Unavailable
from quarterdeck.money import Money
from tests.emulator import CREDENTIALS, Emulator, running
from tests.examining import Seen, examine, together

TODAY = date(2026, 11, 1)
QUEEN = "queenofsandiego"
CODE, CLOUD = ("code_audit",), ("aws_inventory",)
# What is wrong with the example, as somebody wrote down who made the seeds: rule, severity, and what the line must name.
WRONG = {
    (QUEEN, "key_in_code", "high", "tools"),
    (QUEEN, "env_file_in_git", "high", ".env"),
    ("jada", "web_app_anonymous", "critical", "bookings"),
    (QUEEN, "distribution_without_waf", "high", "queenofsandiego.example.com"),
    (QUEEN, "function_url_without_cors", "high", "seat-map"),
    (QUEEN, "dependency_scanning_missing", "high", "tools"),
}
SMALLER = {
    (QUEEN, "nat_gateway_unused", "medium", "staging"),
    (QUEEN, "function_memory_oversized", "low", "mailing"),
    (QUEEN, "objects_uncompressed", "low", "queenofsandiego-site"),
    (QUEEN, "logs_kept_for_ever", "low", "us-west-2"),
    (QUEEN, "table_without_recovery", "low", "billing-state"),
}
AUDITED = {
    *("key_in_environment", "root_with_access_key", "user_without_mfa", "function_url_without_cors", "api_without_cors"),
    *("distribution_without_waf", "bucket_public", "admin_port_open", "access_key_old", "distribution_over_http"),
    *("function_runtime_ended", "record_dangling", "secret_unchanged", "table_without_recovery", "volume_unencrypted"),
    *("key_in_code", "key_in_history", "env_file_in_git", "web_app_anonymous", "dependency_scanning_missing"),
    *("vulnerability_known", "code_runtime_end_of_life", "lock_file_missing", "nat_gateway_unused"),
    *("elastic_ip_unassociated", "volume_unattached", "volume_old_type", "function_memory_oversized"),
    *("objects_uncompressed", "logs_kept_for_ever"),
}
Line = tuple[str, str, str]  # rule, severity, what the line is about


@dataclass(frozen=True)
class Example:
    """The example on an emulator, and what each tenant with something to audit looks like."""

    file: Path
    emulator: Emulator
    seen: Mapping[str, Seen]

    def at(self, tenant: str = QUEEN) -> At:
        return At(self.emulator.url, next(account for account in accounts(TODAY) if account.tenant == tenant))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with pytest.MonkeyPatch.context() as patch, running() as emulator:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        seed(emulator.url, TODAY)
        file = generate(tmp_path_factory.mktemp("cloud"), TODAY, aws=emulator.url)
        tenants = (QUEEN, "jada", "quickdumpnow", "dangerouscentaur")
        yield Example(file, emulator, {tenant: examine(file, tenant) for tenant in tenants})
        assert [call for call in emulator.calls() if call["status"] >= 500] == []


def lines(seen: Seen) -> set[Line]:
    """The findings of rules that audit code or accounts."""
    found = (finding for finding in seen.findings if finding.rule in AUDITED)
    return {(finding.rule, str(finding.severity), f"{finding.subject} {finding.facts}") for finding in found}


# --- findings ---------------------------------------------------------------------------------------------------------


def test_what_is_found_is_what_was_made_wrong_and_nothing_else(example: Example) -> None:
    found = {(tenant, *line) for tenant, seen in example.seen.items() for line in lines(seen)}
    wanted = WRONG | SMALLER
    assert {(tenant, rule, severity) for tenant, rule, severity, _ in found} == {line[:3] for line in wanted}
    assert len(found) == len(wanted)
    for tenant, rule, severity, named in wanted:
        [told] = [each[3] for each in found if each[:3] == (tenant, rule, severity)]
        assert named in told


def test_six_of_them_are_severe(example: Example) -> None:
    severe = {str(Severity.HIGH), str(Severity.CRITICAL)}
    found = [line for seen in example.seen.values() for line in lines(seen) if line[1] in severe]
    assert len(found) == len(WRONG) == 6


def _clean_env(patch: pytest.MonkeyPatch) -> None:
    """The payment key goes into a secret store; the other secret of the file stays where it is."""
    text = queenofsandiego._TOOLS[".env"].replace(queenofsandiego._NO_KEY, "${PAYMENT_API_KEY}")
    patch.setitem(queenofsandiego._TOOLS, ".env", text)


def _no_env(patch: pytest.MonkeyPatch) -> None:
    """The file is gone; the key was copied into a setting that is no env file."""
    patch.setitem(queenofsandiego._TOOLS, ".settings", f"payment_api_key: {queenofsandiego._NO_KEY}\n")
    patch.delitem(queenofsandiego._TOOLS, ".env")


def _watched(patch: pytest.MonkeyPatch) -> None:
    update = "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule: {interval: weekly}\n"
    patch.setitem(queenofsandiego._TOOLS, ".github/dependabot.yml", update)


def _signed_in(patch: pytest.MonkeyPatch) -> None:
    text = jada._FILES["appsscript.json"].replace("ANYONE_ANONYMOUS", "DOMAIN")
    patch.setitem(jada._FILES, "appsscript.json", text)


@pytest.mark.parametrize(
    ("tenant", "rule", "mend"),
    [
        (QUEEN, "key_in_code", _clean_env),
        (QUEEN, "env_file_in_git", _no_env),
        (QUEEN, "dependency_scanning_missing", _watched),
        ("jada", "web_app_anonymous", _signed_in),
    ],
)
def test_a_mended_repository_loses_its_line_and_no_other(
    example: Example,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tenant: str,
    rule: str,
    mend: Callable[[pytest.MonkeyPatch], None],
) -> None:
    before = {line[0] for line in lines(examine(example.file, tenant, kinds=CODE))}
    mend(monkeypatch)
    after = {line[0] for line in lines(examine(generate(tmp_path, TODAY), tenant, kinds=CODE))}
    assert before - after == {rule}
    assert after - before == set()


def _with_waf(at: At, *, on: bool) -> None:
    client = at.client("cloudfront", "us-east-1")
    listed = client.list_distributions()["DistributionList"]["Items"]
    [id] = [item["Id"] for item in listed if item["Aliases"]["Items"] == ["queenofsandiego.example.com"]]
    told = client.get_distribution_config(Id=id)
    arn = f"arn:aws:wafv2:us-east-1:{at.account.number}:global/webacl/site/1" if on else ""
    client.update_distribution(Id=id, IfMatch=told["ETag"], DistributionConfig={**told["DistributionConfig"], "WebACLId": arn})


def _with_cors(at: At, *, on: bool) -> None:
    cors = {"AllowOrigins": ["https://queenofsandiego.example.com"]} if on else {}
    at.client("lambda", "us-west-2").update_function_url_config(FunctionName="seat-map", Cors=cors)


@pytest.mark.parametrize(("rule", "mend"), [("distribution_without_waf", _with_waf), ("function_url_without_cors", _with_cors)])
def test_a_mended_resource_loses_its_line_and_no_other(example: Example, rule: str, mend: Callable[..., None]) -> None:
    before = {line[0] for line in lines(examine(example.file, QUEEN, kinds=CLOUD))}
    mend(example.at(), on=True)
    try:
        after = {line[0] for line in lines(examine(example.file, QUEEN, kinds=CLOUD))}
    finally:
        mend(example.at(), on=False)
    assert before - after == {rule}
    assert after - before == set()


# --- cost -------------------------------------------------------------------------------------------------------------


def charged(month: str, tenant: str | None = None, service: str | None = None) -> Decimal:
    """What the seeds charge for a month."""
    return sum(
        (
            charge.amount
            for account in accounts(TODAY)
            for charge in account.charges
            if f"{charge.day:%Y-%m}" == month and tenant in (None, account.tenant) and service in (None, charge.service)
        ),
        Decimal(0),
    )


def cents(usd: Decimal) -> int:
    return int((usd * 100).to_integral_value())


@pytest.mark.parametrize("tenant", [QUEEN, "quickdumpnow", "dangerouscentaur"])
def test_the_cost_is_the_sum_of_what_was_charged(example: Example, tenant: str) -> None:
    assert example.seen[tenant].minor("aws_cost") == cents(charged("2026-10", tenant))


def test_the_portfolio_pays_for_all_of_them_between_50_and_84_dollars_in_every_month(example: Example) -> None:
    months = [f"2025-{number:02d}" for number in range(9, 13)] + [f"2026-{number:02d}" for number in range(1, 11)]
    assert all(50 <= charged(month) <= 84 for month in months)
    figure = together(example.file, example.seen)["aws_cost"]
    assert isinstance(figure, Money)
    assert figure.minor == cents(charged("2026-10"))


def test_a_tenant_without_an_account_has_no_cost_rather_than_none_to_pay(example: Example) -> None:
    for kpi in ("aws_cost", "aws_saving", "function_error_rate"):
        assert isinstance(example.seen["jada"].figures[kpi], Unavailable)


# --- savings ----------------------------------------------------------------------------------------------------------


def gateway_by_hand() -> tuple[Decimal, Decimal]:
    """A gateway and its address: 730 hours at list prices, and no more than what is left of the bill after credits."""
    hours = Decimal(730)
    gateway = min(hours * Decimal("0.045"), charged("2026-10", QUEEN, "EC2 - Other"))
    address = min(hours * Decimal("0.005"), charged("2026-10", QUEEN, "Amazon Virtual Private Cloud"))
    return gateway, address


def memory_by_hand(at: At) -> Decimal:
    """The runs of October by San Diego's clock, as the log has them: 2,688 of 3,008 MB were never needed."""
    logs = at.client("logs", "us-west-2")
    first, last = (int(datetime(2026, month, 1, 7, tzinfo=UTC).timestamp() * 1000) for month in (10, 11))
    billed = used = 0
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/mailing"):
        for event in page["events"]:
            found = re.search(r"Billed Duration: (\d+) ms.*Max Memory Used: (\d+) MB", event["message"])
            if found and first <= event["timestamp"] < last:
                billed += int(found[1])
                used = max(used, int(found[2]))
    assert used == 236  # with a third more for the peaks, rounded up to 64 MB: 320 MB
    return Decimal(billed) / 1000 * (3008 - 320) / 1024 * Decimal("0.0000166667")


def texts_by_hand(at: At) -> Decimal:
    """What the site's distribution sent, in the share that plain texts have of the bucket, less seven tenths of it."""
    s3 = at.client("s3", "us-west-2")
    plain = whole = 0
    for item in s3.list_objects_v2(Bucket="queenofsandiego-site")["Contents"]:
        head = s3.head_object(Bucket="queenofsandiego-site", Key=item["Key"])
        whole += item["Size"]
        plain += item["Size"] if "ContentEncoding" not in head and not head["ContentType"].startswith("image/jpeg") else 0
    listed = at.client("cloudfront", "us-east-1").list_distributions()["DistributionList"]["Items"]
    [id] = [item["Id"] for item in listed if item["Aliases"]["Items"] == ["queenofsandiego.example.com"]]
    told = at.client("cloudwatch", "us-east-1").get_metric_statistics(
        Namespace="AWS/CloudFront",
        MetricName="BytesDownloaded",
        Dimensions=[{"Name": "DistributionId", "Value": id}, {"Name": "Region", "Value": "Global"}],
        StartTime=datetime(2026, 10, 1, tzinfo=UTC),
        EndTime=datetime(2026, 11, 1, tzinfo=UTC),
        Period=86_400,
        Statistics=["Sum"],
    )
    sent = sum((Decimal(point["Sum"]) for point in told["Datapoints"]), Decimal(0)) / 2**30
    return sent * plain / whole * Decimal("0.7") * Decimal("0.085") + Decimal(plain) / 2**30 * Decimal("0.7") * Decimal("0.023")


def test_what_could_be_saved_is_what_a_hand_comes_to(example: Example) -> None:
    at = example.at()
    gateway, address = gateway_by_hand()
    parts = {"gateway": gateway + address, "memory": memory_by_hand(at), "texts": texts_by_hand(at)}
    told = example.seen[QUEEN].minor("aws_saving")
    assert abs(told - cents(sum(parts.values(), Decimal(0)))) <= 1
    assert 24 <= sum(parts.values()) <= 26
    staked = {finding.rule: finding.money_at_stake for finding in example.seen[QUEEN].findings}
    rules = {"gateway": "nat_gateway_unused", "memory": "function_memory_oversized", "texts": "objects_uncompressed"}
    for part, usd in parts.items():
        money = staked[rules[part]]
        assert money is not None
        assert abs(money.minor - cents(usd)) <= 1, part


# --- tables of the tools ----------------------------------------------------------------------------------------------


def test_bookings_and_events_are_the_items_of_the_tables(example: Example) -> None:
    account = example.at().account
    items: dict[str, list[Mapping[str, Any]]] = {table.name: list(table.items) for table in account.tables}
    frames = example.seen[QUEEN].tables.frames
    assert sum(map(len, items.values())) < 5000
    assert len(frames["bookings"]) == len(items["bookings"])
    assert len(frames["events"]) == len(items["events"])
    by_status: dict[str, Decimal] = defaultdict(Decimal)
    for item in items["bookings"]:
        by_status[item["status"]["S"]] += Decimal(item["amount"]["N"])
    for status, group in frames["bookings"].groupby("status"):
        assert sum(group["amount_minor"]) == cents(by_status[str(status)])
