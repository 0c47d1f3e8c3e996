"""Whom we can reach, where we can be found, and what comes of it."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck import audience, books
from quarterdeck.frames import before, between, ratio, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_YEAR = 12  # months
_OPEN_STAGES = ("lead", "qualified", "proposal")
_LIST = "a mailing list with consent and last booking of each contact"
_CHANNELS = "an inventory of the channels through which customers come"
_SALES = f"{BOOKS}, with the customer's name on revenue"
_DEALS = "a list of deals with their stage, value and dates"
_NO_CONTACTS = Unavailable("the mailing list holds no contact")
_NO_CHANNELS = Unavailable("the inventory lists no channel")
_NO_DEALS = Unavailable("no deal is recorded")


@kpi("contacts", label="Contacts", unit=Unit.COUNT, good=Direction.UP, formula="contacts on the mailing list", needs=_LIST)
def contact_count(contacts: pd.DataFrame, at: At) -> Value:
    """How many people and companies are on the mailing list."""
    return len(audience.known(contacts, at)) or _NO_CONTACTS


@kpi(
    "reachable_contacts",
    label="Reachable contacts",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="contacts that agreed to be written to",
    needs=_LIST,
)
def reachable_contacts(contacts: pd.DataFrame, at: At) -> Value:
    """How many contacts may be written to."""
    return len(audience.reachable(contacts, at)) if len(audience.known(contacts, at)) else _NO_CONTACTS


@kpi(
    "dormant_contacts",
    label="Dormant contacts",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula=f"contacts that agreed to be written to and have not booked in the last {_YEAR} months",
    needs=_LIST,
)
def dormant_contacts(contacts: pd.DataFrame, at: At) -> Value:
    """How many contacts could be won back, or won at all, by writing to them."""
    return len(audience.dormant(contacts, at)) if len(audience.known(contacts, at)) else _NO_CONTACTS


@kpi(
    "live_channels",
    label="Live channels",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="channels through which a customer can book or enquire today",
    needs=_CHANNELS,
)
def live_channels(channels: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """Through how many channels customers can come."""
    return int(channels["is_live"].sum()) if len(channels) else _NO_CHANNELS


@kpi(
    "channel_coverage",
    label="Channel coverage",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="live channels / channels in the inventory",
    needs=_CHANNELS,
)
def channel_coverage(channels: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """Which part of the channels worth having are in use."""
    return ratio(int(channels["is_live"].sum()), len(channels)) if len(channels) else _NO_CHANNELS


@kpi(
    "live_otas",
    label="Live online travel agencies",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="online travel agencies on which a customer can book today",
    needs=_CHANNELS,
)
def live_otas(channels: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """On how many online travel agencies there is a listing that takes bookings."""
    agencies = channels[channels["kind"] == "ota"]
    return int(agencies["is_live"].sum()) if len(agencies) else Unavailable("the inventory lists no online travel agency")


@kpi(
    "new_customers",
    label="New customers",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="customers whose first sale in the books lies in the period",
    needs=_SALES,
)
def new_customers(postings: pd.DataFrame, at: At) -> Value:
    """How many customers bought for the first time."""
    days = postings[["tenant", "date"]]
    tellable = before(days, at.start)["tenant"].unique()
    if not len(tellable):
        return Unavailable("the books do not reach back before the period, so new customers cannot be told from old ones")
    sold = _sales(postings)
    sold = sold[sold["tenant"].isin(tellable)]
    current = between(sold, at.start, at.end)
    if len(current) and current["party"].isna().all():
        return Unavailable("no sale of the period names its customer")
    return len(_customers(current) - _customers(before(sold, at.start)))


@kpi(
    "repeat_share",
    label="Repeat customers",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"customers with two sales or more / customers, both of the last {_YEAR} months",
    needs=_SALES,
)
def repeat_share(postings: pd.DataFrame, at: At) -> Value:
    """Which part of a year's customers bought more than once."""
    sold = between(_sales(postings), at.months_back(_YEAR), at.end).dropna(subset=["party"])
    if not len(sold):
        return Unavailable("no sale of the last twelve months names its customer")
    bought = sold.drop_duplicates(["tenant", "party", "entry"])
    again = bought[bought.duplicated(["tenant", "party"])]
    return ratio(len(_customers(again)), len(_customers(bought)))


