"""Asking one rule about small tables, and holding what it says against the contract of rules.

CASES = {"burn_unmonitored": Case(seeded=lambda: {"targets": ...}, clean=lambda: {...}, subject=..., title=..., why=...)}
(said,) = ask("burn_unmonitored", targets=frame("targets", [...]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from quarterdeck import books
from quarterdeck.frames import empty
from quarterdeck.model import At, Direction, Figure, KpiValue, State, Unit
from quarterdeck.money import Money
from quarterdeck.rules import RULES, Hit
from quarterdeck.words import Voice
from tests.tables import CHART, OCTOBER, Entry, Row, entries, frame

EVIDENCE_LIMIT = 20

Given = dict[str, Any]  # what a rule is asked about: frames by table, `kpis`


def ledger(*made: Entry, chart: Iterable[Row] = CHART) -> Given:
    """`entries`, `accounts` and `postings` of some entries."""
    given = {"entries": entries(*made), "accounts": frame("accounts", chart)}
    return {**given, "postings": books.postings(given["entries"], given["accounts"])}


def kpi(
    id: str,
    value: Figure | None,
    *,
    unit: Unit | None = None,
    good: Direction = Direction.UP,
    target: Figure | None = None,
    state: State = State.NO_TARGET,
    series: tuple[Figure | None, ...] = (),
) -> KpiValue:
    return KpiValue(
        id=id,
        label=id.replace("_", " ").capitalize(),
        unit=unit or (Unit.MONEY if isinstance(value, Money) else Unit.RATIO),
        direction=good,
        formula="",
        version=1,
        tables=(),
        value=value,
        target=target,
        state=State.UNAVAILABLE if value is None else state,
        series=series or (value,),
    )


def kpis(*values: KpiValue, **figures: Figure | None) -> dict[str, KpiValue]:
    """KPI values by id; a plain figure becomes a value without a target."""
    return {value.id: value for value in values} | {id: kpi(id, figure) for id, figure in figures.items()}


@dataclass(frozen=True)
class Said:
    """A hit with its sentences, as a reader in the United States has them."""

    hit: Hit
    title: str
    why: str
    remedy: str

    @property
    def subject(self) -> str:
        return self.hit.subject


def ask(id: str, at: At = OCTOBER, **given: Any) -> list[Said]:
    """What a rule finds; tables that it may do without are empty unless given."""
    rule = RULES.get(id)
    known: Given = {"at": at, "kpis": {}, **{name: empty(name) for name in rule.absent_ok}}
    if {"entries", "accounts"} <= rule.absent_ok:
        known["postings"] = books.postings(empty("entries"), empty("accounts"))
    hits = list(rule.find(**{name: (known | given)[name] for name in rule.parameters}))
    assert len({hit.subject for hit in hits}) == len(hits), "two hits of one rule on one subject are one finding"
    return [_said(id, hit) for hit in hits]


def _said(id: str, hit: Hit) -> Said:
    rule, voice = RULES.get(id), Voice("en_US")
    assert hit.subject.strip()
    assert len(hit.evidence) <= EVIDENCE_LIMIT
    for fact in [*hit.facts.values(), *(cell for row in hit.evidence for cell in row.values())]:
        assert type(fact) in (Money, Decimal, int, date, str), f"{fact!r} of {id} is no fact"
    title, why, remedy = (voice.say(template, hit.facts) for template in (rule.title, rule.why, rule.remedy))
    return Said(hit, title, why, remedy)


@dataclass(frozen=True)
class Case:
    """A rule's seeded fault and its clean twin: what it is asked about, and what it must say of the first."""

    seeded: Callable[[], Given]
    clean: Callable[[], Given]
    subject: str
    title: str
    why: str


def check(id: str, case: Case) -> None:
    """The fault is found and said in these words; the clean twin is no fault."""
    (said,) = ask(id, **case.seeded())
    assert (said.subject, said.title, said.why) == (case.subject, case.title, case.why)
    assert ask(id, **case.clean()) == []
