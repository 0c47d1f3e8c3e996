"""The example portfolio: equal bytes from an equal seed, files that read without a reject, and facts that follow from rows.

Figures of the brief are asked of the sources and KPIs, and where it can be, worked out from the files once more.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from examples.portfolio import generate
from quarterdeck import audience
from quarterdeck.config import load_settings
from quarterdeck.kpis import KPIS
from quarterdeck.measure.exhibits import show
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.values import measure
from quarterdeck.model import At, Unavailable
from quarterdeck.money import Money
from quarterdeck.period import Period
from reports import role
from tests.examining import Seen, examine, portfolio, together

COMPANIES = {"jada", "queenofsandiego", "quickdumpnow", "dangerouscentaur"}
UNITS = {"rental", "expert-yacht-delivery", "dangerouscentaur-clients"}
# Of code in which nothing is wrong, or nothing is named, an audit has no rows.
NOTHING_FOUND = {"leaks", "env_files", "web_apps", "manifests", "pinned_runtimes", "branches"}
SHORTFALLS = {
    "pipeline_empty": {"jada"},
    "key_person_equity": {"jada"},
    "ota_listing_missing": {"jada"},
    "burn_unmonitored": {"queenofsandiego"},
    "funnel_broken": {"quickdumpnow"},
    "revenue_untracked": {"dangerouscentaur"},
    "billing_model_missing": {"dangerouscentaur"},
    "accounting_system_missing": COMPANIES,
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def seen(file: Path) -> Mapping[str, Seen]:
    return {tenant.id: examine(file, tenant.id) for tenant in load_settings(file, {}).members}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def git(path: Path, *arguments: str) -> list[str]:
    return subprocess.run(["git", "-C", path, *arguments], check=True, capture_output=True, text=True).stdout.splitlines()


def test_the_same_seed_and_day_give_the_same_bytes_and_commits(file: Path, tmp_path: Path) -> None:
    generate(tmp_path)
    again = bytes_of(tmp_path)
    assert again == bytes_of(file.parent)
    assert any(name.endswith(".pack") for name in again)
    generate(tmp_path)  # over what is there
    assert bytes_of(tmp_path) == again


def test_another_seed_gives_other_days_of_the_same_companies(file: Path, tmp_path: Path) -> None:
    generate(tmp_path, seed=8)
    one, other = ((folder / "portfolio.yaml").read_text("utf-8").splitlines() for folder in (file.parent, tmp_path))
    apart = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    assert all("balance: " in line or "amount: " in line for pair in apart for line in pair)  # what a bank states
    assert (tmp_path / "jada/books/bank.csv").read_bytes() != (file.parent / "jada/books/bank.csv").read_bytes()


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 1), "2024-11-01", "2026-10-31"),
        (date(2026, 10, 31), "2024-10-01", "2026-09-30"),
        (date(2028, 3, 15), "2026-03-01", "2028-02-29"),
        (date(2027, 1, 1), "2025-01-01", "2026-12-31"),
    ],
)
def test_the_data_is_the_24_whole_months_before_today(today: date, first: str, last: str, tmp_path: Path) -> None:
    generate(tmp_path, today)
    days = [row["date"] for row in rows_of(tmp_path / "quickdumpnow/inventory/funnel.csv")]
    assert (days[0], days[-1]) == (first, last)
    for tenant in ("queenofsandiego", "rental"):
        statement = rows_of(tmp_path / tenant / "books/bank.csv")
        assert min(row.get("Date") or row["Posted"] for row in statement) >= first
        assert max(row.get("Date") or row["Posted"] for row in statement) == last
    commits = git(tmp_path / "jada/code/bookings.git", "log", "--all", "--format=%cs")
    assert first[:7] == min(commits)[:7]
    assert last[:7] == max(commits)[:7]


def test_it_is_small_and_speaks_of_example_com_alone(file: Path) -> None:
    whole = bytes_of(file.parent)
    assert sum(map(len, whole.values())) < 10_000_000
    text = "\n".join(content.decode() for name, content in whole.items() if not (".git/" in name or name.endswith(".png")))
    logs = [line for path in file.parent.rglob("*.git") for line in git(path, "log", "--all", "--format=%ae %ce")]
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", text + "\n".join(logs))
    assert len(addresses) > 50
    assert {address.rpartition("@")[2].rstrip(".") for address in addresses} == {"example.com"}
    assert not re.findall(r"https?://", text)


def test_every_source_reads_every_row(seen: Mapping[str, Seen]) -> None:
    assert set(seen) == COMPANIES | UNITS
    for tenant, one in seen.items():
        assert set(one.rejected.values()) == {0}, tenant
        empty = {name for name, frame in one.tables.frames.items() if not len(frame)}
        assert empty <= {"rejects", "targets", "milestones", "blockers", "tags", "bank_balances"} | NOTHING_FOUND, tenant
    for tenant in set(seen) - {"dangerouscentaur"}:
        books = seen[tenant].tables.coverage["entries"]
        assert (books.first, books.last) == (date(2024, 10, 31), date(2026, 11, 1)), tenant


def entry_of(document: dict[str, Any], tenant: str) -> dict[str, Any]:
    """A tenant's part of portfolio.yaml."""
    return next(entry for entry in document["tenants"] if entry["id"] == tenant)


