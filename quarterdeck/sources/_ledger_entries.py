"""Converted lines as balanced entries, and what is wrong with those that are none.

Files may overlap: what two of them say of an entry counts once, and equal lines within one file are lines of their own. An
entry may be cut in two by a file's end. One that two files tell each whole and each differently was changed between the
exports; nobody knows which holds, and it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa

from quarterdeck.errors import Reject
from quarterdeck.money import Money
from quarterdeck.reading.cells import shorten
from quarterdeck.schemas import check, schema_of
from quarterdeck.sources._ledger_convert import NO_TIME, NONE, TEXTS, Postings
from quarterdeck.sources._ledger_lines import Lines

_SAID = ("entry", "day", "account", "minor", "currency", *TEXTS, "service_date", "created_at")  # all but where it stands
_MONEY = ("entry", "day", "account", "minor", "currency")
_LEG = ("account", "minor", *TEXTS, "service_date", "created_at")
_MOST = 2**62  # sums beyond are refused before they run over
_EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class Books:
    """The table `entries`, the refused ones, how many good lines, the days `[first, last)` that have any, the table's last."""

    rows: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    lines: int = 0
    days: tuple[date, date] | None = None
    last_day: date | None = None


def assemble(lines: Lines, postings: Postings, end: date, rounding: str | None) -> Books:
    """Balanced entries before the day `end`. `rounding` is the account for what is lost by rounding legs to minor units."""
    frame = postings.frame
    days = _days(frame)
    frame = frame[~frame["entry"].isin(postings.broken) & (frame["day"] < (end - _EPOCH).days)]
    refusing = _Refusing(lines, postings)
    frame = refusing.without(frame, _of_several_days(frame), "one day for all lines of an entry")
    frame = _once(frame, refusing)
    frame = _balanced(frame, postings, rounding, refusing)
    frame = frame[frame["minor"] != 0]
    last = _EPOCH + timedelta(days=int(frame["day"].max())) if len(frame) else None
    return Books(_table(frame, postings), refusing.rejects, len(postings.frame), days, last)


class _Refusing:
    """Takes entries out of a frame, and names each by its first line."""

    def __init__(self, lines: Lines, postings: Postings) -> None:
        self._column, self._postings = lines.name("entry"), postings
        self.rejects: list[Reject] = []

    def without(self, frame: pd.DataFrame, entries: np.ndarray, expected: str) -> pd.DataFrame:
        """The frame without some entries; the text may name {sum} and {files} of the entry."""
        if not len(entries):
            return frame
        is_out = frame["entry"].isin(entries)
        for entry, rows in frame[is_out].groupby("entry", sort=True):
            first = rows.sort_values(["file", "line"]).iloc[0]
            files = " and ".join(self._postings.values["file"][number] for number in sorted(set(rows["file"])))
            said = expected.format(sum=self._sums(rows), files=files)
            shown = shorten(self._postings.values["entry"][cast("int", entry)])
            file = self._postings.values["file"][int(first["file"])]
            self.rejects.append(Reject(file, int(first["line"]), self._column, shown, said))
        return frame[~is_out]

    def _sums(self, rows: pd.DataFrame) -> str:
        """What an entry is off by, in each currency; exact, whatever its size."""
        sums: dict[str, int] = {}
        for number, minor in zip(rows["currency"], rows["minor"], strict=True):
            currency = self._postings.values["currency"][number]
            sums[currency] = sums.get(currency, 0) + int(minor)
        return ", ".join(f"{Money(minor, currency).decimal():f} {currency}" for currency, minor in sums.items() if minor)


def _of_several_days(frame: pd.DataFrame) -> np.ndarray:
    days = frame.groupby("entry", sort=False)["day"]
    return _named(days.min() != days.max())


def _once(frame: pd.DataFrame, refusing: _Refusing) -> pd.DataFrame:
    """The frame with what several files say counted once."""
    files = frame.groupby("entry", sort=False)["file"]
    is_shared = frame["entry"].isin(_named(files.min() != files.max()))
    if not is_shared.any():
        return frame
    parts = frame[is_shared].sort_values(["file", "line"], kind="stable")
    sums = parts.groupby(["entry", "file", "currency"], sort=False)["minor"].sum()
    is_whole = (sums == 0).groupby(level="entry").all()  # in each file that has some of it
    smallest = parts.groupby(["entry", "file"], sort=False).size().groupby(level="entry").min()
    is_same = smallest == _merged(parts, _MONEY).groupby("entry").size()
    parts = refusing.without(parts, _named(is_whole & ~is_same), "the same lines in {files}; export both anew")
    # Where only texts differ, the money is certain: the file that is named last tells it.
    same = parts[parts["entry"].isin(_named(is_whole & is_same))]
    same = same[same["file"] == same.groupby("entry", sort=False)["file"].transform("max")]
    cut = parts[parts["entry"].isin(_named(~is_whole))]
    merged = _merged(cut, _SAID)
    off = merged.groupby(["entry", "currency"], sort=False)["minor"].sum()
    apart = off.index[off != 0].get_level_values("entry").unique()
    pieces = [frame[~is_shared], same, merged[~merged["entry"].isin(apart)], cut[cut["entry"].isin(apart)]]
    return pd.concat(pieces, ignore_index=True)


