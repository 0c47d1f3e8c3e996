"""What proves something: `quarterdeck audit verify`, `export` and `reproduce`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded


def verify(config: Config = CONFIG, as_json: Json = False) -> None:
    """Check the trail's chain of hashes; exits with 1 where something was changed, deleted, inserted or cut off."""
    out = Out(as_json=as_json)

    def checked() -> int:
        from quarterdeck.steps.trail import verify as check
        from quarterdeck.wiring import open_parts

        verdict = check(open_parts(config))
        if as_json:
            out.json(verdict)
        else:
            for problem in verdict["problems"]:
                out.say(problem)
            out.say(f"{verdict['events']} events: the trail {'verifies' if verdict['ok'] else 'does not verify'}.")
        return OK if verdict["ok"] else FAILED

    guarded(out, checked)


def export(
    form: Annotated[str, typer.Option("--format", help="jsonl, to be checked; or csv, to be looked through.")] = "jsonl",
    tenant: Annotated[str, typer.Option(help="Only this tenant.")] = "",
    period: Annotated[str, typer.Option(help="Only what is about this period.")] = "",
    file: Annotated[Path | None, typer.Option("--output", "-o", help="Into this file, and not to standard output.")] = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Every event of the trail with its hash, for an auditor. Addresses are not in it."""
    out = Out(as_json=as_json)

    def written() -> int:
        from quarterdeck.errors import ConfigError
        from quarterdeck.steps.export import export as lines
        from quarterdeck.wiring import open_parts

        if as_json and file is None:
            raise ConfigError("--json tells what was written to a file, and there is none", remedy="name it with -o")
        made = lines(open_parts(config), form, tenant=tenant, period=period)
        if file is None:
            for line in made:
                out.raw(line)
            return OK
        count = out.write(file, made)
        if as_json:
            out.json({"file": str(file), "lines": count})
        else:
            out.say(f"wrote {count} lines to {file}")
        return OK

    guarded(out, written)


def reproduce(
    report_id: Annotated[str, typer.Argument(help="As in jada_cfo_2026-10.")],
    revision: Annotated[str, typer.Option(help="Another revision than the one that holds, or the start of it.")] = "",
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Make a filed report again from the snapshots it names; exits with 1 where it is not the one that was filed."""
    out = Out(as_json=as_json)

    def compared() -> int:
        from quarterdeck.steps.reproduce import reproduce as again
        from quarterdeck.wiring import open_parts
        from reports import role

        made = again(open_parts(config), role, report_id, revision)
        if as_json:
            out.json(made.as_dict())
        else:
            code = "" if made.code_then == made.code_now else f"; it was made by {made.code_then}, this is {made.code_now}"
            out.say(
                f"{report_id} revision {made.revision[:12]}: {'same' if made.is_same else 'differs'} in {made.compared}{code}"
            )
            for name in (*made.differs, *made.files):
                out.say(f"  {name}")
        return OK if made.is_same else FAILED

    guarded(out, compared)
