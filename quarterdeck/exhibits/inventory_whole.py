"""Everything that is owned or runs, from every source that tells of it: lists, the AWS inventory, git."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, dated, grid, money, shown, text, when, whole, words
from quarterdeck.frames import total
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_MOST = 400  # rows; more are counted by the exhibit of kinds
_LISTED, _CLOUD, _CODE = "list", "AWS", "git"


@exhibit("inventory_whole", title="Everything owned or run")
def inventory_whole(
    tenant: pd.DataFrame, assets: pd.DataFrame, repositories: pd.DataFrame, resources: pd.DataFrame, at: At
) -> Exhibit | None:
    """Each thing with where it is known from; what a list and AWS both name stands there twice, as each tells it."""
    rows = sorted(_everything(assets, repositories, resources, at), key=lambda row: (row[0], *map(str, row[1][:3])))
    rows = [row for row in rows if row[0] in {*tenant["id"]}]
    return grid(
        (
            text("name", "Name"),
            text("kind", "Kind"),
            text("known_from", "Known from"),
            text("status", "Status"),
            text("owner", "Owner"),
            money("value", "Value"),
            dated("renews_on", "Renews"),
        ),
        rows[:_MOST],
        note=shown(len(rows), _MOST),
    )


@exhibit("inventory_by_kind", title="What is owned or run, by kind")
def inventory_by_kind(
    tenant: pd.DataFrame, assets: pd.DataFrame, repositories: pd.DataFrame, resources: pd.DataFrame, at: At
) -> Exhibit | None:
    """How many things of each kind every source knows, what they are worth, and how many nobody is named for."""
    found: dict[tuple[str, str, str], list[Cells]] = {}
    for of, cells in _everything(assets, repositories, resources, at):
        found.setdefault((of, str(cells[1]), str(cells[2])), []).append(cells)
    rows: list[Row] = []
    for (of, kind, source), things in sorted(found.items()):
        values = [cell.minor for cells in things if isinstance(cell := cells[5], Money)]
        worth = Money(total(pd.Series(values)), at.currency) if values else None
        unowned = sum(cells[4] is None for cells in things) if source == _LISTED else None
        rows.append((of, (kind, source, len(things), worth, unowned)))
    return grid(
        (
            text("kind", "Kind"),
            text("known_from", "Known from"),
            count("number", "Number"),
            money("value", "Value"),
            count("unowned", "No owner"),
        ),
        [row for row in rows if row[0] in {*tenant["id"]}],
    )


def _everything(assets: pd.DataFrame, repositories: pd.DataFrame, resources: pd.DataFrame, at: At) -> Iterator[Row]:
    """Name, kind, source, status, owner, value, renewal of each thing."""
    for row in assets[assets["status"] != "retired"].to_dict("records"):
        value = whole(row["value_minor"])
        worth = None if value is None else Money(value, at.currency)
        terms = (row["status"], words(row["owner"]), worth, when(row["renews_on"]))
        yield str(row["tenant"]), (str(row["name"]), str(row["category"]), _LISTED, *terms)
    for row in repositories.to_dict("records"):
        yield str(row["tenant"]), (str(row["repository"]), "repository", _CODE, *_bare(row, "last_commit"))
    for row in resources.to_dict("records"):
        yield str(row["tenant"]), (words(row["name"]) or str(row["resource"]), str(row["kind"]), _CLOUD, *_bare(row))


def _bare(row: dict[Any, Any], last: str = "") -> Cells:
    """What neither AWS nor git says of a thing: owner, value and renewal. A repository without a commit is empty."""
    return ("empty" if last and pd.isna(row[last]) else "active", None, None, None)