def _merged(parts: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Of equal lines as many as the file has that has most of them."""
    nth = parts.groupby([*columns, "file"], sort=False).cumcount()
    return parts[~parts.assign(nth=nth).duplicated([*columns, "nth"])]


def _named(is_it: pd.Series) -> np.ndarray:
    """The entries for which something holds."""
    found: np.ndarray = is_it.index[is_it].to_numpy()
    return found


def _balanced(frame: pd.DataFrame, postings: Postings, rounding: str | None, refusing: _Refusing) -> pd.DataFrame:
    """The entries that sum to zero; those that rounding alone keeps from it have a leg on `rounding`."""
    if frame.empty:
        return frame
    large = frame["minor"].astype("float64").abs().groupby(frame["entry"]).sum()
    too_large = large.index[large > _MOST].to_numpy()
    frame = refusing.without(frame, too_large, "legs whose sum can be held; this entry is off by {sum}")
    groups = frame.groupby(["entry", "currency"], sort=False)
    sums = groups["minor"].sum()
    off = sums[sums != 0]
    if off.empty:
        return frame
    small = off[2 * off.abs() <= groups["is_rounded"].sum().reindex(off.index) + 1]
    lost = off.index.difference(small.index) if rounding is not None else off.index
    entries = lost.get_level_values("entry").unique().to_numpy()
    hint = "" if rounding is not None or small.empty else ", or name an account for rounding"
    frame = refusing.without(frame, entries, f"legs that sum to zero; this entry is off by {{sum}}{hint}")
    if rounding is None:
        return frame
    small = small[~small.index.get_level_values("entry").isin(entries)]
    return pd.concat([frame, _rounding_legs(frame, small, postings, rounding)], ignore_index=True)


def _rounding_legs(frame: pd.DataFrame, small: pd.Series, postings: Postings, rounding: str) -> pd.DataFrame:
    firsts = frame.sort_values(["file", "line"]).drop_duplicates(["entry", "currency"]).set_index(["entry", "currency"])
    legs = firsts.loc[small.index].reset_index()
    names = postings.values["account"]
    if rounding not in names:
        names.append(rounding)  # at the end, since numbers are given already; it stands last among its entry's legs
    legs["account"] = names.index(rounding)
    legs["minor"] = -small.to_numpy()
    return legs[frame.columns]


def _table(frame: pd.DataFrame, postings: Postings) -> pa.Table:
    """Rows by day, entry and leg; legs by account and what else they say."""
    frame = frame.sort_values(["day", "entry", *_LEG, "currency"], kind="stable", ignore_index=True)
    entries = pa.array([f"ledger:{text}" for text in postings.values["entry"]], pa.string())
    columns = {
        "entry": entries.take(pa.array(frame["entry"].to_numpy())),
        "leg": pa.array(frame.groupby("entry", sort=False).cumcount().to_numpy(), pa.int64()),
        "date": pa.array(frame["day"].to_numpy().astype("int32"), pa.int32()).cast(pa.date32()),
        "amount_minor": pa.array(frame["minor"].to_numpy(), pa.int64()),
        "service_date": _times(frame["service_date"].to_numpy(), pa.int32(), pa.date32()),
        "created_at": _times(frame["created_at"].to_numpy(), pa.int64(), pa.timestamp("us", tz="UTC")),
        "origin": pa.array(["ledger"]).take(pa.array(np.zeros(len(frame), dtype=np.int64))),
        "source_file": _texts(frame["file"].to_numpy(), postings.values["file"]),
        "source_line": pa.array(frame["line"].to_numpy(), pa.int64()),
        **{name: _texts(frame[name].to_numpy(), postings.values[name]) for name in ("account", "currency", *TEXTS)},
    }
    schema = schema_of("entries").arrow()
    rows = pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
    check("entries", rows)
    return rows


def _texts(codes: np.ndarray, values: list[str]) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(codes, mask=codes == NONE))


def _times(values: np.ndarray, integer: pa.DataType, kind: pa.DataType) -> pa.Array:
    is_none = values == NO_TIME
    return pa.array(np.where(is_none, 0, values), mask=is_none).cast(integer).cast(kind)


def _days(frame: pd.DataFrame) -> tuple[date, date] | None:
    if frame.empty:
        return None
    first, last = int(frame["day"].min()), int(frame["day"].max())
    return _EPOCH + timedelta(days=first), _EPOCH + timedelta(days=last + 1)
