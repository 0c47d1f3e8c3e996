"""What marketing keeps: who asked, what was spent, what stands where, what website and mails did."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

SEO_HORIZONS = ("30", "60", "90")  # days
SEARCH_KINDS = ("whole", "query", "page")

MARKETING: tuple[TableSchema, ...] = (
    TableSchema(
        "leads",
        "People and companies that asked, by the day on which they were first seen, with the day of each stage they reached.",
        (
            text("lead"),
            col("date", Type.DATE, "day on which it was first seen"),
            maybe("source", doc="utm_source of the first visit"),
            maybe("medium", doc="utm_medium of the first visit"),
            maybe("campaign", doc="utm_campaign of the first visit"),
            maybe("channel", doc="as `spend` and `channels` call it; where it is empty the source stands for it"),
            maybe("enquiry_on", Type.DATE),
            maybe("qualified_on", Type.DATE),
            maybe("quoted_on", Type.DATE),
            maybe("won_on", Type.DATE),
            maybe("lost_on", Type.DATE),
            maybe("party", doc="the customer it became, as the books name it"),
            maybe("value_minor", Type.MINOR, doc="what it is worth, won or not"),
            maybe("currency"),
        ),
        key=("lead",),
        dated=True,
    ),
    TableSchema(
        "touches",
        "Each visit or contact of a lead of which the way is known, for attribution.",
        (
            text("touch"),
            col("date", Type.DATE),
            text("lead"),
            maybe("source"),
            maybe("medium"),
            maybe("campaign"),
            maybe("channel"),
        ),
        key=("touch",),
        dated=True,
    ),
    TableSchema(
        "spend",
        "What was paid for advertising and fees, by day and channel.",
        (
            text("spending", doc="id of the row"),
            col("date", Type.DATE),
            text("channel"),
            maybe("campaign"),
            col("amount_minor", Type.MINOR),
            text("currency"),
        ),
        key=("spending",),
        dated=True,
    ),
    TableSchema(
        "listings",
        "One product on one channel, as somebody who looked there found it.",
        (
            text("channel", doc="as in `channels`"),
            text("product", doc="as in `prices`"),
            col("is_listed", Type.BOOL),
            col("is_live", Type.BOOL),
            maybe("price_minor", Type.MINOR, doc="what a customer pays there"),
            maybe("own_price_minor", Type.MINOR, doc="what a customer pays directly; where it is empty, the price list's"),
            maybe("currency"),
            maybe("rating", Type.RATIO, doc="mean of the reviews, as the channel shows it"),
            maybe("reviews", Type.INT),
            maybe("checked_on", Type.DATE),
            maybe("next_step"),
        ),
        key=("channel", "product"),
    ),
    TableSchema(
        "local_seo",
        "Steps to be found by people near by, each to be done within 30, 60 or 90 days of its start.",
        (
            text("task"),
            text("horizon", *SEO_HORIZONS, doc="days from its start"),
            col("started_on", Type.DATE),
            maybe("measure", doc="what it is measured by, as reviews or position"),
            maybe("baseline", Type.RATIO),
            maybe("target", Type.RATIO),
            maybe("value", Type.RATIO, doc="how it stands now"),
            maybe("done_on", Type.DATE),
            maybe("owner"),
        ),
        key=("task",),
    ),
    TableSchema(
        "mail_events",
        "What became of the tenant's own mails, by day and campaign. Opens are not kept, since programs open mails too.",
        (
            col("date", Type.DATE),
            text("campaign"),
            col("sent", Type.INT),
            col("delivered", Type.INT),
            col("bounced", Type.INT),
            col("complained", Type.INT),
            maybe("clicked", Type.INT),
        ),
        key=("date", "campaign"),
        dated=True,
    ),
)

WEB: tuple[TableSchema, ...] = (
    TableSchema(
        "web_visits",
        "Sessions of a website by channel group, by day, or by a stretch of days where the export sums them.",
        (
            col("date", Type.DATE, "first day"),
            col("days", Type.INT, "how many days the row sums"),
            text("channel", doc="channel group as the analytics call it"),
            col("sessions", Type.INT),
            maybe("users", Type.INT),
            maybe("engaged", Type.INT, doc="sessions that were more than a glance; the others bounced"),
        ),
        key=("date", "days", "channel"),
        dated=True,
    ),
    TableSchema(
        "web_search",
        "How a website showed in a search engine.",
        (
            col("date", Type.DATE, "first day"),
            col("days", Type.INT, "how many days the row sums"),
            text("kind", *SEARCH_KINDS, doc="what it counts: the whole website, one query, one page"),
            text("term", doc="the query or page; of the whole, the word `all`"),
            col("clicks", Type.INT),
            col("impressions", Type.INT),
            maybe("position", Type.RATIO, doc="mean position, 1 being the first"),
        ),
        key=("date", "days", "kind", "term"),
        dated=True,
    ),
)
