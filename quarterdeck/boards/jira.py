"""Jira Cloud: issues of a project, with the reference as a label, over version 3 of its REST API.

    board:
      kind: jira
      url: https://example.atlassian.net
      project: OPS
      email: quarterdeck@example.com
      token: ${env:JIRA_TOKEN}

Search lags behind what was written: so it is told which issues we made, and those after the newest that it knows are read.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from quarterdeck.boards import Means, Options, block, board
from quarterdeck.boards import jira_adf as adf
from quarterdeck.boards.calls import mapping, once_made, understood
from quarterdeck.boards.faults import BoardForbiddenError, CardMissingError, CardRejectedError
from quarterdeck.boards.framing import comment_mark
from quarterdeck.boards.jira_calls import JiraCalls, Search, check_new_issues
from quarterdeck.boards.jira_workflow import category_of, is_among, way
from quarterdeck.boards.pace import Bucket
from quarterdeck.boards.records import BoardInfo, Capabilities, Card, Category, Draft, Patch, Resolution
from quarterdeck.http import Answer
from quarterdeck.secrets import Reference

Url = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+/?$", max_length=300)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,99}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^\s:@]+@[^\s:@]+$", max_length=254)]
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_]{0,99}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_FIELDS = ("summary", "description", "status", "resolution", "labels", "priority", "duedate", "assignee", "created")
_REFERENCE = re.compile(r"qd:[^\s:]+:[0-9a-f]{16}(-\d+)?")
_WONT_FIX = "wontfix"  # on an issue whose workflow has no other word for it
_CALLS = (60, 5.0)  # at once, and per second from then on
_PAGE, _MOST_PAGES = 100, 50  # comments: Jira keeps 5,000 of an issue


class Priorities(BaseModel):
    """The names of the priorities."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    P1: Name = "High"
    P2: Name = "Medium"
    P3: Name = "Low"


class JiraOptions(Options):
    """Where the project is, and how things are called there. `fields` are given to each new issue, as Jira wants them.

    `not_planned` are the names of statuses and resolutions that say so. A project without priorities or due days has none here.
    """

    url: Url
    project: Key
    email: Email
    token: Reference
    issue_type: Name = "Task"
    priorities: Priorities | None = Priorities()
    due: bool = True
    done: Name = "Done"
    not_planned: tuple[Name, ...] = ("Won't Do", "Won't Fix", "Rejected", "Declined", "Cancelled", "Canceled", "Duplicate")
    fields: dict[FieldId, JsonValue] = Field(default_factory=dict)


