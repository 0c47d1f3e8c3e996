"""Bank reconciliation: which postings on a bank's account are which lines of its statement, and what is left over.

Matching looks at all days at once; as of a day, an item is open when it is in no group, or in one that was complete only
later: a deposit of 31 October that the bank has on 2 November is in transit at the end of October, and not at that of
November. Groups always sum to the same amount on both sides. In this order, within one account of one tenant:

- reference: the posting was made from the line, or both carry one document, and the amounts are equal (REFERENCE_DAYS);
- one_to_one: equal amounts within WINDOW_DAYS, the nearest days first;
- one_to_many: a line is the sum of several postings of its sign within WINDOW_DAYS, and many_to_one the other way round.
  Of more than CANDIDATES the nearest are tried; the fewest items that make the sum win, then the nearest;
- carried: one posting and one later line of an amount that nothing else open has, up to CARRIED_DAYS apart.

What is equal in all that tells items apart is interchangeable, so the order of rows never matters. Pure; minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from quarterdeck.frames import before, is_blank, total
from quarterdeck.subsets import CANDIDATES, subset

WINDOW_DAYS = 7
REFERENCE_DAYS = 31
CARRIED_DAYS = 92
ADDED = ("translation", "elimination")  # origins of entries that a portfolio's books are completed with: no bank knows them

_SHARED = ("tenant", "account", "date", "amount_minor", "currency", "party", "memo", "document", "source_file", "source_line")
_ORDER = ["tenant", "account", "side", "date", "amount_minor", "reference", "leg"]
_PLACE = ["tenant", "account"]
_MOST_DAYS = 1 << 20  # more than any day's number


def matched(entries: pd.DataFrame, bank_lines: pd.DataFrame) -> pd.DataFrame:
    """All items of both sides: `side` (book, bank), `reference`, `group` (-1 for none), `kind`, `closed_on`, `is_translated`.

    Of the books only accounts with lines count, from a window before the first line on; what is older, and what is left over
    from before the first line, is in the balance that the statement begins with.
    """
    items = pd.concat([_book_items(entries, bank_lines), _bank_items(bank_lines)], ignore_index=True)
    items = items.sort_values(_ORDER, kind="stable", ignore_index=True)
    matching = _Matching(items)
    matching.by_reference()
    matching.nearest(None, "one_to_one", WINDOW_DAYS)
    matching.sums("bank", "one_to_many")
    matching.sums("book", "many_to_one")
    matching.carry()
    items = items.assign(group=matching.group, kind=matching.kind)
    items["closed_on"] = items.groupby("group")["date"].transform("max").where(items["group"] >= 0)
    is_opening = (items["side"] == "book") & (items["date"] < items["begins"]) & (items["group"] < 0)
    return items[~is_opening].drop(columns=["begins", "leg"]).reset_index(drop=True)


def open_items(matches: pd.DataFrame, end: date) -> pd.DataFrame:
    """The items that are open on the eve of `end`, with `age_days` from their own day to that eve; the oldest first."""
    known = matches[(matches["date"].to_numpy() < np.datetime64(end))]
    waiting = known[known["closed_on"].isna() | (known["closed_on"].to_numpy() >= np.datetime64(end))]
    ages = (np.datetime64(end - timedelta(days=1)) - waiting["date"].to_numpy()).astype("m8[D]").astype(np.int64)
    return waiting.assign(age_days=ages).sort_values(
        ["age_days", "tenant", "account", "side", "amount_minor", "reference"], ascending=[False, *[True] * 5], kind="stable"
    )


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One account at the end of a day: the bank's balance led over to that of the books."""

    tenant: str
    account: str
    bank_minor: int
    is_stated: bool  # else the books' balance before the first line, and all lines since
    in_transit_minor: int  # booked as received, not yet at the bank
    outstanding_minor: int  # booked as paid, not yet at the bank; negative
    unbooked_minor: int  # at the bank, not in the books
    book_minor: int

    @property
    def difference_minor(self) -> int:
        """The bank's balance with what is under way, less that of the books; anything but zero is missing or wrong there."""
        return self.bank_minor + self.in_transit_minor + self.outstanding_minor - self.book_minor

    @property
    def unexplained_minor(self) -> int:
        """What of the difference is no line that the books lack."""
        return self.difference_minor - self.unbooked_minor


