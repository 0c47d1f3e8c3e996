"""GitHub: issues of a repository, with the reference as a label, and a project's columns where one is named.

    board:
      kind: github
      repository: example/operations
      token: ${env:GITHUB_TOKEN}

Issues are found by a label of their own and not by search, which lags behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import StringConstraints

from quarterdeck import codec
from quarterdeck.boards import Means, Options, block, board
from quarterdeck.boards.calls import Calls, mapping, once_made, rows
from quarterdeck.boards.faults import BoardBusyError, BoardError, BoardForbiddenError, CardMissingError, CardRejectedError
from quarterdeck.boards.framing import Frame, comment_mark
from quarterdeck.boards.github_project import Project, ProjectOptions
from quarterdeck.boards.pace import Bucket
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.http import Answer
from quarterdeck.secrets import Reference

Url = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+(/api/v3)?/?$", max_length=300)]
Repository = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*$", max_length=140),
]
_HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "quarterdeck",  # calls without one are refused
}
_CAN = Capabilities(priority=False, due=False, max_title=256, max_text=60_000)
_FRAME = Frame("~~~~", "~~~~", "~~~~")
_PAGE = 100
_MOST_PAGES = 20
_WRITES = (20, 1.0)  # at once, and per second from then on: GitHub allows 80 a minute of what makes content
_UNTIL_THEN = timedelta(minutes=1)


class GithubOptions(Options):
    """Where the issues are."""

    repository: Repository
    token: Reference
    url: Url = "https://api.github.com"
    project: ProjectOptions | None = None


class _GithubCalls(Calls):
    """GitHub says with 403, too, that it wants fewer calls."""

    def refusal(self, answer: Answer) -> BoardError:
        is_spent = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
        if answer.status == 403 and is_spent:
            return BoardBusyError("GitHub wants fewer calls", retry_after=answer.retry_after or _UNTIL_THEN)
        return super().refusal(answer)


@board
class GithubBoard:
    """The issues of a repository."""

    kind: ClassVar[str] = "github"
    Options: ClassVar[type[Options]] = GithubOptions

    def __init__(self, means: Means, options: Any, tenant: str) -> None:  # noqa: ARG002 - a reference names its tenant
        self._means, self._options = means, options
        self._bucket = Bucket(*_WRITES)

    @property
    def capabilities(self) -> Capabilities:
        return _CAN

    def check(self) -> BoardInfo:
        self._see_repository()
        name = str(self._options.repository)
        if self._project is None:
            return BoardInfo(name, f"{self._web}/issues")
        self._project.check()
        return BoardInfo(f"{name}, {self._project.title}", f"{self._web}/issues")

    def find(self, reference: str) -> Sequence[Card]:
        wanted = {"labels": _label(reference), "state": "all", "sort": "created", "direction": "asc"}
        try:
            found = self._all(f"{self._path}/issues", wanted)
        except CardMissingError:
            raise self._out_of_sight() from None
        cards = [self._card(issue, reference) for issue in found if not issue.get("pull_request")]
        return [card for card in cards if card.reference == reference]

    def get(self, card_id: str) -> Card | None:
        try:
            issue = mapping(self._ask("GET", card_id))
        except CardMissingError:
            return None
        return None if issue.get("pull_request") else self._card(issue)

    def create(self, draft: Draft) -> Card:
        label = _label(draft.reference)
        said = draft.content
        body = {"title": said.title, "body": _FRAME.framed(said.text), "labels": [label, *sorted(said.labels)]}
        try:
            issue = mapping(self._calls.ask("POST", f"{self._path}/issues", body=body))
        except CardMissingError:
            raise self._out_of_sight() from None
        if label not in _labels(issue):
            raise CardRejectedError(
                f"issue {issue['number']} was made without its labels",
                remedy="give the token's user write access to the repository; then close the issue",
            )
        if self._project is not None:
            with once_made():
                self._project.add(str(issue["node_id"]))
                return self._card(issue)
        return self._card(issue)

    def update(self, card_id: str, patch: Patch) -> Card:
        fields: dict[str, Any] = {}
        if patch.title is not None:
            fields["title"] = patch.title
        if patch.text is not None:
            fields["body"] = _FRAME.framed(patch.text)
        if fields:
            self._ask("PATCH", card_id, body=fields)
        if patch.labels_add:
            self._ask("POST", card_id, "/labels", body={"labels": sorted(patch.labels_add)})
        for label in sorted(patch.labels_remove):
            try:
                self._ask("DELETE", card_id, f"/labels/{quote(label, safe='')}")
            except CardMissingError:
                continue  # it has no such label any more
        return self._there(card_id)

    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        state: dict[str, str] = {"state": "open"}
        if to is Category.DONE:
            state = {"state": "closed", "state_reason": (resolution or Resolution.COMPLETED).value}
        issue = mapping(self._ask("PATCH", card_id, body=state))
        if self._project is not None:
            self._project.move(str(issue["node_id"]), to)
        return self._card(issue)

    def comment(self, card_id: str, text: str, key: str) -> None:
        mark = comment_mark(key)
        path = f"{self._path}/issues/{_number(card_id)}/comments"
        if any(mark in (said.get("body") or "") for said in self._all(path, {})):
            return
        body = f"{_FRAME.around(text)}\n\n{mark}"
        self._ask("POST", card_id, "/comments", body={"body": body})

    def _ask(self, method: str, card_id: str, path: str = "", body: Any = None) -> Answer:
        """A call about an issue. It is only missing where its repository is there: GitHub hides what it forbids."""
        try:
            return self._calls.ask(method, f"{self._path}/issues/{_number(card_id)}{path}", body=body)
        except CardMissingError:
            self._see_repository()
            raise

    def _see_repository(self) -> None:
        try:
            found = mapping(self._calls.ask("GET", self._path))
        except CardMissingError:
            raise self._out_of_sight() from None
        if not found.get("has_issues"):
            raise BoardForbiddenError("the repository has no issues", remedy="switch them on in its settings")

    def _out_of_sight(self) -> BoardForbiddenError:
        return BoardForbiddenError(
            f"the token does not reach the issues of {self._options.repository}", remedy="see `repository`, and its scopes"
        )

    def _all(self, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            more = rows(self._calls.ask("GET", path, params={**params, "per_page": str(_PAGE), "page": str(page)}))
            found += more
            if len(more) < _PAGE:
                break
        return found

    def _there(self, card_id: str) -> Card:
        card = self.get(card_id)
        if card is None:
            raise CardMissingError(f"issue {card_id} is gone", remedy="`quarterdeck board recreate` has a new one made")
        return card

    def _card(self, issue: Mapping[str, Any], reference: str = "") -> Card:
        """An issue as a card. Where people took our marks away, it is known by its label, if somebody asks for that."""
        text = _FRAME.unframed(issue.get("body") or "")
        labels = _labels(issue)
        is_closed = issue["state"] == "closed"
        category = Category.DONE if is_closed else self._open_category(issue)
        how = Resolution.COMPLETED if issue.get("state_reason") in (None, "completed", "reopened") else Resolution.NOT_PLANNED
        return Card(
            id=str(issue["number"]),
            key=f"#{issue['number']}",
            url=f"{self._web}/issues/{issue['number']}",
            reference=block.reference_in(text) or (reference if _label(reference) in labels else ""),
            title=str(issue["title"]),
            text=text,
            category=category,
            resolution=(how if is_closed else Resolution.COMPLETED) if category is Category.DONE else None,
            labels=frozenset(label for label in labels if not _is_reference(label)),
            assignee=", ".join(str(one["login"]) for one in issue.get("assignees") or ()),
            created_at=str(issue.get("created_at", "")),
        )

    def _open_category(self, issue: Mapping[str, Any]) -> Category:
        """An open issue in the last column counts as done: GitHub closes it there only where the project says so."""
        column = None if self._project is None else self._project.category(str(issue["node_id"]))
        return column or Category.TODO

    @property
    def _path(self) -> str:
        return f"/repos/{self._options.repository}"

    @property
    def _api(self) -> str:
        return str(self._options.url).rstrip("/")

    @property
    def _web(self) -> str:
        server = "https://github.com" if self._api == "https://api.github.com" else self._api.removesuffix("/api/v3")
        return f"{server}/{self._options.repository}"

    @cached_property
    def _calls(self) -> Calls:
        return self._calls_at(self._api, lambda method: None if method == "GET" else self._bucket.take())

    @cached_property
    def _project(self) -> Project | None:
        options = self._options
        if options.project is None:
            return None
        base = self._api.removesuffix("/v3") if self._api.endswith("/api/v3") else self._api
        return Project(self._calls_at(base), options.project, str(options.repository).partition("/")[0])

    def _calls_at(self, base: str, pace: Callable[[str], None] = lambda _: None) -> Calls:
        headers = {**_HEADERS, "Authorization": f"Bearer {self._means.secret(self._options.token)}"}
        return _GithubCalls(base, headers, said=_said, pace=pace)


def _label(reference: str) -> str:
    """The label of a reference, within GitHub's fifty characters."""
    return f"qd:{codec.digest(['reference', reference])[:16]}"


def _is_reference(label: str) -> bool:
    return len(label) == 19 and label.startswith("qd:") and set(label[3:]) <= set("0123456789abcdef")


def _labels(issue: Mapping[str, Any]) -> list[str]:
    return [label if isinstance(label, str) else str(label.get("name", "")) for label in issue.get("labels") or ()]


def _number(card_id: str) -> str:
    """An issue's number; anything else is no issue."""
    if not (card_id.isascii() and card_id.isdigit()):
        raise CardMissingError(f"{card_id!r} is no issue's number")
    return card_id


def _said(answer: Answer) -> str:
    body = answer.json()
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    words = [str(body.get("message", "")), *(str(error.get("message") or error.get("field") or "") for error in listed)]
    return "; ".join(word for word in words if word)
