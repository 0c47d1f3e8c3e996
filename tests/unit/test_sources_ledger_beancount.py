"""Beancount ledgers: what bean-query says of them is what the books hold, and no file runs code of its own."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources import PulledTable
from quarterdeck.sources.ledger import Ledger
from tests.general_ledgers import CHART, legs
from tests.sourcing import pull, rows, window, write

BIN = Path(sys.executable).parent
IGNORED = ["VACHR", "IRAUSD"]  # hours of leave, and room for contributions
SEEDS = (1, 7, 20)
SMALL = """\
option "title" "Example"
option "operating_currency" "USD"
2026-01-01 open Assets:Checking USD
2026-01-01 open Income:Charters USD
2026-01-01 open Expenses:Berth USD
2026-10-15 * "Ada Lind" "Half-day charter"
  service_date: 2026-10-20
  document: "INV-1001"
  Assets:Checking   1250.00 USD
  Income:Charters  -1250.00 USD
    counterparty: "beta"
"""
ACCOUNTS = {"Assets:Checking": "1000", "Income:Charters": "4000", "Expenses:Berth": "6000"}


def query(ledger: Path, sentence: str) -> list[dict[str, str]]:
    """What bean-query itself answers."""
    done = subprocess.run([BIN / "bean-query", "-q", "-f", "csv", ledger, sentence], capture_output=True, text=True, check=True)
    return [{name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(io.StringIO(done.stdout))]


@pytest.fixture(scope="session", params=SEEDS)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("beancount") / "example.beancount"
    begin = ["--date-begin", "2026-01-01", "--date-end", "2026-10-31"]
    subprocess.run([BIN / "bean-example", "--seed", str(request.param), *begin, "-o", path], check=True, capture_output=True)
    return path


def chart_of(ledger: Path, root: Path) -> str:
    types = {"Assets": ("asset", "cash"), "Liabilities": ("liability", "payables"), "Equity": ("equity", "equity")}
    types |= {"Income": ("income", "revenue"), "Expenses": ("expense", "operating_expenses")}
    found = sorted({row["account"] for row in query(ledger, "SELECT account")} | {"Expenses:Rounding"})
    lines = [f"{account},{account},{','.join(types[account.partition(':')[0]])}" for account in found]
    return write(root, "chart.csv", "\n".join(("account,name,type,statement_line", *lines)) + "\n")


def oracle(ledger: Path) -> dict[str, int]:
    """Cents by account, as bean-query sums them."""
    sentence = "SELECT account, sum(round(number(weight), 2)) AS total WHERE currency(weight) = 'USD' GROUP BY account"
    return {row["account"]: cents(row["total"]) for row in query(ledger, sentence)}


def cents(text: str) -> int:
    whole, _, fraction = text.partition(".")
    assert not fraction[2:].strip("0")
    return int(whole + fraction[:2].ljust(2, "0"))


def balances(table: PulledTable) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in rows(table):
        found[str(row["account"])] += int(str(row["amount_minor"]))
    return dict(found)


def without_zeros(found: dict[str, int]) -> dict[str, int]:
    return {account: minor for account, minor in found.items() if minor}


def beancount(root: Path, name: str, chart: str, **more: object) -> dict[str, object]:
    return {
        "format": "beancount",
        "files": [name],
        "chart": chart,
        "program": str(BIN / "bean-query"),
        "max_rejected": 1,
        **more,
    }


def small(root: Path, text: str = SMALL, **more: object) -> PulledTable:
    name = write(root, "books/main.beancount", text)
    chart = write(root, "chart.csv", CHART)
    return pull("ledger", beancount(root, name, chart, **{"accounts": ACCOUNTS, **more}), window(root))["entries"]


def test_an_example_sums_to_what_bean_query_says(example: Path, tmp_path: Path) -> None:
    name = write(tmp_path, "main.beancount", example.read_bytes())
    given = beancount(tmp_path, name, chart_of(example, tmp_path), ignored=IGNORED, rounding="Expenses:Rounding")
    table = pull("ledger", given, window(tmp_path))["entries"]
    assert table.rejects == ()
    legs(table)
    found, wanted = balances(table), oracle(example)
    lost = found.pop("Expenses:Rounding", 0)
    assert without_zeros(found) == without_zeros(wanted)
    assert lost == -sum(wanted.values())
    assert abs(lost) < 200  # a cent or so for each purchase of shares


def test_an_example_by_way_of_csv_sums_to_the_same(example: Path, tmp_path: Path) -> None:
    sentence = "SELECT id, date, account, round(number(weight), 2) AS n, payee, narration WHERE currency(weight) = 'USD'"
    by_entry: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in query(example, sentence):
        by_entry[row["id"]].append(row)
    lines = ["id,date,account,amount"]
    for id, entry in by_entry.items():
        lines += [f"{id},{row['date']},{row['account']},{row['n']}" for row in entry]
        off = sum(cents(row["n"]) for row in entry)
        if off:
            lines.append(f"{id},{entry[0]['date']},Expenses:Rounding,{'-' if off > 0 else ''}{abs(off) / 100:.2f}")
    columns = {"entry": "id", "date": "date", "account": "account", "amount": "amount"}
    given = {"format": "csv", "files": [write(tmp_path, "gl.csv", "\n".join(lines))], "columns": columns}
    table = pull("ledger", {**given, "chart": chart_of(example, tmp_path)}, window(tmp_path))["entries"]
    found = balances(table)
    found.pop("Expenses:Rounding", 0)
    assert without_zeros(found) == without_zeros(oracle(example))
    assert table.rejects == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_more_examples(seed: int, tmp_path: Path) -> None:
    path, begin = tmp_path / "example.beancount", ["--date-begin", "2023-01-01", "--date-end", "2026-10-31"]
    subprocess.run([BIN / "bean-example", "--seed", str(seed), *begin, "-o", path], check=True, capture_output=True)
    test_an_example_sums_to_what_bean_query_says(path, tmp_path)
    test_an_example_by_way_of_csv_sums_to_the_same(path, tmp_path)


def test_metadata_and_places(tmp_path: Path) -> None:
    table = small(tmp_path)
    checking, charters = rows(table)
    assert (checking["account"], checking["amount_minor"], checking["source_line"]) == ("1000", 125000, 9)
    assert (charters["account"], charters["counterparty"], charters["source_line"]) == ("4000", "beta", 10)
    assert str(checking["service_date"]) == "2026-10-20"
    assert (checking["party"], checking["memo"], checking["document"]) == ("Ada Lind", "Half-day charter", "INV-1001")
    assert (checking["source_file"], checking["origin"]) == ("books/main.beancount", "ledger")
    assert str(tmp_path) not in repr(rows(table))


def test_equal_transactions_are_two_and_what_two_files_say_counts_once(tmp_path: Path) -> None:
    twice = SMALL + SMALL[SMALL.index("2026-10-15") :]
    assert len(legs(small(tmp_path, twice))) == 2
    names = [write(tmp_path, f"books/{n}.beancount", twice) for n in "ab"]
    chart = write(tmp_path, "chart.csv", CHART)
    given = beancount(tmp_path, "", chart, files=names, accounts=ACCOUNTS)
    assert len(legs(pull("ledger", given, window(tmp_path))["entries"])) == 2


def test_includes_in_the_folder_are_read_and_named(tmp_path: Path) -> None:
    split = SMALL.index("2026-10-15")
    write(tmp_path, "books/2026/oct.beancount", SMALL[split:])
    table = small(tmp_path, SMALL[:split] + 'include "2026/*.beancount"\n')
    assert {row["source_file"] for row in rows(table)} == {"books/2026/oct.beancount"}


def test_what_beancount_has_against_a_ledger_is_named(tmp_path: Path) -> None:
    text = SMALL + '2026-10-16 * "n"\n  Assets:Checking  1.00 USD\n  Expenses:Berth  -2.00 USD\n2026-10-17 nonsense\n'
    table = small(tmp_path, text)
    assert len(legs(table)) == 1
    found = [(fault.file, fault.line, fault.column) for fault in table.rejects]
    assert ("books/main.beancount", 12, "directive") in found  # it does not balance
    assert ("books/main.beancount", 13, "entry") in found
    assert any(line == 15 for _, line, _ in found)  # what cannot be read is in no answer, and is missed


def test_other_commodities_are_refused_unless_ignored(tmp_path: Path) -> None:
    text = SMALL + '2026-10-16 * "n"\n  Assets:Checking  8 VACHR\n  Expenses:Berth  -8 VACHR\n'
    text = text.replace("Checking USD", "Checking").replace("Berth USD", "Berth")
    assert [fault.value for fault in small(tmp_path, text).rejects] == ["VACHR", "VACHR"]
    assert small(tmp_path, text, ignored=["VACHR"]).rejects == ()


def test_what_rounding_loses_needs_an_account(tmp_path: Path) -> None:
    bought = '2026-10-16 * "n"\n  Assets:Checking  -1.01 USD\n  Expenses:Berth  3 SHARE @ 0.3350 USD\n'
    text = SMALL.replace("Checking USD", "Checking").replace("Berth USD", "Berth") + bought
    (fault,) = small(tmp_path, text).rejects
    assert "off by -0.01 USD, or name an account for rounding" in fault.expected
    table = small(tmp_path, text, rounding="6999")
    assert table.rejects == ()
    assert balances(table)["6999"] == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('plugin "evil"', "wants to run the plugin 'evil'"),
        ('plugin "evil" "config"', "wants to run the plugin 'evil'"),
        ('  plugin "evil"', "where it cannot be told"),
        ('2026-01-01 open Assets:B plugin "evil"', "where it cannot be told"),
        ('option "insert_pythonpath" "TRUE"', "option 'insert_pythonpath' is not taken"),
        ('option "plugin_processing_mode" "raw"', "is not taken"),
        ('option "documents" "/"', "is not taken"),
        ('include "/etc/passwd"', "outside of the ledger's folder"),
        ('include "../other.beancount"', "outside of the ledger's folder"),
        ('include "~/other.beancount"', "outside of the ledger's folder"),
        ('include "link.beancount"', "leads out of the ledger's folder"),
        ('include "secret.gpg"', "is encrypted"),
        ('include "gone.beancount"', "is included and not there"),
        ("2026-01-01 open Assets:B\x0cplugin", "control character"),
    ],
)
def test_what_a_hostile_file_would_have_run_or_read(tmp_path: Path, line: str, said: str) -> None:
    write(tmp_path, "outside.beancount", SMALL)
    write(tmp_path, "books/secret.gpg", "x")
    (tmp_path / "books/link.beancount").symlink_to(tmp_path / "outside.beancount")
    with pytest.raises(SourceError, match=said.replace("(", r"\(")) as caught:
        small(tmp_path, f"{SMALL}{line}\n")
    assert caught.value.problem.where is not None
    assert (caught.value.problem.where.file, caught.value.problem.where.line) == ("books/main.beancount", 12)


def test_a_module_beside_the_ledger_is_not_found_even_where_a_plugin_of_its_name_is_allowed(tmp_path: Path) -> None:
    write(tmp_path, "books/evil.py", f"open({str(tmp_path / 'ran')!r}, 'w')\n__plugins__ = ()\n")
    table = small(tmp_path, f'{SMALL}plugin "evil"\n', plugins=["evil"])
    assert not (tmp_path / "ran").exists()
    assert [fault.column for fault in table.rejects] == ["directive"]


def test_a_plugin_that_is_allowed_runs(tmp_path: Path) -> None:
    text = SMALL.replace("2026-01-01 open Income:Charters USD\n", "")
    assert small(tmp_path, text).rejects
    plugin = "beancount.plugins.auto_accounts"
    assert small(tmp_path, f'{text}plugin "{plugin}"\n', plugins=[plugin]).rejects == ()


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no program 'gone-query'") as caught:
        small(tmp_path, program="gone-query")
    assert "pip install beanquery" in caught.value.problem.remedy
    given = beancount(tmp_path, "books/main.beancount", "chart.csv", program="gone-query")
    with pytest.raises(SourceError, match="there is no program 'gone-query'"):
        Ledger.check(Ledger.Options.model_validate(given), window(tmp_path))


def test_a_program_that_fails(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"bean-query failed \(1\)"):
        small(tmp_path, program="/bin/false")
