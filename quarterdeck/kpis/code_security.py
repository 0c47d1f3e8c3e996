"""How safe the code is: secrets in it, and known vulnerabilities of what it is built with."""

from __future__ import annotations

import pandas as pd

from quarterdeck.kpis import Value, kpi
from quarterdeck.model import At, Direction, Unavailable, Unit


@kpi(
    "secrets_in_code",
    label="Secrets in code",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="distinct secrets that a scanner finds in the files of the default branches, those of the history left out",
    needs="an audit of at least one git repository",
)
def secrets_in_code(leaks: pd.DataFrame, code_checks: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - asked for a period
    """How many secrets whoever has a copy of the code has too; what no scanner knows is not counted."""
    if not len(code_checks):
        return Unavailable("no repository had a commit before the end of the period")
    alive = leaks[leaks["is_in_tree"]]
    return len(alive[["tenant", "fingerprint"]].drop_duplicates())


@kpi(
    "known_vulnerabilities",
    label="Known vulnerabilities",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="distinct advisories of osv.dev, published before the period's end, on locked packages of each repository",
    needs="a dump of osv.dev beside an audit of git repositories with lock files; without one nothing was checked",
)
def known_vulnerabilities(vulnerabilities: pd.DataFrame, code_checks: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - asked for a period
    """How many published faults the code is built with; whether they can be reached is not known."""
    if not (code_checks["checked_packages"].fillna(0) > 0).any():
        return Unavailable("not checked: no repository has a lock file whose packages could be held against the data")
    return len(vulnerabilities[["tenant", "repository", "package", "advisory"]].drop_duplicates())
