"""A figure that a reader was told and that is another now: the next report says so, with what changed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import Delivery
from quarterdeck.audit.states import delivery_key
from quarterdeck.render import text
from quarterdeck.render.view import prepare
from quarterdeck.steps.preview import figures_now
from quarterdeck.steps.report import Filed, document_of, encode, make_report
from quarterdeck.steps.reproduce import reproduce
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import Parts
from reports import role as role_of
from tests import mini
from tests.reporting import NOW, basis_of, parts_of
from tests.trails import delivery, send

SEPTEMBER, OCTOBER, NOVEMBER = "2026-09", "2026-10", "2026-11"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return parts_of(mini.make(tmp_path))


def filed(parts: Parts, period: str, tenant: str = "alpha", role: str = "cfo") -> Filed:
    return make_report(parts, role_of(role), tenant, parts.period(tenant, period), basis_of(parts, tenant, period))


def deliver(parts: Parts, report: Filed) -> Filed:
    """What a channel has taken."""
    key = delivery_key(report.report_id, report.revision, "ses", "cfo@example.com")
    row: Delivery = delivery(
        report.tenant, report.role, "cfo@example.com", report.revision,
        channel="ses", period=report.period, report_id=report.report_id, key=key,
    )  # fmt: skip
    parts.audit.plan([row], NOW)
    send(parts.audit, row, now=NOW)
    return report


def document(parts: Parts, period: str = OCTOBER, tenant: str = "alpha", role: str = "cfo") -> dict[str, Any]:
    basis, _ = figures_now(parts, tenant, period, keep=True)
    return document_of(parts, role_of(role), tenant, parts.period(tenant, period), basis)


def book(parts: Parts, *lines: str) -> None:
    bank = parts.settings.root / "alpha" / "bank.csv"
    bank.write_text(bank.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")


def mend(parts: Parts, old: str, new: str) -> None:
    bank = parts.settings.root / "alpha" / "bank.csv"
    assert old in bank.read_text("utf-8")
    bank.write_text(bank.read_text("utf-8").replace(old, new), "utf-8")


def told(made: dict[str, Any]) -> dict[tuple[str, str], tuple[Any, Any]]:
    return {(row["kpi"], row["period"]): (row["old"], row["new"]) for row in made["restatements"]}


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def test_nothing_changed_is_nothing_told(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    assert document(parts)["restatements"] == []


def test_a_new_month_alone_restates_nothing(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-10-20,70.00,Cy Customer")
    assert document(parts)["restatements"] == []


def test_what_was_only_filed_was_told_to_nobody(parts: Parts) -> None:
    send_reports(parts, [filed(parts, SEPTEMBER)], send=False)
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    assert document(parts)["restatements"] == []


def test_a_late_booking_is_named_with_what_it_does_to_each_figure(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    made = document(parts)
    found = told(made)
    assert found["ebitda", SEPTEMBER] == (usd(-70_000), usd(-95_000))
    assert found["cash", SEPTEMBER] == (usd(870_000), usd(845_000))
    assert ("net_revenue", SEPTEMBER) not in found
    assert {period for _, period in found} == {SEPTEMBER}
    (cash,) = (row for row in made["restatements"] if row["kpi"] == "cash")
    assert (cash["cause"], cash["because"], cash["explained"]) == ("entries", "postings: 1 added", usd(-25_000))
    (entry,) = cash["entries"]
    assert (entry["change"], entry["date"], entry["name"], entry["effect"]) == (
        "added", "2026-09-20", "Fuel Dock", usd(-25_000),
    )  # fmt: skip
    assert entry["source"].endswith("bank.csv:9")


def test_a_line_that_moved_in_its_file_has_changed_nothing(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    mend(
        parts,
        "2026-08-05,900.00,Ann Customer\n2026-08-09,-1500.00,Harbour Office\n",
        "2026-08-09,-1500.00,Harbour Office\n2026-08-05,900.00,Ann Customer\n",
    )
    assert document(parts)["restatements"] == []


def test_an_amount_that_was_corrected_explains_the_difference(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    mend(parts, "2026-09-05,800.00", "2026-09-05,640.00")
    (revenue,) = (row for row in document(parts)["restatements"] if row["kpi"] == "net_revenue")
    assert (revenue["old"], revenue["new"], revenue["explained"]) == (usd(80_000), usd(64_000), usd(-16_000))


def test_what_the_next_report_has_told_is_not_told_again(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    october = deliver(parts, filed(parts, OCTOBER))
    assert parts.archive.document("alpha", "cfo", OCTOBER, october.revision)["restatements"]
    assert document(parts, NOVEMBER)["restatements"] == []
    mend(parts, "-250.00", "-300.00")
    assert told(document(parts, NOVEMBER))["cash", SEPTEMBER] == (usd(845_000), usd(840_000))


def test_only_the_role_that_was_told_is_told_again(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    assert document(parts, role="ceo")["restatements"] == []


def test_the_report_itself_is_never_held_against_its_own_delivery(parts: Parts) -> None:
    first = deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    again = document(parts, SEPTEMBER)
    assert (again["restatements"], again["revision"] != first.revision) == ([], True)


def test_it_stands_on_snapshots_and_can_be_made_again(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    made = document(parts)
    named = {(row["table"], row["source"].rpartition("-")[0]) for row in made["provenance"]["snapshots"]}
    assert ("entries", "delivered-2026-09") in named
    assert encode(document(parts)) == encode(made)
    send_reports(parts, [filed(parts, OCTOBER)], send=False)
    assert reproduce(parts, role_of, "alpha_cfo_2026-10").is_same


def test_another_formula_is_named_as_the_cause(parts: Parts) -> None:
    report = deliver(parts, filed(parts, SEPTEMBER))
    archived = parts.archive.document
    changed = archived("alpha", "cfo", SEPTEMBER, report.revision)
    changed["provenance"]["kpi_versions"]["cash"] = 0
    changed["kpis"] = [kpi | {"value": usd(1)} if kpi["id"] == "cash" else kpi for kpi in changed["kpis"]]
    object.__setattr__(parts.archive, "document", lambda *key: changed if key[2] == SEPTEMBER else archived(*key))
    (cash,) = document(parts)["restatements"]
    assert (cash["cause"], cash["because"]) == ("formula", "the formula changed (v0 → v1)")


def test_the_portfolio_tells_of_its_companies_entries(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER, "portfolio"))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    (cash,) = (row for row in document(parts, tenant="portfolio")["restatements"] if row["kpi"] == "cash")
    assert (cash["old"], cash["new"], cash["entries"][0]["tenant"]) == (usd(870_000), usd(845_000), "Alpha")


def test_the_text_says_it_in_words(parts: Parts) -> None:
    deliver(parts, filed(parts, SEPTEMBER))
    book(parts, "2026-09-20,-250.00,Fuel Dock")
    shown = text.render(prepare(document(parts)))
    start = shown.index("▲ Cash of September 2026")
    assert shown[start:].split("\n")[:4] == [
        "▲ Cash of September 2026 was 8,700.00 USD, now 8,450.00 USD",
        "  postings: 1 added; together they make −250.00 USD of it",
        "    added · Sep 20, 2026 · Fuel Dock · account 1000 · −250.00 USD ·",
        "      alpha/bank.csv:9",
    ]
