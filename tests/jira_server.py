"""Jira Cloud on loopback, as far as one project goes: what its public description of the API says, in memory.

Its search knows what was written only after `settle()`, but for the issues that it is told to reconcile.
"""

from __future__ import annotations

import contextlib
import copy
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.board_stub import Asked, Route, Said, Stub, route, serving

EMAIL, TOKEN = "quarterdeck@example.com", "ATATT-kept-to-ourselves"
REFERENCE = "${env:JIRA_TOKEN}"
PROJECT = "OPS"
NOBODY = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
CATEGORIES = {"To Do": "new", "In Progress": "indeterminate", "Review": "indeterminate", "Done": "done", "Won't Do": "done"}
RESOLUTION = {
    "required": False,
    "name": "Resolution",
    "fieldId": "resolution",
    "allowedValues": [{"id": str(at), "name": name} for at, name in enumerate(("Fixed", "Done", "Won't Do", "Duplicate"))],
}
_PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
_SCREEN = {
    "summary": "Summary",
    "description": "Description",
    "labels": "Labels",
    "priority": "Priority",
    "duedate": "Due date",
}
_EMPTY: dict[str, Any] = {
    "description": None,
    "labels": [],
    "priority": {"name": "Medium"},
    "duedate": None,
    "resolution": None,
    "assignee": None,
}
_ISSUE = "/rest/api/3/issue/{}"
_TYPES = "/rest/api/3/issue/createmeta/{}/issuetypes"
_BLOCKS = frozenset({"paragraph", "codeBlock", "heading", "bulletList", "listItem", "panel", "expand"})
_INLINES = frozenset({"text", "hardBreak", "mention"})


