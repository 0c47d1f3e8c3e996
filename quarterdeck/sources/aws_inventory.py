"""What runs in AWS accounts, as it stands when it is read: functions, APIs, distributions, buckets, networks, users.

    - kind: aws_inventory
      regions: [us-west-2, us-east-1]
      accounts: [{role: "arn:aws:iam::111122223333:role/QuarterdeckReader"}]
      services: [lambda, s3]         # else all that this source knows
      stack_tag: stack               # the tag that says what a resource belongs to
      objects_listed: 10000          # at most, of each bucket
      object_heads: 200              # at most, of each bucket
      sampled_buckets: [site]        # else all

Every account is asked in every region, all at once; what AWS keeps for all regions is asked for once an account. A table
is given only where all of its calls were answered, in all accounts and regions: one that is denied makes its tables
missing, with the permission that lacks, and the others are given. Without that, a finding of the account that denies
would look mended.

It shows the present: a past period has what a run has read in the month after it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, cast, get_args

from pydantic import Field, StringConstraints

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.schemas import build
from quarterdeck.sources import MissingTable, Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._aws import AwsOptions, Place, places
from quarterdeck.sources._files import RowOptions
from quarterdeck.sources._inventory import buckets, compute, network, people, stores, web, whole
from quarterdeck.sources._inventory.asking import Asker, Found, Part, Row, Rows, Sampling
from quarterdeck.sources._inventory.contract import sort_out

Service = Literal[
    "lambda", "apigateway", "cloudfront", "route53", "s3", "dynamodb", "logs", "secretsmanager", "ec2", "iam", "tag"
]
PARTS: tuple[Part, ...] = (
    *compute.PARTS, *web.PARTS, *buckets.PARTS, *stores.PARTS, *network.PARTS, *people.PARTS, *whole.PARTS,
)  # fmt: skip
_READERS = 8  # parts that are read at once
_ROLLED = ("resources", "inventory_asked")

BucketName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]


class InventoryOptions(AwsOptions, RowOptions):
    """What to ask for, of which accounts and regions, and how far to look into buckets."""

    services: Annotated[tuple[Service, ...], Field(min_length=1)] = get_args(Service)
    stack_tag: Annotated[str, StringConstraints(min_length=1, max_length=128)] = "stack"
    objects_listed: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    object_heads: Annotated[int, Field(ge=0, le=10_000)] = 200
    sampled_buckets: tuple[BucketName, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one part said about one place."""

    part: Part
    place: Place
    found: Found

    def error(self, table: str) -> SourceError | None:
        rows = self.found[table]
        return rows if isinstance(rows, SourceError) else None

    def rows(self, table: str) -> Rows:
        return cast("Rows", self.found[table])


@source
class AwsInventory:
    """Resources of AWS accounts and how they are set up."""

    kind: ClassVar[str] = "aws_inventory"
    Options = InventoryOptions

    @staticmethod
    def provides(options: InventoryOptions) -> tuple[str, ...]:
        return (*(table for part in _parts(options) for table in part.tables), *_ROLLED)

    @staticmethod
    def states(options: InventoryOptions) -> tuple[str, ...]:  # noqa: ARG004 - no file shows this state
        return ()

    @staticmethod
    def only_now(options: InventoryOptions) -> bool:  # noqa: ARG004 - all of it is of the present
        return True

    @staticmethod
    def check(options: InventoryOptions, window: Window) -> str:
        """Whether every account can be entered and has the buckets that are named; which these are, in how many regions."""
        askers = _askers(options, window)
        _require_buckets(options, askers)
        accounts = sorted({asker.place.account for asker in askers})
        return f"{_count(len(accounts), 'account')} ({', '.join(accounts)}) in {_count(len(askers) // len(accounts), 'region')}"

    @staticmethod
    def pull(options: InventoryOptions, window: Window) -> Pulled:
        askers = _askers(options, window)
        _require_buckets(options, askers)
        answers = _read(options, askers)
        tables: dict[str, list[Row]] = {}
        rejects: dict[str, list[Reject]] = {}
        missing: list[MissingTable] = []
        for part in _parts(options):
            for table in part.tables:
                own = [answer for answer in answers if answer.part is part]
                errors = [error for answer in own if (error := answer.error(table))]
                if errors:
                    missing.append(_missing(table, errors))
                    continue
                tables[table], rejects[table] = sort_out(table, (row for answer in own for row in answer.rows(table)))
                refuse_too_many(table, rejects[table], len(tables[table]), options.limit)
        if not tables:
            raise _worst(answers)
        _mark_dangling(tables)
        tables |= {"resources": whole.resources(tables), "inventory_asked": _asked(answers)}
        pulled = (PulledTable(name, build(name, rows), tuple(rejects.get(name, ()))) for name, rows in tables.items())
        return Pulled(tuple(pulled), tuple(missing))


