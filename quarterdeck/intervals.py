"""How far a share of few cases can be trusted: Wilson's score interval, worked out exactly but for one decimal square root."""

from __future__ import annotations

from decimal import Decimal, localcontext

LEAST = 30  # cases; of fewer, a share says more of chance than of the business
_Z95 = Decimal("1.959963984540054")  # quantile 0.975 of the normal distribution
_PLACES = Decimal("1e-8")


def wilson(hits: int, cases: int) -> tuple[Decimal, Decimal]:
    """The 95 % interval of a share of `hits` in `cases`, as ratios; ValueError unless 0 <= hits <= cases and cases > 0.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), after E. B. Wilson, 1927.
    """
    if not 0 <= hits <= cases or cases <= 0:
        raise ValueError(f"{hits} of {cases} is no share")
    with localcontext(prec=40):
        n, p = Decimal(cases), Decimal(hits) / cases
        spread = _Z95 * (p * (1 - p) / n + _Z95**2 / (4 * n**2)).sqrt()
        middle, scale = p + _Z95**2 / (2 * n), 1 + _Z95**2 / n
        low, high = (middle - spread) / scale, (middle + spread) / scale
    return max(low, Decimal(0)).quantize(_PLACES), min(high, Decimal(1)).quantize(_PLACES)
