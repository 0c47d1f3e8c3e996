"""Tables that are drawn rather than listed: steps, outlooks, ages, and companies compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.consolidation.elimination import GROUP
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, dated, grid, money, ratio, text
from quarterdeck.exhibits.finance import months
from quarterdeck.frames import between, day, total
from quarterdeck.frames import ratio as over
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money, round_half_even
from quarterdeck.period import add_months

_AHEAD = 6  # months that an outlook reaches, and months whose burn it learns from
_AGES = ((30, "up to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"))
_OLDEST = "over 90 days"
_YEAR = 12  # months


@exhibit("ebitda_bridge", title="EBITDA against the period before")
def ebitda_bridge(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """EBITDA of the period before and of the period, and what changed in between; each step adds to the result."""
    earlier = at.period.previous()
    if not books.begun(postings, earlier.end):
        return None
    then, now = (_earned(postings, start, end) for start, end in ((earlier.start, earlier.end), (at.start, at.end)))
    steps = zip(("Net revenue", "Cost of sales", "Operating expenses"), then, now, strict=True)
    rows = [("Period before", sum(then)), *((label, new - old) for label, old, new in steps), ("Period", sum(now))]
    return grid(
        (text("step", "Step"), money("amount", "EBITDA")), [("", (label, Money(minor, at.currency))) for label, minor in rows]
    )


def _earned(posted: pd.DataFrame, start: date, end: date) -> tuple[int, int, int]:
    """What adds to EBITDA, costs as negative amounts."""
    direct, operating = (books.expenses(posted, start, end, lines) for lines in (books.DIRECT_LINES, books.OPERATING_LINES))
    return books.revenue(posted, start, end), -direct, -operating


@exhibit("cash_outlook", title="Cash and its outlook")
def cash_outlook(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Cash at the end of the last twelve months, and of the next six if the business goes on as it does."""
    if not books.begun(postings, at.end, ("cash",)):
        return None
    past = [(start, _cash(postings, end, at)) for start, end in months(at)]
    today, last = books.cash(postings, at.end), past[-1][0]
    burns = _burns(postings, at)
    rows: list[Row] = [("", (start, cash, None, None, None)) for start, cash in past if cash is not None]
    if burns:
        now = Money(today, at.currency)
        rows[-1] = ("", (last, now, now, now, now))
        rows += [("", (add_months(last, ahead), None, *_after(today, burns, ahead, at))) for ahead in range(1, _AHEAD + 1)]
    return grid(
        (
            dated("month", "Month from"),
            money("cash", "Cash"),
            money("outlook", "Outlook"),
            money("low", "Low"),
            money("high", "High"),
        ),
        rows,
        note="FC at the mean net burn of 3 months, high and low of 6" if burns else "",
    )


def _cash(posted: pd.DataFrame, end: date, at: At) -> Money | None:
    return Money(books.cash(posted, end), at.currency) if books.begun(posted, end, ("cash",)) else None


def _burns(posted: pd.DataFrame, at: At) -> list[int]:
    """The net burn of each of the last six months, the latest first; nothing where the books do not reach that far."""
    if not books.reaches_back(posted, at.months_back(_AHEAD)):
        return []
    return [books.net_burn(posted, at.months_back(back), at.months_back(back - 1)) for back in range(1, _AHEAD + 1)]


def _after(today: int, burns: list[int], ahead: int, at: At) -> Iterator[Money]:
    """Cash after so many months: at the mean burn of the last three, and at the highest and the lowest of all."""
    mean = Decimal(sum(burns[: books.BURN_MONTHS])) / books.BURN_MONTHS
    for burn in (mean, max(burns), min(burns)):
        yield Money(round_half_even(today - ahead * Decimal(burn)), at.currency)


@exhibit("companies_compared", title="The companies compared")
def companies_compared(postings: pd.DataFrame, tenant: pd.DataFrame, at: At) -> Exhibit | None:
    """Cash, burn, runway, growth and margin of each company of a portfolio, as its own reports have them."""
    companies = tenant[tenant["kind"] != "portfolio"]
    booked = set(postings["tenant"]) - {GROUP}
    names = {**{str(id): str(id) for id in booked}, **dict(zip(companies["id"], companies["name"], strict=True))}
    if len(names) < 2:
        return None
    rows: list[Row] = [("", (name, *_compared(postings[postings["tenant"] == id], at))) for id, name in sorted(names.items())]
    return grid(
        (
            text("company", "Company"),
            money("cash", "Cash"),
            money("net_burn", "Net burn a month"),
            count("runway", "Runway"),
            ratio("growth", "Revenue growth"),
            ratio("margin", "EBITDA margin"),
        ),
        rows,
    )


