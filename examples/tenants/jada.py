"""JADA: charters of one yacht, booked through an Apps Script over Google Sheets and paid by card."""

from __future__ import annotations

from random import Random

from examples.books.jada import BOOKS, PLAN
from examples.closing import fixed_asset, inventories, pattern
from examples.common import recipients
from examples.lists import budget, deals, funnel
from examples.prepaid import prepaid
from examples.rows import asset, channel, duty, holder, price
from examples.shapes import Blocker, Handoff, Inventory, Repository, Tenant
from examples.span import Span

_FILES = {
    "appsscript.json": '{\n  "timeZone": "America/Los_Angeles",\n  "runtimeVersion": "V8",\n'
    '  "webapp": {"access": "ANYONE_ANONYMOUS", "executeAs": "USER_DEPLOYING"}\n}\n',
    "Bookings.gs": "function doPost(event) {\n  return bookings_(event.parameter);\n}\n",
    "Calendar.gs": "function freeDays(month) {\n  return calendar_(month);\n}\n",
    "Payments.gs": "function depositDue(price) {\n  return price / 2;\n}\n",
    "README.md": "# Bookings\n\nThe booking form of the yacht, over a spreadsheet.\n",
    "form.html": "<h1>Book a charter</h1>\n",
}


def tenant(span: Span, rng: Random) -> Tenant:
    return Tenant(
        id="jada",
        name="JADA",
        kind="company",
        accent="#1f4e5f",
        books=BOOKS,
        inventory=(*_inventory(span, rng), *_closing(span)),
        handoffs=_handoffs(span),
        repositories=(
            Repository(
                "bookings",
                authors=(("Theo Lindqvist", 86), ("Marisol Vance", 9), ("Owen Tran", 5)),
                files=_FILES,
                subjects=(
                    "Show free days of the month",
                    "Ask for the number of guests",
                    "Round deposits to whole dollars",
                    "Send the confirmation in plain text",
                    "Refuse double bookings",
                    "Keep the weather note short",
                ),
                rhythm=(9, 11),
                releases=True,
                open_branches=("gift-cards",),
            ),
            Repository(
                "fleet-sheets",
                authors=(("Theo Lindqvist", 70), ("Marisol Vance", 30)),
                files={"Maintenance.gs": "function hours() {\n  return 0;\n}\n", "README.md": "# Fleet sheets\n"},
                subjects=("Log engine hours", "Sum fuel by month", "Remind of the haul-out"),
                rhythm=(3, 2),
            ),
        ),
        roles=recipients("jada", ceo="jada.ceo", cto="jada.tech", cfo="finance", cmo="jada.marketing", accounting="books"),
        targets={
            "net_burn": {"value": 2500.00, "owner": "cfo"},
            "gross_margin": {"value": 0.60, "owner": "cfo"},
        },
        milestones=(
            {
                "id": "first-ota",
                "title": "First online travel agency live",
                "kpi": "live_otas",
                "target": 1,
                "due": span.ahead(45),
                "owner": "cmo",
            },
        ),
    )


def _closing(span: Span) -> tuple[Inventory, ...]:
    yacht = fixed_asset("42 ft sloop", "1500", span.eve, 18_600_000, 180, 7_440_000)
    return inventories(span, "Ledgerline", [yacht], [pattern("gear locker", "Whose gear is kept there?")])


def _inventory(span: Span, rng: Random) -> tuple[Inventory, ...]:
    return (
        Inventory(
            "assets",
            (
                asset("yacht", "42 ft sloop", "vessel", "Marisol Vance", value=18_600_000),
                asset("tender", "Tender and outboard", "vessel", "Marisol Vance", value=740_000),
                asset("booking-domain", "jada.example.com", "domain", "Marisol Vance", renews_on=span.ahead(74)),
                asset("booking-sheet", "Booking spreadsheet", "system", "Marisol Vance"),
                asset("stripe-account", "Card payments account", "account", "Marisol Vance"),
                asset("slip", "Slip B-14, Harbor Island Marina", "lease", "Marisol Vance", renews_on=span.ahead(152)),
            ),
        ),
        Inventory(
            "channels",
            (
                channel(
                    "Sailo",
                    "ota",
                    "Send photographs and the insurance certificate",
                    listed=False,
                    live=False,
                    reach=5200,
                    commission="0.15",
                    setup=0,
                ),
                channel(
                    "GetMyBoat",
                    "ota",
                    "Create the owner account",
                    listed=False,
                    live=False,
                    reach=6100,
                    effort="M",
                    commission="0.115",
                    setup=0,
                ),
                channel(
                    "Viator",
                    "ota",
                    "Describe a fixed-time tour",
                    listed=False,
                    live=False,
                    reach=8800,
                    effort="L",
                    commission="0.20",
                    setup=2_900,
                ),
                channel(
                    "GetYourGuide",
                    "ota",
                    "Describe a fixed-time tour",
                    listed=False,
                    live=False,
                    reach=7400,
                    effort="L",
                    commission="0.25",
                    setup=0,
                ),
                channel("Own website", "website", "Show the next free day on the first page", reach=900),
                channel("Map listing", "search", "Answer the reviews of the last quarter", reach=1400, reviews=38),
            ),
            "yaml",
        ),
        Inventory(
            "prices",
            (
                price("Half-day charter", "charter", 145_000, 52_000, main=True),
                price("Sunset extension", "hour", 18_000, 6_000),
            ),
        ),
        Inventory(
            "budget",
            budget(span, PLAN),
        ),
        Inventory("obligations", prepaid(span)),
        Inventory(
            "pipeline",
            deals(span, rng, "jd", a_month=(1, 2), value=(130_000, 420_000)),
        ),
        Inventory(
            "funnel",
            funnel(span, rng, visitors=(9, 17), steps=(("enquiry", 0.06), ("deposit", 0.34), ("payment", 0.55))),
        ),
        Inventory(
            "ownership",
            (
                holder("Marisol Vance", "0.55", "founder"),
                holder("Theo Lindqvist", "0.45", "founder", agreement=False, vesting=False),
            ),
            "yaml",
        ),
        Inventory(
            "duties",
            (
                duty("Skipper the charters", "Marisol Vance", "Owen Tran"),
                duty("Run the booking system", "Theo Lindqvist", None),
                duty("Answer enquiries", "Owen Tran", "Marisol Vance", critical=False),
            ),
            "yaml",
        ),
    )


def _handoffs(span: Span) -> tuple[Handoff, ...]:
    return (
        Handoff(
            "booking-system",
            "Booking system",
            "live",
            updated=span.ago(12),
            owner="Theo Lindqvist",
            mission="Guests book and pay without a phone call",
            stack="Google Apps Script, Google Sheets",
            deployment="Web app, deployed by hand",
            financial_model="Part of the charter price",
            body="The form writes to the booking sheet; the calendar is read from it every hour.",
        ),
        Handoff(
            "ota-listings",
            "Listings with online travel agencies",
            "blocked",
            updated=span.ago(47),
            owner="Owen Tran",
            mission="Be found where visitors look for a boat",
            stack="No code of its own",
            deployment="Not deployed",
            financial_model="Commission of 11.5 to 25 percent of a booking",
            blockers=(
                Blocker("Insurance certificate names the marina, not the agencies", span.ago(61)),
                Blocker("No photographs in the size that the agencies ask for", span.ago(47)),
            ),
        ),
        Handoff(
            "gift-cards",
            "Gift cards",
            "planned",
            updated=span.ago(118),
            mission="Sell charters in December for the summer",
            stack="Google Apps Script",
            deployment="Not deployed",
            financial_model="Prepaid charters",
        ),
    )
