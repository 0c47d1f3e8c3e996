"""What a person decides, on record: `quarterdeck audit resolve`, `approve` and `forget`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded
from quarterdeck.steps.summary import problem_dict

By = Annotated[str, typer.Option(help="The name of who decides, which is kept for good.")]


def resolve(
    key: Annotated[str, typer.Argument(help="The delivery's key, or the start of it, as `audit show` prints it.")],
    sent: Annotated[bool, typer.Option("--sent/--resend", help="It did go out; or: send it again with the next run.")],
    by: By,
    reason: Annotated[str, typer.Option(help="What the decision rests on.")],
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Say what became of a delivery of which nobody knows whether it went out; the decision is kept in the trail."""
    out = Out(as_json=as_json)

    def decided() -> int:
        from quarterdeck.steps.trail import resolve as decide
        from quarterdeck.wiring import open_parts

        row = decide(open_parts(config), key, sent=sent, by=by, reason=reason)
        if as_json:
            out.json([row])
        else:
            out.say(f"{row['report_id']} to {row['reader']} is {row['state']}.")
        return OK

    guarded(out, decided)


def approve(
    report_id: Annotated[str, typer.Argument(help="As in jada_cfo_2026-10.")],
    by: By,
    reason: Annotated[str, typer.Option(help="What the decision rests on.")] = "",
    revision: Annotated[str, typer.Option(help="Another revision than the one that holds, or the start of it.")] = "",
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Let a report go that waits for it; the next `run --deliver` or `retry` sends it."""
    out = Out(as_json=as_json)

    def decided() -> int:
        from quarterdeck.steps.approval import approve as decide
        from quarterdeck.steps.trail import shown
        from quarterdeck.wiring import open_parts

        rows = [shown(row) for row in decide(open_parts(config), report_id, by=by, reason=reason, revision=revision)]
        if as_json:
            out.json(rows)
        else:
            out.table("Let go", ("report_id", "channel", "reader"), [(r["report_id"], r["channel"], r["reader"]) for r in rows])
            out.say("`quarterdeck retry` sends it now, or the next `quarterdeck run --deliver`.")
        return OK

    guarded(out, decided)


def forget(
    address: Annotated[str, typer.Argument(help="The address, as in ana@example.com.")],
    by: By,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Take a reader's address out of the trail, the outbox and the previews; the trail verifies as before."""
    out = Out(as_json=as_json)

    def decided() -> int:
        from quarterdeck.steps.forget import forget as decide
        from quarterdeck.wiring import open_parts

        done = decide(open_parts(config), address, by=by)
        if as_json:
            problems = [problem_dict(problem) for problem in done.problems]
            out.json({"records": done.records, "files": done.files, "problems": problems})
        else:
            out.say(f"taken out of {done.records} records; {done.files} files of messages removed.")
        for problem in done.problems:
            out.problem(problem)
        return FAILED if done.problems else OK

    guarded(out, decided)
