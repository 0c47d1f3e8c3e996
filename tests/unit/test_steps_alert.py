"""Operators are told once of what is wrong, once of its end, whatever goes wrong with telling them."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import State
from quarterdeck.config import load_settings
from quarterdeck.errors import Problem, Where
from quarterdeck.steps.alert import alert
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.run import record_end, record_start
from quarterdeck.steps.summary import ReportLine, RunSummary
from quarterdeck.steps.suppression import Cause, suppress
from quarterdeck.wiring import Parts
from tests import mini
from tests.slack_server import TOKEN, slack_server
from tests.slack_server import Slack as Server

OPERATORS = "operators: {to: [ops@example.com, Ben Ode <ben@example.com>]}"
SLACK = 'operators: {slack: ["#reports"]}, channels: {slack: {token: "${env:SLACK_TOKEN}"}}'
MISSING = Problem("source books of alpha: there is no such file", Where("alpha/bank.csv", 3), "mend the path")
BLOCKED = Problem("alpha_cfo_2026-10 is held back")
REPORTS = tuple((tenant, role) for tenant in ("alpha", "portfolio") for role in ("ceo", "cfo"))


class Clock:
    """A clock that goes on by a minute each time that somebody looks; it never has to be waited for."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def parts_with(folder: Path, delivery: str = OPERATORS, **environment: str) -> Parts:
    config = mini.make(folder)
    text = config.read_text("utf-8").replace("tenants:\n", f"delivery: {{{delivery}}}\ntenants:\n", 1)
    config.write_text(text, "utf-8")
    return Parts(load_settings(config, environment), Clock(), sleep=lambda _: None)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return parts_with(tmp_path)


def summary(
    *problems: Problem, period: str = "2026-10", missing: Sequence[str] = (), reports: Sequence[tuple[str, str]] = REPORTS
) -> RunSummary:
    lines = tuple(
        ReportLine(id, tenant, role, "blocked" if id in missing else "filed", None if id in missing else "f" * 64)
        for tenant, role in reports
        for id in (f"{tenant}_{role}_{period}",)
    )
    return RunSummary((period,), lines, {"planned": 4, "sent": 3, "failed": 1 if problems else 0}, problems)


def run(parts: Parts, told: RunSummary, *, deliver: bool = True) -> tuple[Problem, ...]:
    """A run that ends so, on record as a run is, and then the alert."""
    number = f"run-{len(parts.audit.runs())}"
    reports = tuple((line.tenant, line.role) for line in told.reports)
    record_start(parts, number, Plan(told.periods[0], ("alpha", "portfolio"), reports), deliver=deliver)
    record_end(parts, number, told)
    return alert(parts, number, told) if deliver else ()


def mails(parts: Parts) -> list[EmailMessage]:
    """What lies in the outbox, in the order in which it went out."""
    files = sorted((parts.settings.home / "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def subjects(parts: Parts) -> list[str]:
    return [mail["Subject"].removeprefix("Two companies: the run for October 2026 ") for mail in mails(parts)]


# What is told, and how often


def test_each_operator_is_told_what_where_and_what_to_do(parts: Parts) -> None:
    assert run(parts, summary(MISSING, BLOCKED, missing=["alpha_cfo_2026-10"])) == ()
    first, second = mails(parts)
    assert {mail["To"] for mail in (first, second)} == {"ops@example.com, Ben Ode <ben@example.com>"}
    assert first["Subject"] == "Two companies: the run for October 2026 failed in part"
    assert first["Auto-Submitted"] == "auto-generated"
    [plain, page] = [part.get_content().replace("\r\n", "\n") for part in first.iter_parts()]
    for words in (
        "3 of 4 reports were made.",
        "Not made: alpha_cfo_2026-10 (blocked).",
        "Of 4 deliveries: 3 sent now, 1 failed.",
        "source books of alpha: there is no such file",
        "alpha/bank.csv:3",
        "mend the path",
        "quarterdeck run --period 2026-10 --deliver",
        "Run run-0 of",
    ):
        assert words in plain
        assert words in page


def test_a_run_of_which_nothing_was_made_failed(parts: Parts) -> None:
    run(parts, summary(MISSING, missing=[f"{tenant}_{role}_2026-10" for tenant, role in REPORTS]))
    assert subjects(parts) == ["failed", "failed"]


def test_the_same_problems_are_told_once(parts: Parts) -> None:
    for told in (
        summary(MISSING, BLOCKED),
        summary(MISSING, BLOCKED),
        summary(BLOCKED, MISSING),
        summary(MISSING, MISSING, BLOCKED),
    ):
        assert run(parts, told) == ()
    assert len(mails(parts)) == 2


def test_other_problems_are_told_anew(parts: Parts) -> None:
    for told in (
        summary(MISSING),
        summary(MISSING, BLOCKED),
        summary(replace(MISSING, where=Where("alpha/bank.csv", 4))),
        summary(MISSING, missing=["alpha_cfo_2026-10"]),
        summary(MISSING),
    ):
        run(parts, told)
    assert len(mails(parts)) == 2 * 4


def test_another_period_is_told_of_its_own(parts: Parts) -> None:
    run(parts, summary(MISSING))
    run(parts, summary(MISSING, period="2026-W44"))
    assert {mail["Subject"] for mail in mails(parts)} == {
        "Two companies: the run for October 2026 failed in part",
        "Two companies: the run for week 44 of 2026 failed in part",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "alpha_cfo_2026-10 over ses is in the hands of box-1.local:411:88123 until 2026-11-03 08:01:00 UTC",
            "alpha_cfo_2026-10 over ses is in the hands of box-2.local:9:77 until 2026-11-03 09:30:17 UTC",
        ),
        ("not before 2026-11-03T08:01:00+00:00", "not before 2026-11-03T08:01:00.123+00:00"),
    ],
)
def test_what_only_time_has_changed_is_the_same(parts: Parts, one: str, other: str) -> None:
    run(parts, summary(Problem(one)))
    run(parts, summary(Problem(other)))
    assert len(mails(parts)) == 2


