"""What is paid for at AWS and not needed. Amounts are USD a month, never more than the bill has for the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from quarterdeck import savings
from quarterdeck.frames import total
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence
from quarterdeck.savings import Saving, oversized, table

_WORTH_CENTS = 10  # a month; below that, mending costs more than it brings
_UNKNOWN = "an amount that no price is known for"


def _hit(saving: Saving, at: At, evidence: tuple[Mapping[str, Fact], ...] = (), **facts: Fact) -> Hit:
    """A hit about one resource, with what it costs and how that is worked out."""
    known: dict[str, Fact] = {
        "name": saving.shown,
        "account": saving.account,
        "region": saving.region,
        "saving": saving.money or _UNKNOWN,
        "arithmetic": saving.arithmetic,
        **facts,
    }
    row: dict[str, Fact] = {name: known[name] for name in ("account", "region")}
    own = ({"resource": saving.resource, **row, "saving": known["saving"]},)
    return Hit(
        subject=f"{saving.account} {saving.region} {saving.resource}",
        facts=known,
        evidence=evidence or own,
        money_at_stake=_at_stake(saving.money, at),
    )


def _at_stake(money: Money | None, at: At) -> Money | None:
    """What a month would save, where it is in the tenant's own currency."""
    return money if money is not None and money.currency == at.currency and money.minor > 0 else None


def _is_worth_it(saving: Saving) -> bool:
    return saving.money is None or saving.money.minor >= _WORTH_CENTS


@rule(
    "nat_gateway_unused",
    close_after=2,
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="NAT gateway {name} in {region} carries nothing and costs {saving} a month",
    why="CloudWatch counted not one byte that left through it in the period: {arithmetic}.",
    remedy="Delete NAT gateway {name} with its routes, and release its address",
    absent_ok=("cloud_costs",),
)
def nat_gateway_unused(
    nat_gateways: pd.DataFrame, metrics: pd.DataFrame, metrics_asked: pd.DataFrame, cloud_costs: pd.DataFrame, at: At
) -> Iterable[Hit]:
    """A NAT gateway older than the period, asked about for all of it, through which nothing went."""
    tables = {"nat_gateways": nat_gateways, "metrics": metrics, "metrics_asked": metrics_asked, "cloud_costs": cloud_costs}
    for saving in table.gateways(tables, at):
        yield _hit(saving, at)