@dataclass
class Jira(Stub):
    """One project. `offers` are the transitions of any status: where they lead, and the fields of their screens."""

    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    indexed: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, list[Any]] = field(default_factory=dict)
    offers: list[tuple[str, dict[str, Any]]] = field(
        default_factory=lambda: [("To Do", {}), ("In Progress", {}), ("Done", {"resolution": RESOLUTION})]
    )
    screen: dict[str, str] = field(default_factory=lambda: dict(_SCREEN))
    required: set[str] = field(default_factory=lambda: {"summary"})
    is_hidden: bool = False
    numbers: int = 0

    ROUTES: ClassVar[tuple[Route, ...]] = (
        route("GET", "/rest/api/3/myself", "myself"),
        route("GET", "/rest/api/3/project/{}", "project"),
        route("GET", _TYPES, "types", params="maxResults startAt"),
        route("GET", f"{_TYPES}/{{}}", "type_fields", params="maxResults startAt"),
        route("POST", "/rest/api/3/search/jql", "search", needed="jql fields", fields="maxResults reconcileIssues"),
        route("POST", "/rest/api/3/issue", "make", needed="fields", fields="update"),
        route("GET", _ISSUE, "issue", params="fields"),
        route("PUT", _ISSUE, "change", fields="fields update"),
        route("GET", f"{_ISSUE}/transitions", "transitions", params="expand"),
        route("POST", f"{_ISSUE}/transitions", "move", needed="transition", fields="fields"),
        route("GET", f"{_ISSUE}/comment", "said", params="startAt maxResults orderBy"),
        route("POST", f"{_ISSUE}/comment", "say", needed="body"),
    )

    def options(self, **more: object) -> dict[str, object]:
        return {"url": self.url, "project": PROJECT, "email": EMAIL, "token": REFERENCE, **more}

    def settle(self) -> None:
        self.indexed = copy.deepcopy(self.issues)

    def check(self, asked: Asked) -> None:
        """Who is not known is nobody: a search finds nothing then, and an issue is not there."""
        if asked.headers.get("authorization") == f"Basic {b64encode(f'{EMAIL}:{TOKEN}'.encode()).decode()}":
            return
        if asked.path.endswith("/search/jql"):
            raise Said(200, {"issues": [], "isLast": True}, NOBODY)
        if "/issue/" in asked.path:
            raise Said(404, _told("Issue does not exist or you do not have permission to see it."), NOBODY)
        raise Said(401, _told("Client must be authenticated to access this resource."), NOBODY)

    def myself(self, _: Asked) -> tuple[int, Any]:
        return 200, {"accountId": "5b10", "active": True}

    def project(self, asked: Asked) -> tuple[int, Any]:
        if self.is_hidden or asked.parts[0] != PROJECT:
            raise Said(404, _told(f"No project could be found with key '{asked.parts[0]}'."))
        return 200, {"id": "10000", "key": PROJECT, "name": "Operations"}

    def types(self, asked: Asked) -> tuple[int, Any]:
        self.project(asked)
        listed = [{"id": "10001", "name": "Task", "subtask": False}, {"id": "10002", "name": "Bug", "subtask": False}]
        return 200, {"issueTypes": listed, "maxResults": 200, "startAt": 0, "total": 2}

    def type_fields(self, asked: Asked) -> tuple[int, Any]:
        self.project(asked)
        about = [("project", "Project", True), ("issuetype", "Issue Type", True), ("reporter", "Reporter", True)]
        about += [(name, label, name in self.required) for name, label in self.screen.items()]
        listed = [
            {"fieldId": name, "key": name, "name": label, "required": required, "hasDefaultValue": False}
            for name, label, required in about
            if name not in ("project", "issuetype")
        ]
        return 200, {"fields": listed, "maxResults": 200, "startAt": 0, "total": len(listed)}

    def search(self, asked: Asked) -> tuple[int, Any]:
        body = asked.body
        reconciled = body.get("reconcileIssues", [])
        if len(reconciled) > 50 or not all(isinstance(each, int) for each in reconciled):
            raise self.wrong("at most fifty issues are reconciled, by their numbers")
        known = {**self.indexed, **{each: self.issues[each] for each in reconciled if each in self.issues}}
        query = re.fullmatch(r'project = "(\w+)"(?: AND labels = "([^"]+)"| ORDER BY key DESC)', body["jql"])
        if query is None:
            raise self.wrong(f"another query: {body['jql']}")
        if self.is_hidden or query[1] != PROJECT:
            raise Said(400, _told(f"The value '{query[1]}' does not exist for the field 'project'."))
        found = sorted(known.values(), key=lambda issue: -int(issue["key"].rpartition("-")[2]))
        if query[2] is not None:
            found = [issue for issue in found if query[2].casefold() in {x.casefold() for x in issue["fields"]["labels"]}]
        shown = [_shown(issue, body["fields"]) for issue in found[: body.get("maxResults", 50)]]
        return 200, {"issues": shown, "isLast": len(shown) == len(found)}

    def make(self, asked: Asked) -> tuple[int, Any]:
        fields = dict(asked.body["fields"])
        if self.is_hidden or fields.pop("project", None) != {"key": PROJECT}:
            raise _invalid({"project": "Specify a valid project ID or key"})
        if fields.pop("issuetype", None) not in ({"name": "Task"}, {"name": "Bug"}):
            raise _invalid({"issuetype": "Specify a valid issue type"})
        self._fits(fields)
        lacking = {name: f"{self.screen[name]} is required." for name in self.required if not fields.get(name)}
        if lacking:
            raise _invalid(lacking)
        self.numbers += 1
        number = 10_000 + self.numbers
        made = {"created": f"2026-11-03T09:00:{self.numbers % 60:02}.000+0000", "status": status("To Do")}
        key = f"{PROJECT}-{self.numbers}"
        self.issues[number] = {"id": str(number), "key": key, "fields": {**copy.deepcopy(_EMPTY), **made, **fields}}
        self.comments[number] = []
        return 201, {"id": str(number), "key": key, "self": f"{self.url}/rest/api/3/issue/{number}"}

    def issue(self, asked: Asked) -> tuple[int, Any]:
        return 200, _shown(self._issue(asked), asked.params["fields"].split(","))

    def change(self, asked: Asked) -> tuple[int, Any]:
        issue, body = self._issue(asked), asked.body
        self._fits(body.get("fields", {}))
        if set(body.get("fields", {})) & set(body.get("update", {})):
            raise self.wrong("a field is either set or changed")
        labels = list(issue["fields"]["labels"])
        for step in body.get("update", {}).get("labels", ()):
            ((what, label),) = step.items()
            self._fits({"labels": [label]})
            labels = [each for each in labels if each != label] + ([label] if what == "add" else [])
        issue["fields"].update(body.get("fields", {}), labels=labels)
        return 204, None

    def transitions(self, asked: Asked) -> tuple[int, Any]:
        self._issue(asked)
        if asked.params.get("expand") != "transitions.fields":
            raise self.wrong("without their fields, nobody knows what transitions ask for")
        return 200, {
            "transitions": [
                {"id": str(at), "name": f"To {to}", "to": status(to), "fields": fields}
                for at, (to, fields) in enumerate(self.offers, 11)
            ]
        }

    def move(self, asked: Asked) -> tuple[int, Any]:
        issue, given = self._issue(asked), asked.body.get("fields", {})
        at = int(asked.body["transition"]["id"]) - 11
        if not 0 <= at < len(self.offers):
            raise Said(400, _told("It seems that you have tried to perform an illegal workflow operation."))
        to, fields = self.offers[at]
        outside = {
            name: f"Field '{name}' cannot be set. It is not on the appropriate screen." for name in set(given) - set(fields)
        }
        asking = {
            name: f"{each['name']} is required." for name, each in fields.items() if each["required"] and name not in given
        }
        if outside or asking:
            raise _invalid({**outside, **asking})
        resolution = given.get("resolution")
        if resolution and resolution["name"] not in {each["name"] for each in fields["resolution"]["allowedValues"]}:
            raise _invalid({"resolution": "The resolution selected is invalid."})
        done = CATEGORIES[to] == "done"
        issue["fields"].update(status=status(to), resolution=(resolution or {"name": "Done"}) if done else None)
        return 204, None

    def said(self, asked: Asked) -> tuple[int, Any]:
        start, most = int(asked.params.get("startAt", 0)), int(asked.params.get("maxResults", 50))
        said = self.comments[int(self._issue(asked)["id"])]
        listed = list(reversed(said)) if asked.params.get("orderBy") == "-created" else said
        shown = [{"id": str(at), "body": body} for at, body in enumerate(listed)][start : start + most]
        return 200, {"comments": shown, "startAt": start, "maxResults": most, "total": len(said)}

    def say(self, asked: Asked) -> tuple[int, Any]:
        self._fits({"description": asked.body["body"]})
        self.comments[int(self._issue(asked)["id"])].append(asked.body["body"])
        return 201, {"id": "1", "body": asked.body["body"]}

    def _issue(self, asked: Asked) -> dict[str, Any]:
        named = asked.parts[0]
        found = [issue for issue in self.issues.values() if named in (issue["id"], issue["key"])]
        if not found or self.is_hidden:
            raise Said(404, _told("Issue does not exist or you do not have permission to see it."))
        return found[0]

    def _fits(self, fields: dict[str, Any]) -> None:
        wrong = {
            name: f"Field '{name}' cannot be set. It is not on the appropriate screen."
            for name in set(fields) - set(self.screen)
        }
        summary = fields.get("summary")
        if summary is not None and ("\n" in summary or not summary.strip()):
            wrong["summary"] = "The summary is invalid because it contains newline characters."
        if summary is not None and len(summary) > 255:
            wrong["summary"] = "Summary must be less than 255 characters."
        if any(re.search(r"\s", label) or len(label) > 255 for label in fields.get("labels", ())):
            wrong["labels"] = "The label contains spaces which is invalid."
        if "priority" in fields and fields["priority"].get("name") not in _PRIORITIES:
            wrong["priority"] = "Specify a valid 'name' or 'id' for Priority."
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", fields.get("duedate") or "2026-01-01"):
            wrong["duedate"] = "Error parsing date string."
        if fields.get("description") is not None and not _is_document(fields["description"]):
            wrong["description"] = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
        if wrong:
            raise _invalid(wrong)


