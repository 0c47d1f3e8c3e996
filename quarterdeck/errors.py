"""What can go wrong, in one form: what, where, and what to do about it.

Every error of the library is a `QuarterdeckError`. `permanent` drives the retries: a permanent error
is never tried again by a task, a passing one is. Nothing in here knows a source, a channel or Prefect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file a person can open; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One clear line for a person: what is wrong, where, and the remedy."""

    what: str
    where: Where | None = None
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class QuarterdeckError(Exception):
    """Base of all errors of the library.

    `permanent` says that trying again cannot help; `evidence` holds the facts that led to the error,
    never a secret.
    """

    permanent = True

    def __init__(
        self,
        what: str,
        *,
        where: Where | None = None,
        remedy: str = "",
        permanent: bool | None = None,
        evidence: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(what)
        self.problem = Problem(what, where, remedy)
        self.evidence = dict(evidence or {})
        if permanent is not None:
            self.permanent = permanent

    def __str__(self) -> str:
        return str(self.problem)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the keyword arguments when a worker process sends the error home."""
        return partial(type(self), self.problem.what, **self._keywords()), ()

    def _keywords(self) -> dict[str, Any]:
        problem = self.problem
        return {"where": problem.where, "remedy": problem.remedy, "permanent": self.permanent, "evidence": self.evidence}


def can_pass(error: object) -> bool:
    """Whether trying again can help: an error says so itself, and one that we do not know may pass; an order to end may not."""
    return isinstance(error, Exception) and not getattr(error, "permanent", False)


class ConfigError(QuarterdeckError):
    """The portfolio file, the environment or the command's arguments cannot be used as they are.

    `problems` lists every fault found, not only the first. The command line exits with 2.
    """

    def __init__(self, what: str, *, problems: Iterable[Problem] = (), **kwargs: Any) -> None:
        super().__init__(what, **kwargs)
        self.problems: tuple[Problem, ...] = tuple(problems) or (self.problem,)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def _keywords(self) -> dict[str, Any]:
        return {**super()._keywords(), "problems": self.problems}


class SourceError(QuarterdeckError):
    """A source could not be read. The run goes on; what needs its tables becomes unavailable."""


class StorageError(QuarterdeckError):
    """Bytes could not be stored or fetched under their key; a full disk, no such key, a key that is none."""


class MissingKeyError(StorageError):
    """There is nothing under a key of a store."""


class SnapshotError(QuarterdeckError):
    """A stored snapshot is missing, damaged, or belongs to somebody else."""


class ReportError(QuarterdeckError):
    """A report could not be made. No other report is touched, and nothing of this one is sent."""


class BlockedError(ReportError):
    """A report is held back, for a source that its tenant requires could not be read."""


class ArchiveError(QuarterdeckError):
    """A report cannot be filed or found in the archive, or is not the one that its revision says."""


class DeliveryError(QuarterdeckError):
    """A message was refused before it was accepted; it certainly did not go out.

    `retry_after` is how long a new attempt should wait, where whoever refused says so or it is known.
    """

    def __init__(self, what: str, *, retry_after: timedelta | None = None, **kwargs: Any) -> None:
        super().__init__(what, **kwargs)
        self.retry_after = retry_after

    def _keywords(self) -> dict[str, Any]:
        return {**super()._keywords(), "retry_after": self.retry_after}


class DeliveryUnknown(QuarterdeckError):  # noqa: N818 - it is no error: nobody knows yet
    """The answer of a send was lost: the message may have gone out, so it is never simply sent again."""


class FeedbackError(QuarterdeckError):
    """What the mail service tells cannot be had, or a message of it cannot be used; it is left where it is."""


class AuditError(QuarterdeckError):
    """The audit trail refused a write or does not verify."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One cell (or row) of a source that broke its schema. `column` is the column's name; `line` counts from 1."""

    file: str
    line: int
    column: str
    value: str
    expected: str = field(default="")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column} = {self.value!r}, expected {self.expected}"
