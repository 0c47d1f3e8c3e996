"""Lists that people keep, as tables: absence is measured, a plan reaches ahead, what was counted ends with the period."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading.rows import required_columns
from quarterdeck.schemas import schema_of
from quarterdeck.sources import PulledTable
from quarterdeck.sources.inventories import TABLES, Inventories, InventoryOptions
from tests.sourcing import pull, rows, window, write

CHANNELS = """\
- channel: Example Boats
  kind: ota
  is_listed: true
  is_live: no
  reach: 12000
  commission_ratio: 0.15
  setup_cost: 250.00
  effort: S
- channel: Own site
  kind: website
  is_listed: true
  is_live: true
"""


def test_gives_the_tables_that_are_listed() -> None:
    assert {"assets", "channels", "budget", "ownership", "rates", "milestones"} <= set(TABLES)
    assert "handoffs" not in TABLES
    options = InventoryOptions.model_validate({"budget": "b.csv", "assets": "a.yaml"})
    assert Inventories.provides(options) == ("assets", "budget")


def test_a_list_in_yaml(tmp_path: Path) -> None:
    table = pull("inventories", {"channels": write(tmp_path, "in/channels.yaml", CHANNELS)}, window(tmp_path))["channels"]
    first, second = rows(table)
    assert (first["channel"], first["is_live"], first["reach"]) == ("Example Boats", False, 12000)
    assert (first["commission_ratio"], first["setup_cost_minor"], first["currency"]) == (Decimal("0.15"), 25000, "USD")
    assert (second["setup_cost_minor"], second["currency"], second["reviews"]) == (None, None, None)
    assert table.covers is None
    assert table.rejects == ()


@pytest.mark.parametrize("name", ["channels.csv", "channels.yaml"])
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_listed_file_without_rows_is_the_empty_table(tmp_path: Path, name: str, is_empty: bool) -> None:
    header = ",".join(required_columns(schema_of("channels"))) + "\n" if name.endswith("csv") else "[]\n"
    table = pull("inventories", {"channels": write(tmp_path, name, "" if is_empty else header)}, window(tmp_path))["channels"]
    assert table.rows.num_rows == 0
    assert table.covers is None


def test_the_same_rows_as_csv_and_yaml_are_the_same_table(tmp_path: Path) -> None:
    def prices(name: str, text: str) -> PulledTable:
        return pull("inventories", {"prices": write(tmp_path, name, text)}, window(tmp_path))["prices"]

    as_yaml = prices("p.yaml", "- {product: a, unit: job, price: 75.50}\n")
    assert as_yaml.rows.equals(prices("p.csv", "product,unit,price\na,job,75.50\n").rows)
    assert as_yaml.rows.equals(prices("p.tsv", "product\tunit\tprice\na\tjob\t75.50\n").rows)


def test_a_budget_reaches_ahead(tmp_path: Path) -> None:
    text = "date,statement_line,amount\n2026-09-01,revenue,100\n2027-02-01,revenue,200\n"
    table = pull("inventories", {"budget": write(tmp_path, "b.csv", text)}, window(tmp_path))["budget"]
    assert table.covers == (date(2026, 9, 1), date(2027, 3, 1))
    assert [row["amount_minor"] for row in rows(table)] == [10000, 20000]
    assert table.watermark is None


def test_a_budget_is_kept_by_months(tmp_path: Path) -> None:
    text = "date,statement_line,amount\n2026-09-15,revenue,100\n"
    options: dict[str, object] = {"budget": write(tmp_path, "b.csv", text), "max_rejected": 1}
    (fault,) = pull("inventories", options, window(tmp_path))["budget"].rejects
    assert (fault.line, fault.column, fault.value, fault.expected) == (2, "date", "2026-09-15", "the first day of a month")


def test_what_was_counted_ends_with_the_period(tmp_path: Path) -> None:
    days = ("2020-01-01", "2026-10-30", "2026-10-31", "2026-11-01")
    text = "date,step,entered,completed\n" + "".join(f"{day},enquiry,10,4\n" for day in days)
    table = pull("inventories", {"funnel": write(tmp_path, "f.csv", text)}, window(tmp_path))["funnel"]
    assert [row["date"] for row in rows(table)] == [date(2026, 10, 30), date(2026, 10, 31)]
    # The file speaks of every day from 2020 on; of those the snapshot holds the 36 months before November 2026.
    assert table.covers == (date(2023, 11, 1), date(2026, 11, 1))
    assert table.watermark == datetime(2026, 10, 31, 7, tzinfo=UTC)


def test_a_file_that_ends_early_covers_no_more_than_it_says(tmp_path: Path) -> None:
    text = "date,step,entered,completed\n2026-08-01,enquiry,10,4\n2026-08-20,enquiry,0,0\n"
    table = pull("inventories", {"funnel": write(tmp_path, "f.csv", text)}, window(tmp_path))["funnel"]
    assert table.covers == (date(2026, 8, 1), date(2026, 8, 21))


def test_old_rates_stay_and_later_ones_are_not_known_yet(tmp_path: Path) -> None:
    text = "date,base,quote,rate\n2019-01-31,EUR,USD,1.15\n2026-11-01,EUR,USD,1.17\n"
    table = pull("inventories", {"rates": write(tmp_path, "r.csv", text)}, window(tmp_path))["rates"]
    assert [(row["date"], row["rate"]) for row in rows(table)] == [(date(2019, 1, 31), Decimal("1.15"))]
    assert table.covers is None


def test_a_milestone_in_money_has_minor_units(tmp_path: Path) -> None:
    text = """\
