"""`quarterdeck setup`: work pool, deployments and automations, made on the Prefect server; again: nothing is made twice."""

from __future__ import annotations

from pathlib import Path

from flows.console import CONFIG, OK, Config, Json, Out, guarded, show_checks


def setup(config: Config = CONFIG, as_json: Json = False) -> None:
    """Make work pool, deployments and automations on the server that PREFECT_API_URL names, as this checkout has them."""
    out = Out(as_json=as_json)
    guarded(out, lambda: _setup(out, config))


def _setup(out: Out, config: Path) -> int:
    from flows.embedded import has_server
    from quarterdeck.config import load_settings
    from quarterdeck.errors import ConfigError

    if not has_server(load_settings(config).home):
        remedy = "start one with `prefect server start` and set PREFECT_API_URL, as to http://127.0.0.1:4200/api"
        raise ConfigError("no Prefect server is named", remedy=remedy)
    from flows.set_up_server import set_up_server

    made = set_up_server()
    show_checks(out, "Set up", made)
    out.say("\nStart a worker, and keep it running: prefect worker start --pool quarterdeck")
    return OK
