"""The archive's front, a tenant's page and the KPIs side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.render.site import front, paths, tenant
from quarterdeck.render.site.brief import Brief, brief
from quarterdeck.render.site.overview import Overview, overview
from tests.documents import Document, digest, finding, hostile, kpi, lacking, minimal, sample, usd
from tests.pages import check_page, links_of, rows_of, text_of

MONTHS = {"2026-10": ("2026-10-01", "2026-11-01", "October 2026"), "2026-09": ("2026-09-01", "2026-10-01", "September 2026")}
TEMPLATES = Path(__file__).parents[2] / "templates"


def document(tenant_id: str, name: str, role: str = "cfo", period: str = "2026-10", **changes: Any) -> Document:
    made = sample(**{"tenant": tenant_id, "role": role, "period": period, **changes})
    made["revision"] = digest(f"{tenant_id} {role} {period} {changes}")
    start, end, label = MONTHS[period]
    kind = "portfolio" if tenant_id == "portfolio" else "company"
    made["heading"].update(tenant=name, kind=kind, role=role.upper(), start=start, end=end, period=label)
    return made


def site(*documents: Document) -> tuple[list[Overview], list[Brief]]:
    """The overviews of the documents' tenants in their order, and all reports."""
    reports = {each["tenant"]: {} for each in documents}  # type: dict[str, dict[tuple[str, str], Brief]]
    by_key = {}
    for each in documents:
        found = brief(each)
        reports[found.tenant][found.role, found.period] = found
        by_key[found.key] = each
    overviews = [overview(current, lambda found: by_key[found.key]) for current in reports.values()]
    return overviews, [found for current in reports.values() for found in current.values()]


def front_page(*documents: Document, names: dict[str, str] | None = None) -> Any:
    overviews, filed = site(*documents)
    return check_page(front.render_front(front.front(overviews, filed, names or {}), TEMPLATES).decode())


def entries(root: Any) -> list[list[str]]:
    (index,) = [script for script in root.iter("script") if script.get("type") == "application/json"]
    loaded: list[list[str]] = json.loads(index.text)
    return loaded


HIGH, LOW = finding("high_one", "high", "High one", "Why"), finding("low_one", "low", "Low one", "Why")


def test_the_grid_has_a_row_a_tenant_and_a_column_a_role() -> None:
    root = front_page(
        document("portfolio", "Two", "ceo", findings=[]),
        document("alpha", "Alpha", "ceo", findings=[HIGH, LOW], kpis=[kpi("cash", "Cash", "count", "1", "1", state="bad")]),
        document("alpha", "Alpha", "cfo", "2026-09", findings=[LOW], grade="C"),
    )
    assert rows_of(root, "Latest reports") == [
        ["Tenant", "CEO", "CFO"],
        ["Two", "●nothing open2 off target · grade B", "no report"],
        ["Alpha", "■1 high2 open · 1 off target · grade B", "○1 low2 off target · grade CSeptember 2026"],
    ]


def test_every_period_can_be_chosen() -> None:
    documents = [document("alpha", "Alpha", period=period) for period in MONTHS]
    overviews, filed = site(*documents)
    october, september = front.periods(overviews, filed)
    assert (october.key, september.key) == ("period-2026-10.html", "period-2026-09.html")
    links = {target for target, _ in links_of("index.html", front_page(*documents))}
    assert links >= {october.key, september.key}
    root = check_page(front.render_period(september, TEMPLATES).decode())
    assert text_of(next(root.iter("h1"))) == "September 2026"
    (choices,) = [nav for nav in root.iter("nav") if nav.get("aria-label") == "Periods"]
    assert [(text_of(item), [e.get("aria-current") for e in item.iter("b")]) for item in choices.iter("li")] == [
        ("October 2026", []),
        ("September 2026", ["page"]),
    ]


