"""The data notice: what the reader must know about the data before trusting a figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pandas as pd

from quarterdeck.compose.material import Material
from quarterdeck.compose.people import unheard
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.frames import Coverage, day
from quarterdeck.measure.faults import EXHIBIT
from quarterdeck.measure.reach import ends_early, ends_short
from quarterdeck.money import Money
from quarterdeck.period import Period
from quarterdeck.schemas import schema_of

_UP_TO_DATE = "bring the books up to date, or set complete_through on the source where nothing has happened since"

_ASK = "ask, then `quarterdeck feedback lift`, or take the reader off the list"
_CORRECT = "correct the address, or take the reader off the list"


def notices(material: Material) -> list[dict[str, str]]:
    """What is missing first, then what is old, was left out, ends early, or is only derived; last, whom it did not reach."""
    made = (_missing, _not_put_together, _failed_code, _off, _last_good, _left_out, _rejected, _early, _derived)
    return [notice for each in (*made, _unheard, _undelivered) for notice in each(material)]


def _notice(kind: str, source: str, text: str, remedy: str = "") -> dict[str, str]:
    return {"kind": kind, "source": source, "text": text, "remedy": remedy}


def _missing(material: Material) -> Iterator[dict[str, str]]:
    """One notice for a source that gave nothing; for one that gave a part, one for each reason why it gave no more."""
    pulls = material.tables["pulls"]
    read = {*pulls.loc[pulls["status"] == "read", ["tenant", "source"]].itertuples(index=False, name=None)}
    for place, rows in _by_source("failed", material):
        first = rows.iloc[0]
        if (first["tenant"], first["source"]) not in read:
            text = f"{place} could not be read, so {_tables(rows)} are missing: {first['reason']}"
            yield _notice("missing", str(first["source"]), text, _remedy(first))
            continue
        for _, alike in rows.groupby("reason", sort=True):
            of = alike.iloc[0]
            text = f"{place} could not give {_tables(alike)}: {of['reason']}"
            yield _notice("missing", str(of["source"]), text, _remedy(of))


def _not_put_together(material: Material) -> Iterator[dict[str, str]]:
    """Tables that are missing although every source of theirs was read: no rate for a currency."""
    pulls = material.tables["pulls"]
    failed = set(pulls.loc[pulls["status"] == "failed", "table"])
    for table, reason in sorted(material.tables.missing.items()):
        if table not in failed:
            remedy = "add the rate to a source's rates" if reason.startswith("no rate") else ""
            yield _notice("missing", table, f"The rows of {table} cannot be used: {reason}", remedy)


def _failed_code(material: Material) -> Iterator[dict[str, str]]:
    """The role's KPIs, checks and tables that could not be had for a fault of their own, and of no source."""
    labels = {value.id: value.label for value in material.role_kpis()}
    for fault in material.faults:
        remedy = f"mend {fault.part} {fault.id}, and run the period again"
        if fault.part == "kpi" and fault.id in labels:
            yield _notice("missing", fault.id, f"{labels[fault.id]} could not be worked out: {fault.reason}", remedy)
        if fault.part == "rule" and fault.id in material.role.rules:
            yield _notice("missing", fault.id, f"Nobody could check for {fault.id}: {fault.reason}", remedy)
        if fault.part == EXHIBIT:
            yield _notice("missing", fault.id, f"“{EXHIBITS.get(fault.id).title}” could not be made: {fault.reason}", remedy)


def _off(material: Material) -> Iterator[dict[str, str]]:
    """Tie-outs that differ and on which a KPI of this role stands, with both figures."""
    if "tie_outs" not in material.tables:
        return
    rows, mine = material.tables["tie_outs"].dropna(subset=["one_minor", "other_minor"]), {*material.role.kpis}
    for row in rows[rows["state"] == "differs"].to_dict("records"):
        if mine & {*row["kpis"].split(",")}:
            one, other = (material.voice.exact(Money(int(row[name]), row["currency"])) for name in ("one_minor", "other_minor"))
            text = (
                f"{row['what']} does not tie out: {row['one']} {one}, {row['other']} {other} {row['currency']}; "
                "the figures that stand on it are graded C at best"
            )
            yield _notice("tie_out", row["id"], text, "find the difference before these figures are relied on")


