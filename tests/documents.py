"""Reports as data for tests and eyes: a realistic one, a bare one, and one in which every text is hostile.

All follow docs/schemas/report.schema.json. Figures are made up; they fit each other.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMA = Path(__file__).parent.parent / "docs" / "schemas" / "report.schema.json"


def schema() -> Document:
    loaded: Document = json.loads(SCHEMA.read_text("utf-8"))
    return loaded


def usd(amount: str | None) -> Document | None:
    """`usd("41237.05")`, and None for no data."""
    return None if amount is None else {"minor": round(float(amount) * 100), "currency": "USD"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def kpi(id: str, label: str, unit: str, value: Any, display: str, **changes: Any) -> Document:
    """A key figure without target or history unless given."""
    return {
        "id": id,
        "label": label,
        "unit": unit,
        "value": value,
        "display": display,
        "previous": None,
        "last_year": None,
        "target": None,
        "delta": None,
        "state": "no_target",
        "grade": "A",
        "direction": "up",
        "formula": "The sum of the rows of the period",
        "unavailable_reason": None,
        "needs": "",
        "series": [None] * 12,
        **changes,
    }


def lacking(id: str, label: str, unit: str, reason: str, needs: str) -> Document:
    return kpi(
        id, label, unit, None, "n/a", state="unavailable", grade="D", unavailable_reason=reason, needs=needs,
        formula="Median over the period",
    )  # fmt: skip


def finding(rule: str, severity: str, title: str, why: str, **changes: Any) -> Document:
    return {
        "rule": rule,
        "fingerprint": digest(rule + title),
        "tenant": "marlin",
        "severity": severity,
        "title": title,
        "why": why,
        "subject": rule,
        "evidence": [],
        "money_at_stake": None,
        "first_seen": "2026-10",
        "last_seen": "2026-10",
        "state": "new",
        "accepted": None,
        "acceptance_ended": None,
        "checks": [],
        **changes,
    }


def action(code: str, priority: str, what: str, why: str, owner: str, due: str, effort: str) -> Document:
    return {
        "code": code,
        "finding": digest(code),
        "tenant": "marlin",
        "what": what,
        "why": why,
        "owner": owner,
        "priority": priority,
        "effort": effort,
        "due": due,
        "overrides": [],
        "card": None,
    }


def override(field: str, was: str, now: str, reason: str, **changes: Any) -> Document:
    """What somebody changed of an action."""
    said = {"by": "Robin Example", "date": "2026-10-06", "reason": reason, "until": None, "instead_of": None}
    return {"field": field, "was": was, "now": now, **said, **changes}


def promise(code: str, what: str, owner: str, due: str, outcome: str, **changes: Any) -> Document:
    """What an earlier report asked for."""
    told = {"first_due": due, "outcome": outcome, "overrides": [], "misses": 0, "escalation": None, "effect": None}
    return {"code": code, "finding": digest(code), "what": what, "owner": owner, "due": due, **told, **changes}


def note(text: str, about: Document | None = None, **changes: Any) -> Document:
    """What somebody wrote, as one paragraph."""
    blocks = [{"mark": "", "runs": [_run(text)]}]
    return {"text": text, "author": "Robin Example", "date": "2026-11-04", "about": about, "blocks": blocks, **changes}


_LISTING = digest("listing_absentNo listing on one of three travel agencies")


def _run(text: str, style: str = "plain", link: str | None = None) -> Document:
    return {"text": text, "style": style, "link": link}


def _money_series(*amounts: str | None) -> list[Document | None]:
    return [usd(amount) for amount in amounts]


def _effect() -> Document:
    after = {"after": usd("41237.05"), "verdict": "unfavourable"}
    return {"kpi": "cash", "label": "Cash at period end", "unit": "money", "before": usd("48950.40"), **after}


def _kpis() -> list[Document]:
    return [
        kpi(
            "cash", "Cash at period end", "money", usd("41237.05"), "$41,237",
            previous=usd("48950.40"), last_year=usd("63120"), target=usd("60000"), delta=usd("-7713.35"), state="bad",
            formula="Closing balance of all bank and cash accounts",
            series=_money_series(*"61800 60210 63400 66950 70120 68800 64300 60950 58240 53900 48950.40 41237.05".split()),
        ),
        kpi(
            "net_burn", "Net burn per month", "money", usd("7713.35"), "$7,713", direction="down",
            previous=usd("4949.60"), last_year=usd("1320"), target=usd("5000"), delta=usd("2763.75"), state="bad",
            formula="Opening cash less closing cash, financing left out, per month",
            series=_money_series(*"1320 1590 -3190 -3550 -3170 1320 4500 3350 2710 4340 4949.60 7713.35".split()),
        ),
        kpi(
            "runway", "Runway", "months", "7.28", "7.3 months",
            previous="12.23", target="6", delta="-4.95", state="good", grade="B",
            formula="Cash at period end over the mean net burn of the last three months",
            series=[None, None, None, None, None, None, "96.5", "19.9", "16.6", "15.5", "12.23", "7.28"],
        ),
        kpi(
            "revenue", "Net revenue", "money", usd("18460"), "$18,460",
            previous=usd("21905.50"), last_year=usd("15200"), target=usd("20000"), delta=usd("-3445.50"), state="watch",
            formula="Credits less debits of the income accounts, refunds taken off",
            series=_money_series(*"15200 14100 16480 19020 24400 27310 29800 28750 26100 24050 21905.50 18460".split()),
        ),
        kpi(
            "gross_margin", "Gross margin", "ratio", "0.4126", "41.3%",
            previous="0.4381", last_year="0.3990", target="0.4", delta="-0.0255", state="good",
            formula="Revenue less cost of sales, over revenue",
            series="0.3990 0.402 0.411 0.43 0.452 0.46 0.458 0.451 0.447 0.442 0.4381 0.4126".split(),
        ),
        kpi(
            "bookings", "Bookings", "count", "31", "31",
            previous="38", last_year="29", target="36", delta="-7", state="watch",
            formula="Bookings confirmed within the period",
            series="29 22 19 24 33 41 52 55 49 44 38 31".split(),
        ),
        kpi(
            "concentration", "Share of the largest customer", "ratio", "0.2764", "27.6%", direction="down",
            previous="0.2764", last_year="0.221", target="0.3", delta="0", state="good", grade="B",
            formula="Revenue of the customer with most, over all revenue",
            series=["0.221", None, None, "0.24", "0.25", "0.231", "0.244", "0.26", "0.262", "0.27", "0.2764", "0.2764"],
        ),
        kpi(
            "lead_time", "Days from enquiry to booking", "days", "9.5", "9.5 days", direction="down",
            previous="11", last_year="14", delta="-1.5", grade="C",
            formula="Median of the days between the first enquiry and the confirmation",
            series="14 13.5 14 13 12.5 12 12 11.5 12 11 11 9.5".split(),
        ),
        kpi(
            "uncategorised", "Postings without a category", "money", usd("312.40"), "$312", direction="down",
            previous=usd("88.10"), target=usd("0"), delta=usd("224.30"), state="watch",
            formula="Sum of the postings that no rule of the chart of accounts covers",
            series=_money_series(None, None, None, "20", "41.50", "18", "0", "64", "72.20", "90", "88.10", "312.40"),
        ),
        lacking(
            "dso", "Days sales outstanding", "days", "no source gives open invoices",
            "A receivables export with invoice and due dates",
        ),
        lacking(
            "cac", "Cost to win a customer", "money", "campaign spend is missing for October 2026",
            "The spend export of the advertising accounts",
        ),
    ]  # fmt: skip


def _findings() -> list[Document]:
    return [
        finding(
            "burn_rising", "critical", "Net burn rose for three months in a row, to $7,713",
            "At this pace cash falls under the floor of $25,000 in January 2027. Winter moorings were paid in October; "
            "the rest of the rise has no cause that the data shows.",
            evidence=[
                {"month": "2026-08-31", "net_burn": usd("4340")},
                {"month": "2026-09-30", "net_burn": usd("4949.60")},
                {"month": "2026-10-31", "net_burn": usd("7713.35")},
            ],
            money_at_stake=usd("16237.05"),
        ),
        finding(
            "budget_missed", "high", "Net revenue is 7.7% under budget",
            "Budget for October 2026 was $20,000. Bookings fell by 7 against September; the mean price held.",
            money_at_stake=usd("1540"), evidence=[{"budget": usd("20000"), "actual": usd("18460")}],
        ),
        finding(
            "listing_absent", "high", "No listing on one of three travel agencies",
            "Every agency that sells comparable trips brings enquiries; this one has no listing since it was planned.",
            state="persisting", first_seen="2026-07", evidence=[{"channel": "SampleTrips", "planned": "2026-07-15"}],
            money_at_stake=usd("2400"),
        ),
        finding(
            "uncategorised_postings", "medium", "Nine postings carry no category",
            "They make up 1.7% of the expenses of the period and cannot be assigned to a unit.",
            evidence=[
                {"date": "2026-10-03", "party": "Harbour Supplies", "amount": usd("119.90")},
                {"date": "2026-10-11", "party": "Dockside Diesel", "amount": usd("64")},
                {"date": "2026-10-19", "party": "Harbour Supplies", "amount": usd("38.50")},
                {"date": "2026-10-27", "party": "Card 4417", "amount": usd("90")},
            ],
        ),
        finding(
            "subscription_unused", "low", "Two subscriptions had no sign-in for 60 days",
            "Both renew in December 2026.", state="persisting", first_seen="2026-09", money_at_stake=usd("46"),
        ),
        finding(
            "refund_unbooked", "medium", "All refunds are booked",
            "The two refunds of August 2026 were posted on October 6.", state="fixed", first_seen="2026-08",
        ),
    ]  # fmt: skip


def _actions() -> list[Document]:
    return [
        action(
            "CFO-7K3F", "P1", "Bring net burn under $5,000 a month",
            "Cash lasts 7.3 months at the burn of the last three months, and the burn is rising.",
            "cfo", "2026-11-14", "M",
        ),
        action(
            "CFO-Q2M8", "P1", "Decide whether to sell the second tender",
            "It costs $640 a month and earned nothing since June.",
            "ceo", "2026-11-21", "S",
        ),
        action(
            "CMO-4XTB", "P2", "Put the listing on SampleTrips live", "Comparable listings bring about $2,400 a month.",
            "cmo", "2026-11-28", "M",
        ),
        action(
            "ACC-91DN", "P2", "Assign the nine postings to categories", "The books cannot be closed before.",
            "accounting", "2026-11-10", "S",
        ),
        action(
            "CTO-B0CK", "P3", "Cancel two unused subscriptions", "They renew in December 2026.", "cto", "2026-11-30", "S",
        ),
    ]  # fmt: skip


def _tables() -> list[Document]:
    spend = [
        ("Crew", "5210", "4800", "0.3101", "watch"),
        ("Moorings and harbour dues", "4380.50", "2150", "0.2608", "bad"),
        ("Maintenance", "2890.75", "3500", "0.1721", "good"),
        ("Fuel", "1975.10", "2200", "0.1176", "good"),
        ("Insurance", "1240", "1240", "0.0738", "good"),
        ("Software and hosting", "684.20", "600", "0.0407", "watch"),
        ("Without category", "418.45", None, "0.0249", "no_target"),
    ]
    return [
        {
            "id": "expenses",
            "title": "Expenses by category",
            "note": "Posted amounts of the period, before tax.",
            "total_row": True,
            "columns": [
                {"id": "category", "label": "Category", "kind": "text"},
                {"id": "actual", "label": "Actual", "kind": "money"},
                {"id": "budget", "label": "Budget", "kind": "money"},
                {"id": "share", "label": "Share", "kind": "ratio"},
                {"id": "state", "label": "State", "kind": "state"},
            ],
            "rows": [
                *([name, usd(actual), usd(budget), share, state] for name, actual, budget, share, state in spend),
                ["All expenses", usd("16799"), usd("14490"), "1", None],
            ],
        },
        {
            "id": "renewals",
            "title": "Contracts that renew within 90 days",
            "note": "",
            "total_row": False,
            "columns": [
                {"id": "contract", "label": "Contract", "kind": "text"},
                {"id": "renews", "label": "Renews", "kind": "date"},
                {"id": "amount", "label": "A year", "kind": "money"},
                {"id": "seats", "label": "Seats", "kind": "count"},
            ],
            "rows": [
                ["Berth 14, winter", "2026-11-30", usd("9600"), None],
                ["Booking calendar", "2026-12-04", usd("552"), "6"],
                ["Hull insurance", "2027-01-15", {"minor": 1488000, "currency": "EUR"}, None],
            ],
        },
    ]


MONTHS = ["2025-11", "2025-12", *(f"2026-{month:02d}" for month in range(1, 11))]


def series(points: list[Any], code: str = "AC", **changes: Any) -> Document:
    """A series of a chart: amounts, unless told otherwise."""
    return {"code": code, "label": "Amount", "unit": "money", "direction": "up", "points": points, **changes}


def chart(kind: str, labels: list[str], *listed: Document, **changes: Any) -> Document:
    return {
        "id": f"a_{kind}", "kind": kind, "title": f"A {kind}", "note": "", "kpi": None, "labels": labels,
        "series": list(listed), **changes,
    }  # fmt: skip


def _charts() -> list[Document]:
    """One of each kind."""
    revenue = "15200 14100 16480 19020 24400 27310 29800 28750 26100 24050 21905.50 18460".split()
    before = [None, *"12900 15100 17350 21800 25040 28100 27900 24400 22010 19870 15200".split()]
    planned = "16000 15000 17000 20000 24000 27000 29000 29000 27000 24000 21000 20000".split()
    cash = "61800 60210 63400 66950 70120 68800 64300 60950 58240 53900 48950.40 41237.05".split()
    now, ahead = [None] * 11 + [cash[-1]], [f"2026-{month:02d}" for month in (11, 12)] + ["2027-01"]
    return [
        chart(
            "columns", MONTHS, series(_money_series(*revenue)), series(_money_series(*before), "PY"),
            series(_money_series(*planned), "PL"), id="revenue_by_month", title="Revenue by month",
        ),
        chart(
            "trend", MONTHS + ahead, series(_money_series(*cash, None, None, None)),
            series(_money_series(*now, "35569.62", "29902.19", "24234.76"), "FC"),
            series(_money_series(*now, "33523.70", "25810.35", "18097"), "LO"),
            series(_money_series(*now, "38527.05", "35817.05", "33107.05"), "HI"),
            id="cash_outlook", title="Cash and its outlook", note="FC at the mean net burn of 3 months",
        ),
        chart("trend", MONTHS, series("14 13.5 14 13 12.5 12 12 11.5 12 11 11 9.5".split(), unit="days"), kpi="lead_time"),
        chart(
            "bridge", ["September 2026", "Net revenue", "Cost of sales", "Operating expenses", "October 2026"],
            series(_money_series("2480", "-3445.50", "1465.20", "-640", "-140.30")), title="EBITDA against the period before",
        ),
        chart("stack", ["up to 30 days", "31 to 60 days", "over 60 days"], series(_money_series("119.90", "0", "192.50"))),
        chart(
            "map", ["Marlin Charters", "Heron Tours"],
            series([usd("41237.05"), usd("9120")], label="Cash"),
            series(["7.28", None], label="Runway", unit="months"),
            series(["-0.1573", "0.02"], label="Revenue growth", unit="ratio"),
            title="The companies compared",
        ),
    ]  # fmt: skip


def _rest() -> Document:
    """The parts below the fold."""
    return {
        "milestones": [
            {
                "id": "break-even", "title": "Break-even month", "kpi": "bookings", "target": "48", "value": "31",
                "unit": "count", "due": "2027-03-31", "owner": "ceo", "progress": "0.6458", "state": "open",
                "overrides": [override("due", "2026-12-31", "2027-03-31", "Winter brings no bookings")],
            },
            {
                "id": "reserve", "title": "Reserve of six months", "kpi": "cash", "target": usd("60000"),
                "value": usd("41237.05"), "unit": "money", "due": "2026-09-30", "owner": "cfo", "progress": "0.6873",
                "state": "overdue", "overrides": [],
            },
            {
                "id": "margin", "title": "Gross margin of 40%", "kpi": "gross_margin", "target": "0.4", "value": "0.4126",
                "unit": "ratio", "due": "2026-12-31", "owner": None, "progress": "1.0315", "state": "reached", "overrides": [],
            },
        ],
        "charts": _charts(),
        "notes": [
            note("The winter berth is paid once a year; without it burn would have been about $5,500."),
            note("A second boat is laid up until spring.", {"kind": "kpi", "ref": "cash", "label": "Cash at period end"}),
            note(
                "We wait for photographs",
                {"kind": "finding", "ref": _LISTING, "label": "No listing"},
                author="Kim Example",
                blocks=[
                    {"mark": "", "runs": [_run("We wait for "), _run("photographs", style="strong")]},
                    {"mark": "–", "runs": [_run("the list", link="https://example.com/list")]},
                    {"mark": "–", "runs": [_run("in spring", style="emphasis")]},
                ],
            ),
        ],
        "timeline": [
            {"date": "2026-11-10", "kind": "action", "ref": "ACC-91DN", "text": "Assign the nine postings to categories"},
            {"date": "2026-11-14", "kind": "action", "ref": "CFO-7K3F", "text": "Bring net burn under $5,000 a month"},
            {"date": "2026-11-21", "kind": "action", "ref": "CFO-Q2M8", "text": "Decide whether to sell the second tender"},
            {"date": "2026-12-31", "kind": "milestone", "ref": "margin", "text": "Gross margin of 40%"},
            {"date": "2027-03-31", "kind": "milestone", "ref": "break-even", "text": "Break-even month"},
        ],
        "data_notice": [
            {
                "text": "Campaign spend could not be read: the export of October 2026 is not there.",
                "kind": "missing", "source": "ads_export",
                "remedy": "Put ads-2026-10.csv into the exports folder and run again",
            },
            {
                "text": "3 of 1,204 bank rows were rejected: the amount is not a number.",
                "kind": "rejected", "source": "bank_csv", "remedy": "Mend lines 88, 203 and 951 of bank-2026-10.csv",
            },
            {
                "text": "The books are derived from bank and payment rows, not kept by an accounting system.",
                "kind": "derived", "source": "books", "remedy": "",
            },
        ],
        "provenance": {
            "snapshots": [
                {"tenant": "marlin", "table": name, "source": source, "digest": digest(name), "rows": rows}
                for name, source, rows in (
                    ("entries", "bank_csv", 1201), ("payments", "stripe_export", 214), ("channels", "inventories", 3),
                    ("commits", "git_history", 96),
                )
            ],
            "code_version": "0.1.0",
            "kpi_versions": {"cash": 1, "net_burn": 2, "runway": 1},
        },
    }  # fmt: skip


def _restatements() -> list[Document]:
    return [
        {
            "kpi": "revenue",
            "label": "Net revenue",
            "unit": "money",
            "period": "2026-09",
            "period_name": "September 2026",
            "old": usd("12450.00"),
            "new": usd("11049.50"),
            "cause": "entries",
            "because": "postings: 2 added",
            "counts": {"added": 2, "removed": 0, "changed": 0},
            "explained": usd("-1400.50"),
            "entries": [
                {
                    "tenant": "Marlin Charters",
                    "change": "added",
                    "entry": "cn-118",
                    "date": "2026-09-29",
                    "account": "4900",
                    "name": "Credit note, Anna Bell",
                    "effect": usd("1200.50"),
                    "source": "books/2026-09.csv:118",
                }
            ],
        }
    ]


def _attention() -> Document:
    return {
        "arithmetic": "Money at stake × urgency × hands.",
        "lines": [
            {
                "code": "CFO-7K3F", "finding": digest("CFO-7K3F"), "tenant": "marlin", "severity": "high",
                "title": "Cash lasts 7.3 months", "what": "Bring net burn under $5,000 a month", "owner": "cfo",
                "due": "2026-11-14", "stake": usd("7713.35"), "is_assumed": False, "urgency": 8, "hands": 2, "score": "123414",
            },
            {
                "code": "ACC-91DN", "finding": digest("ACC-91DN"), "tenant": "marlin", "severity": "low",
                "title": "Nine postings have no category", "what": "Assign the nine postings to categories",
                "owner": "accounting", "due": "2026-11-10", "stake": usd("100"), "is_assumed": True,
                "urgency": 2, "hands": 3, "score": "600",
            },
        ],
        "healthy": [{"tenant": "heron", "text": "Heron Tours: no finding is open."}],
    }  # fmt: skip


def _agenda() -> Document:
    burn = {
        "code": "CFO-7K3F", "tenant": "marlin", "what": "Bring net burn under $5,000 a month", "owner": "cfo",
        "priority": "P1", "effort": "M", "due": "2026-11-05", "starts": "2026-11-02", "ends": "2026-11-06", "is_late": True,
    }  # fmt: skip
    tender = {
        "code": "CFO-Q2M8", "tenant": "marlin", "what": "Decide whether to sell the second tender", "owner": "cfo",
        "priority": "P2", "effort": "L", "due": "2026-11-21", "reason": "capacity",
    }  # fmt: skip
    capacity = [{"tenant": "marlin", "owner": "cfo", "days": 10, "used": 5}]
    return {"start": "2026-11-01", "end": "2026-12-01", "items": [burn], "unfit": [tender], "capacity": capacity}


def sample(**changes: Any) -> Document:
    """A realistic report of a small company's CFO; `changes` replace top-level fields."""
    document: Document = {
        "report_id": "marlin_cfo_2026-10",
        "revision": digest("sample"),
        "tenant": "marlin",
        "role": "cfo",
        "period": "2026-10",
        "heading": {
            "tenant": "Marlin Charters",
            "kind": "company",
            "role": "CFO",
            "period": "October 2026",
            "start": "2026-10-01",
            "end": "2026-11-01",
            "portfolio": "Example Holdings",
            "accent": "#0b5c6b",
            "accent2": None,
            "logo": None,
        },
        "as_of": "2026-11-01T05:12:00+00:00",
        "currency": "USD",
        "timezone": "America/Los_Angeles",
        "locale": "en_US",
        "grade": "B",
        "bottom_line": {
            "sentence": {
                "text": "Cash of $41,237 lasts 7.3 months, and the burn has risen for three months.",
                "rule": "headline",
            },
            "points": [
                {
                    "text": "Net burn rose to $7,713 (+55.8%); the winter berth of $2,230 is the largest part of it.",
                    "rule": "mover",
                },
                {"text": "Net revenue fell 15.7% to $18,460 and misses the budget by $1,540.", "rule": "mover"},
                {"text": "Gross margin holds at 41.3%, above its target of 40.0%.", "rule": "target_met"},
            ],
        },
        "decisions": [
            {
                "text": "Sell the second tender, or keep it at $640 a month?",
                "action": "CFO-Q2M8",
                "finding": digest("CFO-Q2M8"),
            },
            {"text": "Which cost falls first to bring burn under $5,000?", "action": "CFO-7K3F", "finding": digest("CFO-7K3F")},
        ],
        "promises": [
            promise("CFO-2HPA", "Post the refunds of August 2026", "accounting", "2026-10-10", "done", effect=_effect()),
            promise(
                "CMO-4XTB",
                "Put the listing on SampleTrips live",
                "cmo",
                "2026-10-20",
                "late",
                misses=3,
                escalation={"from": "cmo", "to": "ceo", "is_here": False},
                first_due="2026-09-15",
            ),
            promise(
                "CTO-B0CK",
                "Cancel two unused subscriptions",
                "Kim Example",
                "2026-11-30",
                "moved",
                first_due="2026-10-31",
                overrides=[
                    override("owner", "cto", "Kim Example", "Kim knows the vendor"),
                    override(
                        "due",
                        "2026-10-31",
                        "2026-11-30",
                        "They cannot be cancelled before they renew",
                        until="2026-12-31",
                        instead_of={"by": "Kim Example", "date": "2026-10-01"},
                    ),
                ],
            ),
        ],
        "kpis": _kpis(),
        "restatements": _restatements(),
        "ledger": None,
        "attention": None,
        "agenda": None,
        "findings": _findings(),
        "actions": _actions(),
        "tables": _tables(),
        "schema_version": 1,
        **_rest(),
    }
    return copy.deepcopy({**document, **changes})


def planned(**changes: Any) -> Document:
    """The sample with the sections that only a chief executive's report has."""
    return sample(**{"attention": _attention(), "agenda": _agenda(), **changes})


def minimal() -> Document:
    """A report of a tenant of which nothing is known."""
    document = sample()
    empty: Document = {
        name: [] for name in "decisions promises restatements findings actions milestones tables charts notes timeline".split()
    }
    document.update(empty, attention=None, agenda=None)
    document["as_of"] = None
    document["grade"] = "D"
    document["heading"]["accent"] = None
    document["kpis"] = [
        lacking(
            "cash", "Cash at period end", "money", "no source gives bank balances", "A bank export with the column mapping"
        ),
        lacking("revenue", "Net revenue", "money", "no source gives entries", "A payment export or a ledger"),
    ]
    document["bottom_line"] = {
        "sentence": {"text": "None of the key figures could be worked out: no source gave data.", "rule": "nothing"},
        "points": [],
    }  # fmt: skip
    document["data_notice"] = [
        {
            "text": "No source is configured.",
            "kind": "missing",
            "source": "portfolio.yaml",
            "remedy": "Name at least one source",
        }
    ]
    document["provenance"]["snapshots"] = []
    return document


HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "{{7*7}}{% for x in y %}{{''.__class__}}",
    '#eval("1") *bold* $x^2$ @ref <label> \\ `raw` // note',
    "\u202egnp.exe\u202c\u200b\u200f\ufeff zero\u200dwidth\u00ad",
    '=HYPERLINK("http://203.0.113.9")',
    "株式会社マーリン漢字漢字漢字漢字",
    "שלום עולם مرحبا بالعالم",
    "⛵🧾 yacht 👩‍👩‍👧",
    "x" * 200,
    "W" * 120 + " " + "漢" * 79,
    "\"'><img src=x onerror=alert(1)>",
    "--><!-- ]]>&amp;&#60;&notanentity;",
    "line one\nline two\r\n\tthree\x00\x07\x1b[31m\u2028four\u0085five",
    "Z" + "\u0335\u0321\u0489" * 30 + "algo",
    "lone \ud800 surrogate and \ufffe noncharacter",
)


def hostile() -> Document:
    """The sample with every text a person or a system could have written replaced by something that tries to break out."""
    document = planned()
    names = iter(HOSTILE_NAMES * 200)

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: poison(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [poison(inner, key) for inner in value]
        return next(names) if key in _FREE_TEXT and isinstance(value, str) else value

    poisoned: Document = poison(document)
    poisoned["heading"].update(
        tenant=HOSTILE_NAMES[0] + "N" * 170, role=HOSTILE_NAMES[5], portfolio=HOSTILE_NAMES[3], accent="red;}"
    )
    poisoned["actions"][0]["card"] = "javascript:alert(1)"
    poisoned["actions"][1]["card"] = 'https://boards.example.com/cards/"><script>alert(1)</script>'
    for word in (*poisoned["promises"][2]["overrides"], *poisoned["milestones"][0]["overrides"]):
        word.update(by=next(names), reason=next(names))
    for table in poisoned["tables"]:
        for row in table["rows"]:
            row[0] = next(names)
    poisoned["findings"][0]["evidence"] = [{name: name for name in HOSTILE_NAMES}]
    for chart in poisoned["charts"]:
        if chart["kind"] not in {"columns", "trend"}:
            chart["labels"] = [next(names) for _ in chart["labels"]]
    poisoned["charts"][0]["series"][0]["points"][0] = {"minor": 2**63 - 1, "currency": "USD"}
    poisoned["charts"][3]["series"][0]["points"][1] = {"minor": -(2**63 - 1), "currency": "USD"}
    huge = kpi("huge", "Huge", "money", usd("1"), "$9,223,372,036,854,775,807", state="bad", series=["-1"] * 6 + ["1"] * 6)
    huge["value"] = huge["target"] = {"minor": 2**63 - 1, "currency": "USD"}
    huge["previous"] = {"minor": -(2**63 - 1), "currency": "USD"}
    huge["delta"] = {"minor": 2**64 - 2, "currency": "USD"}
    poisoned["kpis"].append(huge)
    return poisoned


_FREE_TEXT = frozenset(
    (
        "text title why what owner label author source because name account remedy unavailable_reason needs formula note "
        "party subject"
    ).split()
)
