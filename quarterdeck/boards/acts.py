"""What people do to cards, written in a file that stands beside portfolio.yaml: reviewed like the rest of it, done once.

    - {card: "alpha#3", do: move, to: doing, by: Ann Ruiz}
    - {card: "alpha#4", do: accept, by: Ann Ruiz, reason: It is sold in spring, until: 2027-03-31}
    - {card: "alpha#5", do: note, by: Bo, text: Waiting for the supplier}
    - {card: "alpha#6", do: close, by: Bo, on: 2026-11-03}

Each is done at the next sync and remembered by what it says; to do the same thing a second time, say `on` which day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, model_validator

from quarterdeck import codec
from quarterdeck.boards.register import opened
from quarterdeck.config.load import problems_of
from quarterdeck.config.models import Day, Name
from quarterdeck.errors import Problem, QuarterdeckError, Where
from quarterdeck.reading import clean
from quarterdeck.reading.yaml_file import load_file

_TABLE = """
CREATE TABLE IF NOT EXISTS acts_done (tenant TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (tenant, digest)) STRICT
"""
_NEEDED = {"move": {"to"}, "accept": {"reason"}, "close": set[str](), "note": {"text"}}
_ALLOWED = {"accept": {"until"}}
_Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    BeforeValidator(lambda text: clean(text) if isinstance(text, str) else text),
]


class Act(BaseModel):
    """One thing that a person does to a card, which is named as `quarterdeck board list` shows it, or by its reference."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    card: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    do: Literal["move", "accept", "close", "note"]
    by: Name
    to: Literal["todo", "doing", "done"] | None = None
    reason: _Words | None = None
    until: Day | None = None
    text: _Words | None = None
    on: Day | None = None

    @model_validator(mode="after")
    def _fits(self) -> Act:
        given = {name for name in ("to", "reason", "until", "text") if getattr(self, name) is not None}
        needed, allowed = _NEEDED[self.do], _ALLOWED.get(self.do, set())
        if missing := sorted(needed - given):
            raise ValueError(f"{self.do} needs {missing[0]}")
        if strange := sorted(given - needed - allowed):
            raise ValueError(f"{self.do} takes no {strange[0]}")
        return self

    @property
    def digest(self) -> str:
        """What it is remembered by."""
        said = self.model_dump(exclude_none=True)
        return codec.digest({name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()})


@dataclass(frozen=True, slots=True)
class Written:
    """An act, and where it stands."""

    act: Act
    where: Where


def read_acts(path: Path, shown: str) -> Iterator[Written | Problem]:
    """The acts of a file in their order, and a problem for each that means nothing."""
    try:
        document = load_file(path, shown)
    except QuarterdeckError as error:
        yield error.problem
        return
    entries = document.data if document.data is not None else []
    if not isinstance(entries, list):
        yield Problem("the acts are no list", document.position(()), "begin each with `- `")
        return
    for number, entry in enumerate(entries):
        try:
            yield Written(Act.model_validate(entry), document.position((number,)))
        except ValidationError as error:
            yield from problems_of(error, document, (number,))


def is_done(path: Path, tenant: str, act: Act) -> bool:
    """Whether a tenant's act was done; to look makes no file."""
    if not path.exists():
        return False
    with opened(path) as file:
        file.execute(_TABLE)
        key = (tenant, act.digest)
        return file.execute("SELECT 1 FROM acts_done WHERE tenant = ? AND digest = ?", key).fetchone() is not None


def remember(path: Path, tenant: str, act: Act) -> None:
    with opened(path) as file:
        file.execute(_TABLE)
        file.execute("INSERT OR IGNORE INTO acts_done VALUES (?, ?)", (tenant, act.digest))
