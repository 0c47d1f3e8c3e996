"""The DangerousCentaur client portfolio: its money."""

from __future__ import annotations

from examples.common import chart, direct, fixed
from examples.shapes import Account, BankFormat, Books, Sales, Standing

BOOKS = Books(
    chart=chart(
        Account("4000", "Retainers", "income", "revenue"),
        Account("4010", "Projects", "income", "revenue"),
        direct("5000", "Freelancers", "delivery"),
        fixed("6100", "Hosting and software", "technology"),
        fixed("6300", "Bookkeeping", "administration"),
    ),
    bank=BankFormat(
        account="1010",
        columns={
            "date": "Date",
            "debit": "Paid out",
            "credit": "Paid in",
            "party": "Who",
            "memo": "What",
            "document": "Paper",
            "id": "Ref",
        },
        date_format="%d/%m/%Y",
    ),
    opening=420_000,
    sales=(
        Sales(
            what="Project invoice",
            first_year=(1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1),
            second_year=(1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0),
            cents=64_000,
            extras=(0, 9_000, 21_000),
            through="bank",
            account="4010",
            lead_days=(-20, -3),
            customers=("Corner Bakery", "Tidewater Florist", "Mesa Dental", "Oldtown Cycles"),
        ),
    ),
    standing=(
        Standing("Mesa Dental", "4000", 68_000, 5, memo="Retainer"),
        Standing("Tidewater Florist", "4000", 32_000, 5, memo="Retainer"),
        Standing("Oldtown Cycles", "4000", 25_000, 6, memo="Retainer"),
        Standing("Freelance pool", "5000", -131_000, 27, 12_000, memo="Design and pages"),
        Standing("Stackhouse Hosting", "6100", -17_500, 9, memo="Sites of all clients"),
        Standing("Ledgerline Bookkeeping", "6300", -12_000, 20, memo="Monthly bookkeeping"),
        Standing("Union Street Bank", "6950", -900, 31, memo="Monthly service fee"),
        Standing("Owner distribution", "3000", -45_000, 25, months=(6, 12), memo="Distribution"),
    ),
)

PLAN = {"revenue": (175_000,) * 12, "cost_of_sales": (131_000,) * 12, "operating_expenses": (31_000,) * 12}