@board
class JiraBoard:
    """The issues of a project."""

    kind: ClassVar[str] = "jira"
    Options: ClassVar[type[Options]] = JiraOptions

    def __init__(self, means: Means, options: Any, tenant: str) -> None:  # noqa: ARG002 - a reference names its tenant
        self._means, self._options = means, options
        self._bucket = Bucket(*_CALLS)
        self._made: list[int] = []

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self._options.priorities is not None, self._options.due, max_title=255, max_text=15_000)

    @understood()
    def check(self) -> BoardInfo:
        project = self._see_project()
        options = self._options
        given = {"summary", "description", "labels", *options.fields}
        given |= {"priority"} if options.priorities is not None else set()
        given |= {"duedate"} if options.due else set()
        check_new_issues(self._calls, options.project, options.issue_type, frozenset(given))
        return BoardInfo(str(project["name"]), f"{self._base}/browse/{options.project}")

    @understood()
    def find(self, reference: str) -> Sequence[Card]:
        try:
            issues = Search(self._calls, self._options.project, _FIELDS).labelled(reference, self._made)
        except CardRejectedError:
            self._see_project()  # a project that is out of sight is an unknown word to the search
            raise
        cards = {card.id: card for card in map(self._card, issues) if card.reference == reference}
        return sorted(cards.values(), key=lambda card: (card.created_at, len(card.id), card.id))

    def get(self, card_id: str) -> Card | None:
        try:
            return self._card(self._issue(card_id))
        except CardMissingError:
            return None

    def create(self, draft: Draft) -> Card:
        made = mapping(self._calls.ask("POST", "/issue", body={"fields": self._new(draft)}))
        with once_made(), understood():
            self._made.append(int(made["id"]))
            return self._there(str(made["id"]))

    @understood()
    def update(self, card_id: str, patch: Patch) -> Card:
        fields: dict[str, Any] = self._fields(patch.priority, patch.due)
        if patch.title is not None:
            fields["summary"] = patch.title
        if patch.text is not None:
            fields["description"] = adf.rewritten(self._issue(card_id)["fields"].get("description"), patch.text)
        labels = [{"add": label} for label in sorted(patch.labels_add)]
        labels += [{"remove": label} for label in sorted(patch.labels_remove)]
        body = {"fields": fields, "update": {"labels": labels} if labels else {}}
        if fields or labels:
            self._ask("PUT", card_id, body={name: value for name, value in body.items() if value})
        return self._there(card_id)

    @understood()
    def transition(self, card_id: str, to: Category, resolution: Resolution | None = None) -> Card:
        card = self._there(card_id)
        how = (resolution or Resolution.COMPLETED) if to is Category.DONE else None
        if (card.category, card.resolution) == (to, how):
            return card
        offered = mapping(self._ask("GET", card_id, "/transitions", params={"expand": "transitions.fields"}))["transitions"]
        chosen = way(offered, to, how, self._options.done, self._options.not_planned)
        if how is not Resolution.NOT_PLANNED and _WONT_FIX in card.labels:
            self.update(card_id, Patch(labels_remove=frozenset({_WONT_FIX})))
        if how is Resolution.NOT_PLANNED and not chosen.tells and _WONT_FIX not in card.labels:
            self.update(card_id, Patch(labels_add=frozenset({_WONT_FIX})))
        body: dict[str, Any] = {"transition": {"id": chosen.transition}}
        if chosen.resolution is not None:
            body["fields"] = {"resolution": {"name": chosen.resolution}}
        self._ask("POST", card_id, "/transitions", body=body)
        return self._there(card_id)

    @understood()
    def comment(self, card_id: str, text: str, key: str) -> None:
        mark = comment_mark(key)
        for page in range(_MOST_PAGES):
            wanted = {"startAt": str(page * _PAGE), "maxResults": str(_PAGE), "orderBy": "-created"}
            said = mapping(self._ask("GET", card_id, "/comment", params=wanted))["comments"]
            if any(mark in adf.plain(each["body"]) for each in said):
                return
            if len(said) < _PAGE:
                break
        self._ask("POST", card_id, "/comment", body={"body": adf.comment(text[: self.capabilities.max_text], mark)})

    def _issue(self, card_id: str) -> dict[str, Any]:
        return mapping(self._ask("GET", card_id, params={"fields": ",".join(_FIELDS)}))

    def _there(self, card_id: str) -> Card:
        card = self.get(card_id)
        if card is None:
            raise CardMissingError(f"issue {card_id} is gone", remedy="`quarterdeck board recreate` has a new one made")
        return card

    def _ask(
        self, method: str, card_id: str, path: str = "", params: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """A call about an issue. It is only missing where its project is there: Jira hides what it forbids."""
        if not (card_id.isascii() and card_id.isdigit()):
            raise CardMissingError(f"{card_id!r} is no issue's id")
        try:
            return self._calls.ask(method, f"/issue/{card_id}{path}", params=params, body=body)
        except CardMissingError:
            self._see_project()
            raise

    def _see_project(self) -> dict[str, Any]:
        try:
            self._calls.read("/myself")  # a public project answers nobody, too
            return self._calls.read(f"/project/{self._options.project}")
        except CardMissingError:
            raise BoardForbiddenError(
                f"the token does not reach the project {self._options.project}", remedy="see `project`, and its permissions"
            ) from None

    def _new(self, draft: Draft) -> dict[str, Any]:
        """The fields of a new issue; those of the settings never stand in the place of ours."""
        said = draft.content
        return {
            **self._options.fields,
            "project": {"key": self._options.project},
            "issuetype": {"name": self._options.issue_type},
            "summary": said.title,
            "description": adf.document(said.text),
            "labels": [draft.reference, *sorted(said.labels)],
            **self._fields(said.priority, said.due),
        }

    def _fields(self, priority: str | None, due: date | None) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if priority is not None and self._options.priorities is not None:
            fields["priority"] = {"name": getattr(self._options.priorities, priority)}
        if due is not None and self._options.due:
            fields["duedate"] = due.isoformat()
        return fields

    @understood()
    def _card(self, issue: Mapping[str, Any]) -> Card:
        fields, text = issue["fields"], adf.plain(issue["fields"].get("description"))
        labels = [str(label) for label in fields.get("labels") or ()]
        category = category_of(fields["status"])
        words = (str(fields["status"]["name"]), str((fields.get("resolution") or {}).get("name") or ""))
        is_dropped = _WONT_FIX in labels or any(is_among(word, self._options.not_planned) for word in words)
        how = Resolution.NOT_PLANNED if is_dropped else Resolution.COMPLETED
        return Card(
            id=str(issue["id"]),
            key=str(issue["key"]),
            url=f"{self._base}/browse/{issue['key']}",
            reference=next((label for label in labels if _REFERENCE.fullmatch(label)), "") or block.reference_in(text),
            title=str(fields["summary"]),
            text=text,
            category=category,
            resolution=how if category is Category.DONE else None,
            labels=frozenset(label for label in labels if not _REFERENCE.fullmatch(label)),
            priority=self._priority(fields.get("priority")),
            due=date.fromisoformat(fields["duedate"]) if self._options.due and fields.get("duedate") else None,
            assignee=str((fields.get("assignee") or {}).get("displayName") or ""),
            created_at=str(fields.get("created") or ""),
        )

    def _priority(self, found: Mapping[str, Any] | None) -> str | None:
        """Our name of a priority, or Jira's own for one that is none of ours: a person has set it."""
        names = self._options.priorities
        if names is None or not found:
            return None
        ours = {getattr(names, code): code for code in ("P1", "P2", "P3")}
        return ours.get(str(found["name"]), str(found["name"]))

    @property
    def _base(self) -> str:
        return str(self._options.url).rstrip("/")

    @cached_property
    def _calls(self) -> JiraCalls:
        told = b64encode(f"{self._options.email}:{self._means.secret(self._options.token)}".encode()).decode()
        headers = {"Authorization": f"Basic {told}", "Accept": "application/json"}
        return JiraCalls(f"{self._base}/rest/api/3", headers, pace=lambda _: self._bucket.take())
