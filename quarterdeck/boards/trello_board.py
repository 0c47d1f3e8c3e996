"""What a board of Trello has beside its cards: lists, which are its columns, and labels, which are known by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from quarterdeck.boards.calls import Calls, mapping, rows, understood
from quarterdeck.boards.faults import BoardError, CardMissingError, CardRejectedError
from quarterdeck.boards.records import Category, Resolution

_COLOUR = "sky"  # a label without one is not shown on the front of cards
Name = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class ListNames(BaseModel):
    """The names of the lists that stand for our columns; every other list counts as in progress."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    todo: Name = "To Do"
    doing: Name = "Doing"
    done: Name = "Done"
    accepted: Name = "Accepted"


class Lists:
    """The lists of a board, read once. Of two with one name the first counts."""

    def __init__(self, calls: Calls, path: str, names: ListNames) -> None:
        self._calls, self._path, self._names = calls, path, names

    def check(self) -> None:
        """CardRejectedError where a list of the settings is not on the board."""
        wanted = [str(name) for name in self._names.model_dump().values()]
        missing = [name for name in wanted if name not in self._open]
        if missing:
            raise self._missing(", ".join(missing))

    def id_of(self, category: Category, resolution: Resolution | None = None) -> str:
        """The list that a card belongs to."""
        names = self._names
        done = names.accepted if resolution is Resolution.NOT_PLANNED else names.done
        name = {Category.TODO: names.todo, Category.DOING: names.doing, Category.DONE: done}[category]
        if name not in self._open:
            raise self._missing(name)
        return self._open[name]

    def meaning(self, list_id: str, *, is_archived: bool) -> tuple[Category, Resolution | None]:
        """What it means that a card lies in a list. What is archived, or lies in an archived list, is done."""
        found = self._known.get(list_id, {})
        name = str(found.get("name", ""))
        if name == self._names.accepted:
            return Category.DONE, Resolution.NOT_PLANNED
        if name == self._names.done or is_archived or found.get("closed"):
            return Category.DONE, Resolution.COMPLETED
        return (Category.TODO if name == self._names.todo else Category.DOING), None

    def _missing(self, names: str) -> BoardError:
        return CardRejectedError(f"the board has no list {names}", remedy="make it, or name the board's own under `lists`")

    @cached_property
    @understood()
    def _known(self) -> dict[str, dict[str, Any]]:
        wanted = {"filter": "all", "fields": "name,closed,pos"}
        found = sorted(rows(self._calls.ask("GET", f"{self._path}/lists", params=wanted)), key=lambda each: each["pos"])
        return {str(each["id"]): each for each in found}

    @cached_property
    def _open(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for list_id, each in self._known.items():
            if not each.get("closed"):
                found.setdefault(str(each["name"]), list_id)
        return found


class Labels:
    """The labels of a board by their names; one that is not there is made when it is wanted."""

    def __init__(self, calls: Calls, path: str, board_id: Callable[[], str]) -> None:
        self._calls, self._path, self._board_id = calls, path, board_id
        self._known: dict[str, str] | None = None

    @understood()
    def wanted(self, name: str) -> str:
        """The id of a label."""
        if self._known is None:
            listed = rows(self._calls.ask("GET", f"{self._path}/labels", params={"fields": "name", "limit": "1000"}))
            self._known = {str(label["name"]): str(label["id"]) for label in reversed(listed)}
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def _made(self, name: str) -> str:
        try:
            body = {"name": name, "color": _COLOUR, "idBoard": self._board_id()}
            return str(mapping(self._calls.ask("POST", "/labels", body=body))["id"])
        except CardMissingError as error:
            raise CardRejectedError(f"the label {name} cannot be made", remedy="see the board's labels") from error
        except BoardError:
            self._known = None  # whether there is one now, nobody knows
            raise
