"""What CloudWatch measured of AWS accounts, by day, and what Lambda reported of each run in the logs of functions.

    - kind: cloudwatch
      accounts: [{role: arn:aws:iam::111122223333:role/QuarterdeckReader}]   # else the account of the credentials
      regions: [us-west-2]                     # else the region of the environment
      services: [lambda, api, cloudfront, nat, dynamodb, s3]                 # else all that are known
      resources: {nat: [nat-0a1b2c3d4e5f6a7b8]}   # beside those that CloudWatch lists
      months: 13                               # how far back
      functions: [bookings]                    # whose logs are read; else all of `lambda`; [] for none

A day of a metric is one of UTC and stands under the civil day of the same date; only days that were over when the tenant's
day of the pull began are asked for. Logs are of the period alone, by the tenant's own civil days. Tables that a permission
is missing for are left out with the reason; the others are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from quarterdeck.errors import Reject, SourceError
from quarterdeck.schemas import build
from quarterdeck.sources import Estimate, MissingTable, Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._aws import AwsOptions, Place, places
from quarterdeck.sources._aws_calls import asking, complete_until
from quarterdeck.sources._files import RowOptions
from quarterdeck.sources._function_logs import Runs, has_logs, required, runs
from quarterdeck.sources._metric_kinds import KINDS
from quarterdeck.sources._metrics import LIST, listed, measured, queries, span_of


def _service(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"{name!r} is none of {', '.join(KINDS)}")
    return name


Service = Annotated[str, AfterValidator(_service)]
Resource = Annotated[str, StringConstraints(min_length=1, max_length=512)]

_METRICS, _LOGS = ("metrics", "metrics_asked"), ("function_runs", "runs_asked")
_USD_A_METRIC = Decimal("0.00001")


class CloudWatchOptions(AwsOptions, RowOptions):
    """Which accounts, regions and services, how far back, and within which bounds."""

    services: Annotated[tuple[Service, ...], Field(min_length=1)] = tuple(KINDS)
    resources: Mapping[Service, tuple[Resource, ...]] = Field(default_factory=dict)
    months: Annotated[int, Field(ge=1, le=15)] = 13
    functions: tuple[Resource, ...] | None = None
    most_metrics: Annotated[int, Field(ge=1, le=100_000)] = 5_000
    most_log_requests: Annotated[int, Field(ge=1, le=10_000)] = 50

    @property
    def tables(self) -> tuple[str, ...]:
        reads_logs = self.functions != () and (self.functions is not None or "lambda" in self.services)
        return (*_METRICS, *_LOGS) if reads_logs else _METRICS


@source
class CloudWatch:
    """Metrics by day and the runs of functions."""

    kind: ClassVar[str] = "cloudwatch"
    Options = CloudWatchOptions

    @staticmethod
    def provides(options: CloudWatchOptions) -> tuple[str, ...]:
        return options.tables

    @staticmethod
    def states(options: CloudWatchOptions) -> tuple[str, ...]:  # noqa: ARG004 - all of it is of days
        return ()

    @staticmethod
    def estimate(options: CloudWatchOptions, window: Window) -> Estimate | None:  # noqa: ARG004 - nothing is asked
        most = options.most_metrics
        return Estimate(-(-most // 500), most * _USD_A_METRIC, f"requests for at most {most} metrics, 0.01 USD a thousand")

    @staticmethod
    def check(options: CloudWatchOptions, window: Window) -> str:
        found = _places(options, window)
        for place in found:
            with asking(LIST, f"{place.account} {place.region}"):
                place.aws.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")
        for function in options.functions or ():
            if not any(has_logs(place, function) for place in found):
                raise required(found[0], function)
        accounts, regions = len({place.account for place in found}), len({place.region for place in found})
        return f"{accounts} account{'s' * (accounts > 1)}, {regions} region{'s' * (regions > 1)}"

    @staticmethod
    def pull(options: CloudWatchOptions, window: Window) -> Pulled:
        asked = _places(options, window)
        parts: dict[tuple[str, ...], Callable[[], tuple[PulledTable, ...]]] = {
            _METRICS: lambda: _metrics(options, window, asked),
            _LOGS: lambda: _logs(options, window, asked),
        }
        tables: list[PulledTable] = []
        missing: list[MissingTable] = []
        for names, read in parts.items():
            if not set(names) <= set(options.tables):
                continue
            try:
                tables += read()
            except SourceError as error:
                if not error.permanent or error.problem.where is not None:
                    raise
                missing += [MissingTable(name, error.problem.what, error.problem.remedy) for name in names]
        if not tables:
            raise SourceError(missing[0].reason, remedy=missing[0].remedy)
        return Pulled(tuple(tables), tuple(missing))


def _places(options: CloudWatchOptions, window: Window) -> tuple[Place, ...]:
    """Every account in every region, each once however often it is named."""
    return tuple({(place.account, place.region): place for place in places(options, window.aws)}.values())


def _metrics(options: CloudWatchOptions, window: Window, asked: tuple[Place, ...]) -> tuple[PulledTable, ...]:
    first, end = span_of(options.months, complete_until(window), window.today)
    wanted = queries(asked, options.services, options.resources) if first < end else []
    if len(wanted) > options.most_metrics:
        what = f"{len(wanted)} metrics would be asked for, more than {options.most_metrics}"
        raise SourceError(what, remedy="name fewer `services`, or raise `most_metrics`; a thousand cost 0.01 USD")
    found = measured(wanted, (first, end))
    _refuse("metrics", found.rejects, len(found.rows), options)
    covers = (first, end) if found.rows else None
    return (
        PulledTable("metrics", build("metrics", found.rows), found.rejects, covers, _watermark(found.rows, window)),
        PulledTable("metrics_asked", build("metrics_asked", found.asked)),
    )


def _logs(options: CloudWatchOptions, window: Window, asked: tuple[Place, ...]) -> tuple[PulledTable, ...]:
    span = (window.period.start, window.known_end)
    found = _runs(options, window, asked, span) if span[0] < span[1] else []
    rows = [row for each in found for row in each.rows]
    rejects = tuple(reject for each in found for reject in each.rejects)
    _refuse("function_runs", rejects, sum(int(str(row["invocations"])) for row in rows), options)
    return (
        PulledTable("function_runs", build("function_runs", rows), rejects, span if rows else None, _watermark(rows, window)),
        PulledTable("runs_asked", build("runs_asked", [row for each in found for row in each.asked])),
    )


def _runs(options: CloudWatchOptions, window: Window, asked: tuple[Place, ...], span: tuple[date, date]) -> list[Runs]:
    """The runs of the functions of every account and region; one that is named has to have logs somewhere."""
    instants = (window.first_instant(span[0]), window.first_instant(span[1]))
    found: list[Runs] = []
    gone = set(options.functions or ())
    for place in asked:
        for name in sorted(listed(place, KINDS["lambda"][0]) if options.functions is None else set(options.functions)):
            if (read := runs(place, name, span, instants, window.zone, options.most_log_requests)) is not None:
                found.append(read)
                gone.discard(name)
    if gone:
        raise required(asked[0], min(gone))
    return found


def _watermark(rows: Iterable[Mapping[str, object]], window: Window) -> datetime | None:
    days = [day for row in rows if isinstance(day := row["date"], date)]
    return window.first_instant(max(days)) if days else None


def _refuse(table: str, rejects: tuple[Reject, ...], good: int, options: CloudWatchOptions) -> None:
    refuse_too_many(table, rejects, good, options.limit)
