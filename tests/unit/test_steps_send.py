"""The last step of a run: what is counted, and that one report which cannot be sent keeps no other from its readers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.errors import AuditError
from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.report import Filed, make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import Parts
from reports import role as role_of
from tests import mini
from tests.reporting import basis_of, parts_of

WANTED = (("alpha", "cfo"), ("portfolio", "ceo"))  # with two readers, and one


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return parts_of(mini.make(tmp_path))


def filed(parts: Parts) -> list[Filed]:
    """The two reports of the small portfolio that anybody reads, in the archive."""
    return [
        make_report(parts, role_of(role), tenant, parts.period(tenant, "2026-10"), basis_of(parts, tenant))
        for tenant, role in WANTED
    ]


def counted(counts: DeliveryCounts) -> dict[str, int]:
    names = ("planned", "sent", "already", "unknown", "failed", "held", "outdated")
    return {name: number for name in names if (number := getattr(counts, name))}


def mails(parts: Parts) -> int:
    return len(list((parts.settings.home / "outbox").glob("*.eml")))


def test_a_dry_run_counts_what_would_go_out_and_what_has_gone_out(parts: Parts) -> None:
    made = filed(parts)
    assert counted(send_reports(parts, made, send=False)) == {"planned": 3}
    assert mails(parts) == 0
    assert counted(send_reports(parts, made[:1], send=True)) == {"planned": 2, "sent": 2}
    assert counted(send_reports(parts, made, send=False)) == {"planned": 3, "already": 2}
    assert counted(send_reports(parts, made, send=True)) == {"planned": 3, "sent": 1, "already": 2}


def test_readers_of_an_earlier_revision_are_counted_and_not_written_to_again(parts: Parts) -> None:
    send_reports(parts, filed(parts), send=True)
    bank = parts.settings.root / "alpha" / "bank.csv"
    bank.write_text(bank.read_text("utf-8").replace("1000.00", "1100.00"), "utf-8")
    made = filed(parts)
    for send in (False, True):
        assert counted(send_reports(parts, made, send=send)) == {"planned": 3, "already": 3, "outdated": 3}
    assert mails(parts) == 3
    assert counted(send_reports(parts, made, send=True, revise=True)) == {"planned": 3, "sent": 3}
    assert mails(parts) == 6


def test_a_report_that_the_archive_has_lost_keeps_no_other_from_its_readers(parts: Parts) -> None:
    made = filed(parts)
    Path(made[0].paths["html"]).with_name("mail.html").unlink()
    counts = send_reports(parts, made, send=True)
    assert counted(counts) == {"planned": 3, "sent": 1, "failed": 2}
    assert [problem.what.partition(":")[0] for problem in counts.problems] == ["alpha_cfo_2026-10 cannot be sent over outbox"]
    assert mails(parts) == 1
    assert counted(send_reports(parts, filed(parts), send=True)) == {"planned": 3, "sent": 2, "already": 1}


def test_a_report_that_was_changed_in_the_archive_is_not_sent(parts: Parts) -> None:
    made = filed(parts)
    page = Path(made[1].paths["json"])
    page.chmod(0o600)
    page.write_text(page.read_text("utf-8").replace("Two companies", "Two others"), "utf-8")
    counts = send_reports(parts, made, send=True)
    assert counted(counts) == {"planned": 3, "sent": 2, "failed": 1}
    assert "portfolio_ceo_2026-10 cannot be sent" in counts.problems[0].what


def test_nothing_goes_out_that_the_trail_does_not_know(parts: Parts, tmp_path: Path) -> None:
    made = filed(parts)
    broken = replace(parts.settings, home=tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "audit.sqlite").mkdir()
    (tmp_path / "elsewhere" / "archive").symlink_to(parts.settings.home / "archive")
    with pytest.raises(AuditError):
        send_reports(Parts(broken, parts.clock), made, send=True)
    assert not (tmp_path / "elsewhere" / "outbox").exists()
