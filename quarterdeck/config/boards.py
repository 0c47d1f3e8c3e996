"""Which task board a tenant's action items go to, and how it is kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from quarterdeck.config.places import shaped

_Kind = Annotated[str, shaped("[a-z0-9][a-z0-9_-]{0,62}", "the name of a kind of board")]


class BoardSettings(BaseModel):
    """A task board: the keys that all kinds share, and the options of its kind as they stand in the file.

    `period` is the kind of period that the board follows: findings of others change no card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: _Kind = "embedded"
    period: Literal["month", "week", "quarter"] = "month"
    most_new: Annotated[int, Field(ge=1, le=10_000)] | None = 10
    reopen_after: Annotated[int, Field(ge=1, le=100)] = 2
    reopen_window_days: Annotated[int, Field(ge=0, le=3650)] = 90
    close_after: Annotated[int, Field(ge=1, le=100)] = 1
    close_edited: bool = False
    acts: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")] | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, entry: object) -> object:
        if not isinstance(entry, dict):
            return entry
        shared = {name: value for name, value in entry.items() if name in cls.model_fields and name != "options"}
        return {**shared, "options": {name: value for name, value in entry.items() if name not in shared}}
