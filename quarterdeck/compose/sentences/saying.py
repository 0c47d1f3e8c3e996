"""How a rule says something: its text in the language of the sentences, its figures in the reader's locale."""

from __future__ import annotations

from collections.abc import Callable

from quarterdeck.compose.material import Material
from quarterdeck.compose.sentences.en import TEXTS
from quarterdeck.model import Fact, Figure, KpiValue
from quarterdeck.money import Money

SentenceRule = Callable[[Material], str | None]


def say(material: Material, text: str, **facts: Fact) -> str:
    """The text of that name with its slots filled."""
    return material.voice.say(TEXTS[text], facts)


def known(material: Material, *ids: str) -> tuple[KpiValue, ...] | None:
    """The role's KPIs of these ids, or None where it does not read one of them or one cannot be worked out."""
    values = {value.id: value for value in material.role_kpis() if value.value is not None}
    return tuple(values[id] for id in ids) if all(id in values for id in ids) else None


def shown(material: Material, value: KpiValue) -> str:
    return material.voice.figure(value.value, value.unit)


def before(material: Material) -> str:
    """The name of the period before."""
    return material.voice.period(material.at.period.previous())


def minor(figure: Figure | None) -> int | None:
    """The minor units of an amount; None of anything else."""
    return figure.minor if isinstance(figure, Money) else None
