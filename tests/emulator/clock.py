"""A clock for what is made in the emulator: a resource can have been made last year.

`POST /_clock {"now": "2025-03-01T00:00:00+00:00"}` sets it, and from then on it goes on at the pace of time; `{"now": null}`
goes back to the machine's own. It stands behind every date that moto writes down; signatures and answers know nothing of it.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import time as real_time
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
_OFFSET = [dt.timedelta()]
# Where moto asks what time it is: by its own helpers almost everywhere, and by itself in these modules.
_MODULES = ("core.utils", "s3.models", "apigatewayv2.models", "secretsmanager.models")


class _Kind(type):
    """Dates made elsewhere are dates here too."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, dt.datetime)


class Datetime(dt.datetime, metaclass=_Kind):
    """The class `datetime`, with another now."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return dt.datetime.now(tz) + _OFFSET[0]


class _Module:
    """A module with some names of its own."""

    def __init__(self, module: Any, **names: Any) -> None:
        self.__dict__.update(vars(module) | names)


def layer(app: Application) -> Application:
    """The application with the clock beside it."""

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/_clock":
            return app(environ, start)
        told = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        _set(told["now"])
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    return serve


def _set(now: str | None) -> None:
    there = dt.datetime.now(dt.UTC)
    _OFFSET[0] = dt.datetime.fromisoformat(now) - there if now else dt.timedelta()
    for name in _MODULES:
        _patch(importlib.import_module(f"moto.{name}"))


def _patch(module: Any) -> None:
    """Let a module ask this clock, however it imported the other one; once is enough."""
    if getattr(module, "datetime", None) is dt:
        module.datetime = _Module(dt, datetime=Datetime)
    elif getattr(module, "datetime", None) is dt.datetime:
        module.datetime = Datetime
    if getattr(module, "time", None) is real_time:
        module.time = _Module(real_time, time=lambda: real_time.time() + _OFFSET[0].total_seconds())
