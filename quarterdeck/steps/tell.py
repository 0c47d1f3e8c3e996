"""One report's story as a person reads it: what was filed, planned, let go, tried, sent, delivered, revised, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from quarterdeck.steps.approval import APPROVAL
from quarterdeck.steps.trial import ASKED, OUTCOME

Json = Mapping[str, Any]
_SHORT = 12


def lines(told: Json) -> Iterator[str]:
    """The story of `audit show` as lines, one an event, the oldest first; times are UTC."""
    who = {row["key"]: f"{row['reader']} over {row['channel']}" for row in told["deliveries"]}
    revisions = {row["key"]: row["revision"][:_SHORT] for row in told["deliveries"]}
    for event in told["events"]:
        match event["kind"]:
            case "report":
                words = _filed(event["facts"])
            case "delivery":
                key = event["id"]
                words = f"{revisions.get(key, '?')} to {who.get(key, 'somebody')}: {_delivery(event)}"
            case _:
                words = _noted(event["facts"])
        yield f"{_moment(event['at'])}  {words}"


def _filed(facts: Json) -> str:
    made = f"revision {facts['revision'][:_SHORT]} filed, made of {_many(len(facts['snapshots']), 'snapshot')}"
    return f"{made}, to be read by {_many(len(facts['recipients']), 'reader')}"


def _delivery(event: Json) -> str:
    say = _WORDS.get(event["event"])
    return say(event) if say else f"{event['event']}, now {event['facts']['state']}"


def _planned(event: Json) -> str:
    facts = event["facts"]
    if facts["state"] == "awaiting_approval":
        return "planned, waits for an approval"
    return f"planned{_from(facts)}"


def _taken_back(event: Json) -> str:
    facts = event["facts"]
    return f"{'will not be sent' if facts['state'] == 'cancelled' else facts['state']}: {facts['reason']}"


def _refused(event: Json) -> str:
    facts = event["facts"]
    end = "for good" if facts["state"] == "failed" else f"for now{_from(facts)}"
    return f"refused {end}: {facts['reason']}"


def _resolved(event: Json) -> str:
    decision = "it is out" if event["facts"]["state"] == "sent" else "it is to be sent again"
    return f"{event['by']} decides that {decision}: {event['facts']['reason']}"


def _accepted(event: Json) -> str:
    facts = event["facts"]
    why = f" ({facts['reason']})" if facts["reason"] else ""
    return f"sent, as {facts['message_id']}{why}"


_WORDS: Mapping[str, Callable[[Json], str]] = {
    "plan": _planned,
    "refresh": lambda event: f"planned anew{_from(event['facts'])}",
    "approve": lambda event: f"let go by {event['by']}",
    "claim": lambda event: f"taken in hand by {event['facts']['owner']}",
    "unclaim": lambda event: f"given back: {event['facts']['reason']}",
    "send": lambda event: f"handed to the channel, try {len(event['facts']['attempts'])}",
    "accept": _accepted,
    "refuse": _refused,
    "lose": lambda event: f"nobody knows whether it went out: {event['facts']['reason']}",
    "expire": lambda event: f"nobody knows whether it went out: {event['facts']['reason']}",
    "ownergone": lambda _: "who had it in hand runs no more",
    "release": lambda event: f"certainly not out, planned again: {event['facts']['reason']}",
    "hold": lambda event: f"left to a person: {event['facts']['reason']}",
    "resolve": _resolved,
    "close": _taken_back,
    "reopen": lambda event: f"taken up again: {event['facts']['reason']}",
    "hear": lambda event: f"{event['facts']['state']}{_because(event['facts'])}",
    "remark": lambda event: f"on its way{_because(event['facts'])}",
}


def _noted(facts: Json) -> str:
    kind, own = facts["kind"], facts["facts"]
    revision = str(own.get("revision", ""))[:_SHORT]
    if kind == APPROVAL:
        why = f": {own['reason']}" if own["reason"] else ""
        return f"{own['by']} approves revision {revision} for {_many(len(own['deliveries']), 'reader')}{why}"
    if kind == ASKED:
        return f"revision {revision} is sent to somebody as a test over {own['channel']}"
    if kind == OUTCOME:
        return f"the test is {own['outcome']}: {own.get('message_id') or own.get('reason')}"
    return f"noted: {kind}"


def _from(facts: Json) -> str:
    return f", not before {_moment(facts['not_before'])}" if facts.get("not_before") else ""


def _because(facts: Json) -> str:
    return f": {facts['reason']}" if facts.get("reason") else ""


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
