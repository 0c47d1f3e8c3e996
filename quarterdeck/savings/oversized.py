"""What is larger than it has to be: memory of functions, logs that are kept for ever, texts that are not compressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.frames import between, total
from quarterdeck.model import At
from quarterdeck.savings import Saving
from quarterdeck.savings.prices import GB, price

_ENOUGH_RUNS = 50
_HEADROOM = Decimal("1.3")  # over the most that a run used
_STEP_MB, _LEAST_MB = 64, 128
_MUCH = 2  # times what it needs
_MB_MS_OF_GB_S = 1024 * 1000
KEPT_DAYS = 90  # how long logs are assumed to be of use
_COMPRESSED = Decimal("0.3")  # what text comes to: a common measure for HTML, JavaScript and CSS
_LEAST_BYTES = 1000  # CloudFront compresses nothing smaller
_TEXTS = ("text/", "application/javascript", "application/json", "application/xml", "application/manifest", "image/svg")


@dataclass(frozen=True, slots=True)
class Memory:
    """What a function is given, what it used at most, and what would be enough; MB."""

    function: str
    given: int
    used: int
    enough: int
    runs: int
    saving: Saving


def functions(functions: pd.DataFrame, function_runs: pd.DataFrame, runs_asked: pd.DataFrame, at: At) -> Iterator[Memory]:
    """Functions with at least twice the memory that they need, by fifty runs or more of the period."""
    runs = between(function_runs, at.start, at.end)
    for row in functions.to_dict("records"):
        own = _own(runs, row)
        if total(own["invocations"]) < _ENOUGH_RUNS:
            continue
        used, given = int(own["max_memory_mb"].max()), int(row["memory_mb"])
        enough = enough_memory(used)
        if given >= _MUCH * enough:
            yield Memory(
                row["function"], given, used, enough, total(own["invocations"]), _memory(row, own, runs_asked, enough, at)
            )


def enough_memory(used_mb: int) -> int:
    """What is enough for a function that used so much at most: a third more, in steps of 64 MB."""
    wanted = int((used_mb * _HEADROOM).to_integral_value(rounding="ROUND_CEILING"))
    return max(_LEAST_MB, -(-wanted // _STEP_MB) * _STEP_MB)


def _own(frame: pd.DataFrame, row: dict[Any, Any]) -> pd.DataFrame:
    place = (frame["account"] == row["account"]) & (frame["region"] == row["region"])
    own: pd.DataFrame = frame[place & (frame["function"] == row["function"])]
    return own


def _memory(row: dict[Any, Any], own: pd.DataFrame, runs_asked: pd.DataFrame, enough: int, at: At) -> Saving:
    given = int(row["memory_mb"])
    unit = price(row["region"], f"function_{row['architecture'] or 'x86_64'}_gb_second")
    days, read = (at.end - at.start).days, _days_read(_own(runs_asked, row), at)
    billed = Decimal(total(own["billed_mb_ms"])) / _MB_MS_OF_GB_S * days / max(read, 1) / at.months
    saved = billed * (given - enough) / given
    words = f"{saved:.0f} GB-seconds less with {enough} MB instead of {given} MB, if runs take as long"
    if read < days:
        words += f" (by {read} of {days} days)"
    words += "; no price is known for this region" if unit is None else f", at {unit} USD"
    usd = None if unit is None else saved * unit
    return _saving(row, row["function"], row["function"], "Function with too much memory", usd, words, "function")


def _days_read(asked: pd.DataFrame, at: At) -> int:
    """The days of the period whose reports were all read."""
    days = [
        (min(last.date(), at.end) - max(first.date(), at.start)).days
        for first, last in zip(asked["first"], asked["last"], strict=True)
    ]
    return max(days, default=0)


def logs(log_groups: pd.DataFrame, at: At) -> Iterator[Saving]:
    """Log groups that keep everything for ever: what is older than ninety days, if they grow evenly."""
    for row in log_groups[log_groups["retention_days"].isna()].to_dict("records"):
        unit, made = price(row["region"], "log_gb"), row["created_at"]
        gigabytes = Decimal(int(row["bytes"])) / GB
        age = _age(made, at.end)
        usd = (
            None if unit is None or age is None else gigabytes * max(Decimal(age - KEPT_DAYS), Decimal(0)) / max(age, 1) * unit
        )
        words = f"{gigabytes:.2f} GB of {'unknown' if age is None else age} days, {KEPT_DAYS} of them kept"
        words += "; no price is known for this region" if unit is None else f", at {unit} USD a GB"
        yield _saving(row, row["name"], row["name"], "Logs that are kept for ever", usd, words, "log")


def _age(made: Any, end: date) -> int | None:
    return (end - made.date()).days if isinstance(made, datetime) and not pd.isna(made) else None


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a bucket that are stored and served as they are."""

    bucket: str
    keys: tuple[str, ...]
    saving: Saving


