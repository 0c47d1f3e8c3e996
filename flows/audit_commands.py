"""`quarterdeck audit`: who was told what, when; and whether the trail holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.audit_decisions import approve, forget, resolve
from flows.audit_proofs import export, reproduce, verify
from flows.console import CONFIG, OK, Config, Json, Out, guarded

if TYPE_CHECKING:
    from quarterdeck.wiring import Parts

audit = typer.Typer(no_args_is_help=True, help="The trail: who was told what, when.")


@audit.command("list")
def list_(
    period: Annotated[str | None, typer.Option(help="Only this period.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant.")] = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Every delivery, one row a report and reader."""
    out = Out(as_json=as_json)

    def shown() -> int:
        from quarterdeck.steps.trail import deliveries

        rows = deliveries(_parts(config), period=period, tenant=tenant)
        if as_json:
            out.json(rows)
        else:
            heads = ("report_id", "revision", "channel", "reader", "state", "updated_at")
            out.table("Deliveries", heads, [[_cell(head, row[head]) for head in heads] for row in rows])
        return OK

    guarded(out, shown)


@audit.command()
def show(
    report_id: Annotated[str, typer.Argument(help="As in jada_cfo_2026-10.")], config: Config = CONFIG, as_json: Json = False
) -> None:
    """The whole story of one report, in order, and where each of its deliveries stands."""
    out = Out(as_json=as_json)

    def shown() -> int:
        from quarterdeck.steps.tell import lines
        from quarterdeck.steps.trail import story

        told = story(_parts(config), report_id)
        if as_json:
            out.json(told)
            return OK
        for revision in told["revisions"]:
            until = f"  until {revision['page_expires']}" if revision["page_expires"] else ""
            out.say(f"revision {revision['revision'][:12]}  {revision['page']}{until}")
        for line in lines(told):
            out.say(line)
        heads = ("key", "reader", "channel", "state", "updated_at", "reason")
        out.table("Deliveries", heads, [[_cell(head, row[head]) for head in heads] for row in told["deliveries"]])
        return OK

    guarded(out, shown)


for command in (approve, resolve, forget, verify, export, reproduce):
    audit.command()(command)


def _cell(head: str, value: str | None) -> str:
    return (value or "")[:12] if head in {"key", "revision"} else value or ""


def _parts(config: Path) -> Parts:
    from quarterdeck.wiring import open_parts  # late, so that --help stays quick

    return open_parts(config)
