"""Stripe's balance transactions as balanced entries, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from tests.ledgers import STRIPE, STRIPE_HEADER, balances, bank, books, entries, faults, stripe
from tests.sourcing import rows, write

CHARGE = "txn_1,charge,ch_1,1450.00,42.35,1407.65,usd,2026-10-05 19:30,2026-10-07 00:00,Half day,Ada Abbott,2026-10-12"


def _line(id: str = "txn_1", kind: str = "charge", cents: tuple[str, str, str] = ("10.00", "0.59", "9.41"), **more: str) -> str:
    amount, fee, net = cents
    cells = {
        "currency": "usd", "created": "2026-10-05 19:30:00", "description": "", "customer": "", "service": "", "source": "",
        **more,
    }  # fmt: skip
    return (
        f"{id},{kind},{cells['source']},{amount},{fee},{net},{cells['currency']},{cells['created']},,"
        f"{cells['description']},{cells['customer']},{cells['service']}"
    )


def test_a_charge(tmp_path: Path) -> None:
    table = books(tmp_path, stripe=[stripe(tmp_path, CHARGE)])["entries"]
    clearing, fee, revenue = rows(table)
    assert clearing == {
        "entry": "stripe:txn_1",
        "leg": 0,
        "date": date(2026, 10, 5),
        "account": "1050",
        "amount_minor": 140765,
        "currency": "USD",
        "party": "Ada Abbott",
        "document": "ch_1",
        "memo": "Half day",
        "service_date": date(2026, 10, 12),
        "created_at": None,
        "created_by": None,
        "counterparty": None,
        "origin": "stripe",
        "source_file": "books/stripe.csv",
        "source_line": 2,
    }
    assert (fee["account"], fee["amount_minor"], fee["party"]) == ("6110", 4235, "Stripe")
    assert (revenue["account"], revenue["amount_minor"], revenue["party"]) == ("4000", -145000, "Ada Abbott")
    assert table.watermark == datetime(2026, 10, 5, 19, 30, tzinfo=UTC)
    assert table.covers == (date(2026, 10, 5), date(2026, 10, 6))


@pytest.mark.parametrize(
    ("kind", "cents", "legs"),
    [
        ("payment", ("10.00", "0.00", "10.00"), [("1050", 1000), ("4000", -1000)]),
        ("refund", ("-10.00", "0.00", "-10.00"), [("1050", -1000), ("4090", 1000)]),
        ("refund", ("-10.00", "-0.30", "-9.70"), [("1050", -970), ("6110", -30), ("4090", 1000)]),
        ("payment_refund", ("-10.00", "0.00", "-10.00"), [("1050", -1000), ("4090", 1000)]),
        ("refund_failure", ("10.00", "0.00", "10.00"), [("1050", 1000), ("4090", -1000)]),
        ("adjustment", ("-10.00", "15.00", "-25.00"), [("1050", -2500), ("6110", 1500), ("6120", 1000)]),
        ("stripe_fee", ("-2.00", "0.00", "-2.00"), [("1050", -200), ("6110", 200)]),
        ("stripe_fee", ("0.00", "2.00", "-2.00"), [("1050", -200), ("6110", 200)]),
        ("payout", ("-10.00", "0.00", "-10.00"), [("1050", -1000), ("1000", 1000)]),
        ("payout_failure", ("10.00", "0.00", "10.00"), [("1050", 1000), ("1000", -1000)]),
        ("topup", ("10.00", "0.00", "10.00"), [("1050", 1000), ("1000", -1000)]),
        ("transfer", ("-10.00", "0.00", "-10.00"), [("1050", -1000), ("9999", 1000)]),
        ("reserve_transaction", ("-10.00", "0.00", "-10.00"), [("1050", -1000), ("9999", 1000)]),
        ("Charge", ("10.00", "0.59", "9.41"), [("1050", 941), ("6110", 59), ("4000", -1000)]),
    ],
)
def test_every_type(tmp_path: Path, kind: str, cents: tuple[str, str, str], legs: list[tuple[str, int]]) -> None:
    table = books(tmp_path, stripe=[stripe(tmp_path, _line(kind=kind, cents=cents))])["entries"]
    assert entries(table) == {"stripe:txn_1": legs}


@pytest.mark.parametrize(
    ("kind", "category", "account"),
    [
        ("adjustment", "dispute", "6120"),
        ("adjustment", "dispute_reversal", "6120"),
        ("adjustment", "refund_failure", "4090"),
        ("adjustment", "fee", "6110"),
        ("adjustment", "", "6120"),
        ("adjustment", "other_adjustment", "9999"),
        ("refund", "refund", "4090"),
        ("refund", "partial_capture_reversal", "4000"),
        ("payment_failure_refund", "charge_failure", "4000"),
        ("charge", "charge", "4000"),
    ],
)
def test_the_reporting_category_says_what_a_row_is(tmp_path: Path, kind: str, category: str, account: str) -> None:
    header = "id,Type,Reporting Category,Amount,Fee,Net,Currency,Created (UTC)\n"
    file = write(tmp_path, "books/s.csv", f"{header}t,{kind},{category},-10.00,0.00,-10.00,usd,2026-10-05 19:30\n")
    table = books(tmp_path, stripe=[{**STRIPE, "path": file}])["entries"]
    assert entries(table) == {"stripe:t": [("1050", -1000), (account, 1000)]}


def test_a_dispute_that_was_won_leaves_its_fee_alone(tmp_path: Path) -> None:
    lost = _line("txn_1", "adjustment", ("-10.00", "15.00", "-25.00"))
    won = _line("txn_2", "adjustment", ("10.00", "0.00", "10.00"))
    table = books(tmp_path, stripe=[stripe(tmp_path, lost, won)])["entries"]
    assert balances(table) == {"1050": -1500, "6110": 1500, "6120": 0}


@pytest.mark.parametrize(
    ("currency", "cents", "minor"),
    [
        ("jpy", ("1000", "36", "964"), 964),
        ("jpy", ("1000.00", "36.00", "964.00"), 964),
        ("kwd", ("1.234", "0.100", "1.134"), 1134),
    ],
)
def test_currencies_without_cents_and_with_thousandths(
    tmp_path: Path, currency: str, cents: tuple[str, str, str], minor: int
) -> None:
    table = books(tmp_path, stripe=[stripe(tmp_path, _line(cents=cents, currency=currency))])["entries"]
    assert rows(table)[0]["amount_minor"] == minor
    assert rows(table)[0]["currency"] == currency.upper()


def test_yen_have_no_cents(tmp_path: Path) -> None:
    table = books(tmp_path, stripe=[stripe(tmp_path, _line(cents=("10.50", "0.00", "10.50"), currency="jpy"))])["entries"]
    assert faults(table) == [("books/stripe.csv", 2, "Amount"), ("books/stripe.csv", 2, "Net")]


def test_payouts_of_old_exports_were_called_transfers(tmp_path: Path) -> None:
    line = _line(kind="transfer", cents=("-10.00", "0.00", "-10.00"), description="STRIPE TRANSFER")
    assert entries(books(tmp_path, stripe=[stripe(tmp_path, line)])["entries"])["stripe:txn_1"][1] == ("1000", 1000)


def test_a_payout_counts_once_where_the_bank_has_it_too(tmp_path: Path) -> None:
    """Charged 1,450.00 less 42.35; 1,407.65 reach the bank on the 8th: the balance is empty, the bank has it, once."""
    lines = (CHARGE, _line("txn_2", "payout", ("-1407.65", "0.00", "-1407.65"), created="2026-10-07 13:00:00"))
    line = "2026-10-08,1407.65,STRIPE,TRANSFER,,1"
    with_bank = books(tmp_path, stripe=[stripe(tmp_path, *lines)], bank=[bank(tmp_path, line)])["entries"]
    assert balances(with_bank) == {"1050": 0, "6110": 4235, "4000": -145000, "1000": 140765}
    assert "stripe:txn_2" not in entries(with_bank)
    assert entries(with_bank)["bank:1000:1"] == [("1000", 140765), ("1050", -140765)]

    without = books(tmp_path, stripe=[stripe(tmp_path, *lines)])["entries"]
    assert balances(without) == balances(with_bank)

    elsewhere = books(tmp_path, stripe=[stripe(tmp_path, *lines, payout_to="1010")], bank=[bank(tmp_path)])["entries"]
    assert balances(elsewhere)["1010"] == 140765


def test_money_on_its_way_at_the_end_stays_in_the_balance(tmp_path: Path) -> None:
    late = _line("txn_2", "payout", ("-1407.65", "0.00", "-1407.65"), created="2026-11-02 13:00:00")
    table = books(tmp_path, stripe=[stripe(tmp_path, CHARGE, late)])["entries"]
    assert balances(table)["1050"] == 140765
    assert table.covers == (date(2026, 10, 5), date(2026, 11, 1))


def test_days_are_those_of_the_tenant(tmp_path: Path) -> None:
    lines = (_line("a", created="2026-11-01 06:59:59"), _line("b", created="2026-11-01 07:00:00"))
    table = books(tmp_path, stripe=[stripe(tmp_path, *lines)])["entries"]
    assert {(row["entry"], row["date"]) for row in rows(table)} == {("stripe:a", date(2026, 10, 31))}
    assert table.rejects == ()


def test_currencies_balance_each_for_itself(tmp_path: Path) -> None:
    lines = (_line("a"), _line("b", cents=("1000", "36", "964"), currency="jpy"))
    found = rows(books(tmp_path, stripe=[stripe(tmp_path, *lines)])["entries"])
    assert [(row["currency"], row["amount_minor"]) for row in found] == [
        ("USD", 941), ("USD", 59), ("USD", -1000), ("JPY", 964), ("JPY", 36), ("JPY", -1000),
    ]  # fmt: skip


def test_rows_of_nothing_make_no_entry_and_are_no_fault(tmp_path: Path) -> None:
    table = books(tmp_path, stripe=[stripe(tmp_path, _line(cents=("0.00", "0.00", "0.00")))])["entries"]
    assert (table.rows.num_rows, table.rejects) == (0, ())


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (_line(kind="lottery"), "Type", "a type of Stripe's balance transactions"),
        (_line(cents=("10.00", "0.59", "9.42")), "Net", "the amount less the fee"),
        (_line(cents=('"1,000.00"', "0.00", '"1,000.00"')), "Amount", "an amount in USD"),
        (_line(cents=("(12.00)", "0.00", "(12.00)")), "Amount", "an amount in USD"),
        (_line(cents=("NaN", "0.00", "NaN")), "Amount", "an amount in USD"),
        (_line(cents=("1e400", "0.00", "1e400")), "Amount", "an amount in USD"),
        (_line(cents=("10.00", "", "10.00")), "Fee", "a value"),
        (_line(currency="dollars"), "Currency", "a currency code"),
        (_line(currency=""), "Currency", "a value"),
        (_line(created="05.10.2026"), "Created (UTC)", "an instant as"),
        (_line(id=""), "id", "a value"),
        (_line(service="soon"), "service_date (metadata)", "a day as"),
        (_line() + ",extra", "row", "12 cells"),
    ],
)
def test_bad_rows_are_rejected_whole(tmp_path: Path, line: str, column: str, expected: str) -> None:
    table = books(tmp_path, stripe=[stripe(tmp_path, _line("good"), line)])["entries"]
    assert set(entries(table)) == {"stripe:good"}
    fault = table.rejects[0]
    assert (fault.file, fault.line, fault.column) == ("books/stripe.csv", 3, column)
    assert expected in fault.expected


def test_the_later_of_two_rows_with_one_id_is_rejected_across_files(tmp_path: Path) -> None:
    first = stripe(tmp_path, _line("a"), _line("a", cents=("5.00", "0.00", "5.00")))
    changed = _line("a", cents=("4.00", "0.00", "4.00"))
    second = stripe(tmp_path, _line("b"), changed, name="books/stripe2.csv")
    table = books(tmp_path, stripe=[first, second])["entries"]
    assert set(entries(table)) == {"stripe:a", "stripe:b"}
    assert faults(table) == [("books/stripe.csv", 3, "id"), ("books/stripe2.csv", 3, "id")]
    assert table.rejects[1].expected == "an id that occurs once, or a row that says the same as books/stripe.csv:2"


def test_a_row_that_two_exports_have_counts_once(tmp_path: Path) -> None:
    first = stripe(tmp_path, _line("a"), _line("b"))
    second = stripe(tmp_path, _line("b"), _line("c"), name="books/stripe2.csv")
    table = books(tmp_path, stripe=[first, second])["entries"]
    assert set(entries(table)) == {"stripe:a", "stripe:b", "stripe:c"}
    assert table.rejects == ()


def test_the_layout_with_all_its_columns(tmp_path: Path) -> None:
    text = (
        "id,Type,Source,Amount,Fee,Destination Platform Fee,Destination Platform Fee Currency,Net,Currency,Created (UTC),"
        "Available On (UTC),Description,Customer Facing Amount,Customer Facing Currency,Transfer,Transfer Date (UTC),"
        "Transfer Group,order (metadata),customer (metadata)\n"
        "txn_1,charge,ch_1,30.00,1.17,,,28.83,usd,2026-10-22 21:56,2026-10-30 00:00,Invoice,30.00,usd,po_1,2026-10-30 00:00,"
        ",77,Ben\n"
    )
    settings = {**STRIPE, "path": write(tmp_path, "s.csv", text)}
    found = rows(books(tmp_path, stripe=[settings])["entries"])
    assert [(row["amount_minor"], row["party"]) for row in found] == [(2883, "Ben"), (117, "Stripe"), (-3000, "Ben")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "s.csv: the file is empty"),
        (STRIPE_HEADER.replace("Description", "Colour") + "\n", "s.csv:1: unknown column 'Colour'"),
        (STRIPE_HEADER.replace("Net,", "") + "\n", "s.csv:1: the column Net is missing"),
        (STRIPE_HEADER.replace(",", ";") + "\n", "s.csv:1: the header is one cell"),
    ],
)
def test_a_file_of_another_layout_fails_the_source(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        books(tmp_path, stripe=[{**STRIPE, "path": write(tmp_path, "s.csv", text)}])
    assert str(caught.value).startswith(said)
