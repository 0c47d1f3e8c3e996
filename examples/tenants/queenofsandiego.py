"""QueenofSanDiego: concert sails and the site and tools that sell them; the portfolio's mailing list is kept here."""

from __future__ import annotations

from random import Random

from examples.books.queenofsandiego import BOOKS, PLAN
from examples.closing import inventories
from examples.common import recipients
from examples.lists import budget, campaign, contacts, deals, funnel
from examples.rows import asset, channel, duty, holder, price
from examples.shapes import Blocker, Handoff, Inventory, Repository, Tenant
from examples.span import Span

_SEGMENT = "Concert guests"

_SITE = {
    "index.html": "<h1>Evenings on the water</h1>\n",
    "programme.html": "<h2>Programme</h2>\n",
    "site.css": "h1 { font-weight: 600; }\n",
    "seats.js": "export const seats = 22;\n",
    "README.md": "# Site\n\nStatic pages, served from a bucket behind a distribution.\n",
}
_NO_KEY = "sk_test_" + 2 * "OpensNothing"  # has the form of a payment key for tests, and is none
_TOOLS = {
    ".env": f"# Settings of the ticket service\nPAYMENT_API_KEY={_NO_KEY}\nMAIL_PASSWORD=lantern-on-the-quay\nTABLE=tickets\n",
    "requirements.txt": "boto3==1.40.61\nstripe==12.5.0\n",
    "handler.py": "def handle(event, context):\n    return {'statusCode': 200}\n",
    "tickets.py": "def price(seats):\n    return seats * 49\n",
    "mailing.py": "def batch(contacts):\n    return contacts[:50]\n",
    "template.yaml": "Resources: {}\n",
    "README.md": "# Tools\n\nFunctions behind the site: tickets, mailings.\n",
}


def tenant(span: Span, rng: Random) -> Tenant:
    return Tenant(
        id="queenofsandiego",
        name="QueenofSanDiego",
        kind="company",
        accent="#7a1f3d",
        books=BOOKS,
        inventory=(*_inventory(span, rng), *inventories(span, "Ledgerline")),
        handoffs=_handoffs(span),
        repositories=_repositories(),
        roles=recipients(
            "queenofsandiego", ceo="queen.ceo", cto="queen.tech", cfo="finance", cmo="queen.marketing", accounting="books"
        ),
        targets={"gross_margin": {"value": 0.45, "owner": "cfo"}},
        milestones=(
            {
                "id": "season-programme",
                "title": "Sell ten concert sails a month",
                "kpi": "net_revenue",
                "target": 9800.00,
                "due": span.quarter_end(1),
                "owner": "cmo",
            },
        ),
    )


def _repositories() -> tuple[Repository, ...]:
    people = (("Owen Tran", 84), ("Priya Raman", 11), ("Lukas Stein", 5))
    return (
        Repository(
            "site",
            authors=people,
            files=_SITE,
            subjects=(
                "Show the next evening first",
                "Shrink photographs",
                "Name the pier",
                "Mend the seat plan",
                "Reword the prices",
            ),
            rhythm=(7, 8),
            releases=True,
            open_branches=("seat-map", "dark-pages"),
        ),
        Repository(
            "tools",
            authors=people,
            files=_TOOLS,
            subjects=(
                "Retry a failed ticket mail",
                "Log the ticket number",
                "Batch mailings by fifty",
                "Time out after ten seconds",
            ),
            rhythm=(6, 9),
            releases=True,
        ),
        Repository(
            "newsletter",
            authors=(("Priya Raman", 90), ("Owen Tran", 10)),
            files={"letter.html": "<h1>News from the pier</h1>\n", "send.py": "def send(letter):\n    return letter\n"},
            subjects=("New letter", "Wider columns", "Mend the unsubscribe link"),
            rhythm=(4, 2),
            quiet_months=9,
        ),
    )


