"""Faults of the data itself: sources that could not be read, old snapshots in their place, rows that were left out."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.frames import ratio, total
from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence


@rule(
    "source_failed",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=5,
    title="The source {source} could not be read",
    why="{tables:table is|tables are} missing, and every figure and check that needs them is left out of this period.",
    remedy="Mend {source} as its evidence says, and run the period again",
)
def source_failed(pulls: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A source gave none of a table that it is configured to give."""
    for source, rows in pulls[pulls["status"] == "failed"].sort_values("table").groupby("source"):
        yield Hit(
            subject=str(source),
            facts={"source": str(source), "tables": len(rows)},
            evidence=evidence(rows, at, "table", "reason", "remedy"),
        )


@rule(
    "source_last_good",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=10,
    title="The source {source} could not be read, an older snapshot stands in",
    why="{tables:table is|tables are} as of an earlier reading; what changed since is in no figure.",
    remedy="Mend {source} as its evidence says, and run the period again",
)
def source_last_good(pulls: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A source failed and its last good snapshot is used, as its configuration allows."""
    for source, rows in pulls[pulls["status"] == "last_good"].sort_values("table").groupby("source"):
        yield Hit(
            subject=str(source),
            facts={"source": str(source), "tables": len(rows)},
            evidence=evidence(rows, at, "table", "reason", "covers_to", "remedy"),
        )


@rule(
    "rows_rejected",
    severity=Severity.LOW,
    owner="accounting",
    effort=Effort.S,
    due_days=15,
    absent_ok=("rejects",),
    title="{rejected} of {rows:row|rows} of {table} in {source} could not be read",
    why="That is {share:percent}. They broke what the table promises, so they are in no figure.",
    remedy="Correct the cells listed here in {file}, and run the period again",
)
def rows_rejected(rejects: pd.DataFrame, pulls: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Rows of a source broke their schema and were left out."""
    for (source, table), cells in rejects.groupby(["source", "table"]):
        read = pulls[(pulls["source"] == source) & (pulls["table"] == table)]
        rejected = len(cells[["file", "line"]].drop_duplicates())
        rows = total(read["rows"]) + rejected
        listed = cells.sort_values(["file", "line", "column"])
        yield Hit(
            subject=f"{source}/{table}",
            facts={
                "source": str(source),
                "table": str(table),
                "file": str(listed["file"].iloc[0]),
                "rejected": rejected,
                "rows": rows,
                "share": ratio(rejected, rows),
            },
            evidence=evidence(
                listed.rename(columns={"file": "source_file", "line": "source_line"}),
                at, "source_file", "source_line", "column", "value", "expected",
            ),
        )  # fmt: skip
