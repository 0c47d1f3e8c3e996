"""Revenue, profit, cash and burn. What moves with volume, and where the business breaks even, is in `break_even`."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.books import BURN_MONTHS
from quarterdeck.frames import between, ratio, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, of_revenue, share, too_short
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_YEAR = 12  # months
_TOP = 5


@kpi(
    "net_revenue",
    label="Net revenue",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="revenue less refunds of the period",
    needs=BOOKS,
)
def net_revenue(postings: pd.DataFrame, at: At) -> Value:
    """What customers were charged, less what they were given back."""
    return books.revenue(postings, at.start, at.end) if books.begun(postings, at.end) else NO_BOOKS


@kpi(
    "revenue_growth",
    label="Revenue growth",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="net revenue / net revenue of the previous period - 1",
    needs=f"{BOOKS}, for two periods",
)
def revenue_growth(postings: pd.DataFrame, at: At) -> Value:
    """How net revenue moved against the period before, of the same kind."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if at.until is not None:
        return Unavailable("the books do not reach the end of the period")
    earlier = at.period.previous()
    base = books.revenue(postings, earlier.start, earlier.end)
    change = books.revenue(postings, at.start, at.end) - base
    return share(change, base, Unavailable("there is no revenue in the previous period to compare with"))


@kpi(
    "budget_attainment",
    label="Budget attainment",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="net revenue / budgeted net revenue of the period",
    needs=f"{BOOKS}, and a budget of revenue by month",
)
def budget_attainment(postings: pd.DataFrame, budget: pd.DataFrame, at: At) -> Value:
    """Which part of the budgeted revenue was earned, over the companies that have a budget."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    planned = books.budgeted(budget, ("revenue",), at.start, at.end)
    if not planned:
        return Unavailable("no budget covers the revenue of the whole period")
    refunds = books.budgeted(budget, ("refunds",), at.start, at.end)
    target = sum(amount - refunds.get(tenant, 0) for tenant, amount in planned.items())
    actual = books.revenue(postings[postings["tenant"].isin(list(planned))], at.start, at.end)
    return share(actual, target, Unavailable("the budgeted revenue of the period is not above zero"))


@kpi(
    "gross_margin",
    label="Gross margin",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="(net revenue - cost of sales) / net revenue",
    needs=f"{BOOKS}, with accounts for cost of sales",
)
def gross_margin(postings: pd.DataFrame, at: At) -> Value:
    """The part of net revenue that is left after what the sales themselves cost."""
    earned = books.revenue(postings, at.start, at.end)
    return of_revenue(earned - books.expenses(postings, at.start, at.end, books.DIRECT_LINES), postings, at)


@kpi(
    "ebitda",
    label="EBITDA",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="net revenue - cost of sales - operating expenses",
    needs=BOOKS,
)
def ebitda(postings: pd.DataFrame, at: At) -> Value:
    """Earnings before interest, income tax and depreciation."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    return books.revenue(postings, at.start, at.end) - books.expenses(postings, at.start, at.end)


@kpi(
    "ebitda_margin",
    label="EBITDA margin",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="EBITDA / net revenue",
    needs=BOOKS,
)
def ebitda_margin(postings: pd.DataFrame, at: At) -> Value:
    """The part of net revenue that is left as EBITDA."""
    result = ebitda(postings, at)
    return result if isinstance(result, Unavailable) else of_revenue(int(result), postings, at)


@kpi(
    "opex_ratio",
    label="Operating expenses to revenue",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="operating expenses / net revenue",
    needs=BOOKS,
)
def opex_ratio(postings: pd.DataFrame, at: At) -> Value:
    """How much of each unit of revenue running the business takes, apart from the cost of sales."""
    return of_revenue(books.expenses(postings, at.start, at.end, books.OPERATING_LINES), postings, at)


@kpi(
    "cash",
    label="Cash",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="balance of all cash accounts at the end of the period",
    needs="postings on a cash account",
)
def cash(postings: pd.DataFrame, at: At) -> Value:
    """What stands on all cash and bank accounts at the end of the period."""
    return _no_cash(postings, at) or books.cash(postings, at.end)


