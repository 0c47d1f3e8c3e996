"""The DangerousCentaur client portfolio: retainers and invoices of a handful of clients."""

from __future__ import annotations

from random import Random

from examples.books.dangerouscentaur_clients import BOOKS
from examples.common import recipients
from examples.lists import budget, deals
from examples.rows import asset, price
from examples.shapes import Handoff, Inventory, Tenant
from examples.span import Span


def tenant(span: Span, rng: Random) -> Tenant:
    return Tenant(
        id="dangerouscentaur-clients",
        name="DangerousCentaur client portfolio",
        kind="unit",
        accent="#6e2f6b",
        books=BOOKS,
        inventory=(
            Inventory(
                "assets", (asset("client-contracts", "Client contracts", "contract", "Lukas Stein", renews_on=span.ahead(44)),)
            ),
            Inventory(
                "prices",
                (
                    price("Project day", "day", 64_000, 41_000, main=True),
                    price("Site retainer", "month", 32_000, 11_000),
                ),
            ),
            Inventory(
                "budget",
                budget(
                    span, {"revenue": (175_000,) * 12, "cost_of_sales": (118_000,) * 12, "operating_expenses": (31_000,) * 12}
                ),
            ),
            Inventory(
                "pipeline",
                deals(
                    span,
                    rng,
                    "cc",
                    a_month=(0, 2),
                    value=(60_000, 240_000),
                    channels=("Referral",),
                    still_open=(("lead", 18),),
                ),
            ),
        ),
        handoffs=(
            Handoff(
                "retainer-terms",
                "Terms of the retainers",
                "paused",
                updated=span.ago(88),
                owner="Lukas Stein",
                mission="Every client knows what a month includes",
                stack="Documents",
                deployment="Signed by two of five clients",
                financial_model="Retainer per month",
            ),
        ),
        roles=recipients("clients", **{"client-billing": "clients.billing"}),
        targets={"net_burn": {"value": 0.00, "owner": "cfo"}},
    )
