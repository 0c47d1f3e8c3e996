"""`quarterdeck check`: whether a run would find everything that it needs; nothing is sent and nothing changed."""

from __future__ import annotations

from pathlib import Path

from flows.console import CONFIG, FAILED, OK, Config, Json, Out, guarded, show_checks


def check(config: Config = CONFIG, as_json: Json = False) -> None:
    """Reach every source, channel and store, and the Prefect server where PREFECT_API_URL names one; send nothing."""
    out = Out(as_json=as_json)
    guarded(out, lambda: _check(out, config))


def _check(out: Out, config: Path) -> int:
    from flows.embedded import has_server
    from quarterdeck.steps import check as step
    from quarterdeck.wiring import open_parts
    from reports import roles

    parts = open_parts(config)
    found = [*step.check(parts, roles())]
    if has_server(parts.settings.home):
        from flows.check_server import check_server

        found += check_server(parts.settings.file)
    show_checks(out, "Checks", found)
    wrong = sum(each.state == step.PROBLEM for each in found)
    out.say(f"\n{len(found)} checks, {wrong or 'no'} {'problem' if wrong < 2 else 'problems'}.")
    return FAILED if wrong else OK
