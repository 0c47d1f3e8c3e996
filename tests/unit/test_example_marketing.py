"""The example's marketing: each fault of it goes away with its cause, and figures follow the rows that they are made of."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from examples.portfolio import generate
from quarterdeck.money import Money
from tests.examining import Seen, examine

KINDS = ("inventories", "transactions", "web_analytics")
Edit = Callable[[str], str]
FOUND = {
    "jada": {
        ("spend_without_leads", "Boat fair"),
        ("price_parity_broken", "Map listing: Half-day charter"),
        ("local_seo_overdue", "Ask every guest for a review"),
    },
    "queenofsandiego": {("mail_bounces_high", "mail"), ("utm_hygiene_low", "utm")},
    "quickdumpnow": {("listing_unchecked", "Map listing")},
}
RULES = {rule for lines in FOUND.values() for rule, _ in lines} - {"spend_without_leads"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("example")).parent


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Seen]:
    return {tenant: look(folder, tenant) for tenant in FOUND}


def look(folder: Path, tenant: str) -> Seen:
    return examine(folder / "portfolio.yaml", tenant, kinds=KINDS)


def edited(folder: Path, tmp_path: Path, file: str, edit: Edit) -> Seen:
    """What a tenant's files say with one of them edited."""
    copy = tmp_path / "edited"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.git"))
    path = copy / file
    text = path.read_text()
    path.write_text(edit(text))
    assert path.read_text() != text
    return look(copy, file.partition("/")[0])


def replaced(old: str, new: str) -> Edit:
    return lambda text: re.sub(old, new, text)


def appended(row: str) -> Edit:
    return lambda text: f"{text}{row}\n"


def test_its_faults_are_found_and_no_others_of_their_rules(seen: dict[str, Seen]) -> None:
    for tenant, expected in FOUND.items():
        assert expected <= seen[tenant].lines(), tenant
        assert {line for line in seen[tenant].lines() if line[0] in RULES} == expected - {("spend_without_leads", "Boat fair")}


@pytest.mark.parametrize(
    ("rule", "file", "mend"),
    [
        ("price_parity_broken", "jada/marketing/listings.csv", replaced("1290.00", "1450.00")),
        ("spend_without_leads", "jada/marketing/leads.csv", appended("X1,2026-10-20,fair,referral,,Boat fair,,,,,,,,USD")),
        (
            "local_seo_overdue",
            "jada/marketing/local_seo.csv",
            replaced(r"(Ask every guest.*),,(Owen Tran)", r"\1,2026-10-20,\2"),
        ),
        (
            "mail_bounces_high",
            "queenofsandiego/marketing/mail_events.csv",
            replaced(r"(2026-10-12,[^,]*,\d+,\d+),\d+", r"\1,3"),
        ),
        ("utm_hygiene_low", "queenofsandiego/marketing/leads.csv", replaced("Google,CPC", "google,cpc")),
        ("listing_unchecked", "quickdumpnow/marketing/listings.csv", replaced("2026-07-26", "2026-10-26")),
    ],
)
def test_a_mended_cause_takes_its_finding_away_and_no_other(
    rule: str, file: str, mend: Edit, folder: Path, seen: dict[str, Seen], tmp_path: Path
) -> None:
    after = edited(folder, tmp_path, file, mend)
    assert {name for name, _ in seen[file.partition("/")[0]].lines() - after.lines()} == {rule}


def test_twice_the_spend_is_twice_the_cost(folder: Path, seen: dict[str, Seen], tmp_path: Path) -> None:
    def doubled(text: str) -> str:
        rows = list(csv.reader(text.splitlines()))
        place = rows[0].index("amount")
        return "\n".join(
            ",".join(cell if n != place or row is rows[0] else f"{2 * float(cell):.2f}" for n, cell in enumerate(row))
            for row in rows
        )

    after = edited(folder, tmp_path, "quickdumpnow/marketing/spend.csv", doubled)
    before = seen["quickdumpnow"]
    assert abs(after.minor("cost_per_lead") - 2 * before.minor("cost_per_lead")) <= 1  # a cent of rounding
    assert after.figures["lifetime_value"] == before.figures["lifetime_value"]


def test_every_figure_of_the_cmo_is_there_for_the_company_that_keeps_everything(seen: dict[str, Seen]) -> None:
    queen = seen["queenofsandiego"].figures
    assert isinstance(queen["lifetime_value"], Money)
    for id in ("lead_conversion", "mail_bounces", "web_sessions", "web_engagement", "search_clicks", "search_click_rate"):
        assert isinstance(queen[id], int | Decimal), id