def _last_good(material: Material) -> Iterator[dict[str, str]]:
    for place, rows in _by_source("last_good", material):
        first = rows.iloc[0]
        read_at = rows["read_at"].max().tz_convert(material.tenant.timezone)
        of = material.voice.day(read_at.date())
        text = f"{place} could not be read, so {_tables(rows)} are those of an earlier reading, of {of}: {first['reason']}"
        yield _notice("stale", str(first["source"]), text, _remedy(first))


def _by_source(status: str, material: Material) -> Iterator[tuple[str, pd.DataFrame]]:
    pulls = material.tables["pulls"]
    for key, rows in pulls[pulls["status"] == status].groupby(["tenant", "source"], sort=True):
        tenant, source = (str(part) for part in key)
        yield f"Source {_place(tenant, source, material)}", rows


def _remedy(row: pd.Series) -> str:
    return "" if pd.isna(row["remedy"]) else str(row["remedy"])


def _tables(rows: pd.DataFrame) -> str:
    return ", ".join(sorted(rows["table"]))


def _left_out(material: Material) -> Iterator[dict[str, str]]:
    for table in sorted(material.tables.coverage):
        names = ", ".join(material.tenant.names.get(tenant, tenant) for tenant in _left_out_of(table, material))
        if names:
            yield _notice("left_out", table, f"Figures made of {table} leave out {names}")


def _left_out_of(table: str, material: Material) -> tuple[str, ...]:
    return material.tables.coverage.get(table, Coverage()).left_out


def _rejected(material: Material) -> Iterator[dict[str, str]]:
    pulls = material.tables["pulls"]
    for row in pulls[pulls["rejected"] > 0].sort_values(["tenant", "source", "table"]).to_dict("records"):
        counted = material.voice.count(int(row["rejected"]), "row was", "rows were")
        place = _place(row["tenant"], row["source"], material)
        text = f"{counted} found faulty in {row['table']} of source {place}: left out, or out of line with the rows before"
        yield _notice("rejected", row["source"], text)


def _early(material: Material) -> Iterator[dict[str, str]]:
    """Whose rows of which table end before the period does; where they end well before, what that does to figures."""
    pulls, period = material.tables["pulls"], material.at.period
    ending = pulls[pulls["covers_to"].notna() & (pulls["status"] != "failed")]
    for key, rows in ending.groupby(["table", "tenant"], sort=True):
        table, tenant = (str(part) for part in key)
        last = day(rows["covers_to"].min())
        if not schema_of(table).dated or not ends_early(last, period):
            continue
        text = f"The rows of {_place(tenant, table, material)} end on {material.voice.day(last - timedelta(days=1))}"
        if period.start < last and ends_short(last, period) and tenant not in _left_out_of(table, material):
            text += "; figures made of them speak of the time up to then, and are compared with no other period"
        yield _notice("stale", table, text, _UP_TO_DATE if table == "entries" else "")


def _derived(material: Material) -> Iterator[dict[str, str]]:
    if any(known.derived for known in material.tables.coverage.values()):
        yield _notice("derived", "entries", "The books are derived from bank and Stripe rows; no accounting system keeps them")


def _unheard(material: Material) -> Iterator[dict[str, str]]:
    """Decisions of people that are about no action and no milestone of this period."""
    for subject, word in unheard(material):
        of = f"A decision of {material.voice.day(word.on)} by {word.by}"
        text = f"{of} is about {subject}, which nothing in this period is called"
        yield _notice("unheard", subject, text, "correct the code where the decision is written, or remove it")


def _undelivered(material: Material) -> Iterator[dict[str, str]]:
    """Which readers of this role did not get the last report of theirs: nobody else is told of them."""
    if "undelivered" not in material.tables:
        return
    rows = material.tables["undelivered"]
    mine = rows[(rows["tenant"] == material.tenant.id) & (rows["role"] == material.role.id)]
    for row in mine.to_dict("records"):
        reader = row["reader"] or "Somebody who reads it in blind copy"
        of = material.voice.period(Period.parse(row["period"], fiscal_start=material.at.fiscal_start))
        if row["state"] == "complained":
            text = f"{reader} has marked the report for {of} as unwanted, and gets none any more"
            yield _notice("undelivered", row["report"], text, _ASK)
        else:
            reason = f": {row['reason']}" if row["reason"] else ""
            yield _notice("undelivered", row["report"], f"{reader} did not get the report for {of}{reason}", _CORRECT)


def _place(tenant: str, source: str, material: Material) -> str:
    own = tenant == material.tenant.id
    return source if own else f"{source} of {material.tenant.names.get(tenant, tenant)}"
