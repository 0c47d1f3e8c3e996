"""Whole reports of tenants of which little is known, or too much: they are made, say what is missing, and mix nothing up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from quarterdeck.compose import compose
from quarterdeck.model import Severity, TenantKind
from quarterdeck.render import PAGE, TEXT, render_all
from quarterdeck.steps.preview import preview
from reports import role, roles, roles_for
from tests.material import finding, material
from tests.reporting import parts_of, report


def settings_of(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((folder / "portfolio.yaml").read_text("utf-8"))
    return document


def resettled(folder: Path, document: dict[str, Any]) -> Path:
    (folder / "portfolio.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return folder / "portfolio.yaml"


@pytest.mark.parametrize("name", [each.id for each in roles_for(TenantKind.COMPANY)])
def test_a_tenant_without_a_single_source_has_a_report_without_a_figure(name: str, folder: Path) -> None:
    document = settings_of(folder)
    document["tenants"][1]["sources"] = []
    made = report(resettled(folder, document), "beta", name)
    assert {kpi["value"] for kpi in made.document["kpis"]} == {None}  # nothing is zero for want of data
    assert all(kpi["unavailable_reason"] for kpi in made.document["kpis"])
    assert made.document["bottom_line"]["sentence"]["text"] == "None of the headline figures can be worked out yet."
    said = [point["rule"] for point in made.document["bottom_line"]["points"]]
    assert said == ["worst_finding", "not_worked_out"]


def test_a_tenant_without_a_source_is_rolled_up_as_nothing(folder: Path) -> None:
    before = report(folder / "portfolio.yaml", "portfolio", "ceo")
    document = settings_of(folder)
    document["tenants"].append({"id": "gamma", "name": "Gamma", "sources": []})
    after = report(resettled(folder, document), "portfolio", "ceo")
    assert [kpi["value"] for kpi in after.document["kpis"]] == [kpi["value"] for kpi in before.document["kpis"]]


def test_a_source_that_fails_in_the_roll_up_is_named_and_the_others_count(folder: Path) -> None:
    (folder / "beta" / "channels.csv").write_bytes(b"\xff\xfe\x00")
    made = report(folder / "portfolio.yaml", "portfolio", "cmo")
    assert made.kpi("live_channels")["value"] == "1"  # alpha's
    assert any("Beta" in text or "beta" in text for _, text in made.notices())


def test_a_first_period_has_nothing_before_it_and_says_no_change(folder: Path) -> None:
    document = settings_of(folder)
    books = next(each for each in document["tenants"][0]["sources"] if each["id"] == "books")
    del books["opening"], books["opening_equity"]
    made = report(resettled(folder, document), "alpha", "cfo", "2026-08")
    assert made.kpi("net_revenue")["value"] == {"minor": 90_000, "currency": "USD"}
    assert [made.kpi(id)["previous"] for id in ("net_revenue", "gross_margin", "ebitda")] == [None] * 3
    rules = {point["rule"] for point in made.document["bottom_line"]["points"]}
    assert not rules & {"revenue_cause", "spending_cause"}


def test_a_denominator_of_zero_is_a_reason_and_no_figure(folder: Path) -> None:
    bank = folder / "alpha" / "bank.csv"
    kept = [line for line in bank.read_text("utf-8").splitlines() if "Customer" not in line or "2026-10" not in line]
    bank.write_text("\n".join(kept) + "\n", "utf-8")  # October without a sale
    made = report(folder / "portfolio.yaml", "alpha", "cfo")
    assert made.kpi("net_revenue")["value"] == {"minor": 0, "currency": "USD"}
    for id in ("gross_margin", "ebitda_margin", "opex_ratio"):
        assert made.kpi(id)["value"] is None
        assert made.kpi(id)["unavailable_reason"]


def test_a_milestone_in_the_past_is_overdue_and_one_without_a_kpi_has_no_figure(folder: Path) -> None:
    document = settings_of(folder)
    document["tenants"][0]["milestones"] = [{"id": "quay", "title": "Berth signed", "due": "2025-01-31", "owner": "ceo"}]
    made = report(resettled(folder, document), "alpha", "cfo")
    (late,) = [each for each in made.findings if each["rule"] == "milestone_overdue"]
    assert "Berth signed" in late["title"]


SCRIPT = "<script>alert(1)</script> **<img src=x onerror=alert(2)>** [a](javascript:alert(3))"


def test_a_note_with_scripts_is_text(folder: Path) -> None:
    notes = folder / "alpha" / "notes"
    notes.mkdir()
    head = "tenant: alpha\nauthor: Ann Owner\ndate: 2026-10-20\nperiod: 2026-10\nroles: [cfo]\n"
    (notes / "one.md").write_text(f"---\n{head}---\n{SCRIPT}\n", "utf-8")
    document = settings_of(folder)
    document["tenants"][0]["sources"].append({"id": "notes", "kind": "notes", "folder": "alpha/notes"})
    parts = parts_of(resettled(folder, document))
    made = preview(parts, "alpha", role("cfo"), "2026-10")
    page = Path(made.paths["html"]).read_text("utf-8")
    assert "alert(1)" in page  # it is shown
    assert "<script" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


def test_500_findings_are_ranked_cut_in_the_mail_and_whole_in_the_archive() -> None:
    levels = [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    made = compose(material(findings=[finding(f"boat-{n}", severity=levels[n % 4]) for n in range(500)]))
    assert [each["severity"] for each in made["findings"]] == [level.value for level in reversed(levels) for _ in range(125)]
    point = next(each["text"] for each in made["bottom_line"]["points"] if each["rule"] == "worst_finding")
    assert point.startswith("500 findings are open, 250 of them high or critical.")
    files = render_all(made, Path(__file__).parents[2] / "templates")
    assert files[PAGE].count(b"stands idle") >= 500
    assert len(files["mail.html"]) < 100_000  # where mail programs cut
    assert b"boat-499" in json.dumps(made).encode()
    assert files[TEXT]


def test_every_role_of_the_house_is_asked() -> None:
    assert {"ceo", "cfo", "cmo", "cto", "accounting", "rental", "logistics", "client-billing"} <= set(roles())