def test_nobody_is_told_where_nobody_is_named_or_all_went_well(parts: Parts, tmp_path: Path) -> None:
    run(parts, summary())
    nobody = parts_with(tmp_path / "nobody", "attach_pdf: true")
    run(nobody, summary(MISSING))
    for each in (parts, nobody):
        assert mails(each) == []
        assert each.audit.list(Filter()) == ()


def test_it_is_a_delivery_like_any_other_and_the_trail_verifies(parts: Parts) -> None:
    run(parts, summary(MISSING))
    rows = parts.audit.list(Filter())
    assert {(row.report_id, row.tenant, row.role, row.period, row.state) for row in rows} == {
        ("portfolio_operators_2026-10", "portfolio", "operators", "2026-10", State.SENT)
    }
    verdict = parts.audit.verify()
    assert verdict.ok
    assert not verdict.unanchored


# The end of trouble


def test_an_end_of_trouble_is_told_once(parts: Parts) -> None:
    run(parts, summary(MISSING, BLOCKED))
    run(parts, summary())
    run(parts, summary())
    assert subjects(parts) == ["failed in part"] * 2 + ["went well again"] * 2
    told = mails(parts)[-1].get_body(("plain",))
    assert told is not None
    words = told.get_content()
    assert "All 4 reports were made." in words
    assert "1. source books of alpha: there is no such file" in words
    assert "2. alpha_cfo_2026-10 is held back" in words


def test_trouble_that_comes_back_is_told_again(parts: Parts) -> None:
    for told in (summary(MISSING), summary(), summary(MISSING), summary(MISSING), summary(), summary(), summary(MISSING)):
        run(parts, told)
    assert subjects(parts)[::2] == ["failed in part", "went well again", "failed in part", "went well again", "failed in part"]


def test_a_run_about_less_than_what_failed_is_no_end_of_it(parts: Parts) -> None:
    run(parts, summary(MISSING))
    run(parts, summary(reports=REPORTS[:2]))
    assert subjects(parts) == ["failed in part"] * 2
    run(parts, summary(reports=(*REPORTS, ("alpha", "cto"))))
    assert subjects(parts)[2:] == ["went well again"] * 2


def test_a_failed_run_that_sent_nothing_on_purpose_does_not_count(parts: Parts) -> None:
    run(parts, summary(MISSING, reports=REPORTS[:1]))
    run(parts, summary(BLOCKED, reports=REPORTS), deliver=False)
    run(parts, summary(reports=REPORTS[:1]))
    assert subjects(parts)[2:] == ["went well again"] * 2


def test_trouble_of_another_period_does_not_count(parts: Parts) -> None:
    run(parts, summary(MISSING, reports=REPORTS[:1]))
    run(parts, summary(BLOCKED, period="2026-W44"))
    run(parts, summary(reports=REPORTS[:1]))
    assert subjects(parts)[-2:] == ["went well again"] * 2


def test_the_end_is_told_to_those_who_were_told_of_the_trouble(tmp_path: Path) -> None:
    before = parts_with(tmp_path, "operators: {to: [ops@example.com]}")
    run(before, summary(MISSING))
    config = before.settings.file
    config.write_text(config.read_text("utf-8").replace("ops@example.com", "ops@example.com, new@example.com"), "utf-8")
    run(Parts(load_settings(config, {}), before.clock), summary())
    readers = [row.reader for row in before.audit.list(Filter()) if row.revision.startswith("recovered")]
    assert readers == ["ops@example.com"]


# What must not be in it


def test_a_notice_holds_nobodys_address_and_no_secret(tmp_path: Path) -> None:
    channels = 'channels: {smtp: {host: mail.example.com, user: u, password: "${env:PASSWORD}"}}'
    parts = parts_with(tmp_path, f"{OPERATORS}, {channels}", PASSWORD="hunter2-and-a-half", OTHER="alpha")
    said = "450 <reader@example.org> said hunter2-and-a-half to reader@example.org, but alpha stays"
    assert run(parts, summary(Problem(said, Where("reader@example.org.csv"), "ask reader@example.org"))) == ()
    for mail in mails(parts):
        for part in mail.iter_parts():
            content = part.get_content()
            assert "example.org" not in content
            assert "hunter2" not in content
            assert "alpha stays" in content


