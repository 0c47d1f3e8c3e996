"""From where: one file per source, each turning something outside into tables of the contract.

A source is a class with a `kind`, the tables it can `provide`, a pydantic `Options` model for its part of the
portfolio file, and `pull`. It **raises SourceError on failure and returns a Pulled otherwise**; bad rows are no
failure but come back beside the good ones as rejects. A source knows nothing of snapshots, KPIs or Prefect.

To add one: a file in this folder with a class under `@source`, and its tables in `schemas/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar, runtime_checkable
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from quarterdeck import codec
from quarterdeck.aws import Aws
from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.fingerprints import Fingerprints
from quarterdeck.period import Period, add_months, first_instant
from quarterdeck.registry import Registry
from quarterdeck.storage import Store


class Options(BaseModel):
    """Base of every source's own settings in portfolio.yaml; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_AnyOptions = Options  # inside `Source` the name means the attribute


@dataclass(frozen=True, slots=True)
class Window:
    """What a pull is about: a tenant's period, and everything before it that a report compares with.

    Dated tables hold the rows of `[history_start, end)`; tables of a state show it as of `end`. `root` is the folder
    of portfolio.yaml, which relative paths start from, `today` the tenant's day on which the pull is made. `laid` is a
    folder with the files as they stood at the period's end, where a past period is made as it would have been then. `aws`
    is where AWS is for a source that asks it. `cache` is for answers that cost money or much time; whatever lies in it may be
    gone at any time, and its keys begin with the tenant. `fingerprints` make what stands for secrets that a source finds.
    `tenants` and `roles` are the ids that people may name in what they write.
    """

    tenant: str
    period: Period
    zone: ZoneInfo
    currency: str
    root: Path
    history_months: int = 36
    today: date | None = None
    laid: Path | None = None
    aws: Aws = field(default_factory=Aws, compare=False)
    cache: Store | None = field(default=None, compare=False)
    fingerprints: Fingerprints = field(default_factory=Fingerprints, compare=False, repr=False)
    tenants: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    @property
    def end(self) -> date:
        return self.period.end

    @property
    def known_end(self) -> date:
        """The day up to which a source that knows everything so far can speak: not of days that are yet to come."""
        return self.end if self.today is None else min(self.end, self.today)

    @property
    def history_start(self) -> date:
        return add_months(self.period.end, -self.history_months)

    @property
    def end_instant(self) -> datetime:
        """The first instant after the period, in UTC."""
        return self.period.instants(self.zone)[1]

    def first_instant(self, day: date) -> datetime:
        """A civil day of the tenant as an instant, in UTC: what a watermark makes of a date."""
        return first_instant(day, self.zone)

    def path(self, relative: str) -> Path:
        """Where a file or folder of the settings lies."""
        return self.root / relative if self.laid is None else self.laid / codec.digest(relative)


@dataclass(frozen=True, slots=True)
class PulledTable:
    """One table as it was read.

    `covers` are the days `[first, last)` the rows speak of: a day inside without rows is a true zero, a day outside is
    not known. None for a table that shows a state. `watermark` is the latest instant that the data itself names.
    """

    name: str
    rows: pa.Table
    rejects: tuple[Reject, ...] = ()
    covers: tuple[date, date] | None = None
    watermark: datetime | None = None


@dataclass(frozen=True, slots=True)
class MissingTable:
    """A table that a pull could not give, though it gave others: why, and what to do about it.

    An empty table would say that there is nothing wrong; a missing one says that nobody knows.
    """

    name: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """All tables of one pull of one source; together with the missing ones they are what its options provide."""

    tables: tuple[PulledTable, ...] = field(default=())
    missing: tuple[MissingTable, ...] = field(default=())


class Source(Protocol):
    """A kind of source. `provides(options)` names the tables that these options will give.

    `states(options)` names the files and folders that show a state, whose past only their git history knows; a source of
    dated rows has none, for it can be read for any window.
    """

    kind: ClassVar[str]
    Options: ClassVar[type[_AnyOptions]]

    @staticmethod
    def provides(options: _AnyOptions) -> tuple[str, ...]: ...

    @staticmethod
    def states(options: _AnyOptions) -> tuple[str, ...]: ...

    @staticmethod
    def pull(options: _AnyOptions, window: Window) -> Pulled: ...


class Reachable(Protocol):
    """A source that can be asked whether a pull would find it, which `quarterdeck check` does; a source may do without.

    `check` opens what the options name and reads no rows: a file is there and readable, a repository opens, a service
    answers one call. It returns what it found in a few words ("4 files"), without secrets, and raises SourceError with the
    remedy where a pull would fail. It changes nothing. It may run beside others, in a thread, and has some seconds.
    """

    @staticmethod
    def check(options: _AnyOptions, window: Window) -> str: ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a pull will ask of a service that charges for it: how many requests, what they cost, and in words what they are."""

    requests: int
    usd: Decimal
    words: str


@runtime_checkable
class Charged(Protocol):
    """A source whose pulls cost money has this beside what every source has.

    It is worked out from the options and the window alone, and asks nobody; None where these options cost nothing.
    """

    @staticmethod
    def estimate(options: _AnyOptions, window: Window) -> Estimate | None: ...


def estimate_of(source: type[Source], options: Options, window: Window) -> Estimate | None:
    """What a pull will cost; None where nobody charges for it."""
    return source.estimate(options, window) if isinstance(source, Charged) else None


@runtime_checkable
class Momentary(Protocol):
    """A source has this beside what every source has where it may ask for a state that nobody keeps the past of."""

    @staticmethod
    def only_now(options: _AnyOptions) -> bool:
        """Whether these options ask for what is known only as it stands now: a past period has it from its own time."""
        ...


def only_now(source: type[Source], options: Options) -> bool:
    """Whether a pull shows what is so now, whatever the period."""
    return isinstance(source, Momentary) and source.only_now(options)


SOURCES: Registry[type[Source]] = Registry("sources", "quarterdeck.sources")

S = TypeVar("S", bound=type)


def source(cls: S) -> S:
    """Class decorator: make a source known under its `kind`."""
    SOURCES.add(cls.kind, cls)  # type: ignore[attr-defined]
    return cls


def refuse_too_many(table: str, rejects: Iterable[Reject], good: int, limit: float) -> None:
    """Raise SourceError where more than the share `limit` of a table's rows broke its schema."""
    lines = {(reject.file, reject.line) for reject in rejects}
    if lines and len(lines) > limit * (good + len(lines)):
        first = min(rejects, key=lambda reject: (reject.file, reject.line))
        raise SourceError(
            f"{len(lines)} of {good + len(lines)} rows of {table} cannot be read, the first: "
            f"{first.column} = {first.value!r}, expected {first.expected}",
            where=Where(first.file, first.line),
            remedy=f"mend the rows, or raise max_rejected (now {limit:.2%}) on the source",
            evidence={"rejected": str(len(lines)), "good": str(good)},
        )


__all__ = [
    "SOURCES",
    "Charged",
    "Estimate",
    "MissingTable",
    "Momentary",
    "Options",
    "Pulled",
    "PulledTable",
    "Reachable",
    "Source",
    "Window",
    "estimate_of",
    "only_now",
    "refuse_too_many",
    "source",
]
