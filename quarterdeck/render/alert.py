"""A notice to operators about a run: as plain text, as a small HTML mail, and as a post for Slack.

It says what is wrong, where, and what to do about each, in that order; nothing in it is set by a report's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import wrap

from quarterdeck.render import slack
from quarterdeck.render.records import Part
from quarterdeck.render.templating import environment

_WIDTH = 76
_IN_A_POST = 10  # problems; a mail shows all that it is given
_TEMPLATE = "notice/alert.html.j2"  # in a folder of its own: what lies at the top belongs to the role of its name


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `place` is where it can be seen, `remedy` what to do, either of them may be empty."""

    what: str
    place: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A notice. `lead` are its first sentences, `faults` under their `heading`, `after` what follows from it, `foot` whence.

    `is_good` is whether it tells of an end of trouble. Texts may be of any origin.
    """

    title: str
    lead: tuple[str, ...]
    heading: str
    faults: Part[Fault]
    after: tuple[str, ...]
    foot: str
    is_good: bool = False


def text(alert: Alert) -> str:
    """The notice in lines of 76 characters, the last of which ends in a line feed."""
    lines = [*_wrapped(alert.title), "", *(line for sentence in alert.lead for line in _wrapped(sentence))]
    if alert.faults.rows:
        lines += ["", alert.heading.upper(), ""]
    for number, fault in enumerate(alert.faults.rows, 1):
        lines += _wrapped(fault.what, f"{number}. ")
        lines += _wrapped(f"where: {fault.place}", "   ") if fault.place else []
        lines += _wrapped(f"to do: {fault.remedy}", "   ") if fault.remedy else []
    lines += [_rest(alert.faults)] if _rest(alert.faults) else []
    lines += ["", *(line for sentence in alert.after for line in _wrapped(sentence)), "", *_wrapped(alert.foot)]
    return "\n".join(lines) + "\n"


def html(alert: Alert, templates: Path) -> str:
    """The notice as a page without pictures, links or scripts."""
    return _environment(templates).get_template(_TEMPLATE).render(alert=alert, rest=_rest(alert.faults))


def post(alert: Alert) -> bytes:
    """The notice as a post that takes no earlier one's place, for it must be noticed."""
    shown = alert.faults.first(_IN_A_POST)
    blocks = [slack.header(alert.title), slack.section(alert.lead)]
    for number, fault in enumerate(shown.rows, 1):
        blocks.append(slack.section(_in_a_post(number, fault)))
    blocks.append(slack.section((_rest(shown), *alert.after, alert.foot)))
    return slack.message(f"{alert.title}. {' '.join(alert.lead)}", blocks, always_new=True)


def _in_a_post(number: int, fault: Fault) -> Iterator[str]:
    yield f"{number}. {fault.what}"
    yield f"Where: {fault.place}" if fault.place else ""
    yield f"To do: {fault.remedy}" if fault.remedy else ""


def _rest(faults: Part[Fault]) -> str:
    more = faults.total - len(faults.rows)
    return f"and {more} more" if more > 0 else ""


def _wrapped(sentence: str, first: str = "") -> list[str]:
    """A sentence in lines; a long path or word stands whole on one of its own."""
    rest = " " * len(first)
    return wrap(sentence, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


_environment = lru_cache(maxsize=8)(environment)
