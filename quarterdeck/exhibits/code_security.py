"""How far the audit of code reached, and what it found in each repository."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, text, when, words
from quarterdeck.model import At, Exhibit


@exhibit("code_audit_table", title="Code under audit")
def code_audit_table(
    code_checks: pd.DataFrame,
    leaks: pd.DataFrame,
    env_files: pd.DataFrame,
    vulnerabilities: pd.DataFrame,
    at: At,  # noqa: ARG001 - asked for a period like all
) -> Exhibit | None:
    """Each repository with its secrets, env files, what watches its dependencies, and known vulnerabilities."""
    rows: list[Row] = []
    for row in code_checks.sort_values(["tenant", "repository"]).to_dict("records"):
        own = _of(leaks, row)
        is_searched, is_checked = words(row["scanner"]) is not None, when(row["advisories_on"]) is not None
        rows.append(
            (
                row["tenant"],
                (
                    row["repository"],
                    _distinct(own[own["is_in_tree"]], "fingerprint") if is_searched else None,
                    _distinct(own[~own["is_in_tree"]], "fingerprint") if is_searched else None,
                    len(_of(env_files, row)),
                    words(row["scanning"]) or "nothing",
                    _distinct(_of(vulnerabilities, row), "advisory") if is_checked else None,
                    when(row["advisories_on"]),
                    words(row["licence"]) or "none",
                ),
            )
        )
    is_whole = code_checks["scanner"].notna().all() and code_checks["advisories_on"].notna().all()
    return grid(
        (
            text("repository", "Repository"),
            count("secrets", "Secrets in files"),
            count("history", "In the history alone"),
            count("env_files", "Env files"),
            text("scanning", "Dependencies watched by"),
            count("vulnerabilities", "Known vulnerabilities"),
            dated("advisories", "By data of"),
            text("licence", "Licence"),
        ),
        rows,
        note="" if is_whole else "An empty cell was not checked",
    )


def _of(rows: pd.DataFrame, key: dict[object, object]) -> pd.DataFrame:
    return rows[(rows["tenant"] == key["tenant"]) & (rows["repository"] == key["repository"])]


def _distinct(rows: pd.DataFrame, column: str) -> int:
    return int(rows[column].nunique())
