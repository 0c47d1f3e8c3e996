"""The archive's pages, written from real reports: whole, cheap, each tenant's own, and true to what was filed and sent."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.errors import StorageError
from quarterdeck.steps import send, site
from quarterdeck.steps.report import Filed, make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.steps.site import SiteOutcome, write_site
from quarterdeck.wiring import Parts
from reports import role
from tests import mini
from tests.pages import check_site, drawings_of, links_of, pages_of, rows_of, text_of, titles_of
from tests.reporting import NOW, basis_of, parts_of

CANARIES = {"alpha": "Canary of Alpha Bay", "beta": "Canary of Beta Bay"}


def make(folder: Path) -> Path:
    """The small portfolio without its code, with a name in each tenant's rows that no other tenant's page may show."""
    config = mini.make(folder)
    lines = config.read_text("utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "git_history" not in line), "utf-8")
    for tenant, canary in CANARIES.items():
        channels = folder / tenant / "channels.csv"
        channels.write_text(channels.read_text("utf-8").replace("Boats Online", canary), "utf-8")
    bank = folder / "alpha" / "bank.csv"
    bank.write_text(bank.read_text("utf-8").replace("Bob Customer", CANARIES["alpha"]), "utf-8")
    return config


def run(
    config: Path, *reports: str, period: str = "2026-10", later: int = 0, deliver: bool = True
) -> tuple[Parts, list[Filed]]:
    """Make some reports, so many hours later, and send them; `alpha/cfo` is one."""
    parts = parts_of(config, NOW + timedelta(hours=later))
    filed = []
    for tenant, role_id in (report.split("/") for report in reports):
        when = parts.period(tenant, period)
        filed.append(make_report(parts, role(role_id), tenant, when, basis_of(parts, tenant, period)))
    counts = send_reports(parts, filed, send=deliver, revise=True)
    assert counts.problems == ()
    assert isinstance(parts.audit, SqliteAudit)
    parts.audit.close()  # the folder may be copied now
    return parts, filed


def archive(config: Path) -> Path:
    return config.parent / ".quarterdeck" / "archive"


def page_of(report: Filed) -> str:
    return f"{report.tenant}/{report.role}/{report.period}/{report.revision}/page.html"


def stamps(root: Path) -> dict[str, int]:
    """When every file of the site was written."""
    found = (path for path in root.rglob("*") if path.suffix == ".html" or path.name == "site.json")
    return {path.relative_to(root).as_posix(): path.stat().st_mtime_ns for path in found}


def rewritten(before: dict[str, int], root: Path) -> set[str]:
    return {key for key, at in stamps(root).items() if before.get(key) != at and key.endswith(".html")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that no test changes."""
    config = make(tmp_path_factory.mktemp("site"))
    run(config, "portfolio/ceo", "alpha/cfo", "alpha/cmo", "beta/cmo")
    return config


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Filed]:
    """One report of alpha's CFO, filed and sent; to be copied."""
    config = make(tmp_path_factory.mktemp("sent"))
    return config, run(config, "alpha/cfo")[1][0]


@pytest.fixture
def config(sent: tuple[Path, Filed], tmp_path: Path) -> Path:
    shutil.copytree(sent[0].parent, tmp_path / "copy")
    return tmp_path / "copy" / "portfolio.yaml"


