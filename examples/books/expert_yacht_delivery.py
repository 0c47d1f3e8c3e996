"""Expert Yacht Delivery: its money."""

from __future__ import annotations

from examples.common import chart, direct, fixed
from examples.shapes import Account, BankFormat, Books, OneOff, PerSale, Sales, Standing

BOOKS = Books(
    chart=chart(
        Account("4000", "Delivery jobs", "income", "revenue"),
        direct("5000", "Delivery crew", "crew"),
        direct("5010", "Fuel and harbour dues", "operations"),
        direct("5020", "Crew travel", "crew"),
        fixed("6010", "Insurance", "insurance"),
        fixed("6100", "Software", "technology"),
        fixed("6200", "Marketing", "marketing"),
        fixed("6300", "Coordination", "administration"),
    ),
    bank=BankFormat(
        account="1010",
        columns={
            "date": "Booking Date",
            "amount": "Amount",
            "party": "Partner",
            "memo": "Purpose",
            "document": "Invoice",
            "id": "Booking",
        },
        date_format="%Y/%m/%d",
        delimiter="\t",
    ),
    opening=1_240_000,
    sales=(
        Sales(
            what="Yacht delivery",
            first_year=(1, 1, 2, 1, 2, 1, 1, 1, 1, 2, 1, 1),
            second_year=(1, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1, 2),
            cents=312_000,
            extras=(0, 18_000, 36_000, -22_000),
            through="bank",
            lead_days=(-9, -2),
            customers=(
                "Blue Anchor Brokers",
                "Coronado Yacht Sales",
                "Ensenada Charter Fleet",
                "Pilot Cove Marina",
                "Ada Abbott",
            ),
        ),
    ),
    per_sale=(
        PerSale("Bluewater Crew Agency", "5000", -126_000, 22, 7_000, "Skipper and mate"),
        PerSale("Harbor fuel card", "5010", -52_000, 24, 6_000, "Diesel and dues"),
        PerSale("Skyline Travel", "5020", -24_000, 23, 4_000, "Return flights"),
    ),
    standing=(
        Standing("Mariner Mutual", "6010", -34_000, 4, memo="Delivery policy"),
        Standing("Chartroom Software", "6100", -5_900, 8, memo="Weather routing"),
        Standing("Dockside Directory", "6200", -11_000, 14, memo="Listing"),
        Standing("Coordinator payroll", "6300", -128_000, 28, memo="Part time"),
        Standing("Union Street Bank", "6950", -1_000, 31, memo="Monthly service fee"),
    ),
    one_offs=(OneOff(2, 9, "Harbor Locksmith", "6300", -14_500, "Keys"),),
)

_JOBS = (2, 1, 1, 2, 2, 1, 1, 1, 1, 2, 2, 2)
PLAN = {
    "revenue": tuple(312_000 * n for n in _JOBS),
    "cost_of_sales": tuple(202_000 * n for n in _JOBS),
    "operating_expenses": (144_000,) * 12,
}
