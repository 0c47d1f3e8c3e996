"""The books as a whole: opening balances, what they cover, the chart they stand on, and that the form of files is no matter."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quarterdeck.errors import SourceError
from quarterdeck.sources._default_chart import COLUMNS, STANDARD
from quarterdeck.sources.transactions import TransactionOptions
from tests.handbook import DOCS
from tests.ledgers import BANK, CHART, STRIPE, STRIPE_HEADER, Options, balances, bank, books, entries, options, stripe
from tests.sourcing import Row, pull, rows, window, write

LINE = "2026-10-01,-10.00,Marina,,,1"
CHARGE = "txn_1,charge,ch_1,10.00,0.59,9.41,usd,2026-10-05 19:30,,,,"


def _said(root: Path, **more: Any) -> str:
    with pytest.raises(SourceError) as caught:
        books(root, **more)
    assert caught.value.permanent
    assert caught.value.problem.remedy
    return str(caught.value)


def test_gives_the_books_and_their_chart(tmp_path: Path) -> None:
    tables = books(tmp_path, bank=[bank(tmp_path, LINE)])
    assert list(tables) == ["entries", "accounts", "bank_lines", "bank_balances"]
    assert tables["accounts"].rows.num_rows == 10
    assert tables["accounts"].covers is None


def test_opening_balances(tmp_path: Path) -> None:
    opening = [
        {"account": 1000, "amount": "12000.00", "date": "2024-10-31"},
        {"account": "1050", "amount": -250, "date": "2024-10-31"},
        {"account": "1010", "amount": "1", "date": "2026-11-01"},
    ]
    table = books(tmp_path, opening=opening, opening_equity=3000, bank=[bank(tmp_path, LINE)])["entries"]
    found = entries(table)
    assert found["opening:1000:2024-10-31"] == [("1000", 1200000), ("3000", -1200000)]
    assert found["opening:1050:2024-10-31"] == [("1050", -25000), ("3000", 25000)]
    assert len(found) == 3
    assert balances(table)["1000"] == 1200000 - 1000
    assert table.covers == (date(2024, 10, 31), date(2026, 10, 2))
    assert {row["origin"] for row in rows(table)} == {"bank"}


def test_old_entries_stay_since_a_balance_is_a_sum_over_all(tmp_path: Path) -> None:
    table = books(tmp_path, bank=[bank(tmp_path, "2012-01-31,500.00,Ada,,,0", LINE)])["entries"]
    assert balances(table)["1000"] == 49000


def test_books_are_complete_as_far_as_the_file_that_ends_first(tmp_path: Path) -> None:
    lines = ("2026-09-10,-10.00,Marina,,,1", "2026-10-28,-10.00,Marina,,,2")
    both: Options = {"stripe": [stripe(tmp_path, CHARGE)], "bank": [bank(tmp_path, *lines)]}
    assert books(tmp_path, **both)["entries"].covers == (date(2026, 9, 10), date(2026, 10, 6))
    stated: Options = {**both, "stripe": [stripe(tmp_path, CHARGE, complete_through="2026-10-31")]}
    assert books(tmp_path, **stated)["entries"].covers == (date(2026, 9, 10), date(2026, 10, 29))
    stated["bank"] = [bank(tmp_path, *lines, complete_through="2026-12-31")]
    assert books(tmp_path, **stated)["entries"].covers == (date(2026, 9, 10), date(2026, 11, 1))


def test_a_statement_that_goes_on_covers_the_period_whole(tmp_path: Path) -> None:
    later = "2026-11-20,-10.00,Marina,,,2"
    table = books(tmp_path, bank=[bank(tmp_path, LINE, later)])["entries"]
    assert table.covers == (date(2026, 10, 1), date(2026, 11, 1))
    assert len(entries(table)) == 1
    again = books(tmp_path, period="2026-11", bank=[bank(tmp_path, LINE, later)])["entries"]
    assert (len(entries(again)), again.covers) == (2, (date(2026, 10, 1), date(2026, 11, 21)))


def test_files_without_a_row_cover_nothing(tmp_path: Path) -> None:
    table = books(tmp_path, bank=[bank(tmp_path)])["entries"]
    assert (table.rows.num_rows, table.covers, table.watermark) == (0, None, None)
    only_later = books(tmp_path, bank=[bank(tmp_path, "2026-11-20,-10.00,Marina,,,2")])["entries"]
    assert (only_later.rows.num_rows, only_later.covers) == (0, None)


@pytest.mark.parametrize("name", ["clearing", "revenue", "refunds", "fees", "disputes", "payout_to"])
def test_accounts_that_the_chart_lacks(tmp_path: Path, name: str) -> None:
    said = _said(tmp_path, stripe=[stripe(tmp_path, CHARGE, **{name: "7777"})])
    assert said.startswith(f"books/chart.csv: account '7777', {name} of books/stripe.csv, is not in the chart")


def test_other_accounts_that_the_chart_lacks(tmp_path: Path) -> None:
    files: Options = {"bank": [bank(tmp_path, LINE)]}
    assert "account '1', the suspense account" in _said(tmp_path, suspense="1", **files)
    assert "account '2', the account of books/bank.csv" in _said(tmp_path, bank=[bank(tmp_path, LINE, account="2")])
    opening = [{"account": "3", "amount": "1", "date": "2026-01-01"}]
    assert "account '3', which has an opening balance" in _said(tmp_path, opening=opening, opening_equity="3000", **files)
    opening = [{"account": "1000", "amount": "1", "date": "2026-01-01"}]
    assert "account '4', which balances" in _said(tmp_path, opening=opening, opening_equity="4", **files)
    assert "is on the statement line 'cash'" in _said(tmp_path, suspense="1000", **files)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("- match: {party: a}\n  account: 7777\n", "r.yaml:2:3: account '7777', which a rule names, is not in the chart"),
        ("- match: {party: a}\n  account: 1000\n", "r.yaml:2:3: the rule posts to account '1000', whose own bank file is read"),
        ("- match: {party: '('}\n  account: 6000\n", "r.yaml:1:11: '(' is no regular expression"),
        ("- match: {}\n  account: 6000\n", "r.yaml:1:3: match: name a party, a memo or a sign"),
        ("- match: {colour: red}\n  account: 6000\n", "r.yaml:1:11: match.colour: "),
        ("- match: {sign: up}\n  account: 6000\n", "r.yaml:1:11: match.sign: "),
        ("- account: 6000\n", "r.yaml:1:3: match: "),
        ("- match: {party: a}\n  account: 6000\n  note: x\n", "r.yaml:3:3: note: "),
        ("match: {party: a}\n", "r.yaml:1:1: rule: "),
        ("- match: {party: a}\n  match: {memo: b}\n", "r.yaml:2:3: the key 'match' is here twice"),
        ("- &a {}\n", "r.yaml:1:3: an anchor is refused"),
    ],
)
def test_rules_that_cannot_be_used(tmp_path: Path, rules: str, said: str) -> None:
    found = _said(tmp_path, categories=write(tmp_path, "r.yaml", rules), bank=[bank(tmp_path, LINE)])
    assert found.startswith(said)


def test_without_rules_all_lines_are_in_suspense(tmp_path: Path) -> None:
    for more in ({"categories": None}, {"categories": write(tmp_path, "none.yaml", "")}):
        assert balances(books(tmp_path, bank=[bank(tmp_path, LINE)], **more)["entries"]) == {"1000": -1000, "9999": 1000}


def test_over_the_share_of_bad_rows_the_books_fail(tmp_path: Path) -> None:
    files: Options = {"bank": [bank(tmp_path, LINE, "x,1.00,Ada,,,2")]}
    assert "books/bank.csv:3: 1 of 2 rows of entries cannot be read, the first: Date = 'x'" in _said(
        tmp_path, max_rejected=0.01, **files
    )
    assert "1 of 11 rows of accounts cannot be read" in _said(
        tmp_path, max_rejected=0.01, chart=write(tmp_path, "c.csv", CHART + "1000,Twice,asset,cash\n"), **files
    )


@pytest.mark.parametrize("name", ["chart", "categories", "stripe", "bank"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    gone: Row = {"stripe": [{**STRIPE, "path": "gone.csv"}], "bank": [{**BANK, "path": "gone.csv"}], "chart": "gone.csv"}
    more = {"bank": [bank(tmp_path, LINE)], name: gone.get(name, "gone.csv")}
    assert _said(tmp_path, **more).startswith("gone.csv: there is no such file")


@pytest.mark.parametrize(
    "change",
    [
        {"bank": []},
        {"opening": [{"account": "1000", "amount": "1", "date": "2026-01-01"}]},
        {"opening": [{"account": "1000", "amount": "1", "date": "2026-01-01"}] * 2, "opening_equity": "3000"},
        {"opening": [{"account": "3000", "amount": "1", "date": "2026-01-01"}], "opening_equity": "3000"},
        {"opening": [{"account": "1000", "amount": "1e3", "date": "2026-01-01"}], "opening_equity": "3000"},
        {"opening": [{"account": "1000", "amount": "1.234,50", "date": "2026-01-01"}], "opening_equity": "3000"},
        {"opening": [{"account": "1000", "amount": "1", "date": "1 January"}], "opening_equity": "3000"},
        {"chart": "chart.xlsx"},
        {"max_rejected": 1.5},
        {"max_rejected": -1},
        {"colour": "red"},
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, change: Row) -> None:
    good = options(tmp_path, bank=[{**BANK, "path": "b.csv"}])
    TransactionOptions.model_validate(good)
    with pytest.raises(ValidationError):
        TransactionOptions.model_validate({**good, **change})


def test_an_opening_balance_has_no_more_decimals_than_its_currency(tmp_path: Path) -> None:
    opening = [{"account": "1000", "amount": "1.005", "date": "2026-01-01"}]
    with pytest.raises(SourceError, match="the opening balance of account '1000'"):
        books(tmp_path, opening=opening, opening_equity="3000", bank=[bank(tmp_path, LINE)])


# What the form of the files must not change: one file or several, in whatever order of rows.

_DAYS = st.dates(date(2026, 8, 1), date(2026, 11, 15))
_CENTS = st.integers(-99_999, 99_999)
_BANK_LINES = st.lists(
    st.tuples(_DAYS, _CENTS, st.sampled_from(["Marina", "STRIPE", "Ada"]), st.sampled_from(["", "charter"])), max_size=8
)
_KINDS = ("charge", "refund", "adjustment", "payout", "stripe_fee")
_STRIPE_LINES = st.lists(
    st.tuples(_DAYS, _CENTS, st.integers(-500, 500), st.sampled_from(_KINDS)),
    max_size=8,
)
_PLAIN: Row = {**BANK, "columns": {"date": "Date", "amount": "Amount", "party": "Party", "memo": "Memo"}}


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _read(bank_files: list[list[str]], stripe_files: list[list[str]]) -> list[Row]:
    """Rows of entries without the places they were read from, which the form of the files does change."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        given = options(
            root,
            bank=[
                {**_PLAIN, "path": write(root, f"b{n}.csv", "\n".join(("Date,Amount,Party,Memo", *lines)))}
                for n, lines in enumerate(bank_files)
            ],
            stripe=[
                {**STRIPE, "path": write(root, f"s{n}.csv", "\n".join((STRIPE_HEADER, *lines)))}
                for n, lines in enumerate(stripe_files)
            ],
        )
        table = pull("transactions", given, window(root))["entries"]
    assert all("no gap" in fault.expected for fault in table.rejects)  # the days of these lines are far apart
    entries(table)  # every entry balances
    return [{name: value for name, value in row.items() if not name.startswith("source_")} for row in rows(table)]


