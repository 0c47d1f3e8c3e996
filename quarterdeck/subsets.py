"""Which of a few amounts sum to another: every choice of them is tried, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CANDIDATES = 12  # amounts; one more would double the choices
_MASKS = ((np.arange(1 << CANDIDATES)[:, None] >> np.arange(CANDIDATES)) & 1).astype(np.int64)
_SIZES = _MASKS.sum(axis=1)
_SAFE = (2**63 - 1) // CANDIDATES


def subset(parts: Sequence[int], whole: int, apart: Sequence[int]) -> tuple[int, ...]:
    """Places of two or more parts that sum to the whole: the fewest, of those the nearest, then the first; () for none.

    At most CANDIDATES parts; every choice of them is tried.
    """
    if len(parts) < 2 or abs(sum(parts)) < abs(whole):
        return ()
    kind: type = np.int64 if max(abs(part) for part in parts) <= _SAFE else object  # int64 would wrap round without a word
    count = 1 << len(parts)
    masks = _MASKS[:count, : len(parts)]
    hits = np.flatnonzero((masks.astype(kind) @ np.array(parts, kind) == whole) & (_SIZES[:count] > 1))
    if not len(hits):
        return ()
    distances = masks[hits] @ np.array(apart, np.int64)
    reversed_bits = [tuple(-bit for bit in masks[hit]) for hit in hits]  # the first places come first
    best = min(range(len(hits)), key=lambda i: (_SIZES[hits[i]], distances[i], reversed_bits[i]))
    return tuple(int(place) for place in np.flatnonzero(masks[hits[best]]))
