"""A rental property: its money."""

from __future__ import annotations

from examples.common import chart, fixed
from examples.shapes import Account, BankFormat, Books, OneOff, Standing

BOOKS = Books(
    chart=chart(
        Account("1500", "House", "asset", "fixed_assets"),
        Account("4000", "Rent", "income", "revenue"),
        fixed("6000", "Association dues", "premises"),
        fixed("6010", "Insurance", "insurance"),
        fixed("6020", "Property tax", "taxes"),
        Account("6030", "Property management", "expense", "operating_expenses", "variable", "administration"),
        fixed("6500", "Repairs", "premises"),
        Account("7000", "Mortgage interest", "expense", "interest", "fixed", "financing"),
    ),
    bank=BankFormat(
        account="1010",
        columns={
            "date": "Date",
            "amount": "Amount",
            "party": "Name",
            "memo": "Description",
            "document": "Document",
            "id": "Id",
        },
    ),
    opening=480_000,
    standing=(
        Standing("Whitfield household", "4000", 295_000, 2, memo="Rent, Palm Street 12"),
        Standing("Palm Street Association", "6000", -38_500, 3, memo="Dues"),
        Standing("Mariner Mutual", "6010", -13_500, 5, memo="Landlord policy"),
        Standing("County Tax Collector", "6020", -41_000, 10, memo="Tax, paid in instalments"),
        Standing("Keystone Property Management", "6030", -23_600, 6, memo="Eight percent of the rent"),
        Standing("Seaboard Mortgage", "7000", -112_000, 1, memo="Interest"),
        Standing("Handy Harbor Repairs", "6500", -19_000, 17, 9_000, months=(1, 3, 4, 6, 8, 9, 11), memo="Repairs"),
        Standing("First Harbor Bank", "6950", -800, 31, memo="Monthly service fee"),
        Standing("Owner distribution", "3000", -110_000, 25, months=(3, 6, 9, 12), memo="Distribution"),
    ),
    one_offs=(
        OneOff(10, 14, "Fairway Plumbing", "6500", -64_500, "Water heater", "FP-0417"),
        OneOff(3, 12, "Fairway Plumbing", "6500", -23_800, "Garden tap"),
    ),
)

PLAN = {"revenue": (295_000,) * 12, "operating_expenses": (129_000,) * 12}
