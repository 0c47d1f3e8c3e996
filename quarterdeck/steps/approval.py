"""A person lets a report go that waits: every delivery of the revision that holds, noted in the trail with who and why."""

from __future__ import annotations

import uuid

from quarterdeck.audit.happenings import Approve
from quarterdeck.audit.records import Filter, Note
from quarterdeck.audit.states import Delivery, Denied, State
from quarterdeck.errors import AuditError, ConfigError
from quarterdeck.steps.retry import revision_in_force
from quarterdeck.wiring import Parts

APPROVAL = "approval"


def approve(parts: Parts, report_id: str, *, by: str, reason: str = "", revision: str = "") -> tuple[Delivery, ...]:
    """Let the deliveries of a report go that wait for an approval; these, as they stand then.

    `revision` is that of another than the one that holds, or the start of it. ConfigError for a name that is none or a
    revision that there is not, AuditError where the trail knows no such report or nothing of it waits.
    """
    by = person(by)
    rows = parts.audit.list(Filter(report_id=report_id))
    chosen = revision_of(parts, report_id, rows, revision)
    own = [row for row in rows if row.revision == chosen]
    waiting = [row for row in own if row.state is State.AWAITING_APPROVAL]
    if not waiting:
        raise AuditError(f"nothing of {report_id} waits for an approval: {_standing(own)}", remedy="`quarterdeck audit list`")
    now = parts.clock()
    facts = {"revision": chosen, "by": by, "reason": reason.strip(), "deliveries": [row.key for row in waiting]}
    parts.audit.note(Note(APPROVAL, uuid.uuid4().hex, waiting[0].tenant, report_id, now, facts))
    outcomes = [parts.audit.apply(row.key, Approve(by), now) for row in waiting]
    parts.audit.anchor(now)
    return tuple(row for row in outcomes if not isinstance(row, Denied))


def revision_of(parts: Parts, report_id: str, rows: tuple[Delivery, ...], start: str = "") -> str:
    """The one revision of a report that begins so, or else the one that holds; AuditError where the trail knows none."""
    filed = [report.revision for report in parts.audit.reports(report_id)]
    if not filed:
        raise AuditError(f"the trail knows no report {report_id!r}", remedy="`quarterdeck audit list` shows what there is")
    if not start:
        return revision_in_force(parts, report_id, rows)
    found = [revision for revision in filed if revision.startswith(start)]
    if len(found) != 1:
        remedy = f"`quarterdeck audit show {report_id}` shows them"
        raise ConfigError(f"{len(found) or 'no'} revisions of {report_id} begin with {start!r}", remedy=remedy)
    return found[0]


def person(by: str) -> str:
    """The name of somebody who decides, as the trail may keep it for good; ConfigError where it is none."""
    name = by.strip()
    if not name or "@" in name:
        raise ConfigError("a decision needs the name of who decides, and no address", remedy="give it with --by")
    return name


def _standing(rows: list[Delivery]) -> str:
    states = sorted({row.state.value for row in rows})
    return f"its deliveries are {', '.join(states)}" if states else "it has no deliveries; `run --deliver` plans them"
