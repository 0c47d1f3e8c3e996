"""What holds for every rule: its parameters, templates, owner, and that its fault and its clean twin are tested."""

from __future__ import annotations

import importlib
import re
from string import Formatter

import pytest

from quarterdeck import words
from quarterdeck.kpis import KPIS
from quarterdeck.registry import discover
from quarterdeck.rules import RULES, Rule
from quarterdeck.rules._renamed import RENAMED, current_id, first_id
from quarterdeck.schemas import TABLES
from reports import roles
from tests.asking import Case, ask

OWN = {id: rule for id, rule in RULES.all().items() if rule.find.__module__.startswith("quarterdeck.rules.")}
DERIVED = {"postings": {"entries", "accounts"}, "bank_matches": {"entries", "bank_lines"}}
OWNERS = set(roles())


def cases() -> dict[str, Case]:
    """The seeded faults and clean twins of all modules of rules."""
    found: dict[str, Case] = {}
    for module in discover("quarterdeck.rules"):
        tests = importlib.import_module(f"tests.unit.test_rules_{module.rpartition('.')[2]}")
        found |= tests.CASES
    return found


def templates(rule: Rule) -> tuple[str, str, str]:
    return rule.title, rule.why, rule.remedy


def bases(rule: Rule) -> set[str]:
    return {base for name in rule.tables for base in DERIVED.get(name, {name})}


def test_every_rule_has_a_seeded_fault_and_a_clean_twin() -> None:
    assert set(cases()) == set(OWN)


def test_there_are_as_many_rules_as_the_five_roles_need() -> None:
    assert len(OWN) >= 30


@pytest.mark.parametrize("rule", OWN.values(), ids=list(OWN))
def test_a_rule_asks_for_tables_that_there_are(rule: Rule) -> None:
    assert bases(rule) <= set(TABLES)
    assert rule.parameters <= {"at", "kpis", *DERIVED, *TABLES}
    assert rule.absent_ok <= bases(rule)


@pytest.mark.parametrize("rule", OWN.values(), ids=list(OWN))
def test_a_rule_names_the_kpis_it_reads(rule: Rule) -> None:
    assert set(rule.kpis) <= set(KPIS)
    assert not rule.kpis or "kpis" in rule.parameters


@pytest.mark.parametrize("rule", OWN.values(), ids=list(OWN))
def test_a_rule_has_an_owner_a_date_and_a_definition(rule: Rule) -> None:
    assert rule.owner in OWNERS
    assert 1 <= rule.due_days <= 90
    assert rule.definition.endswith(".")


@pytest.mark.parametrize("rule", OWN.values(), ids=list(OWN))
def test_no_template_holds_a_figure(rule: Rule) -> None:
    for template in templates(rule):
        assert template
        assert not re.search(r"\d", template), template


@pytest.mark.parametrize("rule", OWN.values(), ids=list(OWN))
def test_every_slot_has_a_fact_in_a_form_that_fits(rule: Rule) -> None:
    (said, *_) = ask(rule.id, **cases()[rule.id].seeded())  # `ask` fills all three templates
    for template in templates(rule):
        assert words.slots(template) <= set(said.hit.facts)
        for _, name, form, conversion in Formatter().parse(template):
            assert not conversion
            assert form in (None, "", "percent", "months", "days", "hours", "unit") or (name and form and form.count("|") == 1)


@pytest.mark.parametrize("rule", OWN.values(), ids=list(OWN))
def test_a_subject_does_not_move_with_the_figures(rule: Rule) -> None:
    (said, *_) = ask(rule.id, **cases()[rule.id].seeded())
    assert not re.search(r"20[1-9]\d|%|\$", said.subject)  # 2000 is an account


def test_no_two_rules_have_the_same_title() -> None:
    titles = [rule.title for rule in OWN.values()]
    assert len(set(titles)) == len(titles)


def test_every_rule_that_a_role_reads_is_there() -> None:
    read = {id for role in roles().values() for id in role.rules}
    assert read <= set(RULES)


def test_what_is_renamed_is_there_under_its_new_name_alone() -> None:
    assert not set(RENAMED) & set(RULES)
    assert all(current_id(old) in RULES for old in RENAMED)
    assert len(set(RENAMED.values())) == len(RENAMED)  # two that become one would lose the cards of one of them
    assert all(first_id(current_id(old)) == first_id(old) for old in RENAMED)


def test_names_are_followed_to_either_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.rules._renamed.RENAMED", {"a": "b", "b": "c"})
    assert [current_id(name) for name in "abcd"] == ["c", "c", "c", "d"]
    assert [first_id(name) for name in "abcd"] == ["a", "a", "a", "d"]
