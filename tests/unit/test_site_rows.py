"""Pages of source rows: every cell as the source has it, escaped, 200 a page, and an end."""

from __future__ import annotations

import posixpath
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.money import Money
from quarterdeck.render.site.rows import MOST_PAGES, ROWS, DataFacts, render
from quarterdeck.words import Voice
from tests.documents import HOSTILE_NAMES
from tests.pages import check_page, links_of, text_of

TEMPLATES = Path(__file__).parents[2] / "templates"
DIGEST = "0123456789ab" + "c" * 52


def facts(total: int, *columns: str, **changes: Any) -> DataFacts:
    values: dict[str, Any] = {
        "tenant": "alpha",
        "name": "Alpha",
        "locale": "en_US",
        "accent": None,
        "table": "entries",
        "about": "Postings.",
        "columns": tuple((name, "") for name in columns),
        "digest": DIGEST,
        "total": total,
        "file": f"snapshots/alpha/tables/entries/{DIGEST}.parquet",
        "has_tenant_page": True,
        **changes,
    }
    return DataFacts(**values)


def cells(made: bytes) -> list[list[str]]:
    root = check_page(made.decode())
    return [[text_of(cell) for cell in row if isinstance(cell.tag, str)] for row in root.iter("tr")]


def one_page(columns: dict[str, list[Any]], **changes: Any) -> list[list[str]]:
    total = len(next(iter(columns.values())))
    [(key, made)] = render(facts(total, *columns, **changes), columns, TEMPLATES)
    assert key == "alpha/data/entries/0123456789ab/1.html"
    return cells(made)


def test_values_by_their_types() -> None:
    rows = one_page(
        {
            "entry": ["bank:1", "bank:2"],
            "leg": [0, 12345],
            "date": [date(2026, 10, 5), date(2026, 10, 31)],
            "committed_at": [datetime(2026, 10, 5, 8, 30, 1, tzinfo=UTC), None],
            "is_live": [True, False],
            "share_ratio": [Decimal("0.08120000"), None],
            "memo": [None, "Slip B-14"],
        }
    )
    assert rows == [
        ["entry", "leg", "date", "committed at", "is live", "share ratio", "memo"],
        ["bank:1", "0", "2026-10-05", "2026-10-05 08:30:01", "yes", "0.0812", ""],
        ["bank:2", "12345", "2026-10-31", "", "no", "", "Slip B-14"],
    ]


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en_US", ["1,234,567.05", "−0.05", "0.00", "1,500", "1.234", "", "42 minor units"]),
        ("nl_NL", ["1.234.567,05", "−0,05", "0,00", "1.500", "1,234", "", "42 minor units"]),
        ("hi_IN", ["1,234,567.05", "−0.05", "0.00", "1,500", "1.234", "", "42 minor units"]),
    ],
)
def test_amounts_in_major_units_of_their_own_currency(locale: str, shown: list[str]) -> None:
    minor = [123_456_705, -5, 0, 1500, 1234, None, 42]
    currency = ["USD", "USD", "USD", "JPY", "KWD", "USD", None]
    rows = one_page({"amount_minor": minor, "currency": currency}, locale=locale)
    assert rows[0] == ["amount", "currency"]
    assert [amount for amount, _ in rows[1:]] == shown


@pytest.mark.parametrize("locale", ["en_US", "de_CH", "fr_FR", "hi_IN", "ar_EG", "sv_SE"])
def test_amounts_are_written_as_everywhere_else(locale: str) -> None:
    minor = [0, 5, -123_456_789, 2**63 - 1, -(2**63)]
    rows = one_page({"amount_minor": minor, "currency": ["EUR"] * 5}, locale=locale)
    assert [amount for amount, _ in rows[1:]] == [" ".join(Voice(locale).exact(Money(each, "EUR")).split()) for each in minor]


def test_hostile_rows_are_text() -> None:
    rows = one_page({"party": list(HOSTILE_NAMES), "document": [None] * len(HOSTILE_NAMES)})
    assert rows[1][0] == "<script>alert(1)</script>"
    assert rows[2][0] == "{{7*7}}{% for x in y %}{{''.__class__}}"
    assert rows[11][0] == "\"'><img src=x onerror=alert(1)>"


def test_pages_of_200_rows_that_lead_to_each_other() -> None:
    total = 2 * ROWS + 1
    made = dict(render(facts(total, "leg"), {"leg": list(range(total))}, TEMPLATES))
    assert list(made) == [f"alpha/data/entries/0123456789ab/{number}.html" for number in (3, 2, 1)]  # the first one last
    assert [len(cells(page)) - 1 for page in made.values()] == [1, ROWS, ROWS]
    for key, page in made.items():
        inside = {target for target, _ in links_of(key, check_page(page.decode())) if target.startswith("alpha/data/")}
        assert inside | {key} == set(made)
    text = text_of(check_page(made["alpha/data/entries/0123456789ab/2.html"].decode()))
    assert "Rows 201 to 400 of 401" in text
    assert "page 2 of 3" in text


def test_beyond_the_last_page_the_file_is_named() -> None:
    total = ROWS * MOST_PAGES + 7
    shown = list(range(ROWS * MOST_PAGES))
    made = dict(render(facts(total, "leg"), {"leg": shown}, TEMPLATES))
    assert len(made) == MOST_PAGES
    text = text_of(check_page(made["alpha/data/entries/0123456789ab/50.html"].decode()))
    assert (
        f"10000 of 10007 rows are shown; the parquet file holds the rest: snapshots/alpha/tables/entries/{DIGEST}.parquet"
        in text
    )


def test_no_rows_are_one_page_that_says_so() -> None:
    [(_, made)] = render(facts(0, "leg"), {"leg": []}, TEMPLATES)
    assert "The source gave no row." in text_of(check_page(made.decode()))


def test_a_tenant_without_reports_has_no_page_to_lead_to() -> None:
    for has_page in (True, False):
        [(key, made)] = render(facts(1, "leg", has_tenant_page=has_page), {"leg": [1]}, TEMPLATES)
        targets = {target for target, _ in links_of(key, check_page(made.decode()))}
        assert ("alpha/index.html" in targets) is has_page
        assert "index.html" in targets
        assert all(not posixpath.isabs(target) for target in targets)
