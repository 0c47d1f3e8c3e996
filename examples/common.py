"""What the tenants share: the accounts every small company has, names of invented people, recipients."""

from __future__ import annotations

from collections.abc import Mapping

from examples.shapes import Account

_FAMILIES = (
    *("Abbott", "Brandt", "Castellan", "Dufour", "Eklund", "Farrow", "Grieve", "Holt", "Ilves", "Jansen", "Kovac"),
    *("Lindgren", "Marchetti", "Novak", "Okafor", "Paquin", "Quist", "Rossi", "Sandoval", "Thorne", "Ueda", "Voss"),
)
CUSTOMERS = tuple(
    f"{first} {last}"
    for first in ("Ada", "Bruno", "Carla", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas")
    for last in _FAMILIES
)


def chart(*own: Account) -> tuple[Account, ...]:
    """A chart of accounts: the common accounts and a company's own, by number."""
    common = (
        Account("1010", "Checking account", "asset", "cash"),
        Account("1050", "Stripe balance", "asset", "clearing"),
        Account("3000", "Owner's equity", "equity", "equity"),
        Account("4090", "Refunds and disputes", "income", "refunds"),
        Account("5090", "Card processing fees", "expense", "cost_of_sales", "variable", "payments"),
        Account("6950", "Bank fees", "expense", "operating_expenses", "fixed", "administration"),
        Account("9999", "Suspense", "asset", "suspense"),
    )
    return tuple(sorted((*common, *own), key=lambda account: account.number))


def fixed(number: str, name: str, function: str) -> Account:
    return Account(number, name, "expense", "operating_expenses", "fixed", function)


def direct(number: str, name: str, function: str) -> Account:
    return Account(number, name, "expense", "cost_of_sales", "variable", function)


def recipients(tenant: str, **people: str) -> dict[str, Mapping[str, object]]:
    """The readers of a tenant's reports, role by role: `cfo="finance"` is finance@example.com, with the owner in copy."""
    return {
        role: {
            "to": [f"{person}@example.com"],
            "cc": [] if role == "ceo" else ["owner@example.com"],
            "bcc": ["archive@example.com"],
            "reply_to": f"{tenant}@example.com",
        }
        for role, person in people.items()
    }
