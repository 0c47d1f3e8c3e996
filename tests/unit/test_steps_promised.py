"""Promises and people's words through the steps: files in, three months delivered, and the report that tells of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.errors import ConfigError
from quarterdeck.render import text
from quarterdeck.render.view import prepare
from quarterdeck.steps.plan import plan
from quarterdeck.steps.preview import figures_now
from quarterdeck.steps.promised import escalations
from quarterdeck.steps.report import document_of
from quarterdeck.steps.reproduce import reproduce
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import Parts
from reports import role as role_of
from reports import roles
from tests import mini
from tests.reporting import NOW, parts_of
from tests.unit.test_steps_delivered import deliver, filed

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    config = mini.make(tmp_path)
    settings = config.read_text("utf-8")
    assert settings.count("    sources:\n") >= 1
    config.write_text(settings.replace("    sources:\n", "    sources:\n      - {kind: notes, folder: notes}\n", 1), "utf-8")
    (tmp_path / "notes" / "alpha").mkdir(parents=True)
    return parts_of(config)


def write(parts: Parts, name: str, words: str) -> None:
    (parts.settings.root / "notes" / name).write_text(words, "utf-8")


def document(parts: Parts, period: str, role: str = "cfo", tenant: str = "alpha") -> dict[str, Any]:
    basis, _ = figures_now(parts, tenant, period, keep=True)
    return document_of(parts, role_of(role), tenant, parts.period(tenant, period), basis)


def oldest(made: dict[str, Any]) -> dict[str, Any]:
    """The promise that was to be kept first."""
    found: dict[str, Any] = min(made["promises"], key=lambda promise: (promise["first_due"], promise["code"]))
    return found


def test_three_late_reports_go_to_the_chief_executive_and_can_be_made_again(parts: Parts) -> None:
    for month in MONTHS[:-1]:
        deliver(parts, filed(parts, month))
    made = document(parts, MONTHS[-1])
    late = [promise for promise in made["promises"] if promise["misses"] >= 3]
    assert late
    assert {promise["outcome"] for promise in late} == {"late"}
    for promise in late:
        assert promise["escalation"] in (None, {"from": "cfo", "to": "ceo", "is_here": False}) or promise["owner"] != "cfo"
    told = {promise["finding"] for promise in late if promise["owner"] == "cfo"}
    here = {
        promise["finding"]
        for promise in document(parts, MONTHS[-1], "ceo")["promises"]
        if (promise["escalation"] or {}).get("is_here")
    }
    assert told
    assert told <= here
    report = filed(parts, MONTHS[-1])
    send_reports(parts, [report], send=False)
    assert reproduce(parts, role_of, report.report_id).is_same


def test_what_was_only_filed_was_asked_of_nobody(parts: Parts) -> None:
    for month in MONTHS[:-1]:
        filed(parts, month)
    made = document(parts, MONTHS[-1])
    assert {promise["misses"] for promise in made["promises"]} <= {0, 1}
    assert all(promise["escalation"] is None for promise in made["promises"])


def test_a_decision_moves_the_action_its_card_and_the_promise_from_its_period_on(parts: Parts) -> None:
    asked = document(parts, "2026-08")["actions"][0]
    before = json.dumps(document(parts, "2026-08"), sort_keys=True)
    line = (
        f"action: {asked['code']}, due: 2026-12-24, owner: Ann Ruiz, by: Ann Ruiz, date: 2026-09-20, reason: The yard is full"
    )
    write(parts, "said.yaml", f"decisions:\n  - {{tenant: alpha, {line}}}\n")
    assert json.dumps({**document(parts, "2026-08"), "provenance": 0}, sort_keys=True) == json.dumps(
        {**json.loads(before), "provenance": 0}, sort_keys=True
    )
    made = document(parts, "2026-09")
    (action,) = (each for each in made["actions"] if each["finding"] == asked["finding"])
    assert (action["code"], action["due"], action["owner"]) == (asked["code"], "2026-12-24", "Ann Ruiz")
    assert [(each["field"], each["was"]) for each in action["overrides"]] == [("owner", asked["owner"]), ("due", asked["due"])]
    (promise,) = (each for each in made["promises"] if each["finding"] == asked["finding"])
    assert (promise["outcome"], promise["first_due"], promise["due"]) == ("moved", asked["due"], "2026-12-24")
    shown = " ".join(text.render(prepare(made)).split())
    assert "by Ann Ruiz on Sep 20, 2026: The yard is full" in shown
    portfolio = document(parts, "2026-09", tenant="portfolio")
    assert [each["due"] for each in portfolio["actions"] if each["finding"] == asked["finding"]] == ["2026-12-24"]


def test_a_note_stands_in_its_own_tenants_report_of_its_period_alone(parts: Parts) -> None:
    head = "period: 2026-09\nauthor: Ann Ruiz\ndate: 2026-10-03\nkpi: cash"
    write(parts, "alpha/note.md", f"---\n{head}\n---\nPaid in **advance** <script>alert(1)</script>\n")
    write(parts, "astray.md", f"---\ntenant: gamma\n{head}\n---\nof nobody\n")
    made = document(parts, "2026-09")
    assert [(note["author"], note["date"], note["about"]["ref"]) for note in made["notes"]] == [
        ("Ann Ruiz", "2026-10-03", "cash")
    ]
    assert "Paid in advance <script>alert(1)</script>" in " ".join(text.render(prepare(made)).split())
    assert document(parts, "2026-08")["notes"] == []
    for tenant in ("beta", "portfolio"):
        assert "advance" not in json.dumps(document(parts, "2026-09", tenant=tenant))
    (faults,) = (each for each in document(parts, "2026-09", "accounting")["findings"] if each["subject"] == "notes/notes")
    assert faults["evidence"][0]["source_file"] == "notes/astray.md"
    assert faults["evidence"][0]["value"] == "gamma"


@pytest.mark.parametrize(
    ("tenant", "steps"),
    [
        ("alpha", {"accounting": ("ceo", True), "cfo": ("ceo", True), "cmo": ("ceo", True), "cto": ("ceo", True)}),
        (
            "lodge",  # a unit: it has the reports alone that its settings name
            {
                "accounting": ("ceo", False), "cfo": ("ceo", False), "cmo": ("ceo", False), "cto": ("cmo", False),
                "rental": ("cfo", False),
            },
        ),
    ],
)  # fmt: skip
def test_who_is_above_a_role(tmp_path: Path, tenant: str, steps: dict[str, tuple[str, bool]]) -> None:
    config = mini.make(tmp_path)
    unit = "  - {id: lodge, name: Lodge, kind: unit, roles: {rental: {}}, escalation: {cto: cmo}}\n"
    config.write_text(config.read_text("utf-8") + unit, "utf-8")
    settings = parts_of(config).settings
    told = [{"role": "rental"}] if tenant == "lodge" else [{"role": "cfo"}]
    found = escalations(settings, settings.tenant(tenant), told)
    assert {row["role"]: (row["to_role"], row["is_own"]) for row in found} == steps


def test_an_escalation_to_a_role_that_is_none_is_refused(tmp_path: Path) -> None:
    config = mini.make(tmp_path)
    text_of = config.read_text("utf-8").replace("    name: Beta\n", "    name: Beta\n    escalation: {cfo: treasurer}\n")
    config.write_text(text_of, "utf-8")
    with pytest.raises(ConfigError, match="there is no role 'treasurer'"):
        plan(parts_of(config).settings, roles(), now=NOW)
