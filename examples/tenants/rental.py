"""A rental property: one house, let out for a year at a time."""

from __future__ import annotations

from random import Random

from examples.books.rental import BOOKS, PLAN
from examples.common import recipients
from examples.lists import budget
from examples.rows import asset, duty, price
from examples.shapes import Handoff, Inventory, Tenant
from examples.span import Span


def tenant(span: Span, rng: Random) -> Tenant:  # noqa: ARG001 - every tenant is made alike
    return Tenant(
        id="rental",
        name="Palm Street rental",
        kind="unit",
        accent="#8a5a1f",
        books=BOOKS,
        inventory=(
            Inventory(
                "assets",
                (
                    asset("house", "House, Palm Street 12", "property", "Harbor Group", value=61_500_000),
                    asset("lease", "Lease of the house", "lease", "Harbor Group", renews_on=span.ahead(212)),
                    asset("permit", "Rental permit", "permit", "Harbor Group", renews_on=span.ahead(61)),
                ),
            ),
            Inventory(
                "prices",
                (price("House", "month", 295_000, 0, main=True),),
            ),
            Inventory("budget", budget(span, PLAN)),
            Inventory(
                "duties",
                (duty("Emergency repairs", "Keystone Property Management", "Hector Bloom"),),
                "yaml",
            ),
        ),
        handoffs=(
            Handoff(
                "permit-renewal",
                "Renewal of the rental permit",
                "active",
                updated=span.ago(20),
                owner="Harbor Group",
                mission="Keep the house lettable",
                stack="Paper",
                deployment="County office",
                financial_model="Fee of 180 dollars a year",
            ),
        ),
        roles=recipients("rental", rental="property"),
        targets={"net_burn": {"value": -300.00, "owner": "cfo"}},
    )
