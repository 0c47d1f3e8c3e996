"""The next report names whom the last one did not reach, to the readers of its own role and to nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import Delivery
from quarterdeck.audit.happenings import Close, Hear
from quarterdeck.audit.states import Event, State, delivery_key
from quarterdeck.period import Period
from quarterdeck.steps.preview import figures_now
from quarterdeck.steps.report import document_of, encode
from quarterdeck.steps.undelivered import undelivered
from quarterdeck.wiring import Parts
from reports import role as role_of
from tests import mini
from tests.reporting import NOW, parts_of
from tests.trails import delivery, send

FEEDBACK = """\
delivery:
  feedback: {queue: "https://sqs.us-west-2.amazonaws.com/123456789012/feedback"}
"""
BOUNCED = Hear(State.BOUNCED, "bounced for good: Permanent, General, smtp; 550 unknown")
COMPLAINED = Hear(State.COMPLAINED, "the reader complained: abuse")
SKIPPED = Close(State.SKIPPED, "the address bounced for good on 2026-09-04")
OCTOBER = "2026-10"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    config = mini.make(tmp_path)
    config.write_text(config.read_text("utf-8") + FEEDBACK, "utf-8")
    return parts_of(config)


def happened(
    parts: Parts,
    event: Event | None,
    period: str = "2026-09",
    reader: str = "cfo@example.com",
    revision: str = "r1",
    **which: Any,
) -> Delivery:
    """A delivery of an earlier period and what became of it."""
    tenant, role = which.get("tenant", "alpha"), which.get("role", "cfo")
    report_id = f"{tenant}_{role}_{period}"
    key = delivery_key(report_id, revision, "ses", reader)
    row = delivery(tenant, role, reader, revision, channel="ses", period=period, report_id=report_id, key=key)
    parts.audit.plan([row], NOW)
    if not isinstance(event, Close):
        send(parts.audit, row, now=NOW)
    if event:
        assert isinstance(parts.audit.apply(row.key, event, NOW), Delivery)
    return row


def told(parts: Parts, period: str = OCTOBER) -> list[tuple[object, ...]]:
    rows = undelivered(parts, parts.settings.tenant("alpha"), Period.parse(period))
    return [(row["role"], row["reader"], row["period"], row["state"], row["reason"]) for row in rows]


@pytest.mark.parametrize(
    ("event", "row"),
    [
        (BOUNCED, ("cfo", "c***@example.com", "2026-09", "bounced", "bounced for good")),
        (COMPLAINED, ("cfo", "c***@example.com", "2026-09", "complained", "")),
        (SKIPPED, ("cfo", "c***@example.com", "2026-09", "skipped", "the address bounced for good on 2026-09-04")),
    ],
)
def test_what_did_not_arrive_is_told_in_words_of_ours(parts: Parts, event: Event, row: tuple[object, ...]) -> None:
    happened(parts, event)
    assert told(parts) == [row]


@pytest.mark.parametrize("event", [None, Hear(State.DELIVERED)])
def test_what_arrived_is_not_told(parts: Parts, event: Event | None) -> None:
    happened(parts, event)
    assert told(parts) == []


def test_a_blind_copy_is_not_named(parts: Parts) -> None:
    happened(parts, BOUNCED, reader="archive@example.com")
    assert [row[1] for row in told(parts)] == [""]


def test_who_reads_it_no_more_is_not_told_of(parts: Parts) -> None:
    happened(parts, BOUNCED, reader="gone@example.com")
    assert told(parts) == []


def test_only_the_last_report_before_counts(parts: Parts) -> None:
    happened(parts, BOUNCED, period="2026-08")
    happened(parts, Hear(State.DELIVERED), period="2026-09")
    assert told(parts) == []
    assert told(parts, "2026-09") == [("cfo", "c***@example.com", "2026-08", "bounced", "bounced for good")]


def test_what_becomes_of_a_report_changes_nothing_in_itself(parts: Parts) -> None:
    happened(parts, BOUNCED, period=OCTOBER)
    assert told(parts) == []
    assert len(told(parts, "2026-11")) == 1


def test_the_last_revision_counts(parts: Parts) -> None:
    happened(parts, BOUNCED)
    row = happened(parts, None, revision="r2")
    assert isinstance(parts.audit.apply(row.key, Hear(State.DELIVERED), NOW.replace(day=25)), Delivery)
    assert told(parts) == []


def test_where_nothing_is_heard_the_trail_is_not_asked(tmp_path: Path) -> None:
    parts = parts_of(mini.make(tmp_path))
    assert told(parts) == []
    assert not (parts.settings.home / "audit.sqlite").exists()


# --- in the report ----------------------------------------------------------------------------------------------------


def document(parts: Parts, tenant: str, role: str) -> dict[str, Any]:
    basis, _ = figures_now(parts, tenant, OCTOBER, keep=True)
    return document_of(parts, role_of(role), tenant, parts.period(tenant, OCTOBER), basis)


def notices(made: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = (notice for notice in made["data_notice"] if notice["kind"] == "undelivered")
    return [(notice["text"], notice["source"], notice["remedy"]) for notice in found]


def test_the_next_report_says_so_and_stands_on_a_snapshot_of_it(parts: Parts) -> None:
    before = document(parts, "alpha", "cfo")
    happened(parts, BOUNCED)
    happened(parts, COMPLAINED, reader="archive@example.com")
    made = document(parts, "alpha", "cfo")
    assert notices(before) == []
    assert notices(made) == [
        (
            "Somebody who reads it in blind copy has marked the report for September 2026 as unwanted, and gets none any more",
            "alpha_cfo_2026-09",
            "ask, then `quarterdeck feedback lift`, or take the reader off the list",
        ),
        (
            "c***@example.com did not get the report for September 2026: bounced for good",
            "alpha_cfo_2026-09",
            "correct the address, or take the reader off the list",
        ),
    ]
    tables = [snapshot["table"] for snapshot in made["provenance"]["snapshots"] if snapshot["tenant"] == "alpha"]
    assert tables.count("undelivered") == 1
    assert "undelivered" not in {snapshot["table"] for snapshot in before["provenance"]["snapshots"]}
    assert made["revision"] != before["revision"]
    assert encode(document(parts, "alpha", "cfo")) == encode(made)
    assert b"cfo@example.com" not in encode(made)


@pytest.mark.parametrize(("tenant", "role"), [("alpha", "cto"), ("beta", "cfo"), ("portfolio", "cfo"), ("portfolio", "ceo")])
def test_no_other_report_says_so(parts: Parts, tenant: str, role: str) -> None:
    """Not another role's, not another tenant's, and not the portfolio's, which is made of the tenant's tables."""
    happened(parts, BOUNCED)
    assert notices(document(parts, tenant, role)) == []
