"""Wilson's interval against its defining equation and published values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.intervals import wilson

Z2 = Decimal("1.959963984540054") ** 2
SHARES = st.integers(1, 100_000).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases)))


def test_published_values() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, cases, low, high in (
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ):
        found = tuple(edge.quantize(Decimal("0.0001")) for edge in wilson(hits, cases))
        assert found == (Decimal(low), Decimal(high))


@given(SHARES)
def test_its_edges_lie_z_errors_from_the_share(share: tuple[int, int]) -> None:
    hits, cases = share
    p = Decimal(hits) / cases
    for edge in wilson(hits, cases):
        # (p - e)² = z² e (1 - e) / n, to the eight decimals that an edge has
        assert abs((p - edge) ** 2 - Z2 * edge * (1 - edge) / cases) < Decimal("1e-7")


@given(SHARES)
def test_it_holds_the_share_and_mirrors(share: tuple[int, int]) -> None:
    hits, cases = share
    low, high = wilson(hits, cases)
    assert 0 <= low <= (Decimal(hits) / cases).quantize(Decimal("1e-8")) <= high <= 1
    assert wilson(cases - hits, cases) == (1 - high, 1 - low)


@pytest.mark.parametrize(("hits", "cases"), [(0, 0), (2, 1), (-1, 5)])
def test_what_is_no_share_is_refused(hits: int, cases: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(hits, cases)