def test_what_to_look_for_in_a_servers_log_stays(parts: Parts) -> None:
    run(parts, summary(Problem(f"its log knows <{'0a' * 20}@example.com>, or does not; ask <0a0a@example.com>")))
    body = mails(parts)[0].get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert f"its log knows <{'0a' * 20}@example.com>, or does not; ask <(an address)>" in words


def test_texts_of_any_kind_make_a_notice(parts: Parts) -> None:
    for said in ("\x00\x1b[31m\r\nBcc: eve@example.com", "\ud800", "x" * 5000, "", "<script>", "٪s {0} %s"):
        assert alert(parts, "run-0", summary(Problem(said, Where(said), said))) == ()
    assert len(mails(parts)) == 2 * 6
    assert all("Bcc" not in mail for mail in mails(parts))


def test_of_very_many_problems_some_are_shown(parts: Parts) -> None:
    run(parts, summary(*(Problem(f"fault {number}", remedy="r" * 300) for number in range(500))))
    body = mails(parts)[0].get_body(("plain",))
    assert body is not None
    assert "20. fault 19" in body.get_content()
    assert "and 480 more" in body.get_content()


# Whatever goes wrong


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with slack_server() as slack:
        monkeypatch.setattr("quarterdeck.delivery.slack.Slack.api", slack.api)
        yield slack


def test_rooms_are_told_each_time_by_a_post_of_its_own(tmp_path: Path, server: Server) -> None:
    parts = parts_with(tmp_path, SLACK, SLACK_TOKEN=TOKEN)
    for told in (summary(MISSING), summary(MISSING), summary()):
        assert run(parts, told) == ()
    posts = server.posts["C0REPORTS"]
    assert [post["blocks"][0]["text"]["text"].rpartition("2026 ")[2] for post in posts] == ["failed in part", "went well again"]
    assert TOKEN not in json.dumps(posts)


def test_a_channel_that_fails_keeps_no_other_from_its_readers(tmp_path: Path, server: Server) -> None:
    operators = 'operators: {to: [ops@example.com], slack: ["#reports"]}'
    channels = 'channels: {slack: {token: "${env:SLACK_TOKEN}"}, smtp: {host: 127.0.0.1, port: 1, security: none}}'
    parts = parts_with(tmp_path, f"channel: smtp, {operators}, {channels}", SLACK_TOKEN=TOKEN)
    [problem] = run(parts, summary(MISSING))
    assert problem.what.startswith("the operators were not told: portfolio_operators_2026-10 over smtp was not sent")
    assert "ops@example.com" not in str(problem)
    assert len(server.posts["C0REPORTS"]) == 1
    assert not any(row.state is State.UNKNOWN for row in parts.audit.list(Filter()))


def test_a_secret_that_is_not_there_is_told_without_ado(tmp_path: Path) -> None:
    parts = parts_with(tmp_path, SLACK)
    [problem] = run(parts, summary(MISSING))
    assert "there is nothing behind ${env:SLACK_TOKEN}" in problem.what


def test_what_was_not_told_is_told_by_the_next_run_that_fails(tmp_path: Path, server: Server) -> None:
    parts = parts_with(tmp_path, SLACK, SLACK_TOKEN=TOKEN)
    server.faults["chat.postMessage"] = ["channel_not_found"]
    assert len(run(parts, summary(MISSING))) == 1
    assert run(parts, summary(MISSING)) == ()
    assert len(server.posts["C0REPORTS"]) == 1


def test_who_was_never_told_of_trouble_is_not_told_of_its_end(tmp_path: Path, server: Server) -> None:
    parts = parts_with(tmp_path, SLACK, SLACK_TOKEN=TOKEN)
    server.faults["chat.postMessage"] = ["channel_not_found"]
    run(parts, summary(MISSING))
    assert run(parts, summary()) == ()
    assert server.posts == {}


def test_a_trail_that_cannot_be_read_is_a_problem_and_no_error(parts: Parts) -> None:
    (parts.settings.home).mkdir(parents=True, exist_ok=True)
    (parts.settings.home / "audit.sqlite").write_bytes(b"no database" * 100)
    told = summary(MISSING)
    [problem] = alert(parts, "run-0", told)
    assert problem.what.startswith("the operators were not told: ")
    assert not told.went_well


def test_an_operator_whose_mail_bounced_is_written_to_no_more(parts: Parts) -> None:
    suppress(parts, "event-1", "ops@example.com", Cause.BOUNCE, datetime(2026, 10, 1, tzinfo=UTC))
    run(parts, summary(MISSING))
    assert {row.reader: row.state for row in parts.audit.list(Filter())} == {
        "ops@example.com": State.SKIPPED,
        "ben@example.com": State.SENT,
    }
