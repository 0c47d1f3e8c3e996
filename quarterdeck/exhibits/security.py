"""Security: what was found, where, and what to do about it; stack by stack, how each one stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._findings import OPEN, Finding, facts, place, remedy, resource, security, seen, state, title, voice_of
from quarterdeck.exhibits._grid import Row, grid, shown, text
from quarterdeck.model import At, Exhibit, Severity

_LISTED = 40
_GAPS = 3  # of each stack, the worst
_RATINGS = {None: "good", "low": "good", "medium": "fair", "high": "weak", "critical": "critical"}
_SERVICES = {
    "lambda": "Lambda",
    "apigateway": "API Gateway",
    "cloudfront": "CloudFront",
    "route53": "Route 53",
    "s3": "S3",
    "dynamodb": "DynamoDB",
    "logs": "CloudWatch Logs",
    "secretsmanager": "Secrets Manager",
    "ec2": "EC2",
}
_UNKNOWN = "Users, names and networks"  # what no resource of the roll-up stands for

Stack = tuple[str, str]  # tenant, name


@exhibit("security_table", title="Security findings")
def security_table(findings: pd.DataFrame, tenant: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - like all
    """Findings of the rules of security with their place, state and remedy: open ones by severity, accepted, fixed."""
    voice = voice_of(tenant)
    rows: list[Row] = [
        (
            row["tenant"],
            (
                row["severity"],
                title(row, voice),
                " · ".join(filter(None, (resource(row), place(row)))),
                state(row, voice),
                seen(row),
                remedy(row, voice),
                ", ".join(filter(None, row["checks"].split(","))) or None,
            ),
        )
        for row in security(findings)
    ]
    return grid(
        (
            text("severity", "Severity"),
            text("finding", "Finding"),
            text("where", "Where"),
            text("state", "State"),
            text("seen", "First and last seen"),
            text("remedy", "Remedy"),
            text("checks", "Prowler"),
        ),
        rows[:_LISTED],
        note=shown(len(rows), _LISTED),
    )


@exhibit("stacks_table", title="Stack by stack")
def stacks_table(
    findings: pd.DataFrame,
    tenant: pd.DataFrame,
    resources: pd.DataFrame,
    repositories: pd.DataFrame,
    inventory_asked: pd.DataFrame,
    at: At,  # noqa: ARG001 - asked for a period like all
) -> Exhibit | None:
    """Every stack of AWS and every repository with a rating by its worst open gap, and the worst gaps with their remedies.

    A stack is what a tag says, else a service. Good: no gap above low; fair: medium; weak: high; critical.
    """
    voice = voice_of(tenant)
    parts = _parts(resources, repositories)
    gaps: dict[Stack, list[Finding]] = {stack: [] for stack in parts}
    known = _known(resources)
    for row in security(findings):
        if row["state"] in OPEN:
            gaps.setdefault(_stack(row, known, repositories), []).append(row)
    rows: list[Row] = []
    for stack in sorted(gaps, key=lambda stack: (_worst(gaps[stack]), stack)):
        found = gaps[stack]
        rating = _RATINGS[found[0]["severity"] if found else None]
        kinds = parts.get(stack, {})
        lead = (stack[1], _made_of(kinds), rating)
        worst = [(title(row, voice), remedy(row, voice)) for row in found[:_GAPS]]
        if len(found) > _GAPS:
            worst.append((f"and {len(found) - _GAPS} more", ""))
        listed: list[tuple[str | None, str | None]] = [*worst] or [(None, None)]
        rows += [(stack[0], (*lead, *gap)) for gap in listed]
    return grid(
        (
            text("stack", "Stack"),
            text("parts", "Made of"),
            text("rating", "Rating"),
            text("gap", "Gap"),
            text("remedy", "Remedy"),
        ),
        rows,
        note=_unread(inventory_asked),
    )


def _made_of(kinds: Mapping[str, int]) -> str | None:
    """Kinds and how many there are of each, `function (4)`; one alone needs no number."""
    return ", ".join(f"{kind} ({number})" if number > 1 else kind for kind, number in sorted(kinds.items())) or None


def _worst(found: list[Finding]) -> int:
    return Severity(found[0]["severity"]).rank if found else len(Severity)


def _parts(resources: pd.DataFrame, repositories: pd.DataFrame) -> dict[Stack, dict[str, int]]:
    """By stack, how many resources of which kinds it is made of."""
    parts: dict[Stack, dict[str, int]] = {}
    for row in resources.to_dict("records"):
        kinds = parts.setdefault((row["tenant"], _name(row)), {})
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    for row in repositories.to_dict("records"):
        parts.setdefault((row["tenant"], row["repository"]), {})["repository"] = 1
    return parts


def _name(row: Mapping[Any, Any]) -> str:
    return str(row["stack"]) if isinstance(row["stack"], str) else _SERVICES.get(row["service"], str(row["service"]))


Known = Mapping[tuple[str, str, str, str], str]
"""Stacks by tenant, account, region, and the id or name of a resource."""


def _known(resources: pd.DataFrame) -> Known:
    known: dict[tuple[str, str, str, str], str] = {}
    for row in resources.to_dict("records"):
        for called in (row["name"], row["resource"]):  # an id is surer than a name, and comes last
            known[row["tenant"], row["account"], row["region"], called] = _name(row)
    return known


def _stack(row: Finding, known: Known, repositories: pd.DataFrame) -> Stack:
    """The stack that a finding is in: of its resource, or of what that is a part of (`function/variable`, `function:alias`)."""
    told = facts(row)
    if "account" not in told:
        name = str(told.get("repository", row["subject"]))
        return (row["tenant"], name if name in set(repositories["repository"]) else _UNKNOWN)
    for called in _called(str(told["resource"])):
        stack = known.get((row["tenant"], str(told["account"]), str(told["region"]), called))
        if stack is not None:
            return (row["tenant"], stack)
    return (row["tenant"], _UNKNOWN)


def _called(resource: str) -> Iterable[str]:
    yield resource
    yield resource.rpartition("/")[0] or resource
    yield resource.rpartition(":")[0] or resource


def _unread(asked: pd.DataFrame) -> str:
    """Which services could not be read in full: what they run may have gaps that nobody saw."""
    failed = asked.loc[asked["status"] == "failed", "service"]
    named = sorted({_SERVICES.get(service, service) for service in failed})
    return f"Not read in full: {', '.join(named)}" if named else ""
