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
    """A source gave nothing of what it is configured to give."""
    for source, rows in _failed(pulls, in_part=False):
        yield Hit(
            subject=source,
            facts={"source": source, "tables": len(rows)},
            evidence=evidence(rows, at, "table", "reason", "remedy"),
        )


@rule(
    "source_in_part",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=10,
    title="The source {source} gave only a part of what it should",
    why="{tables:table is|tables are} missing, {table} among them, and every figure and check that needs them is left out of "
    "this period.",
    remedy="Mend {source} as its evidence says, mostly by a permission that it lacks, and run the period again",
)
def source_in_part(pulls: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A source gave some of its tables and not the others, as where one call to a service is denied."""
    for source, rows in _failed(pulls, in_part=True):
        yield Hit(
            subject=source,
            facts={"source": source, "tables": len(rows), "table": str(rows["table"].iloc[0])},
            evidence=evidence(rows, at, "table", "reason", "remedy"),
        )


def _failed(pulls: pd.DataFrame, *, in_part: bool) -> Iterable[tuple[str, pd.DataFrame]]:
    """The tables that each source failed to give: of those that gave others too, or of those that gave nothing."""
    given = pulls.loc[pulls["status"] == "read", "source"]
    failed = pulls[(pulls["status"] == "failed") & (pulls["source"].isin(given) == in_part)]
    for source, rows in failed.sort_values("table").groupby("source"):
        yield str(source), rows


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
    title="Faults in {rejected} of {rows:row|rows} of {table} in {source}",
    why="That is {share:percent}. A row that cannot be read is in no figure; where one does not go on from the row before, "
    "others are missing between them.",
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
