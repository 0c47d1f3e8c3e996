"""Figures as words in a tenant's locale: the only place that formats a number, a date or an amount for people.

A minus is always the true minus sign, a ratio is a percentage with one decimal, and a difference of two ratios counts
in percentage points. Templates have named slots that facts fill:

    {cash}               by its type: money, count, number, date, or the text itself
    {share:percent}      a ratio as a percentage
    {runway:months}      a number with its unit (months, days, hours)
    {live:channel|channels}   a count with the noun in the right number
    {value:unit}         a KPI's figure, in the unit that the fact `unit` names
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from string import Formatter
from typing import Any

from babel import Locale, localedata
from babel.dates import format_date, format_skeleton
from babel.numbers import NumberPattern, format_currency, format_percent, parse_pattern

from quarterdeck.errors import ReportError
from quarterdeck.model import Fact, Figure, Unit
from quarterdeck.money import Money, exponent
from quarterdeck.period import Period, PeriodKind

MINUS = "\N{MINUS SIGN}"
NO_DATA = "n/a"
_BETWEEN_CODE_AND_AMOUNT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_PROSE = "en"  # the language of the words, whatever the locale of the figures
_NOUNS = {"months": ("month", "months"), "days": ("day", "days"), "hours": ("hour", "hours")}


@dataclass(frozen=True, slots=True)
class Voice:
    """Formats figures in one locale, as `en_US` or `nl_NL`."""

    locale: str

    def money(self, amount: Money, *, signed: bool = False) -> str:
        """`$41,237`: whole units from a hundred up, minor units below, where they matter."""
        whole = abs(amount.minor) >= 100 * 10 ** exponent(amount.currency)
        digits = 0 if whole else exponent(amount.currency)
        locale = locale_of(self.locale)
        pattern = _pattern(_without_decimals(locale.currency_formats["standard"].pattern, digits))
        text = format_currency(abs(amount.decimal()), amount.currency, pattern, locale, currency_digits=False)
        # CLDR wants a space between a code and its amount, as in CHF 5.00; Babel sets none.
        return _sign(amount.minor, signed) + _BETWEEN_CODE_AND_AMOUNT.sub("\N{NO-BREAK SPACE}", text)

    def exact(self, amount: Money) -> str:
        """`41,237.05` without the currency, for columns of a table that names it."""
        digits = exponent(amount.currency)
        return _sign(amount.minor, signed=False) + _decimal(abs(amount.decimal()), digits, self.locale)

    def number(self, value: Decimal | int, *, signed: bool = False) -> str:
        """A count or a decimal with at most two decimals."""
        text = _decimal(abs(Decimal(value)), 2, self.locale, trimmed=True)
        return _sign(value, signed, decimals=2) + text

    def fixed(self, value: Decimal | int, decimals: int) -> str:
        """A number with just so many decimals, for figures that stand in one column or chart."""
        return _sign(value, signed=False, decimals=decimals) + _decimal(abs(Decimal(value)), decimals, self.locale)

    def percent(self, value: Decimal, *, signed: bool = False) -> str:
        """`8.1%` of the ratio 0.0812."""
        pattern = _pattern(_percent_pattern(self.locale))
        return _sign(value, signed, decimals=3) + format_percent(abs(value), pattern, locale_of(self.locale))

    def points(self, value: Decimal) -> str:
        """`+1.2 pp`: a difference of two ratios."""
        return _sign(value, signed=True, decimals=3) + _decimal(abs(value) * 100, 1, self.locale) + " pp"

    def span(self, value: Decimal | int, unit: str, *, signed: bool = False) -> str:
        """`5.4 months`, in the right number."""
        rounded = round(Decimal(value), 1)
        return f"{self.number(rounded, signed=signed)} {_form(rounded, *_NOUNS[unit])}"

    def times(self, value: Decimal | int, *, signed: bool = False) -> str:
        """`1.80x`: a multiple, as of current assets to current liabilities."""
        return _sign(value, signed, decimals=2) + _decimal(abs(Decimal(value)), 2, self.locale) + "x"

    def count(self, value: int, one: str, many: str) -> str:
        """`3 channels`, `1 channel`."""
        return f"{self.number(value)} {_form(value, one, many)}"

    def day(self, value: date) -> str:
        return _day(value, self.locale)

    def period(self, period: Period) -> str:
        """`October 2026`, `week 44 of 2026`, `Q4 2026`, `FY2026 Q4`."""
        if period.kind is PeriodKind.MONTH:
            return format_skeleton("yMMMM", period.start, locale=locale_of(self.locale))
        year, _, part = period.text.partition("-")
        if period.kind is PeriodKind.WEEK:
            return f"week {int(part[1:])} of {year}"
        return f"{year} {part}" if period.fiscal and part else f"{part} {year}".strip()

    def short(self, period: Period) -> str:
        """`Oct`, `W44`, `Q4`, `2026`: a period among others of its kind."""
        if period.kind is PeriodKind.MONTH:
            return format_skeleton("MMM", period.start, locale=locale_of(self.locale))
        return period.text.rpartition("-")[2]

    def figure(self, value: Figure | None, unit: Unit) -> str:
        """A KPI's figure with its unit."""
        if value is None:
            return NO_DATA
        if isinstance(value, Money):
            return self.money(value)
        if unit is Unit.RATIO:
            return self.percent(Decimal(value))
        if unit is Unit.TIMES:
            return self.times(value)
        return self.span(value, unit.value) if unit.value in _NOUNS else self.number(value)

    def change(self, now: Figure | None, then: Figure | None, unit: Unit) -> str:
        """The difference of two figures with its sign: money relative where that says something, ratios in points."""
        if now is None or then is None:
            return NO_DATA
        if isinstance(now, Money) and isinstance(then, Money):
            difference = now - then  # first: it refuses two currencies
            return self._relative(now.minor, then.minor) or self.money(difference, signed=True)
        if isinstance(now, Money) or isinstance(then, Money):
            raise ReportError("an amount cannot be compared with a number")
        moved = Decimal(now) - Decimal(then)
        if unit is Unit.RATIO:
            return self.points(moved)
        if unit is Unit.TIMES:
            return self.times(moved, signed=True)
        return self.span(moved, unit.value, signed=True) if unit.value in _NOUNS else self.number(moved, signed=True)

    def _relative(self, now: int, then: int) -> str:
        """The relative change, or nothing where the base is zero or the sign turned: there it would mislead."""
        if then == 0 or (now < 0) != (then < 0):
            return ""
        return self.percent((Decimal(now) - then) / abs(then), signed=True)

    def fact(self, value: Fact) -> str:
        """A fact by its type."""
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, date):
            return self.day(value)
        return value if isinstance(value, str) else self.number(value)

    def say(self, template: str, facts: Mapping[str, Fact]) -> str:
        """A template with its slots filled; ReportError where a slot has no fact or does not fit it."""
        try:
            parts = list(Formatter().parse(template))
        except ValueError as error:
            raise ReportError(f"{template!r} is no template: {error}") from error
        return "".join(text + self._slot(name, form or "", facts) for text, name, form, _ in parts)

    def _slot(self, name: str | None, form: str, facts: Mapping[str, Fact]) -> str:
        if name is None:
            return ""
        if name not in facts:
            raise ReportError(f"no fact {name!r} for a sentence", evidence={"facts": ", ".join(sorted(facts))})
        value = facts[name]
        if not form:
            return self.fact(value)
        if form == "percent" and isinstance(value, Decimal):
            return self.percent(value)
        if form in _NOUNS and isinstance(value, Decimal | int):
            return self.span(value, form)
        if form == "unit" and isinstance(value, Money | Decimal | int) and facts.get("unit") in set(Unit):
            return self.figure(value, Unit(str(facts["unit"])))
        one, bar, many = form.partition("|")
        if bar and isinstance(value, int):
            return self.count(value, one, many)
        raise ReportError(f"the fact {name!r} = {value!r} does not fit the form {form!r}")


