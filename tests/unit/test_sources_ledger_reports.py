"""The exports of QuickBooks Online and Xero in the layouts they come in, and the reports that no entry can be made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from tests.general_ledgers import faults, legs, read
from tests.sourcing import rows

CLASSIC = """\
Example Charters LLC,,,,,,,
Journal,,,,,,,
"October 1-31, 2026",,,,,,,
,,,,,,,
Date,Transaction Type,Num,Name,Memo/Description,Account,Debit,Credit
10/15/2026,Invoice,1001,Ada Lind,Half-day charter,Accounts Receivable (A/R),"1,250.00",
,,,,Half-day charter,Charters,,"1,250.00"
,,,,,,"1,250.00","1,250.00"

10/16/2026,Expense,,Harbor Marina,Slip,Berth,950.00,
,,,,Slip,1000 Checking,,$950.00
,,,,,,950.00,950.00
TOTAL,,,,,,"2,200.00","2,200.00"
"Thursday, November 5, 2026 10:12 AM GMT-08:00",,,,,,,
"""
GROUPED = """\
"Example Charters LLC",,,,,,,,
Journal,,,,,,,,
All Dates,,,,,,,,

,Transaction date,Transaction type,Num,Name,Description,Account Name,Debit,Credit
25,,,,,,,,
,10/15/2026,Invoice,1001,Ada Lind,Half-day charter,Accounts Receivable (A/R),"1,250.00",
,10/15/2026,Invoice,1001,Ada Lind,Half-day charter,Charters,,"1,250.00"
Total for 25,,,,,,,"$1,250.00","$1,250.00"
26,,,,,,,,
,10/16/2026,Expense,,Harbor Marina,Slip,Berth,950.00,
,10/16/2026,Expense,,Harbor Marina,,1000 Checking,,950.00
,10/16/2026,Expense,,Harbor Marina,,,,
Total for 26,,,,,,,$950.00,$950.00
TOTAL,,,,,,,"$2,200.00","$2,200.00"

"Accrual Basis Thursday, November 05, 2026 10:12 AM GMT-08:00",,,,,,,,
"""
FLAT = """\
Journal
Example Charters LLC
All Dates

Transaction date,Transaction type,Num,Name,Memo/Description,Account full name,Debit,Credit
10/15/2026,Invoice,1001,Ada Lind,Half-day charter,Accounts Receivable (A/R),"$1,250.00",
10/15/2026,Invoice,1001,Ada Lind,Half-day charter,Charters,,"$1,250.00"
10/16/2026,Expense,,Harbor Marina,Slip,Berth,$950.00,
10/16/2026,Expense,,Harbor Marina,Slip,1000 Checking,,$950.00
10/16/2026,Expense,,Harbor Marina,Slip,Berth,$950.00,
10/16/2026,Expense,,Harbor Marina,Slip,1000 Checking,,$950.00
"""
INVOICE = [("1200", 125000), ("4000", -125000)]
SLIP = [("1000", -95000), ("6000", 95000)]
GENERAL_LEDGER = """\
General Ledger
Example Charters LLC
"October 1-31, 2026"

,Distribution account,Transaction date,Transaction type,Num,Name,Memo/Description,Split account,Amount,Balance
1000 Checking,,,,,,,,,
,Beginning Balance,,,,,,,,"90,124.79"
,1000 Checking,10/02/2026,Expense,,Marina,,-Split-,"-2,562.45","87,562.34"
Total for 1000 Checking,,,,,,,,"-$2,562.45",
"""
DETAIL = """\
Transaction Detail by Account
Date,Transaction Type,Num,Name,Memo/Description,Account,Split,Amount
10/05/2026,Check,101,Vendor,rent,Berth,Checking,"1,200.00"
"""
ACCOUNT_TRANSACTIONS = """\
Account Transactions
Example Charters Ltd
For the period 1 October 2026 to 31 October 2026

