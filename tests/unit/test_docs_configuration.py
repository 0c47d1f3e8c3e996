"""docs/configuration.md names every key there is and no other, and its examples work as they stand."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from textwrap import indent

import pytest
from pydantic import BaseModel

from quarterdeck.boards.github import GithubOptions
from quarterdeck.boards.jira import JiraOptions
from quarterdeck.boards.kanboard import KanboardOptions
from quarterdeck.boards.redmine import RedmineOptions
from quarterdeck.boards.trello import TrelloOptions
from quarterdeck.boards.webhook import WebhookBoardOptions
from quarterdeck.config import environment, models
from quarterdeck.config.boards import BoardSettings
from quarterdeck.config.places import AwsSettings, StorageSettings
from quarterdeck.config.runs import RunSettings
from quarterdeck.delivery import CHANNELS
from quarterdeck.delivery.ses import SesOptions
from quarterdeck.delivery.slack import SlackOptions
from quarterdeck.delivery.smtp import SmtpOptions
from quarterdeck.delivery.webhook import HookOptions, WebhookOptions
from quarterdeck.period import Period
from quarterdeck.reading.rows import file_columns, required_columns
from quarterdeck.schemas import schema_of
from quarterdeck.sources import SOURCES, PulledTable, handoffs, inventories
from quarterdeck.sources._bank import BankColumns, BankFile
from quarterdeck.sources._categories import _Match, _RuleEntry
from quarterdeck.sources._files import RowOptions
from quarterdeck.sources._opening import OpeningBalance
from quarterdeck.sources._repositories import Repository
from quarterdeck.sources._stripe import StripeFile
from quarterdeck.sources.git_history import GitOptions
from quarterdeck.sources.transactions import TransactionOptions
from quarterdeck.wiring import open_parts, source_of
from reports import roles
from tests.handbook import DOCS, Example, bold, code, examples, page, rows, section

PAGE = page("configuration.md")
COMMON = {"max_rejected", "options"}  # of every kind, and described once
# Each heading, the head of its table's first column, and the model whose fields that table lists.
MODELS: list[tuple[str, str, type[BaseModel]]] = [
    ("The file", "key", models.PortfolioFile),
    ("portfolio", "key", models.PortfolioSettings),
    ("roles", "key", models.RoleSettings),
    ("targets", "key", models.TargetSettings),
    ("milestones", "key", models.MilestoneSettings),
    ("accepted", "key", models.AcceptedFinding),
    ("branding", "key", models.Branding),
    ("delivery", "key", models.DeliverySettings),
    ("ses", "option", SesOptions),
    ("smtp", "option", SmtpOptions),
    ("slack", "option", SlackOptions),
    ("webhook", "option", WebhookOptions),
    ("webhook", "of an endpoint", HookOptions),
    ("operators", "key", models.OperatorSettings),
    ("feedback", "key", models.FeedbackSettings),
    ("storage", "key", StorageSettings),
    ("aws", "key", AwsSettings),
    ("runs", "key", RunSettings),
    ("board", "key", BoardSettings),
    ("github", "option", GithubOptions),
    ("redmine", "option", RedmineOptions),
    ("jira", "option", JiraOptions),
    ("kanboard", "option", KanboardOptions),
    ("trello", "option", TrelloOptions),
    ("webhook (board)", "option", WebhookBoardOptions),
    ("transactions", "option", TransactionOptions),
    ("Opening balances", "key", OpeningBalance),
    ("Stripe exports", "option", StripeFile),
]


def listed(heading: str, head: str) -> dict[str, list[str]]:
    """The rows of a section's table by what their first cell names."""
    return {row[0].strip("`"): row for row in rows(section(PAGE, heading), head)}


def check_fields(found: dict[str, list[str]], model: type[BaseModel], names: set[str] | None = None) -> None:
    """A table lists the fields of a model, says which are required, and what stands for the others."""
    wanted = (set(model.model_fields) if names is None else names) - COMMON
    assert set(found) == wanted
    for name in wanted:
        field, default = model.model_fields[name], found[name][1]
        assert (default == "required") == field.is_required(), name
        if isinstance(field.default, bool | str | int | Decimal):
            shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert default == f"`{shown}`", name


