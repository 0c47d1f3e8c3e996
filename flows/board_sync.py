"""Boards brought in line with the figures, between the runs: for cards that people have moved, edited or closed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import forms
from flows.shown import number_of, show_boards, show_problems
from quarterdeck.steps.boards import sync_boards
from quarterdeck.wiring import open_parts


@flow(name="board-sync")
def board_sync(
    period: forms.Period = "last-complete",
    tenants: forms.Tenants = (),
    dry_run: forms.DryRun = False,
    config: forms.Config = "portfolio.yaml",
) -> State[list[dict[str, Any]]]:
    """Bring every tenant's board in line with the findings of a period that has been run.

    Args:
        period: The period whose findings count; only the newest one that was run changes cards.
        tenants: The tenants whose boards are meant; all where none is named.
        dry_run: Whether only to show what would be made, changed and closed.
        config: Its path; a relative one begins in the folder that the deployment runs in.

    """
    made = sync_boards(open_parts(Path(config)), list(tenants), period, dry_run=dry_run)
    rows = [row for each in made for row in each.rows()]
    problems = [problem for each in made for problem in each.problems]
    show_boards(rows)
    show_problems(problems)
    told = f"{sum(each.done for each in made)} changes made" if not dry_run else "nothing was changed"
    if not problems:
        return Completed(message=told, data=rows)
    return Failed(message=f"{told}; {number_of(problems)}: see the artifacts of the run", data=rows)
