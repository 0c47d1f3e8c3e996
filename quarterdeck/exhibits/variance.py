"""What came of the plan: lines beside their budget, and expenses by what they are for."""

from __future__ import annotations

from datetime import date

import pandas as pd

from quarterdeck import books
from quarterdeck.budgeting import against_budget
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, grid, money, ratio, text
from quarterdeck.frames import between, is_blank, total
from quarterdeck.frames import ratio as over
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_UNNAMED = "no function named"


@exhibit("budget_variance", title="Budget and what came of it")
def budget_variance(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Exhibit | None:
    """Revenue and costs beside their budget, both positive; a variance is favourable where profit gains by it."""
    lines = against_budget(postings, budget, at.start, at.end)
    if not lines:
        return None
    rows: list[Row] = []
    for line in lines:
        sign = 1 if line.id == "net_revenue" else -1
        rows.append(("", (line.label, *_variance(sign * line.actual, sign * line.planned, line.better, at))))
    sums = [sum(parts) for parts in zip(*((line.actual, line.planned, line.better) for line in lines), strict=True)]
    return grid(
        (
            text("line", "Line"),
            money("actual", "Actual"),
            money("budget", "Budget"),
            money("variance", "Effect on profit"),
            ratio("share", "Of budget"),
            text("effect", "Variance"),
        ),
        rows,
        total=("EBITDA", *_variance(sums[0], sums[1], sums[2], at)),
        note="Over the companies whose budget speaks of all their costs.",
    )


def _variance(actual: int, planned: int, better: int, at: At) -> Cells:
    effect = "favourable" if better > 0 else "unfavourable" if better < 0 else "none"
    amounts = (Money(minor, at.currency) for minor in (actual, planned, better))
    return (*amounts, over(better, abs(planned)) if planned else None, effect)


@exhibit("ebitda_budget_bridge", title="EBITDA against the budget")
def ebitda_budget_bridge(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Exhibit | None:
    """EBITDA as budgeted and as it came, and what is between them; each step adds to the result."""
    lines = against_budget(postings, budget, at.start, at.end)
    if not lines:
        return None
    steps = [("Budget", sum(line.planned for line in lines)), *((line.label, line.better) for line in lines)]
    steps.append(("Actual", sum(line.actual for line in lines)))
    return grid(
        (text("step", "Step"), money("amount", "EBITDA")), [("", (label, Money(minor, at.currency))) for label, minor in steps]
    )


@exhibit("opex_by_function", title="Operating expenses by function")
def opex_by_function(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """What running the business costs by what it is for, as a part of revenue, beside the period before."""
    now, earlier = _by_function(postings, at.start, at.end), at.period.previous()
    then = _by_function(postings, earlier.start, earlier.end) if books.begun(postings, earlier.end) else None
    earned = books.revenue(postings, at.start, at.end)
    names = sorted({*now, *(then or {})}, key=lambda name: (-now.get(name, 0), name))

    def cells(label: str, spent: int, before: int | None) -> Cells:
        change = None if before is None else Money(spent - before, at.currency)
        earlier_ = None if before is None else Money(before, at.currency)
        return (label, Money(spent, at.currency), over(spent, earned) if earned > 0 else None, earlier_, change)

    return grid(
        (
            text("function", "Function"),
            money("actual", "Period"),
            ratio("share", "Of net revenue"),
            money("previous", "Period before"),
            money("change", "Change"),
        ),
        [("", cells(name, now.get(name, 0), None if then is None else then.get(name, 0))) for name in names],
        total=cells("Total", sum(now.values()), None if then is None else sum(then.values())),
    )


def _by_function(postings: pd.DataFrame, start: date, end: date) -> dict[str, int]:
    rows = between(postings, start, end)
    spent = rows[rows["statement_line"].isin(books.OPERATING_LINES)]
    function = spent["function"].where(~is_blank(spent["function"].astype(object)), _UNNAMED)
    return {str(name): total(part) for name, part in spent["amount_minor"].groupby(function)}