def source_of(document: dict[str, Any], tenant: str, source: str) -> dict[str, Any]:
    return next(entry for entry in entry_of(document, tenant)["sources"] if entry["id"] == source)


@cache
def bank_lines(file: Path, tenant: str) -> list[tuple[date, str, Decimal]]:
    """Day, party and signed amount of every line of a statement, by the layout that portfolio.yaml declares."""
    layout = source_of(yaml.safe_load(file.read_text()), tenant, "books")["bank"][0]
    columns, mark = layout["columns"], layout["decimal_mark"]

    def number(text: str) -> Decimal:
        return Decimal(text.replace(mark, ".") or 0)

    return [
        (
            datetime.strptime(row[columns["date"]], layout["date_format"]).date(),  # noqa: DTZ007 - a civil day
            row[columns["party"]],
            number(row[columns["amount"]])
            if "amount" in columns
            else number(row[columns["credit"]]) - number(row[columns["debit"]]),
        )
        for row in rows_of(file.parent / layout["path"], layout["delimiter"])
    ]


def burnt(file: Path, tenant: str, month: str) -> Decimal:
    """What a month took from the account, the owner's money left aside: worked out from the statement alone."""
    lines = bank_lines(file, tenant)
    return -sum(
        (amount for day, party, amount in lines if f"{day:%Y-%m}" == month and not party.startswith("Owner ")), Decimal(0)
    )


def test_the_portfolio_burns_7000_to_9000_a_month(file: Path, seen: Mapping[str, Seen]) -> None:
    months = ("2026-08", "2026-09", "2026-10")
    with_books = sorted(set(seen) - {"dangerouscentaur"})
    by_month = [sum(burnt(file, tenant, month) for tenant in with_books) for month in months]
    assert all(7000 <= amount <= 9000 for amount in by_month), by_month
    whole = together(file, seen)["net_burn"]
    assert whole.minor == round(sum(by_month) * 100 / 3)  # type: ignore[union-attr]
    each = {tenant: seen[tenant].minor("net_burn") for tenant in with_books}
    for tenant, minor in each.items():
        assert minor == round(sum(burnt(file, tenant, month) for month in months) * 100 / 3), tenant
    assert abs(sum(each.values()) - whole.minor) <= len(each)  # type: ignore[union-attr] # each is rounded to the cent
    assert 2000_00 < each["jada"] < 3000_00
    assert 2500_00 < each["queenofsandiego"] < 4000_00
    assert 1500_00 < each["quickdumpnow"] < 3000_00
    assert each["rental"] < 0
    assert abs(each["expert-yacht-delivery"]) < 1000_00
    assert abs(each["dangerouscentaur-clients"]) < 500_00


def test_burn_is_alike_in_every_trailing_quarter(file: Path, seen: Mapping[str, Seen]) -> None:
    """Reports of past months must read like one company's, too."""
    months = [f"{period}" for period in Period.parse("2026-10").trailing(21)]
    tenants = sorted(set(seen) - {"dangerouscentaur"})
    burn = [sum(burnt(file, tenant, month) for tenant in tenants) for month in months]
    assert all(7000 <= sum(burn[n - 2 : n + 1]) / 3 <= 9000 for n in range(2, len(burn)))