def _compared(posted: pd.DataFrame, at: At) -> Cells:
    if not books.begun(posted, at.end):
        return (None,) * 5
    earlier = at.period.previous()
    earned, before = books.revenue(posted, at.start, at.end), books.revenue(posted, earlier.start, earlier.end)
    result = earned - books.expenses(posted, at.start, at.end)
    growth = over(earned - before, before) if before > 0 else None
    return (*_cash_and_burn(posted, at), growth, over(result, earned) if earned > 0 else None)


def _cash_and_burn(posted: pd.DataFrame, at: At) -> Cells:
    """Cash, net burn a month and runway; without burn there is no runway to speak of."""
    if not books.begun(posted, at.end, ("cash",)):
        return None, None, None
    cash = books.cash(posted, at.end)
    since = at.months_back(books.BURN_MONTHS)
    if not books.reaches_back(posted, since):
        return Money(cash, at.currency), None, None
    burnt = books.net_burn(posted, since, at.end)
    runway = (Decimal(max(cash, 0)) * books.BURN_MONTHS / burnt).quantize(Decimal("0.1")) if burnt > 0 else None
    return Money(cash, at.currency), Money(round_half_even(Decimal(burnt) / books.BURN_MONTHS), at.currency), runway


@exhibit("companies_watched", title="What is amiss, by company")
def companies_watched(
    tenant: pd.DataFrame,
    sources: pd.DataFrame,
    findings: pd.DataFrame,
    incidents: pd.DataFrame,
    close_tasks: pd.DataFrame,
    at: At,
) -> Exhibit | None:
    """Of each company of a portfolio: high findings that are open, incidents of the period, tasks of its close to do."""
    companies = tenant[tenant["kind"] != "portfolio"].sort_values("id")
    if len(companies) < 2:
        return None
    rows: list[Row] = []
    for id, name in zip(companies["id"], companies["name"], strict=True):
        noticed = _incidents(_of(incidents, id), _of(sources, id), at)
        rows.append(("", (name, _alarming(_of(findings, id)), noticed, _to_close(_of(close_tasks, id), at))))
    return grid(
        (
            text("company", "Company"),
            count("high", "High findings"),
            count("incidents", "Incidents"),
            count("closing", "Close tasks left"),
        ),
        rows,
    )


def _of(frame: pd.DataFrame, tenant: str) -> pd.DataFrame:
    own: pd.DataFrame = frame[frame["tenant"] == tenant]
    return own


def _alarming(findings: pd.DataFrame) -> int:
    """Open findings that are high or critical."""
    return int((findings["state"].isin(("new", "persisting")) & findings["severity"].isin(("critical", "high"))).sum())


def _incidents(noticed: pd.DataFrame, sources: pd.DataFrame, at: At) -> int | None:
    """Incidents of the period; None where nobody keeps a list of them."""
    is_kept = any("incidents" in provides.split(",") for provides in sources["provides"])
    return len(between(noticed, at.start, at.end)) if is_kept or len(noticed) else None


def _to_close(tasks: pd.DataFrame, at: At) -> int | None:
    """Tasks of the period's close that are not done; None where there is no checklist of it."""
    of_period = tasks[tasks["period"] == at.period.text]
    return int(of_period["done_on"].isna().sum()) if len(of_period) else None


@exhibit("missing_documents_by_age", title="Expenses without a document, by age")
def missing_documents_by_age(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Expenses of the last twelve months that no receipt or invoice proves, by the days since they were posted."""
    spent = books.spending(postings, at.months_back(_YEAR), at.end)
    bare = books.without_document(books.wants_document(spent, at.currency))
    if bare.empty:
        return None
    ages = [_age(at.end - day(posted)) for posted in bare["date"]]
    rows: list[Row] = []
    for label in (*(label for _, label in _AGES), _OLDEST):
        of_age = bare[[age == label for age in ages]]
        rows.append(("", (label, len(of_age), Money(total(of_age["amount_minor"]), at.currency))))
    return grid((text("age", "Age"), count("postings", "Postings"), money("amount", "Amount")), rows)


def _age(since: timedelta) -> str:
    return next((label for days, label in _AGES if since.days <= days), _OLDEST)
