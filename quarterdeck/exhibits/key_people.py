"""Who the business could not do without."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, grid, text
from quarterdeck.key_people import Hold, holds
from quarterdeck.model import At, Exhibit

_KINDS = ("share", "duty", "repository", "login")


@exhibit("key_people", title="What hangs on one person")
def key_people(
    tenant: pd.DataFrame,
    ownership: pd.DataFrame,
    duties: pd.DataFrame,
    file_authors: pd.DataFrame,
    credentials: pd.DataFrame,
    at: At,  # noqa: ARG001 - asked for a period like all
) -> Exhibit | None:
    """People by how much only they hold, do, know or can open; the one with most of it first."""
    found: dict[tuple[str, str], list[Hold]] = defaultdict(list)
    for hold in holds(ownership, duties, file_authors, credentials):
        if hold.tenant in {*tenant["id"]}:
            found[hold.tenant, hold.person].append(hold)
    rows: list[Row] = []
    for (of, person), held in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        counts = (sum(hold.kind == kind for hold in held) or None for kind in _KINDS)
        rows.append((of, (person, len(held), *counts, "; ".join(hold.what for hold in held))))
    return grid(
        (
            text("person", "Person"),
            count("all", "In all"),
            count("shares", "Shares"),
            count("duties", "Duties"),
            count("repositories", "Repositories"),
            count("logins", "Logins"),
            text("what", "What"),
        ),
        rows,
        note="Shares of a quarter or more without agreement and vesting; critical duties without a stand-in; repositories "
        "with a bus factor of one; AWS accounts into which one person can log in",
    )