def test_cash_lasts_some_months_and_no_account_was_ever_below_zero(file: Path, seen: Mapping[str, Seen]) -> None:
    runway = together(file, seen)["runway"]
    assert isinstance(runway, Decimal)
    assert Decimal(5) <= runway <= Decimal(9)
    document = yaml.safe_load(file.read_text())
    for tenant in sorted(set(seen) - {"dangerouscentaur"}):
        balance = Decimal(source_of(document, tenant, "books")["opening"][0]["amount"])
        for _, _, amount in bank_lines(file, tenant):
            balance += amount
            assert balance > 0, tenant
        assert seen[tenant].minor("cash") == balance * 100


def test_jada_breaks_even_at_6_charters_and_sells_fewer(file: Path, seen: Mapping[str, Seen]) -> None:
    assert seen["jada"].figures["break_even_units"] == 6
    main = next(row for row in rows_of(file.parent / "jada/inventory/prices.csv") if row["is_main"] == "true")
    assert main["unit"] == "charter"
    left = (Decimal(main["price"]) - Decimal(main["variable_cost"])) * 100
    assert 5 < Decimal(seen["jada"].minor("fixed_costs")) / left <= 6
    charges = [row for row in rows_of(file.parent / "jada/books/stripe.csv") if row["Type"] == "charge"]
    by_month = Counter(row["Created (UTC)"][:7] for row in charges)
    assert max(by_month.values()) < 6
    summer = sum(by_month[f"{year}-0{month}"] for year in (2025, 2026) for month in (6, 7, 8))
    winter = sum(by_month[month] for month in ("2024-12", "2025-01", "2025-02", "2025-12", "2026-01", "2026-02"))
    assert winter * 2 < summer


def test_four_milestones_lead_into_the_first_quarter_of_2027(file: Path, seen: Mapping[str, Seen]) -> None:
    tables, at = portfolio(file, seen)
    values = measure(Inputs(tables), at, {}).values
    (table,) = show(("milestone_roadmap",), Inputs(tables), at, values).exhibits
    listed = yaml.safe_load(file.read_text())["portfolio"]["milestones"]
    assert [row[0] for row in table.rows] == [each["title"] for each in sorted(listed, key=lambda each: each["due"])]
    assert [row[1] for row in table.rows] == sorted(each["due"] for each in listed)
    assert len(table.rows) == 4
    assert table.rows[-1][1] == date(2027, 3, 31)
    judged = {row[0]: row[3] for row in table.rows}
    assert judged["Burn halved to 4,000 a month"] == "no trend"  # burn is alike in every quarter, and nobody says otherwise


def invoices_of(file: Path, tenant: str) -> list[dict[str, str]]:
    return rows_of(file.parent / tenant / "credit/invoices.csv")


def test_invoices_are_open_as_the_files_say_and_the_late_ones_are_found(file: Path, seen: Mapping[str, Seen]) -> None:
    tenants = sorted(set(seen) - {"dangerouscentaur", "rental"})
    whole = Decimal(0)
    for tenant in tenants:
        rows = [row for row in invoices_of(file, tenant) if row["side"] == "receivable"]
        whole += sum(Decimal(row["amount"]) - Decimal(row["paid"] or 0) for row in rows)
    assert together(file, seen)["receivables_open"] == Money(int(whole * 100), "USD")
    late = {(tenant, subject) for tenant, one in seen.items() for rule, subject in one.lines() if rule == "receivable_overdue"}
    assert late == {
        ("quickdumpnow", "Bayside Builders"),
        ("expert-yacht-delivery", "Ensenada Charter Fleet"),
        ("dangerouscentaur-clients", "Corner Bakery"),
    }
    assert ("payables_late", "payables") in seen["jada"].lines()


def test_paid_invoices_are_those_of_the_statement(file: Path) -> None:
    layout = source_of(yaml.safe_load(file.read_text()), "expert-yacht-delivery", "books")["bank"][0]
    statement = rows_of(file.parent / layout["path"], layout["delimiter"])
    numbers = {row["Invoice"]: row["Amount"] for row in statement if row["Invoice"].startswith("INV-")}
    paid = {row["invoice"]: row["paid"] for row in invoices_of(file, "expert-yacht-delivery") if row["paid"]}
    assert paid == numbers


