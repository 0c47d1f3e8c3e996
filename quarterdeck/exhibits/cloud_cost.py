"""What AWS costs, what it could cost less, and what is asked of what runs there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck import traffic
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, grid, money, ratio, shown, text
from quarterdeck.frames import between
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money, round_half_even
from quarterdeck.savings import dollars, prices
from quarterdeck.savings.table import every

_SERVICES, _MOVERS, _SAVINGS, _RESOURCES = 15, 5, 30, 25
_LEAST_CENTS = 1
_DIGITS = Decimal("0.0001")


@exhibit("cloud_cost_table", title="AWS cost by service")
def cloud_cost_table(cloud_costs: pd.DataFrame, at: At) -> Exhibit | None:
    """What each service cost in the period and in the same window of the period before, the dearest first."""
    services = _services(cloud_costs, at)
    ordered = sorted(services, key=lambda row: (-row[3].minor, row[0], row[1]))
    whole = (_whole(cloud_costs, *at.window_before), _whole(cloud_costs, at.start, at.end))
    rows: list[Row] = [(tenant, _line(service, before, now)) for tenant, service, before, now in ordered[:_SERVICES]]
    rest = ordered[_SERVICES:]
    if rest:
        tenant = ordered[0][0] if len({row[0] for row in ordered}) == 1 else ""
        rows.append((tenant, _line("All others", _sum(before for _, _, before, _ in rest), _sum(now for *_, now in rest))))
    return grid(_COLUMNS, rows, total=_line("All services", *whole), note=_window_note(at))


@exhibit("cloud_cost_movers", title="What moved the AWS cost")
def cloud_cost_movers(cloud_costs: pd.DataFrame, at: At) -> Exhibit | None:
    """The services whose cost changed most against the same window of the period before, where there are many services."""
    services = _services(cloud_costs, at)
    if len(services) <= _MOVERS or not len(between(cloud_costs, *at.window_before)):
        return None
    moved = [row for row in services if abs((row[3] - row[2]).minor) >= _LEAST_CENTS]
    ordered = sorted(moved, key=lambda row: (-abs((row[3] - row[2]).minor), row[0], row[1]))
    rows: list[Row] = [(tenant, _line(service, before, now)) for tenant, service, before, now in ordered[:_MOVERS]]
    return grid(_COLUMNS, rows, note=shown(len(ordered), _MOVERS))


_COLUMNS = (
    text("service", "Service"),
    money("before", "Before"),
    money("cost", "Cost"),
    money("change", "Change"),
    ratio("change_ratio", "Change in %"),
)


def _services(cloud_costs: pd.DataFrame, at: At) -> list[tuple[str, str, Money, Money]]:
    """Tenant, service, cost in the window before, cost now; those that cost nothing in either are left out."""
    now = _by_service(between(cloud_costs, at.start, at.end))
    before = _by_service(between(cloud_costs, *at.window_before))
    found = [(*key, before.get(key, dollars(Decimal(0))), now.get(key, dollars(Decimal(0)))) for key in sorted({*now, *before})]
    return [row for row in found if row[2].minor or row[3].minor]


def _whole(cloud_costs: pd.DataFrame, start: date, end: date) -> Money:
    """The cost of all services, rounded once: the figure of the report, which the rounded rows may miss by some cents."""
    return dollars(traffic.summed(between(cloud_costs, start, end)["amount_usd"]))


def _by_service(rows: pd.DataFrame) -> dict[tuple[str, str], Money]:
    return {
        (str(tenant), str(service)): dollars(traffic.summed(own["amount_usd"]))
        for (tenant, service), own in rows.groupby(["tenant", "service"])
    }


def _window_note(at: At) -> str:
    days = (at.end - at.start).days
    return "" if at.end >= at.period.end else f"the first {days} days of both periods"


def _line(service: str, before: Money, now: Money) -> Cells:
    change = now - before
    share = (Decimal(change.minor) / before.minor).quantize(_DIGITS) if before.minor > 0 else None
    return service, before, now, change, share


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, Money(0, "USD"))


@exhibit("savings_table", title="What AWS could cost less")
def savings_table(
    functions: pd.DataFrame,
    nat_gateways: pd.DataFrame,
    elastic_ips: pd.DataFrame,
    volumes: pd.DataFrame,
    log_groups: pd.DataFrame,
    objects: pd.DataFrame,
    object_samples: pd.DataFrame,
    distributions: pd.DataFrame,
    metrics: pd.DataFrame,
    metrics_asked: pd.DataFrame,
    function_runs: pd.DataFrame,
    runs_asked: pd.DataFrame,
    cloud_costs: pd.DataFrame,
    at: At,
) -> Exhibit | None:
    """What is idle or oversized, what it costs a month, and how that is worked out; the largest first."""
    tables = {name: table for name, table in locals().items() if name != "at"}
    found = [saving for saving in every(tables, at) if saving.money is None or saving.money.minor >= _LEAST_CENTS]
    rows: list[Row] = [
        (saving.tenant, (saving.what, saving.shown, f"{saving.account} {saving.region}", saving.money, saving.arithmetic))
        for saving in found[:_SAVINGS]
    ]
    saved = dollars(sum((saving.usd for saving in found if saving.usd is not None), Decimal(0)))
    notes = (shown(len(found), _SAVINGS), f"list prices of {prices.KNOWN_ON:%Y-%m-%d}, a month of {prices.HOURS} hours")
    return grid(
        (
            text("what", "Finding"),
            text("resource", "Resource"),
            text("place", "Account and region"),
            money("saving", "Saved a month"),
            text("arithmetic", "Worked out as"),
        ),
        rows,
        total=("All together", None, None, saved, None),
        note="; ".join(filter(None, notes)),
    )


@exhibit("access_table", title="What is asked of AWS services")
def access_table(metrics: pd.DataFrame, at: At) -> Exhibit | None:
    """Requests, failures and latency of functions, APIs, distributions and buckets; the busiest first."""
    asked, waits = traffic.requests(metrics, at.start, at.end), traffic.waits(metrics, at.start, at.end)
    keys = ["tenant", "service", "account", "region", "resource"]
    slowest = {key: round_half_even(max(own["value"])) for key, own in waits.groupby(keys)}
    lines: list[tuple[Decimal, Row]] = []
    for key, own in asked.groupby(keys):
        tenant, service, account, region, resource = (str(part) for part in key)
        whole = traffic.summed(own["requests"])
        rate = (traffic.summed(own["errors"]) / whole).quantize(_DIGITS) if whole > 0 else None
        cells = (service, resource, f"{account} {region}", int(whole), rate, slowest.get(key))
        lines.append((whole, (tenant, cells)))
    lines.sort(key=lambda line: (-line[0], line[1][0], str(line[1][1][1])))
    return grid(
        (
            text("service", "Service"),
            text("resource", "Resource"),
            text("place", "Account and region"),
            count("requests", "Requests"),
            ratio("failed", "Failed"),
            count("p95", "p95 on the worst day, ms"),
        ),
        [row for _, row in lines[:_RESOURCES]],
        note=shown(len(lines), _RESOURCES),
    )
