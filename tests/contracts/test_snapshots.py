"""Snapshots on every store: the same rows are the same file, damage is seen, nobody reads another tenant's rows."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from quarterdeck.errors import SnapshotError
from quarterdeck.schemas import build
from quarterdeck.snapshots import Manifest, ManifestTable, Snapshots, manifest
from quarterdeck.storage import Store
from tests.forks import die, in_child
from tests.stores import Opening

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def snapshots(store: Store) -> Snapshots:
    return Snapshots(store)


def rates(count: int = 3, start: int = 1) -> pa.Table:
    rows = [
        {"date": date(2026, 10, 1 + n % 31), "base": f"B{n}", "quote": "USD", "rate": Decimal(start + n) / 8}
        for n in range(count)
    ]
    return build("rates", rows)


def commit(snapshots: Snapshots, rows: pa.Table, at: datetime = NOW, **changes: Any) -> Manifest:
    digest = snapshots.write("alpha", "rates", rows)
    entry = ManifestTable("rates", digest, rows.num_rows, covers_from=date(2026, 10, 1), watermark=NOW, **changes)
    return snapshots.commit(Manifest("alpha", "fx", "rates_csv", "2026-10", (entry,), at))


def files(snapshots: Snapshots) -> tuple[str, ...]:
    return snapshots.store.list()


def test_rows_come_back_as_they_were(snapshots: Snapshots) -> None:
    rows = rates(50)
    digest = snapshots.write("alpha", "rates", rows)
    assert snapshots.read("alpha", "rates", digest).equals(rows)
    assert files(snapshots) == (f"alpha/tables/rates/{digest}.parquet",)


def test_every_type_and_empty_cells_come_back(snapshots: Snapshots) -> None:
    times = datetime(2026, 10, 5, 12, 30, 1, 250, tzinfo=UTC)
    row = {"repository": "r", "sha": "a", "author": "Ana Ünal", "date": date(2026, 10, 5), "committed_at": times}
    row |= {"authored_at": times, "is_merge": False, "files_changed": 1, "added_lines": 2, "deleted_lines": 0, "subject": "s"}
    for table, rows in (
        ("commits", build("commits", [row])),
        ("handoffs", build("handoffs", [])),
        (
            "duties",
            build(
                "duties",
                [{"duty": d, "holder": "Ana", "stand_in": s, "is_critical": True} for d, s in (("a", ""), ("b", None))],
            ),
        ),
    ):
        assert snapshots.read("alpha", table, snapshots.write("alpha", table, rows)).equals(rows)


def test_the_same_rows_twice_add_nothing(snapshots: Snapshots) -> None:
    first = commit(snapshots, rates())
    before = files(snapshots)
    second = commit(snapshots, pa.concat_tables([rates().slice(0, 1), rates().slice(1)]), LATER)
    assert second == first
    assert second.pulled_at == NOW  # the first pull of this content
    assert files(snapshots) == before


def test_other_rows_add_a_manifest_and_going_back_adds_another(snapshots: Snapshots) -> None:
    first = commit(snapshots, rates())
    other = commit(snapshots, rates(start=5))
    assert other != first
    assert snapshots.current("alpha", "2026-10", "fx") == other
    again = commit(snapshots, rates(), LATER)
    assert again == first
    assert again.pulled_at == LATER
    assert snapshots.current("alpha", "2026-10", "fx") == first
    numbers = [key.rpartition("/")[2] for key in files(snapshots) if "/manifests/" in key]
    assert numbers == ["0001.json", "0002.json", "0003.json"]


@pytest.mark.parametrize("change", [{"rejected": 1}, {"covers_to": date(2026, 11, 1)}])
def test_what_is_known_about_the_rows_is_part_of_the_manifest(snapshots: Snapshots, change: dict[str, Any]) -> None:
    first = commit(snapshots, rates())
    assert commit(snapshots, rates(), **change) != first


def test_the_tenth_thousandth_manifest_is_newer_than_the_one_before(snapshots: Snapshots) -> None:
    commit(snapshots, rates())
    folder = "alpha/manifests/2026-10/fx/"
    other = commit(snapshots, rates(start=5))
    snapshots.store.put_new(f"{folder}9999.json", manifest.encode(other))
    newest = commit(snapshots, rates())
    assert snapshots.store.exists(f"{folder}10000.json")
    assert snapshots.current("alpha", "2026-10", "fx") == newest


def test_a_manifest_needs_its_tables(snapshots: Snapshots) -> None:
    entry = ManifestTable("rates", "0" * 64, 3)
    with pytest.raises(SnapshotError, match="not there"):
        snapshots.commit(Manifest("alpha", "fx", "rates_csv", "2026-10", (entry,), NOW))
    written = ManifestTable("rates", snapshots.write("alpha", "rates", rates()), 3)
    with pytest.raises(SnapshotError, match="twice"):
        snapshots.commit(Manifest("alpha", "fx", "rates_csv", "2026-10", (written, written), NOW))


def test_a_crash_between_table_and_manifest_leaves_the_old_one_current(opening: Opening, snapshots: Snapshots) -> None:
    first = commit(snapshots, rates())

    def write_and_die() -> None:
        Snapshots(opening()).write("alpha", "rates", rates(start=9))
        die()

    assert in_child(write_and_die) < 0
    assert len(files(snapshots)) == 3  # two tables, one manifest
    assert snapshots.current("alpha", "2026-10", "fx") == first
    assert snapshots.read("alpha", "rates", first.tables[0].digest).equals(rates())


def test_says_what_there_is(snapshots: Snapshots) -> None:
    made = commit(snapshots, rates())
    snapshots.commit(Manifest("alpha", "git", "git_history", "2026-W44", (), NOW))
    assert snapshots.periods("alpha") == ("2026-10", "2026-W44")
    assert snapshots.sources("alpha", "2026-10") == ("fx",)
    assert snapshots.periods("beta") == ()
    assert snapshots.current("alpha", "2026-09", "fx") is None
    assert made.find("rates") is not None
    assert made.find("entries") is None
    found = snapshots.read_range("alpha", "fx", "rates", ["2026-09", "2026-10"])
    assert list(found) == ["2026-10"]
    assert found["2026-10"].equals(rates())


def test_earlier_periods_are_found_by_one_listing(snapshots: Snapshots) -> None:
    digest = snapshots.write("alpha", "rates", rates())
    made = {}
    for period in ("2025-10", "2026-08", "2026-09"):
        for rejected in (0, 1):
            entry = ManifestTable("rates", digest, 3, rejected)
            made[period] = snapshots.commit(Manifest("alpha", "fx", "rates_csv", period, (entry,), NOW))
            snapshots.commit(Manifest("alpha", "fx2", "rates_csv", period, (entry,), NOW))
    key = "alpha/manifests/2026-08/fx/10000.json"
    newest = replace(made["2026-08"], kind="other")
    snapshots.store.put_new(key, manifest.encode(newest))
    snapshots.store.put_new("alpha/manifests/2026-09/fx/notes.txt", b"no manifest")
    wanted = ["2026-09", "2026-08", "2026-07"]
    found = snapshots.past("alpha", "fx", wanted)
    assert found == {"2026-09": made["2026-09"], "2026-08": newest}
    assert found == {period: one for period in wanted if (one := snapshots.current("alpha", period, "fx"))}
    assert snapshots.past("beta", "fx", wanted) == {}


def test_a_flipped_bit_is_never_read_as_other_data(snapshots: Snapshots) -> None:
    digest = snapshots.write("alpha", "rates", rates(200))
    key = f"alpha/tables/rates/{digest}.parquet"
    intact = snapshots.store.get(key)
    drawn = random.Random(7)
    for _ in range(50):
        flipped = bytearray(intact)
        flipped[drawn.randrange(len(flipped))] ^= 1 << drawn.randrange(8)
        snapshots.store.put(key, bytes(flipped))
        with pytest.raises(SnapshotError):
            snapshots.read("alpha", "rates", digest)
    snapshots.store.put(key, intact[:-20])
    with pytest.raises(SnapshotError):
        snapshots.read("alpha", "rates", digest)
    snapshots.store.put(key, intact)
    assert snapshots.read("alpha", "rates", digest).equals(rates(200))


def test_any_damage_to_a_manifest_is_seen(snapshots: Snapshots) -> None:
    intact = manifest.encode(commit(snapshots, rates()))
    for place in range(len(intact)):
        for bit in (0, 3, 6):
            damaged = bytearray(intact)
            damaged[place] ^= 1 << bit
            with pytest.raises(SnapshotError):
                manifest.decode(bytes(damaged))
    for text in (b"", b"[]", b"null", b"{}", b"\xff", intact[:-1], intact + b" ", b"[" * 100_000):
        with pytest.raises(SnapshotError):
            manifest.decode(text)


def test_a_file_of_another_tenant_or_table_is_refused(snapshots: Snapshots) -> None:
    digest = snapshots.write("alpha", "rates", rates())
    data = snapshots.store.get(f"alpha/tables/rates/{digest}.parquet")
    snapshots.store.put_new(f"beta/tables/rates/{digest}.parquet", data)
    with pytest.raises(SnapshotError, match=r"not one of beta, but of 'alpha'"):
        snapshots.read("beta", "rates", digest)
    snapshots.store.put_new(f"alpha/tables/budget/{digest}.parquet", data)
    with pytest.raises(SnapshotError, match="not budget, but 'rates'"):
        snapshots.read("alpha", "budget", digest)


def test_a_manifest_moved_under_another_tenant_is_refused(snapshots: Snapshots) -> None:
    data = manifest.encode(commit(snapshots, rates()))
    snapshots.store.put_new("beta/manifests/2026-10/fx/0001.json", data)
    with pytest.raises(SnapshotError, match="one of alpha"):
        snapshots.current("beta", "2026-10", "fx")


def test_rows_that_break_the_contract_are_not_written(snapshots: Snapshots) -> None:
    with pytest.raises(SnapshotError):
        snapshots.write("alpha", "rates", rates().drop_columns(["rate"]))
    with pytest.raises(SnapshotError):
        snapshots.write("alpha", "rates", pa.concat_tables([rates(), rates()]))
    with pytest.raises(SnapshotError, match="no table"):
        snapshots.write("alpha", "nonsense", rates())
    assert files(snapshots) == ()


@pytest.mark.parametrize("tenant", ["", "..", "a/b", "Alpha", "-a", "a" * 40, "a\n", "a_b", "/etc"])
def test_refuses_what_is_no_tenant(snapshots: Snapshots, tenant: str) -> None:
    for use in (
        lambda: snapshots.write(tenant, "rates", rates()),
        lambda: snapshots.read(tenant, "rates", "0" * 64),
        lambda: snapshots.current(tenant, "2026-10", "fx"),
        lambda: snapshots.periods(tenant),
    ):
        with pytest.raises(SnapshotError):
            use()


def test_refuses_what_is_no_period_source_or_digest(snapshots: Snapshots) -> None:
    for period in ("2026-13", "..", "2026-10/..", ""):
        with pytest.raises(SnapshotError):
            snapshots.current("alpha", period, "fx")
    for source in ("", "..", "a/b", "A"):
        with pytest.raises(SnapshotError):
            snapshots.current("alpha", "2026-10", source)
    for digest in ("", "0" * 63, "0" * 64 + "\n", "../x"):
        with pytest.raises(SnapshotError):
            snapshots.read("alpha", "rates", digest)