@kpi(
    "average_sale",
    label="Average sale",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="revenue before refunds / entries that book revenue, both of the period",
    needs=BOOKS,
)
def average_sale(postings: pd.DataFrame, at: At) -> Value:
    """What one sale brings in, before refunds."""
    sold = between(_sales(postings), at.start, at.end)
    if not len(sold):
        return Unavailable("there is no sale in the period") if books.begun(postings, at.end) else NO_BOOKS
    count = len(sold[["tenant", "entry"]].drop_duplicates())
    return round_half_even(Decimal(-total(sold["amount_minor"])) / count)


@kpi(
    "campaign_value",
    label="Value of planned campaigns",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="sum over the campaigns' base cases of reachable contacts x delivered x response x value of a response",
    needs=f"assumptions of a campaign, and {_LIST}",
)
def campaign_value(campaigns: pd.DataFrame, contacts: pd.DataFrame, at: At) -> Value:
    """What the planned campaigns would bring in if their base case holds."""
    base = [case for case in audience.cases(campaigns, contacts, at) if case.case == "base"]
    if not base:
        return Unavailable("no campaign has a base case")
    if not any(case.contacts for case in base):
        return Unavailable("no contact in the campaigns' segments may be written to")
    return sum(case.total for case in base)


@kpi(
    "open_pipeline",
    label="Open pipeline",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="value of the deals that are open at the end of the period",
    needs=_DEALS,
)
def open_pipeline(pipeline: pd.DataFrame, at: At) -> Value:
    """What the deals that are neither won nor lost would bring in together."""
    deals = before(pipeline, at.end, "opened_on")
    if not len(deals):
        return _NO_DEALS
    still_open = deals["stage"].isin(_OPEN_STAGES) & deals["closed_on"].isna()
    closed_later = deals["closed_on"] >= pd.Timestamp(at.end)
    return total(deals.loc[still_open | closed_later, "value_minor"])


@kpi(
    "win_rate",
    label="Win rate",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula=f"deals won / deals won or lost, by the day they were closed, in the last {_YEAR} months",
    needs=_DEALS,
)
def win_rate(pipeline: pd.DataFrame, at: At) -> Value:
    """Which part of the deals that came to an end were won."""
    if not len(pipeline):
        return _NO_DEALS
    closed = between(pipeline, at.months_back(_YEAR), at.end, "closed_on")
    ended = closed[closed["stage"].isin(("won", "lost"))]
    if not len(ended):
        return Unavailable("no deal was won or lost in the last twelve months")
    return ratio(int((ended["stage"] == "won").sum()), len(ended))


@kpi(
    "funnel_conversion",
    label="Funnel conversion",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="product of completed / entered over the steps of the booking way in the period",
    needs="counts of people who enter and complete each step of the booking way, by day",
)
def funnel_conversion(funnel: pd.DataFrame, at: At) -> Value:
    """Which part of the people who start a booking finish it."""
    period = between(funnel, at.start, at.end)
    if period["tenant"].nunique() > 1:
        return Unavailable("each company has a booking way of its own; their steps cannot be multiplied")
    steps = period.groupby("step")[["entered", "completed"]].sum()
    if not int(steps["entered"].sum()):
        return Unavailable("nobody entered the booking way in the period")
    if (steps["entered"] == 0).any():
        stuck = (steps["completed"] == 0) & (steps["entered"] > 0)
        return Decimal("0E-8") if stuck.any() else Unavailable("nobody entered one of the steps in the period")
    share = Decimal(1)
    for step in steps.sort_index().to_dict("records"):
        share *= Decimal(int(step["completed"])) / Decimal(int(step["entered"]))
    return share.quantize(Decimal("1e-8"))


def _sales(posted: pd.DataFrame) -> pd.DataFrame:
    """Postings that book revenue; what takes revenue back is none."""
    books_revenue = (posted["statement_line"] == "revenue") & (posted["amount_minor"] < 0)
    sold: pd.DataFrame = posted.loc[books_revenue, ["tenant", "entry", "date", "party", "amount_minor"]]
    return sold


def _customers(sold: pd.DataFrame) -> set[tuple[str, str]]:
    named = sold.dropna(subset=["party"])
    return set(zip(named["tenant"], named["party"], strict=True))
