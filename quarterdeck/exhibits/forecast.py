"""Cash of the coming weeks, and what the forecast takes to go on."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, money, text
from quarterdeck.forecast import DOUBTFUL_DAYS, WEEKS, Forecast, forecast, has_cash
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from quarterdeck.recurring import LEAST

_LISTED = 30
_ASSUMED = (
    "Assumed: customers pay on the day expected, else as late as they do in the mean of a year; "
    f"what is over {DOUBTFUL_DAYS} days late and has no such day is not counted. Suppliers are paid when it is due. "
    f"What came weekly or monthly goes on, other trade as in the last {WEEKS} weeks. Not counted: what is still to be "
    "invoiced to those who pay by invoice, and money of owners and lenders."
)


def _made(postings: pd.DataFrame, invoices: pd.DataFrame, planned: pd.DataFrame, at: At) -> Forecast | None:
    return forecast(postings, invoices, planned, at.end, at.currency) if has_cash(postings, at.end) else None


@exhibit("cash_forecast", title=f"Cash of the next {WEEKS} weeks")
def cash_forecast(postings: pd.DataFrame, invoices: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Exhibit | None:
    """Opening cash, what comes in, what goes out and closing cash by week; the lowest week is marked."""
    made = _made(postings, invoices, planned_cash, at)
    if made is None:
        return None
    lowest = made.lowest
    rows: list[Row] = []
    for week in made.weeks:
        amounts = (week.opening, week.inflow, -week.outflow, week.closing)
        mark = "lowest" if week is lowest else None
        rows.append(("", (week.start, *(Money(minor, at.currency) for minor in amounts), mark)))
    return grid(
        (
            dated("week", "Week from"),
            money("opening", "Opening"),
            money("in", "In"),
            money("out", "Out"),
            money("closing", "Closing"),
            text("mark", "Mark"),
        ),
        rows,
        note=_ASSUMED,
    )


@exhibit("cash_forecast_parts", title="What the forecast of cash is made of")
def cash_forecast_parts(postings: pd.DataFrame, invoices: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Exhibit | None:
    """The sums of the forecast by where they come from: invoices, what recurs, what is planned, the rest of trade."""
    made = _made(postings, invoices, planned_cash, at)
    if made is None:
        return None
    labels = {"invoice": "Open invoices", "recurring": "Weekly and monthly", "planned": "Planned", "other": "Other trade"}
    rows: list[Row] = []
    for kind, label in labels.items():
        amounts = [flow.minor for flow in made.flows if flow.kind == kind]
        sums = (sum(a for a in amounts if a > 0), sum(a for a in amounts if a < 0), sum(amounts))
        rows.append(("", (label, *(Money(minor, at.currency) for minor in sums))))
    whole = [flow.minor for flow in made.flows]
    sums = (sum(a for a in whole if a > 0), sum(a for a in whole if a < 0), sum(whole))
    return grid(
        (text("part", "Part"), money("in", "In"), money("out", "Out"), money("net", "Net")),
        rows,
        total=("All", *(Money(minor, at.currency) for minor in sums)),
    )


@exhibit("recurring_cash", title="Payments and receipts that recur")
def recurring_cash(postings: pd.DataFrame, invoices: pd.DataFrame, planned_cash: pd.DataFrame, at: At) -> Exhibit | None:
    """What the forecast takes to go on: party, rhythm, median amount, and how often it was seen in a row."""
    made = _made(postings, invoices, planned_cash, at)
    if made is None:
        return None
    found = sorted(made.recurring, key=lambda each: (-abs(each.minor), each.key))
    rows: list[Row] = [
        (each.tenant, (each.party, each.rhythm, Money(each.minor, at.currency), each.times, each.last))
        for each in found[:_LISTED]
    ]
    return grid(
        (
            text("party", "Party"),
            text("rhythm", "Rhythm"),
            money("amount", "Median amount"),
            count("times", "Times in a row"),
            dated("last", "Last"),
        ),
        rows,
        note=f"Seen {LEAST['weekly']} weeks or {LEAST['monthly']} months in a row or more, up to now. Negative amounts go out."
        + (f" {_LISTED} of {len(found)} shown." if len(found) > _LISTED else ""),
    )
