"""What an AWS account could do without: all of it together, within the bill, and never more than once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.model import At
from quarterdeck.period import Period
from quarterdeck.savings import BILLED_AS, Saving, total, within_bill
from quarterdeck.savings.oversized import enough_memory
from quarterdeck.savings.prices import KNOWN_ON, price
from quarterdeck.savings.table import every
from tests.clouds import aws_tables, costs
from tests.tables import OCTOBER, frame

BILLS = sorted(BILLED_AS)


def saving(resource: str, usd: str | None, billed: str = "volume", account: str = "111122223333") -> Saving:
    amount = None if usd is None else Decimal(usd)
    return Saving("a", account, "us-west-2", resource, "", "Idle", amount, "so many hours", billed)


def test_all_together_by_hand() -> None:
    """32.85 + 3.65 gateway and its address, 3.65 address, 4 + 2 volumes, 5.5552 memory, 1.7850 texts, 0.2260 logs."""
    found = every(aws_tables(), OCTOBER)
    assert [saving.what for saving in found] == [
        "NAT gateway without traffic",
        "Function with too much memory",
        "Volume without an instance",
        "Address without use",
        "Volume of type gp2",
        "Texts that are not compressed",
        "Logs that are kept for ever",
    ]
    assert total(found).quantize(Decimal("0.0001")) == Decimal("53.7163")


def test_a_quarter_is_told_by_the_month() -> None:
    """The runs of October alone are a third of a month's in the fourth quarter; idle things cost the same each month."""
    quarter = At(Period.parse("2026-Q4"), "USD")
    tables = aws_tables()
    tables["runs_asked"]["last"] = tables["runs_asked"]["last"].map(lambda _: date(2027, 1, 1)).astype("datetime64[ms]")
    found = {saving.what: saving.usd for saving in every(tables, quarter)}
    memory = found["Function with too much memory"]
    assert memory is not None
    assert memory.quantize(Decimal("0.0001")) == Decimal("1.8517")
    assert found["Volume without an instance"] == 4
    assert "NAT gateway without traffic" not in found  # nobody asked about November and December


@pytest.mark.parametrize(
    ("used", "enough"), [(0, 128), (98, 128), (99, 192), (147, 192), (148, 256), (231, 320), (236, 320), (7877, 10_304)]
)
def test_enough_memory_is_a_third_more_in_steps(used: int, enough: int) -> None:
    assert enough_memory(used) == enough


def test_the_bill_is_shared_by_what_it_pays_for() -> None:
    bill = frame("cloud_costs", costs(("2026-10", {"EC2 - Other": "40.00"})))
    found = within_bill([saving("v", "10.00"), saving("g", "32.85", "gateway")], bill, OCTOBER)
    assert [(it.resource, it.usd) for it in found] == [("g", Decimal("32.85")), ("v", Decimal("7.15"))]
    assert found[0].arithmetic == "so many hours"
    assert found[1].arithmetic == "so many hours; but no more than 7.15 USD is left on the bill for EC2 - Other"


def test_a_bill_that_knows_nothing_of_it_changes_nothing() -> None:
    bill = frame("cloud_costs", costs(("2026-10", {"AWS WAF": "6.00"}), ("2026-09", {"EC2 - Other": "1.00"})))
    other = frame("cloud_costs", costs(("2026-10", {"EC2 - Other": "1.00"}), account="444455556666"))
    for known in (bill, other):
        assert within_bill([saving("v", "10.00")], known, OCTOBER) == [saving("v", "10.00")]


def test_credits_can_leave_nothing_to_save() -> None:
    bill = frame("cloud_costs", costs(("2026-10", {"EC2 - Other": "-3.00"})))
    [found] = within_bill([saving("v", "10.00")], bill, OCTOBER)
    assert found.usd == 0


def test_what_has_no_price_is_kept_and_counts_nothing() -> None:
    found = within_bill([saving("x", None), saving("v", "1.00")], frame("cloud_costs", []), OCTOBER)
    assert [it.resource for it in found] == ["v", "x"]
    assert total(found) == 1


AMOUNTS = st.decimals(0, 100, places=4)


@given(
    wanted=st.lists(st.tuples(AMOUNTS, st.sampled_from(BILLS)), max_size=8),
    billed=st.dictionaries(st.sampled_from([name for names in BILLED_AS.values() for name in names]), AMOUNTS),
)
def test_never_beyond_the_bill_and_never_beyond_the_price(
    wanted: list[tuple[Decimal, str]], billed: dict[str, Decimal]
) -> None:
    rows = costs(("2026-10", {service: str(amount) for service, amount in billed.items()}))
    listed = [saving(f"r{number}", str(amount), kind) for number, (amount, kind) in enumerate(wanted)]
    found = within_bill(listed, frame("cloud_costs", rows), OCTOBER)
    assert sorted(it.resource for it in found) == sorted(it.resource for it in listed)
    before = {it.resource: it.usd for it in listed}
    for it in found:
        assert it.usd is not None
        assert 0 <= it.usd <= (before[it.resource] or 0)
    for names in {BILLED_AS[kind] for kind in BILLS}:
        if set(names) & set(billed):
            own = sum((it.usd or Decimal(0) for it in found if BILLED_AS[it.billed] == names), Decimal(0))
            assert own <= sum((billed.get(name, Decimal(0)) for name in names), Decimal(0))


def test_prices_have_a_day_and_are_known_for_two_regions() -> None:
    assert date(2026, 11, 24) >= KNOWN_ON
    assert price("us-west-2", "nat_gateway_hour") == price("us-east-1", "nat_gateway_hour") == Decimal("0.045")
    assert price("eu-south-1", "nat_gateway_hour") is None
