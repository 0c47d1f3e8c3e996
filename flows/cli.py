"""The command line. Each command is a shell: it opens the parts, calls one step or the flow, and shows what came out.

Heavy modules are imported inside the commands, so that `--help` and a mistyped option answer at once, and so that
Prefect reads its settings after they are set.
"""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flows.audit_commands import audit
from flows.backfill_command import backfill
from flows.board_command import board
from flows.check_command import check
from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded
from flows.embedded import has_server, require_runner, show_state, show_summary
from flows.feedback_command import feedback
from flows.retry_command import retry
from flows.setup_command import setup

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reads every company of a portfolio, works out the KPIs and writes one report per role.",
)
app.add_typer(audit, name="audit")
app.add_typer(feedback, name="feedback")
app.add_typer(board, name="board")
app.command()(backfill)
app.command()(retry)
app.command()(check)
app.command()(setup)


@app.command()
def run(
    period: Annotated[
        str, typer.Option(help="2026-10, 2026-W44, 2026-Q4, 2026, last-week, last-quarter, last-complete.")
    ] = "last-complete",
    tenant: Annotated[list[str] | None, typer.Option(help="Only this tenant; may be given again.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Only this role; may be given again.")] = None,
    deliver: Annotated[bool, typer.Option("--deliver", help="Send the reports; without it they are only filed.")] = False,
    revise: Annotated[bool, typer.Option("--revise", help="With --deliver: mail what changed since as Revised.")] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Make the reports of one period, and with --deliver send each once to each reader."""
    out = Out(as_json=as_json)
    guarded(out, lambda: _run(out, config, period, tenant or [], role or [], deliver=deliver, revise=revise), of_run=True)


@app.command()
def preview(
    tenant: Annotated[str, typer.Argument(help="Id of the tenant, or `portfolio`.")],
    role: Annotated[str, typer.Argument(help="Id of the role.")],
    period: Annotated[str, typer.Argument(help="As for `run`.")],
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    send_to: Annotated[str, typer.Option(help="Send it to this address alone, as a test.")] = "",
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Make one report without filing it: .html .txt .pdf .eml beside each other, .xlsx with tables."""
    out = Out(as_json=as_json)

    def made() -> int:
        from quarterdeck.steps.preview import preview as make
        from quarterdeck.wiring import open_parts
        from reports import role as role_of

        shown = make(open_parts(config), tenant, role_of(role), period, send_to)
        if as_json:
            out.json(shown.as_dict())
        else:
            for path in shown.paths.values():
                out.say(path)
        if shown.test:
            out.say(f"sent as a test over {shown.test['channel']}")
        for remark in shown.remarks:
            out.say(remark)
        for problem in shown.problems:
            out.problem(problem)
        if open_page:
            typer.launch(shown.paths["html"])
        return FAILED if shown.problems else OK

    guarded(out, made)


@app.command()
def demo(
    directory: Annotated[Path, typer.Option("--dir", help="Where the example portfolio is made.")] = Path("demo"),
    today: Annotated[
        str | None, typer.Option(help="The example's data ends with the month before this day; 2026-11-01 when left out.")
    ] = None,
    ui: Annotated[bool, typer.Option("--ui", help="Run on a Prefect server and leave its UI open.")] = False,
    serve_aws: Annotated[
        bool, typer.Option("--serve-aws", help="Only hold the AWS accounts of an example that is there, until Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the example portfolio, run the main job on it with embedded parts, and say where to look."""
    out = Out(as_json=as_json)

    def made() -> int:
        from flows.showcase import day_of_example, showcase

        if serve_aws:
            from flows.example_cloud import serve

            return serve(out, directory / "portfolio.yaml", day_of_example(today, datetime.now(UTC).date()))
        return showcase(out, directory, day_of_example(today, datetime.now(UTC).date()), with_ui=ui, run=_run)

    guarded(out, made, of_run=True)


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="Where to start; made when it is not there.")], as_json: Json = False
) -> None:
    """Write a commented portfolio.yaml and repos.env.example to start from."""
    out = Out(as_json=as_json)

    def made() -> int:
        from flows.starter import write_starter

        written = write_starter(directory)
        if as_json:
            out.json({"paths": [str(path) for path in written]})
        for path in written:
            out.say(f"wrote {path}")
        return OK

    guarded(out, made)


def _run(
    out: Out, config: Path, period: str, tenants: list[str], roles: list[str], *, deliver: bool, revise: bool = False
) -> int:
    """Make the reports of a period and show what came of it.

    What the flow plans is planned here first, and its leases are taken: so bad input, or a run that is under way, ends the
    command before a file is written.
    """
    from quarterdeck.steps.plan import plan
    from quarterdeck.steps.run import run_lease
    from quarterdeck.wiring import open_parts
    from reports import roles as all_roles

    parts = open_parts(config)
    require_runner(parts.settings.environment.task_runner)
    todo = plan(
        parts.settings,
        all_roles(),
        now=parts.clock(),
        period=period,
        tenants=tenants,
        wanted_roles=roles,
        deliver=deliver,
    )
    out.progress()
    with run_lease(parts, todo):
        if has_server(parts.settings.home):
            from flows.executive_reports import executive_reports

            asked = {"period": todo.period, "tenants": tenants, "roles": roles, "deliver": deliver, "revise": revise}
            return show_state(out, executive_reports(**asked, config=str(config), return_state=True))
        from flows.plain import Plain
        from flows.running import How, run_plan

        with Plain.of(parts.settings) as engine:
            return show_summary(out, run_plan(engine, parts, todo, How(deliver=deliver, revise=revise)))


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    app()


def _leave(number: int, _frame: object) -> NoReturn:
    """End as after Ctrl-C: leases are given back, and a temporary Prefect server is stopped instead of left running."""
    sys.exit(128 + number)
