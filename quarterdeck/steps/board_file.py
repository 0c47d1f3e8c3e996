"""The file of acts, carried out: each once, by the name of whoever stands there, before a sync looks at the board."""

from __future__ import annotations

from collections.abc import Iterator

from quarterdeck.boards.acts import Act, Written, is_done, read_acts, remember
from quarterdeck.boards.embedded import FILE
from quarterdeck.boards.records import Category
from quarterdeck.config import TenantSettings
from quarterdeck.errors import Problem, QuarterdeckError
from quarterdeck.steps.board_acts import accept, move, named, say
from quarterdeck.wiring import Parts


def do_acts(parts: Parts, tenant: TenantSettings) -> Iterator[Problem]:
    """Do what the file of a tenant's board says of its cards and was not done yet; a problem for each that cannot be done.

    A file that several tenants share is read for each of them. What cannot be done is tried again with the next sync.
    """
    if tenant.board is None or tenant.board.acts is None:
        return
    shown = tenant.board.acts
    sharing = [each for each in parts.settings.tenants if each.board is not None and each.board.acts == shown]
    for written in read_acts(parts.settings.root / shown, shown):
        problem = _done(parts, tenant, sharing, written) if isinstance(written, Written) else written
        if problem is not None:
            yield problem


def _done(parts: Parts, tenant: TenantSettings, sharing: list[TenantSettings], written: Written) -> Problem | None:
    """Do an act, if its card is the tenant's; what stands in the way. After a crash it may be done again, to no effect."""
    act, file = written.act, parts.settings.home / FILE
    try:
        if any(is_done(file, each.id, act) for each in sharing):
            return None
        owner, entry = named(parts, act.card, sharing)
        if owner.id == tenant.id:
            _do(parts, act, entry.reference)
            remember(file, tenant.id, act)
    except QuarterdeckError as error:
        return Problem(error.problem.what, written.where, error.problem.remedy)
    return None


def _do(parts: Parts, act: Act, card: str) -> None:
    if act.do == "move":
        move(parts, card, Category(act.to or ""), act.by)
    elif act.do == "close":
        move(parts, card, Category.DONE, act.by)
    elif act.do == "accept":
        accept(parts, card, act.by, act.reason or "", act.until)
    else:
        say(parts, card, act.text or "", act.by, key=act.digest)
