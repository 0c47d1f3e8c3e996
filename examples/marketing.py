"""What marketing keeps: leads and their touches, spend, listings, local steps, mails, and the website's exports.

Leads that were won follow the first payments of customers as Stripe has them, so that books and leads tell one story; the rest
is drawn from a stream of its own. Some tags are written in another way, as people do, and some leads nobody asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from examples.files import Cell, Row, major
from examples.span import Span
from examples.statements import StripeRow

Tables = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Way:
    """A channel: its tags, how often leads come by it (of a hundred), how many of those who are lost, its cents a month."""

    channel: str
    source: str
    medium: str
    campaign: str | None
    weight: int
    spend: int = 0


@dataclass(frozen=True, slots=True)
class Trade:
    """How a company's leads come: its ways, the lost ones of a month, days from the first word to the payment."""

    ways: tuple[Way, ...]
    lost: tuple[int, int]
    cycle: tuple[int, int]
    slips: float  # share of leads whose tags are written in another way
    unasked: float  # share of leads of which nobody knows where they came from


SEARCH = Way("Search ads", "google", "cpc", "charters", 26, 34_000)
SOCIAL = Way("Social ads", "instagram", "paid_social", "summer", 14, 21_000)
ORGANIC = Way("Organic search", "google", "organic", None, 30)
MAIL = Way("E-mail", "letter", "email", "monthly", 16)
DIRECT = Way("Direct", "(direct)", "(none)", None, 14)

_TRADES: Mapping[str, Trade] = {
    "jada": Trade((SEARCH, SOCIAL, ORGANIC, DIRECT), (15, 22), (4, 24), 0.06, 0.05),
    "queenofsandiego": Trade((SEARCH, MAIL, ORGANIC, SOCIAL, DIRECT), (20, 28), (3, 26), 0.22, 0.08),
    "quickdumpnow": Trade(
        (Way("Search ads", "google", "cpc", "haul-today", 42, 46_000), ORGANIC, DIRECT), (16, 24), (0, 5), 0.05, 0.04
    ),
}
_STAGES = ("enquiry_on", "qualified_on", "quoted_on")


def leads(trade: Trade, paid: Sequence[StripeRow], span: Span, rng: Random) -> Tables:
    """Leads, the touches before them, and what was spent on their channels."""
    first: dict[str, StripeRow] = {}
    for row in sorted(paid, key=lambda row: row.created):
        if row.kind == "charge" and row.customer:
            first.setdefault(row.customer, row)
    found: list[dict[str, Cell]] = []
    for customer, row in first.items():
        won = row.created.date()
        seen = max(won - timedelta(days=rng.randint(*trade.cycle)), span.start)
        found.append(
            _lead(trade, seen, rng) | _stages(seen, won, 3) | {"won_on": won, "party": customer, "value": major(row.cents)}
        )
    for month in span.months:
        for _ in range(rng.randint(*trade.lost)):
            seen = month + timedelta(days=rng.randrange(28))
            found.append(_lead(trade, seen, rng) | _stages(seen, seen + timedelta(days=18), rng.randint(0, 3)))
    found = [{**row, "lead": f"L{n:04d}"} for n, row in enumerate(sorted(found, key=_order), start=1) if _day(row) < span.end]
    return {
        "leads": [_within(row, span) for row in found],
        "touches": list(_touches(trade, found, rng)),
        "spend": list(_spend(trade, span, rng)),
    }


def _order(row: Row) -> tuple[str, str, str]:
    return str(row["date"]), str(row["party"]), str(row["channel"])


def _day(row: Row) -> date:
    day = row["date"]
    assert isinstance(day, date)
    return day


def _lead(trade: Trade, seen: date, rng: Random) -> dict[str, Cell]:
    (way,) = rng.choices(trade.ways, [way.weight for way in trade.ways])
    tags = _tags(way)
    chance = rng.random()
    if chance < trade.unasked:
        tags = dict.fromkeys(tags)
    elif chance < trade.unasked + trade.slips:
        tags |= {"source": way.source.capitalize(), "medium": {"email": "E-Mail", "cpc": "CPC"}.get(way.medium, way.medium)}
    return {
        "lead": None,
        "date": seen,
        **tags,
        **dict.fromkeys((*_STAGES, "won_on", "lost_on", "party", "value")),
        "currency": "USD",
    }