def status(name: str) -> dict[str, Any]:
    return {"id": str(list(CATEGORIES).index(name)), "name": name, "statusCategory": {"id": 1, "key": CATEGORIES[name]}}


def _shown(issue: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    return {**issue, "fields": {name: copy.deepcopy(issue["fields"].get(name)) for name in fields}}


def _told(words: str) -> dict[str, Any]:
    return {"errorMessages": [words], "errors": {}}


def _invalid(errors: dict[str, str]) -> Said:
    return Said(400, {"errorMessages": [], "errors": errors})


def _is_document(document: Any) -> bool:
    """Whether a document keeps to the schema, as far as the nodes of these tests go."""
    if not isinstance(document, dict) or set(document) != {"version", "type", "content"}:
        return False
    return document["version"] == 1 and document["type"] == "doc" and all(_is_node(node) for node in document["content"])


def _is_node(node: dict[str, Any]) -> bool:
    kind, children = node.get("type"), node.get("content", [])
    if kind == "text":
        return bool(node.get("text")) and set(node) <= {"type", "text", "marks"}
    if kind == "codeBlock":
        attributes = set(node.get("attrs", {})) <= {"language", "localId", "uniqueId"}
        return attributes and all(child["type"] == "text" and not child.get("marks") and _is_node(child) for child in children)
    return kind in _BLOCKS | _INLINES and all(_is_node(child) for child in children)


@contextlib.contextmanager
def running() -> Iterator[Jira]:
    with serving(Jira()) as server:
        yield server
