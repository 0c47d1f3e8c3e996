"""Faults of the tenant's own mails, each with its clean twin."""

from __future__ import annotations

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import OCT, OCTOBER, frame


def mails(bounced: int = 0, complained: int = 0, sent: int = 1_000) -> Given:
    row = {"campaign": "concert", "sent": sent, "delivered": sent, "bounced": bounced, "complained": complained}
    return {"mail_events": frame("mail_events", [{"date": OCT, **row}, {"date": OCTOBER.end, **row, "bounced": 900}])}


CASES = {
    "mail_bounces_high": Case(
        seeded=lambda: mails(bounced=21),
        clean=lambda: mails(bounced=20),
        subject="mail",
        title="21 of 1,000 mails came back",
        why="That is 2.1%; over 2.0% mail services take the sender for one who does not know the readers.",
    ),
    "mail_complaints_high": Case(
        seeded=lambda: mails(complained=2),
        clean=lambda: mails(complained=1),
        subject="mail",
        title="2 readers called a mail unwanted",
        why="That is 0.2% of 1,000 mails delivered; over 0.1% mail services put all mails among the unwanted.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_no_mail_is_no_fault() -> None:
    assert ask("mail_bounces_high", **mails(sent=0)) == []
