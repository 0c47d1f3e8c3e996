"""What a new customer costs, and what comes back; who visits the website, and how it is found."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.frames import between, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS, share
from quarterdeck.marketing import costs, web
from quarterdeck.marketing.costs import LIFETIME_CAP, WINDOW, YEAR, Lifetime
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_SPEND = "what was spent on advertising, by day and channel"
_LEADS = "a list of leads with their channels, and with the names that the books have of those who bought"
_MARKED = f"{BOOKS}, with customers' names, and a chart that marks accounts as marketing or sales"
_NAMED = f"{BOOKS} of 24 months, with the customer's name on revenue"
_VISITS = "an export of website visits by channel, of Google Analytics"
_SEARCHES = "an export of Google Search Console, by day"
_NO_SPEND = Unavailable("no spend is recorded for the last three months")
_NO_CUSTOMER = Unavailable("no customer of the last three months is new, as far as the books tell")
_STRADDLES = Unavailable(
    "an export sums days of the period together with others: export each month by itself, or with its days"
)


@kpi(
    "acquisition_cost",
    label="Cost of a new customer",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"expenses on accounts of marketing and sales / new customers, both of the last {WINDOW} months",
    needs=_MARKED,
)
def acquisition_cost(postings: pd.DataFrame, at: At) -> Value:
    """What winning a customer costs with all that marketing and sales cost (blended CAC)."""
    return _blended(postings, at)


def _blended(postings: pd.DataFrame, at: At) -> int | Unavailable:
    if not books.begun(postings, at.end):
        return NO_BOOKS
    start = at.months_back(WINDOW)
    cost = costs.marketing_cost(postings, start, at.end)
    if cost is None:
        return Unavailable("the chart of accounts marks no account as marketing or sales")
    each = costs.each(cost, len(costs.new_customers(postings, start, at.end)))
    return _NO_CUSTOMER if each is None else each


@kpi(
    "paid_acquisition_cost",
    label="Cost of a paid customer",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"spend / new customers who came by channels that money was spent on, both of the last {WINDOW} months",
    needs=f"{_SPEND}, {_LEADS}, and {BOOKS}",
)
def paid_acquisition_cost(leads: pd.DataFrame, spend: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """What a customer costs where customers are paid for (paid CAC)."""
    paid = [one for one in costs.by_channel(leads, spend, postings, at.months_back(WINDOW), at.end) if one.spend]
    if not paid:
        return _NO_SPEND
    each = costs.each(sum(one.spend for one in paid), sum(one.customers for one in paid))
    return Unavailable("no new customer came by a channel that money was spent on") if each is None else each


@kpi(
    "cost_per_lead",
    label="Cost of a lead",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula=f"spend / leads of the channels that money was spent on, both of the last {WINDOW} months",
    needs=f"{_SPEND}, and {_LEADS}",
)
def cost_per_lead(leads: pd.DataFrame, spend: pd.DataFrame, at: At) -> Value:
    """What it costs that somebody asks."""
    start = at.months_back(WINDOW)
    paid = costs.spent(spend, start, at.end)
    if not sum(paid.values()):
        return _NO_SPEND
    asked = costs.leads_by_channel(leads, start, at.end)
    each = costs.each(sum(paid.values()), sum(asked[key] for key, minor in paid.items() if minor))
    return Unavailable("no lead came by a channel that money was spent on") if each is None else each


@kpi(
    "ad_return",
    label="Return on ad spend",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula=f"revenue of customers who came by channels that money was spent on / that spend, both of the last {WINDOW} months",
    needs=f"{_SPEND}, {_LEADS}, and {BOOKS}",
)
def ad_return(leads: pd.DataFrame, spend: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """How many times its cost paid advertising brings in (ROAS)."""
    paid = [one for one in costs.by_channel(leads, spend, postings, at.months_back(WINDOW), at.end) if one.spend]
    return share(sum(one.revenue for one in paid), sum(one.spend for one in paid), _NO_SPEND)


@kpi(
    "marketing_efficiency",
    label="Revenue for each unit of ad spend",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula=f"net revenue / spend, both of the last {WINDOW} months",
    needs=f"{_SPEND}, and {BOOKS}",
)
def marketing_efficiency(spend: pd.DataFrame, postings: pd.DataFrame, at: At) -> Value:
    """How much business there is for the money spent on advertising, whoever brought it (MER)."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    start = at.months_back(WINDOW)
    return share(books.revenue(postings, start, at.end), total(between(spend, start, at.end)["amount_minor"]), _NO_SPEND)


