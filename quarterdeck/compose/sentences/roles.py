"""Sentences of a role's own subject: each speaks where the role reads its KPIs and they can be worked out."""

from __future__ import annotations

from decimal import Decimal

from quarterdeck.compose.material import Material
from quarterdeck.compose.sentences.saying import before, known, minor, say, shown
from quarterdeck.errors import ReportError
from quarterdeck.model import KpiValue


def cash_lasts(material: Material) -> str | None:
    """How long cash lasts, and how long it would at the burn of the period before."""
    found = known(material, "runway", "cash", "net_burn")
    if found is None:
        return None
    runway, cash, burn = found
    had, burnt = minor(cash.value), minor(burn.previous)
    if had is None or not burnt or burnt < 0 or had < 0:
        return None
    return say(material, "cash_lasts", runway=_number(runway), other=Decimal(had) / burnt, before=before(material))


def against_budget(material: Material) -> str | None:
    """Net revenue beside its budget."""
    found = known(material, "net_revenue", "budget_attainment")
    if found is None:
        return None
    revenue, attained = found
    gap = _number(attained) - 1
    side = "on" if not round(gap, 3) else "over" if gap > 0 else "under"
    facts = {"revenue": shown(material, revenue), "gap": material.voice.percent(abs(gap))}
    return say(material, f"against_budget.{side}", **facts)


def customer_pays(material: Material) -> str | None:
    """What a new customer costs and what one is worth."""
    found = known(material, "acquisition_cost", "lifetime_value", "value_to_cost")
    if found is None:
        return None
    cost, worth, times = (shown(material, value) for value in found)
    return say(material, "customer_pays", cost=cost, worth=worth, times=times)


def code_unsafe(material: Material) -> str | None:
    """Secrets and known vulnerabilities, where there is one."""
    found = known(material, "secrets_in_code", "known_vulnerabilities")
    if found is None or not any(value.value for value in found):
        return None
    secrets, advisories = (int(_number(value)) for value in found)
    return say(material, "code_unsafe", secrets=secrets, advisories=advisories)


def cloud_saving(material: Material) -> str | None:
    """What of the cloud's cost could be saved, where there is something."""
    found = known(material, "aws_cost", "aws_saving")
    if found is None or not minor(found[1].value):
        return None
    cost, saving = (shown(material, value) for value in found)
    return say(material, "cloud_saving", cost=cost, saving=saving)


def documents_due(material: Material) -> str | None:
    """Expenses without a document, where there is one."""
    found = known(material, "missing_documents_amount", "missing_documents")
    if found is None or not minor(found[0].value):
        return None
    amount, share = (shown(material, value) for value in found)
    return say(material, "documents_due", amount=amount, share=share)


def house_let(material: Material) -> str | None:
    """How full the house was, and is ahead."""
    found = known(material, "occupancy", "nights_let_ahead")
    if found is None:
        return None
    now, ahead = (shown(material, value) for value in found)
    return say(material, "house_let", now=now, ahead=ahead)


def jobs_done(material: Material) -> str | None:
    """Jobs handed over, how many in time, and what they leave."""
    found = known(material, "jobs_delivered", "on_time_rate", "job_margin")
    if found is None:
        return None
    jobs, on_time, margin = found
    return say(
        material,
        "jobs_done",
        jobs=int(_number(jobs)),
        on_time=shown(material, on_time),
        margin=shown(material, margin),
    )


def hours_open(material: Material) -> str | None:
    """Hours that no invoice has, where there are some."""
    found = known(material, "unbilled_hours", "unbilled_value")
    if found is None or not _number(found[0]):
        return None
    hours, value = found
    return say(material, "hours_open", hours=_number(hours), value=shown(material, value))


def _number(value: KpiValue) -> Decimal:
    """A figure that is no amount; its unit says so."""
    if not isinstance(value.value, Decimal | int):
        raise ReportError(f"the KPI {value.id!r} should be a number", evidence={"value": str(value.value)})
    return Decimal(value.value)
