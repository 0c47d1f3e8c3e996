"""When a figure will reach its target, by its own trend: a straight line by least squares, and never without its interval.

The dates are those at which the edges of the 80 % prediction interval reach the target: in one case of ten the figure gets
there before the earliest, in one of ten after the latest. All arithmetic is exact but for the square root, which is decimal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

LEAST, MOST = 6, 12  # values that a trend is read from
YEARS = 5  # a trend that takes longer is none
_PRECISION = 40  # digits of the square root
# Quantile 0.9 of Student's t by degrees of freedom, two less than there are values: the two edges of 80 %.
_T90 = {4: "1.53321", 5: "1.47588", 6: "1.43976", 7: "1.41492", 8: "1.39682", 9: "1.38303", 10: "1.37218"}


class Trend(StrEnum):
    """What can be said of when the target is reached."""

    REACHED = "reached"
    DATED = "towards it"
    NONE = "no trend"
    UNKNOWN = "too few values"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Steps from the last value to the target, 1 is the next period. `latest` is None where it lies beyond five years."""

    trend: Trend
    earliest: int | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line through values at 0, 1, 2 ..., with what its interval is made of."""

    count: int
    level: Fraction  # at the mean of the places
    slope: Fraction
    variance: Fraction  # of the residuals, over the degrees of freedom

    def at(self, place: int) -> Fraction:
        return self.level + self.slope * (place - self._middle)

    def edge(self, place: int) -> Fraction:
        """Half the width of the 80 % prediction interval at a place."""
        spread = Fraction((self.count**3 - self.count), 12)
        square = self.variance * (1 + Fraction(1, self.count) + (place - self._middle) ** 2 / spread)
        with localcontext() as context:
            context.prec = _PRECISION
            root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        return Fraction(root) * Fraction(_T90[self.count - 2])

    @property
    def _middle(self) -> Fraction:
        return Fraction(self.count - 1, 2)


def line_of(values: Sequence[Fraction]) -> Line:
    """The line by ordinary least squares through six to twelve values in a row."""
    count = len(values)
    middle, mean = Fraction(count - 1, 2), sum(values, Fraction(0)) / count
    slope = sum((place - middle) * value for place, value in enumerate(values)) / Fraction(count**3 - count, 12)
    rest = sum((value - mean - slope * (place - middle)) ** 2 for place, value in enumerate(values))
    return Line(count, mean, slope, Fraction(rest) / (count - 2))


def outlook(series: Sequence[Decimal | int | None], target: Decimal | int, *, is_up: bool, a_year: int) -> Outlook:
    """When a series reaches a target; `is_up` when more is better, `a_year` is how many periods a year has.

    The values are the last ones without a gap. A trend away from the target, or one that the middle of the interval takes
    beyond five years, is none.
    """
    values = _tail(series)
    sign = 1 if is_up else -1
    goal = sign * Fraction(target)
    if values and sign * values[-1] >= goal and series[-1] is not None:
        return Outlook(Trend.REACHED)
    if len(values) < LEAST:
        return Outlook(Trend.UNKNOWN)
    line = line_of([sign * value for value in values[-MOST:]])
    steps = range(1, YEARS * a_year + 1)
    last = line.count - 1
    if line.slope <= 0 or line.at(last + steps[-1]) < goal:
        return Outlook(Trend.NONE)
    earliest = next(step for step in steps if line.at(last + step) + line.edge(last + step) >= goal)
    latest = next((step for step in steps if line.at(last + step) - line.edge(last + step) >= goal), None)
    return Outlook(Trend.DATED, earliest, latest)


def _tail(series: Sequence[Decimal | int | None]) -> list[Fraction]:
    """The values after the last gap; none where the last one is a gap itself."""
    found: list[Fraction] = []
    for value in reversed(series):
        if value is None:
            break
        found.append(Fraction(value))
    return found[::-1]