def test_the_mailing_list_and_its_campaign(seen: Mapping[str, Seen]) -> None:
    queen = seen["queenofsandiego"]
    assert queen.figures["contacts"] == 3676
    at = At(Period.parse("2026-10"), "USD")
    cases = {case.case: case.total for case in audience.cases(queen.tables["campaigns"], queen.tables["contacts"], at)}
    assert cases == {"low": 10_851_55, "base": 25_397_48, "high": 48_386_82}  # 3,676 x 0.90 x 0.0040 x 820.00, and so on
    assert 10_000_00 <= cases["low"] < cases["base"] < cases["high"] <= 50_000_00


def test_each_shortfall_shows_at_its_own_tenant(seen: Mapping[str, Seen]) -> None:
    found = {rule: {tenant for tenant, one in seen.items() if rule in {line for line, _ in one.lines()}} for rule in SHORTFALLS}
    assert found == SHORTFALLS
    assert {subject for rule, subject in seen["quickdumpnow"].lines() if rule == "funnel_broken"} == {"checkout"}


def test_the_accountant_has_something_to_do(seen: Mapping[str, Seen]) -> None:
    rules = {tenant: {rule for rule, _ in one.lines()} for tenant, one in seen.items()}
    assert ("duplicate_payments", "Pier Print Shop") in seen["queenofsandiego"].lines()
    assert "documents_missing" in rules["quickdumpnow"]
    assert "suspense_not_empty" in rules["jada"]
    assert seen["quickdumpnow"].minor("clearing_balance") > 0
    assert not any("books_out_of_balance" in lines or "cash_negative" in lines for lines in rules.values())


def test_one_bank_states_what_its_lines_come_to_and_another_does_not(seen: Mapping[str, Seen]) -> None:
    stated = {tenant: one.figures.get("bank_reconciliation_difference") for tenant, one in seen.items()}
    assert (stated["queenofsandiego"], stated["quickdumpnow"]) == (Money(0, "USD"), Money(1_250, "USD"))
    subject = ("bank_balance_unexplained", "1010 Checking account")
    assert {tenant for tenant, one in seen.items() if subject in one.lines()} == {"quickdumpnow"}


@pytest.mark.parametrize("tenant", ["jada", "queenofsandiego", "quickdumpnow"])
def test_stripe_and_the_bank_tell_one_story(file: Path, tenant: str) -> None:
    rows = rows_of(file.parent / tenant / "books/stripe.csv")
    for row in rows:
        assert Decimal(row["Amount"]) - Decimal(row["Fee"]) == Decimal(row["Net"])
    paid_out = [-Decimal(row["Net"]) for row in rows if row["Type"] == "payout" and row["Available On (UTC)"] < "2026-11-01"]
    received = [amount for _, party, amount in bank_lines(file, tenant) if party == "STRIPE"]
    assert received == paid_out
    assert {"charge", "refund", "payout"} <= {row["Type"] for row in rows}
    disputes = sum(row["Type"] == "adjustment" for row in rows)
    assert disputes == (tenant == "queenofsandiego")


def test_repositories_have_a_life(file: Path) -> None:
    found = {path.name: path for path in file.parent.rglob("*.git")}
    assert len(found) == 7
    authors = Counter(git(found["bookings.git"], "log", "main", "--format=%an"))
    assert len(authors) == 3
    assert authors.most_common(1)[0][1] > 0.7 * authors.total()
    assert 24 <= len(git(found["bookings.git"], "tag")) <= 48
    assert len(git(found["bookings.git"], "log", "main", "--merges", "--format=%h")) > 5
    assert max(git(found["newsletter.git"], "log", "main", "--format=%cs")) < "2026-03"
    assert f"PAYMENT_API_KEY=sk_test_{2 * 'OpensNothing'}" in git(found["tools.git"], "show", "main:.env")
    assert set(git(found["site.git"], "branch", "--no-merged", "main", "--format=%(refname:short)")) == {
        "dark-pages",
        "seat-map",
    }
    for path in found.values():
        assert git(path, "fsck", "--strict") == []


Mend = Callable[[Path], None]


def replaced(name: str, old: str, new: str, count: int = 1) -> Mend:
    def mend(folder: Path) -> None:
        path = folder / name
        text = path.read_text()
        assert text.count(old) >= count, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, count))

    return mend


def appended(name: str, line: str) -> Mend:
    def mend(folder: Path) -> None:
        with (folder / name).open("a") as stream:
            stream.write(line + "\n")

    return mend


def checkout_works(folder: Path) -> None:
    path = folder / "quickdumpnow/inventory/funnel.csv"
    path.write_text(re.sub(r"(?m)^(2026-10-..,checkout),(\d+),0$", r"\1,\2,\2", path.read_text()))