@pytest.fixture
def first(sent: tuple[Path, Filed]) -> Filed:
    """The report that was filed and sent before the test begins."""
    return sent[1]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A portfolio of which nothing was ever made."""
    return make(tmp_path)


def test_every_page_is_whole_and_every_link_leads_somewhere(made: Path) -> None:
    trees = check_site(archive(made))
    assert {key for key in trees if key.count("/") < 2} == {
        "index.html",
        "kpis.html",
        "period-2026-10.html",
        "portfolio/index.html",
        "alpha/index.html",
        "beta/index.html",
    }
    assert len([key for key in trees if key.endswith("/page.html")]) == 4


def test_from_the_front_to_the_row_of_a_source(made: Path) -> None:
    trees = check_site(archive(made))
    place = "index.html"
    for step in ("alpha/index.html", "alpha/kpis/net_revenue.html", "alpha/data/entries/"):
        place = next(target for target, _ in links_of(place, trees[place]) if target.startswith(step))
    rows = [[text_of(cell) for cell in row] for row in trees[place].iter("tr")]
    assert [row[1:6] for row in rows if row[6] == CANARIES["alpha"]] == [
        ["0", "2026-10-05", "1000", "1,000.00", "USD"],
        ["1", "2026-10-05", "4000", "−1,000.00", "USD"],
    ]


def test_figures_are_the_reports_own(made: Path) -> None:
    trees = check_site(archive(made))
    revenue = trees["alpha/kpis/net_revenue.html"]
    assert rows_of(revenue, "History")[1:4] == [
        ["October 2026", "$1,000", "$1,000", "no target", "B", "CFO"],
        ["September 2026", "$800", "", "", "", "–"],
        ["August 2026", "$900", "", "", "", "–"],
    ]
    (chart,) = drawings_of(revenue, "history")
    assert titles_of(chart)[-3:] == ["Aug 26: $900", "Sep 26: $800", "Oct 26: $1,000"]


def test_no_tenant_sees_another(made: Path) -> None:
    pages = pages_of(archive(made))
    for tenant, canary in CANARIES.items():
        assert any(canary in page for key, page in pages.items() if key.startswith(f"{tenant}/"))
        for other in set(CANARIES) - {tenant}:
            own = {key: page for key, page in pages.items() if key.startswith(f"{other}/")}
            assert [key for key, page in own.items() if canary in page] == []
            assert [key for key, page in own.items() if f"{tenant}/" in page] == []


def test_the_portfolio_leads_to_its_members_rows_and_shows_none(made: Path) -> None:
    trees = check_site(archive(made))
    assert not [key for key in trees if key.startswith("portfolio/data/")]
    links = {target for target, _ in links_of("portfolio/kpis/live_otas.html", trees["portfolio/kpis/live_otas.html"])}
    assert {target.split("/")[0] for target in links if "/data/channels/" in target} == {"alpha", "beta"}


def test_readers_are_not_told_in_full(made: Path) -> None:
    (report,) = (archive(made) / "alpha" / "cfo" / "2026-10").iterdir()
    rows = rows_of(check_site(archive(made))[f"alpha/cfo/2026-10/{report.name}/page.html"], "Deliveries")
    assert [row[:3] for row in rows[1:]] == [["a***@example.com", "outbox", "sent"], ["c***@example.com", "outbox", "sent"]]
    assert rows[1][3] == "Nov 24, 2026, 10:00"  # 15:00 UTC, in New York
    for path in archive(made).rglob("*"):
        if path.is_file() and not path.name.startswith(("report.", "mail.")):
            assert b"cfo@example.com" not in path.read_bytes()


def test_a_second_run_over_the_same_writes_nothing(config: Path) -> None:
    before = stamps(archive(config))
    parts, filed = run(config, "alpha/cfo", later=1)
    assert stamps(archive(config)) == before
    assert write_site(parts, filed) == SiteOutcome()


def test_nothing_filed_makes_no_site(fresh: Path) -> None:
    assert write_site(parts_of(fresh)) == SiteOutcome()
    assert not (archive(fresh) / "index.html").exists()


def test_a_delivery_changes_the_page_of_its_report_only(fresh: Path) -> None:
    config = fresh
    _, filed = run(config, "alpha/cfo", "alpha/cmo", deliver=False)
    before = stamps(archive(config))
    parts = parts_of(config, NOW + timedelta(hours=1))
    send_reports(parts, filed, send=True)
    assert rewritten(before, archive(config)) == {page_of(filed[0])}  # nobody reads the other one


def test_a_change_in_a_source_is_told_figure_by_figure(config: Path, first: Filed) -> None:
    bank = config.parent / "alpha" / "bank.csv"
    bank.write_text(bank.read_text("utf-8").replace("2026-10-12,-100.00", "2026-10-12,-400.00"), "utf-8")
    _, [second] = run(config, "alpha/cfo", later=1)
    trees = check_site(archive(config))
    old, new = trees[page_of(first)], trees[page_of(second)]
    rows = rows_of(new, "Revisions")
    assert rows[1:3] == [
        [second.revision, "Nov 24, 2026, 11:00", "this page, ● holds"],
        [first.revision, "Nov 24, 2026, 10:00", ""],
    ]
    assert ["Cash", "$8,100", "$7,800", "−3.7%", ""] in rows
    assert not [row for row in rows if row[0] == "Net revenue"]
    assert f"Superseded: another revision holds, {second.revision[:12]}, filed Nov 24, 2026, 11:00." in text_of(old)
    assert "Superseded" not in text_of(new)
    assert page_of(second) in {target for target, _ in links_of("index.html", trees["index.html"])}
    assert page_of(first) not in {target for target, _ in links_of("index.html", trees["index.html"])}
    assert text_of(trees["alpha/kpis/cash.html"]).count("$7,800") >= 2


def test_a_source_that_is_put_back_makes_the_first_revision_hold_again(config: Path, first: Filed) -> None:
    bank = config.parent / "alpha" / "bank.csv"
    text = bank.read_text("utf-8")
    bank.write_text(text.replace("-100.00", "-400.00"), "utf-8")
    run(config, "alpha/cfo", later=1)
    bank.write_text(text, "utf-8")
    parts, [third] = run(config, "alpha/cfo", later=2)
    assert third.revision == first.revision
    trees = check_site(archive(config))
    assert page_of(first) in {target for target, _ in links_of("index.html", trees["index.html"])}
    assert "Superseded" not in text_of(trees[page_of(first)])
    assert write_site(parts) == SiteOutcome()  # it holds as long as nothing else is filed


def test_periods_lead_to_each_other_and_make_a_history(config: Path, first: Filed) -> None:
    october = first
    before = stamps(archive(config))
    _, [september] = run(config, "alpha/cfo", period="2026-09", later=1)
    changed = rewritten(before, archive(config))
    assert {page_of(october), page_of(september), "index.html", "period-2026-09.html", "alpha/kpis/cash.html"} <= changed
    assert not [key for key in changed if "/data/" in key and key in before]
    trees = check_site(archive(config))
    steps = {a.get("rel"): text_of(a) for a in trees[page_of(october)].iter("a") if a.get("rel")}
    assert steps == {"prev": "← September 2026"}
    rows = rows_of(trees["alpha/kpis/net_revenue.html"], "History")
    assert rows[1:3] == [
        ["October 2026", "$1,000", "$1,000", "no target", "B", "CFO"],
        ["September 2026", "$800", "$800", "no target", "B", "CFO"],
    ]
    assert [row[0] for row in rows_of(trees["alpha/index.html"], "All reports")] == ["Period", "October 2026", "September 2026"]


def test_what_is_lost_is_written_again_as_it_was(config: Path, first: Filed) -> None:
    parts, root = parts_of(config), archive(config)
    pages = {key: (root / key).read_bytes() for key in stamps(root)}
    (root / page_of(first)).unlink()
    assert write_site(parts).written == 1
    for state in root.rglob("site.json"):
        state.write_text('{"schema": 1, "pages": {"index.html": 3}}')
    assert write_site(parts).written == len(pages_of(root))
    assert {key: (root / key).read_bytes() for key in stamps(root)} == pages


def test_a_report_that_was_tampered_with_is_named_and_stops_no_other(config: Path, first: Filed) -> None:
    parts, [other] = run(config, "alpha/cmo")
    root = archive(config)
    for state in root.rglob("site.json"):
        state.unlink()
    report = root / page_of(first).replace("page.html", "report.json")
    report.write_text(report.read_text("utf-8").replace("Alpha", "Omega"), "utf-8")
    [problem] = write_site(parts).problems
    assert f"does not show cfo of alpha for 2026-10, revision {first.revision[:12]}" in problem.what
    assert problem.remedy
    index = (root / "index.html").read_text("utf-8")
    assert page_of(other) in index
    assert page_of(first) not in index
    assert "Omega" not in index


def test_a_snapshot_that_is_gone_leaves_a_figure_without_its_rows(config: Path) -> None:
    parts, root = parts_of(config), archive(config)
    shutil.rmtree(root / "alpha" / "data")
    (root / "alpha" / "site.json").unlink()
    shutil.rmtree(config.parent / ".quarterdeck" / "snapshots" / "alpha" / "tables" / "entries")
    assert write_site(parts).problems == ()
    trees = check_site(root)
    links = {target for target, _ in links_of("alpha/kpis/cash.html", trees["alpha/kpis/cash.html"])}
    assert [target.split("/")[2] for target in sorted(links) if "/data/" in target] == ["accounts"]


def test_only_one_writes_and_a_dead_one_gives_way(config: Path) -> None:
    parts = parts_of(config)
    (archive(config) / "index.html").unlink()
    lease = parts.audit.acquire("site", "elsewhere:1", timedelta(minutes=1), parts.clock())
    assert write_site(parts) == SiteOutcome()
    parts.audit.release(lease)
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    parts.audit.acquire("site", f"{os.uname().nodename}:{dead}", timedelta(minutes=1), parts.clock())
    assert write_site(parts).written == 1


def test_what_is_filed_while_pages_are_written_is_seen(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = parts_of(config)
    real, others = site._Writer.write, iter(["cmo"])

    def write(writer: site._Writer) -> SiteOutcome:
        outcome = real(writer)
        for role_id in others:
            made = make_report(parts, role(role_id), "alpha", parts.period("alpha", "2026-10"), basis_of(parts, "alpha"))
            assert not (archive(config) / page_of(made)).exists()
        return outcome

    monkeypatch.setattr(site._Writer, "write", write)
    write_site(parts)
    assert len([key for key in check_site(archive(config)) if key.endswith("/page.html")]) == 2


def test_pages_that_cannot_be_written_undo_no_delivery(config: Path, first: Filed, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (StorageError("the disk is full", remedy="free some space"), ZeroDivisionError("a fault of ours")):

        def fail(*_: object, error: Exception = error) -> Iterator[SiteOutcome]:
            raise error

        monkeypatch.setattr(send, "write_site", fail)
        counts = send_reports(parts_of(config), [first], send=True)
        assert counts.already == 2
        assert [problem.what.startswith("the archive's pages: ") for problem in counts.problems] == [True]


def test_a_unit_without_reports_has_rows_and_no_page(fresh: Path) -> None:
    config = fresh
    run(config, "portfolio/cmo")
    trees = check_site(archive(config))
    rows = [key for key in trees if key.startswith("alpha/data/")]
    assert rows
    assert "alpha/index.html" not in trees
    assert json.loads((archive(config) / "alpha" / "site.json").read_text("utf-8"))["pages"].keys() >= {rows[0]}


def test_a_tenant_that_left_the_portfolio_stays_in_the_archive(config: Path) -> None:
    run(config, "beta/cmo")
    text = config.read_text("utf-8")
    config.write_text(text[: text.index("  - id: beta")], "utf-8")
    write_site(parts_of(config))
    trees = check_site(archive(config))
    assert [row[0] for row in rows_of(trees["index.html"], "Latest reports")] == ["Tenant", "Alpha", "Beta"]


def test_times_of_filing_come_when_the_trail_knows_them(fresh: Path) -> None:
    config, parts = fresh, parts_of(fresh)
    filed = make_report(parts, role("cfo"), "alpha", parts.period("alpha", "2026-10"), basis_of(parts, "alpha"))
    write_site(parts, [filed])
    page = archive(config) / page_of(filed)
    assert "not in the trail" in page.read_text("utf-8")
    send_reports(parts, [filed], send=False)
    assert "not in the trail" not in page.read_text("utf-8")
