"""Faults of deferred revenue: a schedule that the books contradict, and obligations that nobody will ever recognise."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck import recognition
from quarterdeck.frames import before, between, is_blank, total
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence


@rule(
    "deferred_revenue_untied",
    severity=Severity.HIGH,
    owner="accounting",
    effort=Effort.M,
    due_days=10,
    title="Deferred revenue is {ledger} in the books and {schedule} by the schedule, a difference of {difference}",
    why="What customers have paid for and not had yet is either owed in the books and in no list, or the other way round.",
    remedy="Add the missing obligations to the list, or post what the books lack on the deferred revenue account",
    absent_ok=("obligations",),
)
def deferred_revenue_untied(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The schedule of recognition and the deferred revenue accounts do not have the same balance."""
    found = recognition.known(recognition.contracts(obligations, postings), at.end)
    if not len(found):
        return
    standing = recognition.standing(found, at.end)
    held = before(_deferred(postings), at.end)
    schedule, ledger = recognition.deferred(found, at.end), -total(held["amount_minor"])
    if schedule == ledger:
        return
    difference = Money(abs(schedule - ledger), at.currency)
    largest = standing[standing["deferred_minor"] != 0].sort_values(
        ["deferred_minor", "obligation"], ascending=[False, True], kind="stable"
    )
    yield Hit(
        subject="deferred revenue",
        facts={
            "ledger": Money(ledger, at.currency),
            "schedule": Money(schedule, at.currency),
            "difference": difference,
        },
        evidence=evidence(largest, at, "obligation", "party", "product", "deferred_minor"),
        money_at_stake=difference,
    )


@rule(
    "obligation_overdue",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{amount} still stands in deferred revenue though the service was rendered",
    why="{documents:sale is|sales are} past the day of service; until it is released, revenue is too low and debt too high.",
    remedy="Release these amounts to revenue, or correct the day of their service",
    absent_ok=("obligations",),
)
def obligation_overdue(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A document has a balance on deferred revenue after its service: by its postings, or by the obligation that names it."""
    held = before(_deferred(postings), at.end)
    held = held[~is_blank(held["document"]).to_numpy()]
    if not len(held):
        return
    keys = ["tenant", "document"]
    served = recognition.references(obligations).merge(_served(obligations, at), on=["tenant", "obligation"])[keys]
    past = held.loc[(held["service_date"] < pd.Timestamp(at.end)).to_numpy(), keys]
    is_past = pd.MultiIndex.from_frame(held[keys]).isin(pd.MultiIndex.from_frame(pd.concat([past, served])))
    rows = held[is_past]
    sums = rows.groupby(keys, sort=True)["amount_minor"].sum()
    late = sums[sums < 0].rename("balance_minor").reset_index()
    if not len(late):
        return
    listed = rows.drop_duplicates(keys).merge(late, on=keys).assign(amount_minor=lambda frame: -frame["balance_minor"])
    listed = listed.sort_values(["amount_minor", "document"], ascending=[False, True], kind="stable")
    amount = Money(total(listed["amount_minor"]), at.currency)
    yield Hit(
        subject="deferred revenue",
        facts={"amount": amount, "documents": len(listed)},
        evidence=evidence(listed, at, "document", "party", "service_date", "amount_minor", "source_file", "source_line"),
        money_at_stake=amount,
    )


@rule(
    "deposit_without_service_date",
    severity=Severity.MEDIUM,
    owner="accounting",
    effort=Effort.S,
    due_days=10,
    title="{amount} was billed for a service whose day nobody has stated",
    why="{obligations:obligation has|obligations have} no day of service, so that this money would never become revenue.",
    remedy="Write the days of service into the list of obligations, or pay back what will not be rendered",
)
def deposit_without_service_date(obligations: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An obligation that is neither a gift card nor cancelled has no day of service, or no span that ends after it begins."""
    standing = _standing(obligations, at)
    bare = standing[((standing["method"] == "undated") & (standing["deferred_minor"] != 0)).to_numpy()]
    bare = bare[(bare["cancelled"] == recognition.NEVER).to_numpy()]
    if not len(bare):
        return
    amount = Money(total(bare["deferred_minor"]), at.currency)
    yield Hit(
        subject="obligations",
        facts={"amount": amount, "obligations": len(bare)},
        evidence=evidence(bare.sort_values("obligation"), at, "obligation", "party", "product", "deferred_minor"),
        money_at_stake=amount,
    )


@rule(
    "gift_cards_expired",
    severity=Severity.LOW,
    owner="accounting",
    effort=Effort.S,
    due_days=20,
    title="{cards:gift card|gift cards} expired in the period, {amount} unused",
    why="By the stated method {recognised} of it became revenue on that day; the law may want it handed over instead.",
    remedy="Find out whether the law lets unused gift cards expire, and set their breakage in the list to match",
)
def gift_cards_expired(obligations: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A gift card passed its last day in the period without being redeemed, cancelled or paid back."""
    expired = between(obligations[(obligations["kind"] == "gift_card").to_numpy()], at.start, at.end, "expires_on")
    redeemed = (expired["service_start"] <= expired["expires_on"]).to_numpy()
    ended = (expired["cancelled_on"] <= expired["expires_on"]).to_numpy()
    unused = expired[~redeemed & ~ended]
    unused = unused.assign(open_minor=unused["amount_minor"] - unused["refunded_minor"].fillna(0))
    unused = unused[(unused["open_minor"] > 0).to_numpy()]
    if not len(unused):
        return
    kept = unused[~unused["breakage"].eq("none").fillna(False).to_numpy(bool)]
    amount = Money(total(unused["open_minor"]), at.currency)
    yield Hit(
        subject="gift cards",
        facts={
            "amount": amount,
            "cards": len(unused),
            "recognised": Money(total(kept["open_minor"]), at.currency),
        },
        evidence=evidence(unused.sort_values("obligation"), at, "obligation", "party", "expires_on", "open_minor"),
        money_at_stake=amount,
    )


def _deferred(postings: pd.DataFrame) -> pd.DataFrame:
    on: pd.DataFrame = postings[(postings["statement_line"] == "deferred_revenue").to_numpy()]
    return on


def _standing(obligations: pd.DataFrame, at: At) -> pd.DataFrame:
    found = recognition.listed(obligations)
    return recognition.standing(recognition.known(found, at.end), at.end)


def _served(obligations: pd.DataFrame, at: At) -> pd.DataFrame:
    """The obligations of which nothing is owed any more."""
    standing = _standing(obligations, at)
    done = standing[(standing["deferred_minor"] == 0).to_numpy()]
    return done[["tenant", "obligation"]]
