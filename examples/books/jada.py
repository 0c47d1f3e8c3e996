"""JADA: its money."""

from __future__ import annotations

from examples.common import CUSTOMERS, chart, direct, fixed
from examples.shapes import Account, BankFormat, Books, OneOff, PerSale, Reversal, Sales, Standing

BOOKS = Books(
    chart=chart(
        Account("1500", "Yacht", "asset", "fixed_assets"),
        Account("2400", "Charters paid in advance", "liability", "deferred_revenue"),
        Account("4000", "Charter revenue", "income", "revenue"),
        direct("5000", "Crew for charters", "crew"),
        direct("5010", "Fuel", "operations"),
        direct("5020", "Provisions", "operations"),
        direct("5030", "Cleaning", "operations"),
        fixed("6000", "Slip and storage", "premises"),
        fixed("6010", "Insurance", "insurance"),
        fixed("6020", "Maintenance", "operations"),
        fixed("6100", "Software and telephone", "technology"),
        fixed("6200", "Marketing", "marketing"),
        fixed("6300", "Bookkeeping", "administration"),
        fixed("6400", "Captain's retainer", "crew"),
    ),
    bank=BankFormat(
        account="1010",
        columns={
            "date": "Date",
            "amount": "Amount",
            "party": "Description",
            "memo": "Details",
            "document": "Receipt",
            "id": "Reference",
        },
        date_format="%m/%d/%Y",
    ),
    opening=1_850_000,
    sales=(
        Sales(
            what="Half-day charter",
            first_year=(1, 1, 1, 2, 2, 3, 3, 3, 3, 2, 1, 1),
            second_year=(1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 2, 1),
            cents=145_000,
            extras=(0, 0, 0, 9_500, 18_000),
            customers=CUSTOMERS,
        ),
    ),
    per_sale=(
        PerSale("Pacific Crew Services", "5000", -24_000, 27, 1_500, "Deckhand days"),
        PerSale("Shelter Bay Fuel Dock", "5010", -11_000, 26, 1_800, "Diesel"),
        PerSale("Galley Provisions", "5020", -7_000, 26, 900, "Charter provisions"),
        PerSale("Bright Deck Cleaning", "5030", -5_500, 28, 400, "Turnaround cleaning"),
    ),
    standing=(
        Standing("Harbor Island Marina", "6000", -126_500, 1, memo="Slip B-14"),
        Standing("Mariner Mutual", "6010", -58_500, 3, memo="Hull and liability"),
        Standing("Coastline Diver Service", "6020", -42_000, 12, 4_000, memo="Hull cleaning and upkeep"),
        Standing("Sheetworks Software", "6100", -18_900, 5, memo="Workspace and forms"),
        Standing("Bayline Telecom", "6100", -9_500, 9, memo="Phone and dock wifi", document=False),
        Standing("Harborview Ads", "6200", -38_000, 15, 3_500, memo="Search ads"),
        Standing("Ledgerline Bookkeeping", "6300", -25_000, 20, memo="Monthly bookkeeping"),
        Standing("Captain retainer", "6400", -190_000, 28, memo="Captain, monthly retainer"),
        Standing("Dockside Storage", "6000", -11_000, 2, memo="Gear locker"),
        Standing("First Harbor Bank", "6950", -1_500, 31, memo="Monthly service fee"),
        Standing("Owner contribution", "3000", 915_000, 6, months=(1, 4, 7, 10), memo="Capital"),
    ),
    one_offs=(
        OneOff(2, 17, "CHECK 1047", None, -21_250, "Check paid"),
        OneOff(5, 11, "CASH WITHDRAWAL", None, -12_000, "Dock office"),
    ),
    reversals=(Reversal(14, "refund"), Reversal(3, "refund")),
    deferred="2400",
)

_REVENUE_PLAN = (145_000, 145_000, 290_000, 290_000, 435_000, 435_000, 580_000, 580_000, 580_000, 435_000, 290_000, 145_000)
_COST_PLAN = tuple(amount * 36 // 100 for amount in _REVENUE_PLAN)
PLAN = {"revenue": _REVENUE_PLAN, "cost_of_sales": _COST_PLAN, "operating_expenses": (520_000,) * 12}
