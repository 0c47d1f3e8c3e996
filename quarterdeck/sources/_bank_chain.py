"""Whether the statements of an account go on from each other: no day between two files, and balances that follow.

A balance after each line tells more than days do: where it goes on, nothing is missing, however long an account was quiet.
Banks list a day's lines forwards or backwards, so a day is looked at as a whole: all balances before its lines but one are
balances after others, and that one is what stood when the day began.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from quarterdeck.errors import Reject
from quarterdeck.money import Money
from quarterdeck.sources._bank import BankLine, BankStatement

_QUIET = 7  # days without a line between two files that nobody takes for a gap, where no file says what it covers


def broken_chains(statements: Iterable[BankStatement]) -> list[Reject]:
    """Every place at which the statements of an account do not go on: named by file and line, and no line is left out."""
    found: list[Reject] = []
    for listed in by_account(statements).values():
        columns = {statement.file: statement.balance_column for statement in listed}
        faults, followed = _breaks([line for statement in listed for line in statement.lines], columns)
        found += faults
        found += _gaps(listed, followed)
    return sorted(found, key=lambda fault: (fault.file, fault.line))


def by_account(statements: Iterable[BankStatement]) -> dict[str, list[BankStatement]]:
    """Statements by the account whose they are."""
    found: dict[str, list[BankStatement]] = defaultdict(list)
    for statement in statements:
        found[statement.account].append(statement)
    return found


def closing_balances(lines: Iterable[BankLine]) -> dict[date, int]:
    """What stood on an account at the end of each day on which the bank's own balances tell it, in minor units."""
    found: dict[date, int] = {}
    before: int | None = None
    for day, listed in _days(lines):
        before = _closing(listed, before)
        if before is not None and all(line.balance is not None for line in listed):
            found[day] = before
    return found


def _days(lines: Iterable[BankLine]) -> list[tuple[date, list[BankLine]]]:
    found: dict[date, list[BankLine]] = defaultdict(list)
    for line in lines:
        found[line.day].append(line)
    return sorted(found.items())


def _ends(lines: Sequence[BankLine]) -> tuple[Counter[int], Counter[int], bool]:
    """Balances before lines that are after none, balances after lines that are before none; whether all lines have one."""
    told = [(line.balance - line.minor, line.balance) for line in lines if line.balance is not None]
    befores, afters = Counter(before for before, _ in told), Counter(after for _, after in told)
    return befores - afters, afters - befores, len(told) == len(lines)


def _hang_together(lines: Sequence[BankLine]) -> bool:
    """Whether one can come from the balance of any line to that of any other over lines of the day."""
    parents: dict[int, int] = {}

    def root(balance: int) -> int:
        while (parent := parents.setdefault(balance, balance)) != balance:
            parents[balance] = parents[parent]
            balance = parent
        return balance

    for line in lines:
        if line.balance is not None:
            parents[root(line.balance)] = root(line.balance - line.minor)
    return sum(balance == parent for balance, parent in parents.items()) <= 1


def _closing(lines: Sequence[BankLine], before: int | None) -> int | None:
    openings, closings, is_whole = _ends(lines)
    if not is_whole:
        return None if before is None else before + sum(line.minor for line in lines)
    if closings.total() == 1:
        return next(iter(closings))
    if closings or openings:
        return None
    # The day ends as it began: what stood then is before, or what its only lines of nothing say.
    balances = _balances(lines)
    return before if before in balances else next(iter(balances)) if len(balances) == 1 else None


def _balances(lines: Iterable[BankLine]) -> set[int | None]:
    return {line.balance for line in lines}


def _breaks(lines: Sequence[BankLine], columns: Mapping[str, str | None]) -> tuple[list[Reject], set[tuple[date, date]]]:
    """Days whose balances do not follow; and the pairs of days, one after the other, that were found to follow."""
    found: list[Reject] = []
    followed: set[tuple[date, date]] = set()
    before: int | None = None
    last: date | None = None
    for day, listed in _days(lines):
        openings, _, is_whole = _ends(listed)
        if is_whole:
            goes_on = before is None or openings == Counter([before]) or (not openings and before in _balances(listed))
            if not goes_on or openings.total() > 1 or not _hang_together(listed):
                found.append(_break(listed, openings, before, last or day, columns))
            elif before is not None and last is not None:
                followed.add((last, day))
        before, last = _closing(listed, before), day
    return found, followed


def _break(
    lines: Sequence[BankLine], openings: Counter[int], before: int | None, last: date, columns: Mapping[str, str | None]
) -> Reject:
    """The first line whose balance comes from nowhere."""
    lost = [line for line in lines if line.balance is not None and line.balance - line.minor in openings]
    line = min(lost or lines, key=lambda line: (line.file, line.number))
    value = "" if line.balance is None else _shown(line.balance, line.currency)
    known = "balances of one day that follow each other"
    if before is not None:
        known = f"a balance that goes on from {_shown(before, line.currency)}, which stood at the end of {last}"
    return Reject(line.file, line.number, columns.get(line.file) or "balance", value, f"{known}; lines are missing or changed")


def _shown(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal():f}"


def _gaps(statements: Iterable[BankStatement], followed: set[tuple[date, date]]) -> list[Reject]:
    """Days between two files that none of them speaks of, unless the balances go on over them."""
    found: list[Reject] = []
    spoken = [(statement.spoken, statement) for statement in statements if statement.spoken is not None]
    ordered = sorted(spoken, key=lambda pair: (pair[0], pair[1].file))
    reached: tuple[date, BankStatement] | None = None
    for (first, last), statement in ordered:
        if reached is not None and first > reached[0]:
            until, earlier = reached
            is_stated = earlier.is_ended and statement.is_begun
            is_long = (first - until).days > (0 if is_stated else _QUIET)
            if is_long and not any(one < until and first <= other for one, other in followed):
                found.append(_gap(earlier, statement, until, first))
        if reached is None or last > reached[0]:
            reached = (last, statement)
    return found


def _gap(earlier: BankStatement, later: BankStatement, until: date, first: date) -> Reject:
    line = min((line.number for line in later.lines if line.day == first), default=1)
    expected = (
        f"no gap after {until - timedelta(days=1)}, where {earlier.file} ends: no file speaks of {(first - until).days} days; "
        "add the statement between, or state complete_through and complete_from where there was no line"
    )
    return Reject(later.file, line, "date", str(first), expected)
