"""What is one tenant's stays with that tenant, and figures follow their data: canaries, and changes whose effect is known.

Two tenants with the same names, ids, days and amounts differ in a word of their own in every field of every source. All
reports are made, in threads, and delivered; then everything that was written is searched for the other tenant's word.
"""

from __future__ import annotations

import email
import email.policy
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from quarterdeck.render import slack
from quarterdeck.render.event import event_data
from quarterdeck.steps.board_items import asked_for
from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.pull import pull
from quarterdeck.steps.report import Filed, make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.steps.tables import Basis
from quarterdeck.steps.trail import story
from quarterdeck.wiring import Parts
from reports import roles
from tests import mini
from tests.marked import marked, words_of
from tests.reporting import parts_of, report
from tests.repositories import repository

PERIOD = "2026-10"
ROLES = ("accounting", "ceo", "cfo", "client-billing", "cmo", "cto", "logistics", "rental")
STEMS = {"alpha": "xalq", "beta": "xbeq", "portfolio": "xpoq"}
TWINS = ("alpha", "beta")
_READERS = {f"{stem}reader@example.com" for stem in STEMS.values()}


def twin(folder: Path, tenant: str, sales: str = "1000.00") -> dict[str, object]:
    """Write a tenant's sources, each text of them with the tenant's word in it; its part of portfolio.yaml."""
    x = STEMS[tenant]
    files = {
        "channels.csv": f"channel,kind,is_listed,is_live,next_step\n{x}site,website,yes,yes,\n{x}ota,ota,no,no,{x}step\n",
        "chart.csv": mini.CHART.replace("Sales", f"{x}sales").replace("Rent", f"{x}rent"),
        "categories.yaml": f'{mini.CATEGORIES}- {{match: {{sign: out}}, account: "6000", document: {x}paper}}\n',
        "bank.csv": f"Date,Amount,Party\n2026-10-05,{sales},{x}buyer\n2026-10-09,-1500.00,{x}seller\n",
        "docs/a.md": f"---\ntitle: {x}title\nstate: blocked\nowner: {x}owner@example.com\nupdated: 2026-10-20\n"
        f"mission: {x}mission\nblockers: [{x}blocker]\n---\n{x}prose\n",
    }
    for name, text in files.items():
        path = folder / tenant / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = repository(folder / tenant / f"{x}code")
    made.commit({f"{x}file": "1\n"}, "2026-10-05T12:00:00Z", author=f"{x}author", subject=f"{x}subject")
    made.tag(f"{x}tag", "2026-10-06T12:00:00Z")
    books = {
        "id": "books", "kind": "transactions", "chart": f"{tenant}/chart.csv", "categories": f"{tenant}/categories.yaml",
        "suspense": "9999",
        "bank": [{"path": f"{tenant}/bank.csv", "account": "1000", "complete_through": "2026-10-31",
                  "columns": {"date": "Date", "amount": "Amount", "party": "Party"}}],
    }  # fmt: skip
    return {
        "id": tenant,
        "name": f"{x}name",
        "branding": {"from_name": f"{x}sender"},
        "sources": [
            books,
            {"id": "code", "kind": "git_history", "repositories": [{"path": f"{tenant}/{x}code"}]},
            {"id": "inventory", "kind": "inventories", "channels": f"{tenant}/channels.csv"},
            {"id": "kept", "kind": "inventories", **_others(marked(folder, tenant, x))},
            {"id": "handoffs", "kind": "handoffs", "path": f"{tenant}/docs"},
        ],
        "roles": {role: {"to": [f"{x}reader@example.com"], "reply_to": f"{x}reply@example.com"} for role in ("ceo", "cfo")},
        "targets": {"net_burn": {"value": "1.00", "owner": f"{x}answers"}},
        "milestones": [{"id": "m", "title": f"{x}milestone", "due": "2026-10-31", "owner": f"{x}promises"}],
    }


def _others(tables: dict[str, str]) -> dict[str, str]:
    """The tables that people keep, without the one that has a file of its own above."""
    return {name: path for name, path in tables.items() if name != "channels"}


