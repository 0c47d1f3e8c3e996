"""DangerousCentaur: a name, some client work and a repository; no price list, and nothing that keeps its books."""

from __future__ import annotations

from random import Random

from examples.common import recipients
from examples.lists import deals
from examples.rows import asset, channel, duty, holder
from examples.shapes import Handoff, Inventory, Repository, Tenant
from examples.span import Span


def tenant(span: Span, rng: Random) -> Tenant:
    return Tenant(
        id="dangerouscentaur",
        name="DangerousCentaur",
        kind="company",
        accent="#5a3d8a",
        inventory=(
            Inventory(
                "assets",
                (
                    asset("domain", "dangerouscentaur.example.com", "domain", "Lukas Stein", renews_on=span.ahead(133)),
                    asset("client-hosting", "Hosting account for clients", "account", "Lukas Stein"),
                    asset("brand", "Name and logo", "brand", "Lukas Stein"),
                ),
            ),
            Inventory(
                "channels",
                (
                    channel("Referral", "referral", "Ask two clients for a sentence to quote", reach=40),
                    channel(
                        "Own website",
                        "website",
                        "Put a page with an address on line",
                        listed=False,
                        live=False,
                        reach=120,
                        effort="M",
                    ),
                ),
                "yaml",
            ),
            Inventory(
                "pipeline",
                deals(
                    span,
                    rng,
                    "dc",
                    a_month=(1, 1),
                    value=(120_000, 480_000),
                    channels=("Referral",),
                    still_open=(("proposal", 41), ("lead", 16)),
                ),
            ),
            Inventory(
                "ownership",
                (
                    holder("Lukas Stein", "0.50", "founder"),
                    holder("Harbor Group", "0.50", "company", vesting=False),
                ),
                "yaml",
            ),
            Inventory(
                "duties",
                (duty("Client sites", "Lukas Stein", "Owen Tran"),),
                "yaml",
            ),
        ),
        handoffs=(
            Handoff(
                "client-sites",
                "Client sites",
                "active",
                updated=span.ago(15),
                owner="Lukas Stein",
                mission="Small sites for local clients",
                stack="Static pages",
                deployment="One account for all clients",
                financial_model="Not decided",
            ),
        ),
        repositories=(
            Repository(
                "client-sites",
                authors=(("Lukas Stein", 60), ("Owen Tran", 40)),
                files={
                    "bakery/index.html": "<h1>Bread at six</h1>\n",
                    "florist/index.html": "<h1>Flowers</h1>\n",
                    "build.py": "def build(site):\n    return site\n",
                    "README.md": "# Client sites\n",
                },
                subjects=("New opening hours", "Mend the menu", "Smaller photographs", "Build one site at a time"),
                rhythm=(4, 5),
            ),
        ),
        roles=recipients(
            "dangerouscentaur",
            ceo="centaur.ceo",
            cto="centaur.tech",
            cfo="finance",
            cmo="centaur.marketing",
            accounting="books",
        ),
        targets={"net_burn": {"value": 500.00, "owner": "cfo"}},
    )
