"""One report without a run: pull, measure, make and render by plain calls, and leave the files beside each other.

Nothing is filed, and Prefect is not started. Nothing is sent but, where that is asked for, to one address as a test. Snapshots
are kept, as equal rows add none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quarterdeck.compose import compose
from quarterdeck.config import PORTFOLIO
from quarterdeck.delivery.message import build
from quarterdeck.errors import Problem
from quarterdeck.model import Role
from quarterdeck.render import colour
from quarterdeck.snapshots import Manifest
from quarterdeck.steps.letters import Made, sample
from quarterdeck.steps.measure import faults_of, measure_tenant
from quarterdeck.steps.outcome import gap_problems
from quarterdeck.steps.plan import period_of
from quarterdeck.steps.pull import Failure, failure, pull
from quarterdeck.steps.report import files_of, material_of, renderings
from quarterdeck.steps.summary import problem_dict, problem_of
from quarterdeck.steps.tables import Basis
from quarterdeck.steps.trial import send_trial, trial_reader
from quarterdeck.storage import LocalStore
from quarterdeck.wiring import Parts


@dataclass(frozen=True, slots=True)
class Preview:
    """Where the previewed report lies, what stood in its way, and remarks on how it looks, which are no faults.

    `test` is the channel and the message's id where it was sent to somebody.
    """

    report_id: str
    revision: str
    paths: Mapping[str, str]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    test: Mapping[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The preview as docs/schemas/preview.schema.json pins it."""
        problems = [problem_dict(problem) for problem in self.problems]
        told = {"report_id": self.report_id, "revision": self.revision, "paths": dict(self.paths), "problems": problems}
        return told | ({"test": dict(self.test)} if self.test else {})


def preview(parts: Parts, tenant_id: str, role: Role, period_text: str, send_to: str = "") -> Preview:
    """Make one report now, and send it to an address where one is given.

    ConfigError for bad arguments, BlockedError where a required source is missing; DeliveryError and DeliveryUnknown as
    `send_trial` has them, when the files lie there already.
    """
    reader = trial_reader(parts, send_to) if send_to else None
    tenant = parts.settings.tenant(tenant_id)
    asked = parts.settings.tenants if tenant_id == PORTFOLIO else (tenant,)
    period = period_of(period_text, parts.settings, parts.clock(), asked).text
    basis, problems = figures_now(parts, tenant_id, period, keep=False)
    material = material_of(parts, role, tenant_id, parts.period(tenant_id, period), basis)
    document = compose(material)
    files = files_of(parts, material, document, basis)
    made = Made(document, files)
    files["report.eml"] = build(sample(parts, made))
    store = LocalStore(parts.settings.home / "preview")
    keys = {name: f"{document['report_id']}.{extension}" for name, extension in renderings(files).items()}
    store.put_all({key: files[name] for name, key in keys.items()})
    paths = {extension: store.locate(keys[name]) for name, extension in renderings(files).items()}
    branding = parts.settings.tenant(tenant_id).branding
    remarks = colour.remarks(branding.accent, branding.accent2)
    test = send_trial(parts, made, reader) if reader else None
    return Preview(document["report_id"], document["revision"], paths, tuple(problems), remarks, test)


def figures_now(parts: Parts, tenant_id: str, period: str, *, keep: bool = False) -> tuple[Basis, list[Problem]]:
    """The basis of a tenant's reports, from its sources as they are now, and what could not be had.

    For the portfolio every member is pulled and worked out first; one that fails is left out of its figures. With `keep`
    the figures become what later periods are compared with; a preview must change no report to come.
    """
    bases: list[tuple[str, Basis]] = []
    problems: list[Problem] = []
    for member in parts.settings.members if tenant_id == PORTFOLIO else ():
        try:
            basis, found = _figures(parts, member.id, period, (), keep=keep)
        except Exception as error:  # noqa: BLE001 - as in a run, one member's fault takes no other's figures with it
            problems.append(problem_of(error, f"the figures of {member.id}"))
        else:
            bases.append((member.id, basis))
            problems += found
    basis, found = _figures(parts, tenant_id, period, bases, keep=keep)
    return basis, [*problems, *found]


def _figures(
    parts: Parts, tenant_id: str, period: str, members: Sequence[tuple[str, Basis]], *, keep: bool
) -> tuple[Basis, list[Problem]]:
    when = parts.period(tenant_id, period)
    outcomes: list[Manifest | Failure] = []
    problems: list[Problem] = []
    for entry in parts.settings.tenant(tenant_id).sources:
        try:
            outcomes.append(pull(parts, tenant_id, entry.id, when))
        except Exception as error:  # noqa: BLE001 - whatever a source does wrong, its tables are missing and the report is made
            problems.append(problem_of(error, f"source {entry.id} of {tenant_id}"))
            outcomes.append(failure(parts, tenant_id, entry.id, when, error))
        problems += gap_problems(outcomes[-1])
    basis = measure_tenant(parts, tenant_id, when, outcomes, members, keep=keep)
    return basis, [*problems, *faults_of(parts, tenant_id, basis)]
