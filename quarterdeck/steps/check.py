"""Whether a portfolio can be run: every source, channel and store is asked, side by side, each with a time of its own.

Nothing is sent, and nothing is written but a file that is removed at once. What is asked of a thing stands beside the thing
(`check` of a source or channel, `reach` of a store); here is only who is asked, and what their answers come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from quarterdeck.boards.embedded import FILE as BOARD_FILE
from quarterdeck.boards.embedded import EmbeddedBoard
from quarterdeck.config import PORTFOLIO, SourceSettings, TenantSettings
from quarterdeck.delivery import Reachable
from quarterdeck.errors import Problem, QuarterdeckError
from quarterdeck.model import Role
from quarterdeck.period import Period
from quarterdeck.steps.asking import ask_all
from quarterdeck.steps.plan import plan
from quarterdeck.steps.readers import sender_of
from quarterdeck.steps.summary import problem_dict
from quarterdeck.storage import LocalStore
from quarterdeck.wiring import Parts, source_of

OK, PROBLEM, UNCHECKED = STATES = ("ok", "problem", "unchecked")
SECONDS = 20.0  # for one part; the SDK's own tries at a service that does not answer take longer
_NO_DELIVERY = "0" * 64  # a key that no delivery has


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one check. `told` is what was found, or what is wrong; then `problem` has the place and the remedy."""

    part: str
    name: str
    state: str
    told: str
    problem: Problem | None = None

    def as_dict(self) -> dict[str, Any]:
        about = problem_dict(self.problem) if self.problem else {"where": None, "remedy": ""}
        return {
            "part": self.part,
            "name": self.name,
            "state": self.state,
            "told": self.told,
            "where": about["where"],
            "remedy": about["remedy"],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask: `ask` says what it found, nothing where there is nothing to ask, or raises a QuarterdeckError."""

    part: str
    name: str
    ask: Callable[[], str | None]

    def answered(self) -> Checked:
        try:
            told = self.ask()
        except QuarterdeckError as error:
            return self.wrong(error.problem)
        except Exception as error:  # noqa: BLE001 - one part's fault must not end the others' check; its words may hold secrets
            return self.wrong(Problem(f"the check failed with {type(error).__name__}", remedy="see whether a run says more"))
        if told is None:
            return Checked(self.part, self.name, UNCHECKED, "this kind cannot be asked; a run will tell")
        return Checked(self.part, self.name, OK, told)

    def wrong(self, problem: Problem) -> Checked:
        return Checked(self.part, self.name, PROBLEM, problem.what, problem)

    def late(self, seconds: float) -> Checked:
        return self.wrong(Problem(f"no answer within {seconds:g} seconds", remedy="see whether it is there and can be reached"))


def check(parts: Parts, roles: Mapping[str, Role], seconds: float = SECONDS) -> tuple[Checked, ...]:
    """Ask everything that a run of these parts would need."""
    return answers(questions(parts, roles), seconds)


def answers(asked: Iterable[Question], seconds: float) -> tuple[Checked, ...]:
    """What came of some questions, in their order."""
    listed = tuple(asked)
    return tuple(ask_all([each.answered for each in listed], seconds, lambda number: listed[number].late(seconds)))


def questions(parts: Parts, roles: Mapping[str, Role]) -> Iterator[Question]:
    """What there is to ask, in the order in which a run would come to it."""
    settings = parts.settings
    yield Question("configuration", settings.file.name, lambda: _told_of_settings(parts))
    period = Period.last_complete(parts.clock().astimezone(settings.portfolio.zone).date())
    for tenant in settings.tenants:
        for entry in tenant.sources:
            yield Question("source", f"{entry.id} of {tenant.id}", _source(parts, tenant, entry, period))
    yield Question("storage", "snapshots", parts.snapshots.store.reach)
    yield Question("storage", "archive", parts.archive.store.reach)
    yield Question("trail", "events", lambda: _trail(parts))
    yield Question("trail", "anchors", lambda: _counted(len(parts.anchors.read()), "anchor"))
    yield Question("delivery", "readers", lambda: _readers(parts, roles))
    for kind in dict.fromkeys((settings.delivery.channel, *settings.delivery.channels)):
        yield Question("channel", kind, _channel(parts, kind))
    if settings.delivery.feedback is not None:
        yield Question("feedback", "queue", lambda: _queue(parts))
    for tenant in settings.tenants:
        if tenant.board is not None:
            yield Question("board", f"{tenant.board.kind} of {tenant.id}", partial(_board, parts, tenant))


def _told_of_settings(parts: Parts) -> str:
    members = parts.settings.members
    return f"{_counted(len(members), 'tenant')}, {_counted(sum(len(tenant.sources) for tenant in members), 'source')}"


def _source(parts: Parts, tenant: TenantSettings, entry: SourceSettings, period: Period) -> Callable[[], str | None]:
    def ask() -> str | None:
        source, options = source_of(entry)
        own = getattr(source, "check", None)  # a class; runtime protocols know objects only
        return None if own is None else str(own(options, parts.window(tenant, period)))

    return ask


def _channel(parts: Parts, kind: str) -> Callable[[], str | None]:
    def ask() -> str | None:
        channel = parts.channel_of(kind)
        return channel.check(sender_of(parts, PORTFOLIO)) if isinstance(channel, Reachable) else None

    return ask


def _trail(parts: Parts) -> str:
    """Look for a delivery that is not there; a trail in a file that is not there yet is not made."""
    file = parts.settings.home / "audit.sqlite"
    if parts.settings.storage.audit is None and not file.exists():
        LocalStore(parts.settings.home).reach()
        return "is made by the first run"
    parts.audit.get(_NO_DELIVERY)
    return "can be read"


def _readers(parts: Parts, roles: Mapping[str, Role]) -> str:
    todo = plan(parts.settings, roles, now=parts.clock(), deliver=True)
    read = sum(parts.settings.readers(parts.settings.tenant(id), role).has_readers for id, role in todo.reports)
    return f"{read} of {_counted(len(todo.reports), 'report')} have readers"


def _queue(parts: Parts) -> str:
    return f"{_counted(parts.feed.backlog().waiting, 'message')} waiting"


def _board(parts: Parts, tenant: TenantSettings) -> str:
    """The embedded board makes its file when it is asked, so it is asked only where that is there."""
    board = parts.board_of(tenant)
    if board.kind == EmbeddedBoard.kind and not (parts.settings.home / BOARD_FILE).exists():
        LocalStore(parts.settings.home).reach()
        return "is made when it is first used"
    info = board.check()
    return ", ".join((info.name, *info.remarks))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
