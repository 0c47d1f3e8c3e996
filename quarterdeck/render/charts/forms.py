"""One form for all figures of a chart: the same unit, the same decimals, three digits that matter.

The unit is said once, in the line under the title: `USD thousand`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from quarterdeck.errors import ReportError
from quarterdeck.model import Figure, Unit
from quarterdeck.money import Money
from quarterdeck.words import Voice

_STEPS = ((12, "trillion"), (9, "billion"), (6, "million"), (3, "thousand"))
_WHOLE = Decimal(100_000)  # below it amounts are said in full: 41,237 and not 41.2 thousand
_LARGEST = 18  # digits before the point that a label has room for
_MOST_DIGITS = 40  # beyond that a figure is a fault of the document


@dataclass(frozen=True, slots=True)
class Form:
    """How figures become texts: `unit` in words, figures over `divisor` with so many decimals."""

    voice: Voice
    unit: str
    divisor: Decimal
    decimals: int
    is_ratio: bool

    def text(self, value: Decimal | None, *, signed: bool = False) -> str:
        if value is None:
            return ""
        shows_more = round(value / self.divisor, self.decimals + 2 * self.is_ratio) > 0
        return ("+" if signed and shows_more else "") + self._text(value)

    def _text(self, value: Decimal) -> str:
        if self.is_ratio:
            return self.voice.percent(value)
        shown = value / self.divisor
        if abs(shown.adjusted()) > _LARGEST:
            return f"{shown:.1E}"
        return self.voice.fixed(shown, self.decimals)


def form_of(figures: Iterable[Figure | None], unit: Unit, voice: Voice) -> Form:
    """The form that suits the largest of some figures; ReportError where they are of two currencies."""
    known = [figure for figure in figures if figure is not None]
    currencies = {figure.currency for figure in known if isinstance(figure, Money)}
    if len(currencies) > 1:
        raise ReportError(f"a chart has amounts in {' and '.join(sorted(currencies))}")
    values = [bare(figure) for figure in known]
    largest = max((abs(value) for value in values), default=Decimal(0))
    if unit is Unit.RATIO:
        return Form(voice, "", Decimal(1), 1, is_ratio=True)
    power, word = next((step for step in _STEPS if largest >= _WHOLE and largest >= 10 ** step[0]), (0, ""))
    divisor = Decimal(10**power)
    words = (currencies.pop() if currencies else "" if unit is Unit.COUNT else unit.value, word)
    return Form(voice, " ".join(part for part in words if part), divisor, _decimals(values, divisor, unit), is_ratio=False)


def bare(figure: Figure) -> Decimal:
    """A figure as a number in major units."""
    value = figure.decimal() if isinstance(figure, Money) else Decimal(figure)
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise ReportError("a figure of a chart is no number that could be drawn")
    return value


def _decimals(values: Iterable[Decimal], divisor: Decimal, unit: Unit) -> int:
    shown = [abs(value / divisor) for value in values]
    largest = max(shown, default=Decimal(0))
    if largest >= 100 or all(value == value.to_integral_value() for value in shown):
        return 0
    return 1 if largest >= 10 or unit not in {Unit.MONEY, Unit.TIMES} else 2
