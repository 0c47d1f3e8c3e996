"""Kanboard: tasks of a project, with the reference in a field of their own, over its JSON-RPC API.

    board:
      kind: kanboard
      url: https://kanboard.example.com
      project: 1
      token: ${env:KANBOARD_TOKEN}

A task that is closed stays in its column; that it is not planned is said by a tag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quarterdeck.boards import Means, Options, board
from quarterdeck.boards.calls import once_made, understood
from quarterdeck.boards.faults import BoardForbiddenError, BoardUnavailableError, CardMissingError, CardRejectedError
from quarterdeck.boards.framing import Frame, comment_mark
from quarterdeck.boards.kanboard_rpc import Procedures
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.secrets import Reference

Url = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/-]*)?$", max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Priority = Annotated[int, Field(ge=-99, le=99)]
_FRAME = Frame("```", "```", "```")
# On MySQL, a description may have 65,535 bytes, and one character three of them; a title of older versions 255 characters.
_CAN = Capabilities(max_title=255, max_text=15_000)


class Columns(BaseModel):
    """The names of the columns that stand for ours; every other one counts as in progress."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    todo: Name = "Ready"
    doing: Name = "Work in progress"
    done: Name = "Done"


class Priorities(BaseModel):
    """The numbers of the priorities; a project's are 0 to 3 unless it says otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    P1: Priority = 3
    P2: Priority = 2
    P3: Priority = 1


class KanboardOptions(Options):
    """Where the project is, and how its columns are called. `not_planned` is the tag of a task that will not be done."""

    url: Url
    project: Annotated[int, Field(ge=1)]
    token: Reference
    columns: Columns = Columns()
    priorities: Priorities = Priorities()
    not_planned: Name = "wontfix"


@board
class KanboardBoard:
    """The tasks of a project."""

    kind: ClassVar[str] = "kanboard"
    Options: ClassVar[type[Options]] = KanboardOptions

    def __init__(self, means: Means, options: Any, tenant: str) -> None:  # noqa: ARG002 - a reference names its tenant
        self._means, self._options = means, options

    @property
    def capabilities(self) -> Capabilities:
        return _CAN

    @understood()
    def check(self) -> BoardInfo:
        project = self._see_project()
        missing = [name for name in self._options.columns.model_dump().values() if name not in self._columns]
        if missing:
            raise self._no_column(", ".join(missing))
        ours, low, high = self._options.priorities, int(project["priority_start"]), int(project["priority_end"])
        outside = [code for code in ("P1", "P2", "P3") if not low <= getattr(ours, code) <= high]
        remarks = (f"{', '.join(outside)} are outside of the project's priorities, {low} to {high}",) if outside else ()
        url = f"{self._base}/?controller=BoardViewController&action=show&project_id={self._options.project}"
        return BoardInfo(str(project["name"]), url, remarks)

    def find(self, reference: str) -> Sequence[Card]:
        """The oldest task by its reference, and where there is one, by a search the others."""
        first = self._ask("getTaskByReference", project_id=self._options.project, reference=reference)
        if not first:
            self._see_project()
            return ()
        query = f'status:all ref:"{reference}"'
        found = [first, *(self._ask("searchTasks", project_id=self._options.project, query=query) or ())]
        with understood():
            tasks = {int(task["id"]): task for task in found if task["reference"] == reference}
        return [self._card(task) for _, task in sorted(tasks.items())]

    def get(self, card_id: str) -> Card | None:
        task = self._task(card_id)
        return None if task is None else self._card(task)

    def create(self, draft: Draft) -> Card:
        said = draft.content
        made = self._rpc.do(
            "createTask",
            title=said.title,
            project_id=self._options.project,
            column_id=self._column(Category.TODO),
            description=_FRAME.framed(said.text),
            reference=draft.reference,
            tags=sorted(said.labels),
            **self._fields(said.priority, said.due),
        )
        with once_made():
            return self._there(str(made))

    def update(self, card_id: str, patch: Patch) -> Card:
        task = self._known(card_id)
        fields: dict[str, Any] = self._fields(patch.priority, patch.due)
        if patch.title is not None:
            fields["title"] = patch.title
        if patch.text is not None:
            fields["description"] = _FRAME.framed(patch.text)
        if fields:
            self._rpc.do("updateTask", id=int(card_id), **fields)
        self._retag(task, patch.labels_add, patch.labels_remove)
        return self._there(card_id)

    @understood()
    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        task, column = self._known(card_id), self._column(to)
        mark = frozenset({self._options.not_planned})
        is_dropped = to is Category.DONE and resolution is Resolution.NOT_PLANNED
        self._retag(task, mark if is_dropped else frozenset(), frozenset() if is_dropped else mark)
        is_open = _is_open(task)
        if not is_open and to is not Category.DONE:
            self._rpc.do("openTask", task_id=int(card_id))
            is_open = True
        if is_open and int(task["column_id"]) != column:  # a closed task is not moved, without a word
            place = {"position": 1, "swimlane_id": int(task["swimlane_id"])}
            self._rpc.do("moveTaskPosition", project_id=self._options.project, task_id=int(card_id), column_id=column, **place)
        if is_open and to is Category.DONE:
            self._rpc.do("closeTask", task_id=int(card_id))
        return self._there(card_id)

    def comment(self, card_id: str, text: str, key: str) -> None:
        self._known(card_id)
        mark = comment_mark(key)
        with understood():
            if any(mark in str(said["comment"]) for said in self._ask("getAllComments", task_id=int(card_id)) or ()):
                return
        content = f"{_FRAME.around(text[: _CAN.max_text])}\n\n{mark}"
        self._rpc.do("createComment", task_id=int(card_id), user_id=0, content=content)  # the application is no user

    @understood()
    def _retag(self, task: Mapping[str, Any], add: frozenset[str], remove: frozenset[str]) -> None:
        """Put tags on a task and take others off. Kanboard sets all at once: so they are read right before."""
        if not (add or remove):
            return
        tags = self._tags(task)
        wanted = (tags | add) - remove
        if wanted != tags:
            self._rpc.do("setTaskTags", project_id=self._options.project, task_id=int(task["id"]), tags=sorted(wanted))

    @understood()
    def _tags(self, task: Mapping[str, Any]) -> frozenset[str]:
        found = self._ask("getTaskTags", task_id=int(task["id"]))
        return frozenset(str(tag) for tag in found.values()) if found else frozenset()  # none may be an empty list

    @understood()
    def _task(self, card_id: str) -> dict[str, Any] | None:
        """A task of our project; one that was moved to another is gone. Without the project, nothing is known of it."""
        task = self._ask("getTask", task_id=int(card_id)) if _is_number(card_id) else None
        if task and int(task["project_id"]) == self._options.project:
            return dict(task)
        self._see_project()
        return None

    def _known(self, card_id: str) -> dict[str, Any]:
        task = self._task(card_id)
        if task is None:
            raise CardMissingError(f"task {card_id} is gone", remedy="`quarterdeck board recreate` has a new one made")
        return task

    def _there(self, card_id: str) -> Card:
        return self._card(self._known(card_id))

    @understood()
    def _see_project(self) -> dict[str, Any]:
        project = self._ask("getProjectById", project_id=self._options.project)
        if not project:
            raise BoardForbiddenError(f"Kanboard has no project {self._options.project}", remedy="see `project`")
        if not int(project["is_active"]):
            raise BoardForbiddenError(f"project {self._options.project} is closed", remedy="open it again in Kanboard")
        return dict(project)

    def _column(self, category: Category) -> int:
        name = str(getattr(self._options.columns, category.value))
        if name not in self._columns:
            raise self._no_column(name)
        return self._columns[name]

    def _no_column(self, names: str) -> CardRejectedError:
        return CardRejectedError(
            f"the project has no column {names}", remedy="add it, or name the project's own under `columns`"
        )

    def _fields(self, priority: str | None, due: date | None) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if priority is not None:
            fields["priority"] = getattr(self._options.priorities, priority)
        if due is not None:
            fields["date_due"] = f"{due.isoformat()} 12:00"
        return fields

    @understood()
    def _card(self, task: Mapping[str, Any]) -> Card:
        number, tags = int(task["id"]), self._tags(task)
        names = {column: name for name, column in self._columns.items()}
        name, ours = names.get(int(task["column_id"]), ""), self._options.columns
        category = Category.TODO if name == ours.todo else Category.DOING
        if not _is_open(task) or name == ours.done:
            category = Category.DONE
        how = Resolution.NOT_PLANNED if self._options.not_planned in tags else Resolution.COMPLETED
        return Card(
            id=str(number),
            key=f"#{number}",
            url=f"{self._base}/?controller=TaskViewController&action=show&task_id={number}",  # its own names no host
            reference=str(task.get("reference") or ""),
            title=str(task["title"]),
            text=_FRAME.unframed(str(task.get("description") or "")),
            category=category,
            resolution=how if category is Category.DONE else None,
            labels=tags,
            priority=self._priority(int(task["priority"])),
            due=datetime.fromtimestamp(int(task["date_due"]), self._zone).date() if int(task.get("date_due") or 0) else None,
            assignee=f"user {task['owner_id']}" if int(task.get("owner_id") or 0) else "",
            created_at=datetime.fromtimestamp(int(task["date_creation"]), UTC).isoformat(),
        )

    def _priority(self, number: int) -> str:
        """Our name of a priority, or the number of one that is none of ours: a person has set it."""
        ours = {getattr(self._options.priorities, code): code for code in ("P1", "P2", "P3")}
        return ours.get(number, str(number))

    @property
    def _base(self) -> str:
        return str(self._options.url).rstrip("/")

    def _ask(self, procedure: str, **params: Any) -> Any:
        return self._rpc.ask(procedure, **params)

    @cached_property
    def _rpc(self) -> Procedures:
        return Procedures(self._base, self._means.secret(self._options.token))

    @cached_property
    @understood()
    def _columns(self) -> dict[str, int]:
        found = self._ask("getColumns", project_id=self._options.project)
        return {str(column["title"]): int(column["id"]) for column in reversed(found)}  # of two the first counts

    @cached_property
    def _zone(self) -> tzinfo:
        """Kanboard's time zone, in which its due days begin."""
        name = str(self._ask("getTimezone"))
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            raise BoardUnavailableError("Kanboard's time zone is unknown here", remedy="see its settings") from None


def _is_open(task: Mapping[str, Any]) -> bool:
    return int(task["is_active"]) == 1


def _is_number(card_id: str) -> bool:
    return card_id.isascii() and card_id.isdigit() and len(card_id) < 19
