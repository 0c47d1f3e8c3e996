"""`quarterdeck feedback`: what the mail service tells is taken in; whom nothing is sent to, and an end of that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded

if TYPE_CHECKING:
    from quarterdeck.steps.suppression import Suppression
    from quarterdeck.wiring import Parts

feedback = typer.Typer(help="What the mail service tells: deliveries, bounces, complaints.")


@feedback.callback(invoke_without_command=True)
def take_in(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="Take in so many messages of the queue at most.")] = 10_000,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Take in deliveries, bounces and complaints from the queue, and settle what nobody knows of."""
    if context.invoked_subcommand is not None:
        return
    out = Out(as_json=as_json)

    def taken() -> int:
        from quarterdeck.steps.feedback import take_in as take

        summary = take(_parts(config), limit)
        if as_json:
            out.json(summary.as_dict())
        counts = ", ".join(f"{name}: {count}" for name, count in summary.counts.items() if count)
        out.say(f"Feedback: {counts or 'nothing new'}")
        for problem in summary.problems:
            out.problem(problem)
        return OK if summary.went_well else FAILED

    guarded(out, taken)


@feedback.command("list")
def list_(config: Config = CONFIG, as_json: Json = False) -> None:
    """The addresses that nothing is sent to, and why."""
    out = Out(as_json=as_json)

    def shown() -> int:
        from quarterdeck.steps.suppression import suppressions

        _show(out, suppressions(_parts(config)))
        return OK

    guarded(out, shown)


@feedback.command()
def lift(
    address: Annotated[str, typer.Argument(help="An address that `feedback list` shows.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="What the decision rests on.")],
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Let an address be sent to again; the decision is kept in the trail."""
    out = Out(as_json=as_json)

    def lifted() -> int:
        from quarterdeck.steps.suppression import lift as end

        entry = end(_parts(config), address, by, reason)
        if as_json:
            _show(out, (entry,))
        out.say(f"{entry.address} is sent to again with the next reports.")
        return OK

    guarded(out, lifted)


def _show(out: Out, entries: tuple[Suppression, ...]) -> None:
    rows = [{"address": entry.address, "reason": entry.reason, "since": entry.since.isoformat()} for entry in entries]
    if out.as_json:
        out.json(rows)
    else:
        out.table("Nothing is sent to", ("address", "reason", "since"), [list(row.values()) for row in rows])


def _parts(config: Path) -> Parts:
    from quarterdeck.wiring import open_parts  # late, so that --help stays quick

    return open_parts(config)