def resettled(change: Callable[[dict[str, Any]], None]) -> Mend:
    """A change of portfolio.yaml, written back without anchors."""

    def mend(folder: Path) -> None:
        path = folder / "portfolio.yaml"
        document = yaml.safe_load(path.read_text())
        change(document)
        path.write_text(json.dumps(document, default=str))  # JSON is YAML

    return mend


def with_books(document: dict[str, Any]) -> None:
    """DangerousCentaur gets the books that its unit has."""
    entry_of(document, "dangerouscentaur")["sources"].append(source_of(document, "dangerouscentaur-clients", "books"))


def with_burn_target(document: dict[str, Any]) -> None:
    entry_of(document, "queenofsandiego")["targets"]["net_burn"] = {"value": "3000.00", "owner": "cfo"}


def with_ledger(document: dict[str, Any]) -> None:
    """JADA keeps its books in an accounting system, as it would say it: a journal, and the chart that there is."""
    books = source_of(document, "jada", "books")
    journal = {"entry": "No", "date": "Date", "account": "Account", "amount": "Amount", "party": "Name"}
    options = {"format": "csv", "files": ["jada/books/journal.csv"], "chart": books["chart"], "columns": journal}
    sources = entry_of(document, "jada")["sources"]
    sources[sources.index(books)] = {"id": "books", "kind": "ledger", **options}


def kept_in_a_ledger(folder: Path) -> None:
    """A journal with one line of revenue of each month, and its source."""
    months = [f"2026-{month:02}-15" for month in range(1, 11)]
    lines = [f"{n},{day},{account},{sign}2400.00,Guest" for n, day in enumerate(months, 1) for account, sign in CHARTER]
    (folder / "jada/books/journal.csv").write_text("\n".join(["No,Date,Account,Amount,Name", *lines]) + "\n")
    resettled(with_ledger)(folder)


CHARTER = (("1010", ""), ("4000", "-"))


def with_prices(document: dict[str, Any]) -> None:
    source_of(document, "dangerouscentaur", "inventory")["prices"] = "dangerouscentaur-clients/inventory/prices.csv"


@pytest.mark.parametrize(
    ("rule", "tenant", "mend"),
    [
        ("pipeline_empty", "jada", appended("jada/inventory/pipeline.csv", "jd-999,lead,2400.00,USD,2026-10-20,,Referral")),
        (
            "key_person_equity",
            "jada",
            replaced(
                "jada/inventory/ownership.yaml",
                "agreement: false\n  has_vesting: false",
                "agreement: true\n  has_vesting: true",
            ),
        ),
        ("ota_listing_missing", "jada", replaced("jada/inventory/channels.yaml", "is_live: false", "is_live: true")),
        ("burn_unmonitored", "queenofsandiego", resettled(with_burn_target)),
        ("funnel_broken", "quickdumpnow", checkout_works),
        ("revenue_untracked", "dangerouscentaur", resettled(with_books)),
        ("billing_model_missing", "dangerouscentaur", resettled(with_prices)),
        ("accounting_system_missing", "jada", kept_in_a_ledger),
    ],
)
def test_a_mended_cause_takes_its_line_away_and_no_other(
    rule: str, tenant: str, mend: Mend, file: Path, seen: Mapping[str, Seen], tmp_path: Path
) -> None:
    folder = tmp_path / "mended"
    shutil.copytree(file.parent, folder)
    mend(folder)
    gone = seen[tenant].lines() - examine(folder / "portfolio.yaml", tenant).lines()
    assert {name for name, _ in gone if name in SHORTFALLS} == {rule}


NOT_YET = {
    "current_ratio",
    "dso",
    "cash_conversion_cycle",
    "mrr",
    "arr",
    "net_revenue_retention",
    "subscriber_churn",
    "burn_multiple",
    "time_to_restore",
}
SUBSCRIBED = """subscription,customer,price,currency,every,started_on,ended_on
club-1,Ana Ruiz,90.00,USD,month,2025-06-01,
club-2,Theo Park,540.00,USD,year,2026-09-10,
"""
DOWN = """incident,date,service,hours_to_restore,cause
down-1,2026-10-12,booking form,5.5,Quota of the spreadsheet
"""


