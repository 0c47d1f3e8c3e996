"""What the units keep of their trade beside their books: delivery jobs, stays and repairs of the house, hours for clients.

Jobs and billed hours follow the invoices that the bank saw, so that both tell one story; the rest is drawn from a stream of
its own. Amounts are in cents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from examples.files import Cell, Row, major
from examples.span import Span
from examples.statements import BankLine

Tables = dict[str, list[Row]]

_ROUTES = (
    ("San Diego to Ensenada", 65, "3"),
    ("San Diego to Catalina", 80, "3"),
    ("Newport Beach to San Diego", 75, "3"),
    ("San Diego to Santa Barbara", 185, "5"),
    ("San Francisco to San Diego", 455, "8"),
)
_COST, _SPREAD = 202_000, 14_000  # of a job, as the books have it on average


def deliveries(paid: Sequence[BankLine], span: Span, rng: Random) -> Tables:
    """A job for every invoice that was paid, lost quotes between them, and what is under way at the span's end."""
    jobs = [_delivered(n, line, rng) for n, line in enumerate((line for line in paid if _is_invoice(line)), start=1)]
    lost = [_lost(n, month, rng) for n, month in enumerate(span.months, start=1) if rng.random() < 0.7]
    route, miles, days = _ROUTES[4]
    jobs.append(
        _job("J-901", "Pilot Cove Marina", route, "booked", span.ago(31), amount=330_000, miles=miles, days=days)
        | {"decided_on": span.ago(24), "promised_on": span.ago(5)}
    )
    jobs.append(_job("J-902", "Coronado Yacht Sales", _ROUTES[0][0], "quoted", span.ago(19), amount=312_000))
    jobs.append(_job("J-903", "Blue Anchor Brokers", _ROUTES[3][0], "quoted", span.ago(4), amount=348_000))
    crews: list[Row] = [{"crew": "Bluewater Crew Agency", "days_a_month": "12", "since": span.start, "until": None}]
    return {"jobs": sorted([*jobs, *lost], key=lambda row: (str(row["quoted_on"]), str(row["job"]))), "crews": crews}


def _is_invoice(line: BankLine) -> bool:
    return line.document.startswith("INV-") and line.cents > 0


def _delivered(n: int, line: BankLine, rng: Random) -> dict[str, Cell]:
    route, miles, days = _ROUTES[rng.randrange(len(_ROUTES))]
    handed_over = line.day - timedelta(days=rng.randint(3, 9))
    promised = handed_over + timedelta(days=rng.choice((0, 0, 1, 2, 3, -2)))
    decided = promised - timedelta(days=rng.randint(16, 40))
    job = _job(
        f"J-{n:03d}", line.party, route, "delivered", decided - timedelta(days=rng.randint(1, 9)), line.cents, miles, days
    )
    cost = _COST + rng.randint(-_SPREAD, _SPREAD)
    return job | {"decided_on": decided, "promised_on": promised, "delivered_on": handed_over, "cost": major(cost)}


def _lost(n: int, month: date, rng: Random) -> dict[str, Cell]:
    quoted = month + timedelta(days=rng.randrange(12))
    customer = rng.choice(("Coronado Yacht Sales", "Ensenada Charter Fleet", "Pilot Cove Marina"))
    job = _job(f"Q-{n:03d}", customer, rng.choice(_ROUTES)[0], "lost", quoted, 312_000 + rng.randrange(0, 90_000, 6_000))
    return job | {"decided_on": quoted + timedelta(days=rng.randint(3, 16))}


def _job(
    job: str,
    party: str,
    route: str,
    status: str,
    quoted: date,
    amount: int,
    miles: int | None = None,
    days: str | None = None,
) -> dict[str, Cell]:
    later: dict[str, Cell] = dict.fromkeys(("decided_on", "promised_on", "delivered_on", "cost"))
    said: dict[str, Cell] = {"job": job, "party": party, "route": route, "status": status, "quoted_on": quoted, "miles": miles}
    return {**said, "crew_days": days, "amount": major(amount), "currency": "USD", **later}


