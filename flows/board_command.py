"""`quarterdeck board`: action items as cards; what a sync would do, doing it, and what people do to cards by command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded

if TYPE_CHECKING:
    from quarterdeck.steps.board_acts import Listed
    from quarterdeck.wiring import Parts

board = typer.Typer(no_args_is_help=True, help="Action items as cards: one a finding, on each tenant's task board.")

Card = Annotated[str, typer.Argument(help="A card as `board list` names it, or its reference.")]
By = Annotated[str, typer.Option(help="Who does it.")]
Tenants = Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be given again.")]


@board.command()
def sync(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be made, changed, closed; change nothing.")
    ] = False,
    period: Annotated[str, typer.Option(help="As for `run`; the board follows the newest one.")] = "last-complete",
    tenant: Tenants = None,
    close_all: Annotated[
        bool, typer.Option("--close-all", help="Close even more than half of the open cards at once.")
    ] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Bring every tenant's board in line with the findings of a period that has been run."""
    out = Out(as_json=as_json)

    def synced() -> int:
        from quarterdeck.steps.boards import sync_boards

        made = sync_boards(_parts(config), tenant or [], period, dry_run=dry_run, close_all=close_all)
        rows = [row for each in made for row in each.rows()]
        if as_json:
            out.json(rows)
        else:
            shown = [[row["tenant"], row["action"], row["card"] or "", row["title"], row["reason"]] for row in rows]
            out.table("Cards", ("tenant", "action", "card", "title", "reason"), shown)
            out.say(f"{sum(each.done for each in made)} changes made." if not dry_run else "Nothing was changed.")
        problems = dict.fromkeys(problem for each in made for problem in each.problems)
        for problem in problems:
            out.problem(problem)
        return FAILED if problems else OK

    guarded(out, synced)


@board.command("list")
def list_(tenant: Tenants = None, config: Config = CONFIG, as_json: Json = False) -> None:
    """The cards there are, as they lie on their boards now."""
    out = Out(as_json=as_json)

    def shown() -> int:
        from quarterdeck.steps.board_acts import listed

        parts = _parts(config)
        chosen = [parts.settings.tenant(id) for id in tenant or []] or list(parts.settings.tenants)
        _show(out, listed(parts, chosen))
        return OK

    guarded(out, shown)


@board.command()
def move(
    card: Card,
    column: Annotated[str, typer.Argument(help="todo, doing or done.")],
    by: By,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Put a card into another column; a sync leaves it there."""

    def moved(parts: Parts) -> Listed:
        from quarterdeck.boards.records import Category
        from quarterdeck.errors import ConfigError
        from quarterdeck.steps.board_acts import move as put

        if column not in list(Category):
            raise ConfigError(f"there is no column {column!r}", remedy=f"known: {', '.join(Category)}")
        return put(parts, card, Category(column), by)

    _act(Out(as_json=as_json), config, moved)


@board.command()
def close(card: Card, by: By, config: Config = CONFIG, as_json: Json = False) -> None:
    """Say that it is done. If its finding is still there two periods on, the card is opened again."""

    def closed(parts: Parts) -> Listed:
        from quarterdeck.boards.records import Category
        from quarterdeck.steps.board_acts import move as put

        return put(parts, card, Category.DONE, by)

    _act(Out(as_json=as_json), config, closed)


@board.command()
def accept(
    card: Card,
    by: By,
    reason: Annotated[str, typer.Option(help="Why it will not be done.")],
    until: Annotated[str, typer.Option(help="The last day it is accepted, as 2027-03-31; for good when left out.")] = "",
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Accept a finding: its card is closed as not planned, and it gets no other."""

    def accepted(parts: Parts) -> Listed:
        from quarterdeck.errors import ConfigError
        from quarterdeck.steps.board_acts import accept as put

        try:
            last = date.fromisoformat(until) if until else None
        except ValueError as error:
            raise ConfigError(f"{until!r} is no date", remedy="write it as 2027-03-31") from error
        return put(parts, card, by, reason, last)

    _act(Out(as_json=as_json), config, accepted)


@board.command()
def note(
    card: Card,
    text: Annotated[str, typer.Argument(help="What to say.")],
    by: By,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Say something on a card."""

    def said(parts: Parts) -> Listed:
        from quarterdeck.steps.board_acts import say

        return say(parts, card, text, by)

    _act(Out(as_json=as_json), config, said)


@board.command()
def adopt(card: Card, by: By, config: Config = CONFIG, as_json: Json = False) -> None:
    """Give a card back: what was edited on it is kept up to date again from the next sync on."""

    def adopted(parts: Parts) -> Listed:
        from quarterdeck.steps.board_acts import adopt as put

        return put(parts, card, by)

    _act(Out(as_json=as_json), config, adopted)


@board.command()
def recreate(card: Card, by: By, config: Config = CONFIG, as_json: Json = False) -> None:
    """Have the next sync make a new card for a finding whose card was deleted or closed."""

    def recreated(parts: Parts) -> Listed:
        from quarterdeck.steps.board_acts import recreate as put

        return put(parts, card, by)

    _act(Out(as_json=as_json), config, recreated)


def _act(out: Out, config: Path, act: Callable[[Parts], Listed]) -> None:
    def done() -> int:
        from quarterdeck.steps.board import tell_waiting
        from quarterdeck.steps.board_pages import write_pages

        parts = _parts(config)
        row = act(parts)
        write_pages(parts)
        _show(out, [row])
        problems = tell_waiting(parts, [parts.settings.tenant(row.tenant)])
        for problem in problems:
            out.problem(problem)
        return FAILED if problems else OK

    guarded(out, done)


def _show(out: Out, rows: list[Listed]) -> None:
    plain = [row.as_dict() for row in rows]
    if out.as_json:
        out.json(plain)
        return
    shown = [
        [row["card"] or row["reference"], row["column"], row["status"], row["priority"] or "", row["title"]] for row in plain
    ]
    out.table("Cards", ("card", "column", "status", "priority", "title"), shown)


def _parts(config: Path) -> Parts:
    from quarterdeck.wiring import open_parts  # late, so that --help stays quick

    return open_parts(config)