- {milestone: a, title: Burn halved, kpi: net_burn, target: 4000.00, currency: USD, due_on: 2027-02-01}
- {milestone: b, title: Six charters, kpi: charters, target: 6, due_on: 2027-02-01}
- {milestone: c, title: Half a cent, kpi: net_burn, target: 0.005, currency: USD, due_on: 2027-02-01}
"""
    options: dict[str, object] = {"milestones": write(tmp_path, "m.yaml", text), "max_rejected": 0.5}
    table = pull("inventories", options, window(tmp_path))["milestones"]
    assert [(row["milestone"], row["target"]) for row in rows(table)] == [("a", Decimal(400000)), ("b", Decimal(6))]
    assert [(fault.line, fault.column) for fault in table.rejects] == [(3, "target")]


def test_contacts_name_the_latest_day_before_the_end(tmp_path: Path) -> None:
    text = "contact,segment,is_opted_in,added_on,last_booked_on\n1,news,yes,2026-03-01,2026-10-09\n2,news,yes,2026-11-05,\n"
    table = pull("inventories", {"contacts": write(tmp_path, "c.csv", text)}, window(tmp_path))["contacts"]
    assert table.watermark == datetime(2026, 10, 9, 7, tzinfo=UTC)
    assert table.rows.num_rows == 2


def test_one_bad_row_in_a_hundred_is_a_reject_and_two_fail_the_source(tmp_path: Path) -> None:
    good = "".join(f"p{n},job,10\n" for n in range(99))
    options: dict[str, object] = {"prices": write(tmp_path, "p.csv", f"product,unit,price\n{good}x,job,NaN\n")}
    table = pull("inventories", options, window(tmp_path))["prices"]
    assert (table.rows.num_rows, len(table.rejects)) == (99, 1)

    write(tmp_path, "p.csv", f"product,unit,price\n{good}x,job,NaN\ny,job,(1.00)\n")
    with pytest.raises(SourceError) as caught:
        pull("inventories", options, window(tmp_path))
    assert caught.value.problem.what.startswith("2 of 101 rows of prices cannot be read, the first: price = 'NaN'")
    assert caught.value.problem.where == Where("p.csv", 101)
    assert pull("inventories", {**options, "max_rejected": 0.02}, window(tmp_path))["prices"].rows.num_rows == 99


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.json"])
def test_other_kinds_of_file_are_refused_at_once(name: str) -> None:
    with pytest.raises(ValidationError, match=r"neither a \.csv nor a \.yaml file"):
        InventoryOptions.model_validate({"assets": name})
