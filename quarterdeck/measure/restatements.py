"""Figures that readers were told before and that are others now, with the entries that changed them.

What a period's figure is now stands in the trends that every report has; what it was is what a reader was told last. Entries
are told apart by what they say, not by where they were read: a line that moved within its file has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quarterdeck import codec
from quarterdeck.books import EBITDA_EXPENSE_LINES, REVENUE_LINES
from quarterdeck.frames import Coverage, Tables, day, total
from quarterdeck.measure.values import TREND
from quarterdeck.model import At, KpiValue
from quarterdeck.money import Money
from quarterdeck.period import Period
from quarterdeck.schemas import build, schema_of

LISTED = 5  # entries that are named under one figure
_YEAR = timedelta(days=366)  # no KPI looks back further than that from the start of its period
_BOOKS = ("entries", "accounts")
_SAYS = ("tenant", "date", "account", "amount_minor", "currency", "party", "document", "memo", "service_date")
_SAME = ["tenant", "entry", "leg", "currency", "date", "account"]
_KINDS = ("added", "removed", "changed")

# KPIs that are a sum of postings: the lines, the sign, and whether they count from the period's start.
_SUMS: Mapping[str, tuple[tuple[str, ...], int, bool]] = {
    "net_revenue": (REVENUE_LINES, -1, True),
    "ebitda": ((*REVENUE_LINES, *EBITDA_EXPENSE_LINES), -1, True),
    "cash": (("cash",), 1, False),
    "clearing_balance": (("clearing",), 1, False),
    "deferred_revenue": (("deferred_revenue",), -1, False),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as a reader of a role was told it last: `value` as report.json has it, and the version of its formula.

    `books` names the snapshots of entries and accounts that it stood on.
    """

    role: str
    period: str
    id: str
    value: Any
    version: int
    books: str


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of entries between two snapshots, one row a posting: with `kind`, and `effect`, new less old.

    `has_same_chart` says whether the chart of accounts is the one of before.
    """

    rows: pd.DataFrame
    lines: Mapping[tuple[str, str], str]
    has_same_chart: bool


Changes = Callable[[Told], Change | None]  # None where the entries of then cannot be read any more


def restated(told: Iterable[Told], values: Sequence[KpiValue], tables: Tables, at: At, changes: Changes) -> pa.Table:
    """The snapshot table `restatements`: every figure that was told and is another now, with its cause."""
    known = {value.id: value for value in values}
    found = (_restated(each, known[each.id], tables, at, changes) for each in told if each.id in known)
    return build("restatements", [row for row in found if row is not None])


def _restated(told: Told, value: KpiValue, tables: Tables, at: At, changes: Changes) -> dict[str, object] | None:
    period = Period.parse(told.period, fiscal_start=at.fiscal_start)
    new = codec.plain(_now(value, period, at))
    if told.value is None or new is None or told.value == new or _other_currency(told.value, new):
        return None
    is_other_formula = told.version != value.version
    change = changes(told) if "entries" in value.tables else None
    rows = None if change is None else _rows(change, value.id, period)
    moved = rows is not None and len(rows) > 0
    others = [name for name in value.tables if name not in _BOOKS]
    if not (is_other_formula or moved or _may_be_told(change, others, tables, period)):
        return None
    counts = {kind: 0 if rows is None else int((rows["kind"] == kind).sum()) for kind in _KINDS}
    cause, because = _cause(told, value, change, counts, others)
    return {
        "role": told.role,
        "period": told.period,
        "id": value.id,
        "label": value.label,
        "unit": value.unit.value,
        "old": codec.canonical(told.value),
        "new": codec.canonical(new),
        "cause": cause,
        "because": because,
        "counts": codec.canonical(counts),
        "explained": _explained(change, rows, value.id, at),
        "entries": codec.canonical([] if rows is None else _listed(rows)),
    }


def _now(value: KpiValue, period: Period, at: At) -> Any:
    """What the figure of an earlier period is now, as the trends of this report have it."""
    trend = dict(zip((each.text for each in at.period.trailing(TREND)), value.series, strict=False))
    if period.text in trend:
        return trend[period.text]
    return value.last_year if period == at.period.last_year() else None


def _other_currency(old: Any, new: Any) -> bool:
    kinds = isinstance(old, Mapping), isinstance(new, Mapping)
    return kinds[0] != kinds[1] or (all(kinds) and old["currency"] != new["currency"])


def _may_be_told(change: Change | None, others: Sequence[str], tables: Tables, period: Period) -> bool:
    """Whether a figure that no entry explains has changed for good, and not because older rows are read no more."""
    if change is not None and not change.has_same_chart:
        return True
    if change is not None and not others:
        return False
    firsts = (tables.coverage.get(name, Coverage()).first for name in others if schema_of(name).dated)
    return all(first is None or first <= period.start - _YEAR for first in firsts)


def _cause(
    told: Told, value: KpiValue, change: Change | None, counts: Mapping[str, int], others: Sequence[str]
) -> tuple[str, str]:
    entries = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    if told.version != value.version:
        also = f"; postings: {entries}" if entries else ""
        return "formula", f"the formula changed (v{told.version} → v{value.version}){also}"
    if entries:
        return "entries", f"postings: {entries}"
    if change is not None and not change.has_same_chart:
        return "accounts", "the chart of accounts changed"
    return "data", f"{', '.join(others or value.tables)} were read anew"


def _rows(change: Change, id: str, period: Period) -> pd.DataFrame:
    """The changed postings that a figure of a period can stand on."""
    rows = change.rows
    kept = rows[rows["date"] < pd.Timestamp(period.end)]
    if id in _SUMS:
        lines, _, is_flow = _SUMS[id]
        on = [change.lines.get(key, "suspense") in lines for key in zip(kept["tenant"], kept["account"], strict=True)]
        kept = kept[np.array(on, dtype=bool)]
        kept = kept[kept["date"] >= pd.Timestamp(period.start)] if is_flow else kept
    return kept


def _explained(change: Change | None, rows: pd.DataFrame | None, id: str, at: At) -> str | None:
    """What the changed postings do to a figure that is a sum of postings, where all of them are in its currency."""
    if (
        change is None
        or rows is None
        or id not in _SUMS
        or not change.has_same_chart
        or (rows["currency"] != at.currency).any()
    ):
        return None
    return codec.canonical(codec.plain(Money(_SUMS[id][1] * total(rows["effect"]), at.currency)))


def _listed(rows: pd.DataFrame) -> list[dict[str, Any]]:
    order = rows.assign(size=rows["effect"].abs()).sort_values(
        ["size", "date", "tenant", "entry", "leg"], ascending=[False, True, True, True, True], kind="stable"
    )
    return [_entry(row) for row in order.head(LISTED).to_dict("records")]


def _entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    name = next((str(row[column]) for column in ("party", "memo", "entry") if isinstance(row[column], str)), "")
    return {
        "tenant": row["tenant"],
        "change": row["kind"],
        "entry": row["entry"],
        "date": day(row["date"]).isoformat(),
        "account": row["account"],
        "name": name,
        "effect": codec.plain(Money(int(row["effect"]), str(row["currency"]))),
        "source": f"{row['source_file']}:{row['source_line']}",
    }


def difference(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The postings that are in one frame of entries only, with `kind` and `effect`, which is the amount new less old.

    Rows older than all of the new ones were not taken back: they are read no more. A posting that stands in both under one
    entry, leg, day and account, and says something else, is changed.
    """
    first = new["date"].min() if len(new) else pd.NaT
    if not pd.isna(first):
        old = old[old["date"] >= first]
    gone, come = _only(old, new), _only(new, old)
    both = come.drop_duplicates(_SAME, keep=False).merge(
        gone.drop_duplicates(_SAME, keep=False)[[*_SAME, "amount_minor"]], on=_SAME, suffixes=("", "_old")
    )
    parts = [
        _without(come, both).assign(kind="added", effect=lambda rows: rows["amount_minor"]),
        _without(gone, both).assign(kind="removed", effect=lambda rows: -rows["amount_minor"]),
        both.assign(kind="changed", effect=both["amount_minor"] - both["amount_minor_old"]),
    ]
    columns = [*new.columns, "kind", "effect"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _without(frame: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return frame[~pd.MultiIndex.from_frame(frame[_SAME]).isin(pd.MultiIndex.from_frame(others[_SAME]))]


def _only(frame: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Rows of a frame that the other does not have, or not as often."""
    here, there = _marks(frame), _marks(other)
    return frame[~pd.MultiIndex.from_frame(here).isin(pd.MultiIndex.from_frame(there))]


def _marks(frame: pd.DataFrame) -> pd.DataFrame:
    """What each row says, as a number, and the how-manieth row it is that says so."""
    said = pd.util.hash_pandas_object(frame[list(_SAYS)], index=False)
    return pd.DataFrame({"said": said, "time": said.groupby(said).cumcount()})
