"""How releases went, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck import releases
from quarterdeck.kpis import KPIS
from quarterdeck.model import Unavailable
from tests.tables import Row, at, frame, together


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def tag(name: str, made: str, repository: str = "site") -> Row:
    return {"repository": repository, "tag": name, "date": moment(made).date(), "tagged_at": moment(made)}


def commit(subject: str, made: str, repository: str = "site") -> Row:
    row = {"repository": repository, "sha": f"{subject} {made}", "subject": subject, "date": moment(made).date()}
    return {**row, "committed_at": moment(made), "authored_at": moment(made)}


def failed(tags: list[Row], commits: list[Row], period: str = "2026-10") -> dict[str, bool]:
    made = releases.deployments(frame("commits", commits), frame("tags", tags), at(period))
    return dict(zip(made["tag"], (bool(value) for value in made["has_failed"]), strict=True))


THREE = [tag("v1", "2026-10-01T12:00"), tag("v2", "2026-10-10T12:00"), tag("v3", "2026-10-20T12:00")]


def test_a_hotfix_soon_after_a_tag_is_a_failure_of_it_and_no_other() -> None:
    hotfix = tag("v2-hotfix1", "2026-10-11T12:00")
    assert failed([*THREE, hotfix], []) == {"v1": False, "v2": True, "v2-hotfix1": False, "v3": False}
    assert failed(THREE, [commit('Revert "Pay in one click"', "2026-10-20T18:00")]) == {"v1": False, "v2": False, "v3": True}


@pytest.mark.parametrize(
    ("after", "is_failure"), [("2026-10-12T12:00", True), ("2026-10-12T12:01", False), ("2026-10-10T12:00", False)]
)
def test_two_days_and_no_minute_more(after: str, is_failure: bool) -> None:
    assert failed(THREE, [commit("hotfix: prices", after)])["v2"] is is_failure


@pytest.mark.parametrize(
    "subject",
    [
        *('Revert "x"', "revert: x", "Hotfix for the form", "fix(hotfix): x", "Rollback to v1"),
        *("Merge branch 'hotfix/form'", "roll back prices"),
    ],
)
def test_subjects_that_take_something_back(subject: str) -> None:
    assert failed(THREE, [commit(subject, "2026-10-10T13:00")])["v2"]


@pytest.mark.parametrize("subject", ["Fix a typo", "Document how to revert", "Irreverent words", "Add rollbacks page", ""])
def test_subjects_that_do_not(subject: str) -> None:
    assert not failed(THREE, [commit(subject, "2026-10-10T13:00")])["v2"]


@pytest.mark.parametrize(
    ("name", "is_repair"), [("v1.0.1-hotfix", True), ("hotfix-3", True), ("rollback/9", True), ("v1.0.1", False)]
)
def test_tags_that_take_something_back(name: str, is_repair: bool) -> None:
    assert failed([*THREE, tag(name, "2026-10-10T20:00")], [])["v2"] is is_repair


def test_repositories_and_tenants_keep_to_themselves() -> None:
    other = [tag("v9", "2026-10-10T11:00", "app")]
    assert failed([*THREE, *other], [commit("Revert x", "2026-10-10T13:00", "app")]) == {
        "v1": False, "v2": False, "v3": False, "v9": True,
    }  # fmt: skip
    both = together("tags", frame("tags", THREE), frame("tags", THREE, "b"))
    made = releases.deployments(frame("commits", [commit("Revert x", "2026-10-10T13:00")], "b"), both, at("2026-10"))
    assert [(row["tenant"], row["tag"]) for row in made[made["has_failed"]].to_dict("records")] == [("b", "v2")]


def test_the_rate_counts_deployments_of_the_period_alone() -> None:
    tags = [tag("v0", "2026-09-30T12:00"), *THREE, tag("v3-rollback", "2026-10-21T12:00")]
    commits = frame("commits", [commit("Revert early", "2026-09-30T13:00")])
    compute = KPIS.get("change_failure_rate").compute
    assert compute(tags=frame("tags", tags), commits=commits, at=at("2026-10")) == Decimal("0.25")  # v3 of four
    assert compute(tags=frame("tags", tags), commits=commits, at=at("2026-09")) == Decimal(1)
    nothing = compute(tags=frame("tags", tags), commits=commits, at=at("2026-08"))
    assert isinstance(nothing, Unavailable)


def test_time_to_restore_is_the_middle_of_what_is_over() -> None:
    rows = [("2026-10-03", "0.5"), ("2026-10-04", "8"), ("2026-10-09", "2.25"), ("2026-10-30", None), ("2026-09-30", "99")]
    listed = frame(
        "incidents",
        [
            {"incident": day, "date": moment(day).date(), "hours_to_restore": None if hours is None else Decimal(hours)}
            for day, hours in rows
        ],
    )
    compute = KPIS.get("time_to_restore").compute
    assert compute(incidents=listed, at=at("2026-10")) == Decimal("2.2")  # 2.25, half to even
    assert isinstance(compute(incidents=listed, at=at("2026-11")), Unavailable)


def test_no_tags_and_no_commits() -> None:
    assert failed([], []) == {}
    assert failed([], [commit("Revert x", "2026-10-10T13:00")]) == {}
    empty: pd.DataFrame = releases.shipped(frame("commits", []), frame("tags", []), at("2026-10"))
    assert releases.wait(empty) is None
