"""When revenue is earned: obligations in, what is recognised and still owed by any day out. Pure; amounts are minor units.

An obligation's price is earned over the days of its service: one day where it is rendered at a point, `[start, end)` where
it goes on, in equal parts a day. What is earned **by** a day is rounded half to even, and what is earned between two days is
the difference, so that any split of time sums to the whole. On every day, of what was billed::

    billed = recognised + refunded + deferred

A refund while the service goes on lowers the price of all of it, of the days that have passed too. A cancellation ends the
service: what is not earned by then is owed to the customer until it is paid back, or is revenue on that day where it is
forfeited; a refund beyond it lowers revenue. A gift card is earned when it is redeemed, at the latest on the day it expires.
A day is the first one that is not known yet, as the end of a period is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from quarterdeck.frames import exact_sum, is_blank
from quarterdeck.period import add_months
from quarterdeck.schemas import STATEMENT_LINES

NEVER = 10**8  # a day number beyond all calendars
_EPOCH = date(1970, 1, 1).toordinal()
_SAFE = 2**62
_YEAR = 12  # months
_DEFERRED = STATEMENT_LINES.index("deferred_revenue")

METHODS = {
    "point": "on the day of the service",
    "span": "straight-line over the days of service",
    "card": "when redeemed, at the latest on expiry",
    "card_kept": "when redeemed",
    "undated": "not before a day of service is known",
}


@dataclass(frozen=True, slots=True)
class RollForward:
    """Deferred revenue from one day to another: opening + billed - recognised - refunded = closing.

    `refunded` is what was paid back of deferred revenue; refunds after the service have lowered `recognised`.
    """

    opening: int
    billed: int
    recognised: int
    refunded: int
    closing: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is owed on a day, by when it will be earned: in each of the next twelve months, later, and on no known day."""

    months: tuple[tuple[date, int], ...]
    later: int
    undated: int

    @property
    def within(self) -> int:
        return sum(minor for _, minor in self.months)


def contracts(obligations: pd.DataFrame, postings: pd.DataFrame) -> pd.DataFrame:
    """All that is to be recognised: `obligations`, and what the books have deferred to a day of service by themselves.

    Where both speak of one sale, the obligation's `document` names the posting's, and the obligation counts. Days are numbers
    since 1970, NEVER where there is none; `price` is what becomes revenue in all.
    """
    return pd.concat([listed(obligations), _in_books(obligations, postings)], ignore_index=True)


def known(found: pd.DataFrame, day: date) -> pd.DataFrame:
    """The same as somebody knew it on the eve of a day: later bills, cancellations and refunds have not happened yet."""
    number = _number(day)
    billed = found[(found["billed"] < number).to_numpy()]
    is_open = (billed["cancelled"] >= number).to_numpy()
    later = is_open & (billed["refunded_on"] >= number).to_numpy()
    return billed.assign(
        cancelled=np.where(is_open, NEVER, billed["cancelled"]),
        refunded=np.where(later, 0, billed["refunded"]),
    )


def standing(found: pd.DataFrame, day: date) -> pd.DataFrame:
    """Contracts with `billed_minor`, `recognised_minor`, `refunded_minor` and `deferred_minor` up to a day."""
    number = _number(day)
    billed = np.where(found["billed"] < number, found["price"], 0)
    refunded = _refunded(found, number)
    recognised = _recognised(found, np.full(len(found), number))
    return found.assign(
        billed_minor=billed,
        recognised_minor=recognised,
        refunded_minor=refunded,
        deferred_minor=billed - recognised - refunded,
    )


def deferred(found: pd.DataFrame, day: date) -> int:
    """What is owed to customers by the schedule on the eve of a day."""
    return exact_sum(standing(found, day)["deferred_minor"].to_numpy())


def roll_forward(found: pd.DataFrame, start: date, end: date) -> RollForward:
    """How deferred revenue went from the eve of `start` to the eve of `end`."""
    before, after = standing(found, start), standing(found, end)

    def moved(column: str) -> int:
        return exact_sum(after[column].to_numpy()) - exact_sum(before[column].to_numpy())

    reversed_ = _out_of_revenue(found, start, end)
    return RollForward(
        opening=exact_sum(before["deferred_minor"].to_numpy()),
        billed=moved("billed_minor"),
        recognised=moved("recognised_minor") + reversed_,
        refunded=moved("refunded_minor") - reversed_,
        closing=exact_sum(after["deferred_minor"].to_numpy()),
    )


def ahead(found: pd.DataFrame, day: date) -> Ahead:
    """When what is owed on the eve of a day will be earned, as it is planned then."""
    now = known(found, day)
    edges = [add_months(day, months) for months in range(_YEAR + 1)]
    earned = [exact_sum(_recognised(now, np.full(len(now), _number(edge)))) for edge in edges]
    in_the_end = exact_sum(_recognised(now, np.full(len(now), NEVER - 1)))
    owed = deferred(now, day)
    return Ahead(
        months=tuple((first, till - since) for first, since, till in zip(edges, earned, earned[1:], strict=False)),
        later=in_the_end - earned[-1],
        undated=owed - (in_the_end - earned[0]),
    )


def references(obligations: pd.DataFrame) -> pd.DataFrame:
    """`tenant`, `obligation` and each `document` that an obligation names."""
    named = obligations.loc[~is_blank(obligations["document"]), ["tenant", "obligation", "document"]]
    return named.assign(document=named["document"].str.split()).explode("document")


