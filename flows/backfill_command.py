"""`quarterdeck backfill`: the reports of past periods, with a bar that says how far it is."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from flows.console import CONFIG, Config, Json, Out, guarded
from flows.embedded import has_server, require_runner, show_state, show_summary

_AHEAD = 2  # for how many coming periods the sources are pulled while one is made


def backfill(
    first: Annotated[str, typer.Option("--from", help="The oldest period: 2025-01, 2025-W01, 2025-Q1, 2025.")],
    last: Annotated[str, typer.Option("--to", help="The newest period, of the same kind; it is made too.")],
    tenant: Annotated[list[str] | None, typer.Option(help="Only this tenant; may be given again.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Only this role; may be given again.")] = None,
    deliver: Annotated[bool, typer.Option("--deliver", help="Send the reports; without it they are only filed.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Make anew what was made before and has not changed.")] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Make the reports of past periods as they would have been made then; goes on where it stopped."""
    out = Out(as_json=as_json)
    asked = {"first": first, "last": last, "tenants": tenant or [], "roles": role or [], "deliver": deliver, "again": again}
    guarded(out, lambda: _backfill(out, config, asked), of_run=True)


def _backfill(out: Out, config: Path, asked: dict[str, Any]) -> int:
    """Check what was asked before a file is written, then make the periods."""
    from quarterdeck.steps.backfill import plan_backfill
    from quarterdeck.wiring import open_parts
    from reports import roles as all_roles

    parts = open_parts(config)
    require_runner(parts.settings.environment.task_runner)
    plans = plan_backfill(
        parts.settings,
        all_roles(),
        now=parts.clock(),
        first=asked["first"],
        last=asked["last"],
        tenants=asked["tenants"],
        wanted_roles=asked["roles"],
        deliver=asked["deliver"],
    )
    out.progress()
    with _bar(len(plans)):
        if has_server(parts.settings.home):
            from flows.backfill import backfill as flow

            return show_state(out, flow(**asked, config=str(config), return_state=True))
        from flows.past import make_past, restatements
        from flows.plain import Plain, in_threads

        with Plain.of(parts.settings) as engine:
            make = in_threads(engine, parts)
            summary = make_past(engine, parts, plans, make, deliver=asked["deliver"], again=asked["again"], ahead=_AHEAD)
        restatements(parts, summary)
        return show_summary(out, summary)


@contextmanager
def _bar(total: int) -> Iterator[None]:
    """A bar on a terminal that moves with the log's lines of periods; elsewhere the lines are enough."""
    if not sys.stderr.isatty():
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        task = progress.add_task("periods", total=total)
        handler = _Moves(progress, task)
        log = logging.getLogger("quarterdeck.run")
        log.addHandler(handler)
        try:
            yield
        finally:
            log.removeHandler(handler)


class _Moves(logging.Handler):
    """Moves a bar by what a record says of the periods that are done."""

    def __init__(self, progress: Progress, task: Any) -> None:
        super().__init__()
        self._progress, self._task = progress, task

    def emit(self, record: logging.LogRecord) -> None:
        if done := getattr(record, "done", 0):
            self._progress.update(self._task, completed=done)