@rule(
    "elastic_ip_unassociated",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="Address {name} in {region} leads nowhere and costs {saving} a month",
    why="An Elastic IP address is charged for by the hour, in use or not: {arithmetic}.",
    remedy="Release the address {name}, or attach it to what it was reserved for",
    absent_ok=("cloud_costs",),
    checks=("ec2_elastic_ip_unassigned",),
)
def elastic_ip_unassociated(elastic_ips: pd.DataFrame, cloud_costs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An Elastic IP address that no instance and no network interface has."""
    for saving in table.addresses({"elastic_ips": elastic_ips, "cloud_costs": cloud_costs}, at):
        yield _hit(saving, at)


@rule(
    "volume_unattached",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="Volume {name} in {region} belongs to no instance and costs {saving} a month",
    why="It has been there since before the period began: {arithmetic}.",
    remedy="Take a snapshot of {name} if its data may be needed, then delete it",
    absent_ok=("cloud_costs",),
)
def volume_unattached(volumes: pd.DataFrame, cloud_costs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An EBS volume older than the period that no instance has."""
    for saving in table.unattached_volumes({"volumes": volumes, "cloud_costs": cloud_costs}, at):
        yield _hit(saving, at)


@rule(
    "volume_old_type",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=60,
    title="Volume {name} in {region} is of type {type}; {better} saves {saving} a month",
    why="{better} has the same speed or more for less, and is changed to while the volume is in use: {arithmetic}.",
    remedy="Change volume {name} to {better}",
    absent_ok=("cloud_costs",),
)
def volume_old_type(volumes: pd.DataFrame, cloud_costs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An EBS volume in use of type gp2."""
    for saving in table.old_volumes({"volumes": volumes, "cloud_costs": cloud_costs}, at):
        yield _hit(saving, at, type="gp2", better="gp3")


@rule(
    "function_memory_oversized",
    close_after=2,
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="Function {name} has {given} MB and used {used} MB at most, which costs {saving} a month",
    why="In {runs:run|runs} of the period none took more: {arithmetic}.",
    remedy="Set the memory of {name} to {enough} MB, and look at how long its runs take: with memory goes computing power",
    absent_ok=("cloud_costs",),
)
def function_memory_oversized(
    functions: pd.DataFrame, function_runs: pd.DataFrame, runs_asked: pd.DataFrame, cloud_costs: pd.DataFrame, at: At
) -> Iterable[Hit]:
    """A function with twice the memory or more that its runs of the period needed, a third of headroom added."""
    tables = {
        "functions": functions,
        "function_runs": function_runs,
        "runs_asked": runs_asked,
        "cloud_costs": cloud_costs,
    }
    for memory in table.functions(tables, at):
        if _is_worth_it(memory.saving):
            yield _hit(memory.saving, at, given=memory.given, used=memory.used, enough=memory.enough, runs=memory.runs)


@rule(
    "objects_uncompressed",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="Bucket {name} serves {objects:text|texts} uncompressed, which costs {saving} a month",
    why="Visitors wait for three times the bytes, and these are paid for: {arithmetic}.",
    remedy="Switch compression on in the distribution before {name}, or store its texts as gzip with their Content-Encoding",
    absent_ok=("cloud_costs",),
)
def objects_uncompressed(
    objects: pd.DataFrame,
    object_samples: pd.DataFrame,
    distributions: pd.DataFrame,
    metrics: pd.DataFrame,
    cloud_costs: pd.DataFrame,
    at: At,
) -> Iterable[Hit]:
    """A bucket with texts that are not compressed, served by distributions that do not compress either."""
    tables = {
        "objects": objects,
        "object_samples": object_samples,
        "distributions": distributions,
        "metrics": metrics,
        "cloud_costs": cloud_costs,
    }
    for texts in table.texts(tables, at):
        if _is_worth_it(texts.saving):
            own = objects[(objects["account"] == texts.saving.account) & (objects["bucket"] == texts.bucket)]
            listed = own[own["key"].isin(texts.keys)].sort_values(["bytes", "key"], ascending=[False, True])
            rows = evidence(listed, at, "bucket", "key", "bytes", "content_type")
            yield _hit(texts.saving, at, rows, objects=len(texts.keys))


@rule(
    "logs_kept_for_ever",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=45,
    title="{groups:log group keeps|log groups keep} everything for ever in {region}",
    why="{bytes:byte has|bytes have} gathered and more will; what is older than {days:days} costs {saving} a month so far.",
    remedy="Set a retention of {days:days} on the log groups listed here, and on new ones by default",
    absent_ok=("cloud_costs",),
)
def logs_kept_for_ever(log_groups: pd.DataFrame, cloud_costs: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Log groups without a retention; one finding an account and region."""
    found = table.logs({"log_groups": log_groups, "cloud_costs": cloud_costs}, at)
    for account, region in sorted({(saving.account, saving.region) for saving in found}):
        own = [saving for saving in found if (saving.account, saving.region) == (account, region)]
        rows = _endless(log_groups, account, region)
        money = savings.dollars(savings.total(own))
        yield Hit(
            subject=f"{account} {region}",
            facts={
                "account": account,
                "region": region,
                "groups": len(rows),
                "bytes": total(rows["bytes"]),
                "days": oversized.KEPT_DAYS,
                "saving": money if all(saving.usd is not None for saving in own) else _UNKNOWN,
            },
            evidence=evidence(rows, at, "name", "account", "region", "bytes"),
            money_at_stake=_at_stake(money, at),
        )


def _endless(log_groups: pd.DataFrame, account: str, region: str) -> pd.DataFrame:
    own: pd.DataFrame = log_groups[
        (log_groups["account"] == account) & (log_groups["region"] == region) & log_groups["retention_days"].isna()
    ].sort_values(["bytes", "name"], ascending=[False, True])
    return own
