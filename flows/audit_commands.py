"""`quarterdeck audit`: who was told what, when; and whether the trail holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded

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
    """The whole story of one report: its revisions, what they were made of, and what became of each delivery."""
    out = Out(as_json=as_json)

    def shown() -> int:
        from quarterdeck.steps.trail import story

        told = story(_parts(config), report_id)
        if as_json:
            out.json(told)
            return OK
        for revision in told["revisions"]:
            out.say(f"{report_id}  revision {revision['revision'][:12]}  filed {revision['filed_at']}")
            out.say(f"  made of {len(revision['snapshots'])} snapshots")
            until = f"  until {revision['page_expires']}" if revision["page_expires"] else ""
            out.say(f"  {revision['page']}{until}")
        heads = ("key", "reader", "channel", "state", "updated_at", "reason")
        out.table("Deliveries", heads, [[_cell(head, row[head]) for head in heads] for row in told["deliveries"]])
        return OK

    guarded(out, shown)


@audit.command()
def resolve(
    key: Annotated[str, typer.Argument(help="The delivery's key, or the start of it, as `audit show` prints it.")],
    sent: Annotated[bool, typer.Option("--sent/--resend", help="It did go out; or: send it again with the next run.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="What the decision rests on.")],
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Say what became of a delivery of which nobody knows whether it went out; the decision is kept in the trail."""
    out = Out(as_json=as_json)

    def decided() -> int:
        from quarterdeck.steps.trail import resolve as decide

        row = decide(_parts(config), key, sent=sent, by=by, reason=reason)
        if as_json:
            out.json([row])
        else:
            out.say(f"{row['report_id']} to {row['reader']} is {row['state']}.")
        return OK

    guarded(out, decided)


@audit.command()
def verify(config: Config = CONFIG, as_json: Json = False) -> None:
    """Check the trail's chain of hashes; exits with 1 where something was changed, deleted, inserted or cut off."""
    out = Out(as_json=as_json)

    def checked() -> int:
        from quarterdeck.steps.trail import verify as check

        verdict = check(_parts(config))
        if as_json:
            out.json(verdict)
        else:
            for problem in verdict["problems"]:
                out.say(problem)
            out.say(f"{verdict['events']} events: the trail {'verifies' if verdict['ok'] else 'does not verify'}.")
        return OK if verdict["ok"] else FAILED

    guarded(out, checked)


def _cell(head: str, value: str | None) -> str:
    return (value or "")[:12] if head in {"key", "revision"} else value or ""


def _parts(config: Path) -> Parts:
    from quarterdeck.wiring import open_parts  # late, so that --help stays quick

    return open_parts(config)
