"""A report as data for another program: what it says first, what is to be done, its figures, and where the rest is.

Texts are plain and of unknown origin: whoever shows them escapes them. What does not fit is left out, last rows first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterdeck import codec
from quarterdeck.render.clean import clean, link

MOST_BYTES = 18_000  # of the data; an event has less than 20 kB in all
_ROWS = (20, 10, 5, 2, 0)  # of each list, tried in this order
_TEXT = 300


def event_data(document: Mapping[str, Any], address: str | None) -> dict[str, Any]:
    """What an event says of a report; `address` is where the whole of it can be read, if there is such a place."""
    shortened = (_data(document, address, most) for most in _ROWS)
    return next((data for data in shortened if len(codec.canonical(data).encode()) <= MOST_BYTES), _data(document, None, 0))


def _data(document: Mapping[str, Any], address: str | None, most: int) -> dict[str, Any]:
    heading, bottom_line = document["heading"], document["bottom_line"]
    actions, kpis = document["actions"], document["kpis"]
    return {
        "report_id": document["report_id"],
        "revision": document["revision"],
        "tenant": document["tenant"],
        "role": document["role"],
        "period": document["period"],
        "title": clean(f"{heading['tenant']} · {heading['role']} · {heading['period']}"),
        "grade": document["grade"],
        "bottom_line": clean(bottom_line["sentence"]["text"], _TEXT),
        "points": [clean(point["text"], _TEXT) for point in bottom_line["points"][:most]],
        "actions": [_action(action) for action in actions[:most]],
        "actions_total": len(actions),
        "kpis": [_kpi(kpi) for kpi in kpis[:most]],
        "kpis_total": len(kpis),
        "notices": [clean(notice["text"], _TEXT) for notice in document["data_notice"][:most]],
        "url": link(address) or None,
    }


def _action(action: Mapping[str, Any]) -> dict[str, Any]:
    same = ("code", "finding", "tenant", "priority", "effort", "due")
    return {
        **{name: action[name] for name in same},
        "what": clean(action["what"], _TEXT),
        "owner": clean(action["owner"]),
    }


def _kpi(kpi: Mapping[str, Any]) -> dict[str, Any]:
    same = ("id", "unit", "value", "state", "grade")
    return {**{name: kpi[name] for name in same}, "label": clean(kpi["label"]), "display": clean(kpi["display"])}
