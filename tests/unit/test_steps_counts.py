"""What became of deliveries, in numbers and in lines for a person."""

from __future__ import annotations

from quarterdeck.audit import State
from quarterdeck.steps.counts import Try, count
from tests.trails import NOW, delivery


def test_what_came_back_is_counted_as_out_and_told_without_an_address() -> None:
    rows = [
        delivery(channel="ses", state=State.BOUNCED, reason="bounced for good: ana@example.com is unknown"),
        delivery(channel="ses", state=State.BOUNCED, reader="bea@example.com"),
        delivery(channel="ses", role="cfo", state=State.COMPLAINED),
        delivery(channel="ses", role="cto", state=State.DELIVERED),
    ]
    made = count(rows, {}, NOW)
    assert (made.planned, made.already, made.problems) == (4, 4, ())
    assert made.remarks == (
        "2 came back: alpha_ceo_2026-10 over ses (2 readers); `quarterdeck audit show REPORT` names them",
        "1 unwanted by their readers: alpha_cfo_2026-10 over ses; `quarterdeck audit show REPORT` names them",
    )


def test_what_this_run_sent_is_named_by_its_report_and_not_by_its_reader() -> None:
    ours, before = delivery(state=State.SENT), delivery(role="cfo", state=State.SENT)
    made = count([ours, before], {ours.key: Try.SENT}, NOW)
    assert (made.sent, made.already) == (1, 1)
    assert made.gone == (("alpha_ceo_2026-10", "r1", "outbox"),)
    assert (made + made).gone == made.gone * 2
