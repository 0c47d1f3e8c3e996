"""The bank's side: lines as the bank and Stripe give them, the balances they state, beside a ledger or with derived books."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.reconciliation import matched, open_items
from tests.ledgers import BANK, BANK_HEADER, Options, bank, books, stripe
from tests.sourcing import pull, rows, window
from tests.tables import frame

BALANCED: Options = {"columns": {**BANK["columns"], "balance": "Balance"}, "header": f"{BANK_HEADER},Balance"}


def test_lines_are_what_the_bank_says(tmp_path: Path) -> None:
    file = bank(tmp_path, "2026-10-05,-950.00,Harbor Marina,Slip 14,,77", "2026-10-06,0.00,Bank,News,,78")
    tables = pull("bank_statements", {"bank": [file]}, window(tmp_path))
    assert list(tables) == ["bank_lines", "bank_balances"]
    assert rows(tables["bank_lines"]) == [
        {
            "line": "bank:1000:77",
            "date": date(2026, 10, 5),
            "account": "1000",
            "amount_minor": -95_000,
            "currency": "USD",
            "party": "Harbor Marina",
            "memo": "Slip 14",
            "document": None,
            "source_file": "books/bank.csv",
            "source_line": 2,
        }
    ]
    assert tables["bank_lines"].covers == (date(2026, 10, 5), date(2026, 10, 7))
    assert rows(tables["bank_balances"]) == []


LINES = ("2026-10-05,-1.00,A,,,1,99.00", "2026-10-05,-2.00,B,,,2,97.00", "2026-10-07,5.00,C,,,3,102.00")


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_last_balance_of_a_day_is_its_closing_balance(tmp_path: Path, newest_first: bool) -> None:
    lines = tuple(reversed(LINES)) if newest_first else LINES
    tables = pull("bank_statements", {"bank": [bank(tmp_path, *lines, **BALANCED)]}, window(tmp_path))
    assert [(row["date"], row["balance_minor"]) for row in rows(tables["bank_balances"])] == [
        (date(2026, 10, 5), 9_700),
        (date(2026, 10, 7), 10_200),
    ]


@pytest.mark.parametrize("lines", [LINES[:2], LINES[1::-1]])
def test_a_single_day_tells_its_closing_balance_in_either_order(tmp_path: Path, lines: tuple[str, ...]) -> None:
    tables = pull("bank_statements", {"bank": [bank(tmp_path, *lines, **BALANCED)]}, window(tmp_path))
    assert [row["balance_minor"] for row in rows(tables["bank_balances"])] == [9_700]


def test_a_day_that_is_spread_over_two_files_has_one_closing_balance(tmp_path: Path) -> None:
    files = [bank(tmp_path, line, name=f"books/{n}.csv", **BALANCED) for n, line in enumerate(LINES[1::-1])]
    tables = pull("bank_statements", {"bank": files}, window(tmp_path))
    assert [row["balance_minor"] for row in rows(tables["bank_balances"])] == [9_700]


def test_a_balance_in_the_settings_holds_and_none_from_after_the_period(tmp_path: Path) -> None:
    stated = [{"date": "2026-10-07", "amount": "103.00"}, {"date": "2026-11-01", "amount": "1.00"}]
    tables = pull("bank_statements", {"bank": [bank(tmp_path, *LINES, **BALANCED, balances=stated)]}, window(tmp_path))
    assert [row["balance_minor"] for row in rows(tables["bank_balances"])] == [9_700, 10_300]


def test_a_balance_with_more_decimals_than_the_currency_has_is_refused(tmp_path: Path) -> None:
    file = bank(tmp_path, *LINES, **BALANCED, balances=[{"date": "2026-10-07", "amount": "103.005"}])
    with pytest.raises(SourceError, match="2026-10-07"):
        pull("bank_statements", {"bank": [file]}, window(tmp_path))


def test_a_bad_line_is_named_and_too_many_fail_the_source(tmp_path: Path) -> None:
    file = bank(tmp_path, *LINES, "2026-10-08,x,D,,,4,1.00", **BALANCED)
    tables = pull("bank_statements", {"bank": [file], "max_rejected": "0.5"}, window(tmp_path))
    assert [(fault.line, fault.column) for fault in tables["bank_lines"].rejects] == [(5, "Amount")]
    with pytest.raises(SourceError, match="1 of 4 rows of bank_lines"):
        pull("bank_statements", {"bank": [file]}, window(tmp_path))


def test_derived_books_reconcile_but_for_a_payout_that_the_bank_has_not(tmp_path: Path) -> None:
    tables = books(
        tmp_path,
        bank=[bank(tmp_path, "2026-10-05,97.00,STRIPE,payout,,1")],
        stripe=[
            stripe(
                tmp_path,
                "txn_1,charge,ch_1,100.00,3.00,97.00,usd,2026-10-01 17:00,2026-10-03 00:00,Charter,Ada,",
                "txn_2,payout,po_1,-97.00,0.00,-97.00,usd,2026-10-03 17:00,2026-10-03 00:00,STRIPE PAYOUT,,",
                "txn_3,charge,ch_2,50.00,2.00,48.00,usd,2026-10-20 17:00,2026-10-22 00:00,Charter,Ben,",
                "txn_4,payout,po_2,-48.00,0.00,-48.00,usd,2026-10-22 17:00,2026-10-22 00:00,STRIPE PAYOUT,,",
            )
        ],
    )
    entries, lines = (frame(name, rows(tables[name])) for name in ("entries", "bank_lines"))
    matches = matched(entries, lines)
    waiting = open_items(matches, date(2026, 11, 1))
    assert waiting[["side", "account", "reference", "amount_minor", "age_days"]].values.tolist() == [
        ["bank", "1050", "stripe:txn_4", -4_800, 9]
    ]
    assert sorted(matches[matches["group"] >= 0].groupby("group")["kind"].first()) == ["one_to_one", *["reference"] * 3]