def uncompressed(
    objects: pd.DataFrame, object_samples: pd.DataFrame, distributions: pd.DataFrame, metrics: pd.DataFrame, at: At
) -> Iterator[Texts]:
    """Buckets with texts that are not compressed, and what compressing them saves on the way and in the store.

    What a distribution that compresses serves is compressed on the way. What others serve is taken to be texts in the share
    that texts have of the bucket.
    """
    for row in object_samples.to_dict("records"):
        plain = _plain(objects, row)
        if not len(plain):
            continue
        size = total(plain["bytes"])
        share = min(Decimal(size) / max(int(row["listed_bytes"]), 1), Decimal(1))
        saving = _texts(row, size, share, _served(row["bucket"], distributions, metrics, at))
        yield Texts(row["bucket"], tuple(plain["key"]), saving)


def _plain(objects: pd.DataFrame, row: dict[Any, Any]) -> pd.DataFrame:
    own = objects[(objects["account"] == row["account"]) & (objects["bucket"] == row["bucket"])]
    is_text = own["content_type"].fillna("").str.startswith(_TEXTS)
    plain: pd.DataFrame = own[is_text & own["content_encoding"].isna() & (own["bytes"] >= _LEAST_BYTES)]
    return plain


def _served(bucket: str, distributions: pd.DataFrame, metrics: pd.DataFrame, at: At) -> Decimal:
    """GB a month that distributions which do not compress have served from a bucket."""
    is_origin = distributions["origins"].str.split(",").map(lambda names: any(_is_bucket(name, bucket) for name in names))
    plain = distributions[is_origin.astype(bool) & ~distributions["is_compressing"].astype(bool)]
    sent = between(metrics[(metrics["service"] == "cloudfront") & (metrics["metric"] == "BytesDownloaded")], at.start, at.end)
    of_them = sent[sent["resource"].isin(plain["distribution"]) & sent["account"].isin(plain["account"])]
    return sum(of_them["value"], Decimal(0)) / GB / at.months


def _is_bucket(origin: str, bucket: str) -> bool:
    return origin.strip() == bucket or origin.strip().startswith((f"{bucket}.s3.", f"{bucket}.s3-"))


def _texts(row: dict[Any, Any], size: int, share: Decimal, served: Decimal) -> Saving:
    store, out = price(row["region"], "object_gb"), price("global", "distribution_out_gb")
    gone = 1 - _COMPRESSED
    sent = served * share * gone
    kept = Decimal(size) / GB * gone
    usd = None if store is None or out is None else sent * out + kept * store
    words = (
        f"{served:.2f} GB served, {share * 100:.0f} % of it texts that come to {_COMPRESSED * 100:.0f} % of their size: "
        f"{sent:.2f} GB less at {out} USD, and {kept:.3f} GB less in store"
    )
    words += "; no price is known for this region" if store is None else f" at {store} USD"
    return _saving(row, row["bucket"], row["bucket"], "Texts that are not compressed", usd, words, "object")


def _saving(row: dict[Any, Any], resource: str, name: str, what: str, usd: Decimal | None, words: str, billed: str) -> Saving:
    return Saving(str(row["tenant"]), row["account"], row["region"], resource, name, what, usd, words, billed)
