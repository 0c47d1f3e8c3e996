"""Which account a bank line belongs to: an ordered list of rules, of which the first that matches decides.

    - match: {party: "^STRIPE"}
      account: "1050"
    - match: {party: "Harbor Marina", memo: "slip", sign: out}
      account: "6000"
      document: contract B-14          # stands behind every such line that names no document itself

Patterns are regular expressions found anywhere in the text, in capital letters or small ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading.yaml_file import Document, YamlError, load_file
from quarterdeck.sources._files import Name, Part
from quarterdeck.sources._posting import Chart


class _Match(Part):
    party: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    memo: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    sign: Literal["in", "out"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> _Match:
        if self.party is None and self.memo is None and self.sign is None:
            raise ValueError("name a party, a memo or a sign; what no rule matches goes to the suspense account anyway")
        return self


class _RuleEntry(Part):
    match: _Match
    account: Name
    document: Name | None = None
    counterparty: Name | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to match."""

    party: re.Pattern[str] | None
    memo: re.Pattern[str] | None
    sign: str | None
    account: str
    document: str | None
    counterparty: str | None

    def matches(self, party: str, memo: str, minor: int) -> bool:
        return (
            (self.sign is None or (minor > 0) == (self.sign == "in"))
            and (self.party is None or self.party.search(party) is not None)
            and (self.memo is None or self.memo.search(memo) is not None)
        )


def first_match(rules: Iterable[Rule], party: str, memo: str, minor: int) -> Rule | None:
    return next((rule for rule in rules if rule.matches(party, memo, minor)), None)


def read_rules(path: Path, file: str, chart: Chart, with_statement: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a file in its order; SourceError with the place of what is wrong.

    `with_statement` are the accounts whose own bank files are read: money that moves between two of them stands in both
    files, and is counted once only if each posts it to a clearing account.
    """
    try:
        document = load_file(path, file)
    except YamlError as error:
        raise SourceError(error.problem.what, where=error.problem.where, remedy=error.problem.remedy) from error
    try:
        entries = TypeAdapter(list[_RuleEntry]).validate_python(document.data or [])
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"][1:]) or "rule"
        what = f"{name}: {fault['msg'].removeprefix('Value error, ')}"
        raise SourceError(what, where=document.position(fault["loc"]), remedy="mend the rule") from error
    return tuple(_rule(entry, document, index, chart, with_statement) for index, entry in enumerate(entries))


def _rule(entry: _RuleEntry, document: Document, index: int, chart: Chart, with_statement: Sequence[str]) -> Rule:
    where = document.position((index, "account"))
    chart.need(entry.account, "which a rule names", where)
    if entry.account in with_statement:
        raise SourceError(
            f"the rule posts to account {entry.account!r}, whose own bank file is read: the transfer would count twice",
            where=where,
            remedy="post it to a clearing account from both sides",
        )
    return Rule(
        _pattern(entry.match.party, document.position((index, "match", "party"))),
        _pattern(entry.match.memo, document.position((index, "match", "memo"))),
        entry.match.sign,
        entry.account,
        entry.document,
        entry.counterparty,
    )


def _pattern(text: str | None, where: Where) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise SourceError(f"{text!r} is no regular expression: {error}", where=where, remedy="mend the pattern") from error
