"""What AWS charges, by day and service: from Cost Explorer, or from the files of an export of the bill.

    - kind: aws_cost
      accounts: [{role: arn:aws:iam::111122223333:role/QuarterdeckReader}]   # else the account of the credentials
      months: 13                # how far back: 13 hold the same month of the year before
      tag: project              # also by the value of this cost allocation tag
      export: bill/             # instead of Cost Explorer: a folder of the portfolio, or s3://bucket/prefix

AWS charges by days of UTC; a day of the bill stands under the civil day of the same date. Days that were not over when the
tenant's day of the pull began are left out. Amounts are USD; a line in another currency is a reject. Each month of Cost
Explorer is asked for once (see `_cost_explorer`), since a request costs 0.01 USD.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from quarterdeck.errors import SourceError
from quarterdeck.period import add_months
from quarterdeck.sources import Estimate, MissingTable, Pulled, PulledTable, Window, source
from quarterdeck.sources import _cost_explorer as explorer
from quarterdeck.sources import _cost_export as exported
from quarterdeck.sources._aws import Account, AwsOptions, Place, places
from quarterdeck.sources._aws_calls import complete_until
from quarterdeck.sources._cost_explorer import Cost
from quarterdeck.sources._cost_lines import Bill, from_explorer, table
from quarterdeck.sources._files import RowOptions

_ALL = "all"  # Cost Explorer is asked for whole accounts
_COSTS, _TAGS = "cloud_costs", "cloud_cost_tags"
_REACHES_BACK = 14  # months that Cost Explorer keeps days of


class CostOptions(RowOptions):
    """Whose cost, how far back, and by which tag; or where the files of an export lie."""

    accounts: Annotated[tuple[Account, ...], Field(min_length=1, max_length=100)] = (Account(),)
    months: Annotated[int, Field(ge=1, le=_REACHES_BACK)] = 13
    tag: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    export: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        return (_COSTS,) if self.tag is None else (_COSTS, _TAGS)


@source
class AwsCost:
    """The daily cost of AWS accounts by service, and by a tag."""

    kind: ClassVar[str] = "aws_cost"
    Options = CostOptions

    @staticmethod
    def provides(options: CostOptions) -> tuple[str, ...]:
        return options.tables

    @staticmethod
    def states(options: CostOptions) -> tuple[str, ...]:  # noqa: ARG004 - a bill is of days, whatever the options
        return ()

    @staticmethod
    def estimate(options: CostOptions, window: Window) -> Estimate | None:  # noqa: ARG004 - nothing is asked
        if options.export is not None:
            return None
        requests = len(options.accounts) * len(options.tables)
        return Estimate(requests, requests * explorer.REQUEST_USD, "requests to Cost Explorer, more where an answer has pages")

    @staticmethod
    def check(options: CostOptions, window: Window) -> str:
        if options.export is not None:
            return exported.reachable(options.export, window)
        found = len(_places(options, window))
        return "1 account" if found == 1 else f"{found} accounts"

    @staticmethod
    def pull(options: CostOptions, window: Window) -> Pulled:
        if options.export is not None:
            span = _span(options, window)
            bills = exported.bills(options.export, window, span, options.tag)
            return Pulled(
                tuple(_table(name, [pair[name == _TAGS] for pair in bills], span, options, window) for name in options.tables)
            )
        asked = _places(options, window)
        tables, missing = [], []
        for name in options.tables:
            try:
                tables.append(_table(name, *_asked(asked, name, options, window), options, window))
            except SourceError as error:
                if name == _COSTS or not error.permanent:
                    raise
                missing.append(MissingTable(name, error.problem.what, error.problem.remedy))
        return Pulled(tuple(tables), tuple(missing))


def _places(options: CostOptions, window: Window) -> tuple[Place, ...]:
    return places(AwsOptions(accounts=options.accounts, regions=(explorer.REGION,)), window.aws)


def _span(options: CostOptions, window: Window) -> tuple[date, date]:
    """The days asked for, from the first of a month on."""
    end = complete_until(window)
    return add_months((end - timedelta(days=1)).replace(day=1), 1 - options.months), end


def _asked(asked: Iterable[Place], name: str, options: CostOptions, window: Window) -> tuple[list[Bill], tuple[date, date]]:
    """The bill of every account once, and the days that it is known of; an account that pays for others tells theirs too."""
    by_tag = name == _TAGS
    group = {"Type": "TAG", "Key": str(options.tag)} if by_tag else {"Type": "DIMENSION", "Key": "SERVICE"}
    first, end = _span(options, window)
    kept_from = date.min if window.today is None else add_months(window.today.replace(day=1), 1 - _REACHES_BACK)
    found: list[tuple[Place, list[Cost]]] = []
    told: set[str] = set()
    for place in asked:
        costs, known_from = explorer.costs(place, group, (first, end), window, kept_from)
        first = max(first, known_from)
        found.append((place, [cost for cost in costs if cost.account not in told]))
        told |= {cost.account for cost in costs}
    prefix = f"{options.tag}$" if by_tag else ""
    bills = (
        from_explorer(
            [cost for cost in costs if cost.date >= first.isoformat()], f"GetCostAndUsage of {place.account}", _ALL, prefix
        )
        for place, costs in found
    )
    return list(bills), (first, end)


def _table(name: str, bills: Iterable[Bill], span: tuple[date, date], options: CostOptions, window: Window) -> PulledTable:
    named = {"group": "value", "tag": str(options.tag)} if name == _TAGS else {"group": "service"}
    return table(name, bills, named, span, options.limit, window)
