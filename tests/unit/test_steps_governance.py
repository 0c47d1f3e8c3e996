"""Who may be told, when, and on whose word: rooms, approvals, hours, suppressed readers, and what is sent later on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.audit import Delivery, State
from quarterdeck.audit.happenings import Close
from quarterdeck.config.models import RoleSettings
from quarterdeck.delivery import Envelope, Receipt
from quarterdeck.errors import AuditError, ConfigError, DeliveryError, Problem
from quarterdeck.steps.approval import approve
from quarterdeck.steps.counts import DeliveryCounts
from quarterdeck.steps.links import stable_link
from quarterdeck.steps.report import make_report
from quarterdeck.steps.retry import Asked, retry
from quarterdeck.steps.send import send_reports
from quarterdeck.steps.summary import RunSummary
from quarterdeck.steps.suppression import Cause, suppress
from reports import role as role_of
from tests.houses import FIRST, MORNING, NIGHT, REPORT, SECOND, House
from tests.reporting import basis_of


def counted(made: DeliveryCounts | RunSummary) -> dict[str, int]:
    names = ("planned", "sent", "already", "unknown", "failed", "held", "waiting", "skipped", "outdated")
    numbers = made.deliveries if isinstance(made, RunSummary) else {name: getattr(made, name) for name in names}
    return {name: number for name, number in numbers.items() if number}


# Rooms


def test_rooms_get_their_post_beside_the_mails_and_the_counts_add_up(house: House) -> None:
    house.set(RoleSettings(to=("cfo@example.com",), slack=("#reports", "C0123456789", "reports")))
    made = house.deliver()
    assert (counted(made), made.problems) == ({"planned": 3, "sent": 3}, ())
    assert [room for room, _ in house.rooms.posts] == ["#reports", "C0123456789"]  # each room once
    assert len(house.mails()) == 1
    assert "Open" not in str(house.rooms.posts[0][1])
    assert counted(house.deliver()) == {"planned": 3, "already": 3}
    assert {row.channel for row in house.rows().values()} == {"outbox", "slack"}
    (filed,) = house.parts.audit.reports(REPORT)
    assert filed.recipients == ("cfo@example.com", "#reports", "C0123456789")


def test_a_post_links_to_the_archive_where_that_has_an_address(house: House) -> None:
    house.set(RoleSettings(slack=("#reports",)), archive_url="https://reports.example.com/a")
    house.deliver()
    ((_, post),) = house.rooms.posts
    revision = house.rows()["#reports"].revision
    assert f"https://reports.example.com/a/alpha/cfo/2026-10/{revision}/" in json.dumps(post)


def test_a_room_that_takes_nothing_keeps_no_mail_from_its_reader(house: House) -> None:
    house.set(RoleSettings(to=("cfo@example.com",), slack=("#reports",)))
    house.rooms.refuses = True
    made = house.deliver()
    assert counted(made) == {"planned": 2, "sent": 1, "failed": 1}
    assert made.problems[0].what == f"{REPORT} over slack was not sent and is failed: not in channel"


def test_a_channel_without_its_secret_keeps_no_mail_from_its_reader(house: House) -> None:
    cfo = RoleSettings(to=("cfo@example.com",), slack=("#reports",))
    house.set(cfo, channels={"slack": {"token": "${env:NOT_THERE}"}})
    del house.parts._channels["slack"]
    made = house.deliver()
    assert counted(made) == {"planned": 2, "sent": 1, "failed": 1}
    assert "${env:NOT_THERE}" in made.problems[0].what


# The link in mails


def test_a_mail_links_to_its_page_and_says_whom_to_tell_and_stays_the_same_report(house: House) -> None:
    plain = house.file()
    house.set(archive_url="https://reports.example.com/a/", unsubscribe="stop@example.com")
    page = stable_link(house.parts, "alpha", "cfo", "2026-10", plain.revision)
    assert page is not None
    linked = make_report(
        house.parts, role_of("cfo"), "alpha", house.parts.period("alpha", "2026-10"), basis_of(house.parts, "alpha")
    )
    assert linked.revision == house.made["cfo", SECOND].revision  # of the rows as they are, with the link or without
    house.deliver()
    for mail in house.mails():
        html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
        assert html is not None
        assert text is not None
        assert html.get_content().count(f'href="{page.url}"') == 1
        assert text.get_content().replace("\r\n", "\n").endswith(f"Open in the archive:\n{page.url}\n")
        assert mail["List-Unsubscribe"].startswith("<mailto:stop@example.com")
    assert "reports.example.com" not in Path(plain.paths["html"]).with_name("mail.html").read_text("utf-8")


def test_without_an_archive_address_a_mail_has_no_link(house: House) -> None:
    house.deliver()
    for mail in house.mails():
        assert "Open in the archive" not in "".join(str(part) for part in mail.walk() if part.get_content_maintype() == "text")
        assert mail["List-Unsubscribe"] is None


# Approval


def gated(*readers: str) -> RoleSettings:
    return RoleSettings(to=readers or ("cfo@example.com", "second@example.com"), approval="required")


def test_a_report_waits_until_somebody_lets_it_go(house: House) -> None:
    house.set(gated())
    made = house.deliver()
    assert (counted(made), made.problems) == ({"planned": 2, "waiting": 2}, ())
    assert made.remarks[0].startswith(f"2 wait for approval: {REPORT} over outbox (2 readers); `quarterdeck audit approve")
    assert house.mails() == []
    rows = approve(house.parts, REPORT, by="Ana", reason="read it")
    assert [(row.reader, row.state) for row in rows] == [("cfo@example.com", "planned"), ("second@example.com", "planned")]
    (note,) = house.parts.audit.notes("approval")
    assert {name: note.facts[name] for name in ("by", "reason", "revision")} == {
        "by": "Ana",
        "reason": "read it",
        "revision": rows[0].revision,
    }
    assert counted(house.deliver()) == {"planned": 2, "sent": 2}
    told = [event for event in house.parts.audit.show(REPORT).events if event["event"] == "approve"]
    assert [event["by"] for event in told] == ["Ana", "Ana"]
    with pytest.raises(AuditError, match="waits for an approval: its deliveries are sent"):
        approve(house.parts, REPORT, by="Ana")


def test_what_was_planned_before_an_approval_was_asked_for_does_not_slip_through(house: House) -> None:
    """The role is gated while a run is about to send what it planned without."""
    outbox = house.parts.channel_of("outbox")
    real = outbox.send

    def gating(*given: Any) -> Receipt:
        house.parts.settings.tenant("alpha").roles["cfo"] = gated("cfo@example.com", "archive@example.com")
        return real(*given)

    outbox.send = gating  # type: ignore[method-assign, assignment]
    made = house.deliver()
    assert (counted(made), house.mails()) == ({"planned": 2, "failed": 2}, [])
    assert "nobody has approved it" in made.problems[0].what
    assert counted(house.deliver()) == {"planned": 2, "waiting": 2}
    approve(house.parts, REPORT, by="Ana")
    assert counted(house.deliver()) == {"planned": 2, "sent": 2}


def test_an_approval_is_for_the_revision_and_the_readers_that_were_there(house: House) -> None:
    house.set(gated("cfo@example.com"))
    house.deliver()
    first = house.rows()["cfo@example.com"]
    approve(house.parts, REPORT, by="Ana")
    house.sold = SECOND
    made = house.deliver()  # a newer revision, before the first one went out
    assert counted(made) == {"planned": 1, "waiting": 1}
    assert house.parts.audit.get(first.key).state is State.CANCELLED  # type: ignore[union-attr]
    with pytest.raises(AuditError, match="nothing of"):
        approve(house.parts, REPORT, by="Ana", revision=first.revision[:12])
    approve(house.parts, REPORT, by="Ana")
    house.set(gated("cfo@example.com", "new@example.com"))
    assert counted(house.deliver()) == {"planned": 2, "sent": 1, "waiting": 1}
    assert house.states() == {"cfo@example.com": "sent", "new@example.com": "awaiting_approval"}


def test_going_back_to_the_first_revision_is_what_is_approved_then(house: House) -> None:
    house.set(gated("cfo@example.com"))
    house.deliver()
    house.sold = SECOND
    house.deliver()
    house.sold = FIRST
    house.deliver()
    (first, second) = house.parts.audit.reports(REPORT)
    (row,) = approve(house.parts, REPORT, by="Ana")
    assert row.revision == first.revision != second.revision
    assert counted(retry(house.parts)) == {"planned": 1, "sent": 1}


@pytest.mark.parametrize("by", ["", "  ", "ana@example.com"])
def test_an_approval_needs_a_name(house: House, by: str) -> None:
    house.set(gated())
    house.deliver()
    with pytest.raises(ConfigError, match="name"):
        approve(house.parts, REPORT, by=by)
    assert set(house.states().values()) == {"awaiting_approval"}


def test_what_there_is_not_cannot_be_approved(house: House) -> None:
    with pytest.raises(AuditError, match="knows no report"):
        approve(house.parts, "alpha_cfo_2026-09", by="Ana")
    house.deliver()
    with pytest.raises(ConfigError, match="no revisions of"):
        approve(house.parts, REPORT, by="Ana", revision="zzz")
    send_reports(house.parts, [house.file("cto")], send=True)
    with pytest.raises(AuditError, match="it has no deliveries"):
        approve(house.parts, "alpha_cto_2026-10", by="Ana")


# Hours


def test_what_is_made_at_night_waits_for_the_morning_and_is_sent_by_a_retry(house: House) -> None:
    house.set(quiet_hours="20:00-07:00", send_at="07:30")
    house.now = NIGHT
    made = house.deliver()
    assert (counted(made), made.problems) == ({"planned": 2, "waiting": 2}, ())
    assert made.remarks[0].startswith("2 wait until 2026-11-03 12:30 UTC: ")
    assert house.rows()["cfo@example.com"].not_before == MORNING
    early = retry(house.parts)
    assert (counted(early), early.went_well) == ({"planned": 2}, True)
    assert early.remarks == made.remarks
    house.now = MORNING
    late = retry(house.parts)
    assert (counted(late), late.periods, late.remarks) == ({"planned": 2, "sent": 2}, ("2026-10",), ())
    assert len(house.mails()) == 2
    again = retry(house.parts)
    assert (counted(again), again.reports) == ({"planned": 2, "already": 2}, ())
    assert len(house.mails()) == 2


def test_what_is_still_being_sent_when_quiet_hours_begin_waits_for_their_end(house: House) -> None:
    house.set(quiet_hours="20:00-07:00")
    house.now = datetime(2026, 11, 4, 0, 59, tzinfo=UTC)  # 19:59 there
    outbox = house.parts.channel_of("outbox")
    real = outbox.send

    def slow(*given: Any) -> Receipt:
        receipt = real(*given)
        house.now += timedelta(minutes=1)
        return receipt

    outbox.send = slow  # type: ignore[method-assign, assignment]
    made = house.deliver()
    assert (counted(made), made.problems) == ({"planned": 2, "sent": 1, "waiting": 1}, ())
    assert made.remarks[0].startswith("1 waits until 2026-11-04 12:00 UTC")
    house.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert counted(retry(house.parts)) == {"planned": 2, "sent": 1, "already": 1}


# Suppressed readers and readers that are none any more


def test_nothing_is_sent_to_whom_the_mail_service_gave_up(house: House) -> None:
    suppress(house.parts, "e1", "CFO@example.com", Cause.BOUNCE, NIGHT)
    made = house.deliver()
    assert (counted(made), made.problems) == ({"planned": 2, "sent": 1, "skipped": 1}, ())
    assert made.remarks == (f"1 not sent, the address bounced for good on 2026-11-03: {REPORT} over outbox",)
    assert house.states() == {"archive@example.com": "sent", "cfo@example.com": "skipped"}


def test_the_settings_in_force_decide_when_a_message_is_about_to_leave(house: House) -> None:
    """A reader is taken out after the parcels were made: what was right then is looked at again."""
    house.set(RoleSettings(to=("cfo@example.com", "out@example.com")))
    made = house.file()
    outbox = house.parts.channel_of("outbox")
    real = outbox.send

    def changing(envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        cfo = RoleSettings(to=("cfo@example.com",))
        tenants = [t.model_copy(update={"roles": {"cfo": cfo}}) if t.id == "alpha" else t for t in house.parts.settings.tenants]
        object.__setattr__(house.parts.settings, "tenants", tuple(tenants))
        return real(envelope, attempt, last_check)

    outbox.send = changing  # type: ignore[method-assign]
    counts = send_reports(house.parts, [made], send=True)
    assert counted(counts) == {"planned": 2, "sent": 1, "failed": 1}
    assert counts.problems[0].what.endswith("was not sent and is failed: its reader reads this report no more")
    assert len(house.mails()) == 1


def test_domains_are_looked_at_again_too(house: House) -> None:
    house.set(allowed_domains=["example.org"])  # as if the check at the start had not been there
    made = house.deliver()
    assert counted(made) == {"planned": 2, "failed": 2}
    assert "domain is not among the allowed ones" in made.problems[0].what
    assert house.mails() == []


def test_a_reader_of_another_tenant_is_none_of_this_one(house: House) -> None:
    """The portfolio's reader stands in a row of alpha's: it is refused, although he reads something."""
    from quarterdeck.steps.readers import objection

    row = Delivery("k", "portfolio_ceo_2026-10", "r", "portfolio", "ceo", "2026-10", "outbox", "owner@example.com", "c")
    assert objection(house.parts, row) == ""
    assert objection(house.parts, replace(row, tenant="alpha")) == "its report is not of its tenant"
    assert objection(house.parts, replace(row, report_id="alpha_ceo_2026-10", tenant="alpha")) == (
        "its reader reads this report no more"
    )
    gone = replace(row, report_id="gone_ceo_2026-10", tenant="gone")
    assert objection(house.parts, gone) == "there is no tenant gone any more"


# Retry


def refuse(house: House, times: int, **error: Any) -> None:
    """Let the outbox refuse some messages before it works again."""
    outbox = house.parts.channel_of("outbox")
    real, left = outbox.send, [DeliveryError("not now", **error) for _ in range(times)]

    def send(envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        if left:
            raise left.pop()
        return real(envelope, attempt, last_check)

    outbox.send = send  # type: ignore[method-assign]


def test_a_retry_sends_what_is_left_from_the_archive_and_reads_no_source(house: House) -> None:
    refuse(house, 100, permanent=False)
    assert counted(house.deliver()) == {"planned": 2, "failed": 2}
    (house.parts.settings.root / "alpha" / "bank.csv").unlink()
    house.parts.channel_of("outbox").send = type(house.parts.channel).send.__get__(house.parts.channel)  # type: ignore[method-assign]
    made = retry(house.parts, Asked(period="2026-10", tenants=("alpha",), roles=("cfo",)))
    assert (counted(made), made.problems) == ({"planned": 2, "sent": 2}, ())
    (line,) = made.reports
    assert (line.report_id, line.status) == (REPORT, "filed")
    assert all(Path(path).is_file() for path in line.paths.values())


def test_a_retry_takes_up_what_failed_for_good_only_where_it_is_asked_to(house: House) -> None:
    refuse(house, 2, permanent=True)
    assert counted(house.deliver()) == {"planned": 2, "failed": 2}
    made = retry(house.parts)
    assert (counted(made), made.went_well) == ({"planned": 2, "failed": 2}, False)
    assert "`quarterdeck retry --failed`" in made.problems[0].remedy
    assert house.mails() == []
    assert counted(retry(house.parts, Asked(failed=True))) == {"planned": 2, "sent": 2}
    assert counted(retry(house.parts, Asked(failed=True))) == {"planned": 2, "already": 2}


def test_a_retry_looks_only_at_what_it_is_asked_about(house: House) -> None:
    refuse(house, 100, permanent=False)
    house.deliver()
    for asked in (Asked(period="2026-09"), Asked(tenants=("beta",)), Asked(roles=("ceo",))):
        assert counted(retry(house.parts, asked)) == {}
    with pytest.raises(ConfigError, match="there is no tenant 'gamma'"):
        retry(house.parts, Asked(tenants=("gamma",)))
    with pytest.raises(ConfigError):
        retry(house.parts, Asked(period="soon"))


def test_a_retry_never_sends_an_outdated_revision(house: House) -> None:
    house.set(quiet_hours="20:00-07:00")
    house.now = NIGHT
    house.deliver()
    house.sold = SECOND
    send_reports(house.parts, [house.file()], send=False)  # filed by a run that delivers nothing
    house.now = MORNING
    made = retry(house.parts)
    assert (counted(made), made.went_well) == ({"planned": 2}, True)
    assert made.remarks == (f"2 not sent, as a newer revision is filed: {REPORT}; `quarterdeck run --deliver` sends that one",)
    assert house.mails() == []


def test_a_retry_takes_back_what_waits_for_one_who_reads_it_no_more(house: House) -> None:
    house.set(quiet_hours="20:00-07:00")
    house.now = NIGHT
    house.deliver()
    house.now = MORNING
    house.set(RoleSettings(to=("cfo@example.com",)))
    assert counted(retry(house.parts)) == {"planned": 1, "sent": 1}
    assert [row.state for row in house.parts.audit.list() if row.reader.startswith("archive")] == [State.CANCELLED]


def test_a_retry_sends_a_revised_report_as_revised(house: House) -> None:
    house.deliver()
    house.sold = SECOND
    house.set(quiet_hours="20:00-07:00")
    house.now = NIGHT + timedelta(days=1)
    assert counted(house.deliver(revise=True)) == {"planned": 2, "waiting": 2}
    house.now = MORNING + timedelta(days=1)
    assert counted(retry(house.parts)) == {"planned": 2, "sent": 2}
    assert sorted(str(mail["Subject"]).partition(":")[0] == "Revised" for mail in house.mails()) == [False, False, True, True]


def test_a_retry_of_a_report_that_the_archive_has_lost_says_so(house: House) -> None:
    house.set(quiet_hours="20:00-07:00")
    house.now = NIGHT
    house.deliver()
    house.now = MORNING
    filed = house.file()
    Path(filed.paths["html"]).with_name("mail.html").unlink()
    made = retry(house.parts)
    assert counted(made) == {"planned": 2, "failed": 2}
    assert made.problems[0].what.startswith(f"{REPORT} cannot be sent over outbox")


def test_a_retry_leaves_what_a_person_took_back(house: House) -> None:
    house.set(gated("cfo@example.com"))
    house.deliver()
    house.parts.audit.apply(house.rows()["cfo@example.com"].key, Close(State.CANCELLED, "not this one"), house.now)
    assert counted(retry(house.parts)) == {}


def test_problems_and_remarks_name_no_reader(house: House) -> None:
    house.set(gated(), quiet_hours="20:00-07:00", archive_url="https://reports.example.com/a")
    house.now = NIGHT
    suppress(house.parts, "e1", "second@example.com", Cause.COMPLAINT, NIGHT)
    refuse(house, 1, permanent=True)
    told: list[Problem | str] = []
    for made in (house.deliver(), retry(house.parts)):
        told += [*made.problems, *made.remarks]
    assert told
    assert "@" not in " ".join(map(str, told))