@settings(max_examples=40, deadline=None)
@given(_BANK_LINES, _STRIPE_LINES, st.randoms(use_true_random=False), st.integers(0, 8))
def test_the_form_of_the_files_changes_no_entry(
    bank_lines: list[tuple[date, int, str, str]],
    stripe_lines: list[tuple[date, int, int, str]],
    random: object,
    cut: int,
) -> None:
    banked = [f"{day},{_money(cents)},{party},{memo}" for day, cents, party, memo in bank_lines]
    striped = [
        f"txn_{n},{kind},,{_money(cents)},{_money(fee)},{_money(cents - fee)},usd,{day} 19:30,,,,"
        for n, (day, cents, fee, kind) in enumerate(stripe_lines)
    ]
    whole = _read([banked], [striped])
    shuffled_bank, shuffled_stripe = banked.copy(), striped.copy()
    random.shuffle(shuffled_bank)  # type: ignore[attr-defined]
    random.shuffle(shuffled_stripe)  # type: ignore[attr-defined]
    assert _read([shuffled_bank], [shuffled_stripe]) == whole
    # A bank's file ends with a day, and may have days that the one before has too; Stripe's rows have ids.
    days = sorted(banked)
    for end, begin in ((cut, cut), (cut + 3, cut)):
        early = [line for line in days if line[:10] <= max((line[:10] for line in days[:end]), default="")]
        late = [line for line in days if line[:10] > max((line[:10] for line in days[:begin]), default="")]
        assert _read([late, early], [striped[:end], striped[begin:]]) == whole