class _Own(Locale):
    """A locale with tables of its own.

    Babel lets locales share tables and fills gaps in them where they are first looked up, so that what a reader sees hung
    on which locales were used before in the process: Dutch months in Hebrew letters.
    """

    @cached_property
    def _data(self) -> Any:
        name = str(self) if localedata.exists(str(self)) else str(self).partition("@")[0]
        with localedata._cache_lock:
            shared, localedata._cache = localedata._cache, {}
            try:
                own: dict[Any, Any] = localedata.load(name)
                return localedata.LocaleDataDict(own)
            finally:
                localedata._cache = shared


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale:
    """A locale by its name, `en_US`; what it says depends on nothing else. Babel's errors where there is none."""
    return _Own.parse(name)


def slots(template: str) -> frozenset[str]:
    """The names of a template's slots."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def _form(value: Decimal | int, one: str, many: str) -> str:
    """The form of a noun beside a number as it is shown, by the plural rules of the words' language."""
    shown = abs(Decimal(value))
    shown = shown.quantize(Decimal(1)) if shown == shown.to_integral_value() else shown.normalize()
    return one if locale_of(_PROSE).plural_form(shown) == "one" else many


def _sign(value: Decimal | int, signed: bool, decimals: int = 0) -> str:
    """The sign of a value that is shown with so many decimals: what rounds to zero has none."""
    shown = round(Fraction(value) * 10**decimals)
    if shown < 0:
        return MINUS
    return "+" if signed and shown > 0 else ""


@lru_cache(maxsize=256)
def _pattern(text: str) -> NumberPattern:
    """A pattern of CLDR, read once: reading takes longer than formatting."""
    return parse_pattern(text)


@lru_cache(maxsize=4096)
def _day(value: date, locale: str) -> str:
    """A date of medium length; reports name the same few dozen again and again."""
    return format_date(value, "medium", locale_of(locale))


def _decimal(value: Decimal, decimals: int, locale: str, *, trimmed: bool = False) -> str:
    """What Babel makes of `#,##0.00`, or trimmed of `#,##0.##`, in a tenth of its time: a report has hundreds of figures."""
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").removesuffix(".") if trimmed else text).translate(_signs(locale))


@lru_cache(maxsize=64)
def _signs(locale: str) -> Mapping[int, str]:
    signs = locale_of(locale).number_symbols["latn"]
    return {ord(","): signs["group"], ord("."): signs["decimal"]}


def _without_decimals(pattern: str, digits: int) -> str:
    positive = pattern.partition(";")[0]
    return positive.replace(".00", "." + "0" * digits if digits else "")


def _percent_pattern(locale: str) -> str:
    head, _, tail = str(locale_of(locale).percent_formats[None].pattern).partition(";")[0].rpartition("0")
    return f"{head}0.0{tail}"
