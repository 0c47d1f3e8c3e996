"""The docs are complete, link to what is there, and their reference is the one that the code makes."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

from flows.cli import app
from quarterdeck.audit.states import State
from quarterdeck.config import prefect_defaults
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS
from quarterdeck.rules import RULES
from quarterdeck.schemas import TABLES
from quarterdeck.steps.feedback import COUNTS as FEEDBACK_COUNTS
from quarterdeck.steps.plan import _NAMED
from quarterdeck.steps.summary import COUNTS
from reports import roles
from tests.handbook import DOCS, ROOT, anchor, code, examples, headings, links, page, rows, section

PAGES = sorted(path for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("examples/*.md")))
OPERATING = page("operating.md")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command as a person types it, with its options."""

    def options(command: object) -> list[str]:
        both = [(*parameter.opts, *parameter.secondary_opts) for parameter in command.params]  # type: ignore[attr-defined]
        return [option for pair in both for option in pair]

    def walk(name: str, command: object) -> Iterator[tuple[str, list[str]]]:
        below = getattr(command, "commands", None)
        if below:
            if getattr(command, "invoke_without_command", False):  # it is a command, too
                yield name, options(command)
            for word, each in below.items():
                yield from walk(f"{name} {word}".strip(), each)
        else:
            yield name, options(command)

    return walk("", get_command(app))


COMMANDS = dict(commands())


# --- the reference --------------------------------------------------------------------------------


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_figures", DOCS / "write_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_up_to_date() -> None:
    made: str = generator().reference()
    assert made == page("figures.md"), "`make docs` writes docs/figures.md anew; commit it with the change"


def test_the_reference_has_everything_once() -> None:
    found = headings(page("figures.md"))
    for name in (*KPIS, *RULES, *(f"Table: {table}" for table in TABLES), *(f"Role: {role}" for role in roles())):
        assert found.count(name) == 1, name
    for name in EXHIBITS:
        assert f"| `{name}` |" in page("figures.md")


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_links_lead_to_what_is_there(path: Path) -> None:
    for target in links(path.read_text(encoding="utf-8")):
        file, _, place = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), target
        if place:
            assert place in [anchor(heading) for heading in headings(other.read_text(encoding="utf-8"))], target


@pytest.mark.parametrize("name", ["configuration.md", "figures.md", "operating.md"])
def test_no_two_headings_of_a_page_have_one_anchor(name: str) -> None:
    found = [anchor(heading) for heading in headings(page(name))]
    assert sorted({place for place in found if found.count(place) > 1}) == []


# --- the command line -----------------------------------------------------------------------------


def test_the_readme_lists_the_commands_there_are() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [row[0] for row in rows(readme, "command")]
    named = {re.sub(r" [\[A-Z-].*", "", text) for cell in shown for text in code(cell)}
    assert named == set(COMMANDS)
    for cell in shown:
        for text in code(cell):
            name = re.sub(r" [\[A-Z-].*", "", text)
            assert set(re.findall(r"--[a-z-]+", text)) <= set(COMMANDS[name]), text


@pytest.mark.parametrize("name", COMMANDS)
def test_operating_names_every_command_and_option(name: str) -> None:
    assert re.search(rf"\b(quarterdeck )?{name}\b", OPERATING)
    missing = [option for option in COMMANDS[name] if option.startswith("--") and not re.search(rf"{option}\b", OPERATING)]
    assert missing == []


def test_operating_names_no_command_or_option_that_is_not_there() -> None:
    options = {option for listed in COMMANDS.values() for option in listed}
    others = {"--type", "--pool", "--no-prompt", "--all"}  # Prefect's
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", OPERATING)) <= options | others
    for line in re.findall(r"^quarterdeck (.+)$|`quarterdeck ([^`]+)`", OPERATING, re.MULTILINE):
        words = "".join(line)
        assert any(words == name or words.startswith(f"{name} ") for name in COMMANDS), words


# --- the tree in the README ----------------------------------------------------------------------


def tree() -> list[str]:
    """The files and folders that the README's tree names."""
    [house] = examples(section((ROOT / "README.md").read_text(encoding="utf-8"), "The house"))
    return re.findall(r"(?<![\w./])[a-z_]+(?:\.py|/)", house.text)


def test_the_tree_names_what_is_there() -> None:
    folders = (ROOT, ROOT / "quarterdeck", DOCS, ROOT / "tests")
    assert [name for name in tree() if not any((folder / name).exists() for folder in folders)] == []


def test_the_tree_leaves_out_no_module_of_the_library_and_no_folder_of_the_project() -> None:
    modules = {path.stem for path in (ROOT / "quarterdeck").iterdir() if not path.name.startswith("_")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert modules | packages <= {name.removesuffix("/").removesuffix(".py") for name in tree()}


# --- the rest of operating.md ---------------------------------------------------------------------


def first_cells(heading: str, head: str) -> list[str]:
    return [row[0].strip("`") for row in rows(section(OPERATING, heading), head)]


def test_operating_explains_every_state_and_count() -> None:
    assert first_cells("Who was told what", "state") == [state.value for state in State]
    assert first_cells("The month's run", "count") == list(COUNTS)
    assert first_cells("The month's run", "report") == ["filed", "blocked", "failed"]
    assert first_cells("When something fails", "exit code") == ["0", "1", "2"]


def test_operating_explains_what_feedback_counts() -> None:
    assert first_cells("What became of messages", "it counts") == list(FEEDBACK_COUNTS)


def test_operating_names_every_period_with_a_name() -> None:
    assert set(_NAMED) <= set(code(section(OPERATING, "Other periods")))


def test_operating_names_what_prefect_is_told() -> None:
    assert set(prefect_defaults(Path("home"), {})) <= set(code(section(OPERATING, "On a Prefect server")))


def test_operating_links_every_schema() -> None:
    found = {link for link in links(OPERATING) if link.startswith("schemas/")}
    assert found == {path.relative_to(DOCS).as_posix() for path in (DOCS / "schemas").glob("*.json")}


def test_the_tests_that_a_decision_names_are_there() -> None:
    named = {
        pair
        for path in (DOCS / "decisions").glob("*.md")
        for pair in re.findall(r"`(test_\w+\.py)::(test_\w+)`", path.read_text())
    }
    assert len(named) > 15
    assert {pair for pair in named if f"def {pair[1]}(" not in (ROOT / "tests/unit" / pair[0]).read_text()} == set()
