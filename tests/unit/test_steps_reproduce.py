"""A filed report made again from the snapshots that it names: the same bytes, or what differs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.errors import ArchiveError, AuditError, ConfigError, SnapshotError
from quarterdeck.steps.report import make_report
from quarterdeck.steps.reproduce import BYTES, SEEN, differences, reproduce
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import Parts
from reports import role as role_of
from tests import mini
from tests.reporting import basis_of, parts_of

CFO, CEO = "alpha_cfo_2026-10", "portfolio_ceo_2026-10"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small portfolio with two reports on record, one of them made of its members' figures."""
    config = mini.make(tmp_path_factory.mktemp("made"))
    parts = parts_of(config)
    filed = [
        make_report(parts, role_of(role), tenant, parts.period(tenant, "2026-10"), basis_of(parts, tenant))
        for tenant, role in (("alpha", "cfo"), ("portfolio", "ceo"))
    ]
    send_reports(parts, filed, send=False)
    return config


@pytest.fixture
def parts(made: Path, tmp_path: Path) -> Parts:
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    return parts_of(tmp_path / made.name)


def files(parts: Parts) -> dict[str, bytes]:
    home = parts.settings.home
    passing = {".sqlite-shm", ".sqlite-wal"}  # of who reads the trail
    found = (path for path in home.rglob("*.*") if path.is_file() and path.suffix not in passing)
    return {str(path.relative_to(home)): path.read_bytes() for path in found}


@pytest.mark.parametrize("report_id", [CFO, CEO])
def test_the_same_snapshots_give_the_same_bytes_and_nothing_is_read_or_written(parts: Parts, report_id: str) -> None:
    for gone in ("alpha", "beta"):
        shutil.rmtree(parts.settings.root / gone)  # the sources
    before = files(parts)
    found = reproduce(parts, role_of, report_id)
    assert (found.is_same, found.compared, found.differs, found.files) == (True, BYTES, (), ())
    assert found.as_dict()["code"] == {"then": parts.code_version, "now": parts.code_version}
    assert files(parts) == before


def test_settings_that_have_changed_since_do_not_matter(parts: Parts) -> None:
    config = parts.settings.file
    text = config.read_text("utf-8").replace("currency: USD", "currency: USD\n  fiscal_year_start: 4", 1)
    config.write_text(text.replace("net_burn: {value: 500.00", "net_burn: {value: 9.00").replace("name: Alpha", "name: Omega"))
    assert reproduce(parts_of(config), role_of, CFO).is_same


def test_a_later_run_does_not_change_what_a_report_is_made_of(parts: Parts) -> None:
    bank = parts.settings.root / "alpha" / "bank.csv"
    bank.write_text(bank.read_text("utf-8").replace("1000.00", "1100.00"), "utf-8")
    second = make_report(parts, role_of("cfo"), "alpha", parts.period("alpha", "2026-10"), basis_of(parts, "alpha"))
    send_reports(parts, [second], send=False)
    (first, _) = parts.audit.reports(CFO)
    assert reproduce(parts, role_of, CFO).revision == second.revision
    older = reproduce(parts, role_of, CFO, first.revision[:10])
    assert (older.revision, older.is_same) == (first.revision, True)


def test_a_report_whose_figures_are_not_those_of_its_snapshots_differs_and_says_where(parts: Parts) -> None:
    """As if somebody had filed a nicer report, under its own revision, and noted it in the trail."""
    from quarterdeck.compose.report import revision as revision_of
    from quarterdeck.steps.report import Filed, encode

    (true,) = parts.audit.reports(CFO)
    key = ("alpha", "cfo", "2026-10")
    document = parts.archive.document(*key, true.revision)
    kpis = [{**kpi, "display": "$9,999"} if kpi["id"] == "cash" else kpi for kpi in document["kpis"]]
    place = next(number for number, kpi in enumerate(document["kpis"]) if kpi["id"] == "cash")
    nicer = {**document, "kpis": kpis}
    nicer["revision"] = revision_of(nicer)
    names = [name for name in parts.archive.names(*key, true.revision) if name != "report.json"]
    renderings = {name: parts.archive.read(*key, true.revision, name) for name in names}
    parts.archive.file(*key, nicer["revision"], {"report.json": encode(nicer), **renderings})
    send_reports(parts, [Filed(CFO, nicer["revision"], *key, {})], send=False)
    found = reproduce(parts, role_of, CFO, nicer["revision"])
    assert (found.is_same, found.differs, found.files) == (False, (f"kpis[{place}].display", "revision"), ("report.json",))


def test_a_rendering_that_was_changed_is_named(parts: Parts) -> None:
    (report,) = parts.audit.reports(CFO)
    page = Path(parts.archive.path("alpha", "cfo", "2026-10", report.revision, "report.txt"))
    page.chmod(0o600)
    page.write_text(page.read_text("utf-8").replace("Alpha", "Omega"), "utf-8")
    found = reproduce(parts, role_of, CFO)
    assert (found.is_same, found.differs, found.files) == (False, (), ("report.txt",))


def test_other_code_is_told_and_held_to_what_a_reader_sees(parts: Parts) -> None:
    other = Parts(parts.settings, parts.clock)
    other.__dict__["code_version"] = "9.9.9+000000000000"
    found = reproduce(other, role_of, CFO)
    assert (found.is_same, found.compared, found.code_now) == (True, SEEN, "9.9.9+000000000000")
    assert found.code_then == parts.code_version

    def renamed(id: str) -> Any:
        return replace(role_of(id), title="Chief of money")

    found = reproduce(other, renamed, CFO)
    assert (found.is_same, found.differs) == (False, ("heading.role",))


def test_what_is_missing_or_damaged_is_told(parts: Parts) -> None:
    with pytest.raises(AuditError, match="knows no report"):
        reproduce(parts, role_of, "alpha_cfo_2026-09")
    with pytest.raises(ConfigError, match="no revisions"):
        reproduce(parts, role_of, CFO, "zz")
    (report,) = parts.audit.reports(CFO)
    entries = next(snapshot for snapshot in report.snapshots if snapshot["table"] == "entries")
    kept = Path(parts.snapshots.store.locate(f"alpha/tables/entries/{entries['digest']}.parquet"))
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(SnapshotError, match="damaged"):
        reproduce(parts, role_of, CFO)
    kept.unlink()
    with pytest.raises(SnapshotError, match="is gone"):
        reproduce(parts, role_of, CFO)
    shutil.rmtree(parts.settings.home / "snapshots" / "alpha" / "manifests" / "2026-10" / "figures")
    with pytest.raises(SnapshotError, match="is not among the snapshots"):
        reproduce(parts, role_of, CFO)
    Path(parts.archive.path("alpha", "cfo", "2026-10", report.revision)).unlink()
    with pytest.raises(ArchiveError):
        reproduce(parts, role_of, CFO)


def test_differences_are_paths() -> None:
    then = json.loads('{"a": 1, "b": [{"c": 1}, {"c": 2}], "d": [1], "e": {"f": null}, "g": "x"}')
    now = json.loads('{"a": 1, "b": [{"c": 1}, {"c": 3}], "d": [1, 2], "e": {}, "h": "x"}')
    assert list(differences(then, now)) == ["b[1].c", "d", "e.f", "g", "h"]
    assert list(differences(then, then)) == []
