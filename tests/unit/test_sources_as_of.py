"""Lists as they stood at the end of a past period: out of the git history of the folder that they are kept in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from quarterdeck.config import load_settings
from quarterdeck.errors import SourceError
from quarterdeck.period import Period
from quarterdeck.sources import Window
from quarterdeck.sources._as_of import as_of_end
from quarterdeck.sources.handoffs import HandoffOptions, Handoffs
from quarterdeck.sources.inventories import Inventories, InventoryOptions
from quarterdeck.steps.pull import pull
from quarterdeck.wiring import Parts
from tests.repositories import Made, repository
from tests.sourcing import window as window_of

HEAD = "channel,kind,is_listed,is_live\n"
ONE, TWO, THREE = (HEAD + "".join(f"Site {n},website,true,true\n" for n in range(count)) for count in (1, 2, 3))


@pytest.fixture
def kept(tmp_path: Path) -> Made:
    """A portfolio's folder in git: one channel in August, two since 20 September, three since 5 November."""
    made = repository(tmp_path / "portfolio")
    made.commit({"lists/channels.csv": ONE, "lists/notes/a.md": _handoff("planned")}, "2026-08-10T12:00:00Z")
    made.commit({"lists/channels.csv": TWO, "lists/notes/a.md": _handoff("live")}, "2026-09-20T12:00:00Z")
    made.commit(
        {"lists/channels.csv": THREE, "lists/notes/a.md": None, "lists/notes/b.md": _handoff("done")}, "2026-11-05T12:00:00Z"
    )
    return made


def _handoff(state: str) -> str:
    return f"---\ntitle: A project\nstate: {state}\nowner: Ada\nupdated: 2026-08-01\n---\n"


def window(made: Made, period: str) -> Window:
    return window_of(made.path, period)


def channels(made: Made, period: str, path: str = "lists/channels.csv") -> int:
    options = InventoryOptions.model_validate({"channels": path})
    with as_of_end(Inventories.states(options), window(made, period)) as then:
        [table] = Inventories.pull(options, then).tables
    return int(table.rows.num_rows)


@pytest.mark.parametrize(("period", "count"), [("2026-08", 1), ("2026-09", 2), ("2026-10", 2), ("2026-11", 3), ("2026-Q3", 2)])
def test_a_list_is_read_as_it_stood_at_the_end_of_the_period(kept: Made, period: str, count: int) -> None:
    (kept.path / "lists" / "channels.csv").write_text("what is not committed does not count")
    assert channels(kept, period) == count


def test_the_end_is_that_of_the_tenants_own_midnight(kept: Made) -> None:
    kept.commit({"lists/channels.csv": ONE}, "2026-11-30T23:59:59-08:00")
    kept.commit({"lists/channels.csv": THREE}, "2026-12-01T00:00:00-08:00")
    assert channels(kept, "2026-11") == 1
    assert channels(kept, "2026-12") == 3


def test_a_folder_of_documents_has_the_ones_it_had(kept: Made) -> None:
    options = HandoffOptions(path="lists/notes")
    with as_of_end(Handoffs.states(options), window(kept, "2026-09")) as then:
        rows = Handoffs.pull(options, then).tables[0].rows.to_pylist()
    assert [(row["project"], row["state"], row["source_file"]) for row in rows] == [("a", "live", "lists/notes/a.md")]


def test_what_no_repository_keeps_is_not_known_as_of_then(tmp_path: Path) -> None:
    (tmp_path / "channels.csv").write_text(ONE)
    with (
        pytest.raises(SourceError, match="only as it stands now, not as of 2026-10-01") as caught,
        as_of_end(["channels.csv"], window_of(tmp_path, "2026-09")),
    ):
        pytest.fail("there is nothing to read")
    assert caught.value.permanent


def test_before_its_first_commit_nothing_is_known(kept: Made) -> None:
    with pytest.raises(SourceError, match="no commit from before 2026-08-01"):
        channels(kept, "2026-07")


