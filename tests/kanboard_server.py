"""Kanboard on loopback, as far as one project goes: what a version of August 2026 answered when asked, in memory."""

from __future__ import annotations

import contextlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from tests.board_stub import Asked, Route, Said, Stub, route, serving

TOKEN = "kanboard-kept-to-ourselves"
REFERENCE = "${env:KANBOARD_TOKEN}"
PROJECT = 7
_MADE = 1_793_700_000
_PROCEDURES = {  # their parameters, of which those before the bar must be given
    "getTimezone": "|",
    "getProjectById": "project_id|",
    "getColumns": "project_id|",
    "getTask": "task_id|",
    "getTaskByReference": "project_id reference|",
    "searchTasks": "project_id query|",
    "createTask": "title project_id|color_id column_id owner_id date_due description swimlane_id priority reference tags",
    "updateTask": "id|title color_id owner_id date_due description priority reference tags",
    "openTask": "task_id|",
    "closeTask": "task_id|",
    "moveTaskPosition": "project_id task_id column_id position|swimlane_id",
    "getTaskTags": "task_id|",
    "setTaskTags": "project_id task_id tags|",
    "getAllComments": "task_id|",
    "createComment": "task_id user_id content|reference visibility",
}
_NUMBERS = ("task_id", "id", "project_id", "column_id", "position", "swimlane_id", "priority", "user_id")


