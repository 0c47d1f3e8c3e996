"""Bad arguments and bad portfolios: each ends the command with 2 and one line that says where, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests import mini
from tests.commands import lines
from tests.spoiling import Content, be_folder, be_pipe, put

PERIOD = "2026-10"


@dataclass(frozen=True, slots=True)
class Refused:
    """A portfolio.yaml that cannot be used: the change, the line (0 for none) and words of what is said."""

    change: Content | tuple[str, str]
    line: int
    said: str


def _bomb(levels: str = "bcdefghi") -> str:
    """324 bytes that stand for nine to the ninth leaves."""
    first = f"a: &a [{','.join('x' * 9)}]\n"
    return first + "".join(f"{name}: &{name} [{','.join([f'*{chr(ord(name) - 1)}'] * 9)}]\n" for name in levels)


PORTFOLIOS = {
    "missing": Refused(Path.unlink, 0, "there is no such file"),
    "a folder": Refused(be_folder, 0, "a folder, not a file"),
    "a pipe": Refused(be_pipe, 0, "no regular file"),
    "UTF-16": Refused(mini.PORTFOLIO.encode("utf-16"), 0, "UTF-16, not UTF-8"),
    "Latin-1": Refused(mini.PORTFOLIO.replace("Alpha", "Ren\xe9").encode("latin-1"), 10, "not UTF-8"),
    "NUL": Refused(mini.PORTFOLIO.replace("Alpha", "Al\0pha"), 10, "NUL"),
    "empty": Refused("", 1, "must be a mapping"),
    "a list": Refused("- a\n", 1, "must be a mapping"),
    "tab": Refused(("  name: Two", "\tname: Two"), 3, "a tab stands where YAML wants spaces"),
    "alias bomb": Refused(_bomb(), 1, "an anchor is refused"),
    "tag": Refused(("name: Alpha", "name: !!python/object/apply:os.system [id]"), 10, "a tag is refused"),
    "key twice": Refused(("    name: Alpha", "    name: Alpha\n    name: Beta"), 11, "'name' is here twice"),
    "nested": Refused("[" * 20_000, 1, "nesting"),
    "two documents": Refused(f"{mini.PORTFOLIO}---\nx: 1\n", 36, "a second document"),
    "unknown key": Refused(("    name: Alpha", "    name: Alpha\n    colour: red"), 11, "unknown key tenants.0.colour"),
    "unknown option": Refused(("channels: alpha", "chanels: alpha"), 14, "unknown key tenants.0.sources.2.chanels"),
    "unknown kind": Refused(("kind: handoffs", "kind: papers"), 13, "no kind of source 'papers'"),
    "unknown KPI": Refused(("net_burn:", "nett_burn:"), 31, "there is no KPI 'nett_burn'"),
    "unknown role": Refused(("cfo: {to", "cook: {to"), 29, "there is no role 'cook'"),
    "unknown channel": Refused(("portfolio:\n", "delivery: {channel: pigeon}\nportfolio:\n"), 2, "no channel 'pigeon'"),
    "no tenants": Refused(mini.PORTFOLIO.split("tenants:")[0] + "tenants: []\n", 8, "there is no tenant"),
    "one id for two tenants": Refused(("id: beta", "id: alpha"), 32, "two tenants have the id 'alpha'"),
    "one id for two sources": Refused(("id: handoffs, kind", "id: code, kind"), 13, "two sources have the id 'code'"),
    "the portfolio's id": Refused(("id: alpha", "id: portfolio"), 9, "the portfolio's own id"),
    "a path for an id": Refused(("id: alpha", "id: ../alpha"), 9, "'../alpha' is not an id"),
    "capitals in an id": Refused(("id: alpha", "id: Alpha"), 9, "'Alpha' is not an id"),
    "an id that is long": Refused(("id: alpha", f"id: {'a' * 40}"), 9, "is not an id"),
    "a name that is long": Refused(("name: Alpha", f"name: {'x' * 201}"), 10, "at most 200 characters"),
    "two addresses in one": Refused(("[owner@example.com]", "['a@example.com, b@example.com']"), 7, "is not one address"),
    "an address in another": Refused(("[owner@example.com]", "['owner@example.com<evil@example.net>']"), 7, "no name to show"),
    "line ends in an address": Refused(("[owner@example.com]", r'["owner@example.com\r\nBcc: e@example.net"]'), 7, "U+000D"),
    "an address that is none": Refused(("owner@example.com", "nobody"), 7, "'nobody' is not an address"),
    "currency": Refused(("currency: USD", "currency: usd"), 4, "'usd' is not a currency code"),
    "time zone": Refused(("America/New_York", "Mars/Olympus"), 5, "'Mars/Olympus' is not a time zone"),
    "amount with a comma": Refused(("value: 500.00", "value: '1.234,56'"), 31, "a valid decimal"),
    "amount that is none": Refused(("value: 500.00", "value: NaN"), 31, "a finite number"),
    "amount too fine": Refused(("value: 500.00", "value: 500.001"), 31, "more decimals than USD has"),
    "day that is none": Refused(("date: 2025-12-31", "date: 2025-02-30"), 20, "expected a day"),
    "a colour that is code": Refused(
        ("name: Alpha", "name: Alpha\n    branding: {accent: 'red;x:url(y)'}"), 11, "not a colour"
    ),
}


@pytest.mark.parametrize("case", PORTFOLIOS.values(), ids=PORTFOLIOS)
def test_a_portfolio_that_cannot_be_used_ends_the_command_with_its_place(case: Refused, folder: Path) -> None:
    file = folder / "portfolio.yaml"
    _change(file, case.change)
    [line] = _refused(folder, "run", "--period", PERIOD)
    assert line.startswith(f"{file}:{case.line}:" if case.line else f"{file}:")
    assert case.said in line


def _change(file: Path, change: Content | tuple[str, str]) -> None:
    if isinstance(change, tuple):
        assert change[0] in mini.PORTFOLIO
        change = mini.PORTFOLIO.replace(*change, 1)
    put(file, change)


ARGUMENTS = {
    "month 13": (("run", "--period", "2026-13"), "'2026-13' is not a period: there is no month 13"),
    "week 53 of a year without": (("run", "--period", "2025-W53"), "2025 has no week 53"),
    "no period": (("run", "--period", ""), "'' is not a period"),
    "a day": (("run", "--period", "2026-10-01"), "is not a period"),
    "other digits": (("run", "--period", "٢٠٢٦-١٠"), "is not a period"),
    "a path": (("run", "--period", "../2026"), "is not a period"),
    "a month to come": (("run", "--period", "2199-01"), "has not begun yet"),
    "unknown tenant": (("run", "--period", PERIOD, "--tenant", "gamma"), "there is no tenant 'gamma' (known: alpha, beta"),
    "unknown role": (("run", "--period", PERIOD, "--role", "cook"), "there is no role 'cook' (known: accounting"),
    "nobody to deliver to": (("run", "--period", PERIOD, "--tenant", "beta", "--deliver"), "no report has a reader"),
    "preview of nobody": (("preview", "gamma", "cfo", PERIOD), "there is no tenant 'gamma'"),
    "preview for nobody": (("preview", "alpha", "cook", PERIOD), "there is no role 'cook'"),
    "preview of no time": (("preview", "alpha", "cfo", "2026-00"), "there is no month 00"),
}


@pytest.mark.parametrize(("words", "said"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_that_cannot_be_used_end_the_command(words: Sequence[str], said: str, folder: Path) -> None:
    [line] = _refused(folder, *words)
    assert said in line


def test_a_reader_of_the_environment_that_is_no_address_ends_the_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECIPIENT_EMAIL", "a@example.com, b@example.com\r\nBcc: c@example.com")
    [line] = _refused(folder, "run", "--period", PERIOD)
    assert line.startswith("RECIPIENT_EMAIL: ")


def test_every_fault_is_told_at_once_to_people_and_machines(folder: Path) -> None:
    file = folder / "portfolio.yaml"
    file.write_text(mini.PORTFOLIO.replace("currency: USD", "currency: usd", 1).replace("name: Beta", "nmae: Beta"))
    told = CliRunner().invoke(app, ["run", "--json", "--config", str(file)])
    assert told.exit_code == 2
    expected = [f"{file}:4:3", f"{file}:32:5", f"{file}:33:5"]
    places = [problem["where"] for problem in json.loads(told.stdout)["problems"]]
    assert ["{file}:{line}:{column}".format(**place) for place in places] == expected
    assert [line.split(": ")[0] for line in lines(told.stderr)] == expected


def _refused(folder: Path, *words: str) -> list[str]:
    """What a command says that ends with 2 and leaves the folder as it was."""
    before = _everything(folder)
    told = CliRunner().invoke(app, [*words, "--config", str(folder / "portfolio.yaml")])
    assert told.exit_code == 2, (told.output, told.exception)
    assert told.stdout == ""
    assert _everything(folder) == before
    return lines(told.stderr)


def _everything(folder: Path) -> list[tuple[Path, int]]:
    return sorted((path, path.lstat().st_mtime_ns) for path in folder.rglob("*"))
