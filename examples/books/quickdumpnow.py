"""QuickDumpNow: its money."""

from __future__ import annotations

from examples.common import CUSTOMERS, chart, direct, fixed
from examples.shapes import Account, BankFormat, Books, OneOff, PerSale, Reversal, Sales, Standing

BOOKS = Books(
    chart=chart(
        Account("4000", "Hauling jobs", "income", "revenue"),
        direct("5000", "Dump fees", "operations"),
        direct("5010", "Fuel", "operations"),
        fixed("6000", "Truck lease", "equipment"),
        fixed("6010", "Insurance", "insurance"),
        fixed("6020", "Yard rent", "premises"),
        fixed("6100", "Software and telephone", "technology"),
        fixed("6200", "Marketing", "marketing"),
        fixed("6400", "Driver", "crew"),
        Account("6500", "Repairs", "expense", "operating_expenses", "variable", "equipment"),
    ),
    bank=BankFormat(
        account="1010",
        columns={
            "date": "Date",
            "amount": "Amount",
            "party": "Counterparty",
            "memo": "Text",
            "document": "Receipt",
            "id": "No",
        },
        date_format="%d.%m.%Y",
        delimiter=";",
        decimal_mark=",",
        unexported=-1_250,  # a fee of the last day that the export does not have yet
    ),
    opening=1_240_000,
    sales=(
        Sales(
            what="Hauling job",
            first_year=(9, 8, 9, 10, 9, 8, 7, 8, 9, 9, 9, 10),
            second_year=(10, 9, 10, 11, 10, 8, 8, 8, 9, 9, 10, 11),
            cents=27_500,
            extras=(0, 0, 2_500, 4_000, 7_500, 11_000),
            customers=CUSTOMERS,
            lead_days=(0, 4),
            last_day=30,
        ),
    ),
    per_sale=(
        PerSale("County Transfer Station", "5000", -6_400, 27, 1_200, "Dump fees"),
        PerSale("Route 8 Fuel", "5010", -2_600, 28, 500, "Diesel"),
    ),
    standing=(
        Standing("Ironline Truck Lease", "6000", -72_000, 1, memo="Box truck"),
        Standing("Compass Insurance", "6010", -43_500, 3, memo="Commercial vehicle"),
        Standing("Eastside Yard", "6020", -35_000, 2, memo="Parking and storage"),
        Standing("Bayline Telecom", "6100", -6_200, 9, memo="Phones", document=False),
        Standing("Quoteform Software", "6100", -4_900, 12, memo="Quote form"),
        Standing("Harborview Ads", "6200", -31_000, 15, 2_500, memo="Search ads"),
        Standing("Driver payroll", "6400", -215_000, 29, 4_000, memo="Driver, part time"),
        Standing("Southbay Garage", "6500", -21_000, 18, 6_000, months=(2, 5, 8, 11), memo="Service", document=False),
        Standing("Union Street Bank", "6950", -1_800, 31, memo="Monthly service fee"),
        Standing("Owner contribution", "3000", 615_000, 6, months=(1, 4, 7, 10), memo="Capital"),
    ),
    one_offs=(
        OneOff(1, 19, "Southbay Garage", "6500", -52_000, "Hydraulic hose"),
        OneOff(6, 12, "CASH WITHDRAWAL", None, -18_000, "Branch"),
    ),
    reversals=(Reversal(16, "refund"), Reversal(2, "refund")),
)

_JOBS = (11, 10, 11, 12, 12, 12, 12, 12, 11, 11, 11, 11)
PLAN = {
    "revenue": tuple(31_500 * n for n in _JOBS),
    "cost_of_sales": tuple(10_500 * n for n in _JOBS),
    "operating_expenses": (415_000,) * 12,
}
