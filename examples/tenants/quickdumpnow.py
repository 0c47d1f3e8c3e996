"""QuickDumpNow: hauling on demand, one truck, little technology, and a checkout that has stopped working."""

from __future__ import annotations

from random import Random

from examples.books.quickdumpnow import BOOKS, PLAN
from examples.common import recipients
from examples.lists import budget, deals, funnel
from examples.rows import asset, channel, duty, holder, price
from examples.shapes import Blocker, Handoff, Inventory, Repository, Tenant
from examples.span import Span


def tenant(span: Span, rng: Random) -> Tenant:
    return Tenant(
        id="quickdumpnow",
        name="QuickDumpNow",
        kind="company",
        accent="#3f6b2a",
        books=BOOKS,
        inventory=_inventory(span, rng),
        handoffs=(
            Handoff(
                "booking-way",
                "Online booking",
                "blocked",
                updated=span.ago(31),
                owner="Hector Bloom",
                mission="A customer books a truck without calling",
                stack="Static page, quote form, payment link",
                deployment="Uploaded by hand",
                financial_model="Price per load",
                blockers=(Blocker("The payment link belongs to an account that was closed", span.ago(139)),),
            ),
            Handoff(
                "route-sheet",
                "Route sheet",
                "active",
                updated=span.ago(22),
                owner="Hector Bloom",
                mission="The driver knows the day's stops by seven",
                stack="Spreadsheet",
                deployment="Shared folder",
                financial_model="Saves about an hour a day",
            ),
        ),
        repositories=(
            Repository(
                "landing",
                authors=(("Lukas Stein", 95), ("Hector Bloom", 5)),
                files={
                    "index.html": "<h1>We haul it today</h1>\n",
                    "quote.js": "export const perLoad = 275;\n",
                    "README.md": "# Landing page\n",
                },
                subjects=("Shorter quote form", "Show the service area", "Larger telephone number"),
                rhythm=(4, 3),
                quiet_months=7,
            ),
        ),
        roles=recipients(
            "quickdumpnow", ceo="haul.ceo", cto="haul.tech", cfo="finance", cmo="haul.marketing", accounting="books"
        ),
        targets={"net_burn": {"value": 2000.00, "owner": "cfo"}, "gross_margin": {"value": 0.60, "owner": "cfo"}},
    )


def _inventory(span: Span, rng: Random) -> tuple[Inventory, ...]:
    return (
        Inventory(
            "assets",
            (
                asset("truck", "Box truck, leased", "vehicle", "Hector Bloom", renews_on=span.ahead(210)),
                asset("yard", "Yard space", "lease", "Hector Bloom", renews_on=span.ahead(96)),
                asset("domain", "quickdumpnow.example.com", "domain", "Lukas Stein", renews_on=span.ahead(180)),
                asset("trailer", "Dump trailer", "vehicle", "Hector Bloom", value=520_000, status="idle"),
            ),
        ),
        Inventory(
            "channels",
            (
                channel("Own website", "website", "Mend the checkout", reach=800),
                channel("Map listing", "search", "Add photographs of loads", reach=2100, reviews=64),
                channel("Neighbourhood board", "marketplace", "Post on Thursdays", reach=650),
            ),
            "yaml",
        ),
        Inventory(
            "prices",
            (
                price("Truck load", "job", 27_500, 9_800, main=True),
                price("Extra stop", "stop", 4_000, 900),
            ),
        ),
        Inventory("budget", budget(span, PLAN)),
        Inventory(
            "pipeline",
            deals(
                span,
                rng,
                "qd",
                a_month=(1, 3),
                value=(30_000, 160_000),
                channels=("Map listing", "Referral"),
                still_open=(("qualified", 12), ("lead", 5)),
            ),
        ),
        Inventory(
            "funnel",
            funnel(
                span,
                rng,
                visitors=(14, 30),
                steps=(("quote", 0.16), ("schedule", 0.42), ("checkout", 0.24)),
                dead=("checkout", 5),
            ),
        ),
        Inventory(
            "ownership",
            (
                holder("Hector Bloom", "0.70", "founder"),
                holder("Harbor Group", "0.30", "company", vesting=False),
            ),
            "yaml",
        ),
        Inventory(
            "duties",
            (
                duty("Drive the truck", "Hector Bloom", "Samir Duarte"),
                duty("Answer the telephone", "Samir Duarte", "Hector Bloom"),
            ),
            "yaml",
        ),
    )
