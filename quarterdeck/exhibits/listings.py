"""What stands on each channel, product by product, and the roadmap to be found near by."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import count, dated, exact, grid, money, ratio, share, text, whole, words, yes_or_no
from quarterdeck.marketing import places
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money


@exhibit("listings_table", title="Listings")
def listings_table(listings: pd.DataFrame, prices: pd.DataFrame, at: At) -> Exhibit | None:
    """Each product on each channel: its price beside the own one, its reviews, and when somebody last looked."""
    return grid(
        (
            text("channel", "Channel"),
            text("product", "Product"),
            text("live", "Live"),
            money("price", "Price there"),
            ratio("parity", "Of own price"),
            count("rating", "Rating"),
            count("reviews", "Reviews"),
            dated("checked", "Looked at"),
            text("next_step", "Next step"),
        ),
        [
            (
                one.tenant,
                (
                    one.channel,
                    one.product,
                    yes_or_no(one.is_live),
                    None if one.price is None else Money(one.price, at.currency),
                    None if one.parity is None else share(one.parity),
                    exact(one.row["rating"]),
                    whole(one.row["reviews"]),
                    one.checked,
                    words(one.row["next_step"]),
                ),
            )
            for one in places.listings_of(listings, prices)
        ],
    )


@exhibit("local_seo_roadmap", title="Local search: 30, 60 and 90 days")
def local_seo_roadmap(local_seo: pd.DataFrame, at: At) -> Exhibit | None:
    """The steps to be found near by, by the day they are due, with how far each has come."""
    steps = list(places.steps_of(local_seo, at.end))
    done = sum(step.is_done(at.end) for step in steps)
    return grid(
        (
            text("horizon", "Horizon"),
            text("task", "Step"),
            text("measure", "Measured by"),
            count("baseline", "From"),
            count("value", "Now"),
            count("target", "To"),
            ratio("progress", "Progress"),
            dated("due", "Due"),
            text("state", "State"),
            text("owner", "Owner"),
        ),
        [
            (
                step.row["tenant"],
                (
                    f"{step.row['horizon']} days",
                    step.row["task"],
                    words(step.row["measure"]),
                    *(exact(step.row[name]) for name in ("baseline", "value", "target")),
                    None if step.progress is None else share(step.progress),
                    step.due,
                    "done" if step.is_done(at.end) else "overdue" if step.is_overdue(at.end) else "open",
                    words(step.row["owner"]),
                ),
            )
            for step in steps
        ],
        note=f"{done} of {len(steps)} steps are done.",
    )