Date,Source,Description,Reference,Debit,Credit,Running Balance,Gross,Tax
Checking,,,,,,,,
Opening Balance,,,,100.00,,100.00,,
16 Oct 2026,Spend Money,Harbor Marina,SLIP-14,,950.00,(850.00),(950.00),0.00
Total Checking,,,,0.00,950.00,,,
Closing Balance,,,,,850.00,,,
Accounts Receivable (1200),,,,,,,,
15 Oct 2026,Receivable Invoice,Ada Lind,INV-1001,"1,250.00",,"1,250.00","1,250.00",0.00
Berth,,,,,,,,
16 Oct 2026,Spend Money,Slip,SLIP-14,950.00,,950.00,950.00,0.00
Charters,,,,,,,,
15 Oct 2026,Receivable Invoice,Half-day charter,INV-1001,,"1,250.00","1,250.00","1,250.00",0.00
Total,,,,"2,200.00","2,200.00",,,
"""
JOURNALS = """\
JournalNumber,JournalDate,CreatedDateUTC,Reference,SourceType,AccountCode,AccountName,Description,NetAmount
310,2026-10-15T00:00:00,2026-10-15T09:30:00,INV-1001,ACCREC,1200,Accounts Receivable,Half-day charter,1250.00
310,2026-10-15T00:00:00,2026-10-15T09:30:00,INV-1001,ACCREC,4000,Charters,Half-day charter,-1250.00
311,2026-10-16T00:00:00,2026-10-20T11:00:00,,CASHPAID,6000,Berth,Slip,950.00
311,2026-10-16T00:00:00,2026-10-20T11:00:00,,CASHPAID,1000,Checking,Slip,-950.00
"""


@pytest.mark.parametrize("text", [CLASSIC, GROUPED])
def test_the_journal_of_quickbooks(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text, format="quickbooks")
    assert table.rejects == ()
    assert sorted(legs(table).values()) == [SLIP, INVOICE]
    first = next(row for row in rows(table) if row["account"] == "4000")
    assert (first["document"], first["party"], first["memo"]) == ("1001", "Ada Lind", "Half-day charter")


def test_a_transaction_of_quickbooks_keeps_its_number(tmp_path: Path) -> None:
    assert legs(read(tmp_path, GROUPED, format="quickbooks")) == {"ledger:25": INVOICE, "ledger:26": SLIP}


def test_a_journal_without_groups_is_told_apart_by_its_sums(tmp_path: Path) -> None:
    table = read(tmp_path, FLAT, format="quickbooks")
    assert sorted(legs(table).values()) == [SLIP, SLIP, INVOICE]  # equal ones within one file are two payments
    again = read(tmp_path, FLAT, FLAT, format="quickbooks")
    assert again.rows.drop(["source_file"]).equals(table.rows.drop(["source_file"]))


def test_a_journal_in_groups_of_something_else_is_told_apart_too(tmp_path: Path) -> None:
    text = GROUPED.replace("\n25,,,", "\nOctober 2026,,,").replace("Total for 25", "Total for October 2026")
    text = "\n".join(line for line in text.split("\n") if not line.startswith(("26,", "Total for 26")))
    assert sorted(legs(read(tmp_path, text, format="quickbooks")).values()) == [SLIP, INVOICE]


@pytest.mark.parametrize(("text", "line"), [(GENERAL_LEDGER, 5), (DETAIL, 2)])
def test_a_report_from_one_side_is_refused_with_the_one_that_is_needed(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(SourceError, match="not the report Journal") as caught:
        read(tmp_path, text, format="quickbooks")
    assert caught.value.problem.where is not None
    assert (caught.value.problem.where.file, caught.value.problem.where.line) == ("books/gl-0.csv", line)
    assert "Journal" in caught.value.problem.remedy


@pytest.mark.parametrize("kind", ["quickbooks", "xero"])
@pytest.mark.parametrize("text", ["hello\n", "", "a,b\n" * 50])
def test_what_is_no_report(tmp_path: Path, text: str, kind: str) -> None:
    with pytest.raises(SourceError, match="no header of a report"):
        read(tmp_path, text, format=kind)


@pytest.mark.parametrize("text", [ACCOUNT_TRANSACTIONS, JOURNALS])
def test_the_ledgers_of_xero(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text, format="xero")
    assert table.rejects == ()
    assert sorted(legs(table).values()) == [SLIP, INVOICE]
    assert {row["document"] for row in rows(table) if row["account"] == "4000"} == {"INV-1001"}


def test_a_report_of_some_accounts_only_does_not_balance(tmp_path: Path) -> None:
    text = ACCOUNT_TRANSACTIONS[: ACCOUNT_TRANSACTIONS.index("Charters,")]
    table = read(tmp_path, text, format="xero")
    assert list(legs(table).values()) == [SLIP]
    (fault,) = table.rejects
    assert (fault.file, fault.line, fault.value) == ("books/gl-0.csv", 12, "15 Oct 2026 Receivable Invoice INV-1001")
    assert "off by 1250.00 USD" in fault.expected


def test_a_bad_cell_is_named_as_the_report_calls_it(tmp_path: Path) -> None:
    table = read(tmp_path, GROUPED.replace("950.00,\n", "95O.00,\n", 1), format="quickbooks")
    assert faults(table) == [("books/gl-0.csv", 11, "Debit")]
    assert list(legs(table).values()) == [INVOICE]
