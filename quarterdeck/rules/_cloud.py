"""What rules about AWS share: where a resource is, by which its finding is known, and its row as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import pandas as pd

from quarterdeck.frames import day
from quarterdeck.model import At, Fact, Severity
from quarterdeck.rules import Hit
from quarterdeck.rules._shared import days_between, fact

Row = Mapping[str, Any]


def each(rows: pd.DataFrame, *by: str) -> Iterable[Row]:
    """The rows in the order of account, region and the columns named."""
    return cast("list[Row]", rows.sort_values(["account", "region", *by], kind="stable").to_dict("records"))


def found(row: Row, resource: str, shown: Iterable[str], severity: Severity | None = None, **facts: Fact) -> Hit:
    """A resource in which a rule found its fault; `resource` is what it is called, `shown` the columns of its evidence.

    Account, region and resource are among its facts, and make the subject.
    """
    account, region = str(row["account"]), str(row["region"])
    cells = {name: fact(row[name]) for name in ("account", "region", *shown)}
    return Hit(
        subject=f"{account}/{region}/{resource}",
        facts={"account": account, "region": region, "resource": resource, **facts},
        evidence=({name: cell for name, cell in cells.items() if cell is not None},),
        severity=severity,
    )


def days_since(value: Any, at: At) -> int | None:
    """Whole days from an instant of a row to the end of the period, 0 for what came later; None where there is none."""
    return None if value is None or pd.isna(value) else max(0, days_between(day(value), at.end))


def allows_all(origins: object) -> bool:
    """Whether a CORS policy names every origin."""
    return isinstance(origins, str) and "*" in {origin.strip() for origin in origins.split(",")}
