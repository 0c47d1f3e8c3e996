"""What is paid for at AWS and not needed: each rule's seeded fault and clean twin, worked out by hand at list prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pytest

from quarterdeck.rules import RULES
from tests.asking import Case, Given, ask, check
from tests.clouds import ACCOUNT, OCTOBER_DAYS, ROWS, WEST, aws_tables, costs, metric, traffic_asked
from tests.tables import Row, at, usd

IN_OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)  # not older than the period
SILENT = dict.fromkeys(OCTOBER_DAYS, 0)


def given(rule: str, **rows: Sequence[Row]) -> Given:
    """What a rule is asked about, with other rows in some tables, and nothing on the bill."""
    tables = aws_tables({"cloud_costs": [], **rows})
    return {name: tables[name] for name in RULES.get(rule).tables}


def changed(table: str, **columns: object) -> Sequence[Row]:
    """The rows of a table, the first with other values."""
    first, *others = ROWS[table]
    return [{**first, **columns}, *others]


def traffic(values: Mapping[date, int]) -> Sequence[Row]:
    return metric("nat", "nat-1", "BytesOutToDestination", values)


CASES = {
    # 730 hours at 0.045, and 730 at 0.005 for the address: 32.85 + 3.65
    "nat_gateway_unused": Case(
        seeded=lambda: given("nat_gateway_unused"),
        clean=lambda: given("nat_gateway_unused", metrics=traffic({**SILENT, date(2026, 10, 9): 1})),
        subject=f"{ACCOUNT} {WEST} nat-1",
        title="NAT gateway staging in us-west-2 carries nothing and costs $36.50 a month",
        why="CloudWatch counted not one byte that left through it in the period: 730 hours of the gateway at 0.045 USD; "
        "730 hours of its address at 0.005 USD.",
    ),
    "elastic_ip_unassociated": Case(
        seeded=lambda: given("elastic_ip_unassociated"),
        clean=lambda: given("elastic_ip_unassociated", elastic_ips=changed("elastic_ips", is_associated=True)),
        subject=f"{ACCOUNT} {WEST} eip-1",
        title="Address 192.0.2.7 in us-west-2 leads nowhere and costs $3.65 a month",
        why="An Elastic IP address is charged for by the hour, in use or not: 730 hours at 0.005 USD.",
    ),
    "volume_unattached": Case(
        seeded=lambda: given("volume_unattached"),
        clean=lambda: given("volume_unattached", volumes=changed("volumes", is_attached=True)),
        subject=f"{ACCOUNT} {WEST} vol-1",
        title="Volume old in us-west-2 belongs to no instance and costs $4.00 a month",
        why="It has been there since before the period began: 50 GB of gp3 at 0.08 USD.",
    ),
    "volume_old_type": Case(
        seeded=lambda: given("volume_old_type"),
        clean=lambda: given("volume_old_type", volumes=[{**ROWS["volumes"][1], "type": "gp3"}]),
        subject=f"{ACCOUNT} {WEST} vol-2",
        title="Volume db in us-west-2 is of type gp2; gp3 saves $2.00 a month",
        why="gp3 has the same speed or more for less, and is changed to while the volume is in use: "
        "100 GB at 0.10 USD as gp2, at 0.08 USD as gp3.",
    ),
    # 231 MB * 1.3 = 300.3, in steps of 64: 320 MB. 31 days * 4,096 s * (3,008 - 320) / 1,024 GB = 333,312 GB-s
    "function_memory_oversized": Case(
        seeded=lambda: given("function_memory_oversized"),
        clean=lambda: given("function_memory_oversized", functions=changed("functions", memory_mb=639)),
        subject=f"{ACCOUNT} {WEST} mailing",
        title="Function mailing has 3,008 MB and used 231 MB at most, which costs $5.56 a month",
        why="In 3,100 runs of the period none took more: 333312 GB-seconds less with 320 MB instead of 3008 MB, "
        "if runs take as long, at 0.0000166667 USD.",
    ),
    # 40 GB served, 3 of 4 MB are text: 40 * 0.75 * 0.7 = 21 GB at 0.085
    "objects_uncompressed": Case(
        seeded=lambda: given("objects_uncompressed"),
        clean=lambda: given("objects_uncompressed", objects=changed("objects", content_encoding="br")),
        subject=f"{ACCOUNT} {WEST} site",
        title="Bucket site serves 1 text uncompressed, which costs $1.79 a month",
        why="Visitors wait for three times the bytes, and these are paid for: 40.00 GB served, 75 % of it texts that come "
        "to 30 % of their size: 21.00 GB less at 0.085 USD, and 0.002 GB less in store at 0.023 USD.",
    ),
    # 10 GB of 365 days, 275 of them too old: 7.534 GB at 0.03
    "logs_kept_for_ever": Case(
        seeded=lambda: given("logs_kept_for_ever"),
        clean=lambda: given("logs_kept_for_ever", log_groups=changed("log_groups", retention_days=3653)),
        subject=f"{ACCOUNT} {WEST}",
        title="1 log group keeps everything for ever in us-west-2",
        why="10,737,418,240 bytes have gathered and more will; what is older than 90 days costs $0.23 a month so far.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_fault_is_found_and_the_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize(
    "rows",
    [
        {"nat_gateways": changed("nat_gateways", created_at=IN_OCTOBER)},
        {"nat_gateways": changed("nat_gateways", created_at=None)},
        {"nat_gateways": changed("nat_gateways", state="pending")},
        {"metrics": []},
        {"metrics": traffic(dict.fromkeys(OCTOBER_DAYS[:13], 0))},
        {"metrics_asked": []},
        {"metrics_asked": [traffic_asked("nat-1", first=date(2026, 10, 2))]},
        {"metrics_asked": [traffic_asked("nat-1", last=date(2026, 10, 31))]},
    ],
    ids=["new", "of unknown age", "pending", "no datapoint", "few datapoints", "not asked", "asked late", "asked in part"],
)
def test_nobody_calls_a_gateway_unused_who_cannot_know(rows: dict[str, Sequence[Row]]) -> None:
    assert ask("nat_gateway_unused", **given("nat_gateway_unused", **rows)) == []


def test_no_more_is_saved_than_the_bill_has() -> None:
    bill = costs(("2026-10", {"EC2 - Other": "16.74", "Amazon Virtual Private Cloud": "3.72"}))
    [said] = ask("nat_gateway_unused", **given("nat_gateway_unused", cloud_costs=bill))
    assert said.hit.money_at_stake == usd(2039)  # 16.74 for the gateway, 3.65 for its address
    assert "no more than 16.74 USD is left on the bill for EC2 - Other" in said.why


def test_money_is_at_stake_in_the_tenants_own_currency_alone() -> None:
    [said] = ask("volume_unattached", at("2026-10", "EUR"), **given("volume_unattached"))
    assert said.hit.money_at_stake is None
    assert "$4.00" in said.title


def test_a_region_without_a_price_is_said_so() -> None:
    volumes = changed("volumes", region="eu-south-1")
    [said] = ask("volume_unattached", **given("volume_unattached", volumes=volumes))
    assert said.title.endswith("costs an amount that no price is known for a month")
    assert "no price is known for this region" in said.why
    assert said.hit.money_at_stake is None


def test_few_runs_prove_nothing_about_memory() -> None:
    few = [{**row, "invocations": 7} for row in ROWS["function_runs"][:7]]
    assert ask("function_memory_oversized", **given("function_memory_oversized", function_runs=few)) == []


def test_runs_of_a_part_of_the_period_stand_for_the_rest() -> None:
    """One day's 4,096 s were read of 31 days: the month is 31 times as much, and says so."""
    row, *_ = ROWS["function_runs"]
    asked = [{**ROWS["runs_asked"][0], "last": date(2026, 10, 2)}]
    [said] = ask("function_memory_oversized", **given("function_memory_oversized", function_runs=[row], runs_asked=asked))
    assert said.hit.money_at_stake == usd(556)
    assert "(by 1 of 31 days)" in said.why


def test_a_distribution_that_compresses_leaves_little_to_save() -> None:
    distributions = changed("distributions", is_compressing=True)
    assert ask("objects_uncompressed", **given("objects_uncompressed", distributions=distributions)) == []


def test_log_groups_of_a_region_are_one_finding() -> None:
    groups = [{**ROWS["log_groups"][0], "name": name} for name in ("a", "b")]
    [said] = ask("logs_kept_for_ever", **given("logs_kept_for_ever", log_groups=groups))
    assert said.title == "2 log groups keep everything for ever in us-west-2"
    assert [row["name"] for row in said.hit.evidence] == ["a", "b"]
    assert said.hit.money_at_stake == usd(45)  # 2 * 0.2260, rounded once