# Without a chart of accounts of its own.


def test_without_a_chart_the_accounts_that_are_needed_are_proposed(tmp_path: Path) -> None:
    rules = write(tmp_path, "rules.yaml", "- match: {party: Marina}\n  account: 6000\n")
    file = stripe(tmp_path, "txn_1,charge,ch_1,10.00,0.59,9.41,usd,2026-10-05 19:30,,,,")
    given: Row = {"categories": rules, "stripe": [{"path": file["path"]}], "bank": [bank(tmp_path, LINE)]}
    tables = pull("transactions", given, window(tmp_path))
    accounts = {str(row["account"]): row for row in rows(tables["accounts"])}
    assert set(accounts) == {"1000", "1050", "4000", "4090", "6000", "6110", "6120", "9999"}
    assert all(str(row["name"]).endswith(" (proposed)") for row in accounts.values())
    assert accounts["6110"]["statement_line"] == "cost_of_sales"
    assert set(entries(tables["entries"])["stripe:txn_1"]) == {("1050", 941), ("6110", 59), ("4000", -1000)}


def test_an_account_that_nothing_proposes_needs_a_chart(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"account '1007', the account of .*, is not in the chart the proposed chart"):
        pull("transactions", {"bank": [{**bank(tmp_path, LINE), "account": "1007"}]}, window(tmp_path))


def test_the_proposed_chart_is_one(tmp_path: Path) -> None:
    text = "\n".join(",".join(cells) for cells in (COLUMNS, *STANDARD))
    given = options(tmp_path, bank=[bank(tmp_path, LINE)], chart=write(tmp_path, "chart.csv", text))
    read = pull("transactions", given, window(tmp_path))["accounts"]
    assert read.rejects == ()
    assert read.rows.num_rows == len(STANDARD)
    assert text in (DOCS / "configuration.md").read_text(encoding="utf-8")


def test_a_rule_names_the_company_of_the_group_on_the_other_side(tmp_path: Path) -> None:
    rules = "- match: {party: ^anchor}\n  account: 6000\n  counterparty: anchor\n"
    given = bank(tmp_path, "2026-10-05,-90.00,Anchor Ltd,recharge,,1", "2026-10-06,-7.00,Marina,,,2")
    categories = write(tmp_path, "books/group.yaml", rules)
    found = rows(books(tmp_path, bank=[given], categories=categories)["entries"])
    assert {(row["account"], row["amount_minor"]): row["counterparty"] for row in found} == {
        ("1000", -9_000): None,
        ("6000", 9_000): "anchor",
        ("1000", -700): None,
        ("9999", 700): None,
    }