@kpi(
    "lifetime_value",
    label="Lifetime value of a customer",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="revenue of a month per active customer x gross margin / share of customers who leave in a month, all of the last "
    f"{YEAR} months; at most {LIFETIME_CAP} months",
    needs=_NAMED,
)
def lifetime_value(postings: pd.DataFrame, at: At) -> Value:
    """What a customer leaves in all; one is active for twelve months after each purchase (LTV)."""
    known = _lifetime(postings, at)
    return known if isinstance(known, Unavailable) else known.value


@kpi(
    "value_to_cost",
    label="Lifetime value to cost of a customer",
    unit=Unit.TIMES,
    good=Direction.UP,
    formula="lifetime value / cost of a new customer",
    needs=f"{_NAMED}, and a chart that marks accounts as marketing or sales",
)
def value_to_cost(postings: pd.DataFrame, at: At) -> Value:
    """How many times a customer brings in what winning it costs (LTV:CAC)."""
    known, cost = _lifetime(postings, at), _blended(postings, at)
    if isinstance(known, Unavailable):
        return known
    if isinstance(cost, Unavailable):
        return cost
    return share(known.value, cost, Unavailable("nothing was spent on marketing and sales in the last three months"))


@kpi(
    "acquisition_payback",
    label="Payback of a new customer",
    unit=Unit.MONTHS,
    good=Direction.DOWN,
    formula="cost of a new customer / (revenue of a month per active customer x gross margin)",
    needs=f"{_NAMED}, and a chart that marks accounts as marketing or sales",
)
def acquisition_payback(postings: pd.DataFrame, at: At) -> Value:
    """After how many months a customer has paid for having been won."""
    known, cost = _lifetime(postings, at), _blended(postings, at)
    if isinstance(known, Unavailable):
        return known
    if isinstance(cost, Unavailable):
        return cost
    if known.margin <= 0:
        return Unavailable("a customer leaves no margin")
    return Decimal(round_half_even(cost / known.margin * 10)).scaleb(-1)


def _lifetime(postings: pd.DataFrame, at: At) -> Lifetime | Unavailable:
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if not books.reaches_back(postings, at.months_back(2 * YEAR)):
        return Unavailable("the books reach back less than 24 months, so that nobody knows who has left")
    found = costs.lifetime(postings, at.end)
    return Unavailable("no customer was active in the last twelve months") if found is None else found


@kpi(
    "web_sessions",
    label="Website sessions",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="sessions of the period",
    needs=_VISITS,
)
def web_sessions(web_visits: pd.DataFrame, at: At) -> Value:
    """How often the website was visited."""
    rows = _of_period(web_visits, at)
    return rows if isinstance(rows, Unavailable) else total(rows["sessions"])


@kpi(
    "web_engagement",
    label="Engaged sessions",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="engaged sessions / sessions of the period; the others bounced",
    needs=_VISITS,
)
def web_engagement(web_visits: pd.DataFrame, at: At) -> Value:
    """Which part of the visits was more than a glance."""
    rows = _of_period(web_visits, at)
    if isinstance(rows, Unavailable):
        return rows
    known = rows[rows["engaged"].notna()]
    return share(total(known["engaged"]), total(known["sessions"]), Unavailable("no export says which sessions were engaged"))


@kpi(
    "search_clicks",
    label="Clicks from search",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="clicks of the period",
    needs=_SEARCHES,
)
def search_clicks(web_search: pd.DataFrame, at: At) -> Value:
    """How many came from the results of the search engine."""
    rows = _of_period(web.whole(web_search), at)
    return rows if isinstance(rows, Unavailable) else total(rows["clicks"])


@kpi(
    "search_click_rate",
    label="Click rate in search",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="clicks / times shown, both of the period",
    needs=_SEARCHES,
)
def search_click_rate(web_search: pd.DataFrame, at: At) -> Value:
    """How often a result that was shown was clicked."""
    rows = _of_period(web.whole(web_search), at)
    if isinstance(rows, Unavailable):
        return rows
    return share(total(rows["clicks"]), total(rows["impressions"]), Unavailable("no result was shown in the period"))


def _of_period(rows: pd.DataFrame, at: At) -> pd.DataFrame | Unavailable:
    """The rows of the period, or why they do not tell of it."""
    if web.straddles(rows, at.start, at.end):
        return _STRADDLES
    inside = web.within(rows, at.start, at.end)
    return inside if len(inside) else Unavailable("no export has rows of the period")
