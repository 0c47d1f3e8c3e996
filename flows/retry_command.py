"""`quarterdeck retry`: what earlier runs left is made and sent, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.console import CONFIG, Config, Json, Out, guarded
from flows.embedded import show_summary


def retry(
    period: Annotated[str, typer.Option(help="Only what is left of this period, as for `run`; of all when left out.")] = "",
    tenant: Annotated[list[str] | None, typer.Option(help="Only this tenant; may be given again.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Only this role; may be given again.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Send again what was refused for good, too.")] = False,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Make the reports that failed, and send what waits to be sent: what is out is never sent twice."""
    out = Out(as_json=as_json)
    guarded(out, lambda: _retry(out, config, period, tenant or [], role or [], failed=failed), of_run=True)


def _retry(out: Out, config: Path, period: str, tenants: list[str], roles: list[str], *, failed: bool) -> int:
    from flows.left import make_left
    from flows.plain import Plain, in_threads
    from quarterdeck.errors import ConfigError
    from quarterdeck.steps.plan import period_of
    from quarterdeck.steps.retry import Asked
    from quarterdeck.wiring import open_parts
    from reports import roles as all_roles

    parts = open_parts(config)
    for tenant in tenants:
        parts.settings.tenant(tenant)
    for role in roles:
        if role not in all_roles():
            raise ConfigError(f"there is no role {role!r}", remedy=f"known: {', '.join(all_roles())}")
    text = period_of(period, parts.settings, parts.clock(), ()).text if period else ""
    out.progress()
    with Plain.of(parts.settings) as engine:
        asked = Asked(text, tenants, roles, failed=failed)
        return show_summary(out, make_left(engine, parts, in_threads(engine, parts), asked))
