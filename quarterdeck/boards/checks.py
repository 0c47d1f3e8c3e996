"""What the settings say of boards, held against the kinds there are."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from quarterdeck.boards import BOARDS
from quarterdeck.config import Settings
from quarterdeck.config.load import problems_of
from quarterdeck.errors import Problem


def board_problems(settings: Settings) -> Iterator[Problem]:
    """A board that is not there, or options that its kind does not know; what tenants take from the portfolio is told once."""
    for tenant in settings.tenants:
        shared = None if tenant is settings.portfolio else settings.portfolio.board
        if tenant.board is None or tenant.board is shared:
            continue
        place = (*settings.path_of(tenant), "board")
        if tenant.board.kind not in BOARDS:
            where = settings.place(*place, "kind")
            yield Problem(f"there is no board {tenant.board.kind!r}", where, f"known: {', '.join(BOARDS)}")
            continue
        try:
            BOARDS.get(tenant.board.kind).Options.model_validate(tenant.board.options)
        except ValidationError as error:
            yield from problems_of(error, settings.document, place)