def listed(obligations: pd.DataFrame) -> pd.DataFrame:
    """The contracts of the list alone."""
    amount, commission = _minor(obligations["amount_minor"]), _minor(obligations["commission_minor"])
    is_net = obligations["presentation"].eq("net").fillna(False).to_numpy(bool)
    is_card = obligations["kind"].eq("gift_card").to_numpy(bool)
    is_kept = obligations["breakage"].eq("none").fillna(False).to_numpy(bool)
    billed, cancelled = _days(obligations["billed_on"]), _days(obligations["cancelled_on"])
    start, end = _days(obligations["service_start"]), _days(obligations["service_end"])
    said = obligations["method"]
    is_span = np.where(said.isna(), end < NEVER, said.eq("span").fillna(False)).astype(bool) & ~is_card
    expiry = np.where(is_card & ~is_kept, _days(obligations["expires_on"]), NEVER)
    start = np.minimum(start, expiry)
    is_dated = (start < NEVER) & (~is_span | ((end < NEVER) & (end > start)))
    start = np.where(is_dated, start, NEVER)
    returned = _days(obligations["refunded_on"])
    returned = np.where(returned == NEVER, np.where(cancelled == NEVER, billed, cancelled), returned)
    method = np.select([is_card & is_kept, is_card, ~is_dated, is_span], ["card_kept", "card", "undated", "span"], "point")
    return pd.DataFrame(
        {
            **{name: obligations[name].to_numpy(object) for name in ("tenant", "obligation", "party", "product", "kind")},
            "method": method.astype(object),
            "is_net": is_net,
            "price": amount - np.where(is_net, commission, 0),
            "commission": commission,
            "billed": billed,
            "start": start,
            "end": np.where(is_dated & is_span, end, start + 1),
            "cancelled": cancelled,
            "refunded": _minor(obligations["refunded_minor"]),
            "refunded_on": np.maximum(returned, billed),
            "is_forfeited": obligations["is_forfeited"].eq(True).fillna(False).to_numpy(bool),
        }
    )


def _in_books(obligations: pd.DataFrame, postings: pd.DataFrame) -> pd.DataFrame:
    """Postings on deferred revenue with a later day of service; one that takes from it, as a refund, has a negative price."""
    on = postings[(postings["line_number"] == _DEFERRED).to_numpy()]
    on = on[(on["service_date"] > on["date"]).to_numpy()]
    if len(obligations) and len(on):
        named = pd.MultiIndex.from_frame(references(obligations)[["tenant", "document"]])
        on = on[~pd.MultiIndex.from_frame(on[["tenant", "document"]]).isin(named)]
    start, nothing = _days(on["service_date"]), np.zeros(len(on), np.int64)
    return pd.DataFrame(
        {
            "tenant": on["tenant"].to_numpy(object),
            "obligation": on["entry"].to_numpy(object),
            "party": on["party"].to_numpy(object),
            "product": np.full(len(on), "Sales with a day of service in the books", object),
            "kind": np.full(len(on), "service", object),
            "method": np.full(len(on), "point", object),
            "is_net": np.zeros(len(on), bool),
            "price": -_minor(on["amount_minor"]),
            "commission": nothing,
            "billed": _days(on["date"]),
            "start": start,
            "end": start + 1,
            "cancelled": nothing + NEVER,
            "refunded": nothing,
            "refunded_on": nothing + NEVER,
            "is_forfeited": np.zeros(len(on), bool),
        }
    )


def _recognised(found: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Revenue of each contract before its day of `days`."""
    price, paid_back = found["price"].to_numpy(), found["refunded"].to_numpy()
    start, cancelled, returned = (found[name].to_numpy() for name in ("start", "cancelled", "refunded_on"))
    whole = found["end"].to_numpy() - start
    served = np.clip(np.minimum(days, cancelled) - start, 0, whole)
    so_far = np.where(returned < days, paid_back, 0)
    running = _part(price - so_far, served, whole)
    early = np.where(returned < cancelled, paid_back, 0)
    earned = _part(price - early, served, whole)
    left, late = price - early - earned, paid_back - early
    kept = np.where(found["is_forfeited"].to_numpy(), np.maximum(left - late, 0), 0)
    beyond = np.where(returned < days, np.maximum(late - left, 0), 0)
    total = np.where(cancelled < days, earned + kept - beyond, running)
    return np.where(found["billed"].to_numpy() < days, total, 0)


def _refunded(found: pd.DataFrame, day: int) -> np.ndarray:
    counts = (found["refunded_on"] < day) & (found["billed"] < day)
    return np.where(counts, found["refunded"], 0)


def _out_of_revenue(found: pd.DataFrame, start: date, end: date) -> int:
    """Of the refunds of `[start, end)`, what they took from revenue that was recognised before."""
    on = found["refunded_on"].to_numpy()
    rows = found[(on >= _number(start)) & (on < _number(end)) & (found["refunded"].to_numpy() != 0)]
    rows = rows.assign(is_forfeited=False)  # what is forfeited has been reckoned with the refund in mind
    after = rows["refunded_on"].to_numpy() + 1
    return exact_sum(_recognised(rows.assign(refunded=0), after)) - exact_sum(_recognised(rows, after))


def _part(amount: np.ndarray, days: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Amount x days / whole, half to even."""
    if not len(amount):
        return amount
    if max(abs(int(amount.max())), abs(int(amount.min()))) > _SAFE // (2 * int(whole.max())):
        amount = amount.astype(object)  # int64 would wrap round without a word
    product = amount * days
    floor = product // whole
    rest = 2 * (product - floor * whole)
    up = (rest > whole) | ((rest == whole) & (floor % 2 == 1))
    parts: np.ndarray = (floor + up).astype(np.int64)
    return parts


def _days(values: pd.Series) -> np.ndarray:
    days = values.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), NEVER, days.astype(np.int64))


def _minor(values: pd.Series) -> np.ndarray:
    return values.fillna(0).to_numpy(np.int64)


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH
