"""The whole at a glance, worked out by hand: what is owned, what hangs on whom, who has what to do, what figures are worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS
from quarterdeck.model import Exhibit, Grade, Unavailable
from tests.material import value
from tests.tables import CASH, EQUITY, OCT, OCTOBER, Row, cost, entry, frame, posted, sale, usd

TENANTS = frame("tenant", [{"id": "a", "name": "A", "kind": "company"}, {"id": "b", "name": "B", "kind": "company"}])


def show(id: str, **tables: object) -> Exhibit | None:
    spec = EXHIBITS.get(id)
    given = {name: frame(name, []) for name in spec.tables if name not in tables}
    return spec.make(**given, **tables, at=OCTOBER)


def found(*rows: Row) -> pd.DataFrame:
    return frame("findings", [{"owner": "cfo", "first_seen": "2026-10", "due_on": date(2026, 12, 1), **row} for row in rows])


def test_findings_by_who_acts() -> None:
    table = show(
        "findings_by_role",
        findings=found(
            {"severity": "high", "state": "new"},
            {"severity": "critical", "state": "persisting", "first_seen": "2026-07", "due_on": date(2026, 10, 5)},  # late
            {"severity": "low", "state": "persisting", "first_seen": "2026-09"},
            {"severity": "high", "state": "fixed", "first_seen": "2026-08", "due_on": date(2026, 10, 31)},
            {"severity": "high", "state": "accepted"},
            {"severity": "high", "state": "unchecked"},
            {"severity": "medium", "state": "new", "owner": "client-billing"},
        ),
    )
    assert table is not None
    assert table.rows == (
        # open, high, the oldest since July's end, new high, fixed, due and done, due and late, the median of 0, 31 and 92 days
        ("CFO", 3, 2, 92, 1, 1, 1, 1, 31),
        ("Client billing", 1, 0, None, 0, 0, 0, 0, 0),
    )
    done = show("findings_by_role", findings=found({"severity": "high", "state": "fixed"}))
    assert done is not None
    assert done.rows == (("CFO", 0, 0, None, 0, 1, 0, 0, None),)


def test_figures_by_how_far_they_can_be_trusted() -> None:
    known = [value(f"x{n}", n, label=f"X{n}") for n in range(6)]
    values = {each.id: each for each in known} | {"late": value("late", 1, grade=Grade.C, label="Late")}
    values["none"] = value("none", None, grade=Grade.D)
    table = show("data_confidence", tenant=TENANTS, kpis=values)
    assert table is not None
    assert [(row[0], row[2], row[3]) for row in table.rows] == [
        ("A", 6, "X0, X1, X2, X3 and 2 more"),
        ("C", 1, "Late"),
        ("D", 1, ""),
    ]


def everything(id: str) -> Exhibit | None:
    assets = frame(
        "assets",
        [
            {"name": "Sloop", "category": "vessel", "status": "active", "owner": "Ana", "value_minor": 500, "renews_on": OCT},
            {"name": "Dinghy", "category": "vessel", "status": "idle", "value_minor": 200},
            {"name": "Old", "category": "vessel", "status": "retired", "value_minor": 900},
        ],
        "a",
    )
    repositories = frame("repositories", [{"repository": "site", "last_commit": OCT}, {"repository": "bare"}], "a")
    resources = frame(
        "resources", [{"kind": "bucket", "resource": "pics", "name": ""}, {"kind": "zone", "name": "z.example.com"}], "b"
    )
    return show(id, tenant=TENANTS, assets=assets, repositories=repositories, resources=resources)


def test_everything_owned_or_run_is_told_by_whom_it_is_known_from() -> None:
    table = everything("inventory_whole")
    assert table is not None
    assert [row[:5] for row in table.rows] == [
        ("a", "Dinghy", "vessel", "list", "idle"),
        ("a", "Sloop", "vessel", "list", "active"),
        ("a", "bare", "repository", "git", "empty"),
        ("a", "site", "repository", "git", "active"),
        ("b", "pics", "bucket", "AWS", "active"),
        ("b", "z.example.com", "zone", "AWS", "active"),
    ]
    assert table.rows[1][5:] == ("Ana", usd(500), OCT)


def test_what_is_owned_or_run_is_counted_by_kind_and_source() -> None:
    table = everything("inventory_by_kind")
    assert table is not None
    assert table.rows == (
        ("a", "repository", "git", 2, None, None),
        ("a", "vessel", "list", 2, usd(700), 1),
        ("b", "bucket", "AWS", 1, None, None),
        ("b", "zone", "AWS", 1, None, None),
    )
    assert show("inventory_whole", tenant=TENANTS) is None


def credentials(*people: Row, tenant: str = "a") -> pd.DataFrame:
    rows = [{"account": "111122223333", "is_root": False, "has_password": True, **each} for each in people]
    return frame("credentials", rows, tenant)


def test_what_hangs_on_one_person() -> None:
    holders = [
        {"holder": "Theo", "share_ratio": Decimal("0.45"), "relation": "founder", "has_agreement": True, "has_vesting": False},
        {"holder": "Ana", "share_ratio": Decimal("0.55"), "relation": "founder", "has_agreement": True, "has_vesting": True},
        {
            "holder": "House",
            "share_ratio": Decimal("0.50"),
            "relation": "company",
            "has_agreement": False,
            "has_vesting": False,
        },
    ]
    work = [
        {"duty": "Books", "holder": "Ana", "stand_in": "Theo", "is_critical": True},
        {"duty": "Code", "holder": "Theo", "stand_in": "Theo", "is_critical": True},
        {"duty": "Tea", "holder": "Theo", "is_critical": False},
    ]
    written = [{"repository": "site", "path": str(n), "author": "Theo", "changes": 9} for n in range(3)]
    written += [
        {"repository": "both", "path": str(n), "author": who, "changes": 5} for n in range(3) for who in ("Theo", "Ana")
    ]
    table = show(
        "key_people",
        tenant=TENANTS,
        ownership=frame("ownership", holders, "a"),
        duties=frame("duties", work, "a"),
        file_authors=frame("file_authors", written, "a"),
        credentials=credentials(
            {"user": "ana"}, {"user": "<root_account>", "is_root": True}, {"user": "robot", "has_password": False}
        ),
    )
    assert table is not None
    assert table.rows == (
        ("Theo", 3, 1, 1, 1, None, "share without full terms; Code; site"),
        ("ana", 1, None, None, None, 1, "111122223333"),
    )
    assert show("key_people", tenant=TENANTS) is None


def metric(service: str, name: str, count: int) -> Row:
    place = {"account": "111122223333", "region": "us-west-2"}
    return {
        **place,
        "service": service,
        "resource": "x",
        "metric": name,
        "statistic": "Sum",
        "date": OCT,
        "value": Decimal(count),
    }


def test_availability_is_what_was_answered_and_the_rest_are_minutes() -> None:
    metrics = frame("metrics", [metric("api", "Count", 4000), metric("api", "5xx", 10), metric("lambda", "Invocations", 9)])
    assert KPIS.get("availability").compute(metrics=metrics, at=OCTOBER) == Decimal("0.9975")
    assert KPIS.get("minutes_lost").compute(metrics=metrics, at=OCTOBER) == 112  # 31 x 1,440 x 0.0025 = 111.6
    quiet = frame("metrics", [metric("lambda", "Invocations", 9)])
    for id in ("availability", "minutes_lost"):
        assert isinstance(KPIS.get(id).compute(metrics=quiet, at=OCTOBER), Unavailable)


def test_the_cost_of_one_customer_is_that_of_a_year() -> None:
    begun = entry(date(2025, 10, 1), CASH, EQUITY, 1)
    books = posted(begun, sale(OCT, 500, "Ann"), sale(OCT, 400, "Bob"), sale(OCT, 1, "Ann"), cost(OCT, 301))
    assert KPIS.get("cost_per_customer").compute(postings=books, at=OCTOBER) == 150  # 150.5: the even one
    for short in (posted(sale(OCT, 500, "Ann")), posted(begun, cost(OCT, 1))):
        assert isinstance(KPIS.get("cost_per_customer").compute(postings=short, at=OCTOBER), Unavailable)