@kpi(
    "net_burn",
    label="Net burn a month",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="(opening cash - closing cash + net financing) of the last three months / 3",
    needs=f"{BOOKS}, for three months",
)
def net_burn(postings: pd.DataFrame, at: At) -> Value:
    """What the business used up of its own cash, a month, as a mean of the last three; negative when cash grew."""
    burnt = _burnt(postings, at)
    return burnt if isinstance(burnt, Unavailable) else round_half_even(Decimal(burnt) / BURN_MONTHS)


@kpi(
    "gross_burn",
    label="Gross burn a month",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="all expenses without depreciation of the last three months / 3",
    needs=f"{BOOKS}, for three months",
)
def gross_burn(postings: pd.DataFrame, at: At) -> Value:
    """What running the business costs, a month, as a mean of the last three, whatever comes in."""
    gap = too_short(postings, at)
    if gap is not None:
        return gap
    spent = books.spending(postings, at.months_back(BURN_MONTHS), at.end)
    return round_half_even(Decimal(total(spent["amount_minor"])) / BURN_MONTHS)


@kpi(
    "runway",
    label="Runway",
    unit=Unit.MONTHS,
    good=Direction.UP,
    formula="cash / net burn a month",
    needs=f"{BOOKS}, for three months, with a cash account",
)
def runway(postings: pd.DataFrame, at: At) -> Value:
    """How many months the cash lasts at the net burn of the last three."""
    burnt = _burnt(postings, at)
    if isinstance(burnt, Unavailable):
        return burnt
    if burnt <= 0:
        return Unavailable("self-funding: cash grew over the last three months")
    left = max(books.cash(postings, at.end), 0)
    return (Decimal(left) * BURN_MONTHS / burnt).quantize(Decimal("0.1"))


@kpi(
    "customer_concentration",
    label="Largest customer's share of revenue",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="net revenue of the largest customer / net revenue, both of the last 12 months",
    needs=f"{BOOKS}, with the customer's name on revenue",
)
def customer_concentration(postings: pd.DataFrame, at: At) -> Value:
    """How much of a year's revenue depends on a single customer."""
    return _largest(postings, 1, at)


@kpi(
    "top_customers",
    label=f"Share of the {_TOP} largest customers",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula=f"net revenue of the {_TOP} largest customers / net revenue, both of the last 12 months",
    needs=f"{BOOKS}, with the customer's name on revenue",
)
def top_customers(postings: pd.DataFrame, at: At) -> Value:
    """How much of a year's revenue comes from a handful of customers."""
    return _largest(postings, _TOP, at)


def _largest(postings: pd.DataFrame, count: int, at: At) -> Value:
    """The part of a year's net revenue that the largest customers brought."""
    on = books.on_lines(postings, books.REVENUE_LINES)
    sold = between(postings.loc[on, ["tenant", "party", "date", "amount_minor"]], at.months_back(_YEAR), at.end)
    earned = -total(sold["amount_minor"])
    if earned <= 0:
        return Unavailable("there is no revenue in the last twelve months")
    named = -total(sold.loc[sold["party"].notna(), "amount_minor"])
    if named * 2 < earned:
        return Unavailable("more than half of the revenue names no customer")
    by_customer = -sold.groupby(["tenant", "party"])["amount_minor"].sum()
    return ratio(total(by_customer.nlargest(count)), earned)


def _burnt(posted: pd.DataFrame, at: At) -> int | Unavailable:
    """Net burn of the last three months together."""
    gap = too_short(posted, at) or _no_cash(posted, at)
    return gap or books.net_burn(posted, at.months_back(BURN_MONTHS), at.end)


def _no_cash(posted: pd.DataFrame, at: At) -> Unavailable | None:
    return None if books.begun(posted, at.end, ("cash",)) else Unavailable("no posting is on a cash account")