def _tags(way: Way) -> dict[str, Cell]:
    return {"source": way.source, "medium": way.medium, "campaign": way.campaign, "channel": way.channel}


def _stages(seen: date, ended: date, reached: int) -> dict[str, Cell]:
    """The days of the first stages, evenly between the first word and the end; who is not won is lost then."""
    days = (ended - seen).days
    made: dict[str, Cell] = {name: seen + timedelta(days=days * n // 4) for n, name in enumerate(_STAGES[:reached])}
    return made | ({} if reached == 3 else {"lost_on": ended})


def _within(row: Mapping[str, Cell], span: Span) -> Row:
    """A lead as it is known at the span's end: what comes later has not happened."""
    later = {name: None for name, cell in row.items() if isinstance(cell, date) and cell >= span.end}
    return {**row, **later}


def _touches(trade: Trade, found: Sequence[Mapping[str, Cell]], rng: Random) -> Iterator[Row]:
    """For two customers in three the visits before the one that made them a lead."""
    number = 0
    for row in found:
        if row["won_on"] is None or row["channel"] is None or rng.random() < 0.33:
            continue
        day = _day(row)
        ways = [*rng.choices(trade.ways, [way.weight for way in trade.ways], k=rng.randint(0, 3)), None]
        for back, way in zip(range(len(ways) - 1, -1, -1), ways, strict=True):
            number += 1
            tags: Mapping[str, Cell] = row if way is None else _tags(way)
            yield {
                "touch": f"T{number:05d}",
                "date": day - timedelta(days=3 * back),
                "lead": row["lead"],
                **{name: tags[name] for name in ("source", "medium", "campaign", "channel")},
            }


def _spend(trade: Trade, span: Span, rng: Random) -> Iterator[Row]:
    number = 0
    for month in span.months:
        for way in trade.ways:
            if way.spend:
                number += 1
                yield _paid(
                    number, month + timedelta(days=27), way.channel, way.campaign, way.spend + rng.randint(-4_000, 4_000)
                )


def _paid(number: int, day: date, channel: str, campaign: str | None, cents: int) -> Row:
    return {
        "spending": f"S{number:04d}", "date": day, "channel": channel, "campaign": campaign, "amount": major(cents),
        "currency": "USD",
    }  # fmt: skip


def _listing(channel: str, product: str, price: int | None, checked: date, **more: Cell) -> Row:
    row: dict[str, Cell] = {
        "channel": channel,
        "product": product,
        "is_listed": True,
        "is_live": True,
        "price": None if price is None else major(price),
        "currency": "USD",
        "rating": None,
        "reviews": None,
        "checked_on": checked,
        "next_step": None,
    }
    return row | more


def _step(task: str, horizon: int, started: date, measure: str, numbers: tuple[int, int, int], **more: Cell) -> Row:
    baseline, value, target = numbers
    row: dict[str, Cell] = {
        "task": task, "horizon": horizon, "started_on": started, "measure": measure, "baseline": baseline, "target": target,
        "value": value, "done_on": None, "owner": None,
    }  # fmt: skip
    return row | more


def _jada(paid: Sequence[StripeRow], span: Span, rng: Random) -> Tables:
    made = leads(_TRADES["jada"], paid, span, rng)
    made["spend"].append(_paid(900, span.ago(16), "Boat fair", "autumn-fair", 78_000))
    start = span.ago(38)
    return made | {
        "listings": [
            _listing("Own website", "Half-day charter", 145_000, span.ago(4)),
            _listing("Own website", "Sunset extension", 18_000, span.ago(4)),
            _listing(
                "Map listing", "Half-day charter", 129_000, span.ago(21), rating="4.6", reviews=38, next_step="Mend the price"
            ),
        ],
        "local_seo": [
            _step("Claim the map listing", 30, start, "fields filled in", (4, 11, 11), done_on=span.ago(22)),
            _step("Ask every guest for a review", 30, start, "reviews", (26, 38, 50), owner="Owen Tran"),
            _step("A page for each harbour", 60, start, "pages", (0, 1, 4), owner="Marisol Vance"),
            _step("Ten guides that name the yacht", 90, start, "guides", (1, 2, 10)),
            _step("Among the first three near by", 90, start, "position", (14, 9, 3), owner="Owen Tran"),
        ],
    }  # fmt: skip


def _queen(paid: Sequence[StripeRow], span: Span, rng: Random) -> Tables:
    mails: list[Row] = []
    for back in range(len(span.months), 0, -1):
        sent = rng.randint(2_400, 3_100)
        bounced = sent * 31 // 1000 if back == 1 else rng.randint(14, 38)  # the last letter went to an old list
        delivered = sent - bounced - rng.randint(0, 9)
        mails.append(
            {
                "date": span.day(back, 12),
                "campaign": f"letter-{span.month(back):%Y-%m}",
                "sent": sent,
                "delivered": delivered,
                "bounced": bounced,
                "complained": rng.randint(0, 2),
                "clicked": delivered * rng.randint(21, 44) // 1000,
            }
        )
    return leads(_TRADES["queenofsandiego"], paid, span, rng) | {"mail_events": mails}


def _haul(paid: Sequence[StripeRow], span: Span, rng: Random) -> Tables:
    return leads(_TRADES["quickdumpnow"], paid, span, rng) | {
        "listings": [
            _listing("Own website", "Truck load", 27_500, span.ago(12)),
            _listing("Map listing", "Truck load", 27_500, span.ago(97), rating="4.4", reviews=64, next_step="Add photographs"),
        ]
    }


MARKETING: Mapping[str, Callable[[Sequence[StripeRow], Span, Random], Tables]] = {
    "jada": _jada,
    "queenofsandiego": _queen,
    "quickdumpnow": _haul,
}
WEBSITES = ("queenofsandiego",)
_GROUPS = (
    ("Organic Search", 620, 64),
    ("Direct", 410, 47),
    ("Paid Search", 230, 52),
    ("Email", 140, 71),
    ("Organic Social", 95, 39),
)
_QUERIES = (
    "concert sail san diego",
    "sunset cruise with music",
    "queen of san diego",
    "boat concert tickets",
    "harbor evening cruise",
)


def visits(span: Span, rng: Random) -> str:
    """An exploration of Google Analytics 4 by month and channel group, as it is exported."""
    rows = [
        (f"{month:%Y%m}", group, sessions := rng.randint(usual * 8 // 10, usual * 12 // 10), sessions * share // 100)
        for month in span.months
        for group, usual, share in _GROUPS
    ]
    title, line = "# Free form-Channels by month", "# ----------------------------------------"
    head = "Year month,Session primary channel group (Default channel group),Active users,Sessions,Engaged sessions"
    total = f",,{sum(row[2] * 4 // 5 for row in rows)},{sum(row[2] for row in rows)},{sum(row[3] for row in rows)},Grand total"
    body = [f"{month},{group},{sessions * 4 // 5},{sessions},{engaged}" for month, group, sessions, engaged in rows]
    range_ = f"# {span.start:%Y%m%d}-{span.last_day:%Y%m%d}"
    return "\n".join([line, "# Queen of San Diego", title, range_, line, "", head, total, *body, ""])


def searches(span: Span, rng: Random) -> str:
    """`Dates.csv` of Google Search Console, which reaches back sixteen months, the latest day first."""
    rows = ["Date,Clicks,Impressions,CTR,Position"]
    for day in reversed([day for day in span.days if day >= span.month(16)]):
        shown = rng.randint(240, 420)
        clicks = rng.randint(5, 19)
        rows.append(f"{day},{clicks},{shown},{100 * clicks / shown:.2f}%,{rng.randint(62, 118) / 10}")
    return "\n".join([*rows, ""])


def queries(rng: Random) -> str:
    """`Queries.csv` of the span's last month."""
    rows = ["Top queries,Clicks,Impressions,CTR,Position"]
    for number, query in enumerate(_QUERIES):
        shown = rng.randint(500, 1_400) // (number + 1)
        clicks = shown * rng.randint(20, 90) // 1_000
        rows.append(f"{query},{clicks},{shown},{100 * clicks / shown:.2f}%,{rng.randint(12, 140) / 10}")
    return "\n".join([*rows, ""])