@pytest.mark.parametrize(("heading", "head", "model"), MODELS, ids=[heading for heading, _, _ in MODELS])
def test_a_table_lists_what_its_model_takes(heading: str, head: str, model: type[BaseModel]) -> None:
    check_fields(listed(heading, head), model)


def test_tenants_have_what_the_portfolio_has_and_more() -> None:
    more = set(models.TenantSettings.model_fields) - set(models.PortfolioSettings.model_fields)
    check_fields(listed("tenants", "key"), models.TenantSettings, more)
    assert {name for name, field in models.TenantSettings.model_fields.items() if field.is_required()} == {"id", "name"}


def test_common_keys_of_sources() -> None:
    found = listed("Sources", "key")
    options, own = {"max_rejected": found.pop("max_rejected")}, set(models.SourceSettings.model_fields) - {"options"}
    assert set(found) == own
    assert [row[0] for row in rows(section(PAGE, "Sources"), "key") if row[1] == "required"] == ["`kind`"]
    assert options["max_rejected"][1] == f"`{RowOptions.model_fields['max_rejected'].default}`"
    assert all(issubclass(source.Options, RowOptions) for source in SOURCES.all().values())
    for kind in SOURCES:
        assert f"`{kind}`" in found["kind"][2]
        assert (DOCS / "sources" / f"{kind}.md").is_file() or section(PAGE, kind)


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [("git_history", GitOptions, Repository), ("Categories", _RuleEntry, _Match), ("Bank statements", BankFile, BankColumns)],
    ids=["git_history", "categories", "bank"],
)
def test_two_tables_of_one_section(heading: str, first: type[BaseModel], second: type[BaseModel]) -> None:
    head = "key" if heading == "Categories" else "option"
    found = rows(section(PAGE, heading), head)
    size = len(set(first.model_fields) - COMMON)
    check_fields({row[0].strip("`"): row for row in found[:size]}, first)
    check_fields({row[0].strip("`"): row for row in found[size:]}, second)


@pytest.mark.parametrize("table", inventories.TABLES)
def test_inventories_list_the_columns_of_each_table(table: str) -> None:
    schema = schema_of(table)
    cell = listed("inventories", "option")[table][2]
    columns = file_columns(schema)
    assert set(code(cell)) - {"currency"} == set(columns) - {"currency"}
    assert ("currency" in code(cell)) == ("currency" in columns)
    assert set(bold(cell)) == set(required_columns(schema))
    key, _, _ = cell.partition(";")
    assert tuple(code(key)) == schema.key
    for name, column in columns.items():
        shown = re.search(rf"`{name}`\**( \([^)]*\))?", cell)
        assert shown is not None
        if column.allowed and name != "statement_line":
            assert shown[1] == f" ({', '.join(column.allowed)})", name


def test_inventories_name_every_table() -> None:
    assert tuple(listed("inventories", "option")) == inventories.TABLES


def test_the_chart_lists_its_columns_and_statement_lines() -> None:
    schema, found = schema_of("accounts"), listed("Chart of accounts", "column")
    assert tuple(found) == schema.names
    for column in schema.columns:
        assert (found[column.name][1] == "required") != column.nullable
        words = set(re.findall(r"\w+", found[column.name][2]))
        assert set(column.allowed) <= words, column.name


def test_front_matter_lists_its_keys() -> None:
    found = listed("handoffs", "key")
    assert set(found) == {*handoffs._KEYS, "blockers"}
    for key, column in handoffs._KEYS.items():
        is_required = not schema_of("handoffs").column(column).nullable and key != "project"
        assert (found[key][1] == "required") == is_required
    states = schema_of("handoffs").column("state").allowed
    assert set(states) <= set(re.findall(r"\w+", found["state"][2]))
    assert tuple(listed("handoffs", "option")) == tuple(set(handoffs.HandoffOptions.model_fields) - COMMON)


def test_the_environment_is_listed() -> None:
    source = Path(environment.__file__).read_text(encoding="utf-8")
    assert set(listed("Environment and repos.env", "name")) == set(re.findall(r'names\.get\("([A-Z_]+)"', source))


