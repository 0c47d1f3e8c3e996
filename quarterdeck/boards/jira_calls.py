"""Calls to Jira, its search, which lags behind what was written, and what it wants to know of a new issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quarterdeck.boards.calls import Calls, mapping
from quarterdeck.boards.faults import BoardError, BoardForbiddenError, CardMissingError, CardRejectedError
from quarterdeck.http import Answer

_RECONCILED = 50  # issues that a search may be told of
_MOST_READ, _MOST_GAPS = 20, 3  # issues after the newest one of the search, and missing ones in a row


class JiraCalls(Calls):
    """Jira takes a caller with a wrong token for nobody, who may see nothing, or little; only a header tells."""

    def __init__(self, base: str, headers: Mapping[str, str], pace: Callable[[str], None]) -> None:
        super().__init__(base, headers, said=_said, pace=pace)

    def ask(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        answer = super().ask(method, path, params=params, body=body)
        if _is_nobody(answer):
            raise self._nobody()
        return answer

    def refusal(self, answer: Answer) -> BoardError:
        return self._nobody() if _is_nobody(answer) else super().refusal(answer)

    def read(self, path: str, **params: str) -> dict[str, Any]:
        return mapping(self.ask("GET", path, params=params))

    def _nobody(self) -> BoardError:
        return BoardForbiddenError("Jira refuses our credentials", remedy="see `email`, and whether the token is valid")


class Search:
    """The issues of a project by a label. `made` are the ids of those that we have just made."""

    def __init__(self, calls: JiraCalls, project: str, fields: Sequence[str]) -> None:
        self._calls, self._project, self._fields = calls, project, fields

    def labelled(self, label: str, made: Sequence[int]) -> list[dict[str, Any]]:
        """Those of a label, and where the search knows none, all that it does not know yet."""
        within = f"project = {_quoted(self._project)}"
        found = self._asked(f"{within} AND labels = {_quoted(label)}", made, 50)
        return found or self._newer(self._asked(f"{within} ORDER BY key DESC", made, 1))

    def _asked(self, jql: str, made: Sequence[int], most: int) -> list[dict[str, Any]]:
        body: dict[str, Any] = {"jql": jql, "fields": list(self._fields), "maxResults": most}
        if made:
            body["reconcileIssues"] = list(made[-_RECONCILED:])
        return list(mapping(self._calls.ask("POST", "/search/jql", body=body))["issues"])

    def _newer(self, newest: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The issues after the newest one that the search knows, whose keys are counted up; one by one they are up to date."""
        number, gaps = int(str(newest[0]["key"]).rpartition("-")[2]) if newest else 0, 0
        found: list[dict[str, Any]] = []
        for each in range(number + 1, number + 1 + _MOST_READ):
            try:
                found.append(self._calls.read(f"/issue/{self._project}-{each}", fields=",".join(self._fields)))
                gaps = 0
            except CardMissingError:
                gaps += 1
                if gaps >= _MOST_GAPS:
                    break
        return found


def check_new_issues(calls: JiraCalls, project: str, issue_type: str, given: frozenset[str]) -> None:
    """CardRejectedError where a new issue of a type needs more fields than are given, or has not all of those."""
    path = f"/issue/createmeta/{project}/issuetypes"
    known = {str(each["name"]): str(each["id"]) for each in calls.read(path, maxResults="200")["issueTypes"]}
    if issue_type not in known:
        names = ", ".join(known) or "none"
        raise CardRejectedError(f"the project has no issue type {issue_type}", remedy=f"`issue_type` may be: {names}")
    fields = {str(each["fieldId"]): each for each in calls.read(f"{path}/{known[issue_type]}", maxResults="200")["fields"]}
    lacking = ", ".join(sorted(given - set(fields)))
    if lacking:
        raise CardRejectedError(
            f"a new {issue_type} has no {lacking}", remedy="add it to the screen, or see `priorities`, `due` and `fields`"
        )
    asked = ", ".join(
        f"{each['name']} ({name})"
        for name, each in sorted(fields.items())
        if each["required"] and not each.get("hasDefaultValue") and name not in given | {"reporter"}
    )
    if asked:
        raise CardRejectedError(f"a new {issue_type} needs {asked}", remedy="give a value to each under `fields`")


def _is_nobody(answer: Answer) -> bool:
    return answer.headers.get("x-seraph-loginreason", "").upper().startswith(("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"))


def _quoted(text: str) -> str:
    """A word of a search, in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _said(answer: Answer) -> str:
    """Jira's own words: what is wrong on the whole, and field by field."""
    body = answer.json()
    if not isinstance(body, dict):
        return ""
    messages, errors = body.get("errorMessages"), body.get("errors")
    said = [str(each) for each in messages] if isinstance(messages, list) else []
    said += [f"{name}: {words}" for name, words in errors.items()] if isinstance(errors, dict) else []
    return "; ".join(said)