def house(paid: Sequence[BankLine], span: Span, rng: Random) -> Tables:  # noqa: ARG001 - every unit is asked alike
    """One lease, and the repairs that the bank saw; a small one waits."""
    lease: Row = {
        "stay": "lease-1",
        "property": "palm-street-12",
        "party": "Whitfield household",
        "booked_on": span.start - timedelta(days=52),
        "arrives_on": span.start - timedelta(days=31),
        "leaves_on": span.ahead(213),
        "rent": major(295_000),
        "rent_by": "month",
        "currency": "USD",
        "is_cancelled": False,
    }
    value: dict[str, Cell] = {
        "property": "palm-street-12",
        "name": "House, Palm Street 12",
        "units": 1,
        "value": major(61_500_000),
    }
    repairs = [
        _repair(n, line.memo, line.day - timedelta(days=9), line.day - timedelta(days=2), -line.cents)
        for n, line in enumerate((line for line in paid if line.party in ("Handy Harbor Repairs", "Fairway Plumbing")), start=1)
    ]
    repairs.append(_repair(len(repairs) + 1, "Bathroom fan", span.ago(33)))
    return {
        "properties": [{**value, "value": major(61_500_000), "currency": "USD", "lettable_from": span.start}],
        "stays": [lease],
        "repairs": repairs,
    }


def _repair(n: int, what: str, reported: date, done: date | None = None, cents: int | None = None) -> Row:
    return {
        "repair": f"R-{n:03d}",
        "property": "palm-street-12",
        "what": what,
        "reported_on": reported,
        "done_on": done,
        "cost": None if cents is None else major(cents),
        "currency": None if cents is None else "USD",
    }


_RETAINERS = {"Mesa Dental": ("680", "10", "68", True), "Tidewater Florist": ("320", "5", "64", False)}
_RETAINERS |= {"Oldtown Cycles": ("250", "4", "62.50", True)}
_TASKS = ("Pages", "Pictures", "Newsletter", "Mending", "Hosting")


def client_work(paid: Sequence[BankLine], span: Span, rng: Random) -> Tables:
    """Agreements, and hours by day: retainers billed each month, projects with their invoices, and some that nobody billed."""
    contracts = [_contract(client, "retainer", span.start, *terms) for client, terms in _RETAINERS.items()]
    contracts.append(_contract("Corner Bakery", "hourly", span.start, None, None, "64", signed=False))
    contracts.append(_contract("Lagoon Kayaks", "none", span.month(4), None, None, None, signed=False))
    rows: list[Row] = []
    for month in span.months:
        for client, (_, included, _, _) in _RETAINERS.items():
            over = client == "Mesa Dental" and month == span.month(1)
            hours = [rng.choice(("1", "1.5", "2", "2.5")) for _ in range(int(included) // 2 + (3 if over else 0))]
            rows += _days(client, month, hours, rng, f"RET-{month:%Y-%m}")
    for line in (line for line in paid if _is_invoice(line)):
        rows += _days(
            line.party, line.day.replace(day=1), [rng.choice(("2", "3", "3.5")) for _ in range(3)], rng, line.document
        )
    rows += _days("Corner Bakery", span.month(2), ["2", "3.5", "1"], rng, None)
    rows += _days("Lagoon Kayaks", span.month(2), ["4", "2.5"], rng, None)
    rows += _days("Lagoon Kayaks", span.month(1), ["3", "1.5"], rng, None)
    rows.sort(key=lambda row: (str(row["date"]), str(row["client"])))
    return {
        "client_contracts": contracts,
        "time_entries": [{"entry": f"T-{n:04d}", **row} for n, row in enumerate(rows, start=1)],
    }


def _contract(
    client: str, model: str, since: date, monthly: str | None, included: str | None, rate: str | None, signed: bool
) -> Row:
    return {
        "client": client,
        "model": model,
        "rate": rate,
        "monthly": monthly,
        "hours_included": included,
        "currency": None if rate is None else "USD",
        "since": since,
        "until": None,
        "is_signed": signed,
    }


def _days(client: str, month: date, hours: Sequence[str], rng: Random, invoice: str | None) -> list[Row]:
    return [
        {
            "date": month + timedelta(days=rng.randrange(27)),
            "client": client,
            "person": rng.choice(("Lukas Stein", "Freelance pool")),
            "hours": number,
            "is_billable": True,
            "invoice": invoice,
            "task": rng.choice(_TASKS),
        }
        for number in hours
    ]


TRADE: Mapping[str, Callable[[Sequence[BankLine], Span, Random], Tables]] = {
    "expert-yacht-delivery": deliveries,
    "rental": house,
    "dangerouscentaur-clients": client_work,
}