def test_a_file_that_was_not_there_then_is_missing(kept: Made) -> None:
    kept.commit({"lists/new.csv": ONE}, "2026-11-06T12:00:00Z")
    with pytest.raises(SourceError, match="there is no such file"):
        channels(kept, "2026-10", "lists/new.csv")


@pytest.mark.parametrize("written", ["./lists/channels.csv", "lists/../lists/channels.csv"])
def test_however_the_path_is_written(kept: Made, written: str) -> None:
    assert channels(kept, "2026-09", written) == 2
    assert channels(kept, "2026-09", str(kept.path / "lists" / "channels.csv")) == 2


def test_a_list_beside_the_portfolio_in_a_repository_above(kept: Made) -> None:
    below = replace(window(kept, "2026-09"), root=kept.path / "lists" / "notes")
    options = InventoryOptions.model_validate({"channels": "../channels.csv"})
    with as_of_end(Inventories.states(options), below) as then:
        assert Inventories.pull(options, then).tables[0].rows.num_rows == 2


def test_links_in_a_commit_are_not_followed(kept: Made, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(ONE)
    (kept.path / "lists" / "link.csv").symlink_to(tmp_path / "secret.csv")
    kept.commit({}, "2026-09-21T12:00:00Z")
    with pytest.raises(SourceError, match="there is no such file"):
        channels(kept, "2026-09", "lists/link.csv")


# In a pull

PORTFOLIO = """\
portfolio: {name: Group, currency: USD}
tenants:
  - id: alpha
    name: Alpha
    sources:
      - {kind: inventories, channels: lists/channels.csv}
"""


def parts_at(folder: Path, now: datetime) -> Parts:
    file = folder / "portfolio.yaml"
    file.write_text(PORTFOLIO, encoding="utf-8")
    return Parts(load_settings(file, {"QUARTERDECK_HOME": str(folder.parent / "home")}), lambda: now)


def pulled_rows(parts: Parts, period: str, *, as_of_then: bool) -> int:
    manifest = pull(parts, "alpha", "inventories", Period.parse(period), as_of_then=as_of_then)
    [table] = manifest.tables
    return table.rows


def test_a_backfill_reads_the_past_and_a_run_what_stands_now(kept: Made) -> None:
    parts = parts_at(kept.path, datetime(2026, 11, 20, tzinfo=UTC))
    assert pulled_rows(parts, "2026-08", as_of_then=True) == 1
    assert pulled_rows(parts, "2026-08", as_of_then=False) == 3


def test_a_period_that_has_not_ended_is_read_as_it_stands(kept: Made) -> None:
    parts = parts_at(kept.path, datetime(2026, 11, 20, tzinfo=UTC))
    (kept.path / "lists" / "channels.csv").write_text(ONE)
    assert pulled_rows(parts, "2026-11", as_of_then=True) == 1


def test_a_snapshot_of_that_time_stands_where_git_keeps_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "lists").mkdir(parents=True)
    (folder / "lists" / "channels.csv").write_text(TWO)
    then = parts_at(folder, datetime(2026, 9, 3, tzinfo=UTC))
    assert pulled_rows(then, "2026-08", as_of_then=False) == 2
    (folder / "lists" / "channels.csv").write_text(THREE)
    now = parts_at(folder, datetime(2026, 11, 20, tzinfo=UTC))
    assert pulled_rows(now, "2026-08", as_of_then=True) == 2
    with pytest.raises(SourceError, match="only as it stands now"):
        pulled_rows(now, "2026-09", as_of_then=True)


def test_a_snapshot_from_long_after_is_not_of_that_time(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "lists").mkdir(parents=True)
    (folder / "lists" / "channels.csv").write_text(TWO)
    late = parts_at(folder, datetime(2026, 10, 1, tzinfo=UTC))
    assert pulled_rows(late, "2026-08", as_of_then=False) == 2
    with pytest.raises(SourceError, match=str(date(2026, 9, 1))):
        pulled_rows(late, "2026-08", as_of_then=True)
