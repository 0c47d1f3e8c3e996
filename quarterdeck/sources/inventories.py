"""Lists that people keep: assets, channels, prices, budget, contacts, deals, owners, duties, rates, milestones.

    - kind: inventories
      assets: inventory/assets.csv
      channels: inventory/channels.yaml
      max_rejected: 0.01

One CSV or YAML file a table, its columns named as in the contract; amounts in major units (`value`, not `value_minor`).
A file that is listed and has no rows gives the empty table, since that absence was measured; a table that is not listed
is not provided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from pydantic import create_model

from quarterdeck.money import exponent
from quarterdeck.period import add_months
from quarterdeck.reading.cells import CellError
from quarterdeck.reading.rows import Row
from quarterdeck.schemas import build
from quarterdeck.schemas.kept import KEPT
from quarterdeck.sources import Pulled, PulledTable, Window, source
from quarterdeck.sources._files import DataFile, RowOptions, reachable, read_table

TABLES = (*(schema.name for schema in KEPT), "rates", "milestones")

# The file of each table that is kept; a table joins by joining the contract.
_FIELDS: dict[str, Any] = dict.fromkeys(TABLES, (DataFile | None, None))
InventoryOptions: type[RowOptions] = create_model("InventoryOptions", __base__=RowOptions, **_FIELDS)


@source
class Inventories:
    """Tables that are kept by hand or exported from somewhere, one file each."""

    kind: ClassVar[str] = "inventories"
    Options = InventoryOptions

    @staticmethod
    def provides(options: RowOptions) -> tuple[str, ...]:
        return tuple(_files(options))

    @staticmethod
    def states(options: RowOptions) -> tuple[str, ...]:
        return tuple(_files(options).values())

    @staticmethod
    def check(options: RowOptions, window: Window) -> str:
        return reachable(_files(options).values(), window)

    @staticmethod
    def pull(options: RowOptions, window: Window) -> Pulled:
        return Pulled(tuple(_table(name, path, window, options.limit) for name, path in _files(options).items()))


def _files(options: RowOptions) -> dict[str, str]:
    named = {name: getattr(options, name) for name in TABLES}
    return {name: path for name, path in named.items() if path is not None}


def _table(name: str, path: str, window: Window, limit: float) -> PulledTable:
    read = read_table(name, path, window, limit, _FINISH.get(name))
    rows = [row for row in read.rows if _is_inside(name, row, window)]
    return PulledTable(
        name,
        build(name, rows),
        read.rejects,
        covers=_covers(name, read.rows, window),
        watermark=_watermark(rows, _WATERMARKS.get(name, ()), window),
    )


def _is_inside(name: str, row: Row, window: Window) -> bool:
    """What was counted after the period's end is not known yet; a rate holds until the next, however old it is."""
    if name not in _COUNTED:
        return True
    day = _day(row, "date")
    return day < window.end and (name == "rates" or day >= window.history_start)


def _day(row: Row, column: str) -> date:
    return cast("date", row[column])


def _budget_month(row: Row) -> Row:
    if _day(row, "date").day != 1:
        raise CellError("the first day of a month", evidence={"column": "date"})
    return row


def _money_target(row: Row) -> Row:
    """A target with a currency is an amount: major units in the file, minor ones in the table."""
    if row["currency"] is None or row["target"] is None:
        return row
    digits = exponent(str(row["currency"]))
    minor = cast("Decimal", row["target"]).scaleb(digits)
    if minor != minor.to_integral_value():
        raise CellError(f"an amount in {row['currency']} with at most {digits} decimals", evidence={"column": "target"})
    return {**row, "target": minor}


def _covers(name: str, rows: Iterable[Row], window: Window) -> tuple[date, date] | None:
    """The days a dated table speaks of. A plan speaks of the months ahead, what was counted ends with the period."""
    days = [_day(row, "date") for row in rows] if name in ("budget", "funnel") else []
    if not days:
        return None
    if name == "budget":
        return min(days), add_months(max(days), 1)
    first, last = max(min(days), window.history_start), min(max(days) + timedelta(days=1), window.end)
    return (first, last) if first < last else None


def _watermark(rows: Iterable[Row], columns: tuple[str, ...], window: Window) -> datetime | None:
    """The latest day that the rows themselves name as past."""
    days = [cast("date", row[column]) for row in rows for column in columns if row[column] is not None]
    past = [day for day in days if day < window.end]
    return window.first_instant(max(past)) if past else None


_COUNTED = ("funnel", "rates", "incidents", "time_entries", "leads", "touches", "spend", "mail_events")
_FINISH: Mapping[str, Callable[[Row], Row]] = {"budget": _budget_month, "milestones": _money_target}
_WATERMARKS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("added_on", "last_booked_on"),
    "pipeline": ("opened_on", "closed_on"),
    "funnel": ("date",),
    "rates": ("date",),
    "incidents": ("date",),
    "stays": ("booked_on", "arrives_on"),
    "repairs": ("reported_on", "done_on"),
    "jobs": ("quoted_on", "decided_on", "delivered_on"),
    "time_entries": ("date",),
    "subscriptions": ("started_on", "ended_on"),
    "leads": ("date", "qualified_on", "quoted_on", "won_on", "lost_on"),
    "touches": ("date",),
    "spend": ("date",),
    "listings": ("checked_on",),
    "local_seo": ("done_on",),
    "mail_events": ("date",),
}
