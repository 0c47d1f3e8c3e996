"""Expert Yacht Delivery: yachts brought from one harbour to another, invoiced by the job."""

from __future__ import annotations

from random import Random

from examples.books.expert_yacht_delivery import BOOKS, PLAN
from examples.common import recipients
from examples.lists import budget, deals
from examples.rows import asset, duty, price
from examples.shapes import Blocker, Handoff, Inventory, Tenant
from examples.span import Span


def tenant(span: Span, rng: Random) -> Tenant:
    return Tenant(
        id="expert-yacht-delivery",
        name="Expert Yacht Delivery",
        kind="unit",
        accent="#20506e",
        books=BOOKS,
        inventory=(
            Inventory(
                "assets",
                (
                    asset(
                        "safety-kit",
                        "Life raft and safety kit",
                        "equipment",
                        "Jonah Pike",
                        value=285_000,
                        renews_on=span.ahead(118),
                    ),
                    asset("tracker", "Satellite tracker", "equipment", "Jonah Pike", value=42_000),
                ),
            ),
            Inventory(
                "prices",
                (price("Delivery", "job", 312_000, 202_000, main=True),),
            ),
            Inventory("budget", budget(span, PLAN)),
            Inventory(
                "pipeline",
                deals(
                    span,
                    rng,
                    "ey",
                    a_month=(1, 2),
                    value=(260_000, 520_000),
                    channels=("Brokers", "Referral"),
                    still_open=(("proposal", 14), ("qualified", 27)),
                ),
            ),
            Inventory(
                "duties",
                (duty("Plan the passages", "Jonah Pike", "Marisol Vance"),),
                "yaml",
            ),
        ),
        handoffs=(
            Handoff(
                "job-log",
                "Job log",
                "active",
                updated=span.ago(36),
                mission="Every job has a log that the insurer accepts",
                stack="Spreadsheet",
                deployment="Shared folder",
                financial_model="Keeps the premium as it is",
                blockers=(Blocker("The insurer has not said which columns it wants", span.ago(52)),),
            ),
        ),
        roles=recipients("deliveries", logistics="deliveries.director"),
        targets={"net_burn": {"value": 0.00, "owner": "cfo"}},
    )