@dataclass
class Kanboard(Stub):
    """One project. `answers` are what procedures say next, whatever they are asked: a result, or an error's code and words."""

    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, list[str]] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=lambda: ["Backlog", "Ready", "Work in progress", "Done"])
    answers: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)  # the names of all procedures that were called
    zone: str = "UTC"
    is_gone: bool = False
    is_active: int = 1

    ROUTES: ClassVar[tuple[Route, ...]] = (route("POST", "/jsonrpc.php", "called", needed="jsonrpc method id params"),)

    def options(self, **more: object) -> dict[str, object]:
        return {"url": self.url, "project": PROJECT, "token": REFERENCE, **more}

    def check(self, asked: Asked) -> None:
        if asked.headers.get("authorization") != f"Basic {b64encode(f'jsonrpc:{TOKEN}'.encode()).decode()}":
            error = {"code": 401, "message": "Unauthorized"}
            raise Said(401, {"jsonrpc": "2.0", "error": error, "id": None}, {"WWW-Authenticate": 'Basic realm="JsonRPC"'})

    def called(self, asked: Asked) -> tuple[int, Any]:
        if asked.body["jsonrpc"] != "2.0":
            raise self.wrong("it is version 2.0 alone")
        name, given = str(asked.body["method"]), asked.body["params"]
        self.told.append(name)
        planned = self.answers.pop(name, None)
        if isinstance(planned, dict):
            return 200, {"jsonrpc": "2.0", "error": planned, "id": asked.body["id"]}
        self._see(name, given)
        result = getattr(self, f"do_{name}")(given)
        if planned is not None:
            result = planned[0]
        return 200, {"jsonrpc": "2.0", "result": result, "id": asked.body["id"]}

    def do_getTimezone(self, _: Mapping[str, Any]) -> Any:
        return self.zone

    def do_getProjectById(self, given: Mapping[str, Any]) -> Any:
        if not self._is_here(given):
            return None
        about = {"id": PROJECT, "name": "Operations", "is_active": self.is_active}
        return {**about, "priority_default": 0, "priority_start": 0, "priority_end": 3}

    def do_getColumns(self, given: Mapping[str, Any]) -> Any:
        listed = [{"id": at, "title": title, "position": at} for at, title in enumerate(self.columns, 1)]
        return listed if self._is_here(given) else []

    def do_getTask(self, given: Mapping[str, Any]) -> Any:
        return self._shown(None if self.is_gone else self.tasks.get(given["task_id"]))

    def do_getTaskByReference(self, given: Mapping[str, Any]) -> Any:
        found = [each for each in self.tasks.values() if each["reference"] == given["reference"] and self._is_here(given)]
        return self._shown(found[0] if found else None)

    def do_searchTasks(self, given: Mapping[str, Any]) -> Any:
        """References are searched for without regard to case, and an underscore is any character."""
        query = re.fullmatch(r'status:all ref:"([^"]+)"', given["query"])
        if query is None:
            raise self.wrong(f"another query: {given['query']}")
        like = re.compile(re.escape(query[1]).replace("_", "."), re.IGNORECASE)
        return [dict(each) for each in self.tasks.values() if self._is_here(given) and like.fullmatch(each["reference"])]

    def do_createTask(self, given: Mapping[str, Any]) -> Any:
        column = given.get("column_id", 1)
        if not given["title"] or len(given["title"]) > 65_535 or len(given.get("reference", "")) > 191:
            return False
        if not self._is_here(given) or not 1 <= column <= len(self.columns):
            return 0
        number = len(self.tasks) + 1
        self.tasks[number] = {
            "id": number,
            "title": given["title"],
            "description": given.get("description", ""),
            "date_creation": _MADE + number,
            "date_due": self._moment(given.get("date_due")),
            "project_id": PROJECT,
            "column_id": column,
            "swimlane_id": 3,
            "owner_id": 0,
            "is_active": 1,
            "priority": given.get("priority", 0),
            "reference": given.get("reference", ""),
        }
        self.tags[number], self.comments[number] = list(dict.fromkeys(given.get("tags", []))), []
        return number

    def do_updateTask(self, given: Mapping[str, Any]) -> Any:
        task = self.tasks.get(given["id"])
        if task is None or len(given.get("title") or "") > 65_535:
            return False
        changes = {name: value for name, value in given.items() if value is not None}
        if "date_due" in changes:
            changes["date_due"] = self._moment(changes["date_due"])
        task.update(changes)
        return True

    def do_openTask(self, given: Mapping[str, Any]) -> Any:
        return self._set(given, is_active=1)

    def do_closeTask(self, given: Mapping[str, Any]) -> Any:
        return self._set(given, is_active=0)

    def do_moveTaskPosition(self, given: Mapping[str, Any]) -> Any:
        task = self.tasks.get(given["task_id"])
        if task is None or given["position"] < 1 or not 1 <= given["column_id"] <= len(self.columns):
            return False
        if not task["is_active"]:
            return True  # and moves nothing
        return task["column_id"] != given["column_id"] and self._set(given, column_id=given["column_id"])

    def do_getTaskTags(self, given: Mapping[str, Any]) -> Any:
        tags = self.tags.get(given["task_id"], [])
        return {str(at): tag for at, tag in enumerate(tags, 1)} or []  # older versions say so of none

    def do_setTaskTags(self, given: Mapping[str, Any]) -> Any:
        self.tags[given["task_id"]] = list(given["tags"])
        return True

    def do_getAllComments(self, given: Mapping[str, Any]) -> Any:
        said = self.comments.get(given["task_id"], [])
        return [{"id": at, "task_id": given["task_id"], "user_id": 0, "comment": text} for at, text in enumerate(said, 1)]

    def do_createComment(self, given: Mapping[str, Any]) -> Any:
        if given["task_id"] not in self.tasks or not given["content"]:
            return False
        self.comments[given["task_id"]].append(given["content"])
        return len(self.comments[given["task_id"]])

    def _see(self, name: str, given: Any) -> None:
        """Whether the procedure is known and takes what it is given."""
        if name not in _PROCEDURES or not isinstance(given, dict):
            raise self.wrong(f"there is no procedure {name}")
        needed, _, more = _PROCEDURES[name].partition("|")
        if not set(needed.split()) <= set(given) <= {*needed.split(), *more.split()}:
            raise self.wrong(f"{name} takes {needed} {more}, not {sorted(given)}")
        if any(not isinstance(given[one], int) for one in _NUMBERS if one in given):
            raise self.wrong(f"{name} takes numbers")

    def _is_here(self, given: Mapping[str, Any]) -> bool:
        return given["project_id"] == PROJECT and not self.is_gone

    def _set(self, given: Mapping[str, Any], **changes: int) -> bool:
        task = self.tasks.get(given["task_id"])
        if task is not None:
            task.update(changes)
        return task is not None

    def _moment(self, text: str | None) -> int:
        if not text:
            return 0
        return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(self.zone)).timestamp())

    def _shown(self, task: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if task is None else {**task, "url": f"http://localhost/?task_id={task['id']}"}


@contextlib.contextmanager
def running() -> Iterator[Kanboard]:
    with serving(Kanboard()) as server:
        yield server