def _parts(options: InventoryOptions) -> tuple[Part, ...]:
    return tuple(part for part in PARTS if part.service in options.services)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _askers(options: InventoryOptions, window: Window) -> tuple[Asker, ...]:
    """One for each account and region; an account that two roles lead to is asked once."""
    sampling = Sampling(options.objects_listed, options.object_heads, frozenset(options.sampled_buckets))

    def mark(value: str) -> str:
        return window.fingerprints.of(window.tenant, value)

    each = {(place.account, place.region): place for place in reversed(places(options, window.aws))}  # the first stays
    return tuple(Asker(place, sampling, options.stack_tag, mark) for place in reversed(each.values()))


def _require_buckets(options: InventoryOptions, askers: Iterable[Asker]) -> None:
    """SourceError where no account has a bucket that is named to be looked into; nothing where AWS denies the list of them."""
    if not options.sampled_buckets or "s3" not in options.services:
        return
    try:
        there = {name for asker in _one_each(askers) for name in buckets.names(asker)}
    except SourceError:
        return  # that is told of the tables that it hides
    for name in options.sampled_buckets:
        if name not in there:
            raise SourceError("no account has such a bucket", where=Where(name), remedy="mend its name in sampled_buckets")


def _one_each(askers: Iterable[Asker]) -> list[Asker]:
    """For each account the asker of its first region."""
    firsts: dict[str, Asker] = {}
    for asker in askers:
        firsts.setdefault(asker.place.account, asker)
    return list(firsts.values())


def _read(options: InventoryOptions, askers: Sequence[Asker]) -> list[_Answer]:
    """Every part of every place, in their order. What failed in passing is asked once more when all others are done."""
    firsts = _one_each(askers)
    work = [(part, asker) for part in _parts(options) for asker in (firsts if part.is_global else askers)]
    with ThreadPoolExecutor(_READERS) as pool:
        answers = list(pool.map(lambda pair: _ask(*pair), work))
    return [_ask(*pair) if _may_pass(answer) else answer for pair, answer in zip(work, answers, strict=True)]


def _ask(part: Part, asker: Asker) -> _Answer:
    try:
        return _Answer(part, asker.place, part.read(asker))
    except SourceError as error:
        return _Answer(part, asker.place, dict.fromkeys(part.tables, error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"AWS answered for {part.name} in a form that is not known ({type(error).__name__})"
        strange = SourceError(what, remedy="look for a newer version of Quarterdeck")
        return _Answer(part, asker.place, dict.fromkeys(part.tables, strange))


def _may_pass(answer: _Answer) -> bool:
    return any(error is not None and not error.permanent for error in map(answer.error, answer.part.tables))


def _missing(table: str, errors: Sequence[SourceError]) -> MissingTable:
    """Why a table is missing: every reason once, in the order of the places."""
    problems = [error.problem for error in errors]
    reason = "; ".join(dict.fromkeys(problem.what for problem in problems))
    return MissingTable(table, reason, "; ".join(dict.fromkeys(problem.remedy for problem in problems if problem.remedy)))


def _worst(answers: Iterable[_Answer]) -> SourceError:
    """The error of a pull that gave nothing: the first that may pass, so that it is tried again, else the first."""
    errors = [error for answer in answers for table in answer.part.tables if (error := answer.error(table))]
    return next((error for error in errors if not error.permanent), errors[0])


def _mark_dangling(tables: dict[str, list[Row]]) -> None:
    """Say of each record whether what it leads to is there, as far as that was read."""
    domains = _names(tables, "distributions", "domain")
    named = _names(tables, "buckets", "bucket")
    for record in tables.get("dns_records", ()):
        record["dangling"] = web.dangling(record, domains, named)


def _names(tables: Mapping[str, Iterable[Row]], table: str, column: str) -> frozenset[str] | None:
    return frozenset(str(row[column]) for row in tables[table]) if table in tables else None


def _asked(answers: Iterable[_Answer]) -> list[Row]:
    return [
        {
            "account": answer.place.account,
            "region": answer.place.region,
            "service": answer.part.service,
            "part": table,
            "status": "read" if error is None else "failed",
            "rows": len(answer.rows(table)) if error is None else None,
            "reason": None if error is None else error.problem.what,
        }
        for answer in answers
        for table in answer.part.tables
        for error in (answer.error(table),)
    ]
