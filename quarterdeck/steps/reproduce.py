"""A filed report made again from the snapshots that it names, and held against what was filed.

Nothing is pulled, and nothing is written: figures are worked out anew, from bytes that are checked against their names. By
the same code every byte must be the same; by other code, what a reader sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import pyarrow as pa

from quarterdeck.audit.records import Filter
from quarterdeck.compose import compose
from quarterdeck.compose.report import UNSEEN
from quarterdeck.errors import SnapshotError
from quarterdeck.model import At, Role
from quarterdeck.period import Period
from quarterdeck.steps.approval import revision_of
from quarterdeck.steps.measure import work_out
from quarterdeck.steps.own import SOURCE as SETTINGS
from quarterdeck.steps.report import encode, files_of, material_at
from quarterdeck.steps.tables import FIGURES, snapshots_in
from quarterdeck.wiring import Parts

BYTES, SEEN = "bytes", "what a reader sees"
_MOST = 50  # differences that are named


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of making a report again: `differs` are paths in report.json, `files` renderings whose bytes differ."""

    report_id: str
    revision: str
    compared: str
    code_then: str
    code_now: str
    differs: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not self.differs and not self.files

    def as_dict(self) -> dict[str, Any]:
        """As docs/schemas/audit_reproduce.schema.json pins it."""
        return {
            "report_id": self.report_id,
            "revision": self.revision,
            "same": self.is_same,
            "compared": self.compared,
            "code": {"then": self.code_then, "now": self.code_now},
            "differs": list(self.differs),
            "files": list(self.files),
        }


def reproduce(parts: Parts, role_of: Callable[[str], Role], report_id: str, revision: str = "") -> Reproduction:
    """Make a filed report again; `revision` is another than the one that holds, or the start of it.

    AuditError where the trail knows no such report, ArchiveError where it is not what was filed, SnapshotError where what
    it was made of is not there or was changed.
    """
    chosen = revision_of(parts, report_id, parts.audit.list(Filter(report_id=report_id)), revision)
    report = next(each for each in parts.audit.reports(report_id) if each.revision == chosen)
    key = (report.tenant, report.role, report.period, chosen)
    filed = parts.archive.document(*key)
    apart = parts.aside()
    pulls = _pulls(apart, filed)
    at = _at(apart, filed, pulls)
    basis = work_out(apart, report.tenant, at, pulls, FIGURES)
    material = material_at(apart, role_of(report.role), report.tenant, at, basis)
    made = compose(material)
    code_then, code_now = str(filed["provenance"]["code_version"]), parts.code_version
    compared = BYTES if code_then == code_now else SEEN
    files = {"report.json": encode(made)}
    if compared == BYTES:
        files = files_of(apart, material, made, basis)
    else:
        filed, made = _seen(filed), _seen(made)
    differs = tuple(islice(differences(filed, made), _MOST))
    changed = tuple(name for name in sorted(files) if parts.archive.read(*key, name) != files[name])
    return Reproduction(report_id, chosen, compared, code_then, code_now, differs, changed if compared == BYTES else ())


def differences(then: Any, now: Any, at: str = "") -> Iterator[str]:
    """The paths at which two documents differ: `kpis[3].value`; a list of another length is one difference."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in sorted(then.keys() | now.keys()):
            path = f"{at}.{name}" if at else str(name)
            if name in then and name in now:
                yield from differences(then[name], now[name], path)
            else:
                yield path
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, pair in enumerate(zip(then, now, strict=True)):
            yield from differences(*pair, f"{at}[{number}]")
    elif then != now:
        yield at


def _seen(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in UNSEEN}


def _at(parts: Parts, filed: Mapping[str, Any], pulls: pa.Table) -> At:
    """Period, currency and fiscal year as the settings had them then."""
    place = (filed["tenant"], SETTINGS, "tenant")
    own = next(row for row in pulls.to_pylist() if (row["tenant"], row["source"], row["table"]) == place)
    fiscal_start = parts.snapshots.read(filed["tenant"], "tenant", own["digest"]).to_pylist()[0]["fiscal_start"] or 1
    return At(Period.parse(filed["period"], fiscal_start=fiscal_start), filed["currency"], fiscal_start)


def _pulls(parts: Parts, filed: Mapping[str, Any]) -> pa.Table:
    """The list of snapshots that a report was made of, which its provenance repeats."""
    named = _in_order(filed["provenance"]["snapshots"])
    for manifest in parts.snapshots.every(filed["tenant"], filed["period"], FIGURES):
        entry = manifest.find("pulls")
        if entry is not None:
            pulls = parts.snapshots.read(filed["tenant"], "pulls", entry.digest)
            if _in_order(asdict(snapshot) for snapshot in snapshots_in(pulls)) == named:
                return pulls
    raise SnapshotError(
        f"the list of what {filed['report_id']} was made of is not among the snapshots",
        remedy="take the snapshots from a copy of that time",
    )


def _in_order(snapshots: Iterable[Mapping[str, Any]]) -> list[list[tuple[str, Any]]]:
    return sorted(sorted(snapshot.items()) for snapshot in snapshots)