def test_roles_and_channels_are_listed() -> None:
    assert set(roles()) <= set(code(section(PAGE, "roles")))
    assert set(CHANNELS) <= set(code(section(PAGE, "delivery")))


# Examples


def files() -> list[Example]:
    return [example for example in examples(PAGE) if example.file]


def write_all(folder: Path) -> Path:
    """Every example in its file, and the repositories that no page can hold."""
    for example in files():
        path = folder / example.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example.text, encoding="utf-8")
    for name in ("code/website", "clones/tools"):
        repository(folder / name)
    return folder / "portfolio.yaml"


def repository(folder: Path) -> None:
    folder.mkdir(parents=True)
    who = {f"GIT_{name}_{what}": "dev@example.com" for name in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{name}_DATE": "2026-10-05T12:00:00+00:00" for name in ("AUTHOR", "COMMITTER")}
    (folder / "index.html").write_text("<p>Sail with us</p>\n", encoding="utf-8")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "A page"], ["tag", "v1"]):
        environ = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), **who, **when}
        subprocess.run(["git", *command], cwd=folder, check=True, env=environ)


def sources() -> list[str]:
    return [example.text for example in examples(PAGE) if example.language == "yaml" and not example.file]


def test_the_example_of_a_portfolio_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RECIPIENT_EMAIL", "BCC_RECIPIENTS", "SES_SENDER_EMAIL", "QUARTERDECK_HOME"):
        monkeypatch.delenv(name, raising=False)
    settings = open_parts(write_all(tmp_path)).settings
    assert [tenant.id for tenant in settings.tenants] == ["sails", "dock-house", "portfolio"]
    house = settings.readers(settings.tenant("dock-house"), "cfo")
    assert house.to == settings.environment.recipients
    assert house.bcc == ("archive@example.com",)
    assert settings.readers(settings.tenant("sails"), "cto").bcc == ()


def test_every_kind_of_source_has_an_example() -> None:
    kinds = [re.search(r"kind: (\w+)", text) for text in sources()]
    pages = [path.stem for path in (DOCS / "sources").glob("*.md")]  # of sources that ask AWS
    assert sorted([*(found[1] for found in kinds if found), *pages]) == sorted(SOURCES)


def pulled(folder: Path, text: str) -> tuple[tuple[str, ...], dict[str, PulledTable]]:
    """What the source of an example says that it gives, and what it gives, in the month that the examples speak of."""
    file = write_all(folder)
    head = "portfolio: {name: D, currency: USD}\ntenants:\n- id: docs\n  name: D\n  sources:\n"
    file.write_text(head + indent(text, "  "), encoding="utf-8")
    parts = open_parts(file)
    [tenant] = parts.settings.members
    [entry] = tenant.sources
    source, options = source_of(entry)
    tables = source.pull(options, parts.window(tenant, Period.parse("2026-10"))).tables
    return source.provides(options), {table.name: table for table in tables}


@pytest.mark.parametrize("text", sources(), ids=lambda text: re.findall(r"kind: (\w+)", text)[0])
def test_the_example_of_a_source_gives_rows(tmp_path: Path, text: str) -> None:
    promised, tables = pulled(tmp_path, text)
    assert set(tables) == set(promised)
    for table in tables.values():
        assert table.rows.num_rows, table.name
        assert not table.rejects


def test_the_books_of_the_example_are_what_they_say(tmp_path: Path) -> None:
    """12,000.00 at the start; 1,164.70 and 60.00 came in, 950.00 went out; the payout is counted once."""
    [text] = [text for text in sources() if "kind: transactions" in text]
    entries = pulled(tmp_path, text)[1]["entries"].rows.to_pylist()
    balances: Counter[str] = Counter()
    for row in entries:
        balances[row["account"]] += row["amount_minor"]
    assert balances["1000"] == 1_227_470
    assert balances["1050"] == 0
    assert balances["4000"] == -120_000
    assert balances["6110"] == 3_530
    assert balances["9999"] == -6_000
    assert {row["document"] for row in entries if row["account"] == "6000"} == {"contract B-14"}
