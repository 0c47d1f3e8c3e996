"""On whom the business hangs: what only one person holds, knows, does or can open; shared by exhibits and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from quarterdeck.codebase import bus_factors
from quarterdeck.frames import is_blank

KEY_SHARE = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing that hangs on one person. `kind` is share, duty, repository or login."""

    tenant: str
    person: str
    kind: str
    what: str


def holds(
    ownership: pd.DataFrame, duties: pd.DataFrame, file_authors: pd.DataFrame, credentials: pd.DataFrame
) -> Iterator[Hold]:
    """Everything that hangs on one person, by the names that each source has for them."""
    people = ownership[(ownership["relation"] != "company") & (ownership["share_ratio"] >= KEY_SHARE)]
    for row in people[~(people["has_agreement"] & people["has_vesting"])].to_dict("records"):
        yield Hold(str(row["tenant"]), str(row["holder"]), "share", "share without full terms")
    alone = is_blank(duties["stand_in"]) | (duties["stand_in"] == duties["holder"])
    for row in duties[alone & duties["is_critical"]].to_dict("records"):
        yield Hold(str(row["tenant"]), str(row["holder"]), "duty", str(row["duty"]))
    yield from repositories_of_one(file_authors)
    for tenant, account, user in sole_logins(credentials):
        yield Hold(tenant, user, "login", account)


def repositories_of_one(file_authors: pd.DataFrame) -> Iterator[Hold]:
    """Repositories with a bus factor of one, with the author of most of their files."""
    if not len(file_authors):
        return
    for (tenant, name), factor in sorted(bus_factors(file_authors).items()):
        if factor == 1:
            rows = file_authors[(file_authors["tenant"] == tenant) & (file_authors["repository"] == name)]
            changes = rows.groupby("author")["changes"].sum()
            yield Hold(tenant, min(changes[changes == changes.max()].index), "repository", name)


def sole_logins(credentials: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Accounts of AWS into which exactly one person beside the root can log in: tenant, account, user."""
    people = credentials[~credentials["is_root"] & credentials["has_password"].fillna(value=False).astype(bool)]
    users: dict[tuple[str, str], list[str]] = {}
    for row in people.to_dict("records"):
        users.setdefault((str(row["tenant"]), str(row["account"])), []).append(str(row["user"]))
    return [(tenant, account, names[0]) for (tenant, account), names in sorted(users.items()) if len(names) == 1]
