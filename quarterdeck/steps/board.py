"""To the board: a tenant's action items become cards, one a finding, and stay those cards.

What happens to a card is decided by `boards.reconcile` alone; here its inputs are gathered, and what came of the plan is
told. One sync at a time works on a tenant's board; what it changed is noted in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from quarterdeck import codec
from quarterdeck.audit.records import Note
from quarterdeck.boards import Telling
from quarterdeck.boards.carry import carry_out, look
from quarterdeck.boards.entries import Entry
from quarterdeck.boards.faults import BoardError
from quarterdeck.boards.plans import Action, Kind, Policy, Scope
from quarterdeck.boards.reconcile import plan, to_look_at
from quarterdeck.config import TenantSettings
from quarterdeck.config.boards import BoardSettings
from quarterdeck.errors import Problem, QuarterdeckError
from quarterdeck.period import Period
from quarterdeck.rules import RULES
from quarterdeck.rules._renamed import RENAMED, current_id
from quarterdeck.steps.board_file import do_acts
from quarterdeck.steps.board_items import Asked, asked_for
from quarterdeck.steps.run import RunBusyError, holder, take_lease
from quarterdeck.steps.summary import problem_of
from quarterdeck.steps.tables import FIGURES
from quarterdeck.wiring import Parts

_LEASE = timedelta(minutes=30)
_DAYS = {"month": 30.44, "week": 7.0, "quarter": 91.31}
NOTE = "board"


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did, or would do, on one tenant's board."""

    tenant: str
    board: str
    period: str
    actions: tuple[Action, ...]
    done: int = 0
    problems: tuple[Problem, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """The actions as plain values, in their order."""
        return [_row(self, action) for action in self.actions]


def sync_tenant(
    parts: Parts, tenant: TenantSettings, period: Period, *, dry_run: bool = False, close_all: bool = False
) -> Synced:
    """Bring a tenant's board in line with its figures of a period; with `dry_run` say what would be done.

    Problems come back with the rest: a board that cannot be read changes nothing.
    """
    settings = tenant.board or BoardSettings()
    nothing = Synced(tenant.id, settings.kind, period.text, ())
    if period.kind.value != settings.period:
        return nothing
    try:
        with _alone(parts, tenant.id):
            undone = () if dry_run else tuple(do_acts(parts, tenant))
            made = _sync(parts, tenant, settings, period, dry_run=dry_run, close_all=close_all) or nothing
            return replace(made, problems=(*undone, *made.problems))
    except QuarterdeckError as error:
        return Synced(tenant.id, settings.kind, period.text, (), problems=(problem_of(error, f"the board of {tenant.id}"),))


def _sync(
    parts: Parts, tenant: TenantSettings, settings: BoardSettings, period: Period, *, dry_run: bool, close_all: bool
) -> Synced | None:
    register = parts.register_of(tenant)
    entries = register.entries()
    asked = asked_for(parts, tenant, period, entries.values())
    if asked is None:
        return None
    board = parts.board_of(tenant)
    at = scope(parts, tenant, settings, period, asked, entries, close_all=close_all, can=board.capabilities)
    cards = look(board, entries, to_look_at(entries, asked.items)) if at.is_newest else {}
    actions = plan(entries, asked.items, cards, at)
    if dry_run:
        return Synced(tenant.id, settings.kind, period.text, actions)
    carried = carry_out(board, register, actions, period.text, parts.sleep)
    done = [action for action in carried.done if action.kind is not Kind.SKIP]
    if done:
        _note(parts, tenant.id, period, done)
    untold = board.tell(parts.sleep) if isinstance(board, Telling) else ()
    return Synced(tenant.id, settings.kind, period.text, actions, len(done), (*carried.problems, *untold))


def scope(
    parts: Parts,
    tenant: TenantSettings,
    settings: BoardSettings,
    period: Period,
    asked: Asked,
    entries: Mapping[str, Entry],
    *,
    close_all: bool,
    can: Any,
) -> Scope:
    """The moment that a plan for a tenant's board speaks for."""
    return Scope(
        tenant.id,
        settings.kind,
        period.text,
        period.end,
        is_newest=_is_newest(parts, tenant, period, max((entry.last_end for entry in entries.values()), default=date.min)),
        gone=asked.gone,
        accepted=asked.accepted,
        policy=Policy(
            most_new=settings.most_new,
            reopen_after=settings.reopen_after,
            reopen_window_days=settings.reopen_window_days,
            close_after=settings.close_after,
            patience=_patience(),
            close_edited=settings.close_edited,
        ),
        capabilities=can,
        close_all=close_all,
        period_days=_DAYS[settings.period],
    )


def _patience() -> dict[str, int]:
    """For how many periods findings must be gone, of rules that need more than one; a card may know its rule by an older id."""
    slow = {id: rule.close_after for id, rule in RULES.all().items() if rule.close_after > 1}
    return slow | {old: slow[new] for old in RENAMED if (new := current_id(old)) in slow}


def _is_newest(parts: Parts, tenant: TenantSettings, period: Period, spoken: date) -> bool:
    """Whether no later period of its kind has figures, or has spoken on the board."""
    if spoken > period.end:
        return False
    today = Period.of(parts.clock().astimezone(tenant.zone).date(), period.kind)
    later = [each.text for each in period.until(today)[1:]]
    return not parts.snapshots.past(tenant.id, FIGURES, later)


def tell_waiting(parts: Parts, tenants: Sequence[TenantSettings]) -> tuple[Problem, ...]:
    """Tell the receivers of some tenants' boards what earlier syncs could not; where one is at work, it does that itself."""
    problems: list[Problem] = []
    for tenant in tenants:
        board = parts.board_of(tenant)
        if isinstance(board, Telling):
            try:
                with _alone(parts, tenant.id):
                    problems += board.tell(parts.sleep)
            except RunBusyError:
                continue
            except QuarterdeckError as error:
                problems.append(problem_of(error, f"the board of {tenant.id}"))
    return tuple(problems)


@contextmanager
def _alone(parts: Parts, tenant: str) -> Iterator[None]:
    """Hold the lease of a tenant's board for a block; RunBusyError that names who has it."""
    lease = take_lease(parts, f"board:{tenant}", _LEASE)
    if lease.holder != holder():
        raise RunBusyError(f"{lease.holder} is at work on the board of {tenant}", remedy="wait for it to end", permanent=False)
    try:
        yield
    finally:
        parts.audit.release(lease)


def _note(parts: Parts, tenant: str, period: Period, done: Sequence[Action]) -> None:
    """Keep what was changed on a board in the trail; titles hold data of the tenant, and stay on the board."""
    now = parts.clock()
    listed = [
        {"action": action.kind.value, "reference": action.reference, "card": action.card_id, "reason": action.reason}
        for action in done
    ]
    id = f"{tenant}:{period.text}:{codec.digest([listed, now.isoformat()])[:16]}"
    parts.audit.note(Note(NOTE, id, tenant, "", now, {"period": period.text, "actions": listed}))


def _row(synced: Synced, action: Action) -> dict[str, Any]:
    return {
        "tenant": synced.tenant,
        "board": synced.board,
        "period": synced.period,
        "action": action.kind.value,
        "reason": action.reason,
        "title": action.title,
        "reference": action.reference,
        "card": action.card_id or None,
        "fingerprint": action.fingerprint,
    }


__all__ = ["NOTE", "BoardError", "Synced", "sync_tenant", "tell_waiting"]