def test_an_open_finding_is_listed_once_and_in_its_own_tenants_report() -> None:
    own = {**HIGH, "tenant": "alpha"}
    unit = {**finding("unit", "critical", "Rental: in the red", "Why"), "tenant": "rental"}
    root = front_page(
        document("portfolio", "Two", "ceo", findings=[{**own, "title": "Alpha: High one"}, unit]),
        document("alpha", "Alpha", "ceo", findings=[own, LOW]),
        names={"rental": "The rental"},
    )
    assert rows_of(root, "Most urgent")[1:] == [
        ["■Rental: in the red", "critical", "The rental", "CEO", "new", ""],
        ["■High one", "high", "Alpha", "CEO", "new", ""],
    ]
    assert "1 more on the tenants' pages." in text_of(root)
    targets = {target for target, fragment in links_of("index.html", root) if fragment.startswith("finding-")}
    assert sorted(target.split("/")[0] for target in targets) == ["alpha", "portfolio"]


def test_the_search_knows_reports_findings_and_kpis() -> None:
    root = front_page(document("alpha", "Alpha", kpis=[kpi("cash", "Cash", "money", usd("5"), "$5.00")], findings=[HIGH]))
    report = brief(document("alpha", "Alpha", kpis=[kpi("cash", "Cash", "money", usd("5"), "$5.00")], findings=[HIGH]))
    assert entries(root) == [
        ["KPI", "Cash", "Alpha · $5.00", "alpha/kpis/cash.html"],
        ["Finding", "High one", "marlin · high", f"{report.key}#finding-{HIGH['fingerprint'][:12]}"],
        ["Report", "Alpha CFO", "October 2026", report.key],
    ]


def test_the_search_cannot_be_left_and_is_hidden_without_the_script() -> None:
    root = front_page(hostile())
    assert any("<script>alert(1)</script>" in entry[1] for entry in entries(root))
    (box,) = [element for element in root.iter("div") if element.get("role") == "search"]
    assert "hidden" in box.attrib


def test_kpis_of_all_tenants_side_by_side() -> None:
    shared = kpi(
        "cash", "Cash", "money", usd("300"), "$300", previous=usd("200"), delta=usd("100"), state="good", target=usd("1")
    )
    overviews, _ = site(
        document("portfolio", "Two", "ceo", kpis=[shared]),
        document(
            "alpha",
            "Alpha",
            kpis=[lacking("cash", "Cash", "money", "no bank", "a bank"), kpi("jobs", "Jobs", "count", "7", "7")],
        ),
    )
    facts = front.matrix(overviews)
    root = check_page(front.render_matrix(facts, TEMPLATES).decode())
    assert [[text_of(cell) for cell in row] for row in root.iter("tr")] == [
        ["KPI", "TwoOctober 2026", "AlphaOctober 2026"],
        ["Cash", "●$300 good+50.0% favourable", "n/a"],
        ["Jobs", "·", "7"],
    ]
    assert {target for target, _ in links_of(paths.KPIS, root)} >= {
        "portfolio/kpis/cash.html",
        "alpha/kpis/cash.html",
        "alpha/kpis/jobs.html",
    }


def test_a_tenants_page_shows_its_own_reports_figures_and_findings() -> None:
    overviews, filed = site(document("alpha", "Alpha", "cfo", findings=[HIGH]), document("alpha", "Alpha", "cfo", "2026-09"))
    current = {(found.role, found.period): found for found in filed}
    root = check_page(tenant.render(tenant.tenant(overviews[0], current), TEMPLATES).decode())
    assert text_of(next(root.iter("h1"))) == "Alpha"
    assert rows_of(root, "Open findings") == [
        ["Finding", "Severity", "In the reports", "Since", "At stake"],
        ["■High one", "high", "CFO", "new", ""],
    ]
    assert [row[0] for row in rows_of(root, "All reports")] == ["Period", "October 2026", "September 2026"]
    assert ["▲Net revenue watch · target $20,000", "", "$18,460", "−15.7%unfavourable", "+21.4%", "October 2026"] in rows_of(
        root, "All key figures"
    )


@pytest.mark.parametrize("made", [minimal(), hostile()], ids=["minimal", "hostile"])
def test_every_page_stands_whatever_the_report(made: Document) -> None:
    overviews, filed = site(made)
    current = {(found.role, found.period): found for found in filed}
    check_page(front.render_front(front.front(overviews, filed, {}), TEMPLATES).decode())
    check_page(front.render_matrix(front.matrix(overviews), TEMPLATES).decode())
    check_page(tenant.render(tenant.tenant(overviews[0], current), TEMPLATES).decode())
    for facts in front.periods(overviews, filed):
        check_page(front.render_period(facts, TEMPLATES).decode())
