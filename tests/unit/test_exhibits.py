"""What holds for every exhibit: how it is declared, and that its rows fit its columns."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from quarterdeck.books import DERIVED
from quarterdeck.exhibits import EXHIBITS, ExhibitSpec
from quarterdeck.exhibits._grid import grid, shown, text
from quarterdeck.frames import concat
from quarterdeck.model import ColumnKind, Fact
from quarterdeck.money import Money
from quarterdeck.reconciliation import matched
from quarterdeck.schemas import TABLES
from tests.asking import kpis
from tests.clouds import ROWS
from tests.tables import CASH, CHART, EQUITY, OCTOBER, cost, entry, frame, nothing_of, posted, sale

PROMISED = (
    "profit_and_loss cash_by_account burn_by_account revenue_by_month trial_balance chart_of_accounts expense_audit "
    "missing_documents_list repositories_table authors_table projects_table blockers_table channel_matrix campaign_cases "
    "contacts_by_segment asset_inventory ownership_table duties_table tenants_table ebitda_bridge cash_outlook "
    "companies_compared missing_documents_by_age cloud_cost_table cloud_cost_movers savings_table access_table"
).split()
OF_A_CLOSE: dict[str, dict[str, object]] = {
    "close_tasks": {"period": "2026-10"},
    "fixed_assets": {"cost_minor": 900, "useful_months": 36},
}
KINDS: dict[ColumnKind, tuple[type, ...]] = {
    ColumnKind.TEXT: (str,),
    ColumnKind.MONEY: (Money,),
    ColumnKind.COUNT: (int, Decimal),
    ColumnKind.RATIO: (Decimal,),
    ColumnKind.DATE: (date,),
}


def test_the_ids_that_roles_show_are_there() -> None:
    assert sorted(set(PROMISED) - set(EXHIBITS)) == []


@pytest.mark.parametrize("spec", EXHIBITS.all().values(), ids=lambda spec: spec.id)
def test_an_exhibit_is_declared_in_full(spec: ExhibitSpec) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", spec.id)
    assert spec.title
    assert spec.tables
    assert set(spec.tables) <= set(TABLES) | set(DERIVED)
    assert spec.make.__doc__


@pytest.mark.parametrize("spec", EXHIBITS.all().values(), ids=lambda spec: spec.id)
def test_without_rows_there_is_no_exhibit(spec: ExhibitSpec) -> None:
    nothing = {name: nothing_of(name) for name in spec.tables}
    assert spec.make(**nothing, **_kpis(spec), at=OCTOBER) is None


def _kpis(spec: ExhibitSpec) -> dict[str, object]:
    return {"kpis": kpis(break_even_revenue=Money(7, "USD"))} if spec.reads_kpis else {}


def _rows(table: str) -> dict[str, list[dict[str, object]]]:
    if table == "accounts":
        return {tenant: [dict(row) for row in CHART] for tenant in "ab"}
    if table in OF_A_CLOSE:
        return {tenant: [OF_A_CLOSE[table]] for tenant in "ab"}
    if table == "tenant":
        return {"a": [{"id": "a", "name": "Alpha"}], "b": [{"id": "b", "name": "Beta"}]}
    if table == "findings":
        found = {"field": "cloud_security", "title": "Open", "remedy": '{"what": "Close it"}', "facts": "{}", "state": "new"}
        return {tenant: [{**found, "tenant": tenant, "first_seen": "2026-09"}] for tenant in "ab"}
    told: dict[str, dict[str, object]] = {
        "branches": {"ahead": 1},
        "file_authors": {"repository": "site", "path": "a", "changed_lines": 1},
        "code_files": {"repository": "site", "path": "a", "bytes": 1},
        "properties": {"units": 1},
        "leads": {"date": date(2026, 8, 15), "won_on": date(2026, 10, 5), "channel": "Fair", "value_minor": 7},
        "web_search": {"days": 1, "kind": "query"},
        "jobs": {"status": "delivered", "decided_on": date(2026, 10, 2), "delivered_on": date(2026, 10, 5)},
    }
    if table in told:
        return {tenant: [told[table]] for tenant in "ab"}
    if table == "budget":
        lines = ("revenue", "operating_expenses")
        rows = [{"date": date(2026, 10, 1), "statement_line": line, "amount_minor": 5} for line in lines]
        return {tenant: [dict(row) for row in rows] for tenant in "ab"}
    if table == "obligations":
        return {tenant: [{"amount_minor": 70, "service_start": date(2026, 11, 3)}] for tenant in "ab"}
    if table == "invoices":
        return {tenant: [{"side": side, "amount_minor": 70} for side in ("receivable", "payable")] for tenant in "ab"}
    if table in ("metrics", "cloud_costs"):
        return dict.fromkeys("ab", ROWS[table])
    return {tenant: [{}, {}] for tenant in "ab"}


@pytest.mark.parametrize("spec", EXHIBITS.all().values(), ids=lambda spec: spec.id)
@pytest.mark.parametrize("tenants", ["a", "ab"])
def test_cells_fit_their_columns(spec: ExhibitSpec, tenants: str) -> None:
    day = date(2026, 10, 5)
    begun = entry(date(2026, 4, 1), CASH, EQUITY, 50_000)
    rents = [cost(date(2026, month, 5), 10, party="Yard") for month in (8, 9, 10)]
    books = {name: posted(begun, *rents, sale(day, 900, "Ann"), cost(day, 10_000), tenant=name) for name in "ab"}
    lines = {name: frame("bank_lines", [{"account": CASH, "date": day, "amount_minor": 900}], name) for name in "ab"}
    tables = {}
    for table in spec.tables:
        if table == "bank_matches":
            sides = (("entries", books), ("bank_lines", lines))
            tables[table] = matched(*(concat(base, (made[name] for name in tenants)) for base, made in sides))
            continue
        made = books if table == "postings" else {name: frame(table, rows, name) for name, rows in _rows(table).items()}
        tables[table] = concat("entries" if table == "postings" else table, (made[name] for name in tenants))
    exhibit = spec.make(**tables, **_kpis(spec), at=OCTOBER)
    if exhibit is None:
        assert (spec.id, tenants) in {
            *((id, tenants) for id in ("control_ties_table", "asset_register_tie", "expense_flags", "personal_expenses_list")),
            *((id, tenants) for id in ("openings_told", "tax_control", "prepayments_and_accruals", "currency_revaluation")),
            *((id, tenants) for id in ("retention_cohorts", "refunds_by_channel", "utm_problems")),
            ("tenants_table", "a"),
            ("companies_compared", "a"),
            ("companies_watched", "a"),
            ("consolidation", "a"),
            ("intercompany", "a"),
            ("intercompany", "ab"),
            ("currency_exposure", "a"),
            ("currency_exposure", "ab"),
            ("ebitda_bridge", "a"),
            ("ebitda_bridge", "ab"),
            ("cloud_cost_movers", "a"),
            ("cloud_cost_movers", "ab"),
        }
        return
    assert (exhibit.id, exhibit.title) == (spec.id, spec.title)
    for row in exhibit.rows:
        assert len(row) == len(exhibit.columns)
        for column, cell in zip(exhibit.columns, row, strict=True):
            assert cell is None or type(cell) in KINDS[column.kind]


def test_a_grid_names_the_tenants_only_where_there_are_several() -> None:
    columns = (text("x", "X"),)
    one: list[tuple[str, tuple[Fact | None, ...]]] = [("a", ("1",)), ("a", ("2",))]
    made = grid(columns, one)
    assert made is not None
    assert made.rows == (("1",), ("2",))
    assert not made.total_row
    two = grid(columns, [*one, ("b", (None,))], total=("sum",))
    assert two is not None
    assert [column.id for column in two.columns] == ["tenant", "x"]
    assert two.rows == (("a", "1"), ("a", "2"), ("b", None), ("", "sum"))
    assert two.total_row
    assert grid(columns, []) is None


def test_a_list_says_what_it_leaves_out() -> None:
    assert shown(20, 20) == ""
    assert shown(21, 20) == "20 of 21 shown"