def not_yet(file: Path, seen: Mapping[str, Seen]) -> set[str]:
    """The figures of the portfolio's chief executive that cannot be worked out, but for what AWS would tell."""
    figures = together(file, seen)
    return {id for id in role("ceo").kpis if isinstance(figures[id], Unavailable)} - {"availability"}


def listed_file(tenant: str, table: str, text: str) -> Mend:
    """One more list of a tenant."""

    def mend(folder: Path) -> None:
        path = f"{tenant}/inventory/{table}.csv"
        (folder / path).write_text(text)
        resettled(lambda document: source_of(document, tenant, "inventory").update({table: path}))(folder)

    return mend


def test_nine_figures_of_the_portfolio_cannot_be_worked_out_and_each_says_what_it_needs(
    file: Path, seen: Mapping[str, Seen]
) -> None:
    assert not_yet(file, seen) == NOT_YET
    assert len(NOT_YET) == 9
    assert all(KPIS.get(id).needs for id in NOT_YET)


@pytest.mark.parametrize(
    ("table", "text", "known"),
    [
        ("subscriptions", SUBSCRIBED, {"mrr", "arr", "net_revenue_retention", "subscriber_churn", "burn_multiple"}),
        ("incidents", DOWN, {"time_to_restore"}),
    ],
)
def test_with_its_data_a_figure_is_known_and_no_other(
    table: str, text: str, known: set[str], file: Path, seen: Mapping[str, Seen], tmp_path: Path
) -> None:
    folder = tmp_path / "listed"
    shutil.copytree(file.parent, folder)
    listed_file("jada", table, text)(folder)
    there = folder / "portfolio.yaml"
    assert NOT_YET - not_yet(there, {**seen, "jada": examine(there, "jada")}) == known


def test_figures_follow_their_rows(file: Path, seen: Mapping[str, Seen], tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(file.parent, folder)
    replaced("jada/inventory/prices.csv", "1450.00,520.00", "1200.00,520.00")(folder)
    path = folder / "jada/books/bank.csv"
    lines = path.read_text().splitlines(keepends=True)
    taken = next(n for n, line in enumerate(lines) if line.startswith("10/05/2026") and "Sheetworks" in line)
    amount = Decimal(lines.pop(taken).split(",")[1])
    path.write_text("".join(lines))
    changed = examine(folder / "portfolio.yaml", "jada")
    assert changed.minor("cash") == seen["jada"].minor("cash") - amount * 100
    assert changed.figures["break_even_units"] == 8  # about 5,130 a month / (1,200 - 520)


def test_twice_the_money_is_twice_the_figure(file: Path, seen: Mapping[str, Seen], tmp_path: Path) -> None:
    """Every amount of the unit that has no cards, doubled in its files."""
    folder, unit = tmp_path / "doubled", "expert-yacht-delivery"
    shutil.copytree(file.parent, folder)
    for name, delimiter, columns in (
        ("books/bank.csv", "\t", ("Amount",)),
        ("credit/invoices.csv", ",", ("amount", "paid")),
        ("inventory/budget.csv", ",", ("amount",)),
    ):
        rows = rows_of(folder / unit / name, delimiter)
        with (folder / unit / name).open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows({**row, **{c: str(2 * Decimal(row[c])) for c in columns if row[c]}} for row in rows)

    def doubled(document: dict[str, Any]) -> None:
        opening = source_of(document, unit, "books")["opening"][0]
        opening["amount"] = str(2 * Decimal(opening["amount"]))

    resettled(doubled)(folder)
    once, twice = seen[unit], examine(folder / "portfolio.yaml", unit)
    for kpi in ("cash", "net_revenue", "receivables_open", "receivables_overdue", "ebitda"):
        assert twice.minor(kpi) == 2 * once.minor(kpi), kpi
    for kpi in ("net_burn", "gross_burn", "required_revenue", "break_even_revenue"):  # each is rounded to the cent
        assert abs(twice.minor(kpi) - 2 * once.minor(kpi)) <= 1, kpi
    assert abs(twice.minor("capital_needed") - 2 * once.minor("capital_needed")) <= 20
    assert abs(twice.minor("lowest_cash") - 2 * once.minor("lowest_cash")) <= 60  # so is every amount that recurs
    for kpi in ("runway", "gross_margin", "days_to_collect", "top_customers", "receivables_overdue_share"):
        assert twice.figures[kpi] == once.figures[kpi], kpi