def reconciled(
    matches: pd.DataFrame, entries: pd.DataFrame, bank_lines: pd.DataFrame, bank_balances: pd.DataFrame, end: date
) -> list[Reconciled]:
    """Every account that has a line before `end`, by tenant and number."""
    lines, stated, posted = before(bank_lines, end), before(bank_balances, end), before(entries, end)
    waiting = open_items(matches, end)
    found = []
    for (tenant, account), own in lines.groupby(_PLACE, sort=True):
        booked, balances = (_on(frame, tenant, account) for frame in (posted, stated))
        left = _on(waiting, tenant, account)
        late = _on(matches, tenant, account)
        book, in_books = (_sum(booked), left["side"] == "book")
        if len(balances):
            last = balances.iloc[-1]
            bank = int(last["balance_minor"]) + _sum(own[own["date"] > last["date"]])
        else:
            first = own["date"].min()
            crossing = late[(late["side"] == "book") & (late["date"] < first)]  # booked before, at the bank only since
            bank = _sum(booked[booked["date"] < first]) - _sum(crossing) + _sum(own)
        amounts = left["amount_minor"]
        found.append(
            Reconciled(
                str(tenant),
                str(account),
                bank,
                bool(len(balances)),
                total(amounts[in_books & (amounts > 0)]),
                total(amounts[in_books & (amounts < 0)]),
                total(amounts[~in_books]),
                book,
            )
        )
    return found


def breaks(bank_lines: pd.DataFrame, bank_balances: pd.DataFrame, end: date) -> pd.DataFrame:
    """Stretches between two stated balances that their lines do not lead over: lines are missing there, or twice.

    Columns tenant, account, `after` and `through` (the days of the two balances), `missing_minor` (stated less led over).
    """
    lines, stated = before(bank_lines, end), before(bank_balances, end)
    rows = []
    for (tenant, account), own in stated.groupby(_PLACE, sort=True):
        listed = own.sort_values("date", kind="stable")
        moved = _on(lines, tenant, account).sort_values("date", kind="stable")
        sums = np.concatenate([[0], moved["amount_minor"].to_numpy().cumsum()])
        at = sums[np.searchsorted(moved["date"].to_numpy(), listed["date"].to_numpy(), side="right")]
        off = np.diff(listed["balance_minor"].to_numpy()) - np.diff(at)
        days = listed["date"].to_numpy()
        rows += [(tenant, account, days[i], days[i + 1], int(off[i])) for i in np.flatnonzero(off)]
    return pd.DataFrame(rows, columns=["tenant", "account", "after", "through", "missing_minor"])


def _on(frame: pd.DataFrame, tenant: object, account: object) -> pd.DataFrame:
    own: pd.DataFrame = frame[(frame["account"] == account) & (frame["tenant"] == tenant)]
    return own


def _sum(frame: pd.DataFrame) -> int:
    return total(frame["amount_minor"])


def _bank_items(lines: pd.DataFrame) -> pd.DataFrame:
    items = lines.loc[lines["amount_minor"] != 0, [*_SHARED, "line"]].rename(columns={"line": "reference"})
    return items.assign(side="bank", leg=0, begins=items["date"], is_translated=False)