def _inventory(span: Span, rng: Random) -> tuple[Inventory, ...]:
    return (
        Inventory(
            "assets",
            (
                asset("site", "Public site", "system", "Owen Tran"),
                asset("ticket-tables", "Ticket tables", "system", "Owen Tran"),
                asset("cloud-account", "Cloud account", "account", "Owen Tran"),
                asset("domain", "queenofsandiego.example.com", "domain", "Priya Raman", renews_on=span.ahead(23)),
                asset("sound-system", "Sound system", "equipment", "Priya Raman", value=640_000),
                asset("mailing-list", "Mailing list", "data", None),
            ),
        ),
        Inventory(
            "channels",
            (
                channel("Own website", "website", "Show the seats that are left", reach=2300),
                channel("Mailing list", "email", "Write to the list once a month", reach=3600),
                channel("Map listing", "search", "Add evening photographs", reach=1900, reviews=112),
                channel("Events board", "marketplace", "Connect the ticket page", live=False, reach=2700, commission="0.08"),
                channel("Photo feed", "social", "Link to the programme", reach=1500),
            ),
            "yaml",
        ),
        Inventory(
            "prices",
            (
                price("Concert sail", "sail", 98_000, 53_000, main=True),
                price("Single seat", "seat", 4_900, 2_400),
            ),
        ),
        Inventory("budget", budget(span, PLAN)),
        Inventory("contacts", contacts(span, rng, count=3676, segment=_SEGMENT, booked_share=0.3)),
        Inventory("campaigns", campaign("Spring concerts", _SEGMENT, _CASES), "yaml"),
        Inventory(
            "pipeline",
            deals(
                span,
                rng,
                "qs",
                a_month=(1, 3),
                value=(90_000, 360_000),
                channels=("Own website", "Mailing list"),
                still_open=(("proposal", 20), ("qualified", 33), ("lead", 9), ("lead", 121)),
            ),
        ),
        Inventory(
            "funnel",
            funnel(span, rng, visitors=(24, 46), steps=(("programme", 0.18), ("seats", 0.31), ("payment", 0.68))),
        ),
        Inventory(
            "ownership",
            (
                holder("Priya Raman", "0.60", "founder"),
                holder("Harbor Group", "0.40", "company", vesting=False),
            ),
            "yaml",
        ),
        Inventory(
            "duties",
            (
                duty("Book the musicians", "Priya Raman", "Lukas Stein"),
                duty("Keep the site and tools running", "Owen Tran", None),
            ),
            "yaml",
        ),
    )


_CASES = {"low": ("0.90", "0.0040", 82_000), "base": ("0.94", "0.0075", 98_000), "high": ("0.97", "0.0115", 118_000)}


def _handoffs(span: Span) -> tuple[Handoff, ...]:
    return (
        Handoff(
            "ticket-service",
            "Ticket service",
            "live",
            updated=span.ago(26),
            owner="Owen Tran",
            mission="A seat sold is a seat reserved",
            stack="Lambda, DynamoDB",
            deployment="Deployed by hand from a laptop",
            financial_model="Ticket price, no fee to the guest",
        ),
        Handoff(
            "site",
            "Public site",
            "active",
            updated=span.ago(8),
            owner="Owen Tran",
            mission="Show the programme and sell seats",
            stack="S3, CloudFront, Route 53",
            deployment="Uploaded on every release",
            financial_model="Paid for by the concert sails",
            blockers=(Blocker("Photographs of the new season are missing", span.ago(19)),),
        ),
        Handoff(
            "spring-campaign",
            "Spring campaign",
            "blocked",
            updated=span.ago(68),
            owner="Priya Raman",
            mission="Fill the spring evenings from the mailing list",
            stack="Mailing tool",
            deployment="Not sent",
            financial_model="Concert bookings",
            blockers=(Blocker("Sender domain is not verified", span.ago(75)),),
        ),
        Handoff(
            "old-newsletter",
            "Newsletter by script",
            "done",
            updated=span.ago(290),
            owner="Priya Raman",
            mission="Replaced by the mailing tool",
            stack="Python script",
            deployment="Switched off",
            financial_model="None",
        ),
    )
