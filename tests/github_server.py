"""GitHub on loopback, as far as issues and projects go: what its public description of the API says, in memory.

tests/contracts/test_github_schemas.py holds the requests of the adapter against GitHub's own schemas.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.board_stub import Asked, Route, Said, Stub, route, serving

TOKEN = "github_pat_kept_to_ourselves"
REFERENCE = "${env:GITHUB_TOKEN}"
REPOSITORY = "example/operations"
_AT = "/repos/{}/{}/issues"
_COLUMNS = ("Todo", "In Progress", "Review", "Done")


@dataclass
class GitHub(Stub):
    """One repository of a user with one project. `is_hidden` lets the token not reach the repository."""

    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    items: dict[str, str | None] = field(default_factory=dict)  # columns by the node id of an issue
    has_issues: bool = True
    is_hidden: bool = False
    may_write: bool = True
    gone: set[int] = field(default_factory=set)

    ROUTES: ClassVar[tuple[Route, ...]] = (
        route("GET", "/repos/{}/{}", "repository"),
        route("GET", _AT, "listed", params="labels state sort direction per_page page"),
        route("POST", _AT, "make", needed="title", fields="body labels"),
        route("GET", f"{_AT}/{{}}", "issue"),
        route("PATCH", f"{_AT}/{{}}", "change", fields="title body state state_reason"),
        route("POST", f"{_AT}/{{}}/labels", "label", needed="labels"),
        route("DELETE", f"{_AT}/{{}}/labels/{{}}", "unlabel"),
        route("GET", f"{_AT}/{{}}/comments", "said", params="per_page page"),
        route("POST", f"{_AT}/{{}}/comments", "say", needed="body"),
        route("POST", "/graphql", "graphql", needed="query variables"),
    )

    def options(self, **more: object) -> dict[str, object]:
        return {"repository": REPOSITORY, "token": REFERENCE, "url": self.url, **more}

    def check(self, asked: Asked) -> None:
        if not asked.headers.get("user-agent"):
            raise self.wrong("requests without a User-Agent are refused")
        if asked.headers.get("accept") != "application/vnd.github+json":
            raise self.wrong("the media type is recommended")
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Said(
                401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"}
            )

    def repository(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        return 200, {"full_name": REPOSITORY, "name": "operations", "has_issues": self.has_issues}

    def listed(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        wanted = set(asked.params["labels"].split(","))
        found = [
            issue
            for issue in self.issues.values()
            if wanted <= {label["name"] for label in issue["labels"]} and asked.params.get("state") in ("all", issue["state"])
        ]
        return 200, _page(found, asked)

    def make(self, asked: Asked) -> tuple[int, Any]:
        self._reach(asked)
        self._fits(asked.body)
        number = len(self.issues) + len(self.gone) + 1
        self.issues[number] = {
            "number": number,
            "node_id": f"I_{number}",
            "title": asked.body["title"],
            "body": asked.body.get("body"),
            "state": "open",
            "state_reason": None,
            "labels": [{"name": name} for name in asked.body.get("labels", ())] if self.may_write else [],
            "assignees": [],
            "created_at": f"2026-11-03T09:00:{number % 60:02}Z",
        }
        self.comments[number] = []
        return 201, dict(self.issues[number])

    def issue(self, asked: Asked) -> tuple[int, Any]:
        return 200, dict(self._issue(asked))

    def change(self, asked: Asked) -> tuple[int, Any]:
        issue = self._issue(asked)
        self._fits(asked.body)
        if asked.body.get("state") == issue["state"]:  # the reason is ignored unless the state is changed
            asked.body.pop("state_reason", None)
        elif asked.body.get("state") == "open":
            issue["state_reason"] = "reopened"
        issue.update(asked.body)
        return 200, dict(issue)

    def label(self, asked: Asked) -> tuple[int, Any]:
        labels = self._issue(asked)["labels"]
        labels += [{"name": name} for name in asked.body["labels"] if {"name": name} not in labels]
        return 200, labels

    def unlabel(self, asked: Asked) -> tuple[int, Any]:
        labels = self._issue(asked)["labels"]
        if {"name": asked.parts[3]} not in labels:
            raise Said(404, {"message": "Label does not exist"})
        labels.remove({"name": asked.parts[3]})
        return 200, labels

    def said(self, asked: Asked) -> tuple[int, Any]:
        return 200, _page(self.comments[self._issue(asked)["number"]], asked)

    def say(self, asked: Asked) -> tuple[int, Any]:
        self.comments[self._issue(asked)["number"]].append({"body": asked.body["body"]})
        return 201, {"body": asked.body["body"]}

    def graphql(self, asked: Asked) -> tuple[int, Any]:
        query, given = asked.body["query"], asked.body["variables"]
        if "repositoryOwner" in query:
            options = [{"id": f"o{at}", "name": name} for at, name in enumerate(_COLUMNS)]
            known = given["number"] == 7 and given["owner"] == "example"
            status = {"id": "F_1", "options": options} if given["field"] == "Status" else {}
            project = {"id": "P_7", "title": "Watch", "field": status}
            return 200, {"data": {"repositoryOwner": {"projectV2": project if known else None}}}
        if "addProjectV2ItemById" in query:
            self.items[given["issue"]] = None
            return 200, {"data": {"addProjectV2ItemById": {"item": {"id": f"item-{given['issue']}"}}}}
        if "updateProjectV2ItemFieldValue" in query:
            issue = given["item"].removeprefix("item-")
            if issue not in self.items or given["field"] != "F_1":
                return 200, {"data": None, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
            self.items[issue] = _COLUMNS[int(given["option"].removeprefix("o"))]
            return 200, {"data": {"updateProjectV2ItemFieldValue": {"projectV2Item": {"id": given["item"]}}}}
        issue = given["issue"]
        value = {"name": self.items[issue]} if self.items.get(issue) else None
        node = {"id": f"item-{issue}", "project": {"id": "P_7"}, "fieldValueByName": value}
        return 200, {"data": {"node": {"projectItems": {"nodes": [node] if issue in self.items else []}}}}

    def _reach(self, asked: Asked) -> None:
        if self.is_hidden or "/".join(asked.parts[:2]) != REPOSITORY:
            raise Said(404, {"message": "Not Found"})
        if not self.has_issues and "/issues" in asked.path:
            raise Said(410, {"message": "Issues has been disabled in this repository."})

    def _issue(self, asked: Asked) -> dict[str, Any]:
        self._reach(asked)
        number = int(asked.parts[2])
        if number in self.gone:
            raise Said(410, {"message": "This issue was deleted"})
        if number not in self.issues:
            raise Said(404, {"message": "Not Found"})
        return self.issues[number]

    def _fits(self, body: dict[str, Any]) -> None:
        limits = {"title": 256, "body": 65536}
        over = [name for name, limit in limits.items() if len(body.get(name) or "") > limit]
        if over:
            errors = [{"resource": "Issue", "code": "custom", "field": over[0], "message": f"{over[0]} is too long"}]
            raise Said(422, {"message": "Validation Failed", "errors": errors})


def _page(rows: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    size, page = int(asked.params.get("per_page", 30)), int(asked.params.get("page", 1))
    return [dict(row) for row in rows[(page - 1) * size : page * size]]


@contextlib.contextmanager
def running() -> Iterator[GitHub]:
    with serving(GitHub()) as server:
        yield server
