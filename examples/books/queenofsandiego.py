"""QueenofSanDiego: its money."""

from __future__ import annotations

from examples.common import CUSTOMERS, chart, direct, fixed
from examples.shapes import Account, BankFormat, Books, OneOff, PerSale, Reversal, Sales, Standing

BOOKS = Books(
    chart=chart(
        Account("4000", "Concert sails", "income", "revenue"),
        direct("5000", "Musicians", "events"),
        direct("5010", "Captain and crew hire", "crew"),
        direct("5020", "Catering", "events"),
        fixed("6000", "Dock hosts", "events"),
        fixed("6010", "Insurance", "insurance"),
        fixed("6100", "Hosting", "technology"),
        fixed("6110", "Software", "technology"),
        fixed("6120", "Contract development", "technology"),
        fixed("6200", "Marketing", "marketing"),
        fixed("6210", "Print", "marketing"),
        fixed("6300", "Bookkeeping", "administration"),
    ),
    bank=BankFormat(
        account="1010",
        columns={
            "date": "Posted",
            "debit": "Withdrawal",
            "credit": "Deposit",
            "party": "Payee",
            "memo": "Note",
            "document": "Voucher",
            "id": "Transaction",
            "balance": "Balance",
        },
    ),
    opening=1_920_000,
    sales=(
        Sales(
            what="Concert sail",
            first_year=(2, 2, 3, 3, 3, 4, 5, 5, 4, 3, 2, 3),
            second_year=(2, 3, 3, 4, 4, 5, 5, 5, 5, 4, 3, 3),
            cents=98_000,
            extras=(0, 0, 6_000, 12_000, 24_000),
            customers=CUSTOMERS,
            lead_days=(5, 34),
        ),
    ),
    per_sale=(
        PerSale("Quayside Musicians", "5000", -22_000, 28, 1_800, "Evening sets"),
        PerSale("Cabrillo Crew Hire", "5010", -19_000, 27, 1_200, "Captain and deckhand"),
        PerSale("Lantern Catering", "5020", -8_500, 26, 900, "Platters"),
    ),
    standing=(
        Standing("Owen Tran contracting", "6120", -275_000, 29, memo="Site and tools, monthly"),
        Standing("Amazon Web Services", "6100", -6_800, 4, 1_100, memo="Cloud services"),
        Standing("Parcelpost Mailings", "6110", -12_900, 7, memo="Mailing tool"),
        Standing("Chartroom Software", "6110", -8_400, 11, memo="Ticketing and accounts"),
        Standing("Harborview Ads", "6200", -52_000, 15, 4_000, memo="Search ads"),
        Standing("Harborview Ads", "6200", -46_000, 22, 4_000, months=(4, 5, 6, 7, 8, 9), memo="Season campaign"),
        Standing("Dock host payroll", "6000", -98_000, 28, 3_000, months=(5, 6, 7, 8, 9, 10), memo="Evening hosts"),
        Standing("Compass Insurance", "6010", -23_500, 2, memo="Events liability"),
        Standing("Ledgerline Bookkeeping", "6300", -22_000, 20, memo="Monthly bookkeeping"),
        Standing("Pier Print Shop", "6210", -14_500, 10, 3_000, months=(3, 5, 7, 9), memo="Posters", document=False),
        Standing("First Harbor Bank", "6950", -1_200, 31, memo="Monthly service fee"),
        Standing("Owner contribution", "3000", 930_000, 6, months=(2, 5, 8, 11), memo="Capital"),
    ),
    one_offs=(
        OneOff(1, 13, "Pier Print Shop", "6210", -31_840, "Autumn programme", "PP-2231"),
        OneOff(1, 15, "Pier Print Shop", "6210", -31_840, "Autumn programme", "PP-2231"),
        OneOff(6, 21, "Tidal Audio Rental", "6110", -39_500, "Speakers, one evening"),
        OneOff(4, 16, "CHECK 2203", None, -31_400, "Check paid"),
    ),
    reversals=(Reversal(9, "refund"), Reversal(4, "dispute"), Reversal(2, "refund")),
)

_SAILS = (2, 3, 3, 4, 5, 5, 6, 6, 5, 4, 3, 3)
PLAN = {
    "revenue": tuple(98_000 * n for n in _SAILS),
    "cost_of_sales": tuple(53_000 * n for n in _SAILS),
    "operating_expenses": (
        375_000,
        375_000,
        390_000,
        420_000,
        520_000,
        520_000,
        535_000,
        520_000,
        535_000,
        475_000,
        375_000,
        375_000,
    ),
}
