"""Money is an integer of minor units and a currency; never a float.

Rates and ratios are `Decimal`. Rounding happens here and only here, half to even.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quarterdeck.errors import QuarterdeckError

# ISO 4217 minor units where they are not two. CLDR is no help here: it gives the digits people write
# (0 for LBP or IQD), not the digits that ledgers and payment providers count in.
_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_CODE = re.compile(r"[A-Z]{3}")
_PLAIN = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]+))?", re.ASCII)
_LARGEST = 2**63 - 1  # what an int64 column of a snapshot can hold
_GROUP = 3  # digits between two thousands separators
_SHOWN = 40  # characters of a refused text that its message repeats


class MoneyError(QuarterdeckError):
    """An amount that cannot be read exactly, or sums over two currencies."""


def exponent(currency: str) -> int:
    """Number of minor-unit digits of an ISO 4217 code: 2 for USD, 0 for JPY, 3 for KWD."""
    if not _CODE.fullmatch(currency):
        raise MoneyError(f"{currency!r} is not a currency code", remedy="three capital letters, as in USD")
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency`: Money(1050, "USD") is 10.50 USD."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise MoneyError(f"minor units must be an integer, not {self.minor!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be put together without a rate")
        return other.minor

    def times(self, factor: Decimal) -> Money:
        """The amount times a rate, rounded half to even to whole minor units."""
        return Money(round_half_even(Fraction(self.minor) * Fraction(factor)), self.currency)

    def decimal(self) -> Decimal:
        """The amount in major units, exact: 10.50."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split by integer weights so that the parts sum to the whole.

        Largest remainder: the minor units left over go to the parts that lost most, the earlier first.
        """
        return tuple(Money(part, self.currency) for part in _largest_remainder(self.minor, weights))


def _largest_remainder(minor: int, weights: Sequence[int]) -> list[int]:
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise MoneyError("weights of an allocation must be non-negative and not all zero")
    sign, amount = (-1, -minor) if minor < 0 else (1, minor)
    parts = [amount * weight // total for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in by_loss[: amount - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def round_half_even(value: Decimal | Fraction) -> int:
    """The nearest integer, ties to even; exact for any size."""
    return round(value)


def convert(amount: Money, currency: str, rate: Decimal | Fraction) -> Money:
    """`amount` in another currency; see `converter` for the rate."""
    return Money(converter(amount.currency, currency, rate)(amount.minor), currency)


def converter(base: str, currency: str, rate: Decimal | Fraction) -> Callable[[int], int]:
    """A function from minor units of `base` to minor units of `currency`, `rate` being units of it per unit of `base`.

    The inverse of a rate is passed as a Fraction, since most have no exact decimal form.
    """
    factor = Fraction(rate) * Fraction(10) ** (exponent(currency) - exponent(base))
    numerator, denominator = factor.as_integer_ratio()

    def converted(minor: int) -> int:
        # As round_half_even, in integers: books have a hundred thousand legs, and a Fraction for each takes seconds.
        whole, rest = divmod(minor * numerator, denominator)
        return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))

    return converted


def parse_amount(text: str, currency: str, *, decimal_mark: str = ".") -> int:
    """Minor units of an amount written in major units, or MoneyError.

    Strict on purpose: ASCII digits, one decimal mark, no grouping, no brackets, no exponent, and no more decimals than
    the currency has, zeros apart. A statement in another notation declares its `decimal_mark`.
    """
    plain, shown = text.strip(), repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    if decimal_mark != ".":
        if "." in plain:
            raise MoneyError(f"{shown} has a '.', but the decimal mark is {decimal_mark!r}")
        plain = plain.replace(decimal_mark, ".", 1)
    match = _PLAIN.fullmatch(plain)
    if match is None:
        raise MoneyError(f"{shown} is not an amount", remedy=f"digits with '{decimal_mark}' as the decimal mark, no grouping")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    digits = exponent(currency)
    # Three zeros too many are no harmless zeros: '1.000' is a thousand to whoever groups with a point.
    if len(fraction) > digits and (fraction[digits:].strip("0") or len(fraction) == _GROUP):
        raise MoneyError(f"{shown} has more decimals than {currency} has ({digits})")
    minor = int(whole + fraction[:digits].ljust(digits, "0"))
    if minor > _LARGEST:
        raise MoneyError(f"{shown} is too large")
    return -minor if sign else minor