def _book_items(entries: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    first = lines.groupby(_PLACE)["date"].min()
    wanted = entries["account"].isin(lines["account"].unique()).to_numpy() & (entries["amount_minor"] != 0).to_numpy()
    items = entries.loc[wanted & ~entries["origin"].isin(ADDED).to_numpy(), [*_SHARED, "entry", "leg"]]
    begins = pd.Series(first.reindex(pd.MultiIndex.from_frame(items[_PLACE])).to_numpy(), index=items.index)
    items = items.rename(columns={"entry": "reference"}).assign(
        side="book",
        begins=begins.astype("datetime64[ms]"),
        is_translated=items["tenant"].isin(entries.loc[entries["origin"] == "translation", "tenant"].unique()),
    )
    return items[items["date"] >= items["begins"] - pd.Timedelta(days=WINDOW_DAYS)]  # no begin, no row


class _Matching:
    """Groups as they are found: `group` and `kind` by row of the items, which are in order."""

    def __init__(self, items: pd.DataFrame) -> None:
        self.items = items
        self.group = np.full(len(items), -1, np.int64)
        self.kind = np.full(len(items), None, object)
        self._is_book = (items["side"] == "book").to_numpy()
        self._days = items["date"].to_numpy().astype("M8[D]").astype(np.int64)
        self._next = 0

    def by_reference(self) -> None:
        """Lines and the postings made from them, then what carries one document and one amount."""
        code = self._codes("reference")
        self._pair(*self._open(code), code, "reference")
        self.nearest("document", "reference", REFERENCE_DAYS)

    def nearest(self, name: str | None, kind: str, window: int) -> None:
        """Pairs of one amount, and one text where asked: those of one day, then those one day apart, and so on."""
        code = self._codes(name)
        for apart in range(window + 1):
            for shift in (apart, -apart) if apart else (0,):  # that the bank is later is what is usual
                book, bank = self._open(code)
                if not len(book):
                    return
                self._pair(book, bank, code * _MOST_DAYS + self._days + shift * self._is_book, kind)

    def _codes(self, name: str | None) -> np.ndarray:
        """A number for each account and amount, and text of a column; -1 where that is empty."""
        key = [*_PLACE, "amount_minor", *([] if name is None else [name])]
        named = self.items if name is None else self.items[~is_blank(self.items[name].astype(object))]
        codes = np.full(len(self.items), -1, np.int64)
        codes[named.index.to_numpy()] = named.groupby(key, sort=False).ngroup().to_numpy(np.int64)
        return codes

    def _open(self, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The open rows of the books and of the bank whose code the other side has too."""
        is_open = (self.group < 0) & (code >= 0)
        book, bank = np.flatnonzero(is_open & self._is_book), np.flatnonzero(is_open & ~self._is_book)
        return book[np.isin(code[book], code[bank])], bank[np.isin(code[bank], code[book])]

    def _pair(self, book: np.ndarray, bank: np.ndarray, key: np.ndarray, kind: str) -> None:
        """Pair the first of a side with the first of the other, the second with the second, where the keys agree."""
        ours, theirs = _runs(key[book]), _runs(key[bank])
        _, left, right = np.intersect1d(ours.keys, theirs.keys, assume_unique=True, return_indices=True)
        sizes = np.minimum(ours.sizes[left], theirs.sizes[right])
        nth = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self._group(book[ours.order[np.repeat(ours.starts[left], sizes) + nth]], kind, fresh=False)
        self._group(bank[theirs.order[np.repeat(theirs.starts[right], sizes) + nth]], kind, fresh=True)

    def _group(self, rows: np.ndarray, kind: str, *, fresh: bool) -> None:
        """Number some rows from the next free number on, and count it on when the groups are whole."""
        self.group[rows] = self._next + np.arange(len(rows))
        self.kind[rows] = kind
        self._next += len(rows) if fresh else 0

    def sums(self, one: str, kind: str) -> None:
        """Items of the side `one` that are the sum of several of the other."""
        rest = self._rest()
        for _, rows in rest.groupby([*_PLACE, rest["amount_minor"] > 0], sort=True):
            ones, parts = rows[rows["side"] == one], rows[rows["side"] != one]
            if len(ones) and len(parts) > 1:
                self._sums(ones, parts, kind)

    def _sums(self, ones: pd.DataFrame, parts: pd.DataFrame, kind: str) -> None:
        part_days, part_minors, part_rows = (parts["date"].to_numpy("M8[D]"), parts["amount_minor"].to_numpy(), parts.index)
        for row, day, minor in zip(ones.index, ones["date"].to_numpy("M8[D]"), ones["amount_minor"].to_numpy(), strict=True):
            low = np.searchsorted(part_days, day - np.timedelta64(WINDOW_DAYS, "D"))
            high = np.searchsorted(part_days, day + np.timedelta64(WINDOW_DAYS, "D"), side="right")
            free = np.arange(low, high)
            free = free[(self.group[part_rows[free]] < 0) & (abs(part_minors[free]) < abs(minor))]
            apart = abs((part_days[free] - day).astype(np.int64))
            nearest = np.argsort(apart, kind="stable")[:CANDIDATES]
            chosen = subset(part_minors[free[nearest]].tolist(), int(minor), apart[nearest].tolist())
            if chosen:
                members = [row, *part_rows[free[nearest[list(chosen)]]]]
                self.group[members] = self._next
                self.kind[members] = kind
                self._next += 1

    def carry(self) -> None:
        """What is open on both sides once, of one amount, the bank being later by more than the window."""
        rest = self._rest()
        key = [*_PLACE, "amount_minor"]
        alone = rest[rest.groupby([*key, "side"])["reference"].transform("size") == 1]
        book, bank = (alone[alone["side"] == side].assign(row=alone.index[alone["side"] == side]) for side in ("book", "bank"))
        pairs = book.merge(bank, on=key, suffixes=("", "_bank"))
        gap = pairs["date_bank"] - pairs["date"]
        pairs = pairs[(gap > pd.Timedelta(days=0)) & (gap <= pd.Timedelta(days=CARRIED_DAYS))]
        self._group(pairs["row"].to_numpy(np.int64), "carried", fresh=False)
        self._group(pairs["row_bank"].to_numpy(np.int64), "carried", fresh=True)

    def _rest(self) -> pd.DataFrame:
        rest: pd.DataFrame = self.items[self.group < 0]
        return rest


@dataclass(frozen=True, slots=True)
class _Runs:
    """Equal keys together: `order` puts them so, stable; each of `keys` begins at `starts` and comes `sizes` times."""

    order: np.ndarray
    keys: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray


def _runs(keys: np.ndarray) -> _Runs:
    order = np.argsort(keys, kind="stable")
    return _Runs(order, *np.unique(keys[order], return_index=True, return_counts=True))
