"""What changed a figure, where the data shows it to the last cent; otherwise nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from quarterdeck import books
from quarterdeck.compose.material import Material
from quarterdeck.compose.sentences.saying import before, known, minor, say
from quarterdeck.frames import between, total
from quarterdeck.model import TenantKind
from quarterdeck.money import Money, round_half_even

_WORTH_SAYING = Fraction(1, 100)  # of the period before
_MOST = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Split:
    """A change of net revenue by its parts, in minor units; they sum to the change exactly."""

    number: int
    price: int
    refunds: int
    then: int
    now: int


def revenue_cause(material: Material) -> str | None:
    """How much of a change of net revenue comes from the number of sales, from what one brings in, and from refunds."""
    found = known(material, "net_revenue")
    now, then = (minor(found[0].value), minor(found[0].previous)) if found else (None, None)
    if now is None or then is None or abs(now - then) < _WORTH_SAYING * abs(then):
        return None
    split = split_of(material)
    # Where the parts are not the figure's (sales within a group, which are left out of it), no cause is known.
    if split is None or now == then or split.number + split.price + split.refunds != now - then:
        return None
    side, moved = "up" if now > then else "down", material.voice.money(Money(abs(now - then), material.at.currency))
    return say(material, f"revenue_cause.{side}", change=moved, before=before(material), parts=_parts(split, material))


def _parts(split: Split, material: Material) -> str:
    """What moved revenue, without what did not."""
    parts = {"number": split.number, "price": split.price, "refunds": split.refunds}
    said = []
    for name, minor_units in parts.items():
        if minor_units:
            part = material.voice.money(Money(minor_units, material.at.currency), signed=True)
            said.append(say(material, f"revenue_cause.{name}", part=part, then=split.then, now=split.now))
    return ", ".join(said)


def split_of(material: Material) -> Split | None:
    """The parts of the change since the period before; None without sales in both.

    With n sales of R in all before and m of S now: by number (m - n) x R / n, by price the rest of S - R.
    """
    if "entries" not in material.tables or "accounts" not in material.tables:
        return None
    at, earlier = material.at, material.at.period.previous()
    entries = between(material.tables["entries"], earlier.start, at.end)
    posted = books.postings(entries, material.tables["accounts"])
    halves = [between(posted, part.start, part.end) for part in (earlier, at.period)]
    (count_then, sold_then, back_then), (count_now, sold_now, back_now) = (_sales(half) for half in halves)
    if not count_then or not count_now:
        return None
    number = round_half_even(Fraction((count_now - count_then) * sold_then, count_then))
    price = sold_now - sold_then - number
    return Split(number, price, back_now - back_then, count_then, count_now)


def _sales(posted: pd.DataFrame) -> tuple[int, int, int]:
    """How many entries book revenue, how much, and what refunds add to it (below zero)."""
    sold, back = (posted[posted["statement_line"] == line] for line in ("revenue", "refunds"))
    return len(sold[["tenant", "entry"]].drop_duplicates()), -total(sold["amount_minor"]), -total(back["amount_minor"])


def spending_cause(material: Material) -> str | None:
    """The account that makes up at least half of a change of expenses, from the table that the reader has beside it."""
    lines = _lines(material)
    if not lines:
        return None
    change, then = sum(line.change for line in lines), sum(line.then for line in lines)
    if not change or not then or abs(change) < _WORTH_SAYING * abs(then):
        return None
    most = max(lines, key=lambda line: (Fraction(line.change, change), line.name))
    if Fraction(most.change, change) < _MOST:
        return None  # several moved it; which of them did is in the table
    voice, currency = material.voice, material.at.currency
    moved, part = voice.money(Money(abs(change), currency)), voice.money(Money(most.change, currency), signed=True)
    side = "up" if change > 0 else "down"
    return say(material, f"spending_cause.{side}", change=moved, before=before(material), account=most.name, part=part)


@dataclass(frozen=True, slots=True)
class _Line:
    """An account's expenses of the period before, and their change, in minor units."""

    name: str
    then: int
    change: int


def _lines(material: Material) -> list[_Line]:
    """The accounts of the expenses' table; nothing of a portfolio's, whose companies have accounts of one name."""
    table = next((table for table in material.exhibits if table.id == "burn_by_account"), None)
    if table is None or material.tenant.kind is TenantKind.PORTFOLIO:
        return []
    places = {column.id: place for place, column in enumerate(table.columns)}
    rows = table.rows[:-1] if table.total_row else table.rows
    found = []
    for row in rows:
        then, change = row[places["previous"]], row[places["change"]]
        if isinstance(then, Money) and isinstance(change, Money):
            found.append(_Line(str(row[places["name"]]), then.minor, change.minor))
    return found
