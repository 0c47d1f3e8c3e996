"""Which figures that must be equal are, and by how much the others differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import grid, money, text
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money


@exhibit("tie_outs", title="Tie-outs")
def tie_outs(tie_outs: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """Every pair of figures that was held against each other, both sides, their difference and whether it may stand."""
    rows = tie_outs.to_dict("records")
    return grid(
        (
            text("what", "Figure"),
            text("one", "One side"),
            money("left", "Amount"),
            text("other", "Other side"),
            money("right", "Amount there"),
            money("difference", "Difference"),
            text("outcome", "Outcome"),
        ),
        [(row["tenant"], (row["what"], row["one"], *_sides(row), _outcome(row))) for row in rows],
        note="Worked out before any report is made; what stands on a tie-out that differs is graded C at best.",
    )


def _sides(row: dict[Any, Any]) -> tuple[Money | None, str, Money | None, Money | None]:
    left, right = (_amount(row[name], row["currency"]) for name in ("one_minor", "other_minor"))
    return left, row["other"], right, None if left is None or right is None else left - right


def _amount(minor: Any, currency: str) -> Money | None:
    return None if pd.isna(minor) else Money(int(minor), currency)


def _outcome(row: dict[Any, Any]) -> str:
    tolerance = int(row["tolerance_minor"])
    within = f" within {Money(tolerance, row['currency']).decimal():f}" if tolerance and row["state"] == "ties" else ""
    return f"{row['state']}{within}" + (f": {row['reason']}" if row["reason"] else "")
