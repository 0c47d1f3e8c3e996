"""Restatements in ready strings: to the last digit, since what differs by a cent is told too."""

from __future__ import annotations

from collections.abc import Sequence

from quarterdeck.model import Figure, Unit
from quarterdeck.money import Money
from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.figures import Json, day, parse
from quarterdeck.render.records import Restatement
from quarterdeck.words import Voice


def restatements(changes: Sequence[Json], voice: Voice) -> tuple[Restatement, ...]:
    """Figures of earlier periods that are others now, in the document's order."""
    return tuple(_restatement(change, voice) for change in changes)


def _restatement(change: Json, voice: Voice) -> Restatement:
    entries = [_posting(entry, voice) for entry in change["entries"]]
    if (smaller := sum(change["counts"].values()) - len(entries)) > 0 and entries:
        entries.append(f"and {voice.count(smaller, 'smaller one', 'smaller ones')}")
    why, explained = clean(change["because"], PROSE), parse(change["explained"])
    if isinstance(explained, Money):
        why += f"; together they make {_exact(explained, voice, signed=True)} of it"
    return Restatement(
        label=clean(change["label"]),
        period=clean(change["period_name"]),
        old=_told(parse(change["old"]), Unit(change["unit"]), voice),
        new=_told(parse(change["new"]), Unit(change["unit"]), voice),
        why=why,
        entries=tuple(entries),
    )


def _told(figure: Figure | None, unit: Unit, voice: Voice) -> str:
    return _exact(figure, voice) if isinstance(figure, Money) else voice.figure(figure, unit)


def _exact(amount: Money, voice: Voice, *, signed: bool = False) -> str:
    return f"{'+' if signed and amount.minor > 0 else ''}{voice.exact(amount)} {amount.currency}"


def _posting(entry: Json, voice: Voice) -> str:
    effect = parse(entry["effect"])
    amount = _exact(effect, voice, signed=True) if isinstance(effect, Money) else ""
    parts = (entry["change"], day(entry["date"], voice), clean(entry["name"]), f"account {clean(entry['account'], 40)}", amount)
    return " · ".join(part for part in (*parts, clean(entry["source"])) if part)
