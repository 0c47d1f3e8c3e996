"""What a person sees in the terminal: progress, tables, one line per problem. Machines get JSON on standard output."""

from __future__ import annotations

import errno
import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from quarterdeck.errors import ConfigError, Problem, QuarterdeckError, Where
from quarterdeck.steps.summary import COUNTS, RunSummary, problem_dict

if TYPE_CHECKING:
    from quarterdeck.steps.check import Checked

OK, FAILED, BAD_INPUT = 0, 1, 2


Config = Annotated[Path, typer.Option("--config", "-c", help="The portfolio file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
CONFIG = Path("portfolio.yaml")
_PIPE = 160


class Out:
    """Standard output for results, standard error for everything said on the way."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        # In a pipe or a log there is no width to keep to; a terminal's own width holds.
        self._out = Console(file=sys.stdout, soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else _PIPE)
        self._err = Console(file=sys.stderr, soft_wrap=True, highlight=False)

    def json(self, value: object) -> None:
        sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n")

    def raw(self, text: str) -> None:
        """Text as it is, for another program."""
        sys.stdout.write(text)

    def write(self, file: Path, lines: Iterable[str]) -> int:
        """Lines into a file that is there whole or not at all, for its owner's eyes; how many there were."""
        count = 0
        with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=file.parent, prefix=".", delete=False) as written:
            try:
                for line in lines:
                    written.write(line)
                    count += 1
                written.close()
                Path(written.name).replace(file)
            except BaseException:
                Path(written.name).unlink()
                raise
        return count

    def say(self, text: str) -> None:
        """A line for a person; under --json it goes to standard error."""
        (self._err if self.as_json else self._out).print(Text(text))

    def problem(self, problem: Problem) -> None:
        self._err.print(Text(str(problem), style="red"))

    def table(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table for a person; nothing under --json."""
        if self.as_json:
            return
        shown = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
        for head in heads:
            shown.add_column(head, overflow="fold")
        for row in rows:
            shown.add_row(*(Text(cell) for cell in row))  # Text, so that no data is taken for markup
        self._out.print(shown)

    def progress(self) -> None:
        """Show the progress lines of a run as they come."""
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        handler.addFilter(lambda record: record.levelno < logging.ERROR)  # problems are shown at the end, in red
        log = logging.getLogger("quarterdeck.run")
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def show_run(out: Out, summary: Mapping[str, Any]) -> None:
    """A run's outcome: what was made, what was delivered, what went wrong."""
    if out.as_json:
        out.json(summary)
        return
    rows = [
        (line["tenant"], line["role"], line["status"], (line["revision"] or "")[:12], _folder(line))
        for line in summary["reports"]
    ]
    if rows:
        out.table(f"Reports of {', '.join(summary['periods'])}", ("tenant", "role", "state", "revision", "pages"), rows)
    filed = sum(line["status"] == "filed" for line in summary["reports"])
    out.say(f"\n{filed} of {len(summary['reports'])} reports filed.")
    counts = ", ".join(f"{name}: {summary['deliveries'][name]}" for name in COUNTS if summary["deliveries"][name])
    out.say(f"Deliveries: {counts or 'none'}")
    for remark in summary["remarks"]:
        out.say(remark)
    for problem in summary["problems"]:
        out.problem(problem_of_dict(problem))


def _folder(line: Mapping[str, Any]) -> str:
    """The folder of a report's revisions, from the home folder on: short enough to read."""
    page = line["paths"].get("html")
    return "/".join(Path(page).parts[-6:-2]) + "/" if page else ""


def show_checks(out: Out, title: str, found: Sequence[Checked]) -> None:
    """What came of checks, a line each: what was found or is wrong, with its place in a file, and what to do."""
    if out.as_json:
        out.json({"checks": [each.as_dict() for each in found]})
    rows = [(each.part, each.name, each.state, _seen(each), each.problem.remedy if each.problem else "") for each in found]
    out.table(title, ("part", "name", "state", "found", "fix"), rows)


def _seen(each: Checked) -> str:
    return f"{each.problem.where}: {each.told}" if each.problem and each.problem.where else each.told


def problem_of_dict(problem: Mapping[str, Any]) -> Problem:
    """A problem of a summary as the line that a person reads."""
    return Problem(problem["what"], Where(**problem["where"]) if problem["where"] else None, problem["remedy"])


def show_error(out: Out, error: QuarterdeckError, *, of_run: bool = False) -> int:
    """One line per problem of an error; the exit code it stands for.

    As JSON the problems alone, or for a command that runs the flow, the summary of a run that made nothing.
    """
    problems = error.problems if isinstance(error, ConfigError) else (error.problem,)
    if out.as_json:
        alone = {"problems": [problem_dict(problem) for problem in problems]}
        out.json(RunSummary((), (), {}, tuple(problems)).as_dict() if of_run else alone)
    for problem in problems:
        out.problem(problem)
    return BAD_INPUT if isinstance(error, ConfigError) else FAILED


def guarded(out: Out, command: Callable[[], int], *, of_run: bool = False) -> None:
    """Run a command's body and leave with its exit code; an error of ours becomes lines and the code it stands for."""
    try:
        code = command()
    except QuarterdeckError as error:
        code = show_error(out, error, of_run=of_run)
    except OSError as error:
        if error.errno == errno.EPIPE:  # who reads our output has gone: typer knows what to do
            raise
        code = show_error(out, _of_disk(error), of_run=of_run)
    raise typer.Exit(code)


def _of_disk(error: OSError) -> QuarterdeckError:
    where = Where(str(error.filename)) if error.filename else None
    return QuarterdeckError(error.strerror or str(error), where=where, remedy="see to the disk, the path or its rights")