def portfolio(folder: Path, **sales: str) -> Path:
    document = {
        "portfolio": {
            "name": f"{STEMS['portfolio']}name",
            "currency": "USD",
            "roles": {"ceo": {"to": ["xpoqreader@example.com"]}},
        },
        "tenants": [twin(folder, tenant, sales.get(tenant, "1000.00")) for tenant in TWINS],
    }
    (folder / "portfolio.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return folder / "portfolio.yaml"


def make(parts: Parts, *tenants: str) -> list[Filed]:
    """Pull, measure, file and deliver the reports of tenants by the plain steps of a run, the reports four at a time."""
    bases: dict[str, Basis] = {}
    for tenant in tenants:
        when = parts.period(tenant, PERIOD)
        pulled = [pull(parts, tenant, entry.id, when) for entry in parts.settings.tenant(tenant).sources]
        bases[tenant] = measure_tenant(parts, tenant, when, pulled, list(bases.items()) if tenant == "portfolio" else ())
    wanted = [(tenant, roles()[role]) for role in ROLES for tenant in tenants]
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(
            lambda each: make_report(parts, each[1], each[0], parts.period(each[0], PERIOD), bases[each[0]]), wanted
        )
        filed = list(made)
    assert send_reports(parts, filed, send=True).problems == ()
    return filed


@dataclass(frozen=True)
class Made:
    folder: Path
    parts: Parts
    filed: list[Filed]

    @property
    def home(self) -> Path:
        return self.parts.settings.home

    def files(self, tenant: str) -> list[Path]:
        """Everything that was written for a tenant."""
        folders = (self.home / "archive" / tenant, self.home / "snapshots" / tenant)
        kept = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return sorted(kept) + sorted((self.home / "outbox").glob(f"{PERIOD}_{tenant}_*"))

    def told(self, tenant: str) -> str:
        """What the trail tells of a tenant's reports."""
        return json.dumps([story(self.parts, filed.report_id) for filed in self.filed if filed.tenant == tenant])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("twins")
    parts = parts_of(portfolio(folder))
    return Made(folder, parts, make(parts, *TWINS, "portfolio"))


@pytest.mark.parametrize(("tenant", "other"), [TWINS, TWINS[::-1]])
def test_nothing_of_a_tenant_is_in_anothers_reports_mails_snapshots_and_trail(made: Made, tenant: str, other: str) -> None:
    files = made.files(tenant)
    assert {"json", "html", "txt", "pdf", "parquet", "eml"} <= {path.suffix[1:] for path in files}
    guilty = [path for path in files if STEMS[other] in _words(path.name, path.read_bytes()) + str(path).casefold()]
    assert guilty == []
    assert STEMS[other] not in made.told(tenant)
    assert STEMS[tenant] in made.told(tenant)


@pytest.mark.parametrize("tenant", TWINS)
def test_the_search_finds_what_is_there(made: Made, tenant: str) -> None:
    """A search that could not read what it searches would find nobody guilty."""
    stored = [path for path in made.files(tenant) if path.suffix == ".parquet"]
    words = " ".join(_words(path.name, path.read_bytes()) for path in stored)
    fields = "site ota step sales rent paper buyer seller title owner mission blocker author tag code answers milestone name"
    assert [field for field in fields.split() if f"{STEMS[tenant]}{field}" not in words] == []
    assert [each for each in words_of(STEMS[tenant]) if "channels" not in each and each not in words] == []
    kinds = {"report.json", "report.html", "report.txt", "report.xlsx", *(["report.pdf"] if _POPPLER else [])}
    shown = [path for path in made.files(tenant) if path.name in kinds or path.suffix == ".eml"]
    assert {path.name for path in shown} >= kinds
    assert [path for path in shown if STEMS[tenant] not in _words(path.name, path.read_bytes())] == []
    rolled_up = " ".join(_words(path.name, path.read_bytes()) for path in made.files("portfolio"))
    assert all(stem in rolled_up for stem in STEMS.values())


@pytest.mark.parametrize(("tenant", "other"), [TWINS, TWINS[::-1]])
def test_nothing_of_a_tenant_is_in_anothers_posts_events_and_cards(made: Made, tenant: str, other: str) -> None:
    documents = [path for path in made.files(tenant) if path.name == "report.json"]
    assert len(documents) == len(ROLES)
    sent = ""
    for path in documents:
        document = json.loads(path.read_text("utf-8"))
        sent += slack.blocks(document, None).decode() + json.dumps(event_data(document, None))
    settings, when = made.parts.settings.tenant(tenant), made.parts.period(tenant, PERIOD)
    asked = asked_for(made.parts, settings, when, ())
    assert asked is not None
    assert asked.items
    sent = (sent + repr(asked.items)).casefold()
    assert STEMS[tenant] in sent
    assert STEMS[other] not in sent


def test_each_message_names_its_own_readers_only(made: Made) -> None:
    for tenant, stem in STEMS.items():
        mails = [path for path in made.files(tenant) if path.suffix == ".eml"]
        assert len(mails) == (1 if tenant == "portfolio" else 2)
        for path in mails:
            words = _words(path.name, path.read_bytes())
            assert {reader for reader in _READERS if reader in words} == {f"{stem}reader@example.com"}


def test_a_change_at_one_tenant_leaves_the_others_bytes_as_they_were(made: Made, tmp_path: Path) -> None:
    parts = parts_of(portfolio(tmp_path, beta="2500.00"))
    again = Made(tmp_path, parts, make(parts, "beta", "alpha"))

    def written(where: Made, tenant: str) -> dict[str, bytes]:
        files = (path for path in where.files(tenant) if path.suffix != ".parquet" and "manifests" not in path.parts)
        return {str(path.relative_to(where.home)): path.read_bytes() for path in files}

    assert len(written(made, "alpha")) > 20
    assert written(again, "alpha") == written(made, "alpha")
    revisions = [{filed.report_id: filed.revision for filed in each.filed} for each in (made, again)]
    assert revisions[0][f"beta_cfo_{PERIOD}"] != revisions[1][f"beta_cfo_{PERIOD}"]


def test_twice_the_amounts_are_twice_the_figures(folder: Path) -> None:
    config, bank = folder / "portfolio.yaml", folder / "alpha" / "bank.csv"
    bank.write_text(bank.read_text().replace("800.00", "900.00"))  # so that no mean of three months is rounded
    before = report(config, "alpha", "cfo")
    config.write_text(config.read_text().replace("amount: 10000.00", "amount: 20000.00"))
    head, *rows = bank.read_text().splitlines()
    doubled = [[day, f"{2 * float(amount):.2f}", party] for day, amount, party in (row.split(",") for row in rows)]
    bank.write_text("\n".join([head, *map(",".join, doubled)]) + "\n")
    after = report(config, "alpha", "cfo")
    for id in ("net_revenue", "cash", "net_burn"):
        for part in ("value", "previous"):
            once, twice = before.kpi(id)[part], after.kpi(id)[part]
            assert once["minor"] != 0
            assert twice == {"minor": 2 * once["minor"], "currency": "USD"}, (id, part)
    assert before.kpi("net_revenue")["value"]["minor"] == 100_000


_POPPLER = shutil.which("pdftotext") is not None


def _words(name: str, data: bytes) -> str:
    """All text of a file, in small letters, whatever it is packed in."""
    suffix = name.rpartition(".")[2]
    if suffix == "parquet":
        table = pq.read_table(io.BytesIO(data))
        found = f"{table.schema.metadata} {table.to_pylist()}"
    elif suffix == "eml":
        message = email.message_from_bytes(data, policy=email.policy.default)
        found = " ".join([*(f"{key}: {value}" for key, value in message.items()), *_contents(message.walk())])
    elif suffix == "pdf":
        command = ["pdftotext", "-", "-"]
        found = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode() if _POPPLER else ""
    elif suffix == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            found = " ".join(book.read(entry).decode() for entry in book.namelist())
    else:
        found = data.decode(errors="ignore")
    return found.casefold()


def _contents(parts: Iterable[email.message.Message]) -> Iterable[str]:
    for part in parts:
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield _words(part.get_filename() or "part.txt", data)
