"""What SES tells, in both of its dialects: notifications of an identity, events of a configuration set.

Only the second repeats a message's tags. Fields that are not used are not looked at, and SES may add some.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from quarterdeck import codec
from quarterdeck.errors import FeedbackError
from quarterdeck.feedback.documents import Document, moment, part, text, words
from quarterdeck.feedback.events import Kind, MailEvent, Unknown

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._=+-]{1,200}", re.ASCII)
_TYPE = re.compile(r"[A-Za-z ]{1,60}", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_TAGS = {"attempt": "quarterdeck-attempt", "report_id": "quarterdeck-report", "tenant": "quarterdeck-tenant"}
_CANARY = "quarterdeck-canary"
_MOST_RECIPIENTS = 50  # as many as a message of SES has
_MOST_ADDRESS = 320
_SPEC = re.compile(r"<([^<>]*)>\s*$")
_NOT_SPAM = "not-spam"

# A recipient as a section lists it, and what was said about it: an address, or an object that holds one.
Recipient = tuple[str, Document]


def parse(document: Document) -> tuple[MailEvent, ...] | Unknown:
    """The events of one message of SES; FeedbackError where it is none, or lacks what an event must have."""
    type = _type(document)
    if type not in _FORMS:
        return _unknown(document, type)
    form, mail = _FORMS[type], part(document, "mail")
    section = _section(document, form.sections)
    at = moment(section if "timestamp" in section else mail, "timestamp")
    message_id, tags = _message_id(mail), _tags(mail)
    feedback = words(section, "feedbackId") or at.isoformat()
    kind, permanent = form.kind(section)
    found = sorted(_once(form.recipients(section, mail)).items())
    if not found:
        raise FeedbackError("the message names no recipient")
    return tuple(
        MailEvent(
            # Where a recipient stands among the others, and not the address: an id goes where no address may.
            id=codec.digest([kind.value, message_id, tags["attempt"], feedback, position]),
            kind=kind,
            message_id=message_id,
            recipient=address,
            at=at,
            permanent=permanent,
            said=_said(section, told),
            **tags,
        )
        for position, (address, told) in enumerate(found)
    )


def _type(document: Document) -> str:
    names = {str(document[key]) for key in ("eventType", "notificationType") if isinstance(document.get(key), str)}
    if len(names) != 1 or not _TYPE.fullmatch(type := names.pop()):
        raise FeedbackError("the message is no event of SES")
    return type


def _unknown(document: Document, type: str) -> Unknown:
    mail = document.get("mail")
    message_id = _message_id(mail) if isinstance(mail, dict) else ""
    return Unknown(codec.digest([type, document]), type, message_id)


def _message_id(mail: Document) -> str:
    found = text(mail, "messageId")
    if not _MESSAGE_ID.fullmatch(found):
        raise FeedbackError("the message's messageId is none of SES")
    return found


def _section(document: Document, names: tuple[str, ...]) -> Document:
    """The part of an event that is its own; the event of a send may have none."""
    found = [document[name] for name in names if isinstance(document.get(name), dict)]
    if not found and names != ("send",):
        raise FeedbackError(f"the message has no {names[0]}")
    return found[0] if found else {}


def _tags(mail: Document) -> dict[str, str]:
    tags = mail.get("tags")
    known = tags if isinstance(tags, dict) else {}
    return {field: _tag(known, name) for field, name in (*_TAGS.items(), ("canary", _CANARY))}


def _tag(tags: Document, name: str) -> str:
    """The one value of a tag, or nothing; FeedbackError for a value that we never send."""
    values = tags.get(name)
    if values is None:
        return ""
    if not isinstance(values, list) or len(values) != 1 or not isinstance(values[0], str) or not _TAG.fullmatch(values[0]):
        raise FeedbackError(f"the message's tag {name} is none of ours")
    return values[0]


def _once(recipients: Iterable[Recipient]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for address, told in recipients:
        found.setdefault(address, told)
    if len(found) > _MOST_RECIPIENTS:
        raise FeedbackError(f"the message names more than {_MOST_RECIPIENTS} recipients")
    return found


def _address(value: object) -> str:
    """An address as it can be compared: without its name, in lower case."""
    if not isinstance(value, str) or not value.strip() or len(value) > _MOST_ADDRESS or not value.isprintable():
        raise FeedbackError("the message names a recipient that is none")
    inside = _SPEC.search(value)
    return (inside[1] if inside else value).strip().lower()


def _of_mail(_section: Document, mail: Document) -> Iterable[Recipient]:
    return _plain(mail, "destination")


def _plain(holder: Document, name: str) -> Iterable[Recipient]:
    return ((_address(value), {}) for value in _list(holder, name))


def _objects(name: str) -> Callable[[Document, Document], Iterable[Recipient]]:
    def recipients(section: Document, _mail: Document) -> Iterable[Recipient]:
        for value in _list(section, name):
            if not isinstance(value, dict):
                raise FeedbackError("the message names a recipient that is none")
            yield _address(value.get("emailAddress")), value

    return recipients


def _list(holder: Document, name: str) -> list[object]:
    found = holder.get(name)
    if not isinstance(found, list):
        raise FeedbackError(f"the message has no {name}")
    return found


def _said(section: Document, told: Document) -> str:
    """What servers and SES said of it, the most telling first."""
    kinds = (words(section, name) for name in ("bounceType", "bounceSubType", "complaintFeedbackType", "complaintSubType"))
    others = (words(section, name) for name in ("delayType", "reason", "errorMessage", "smtpResponse"))
    own = (words(told, name) for name in ("status", "diagnosticCode"))
    return ", ".join(part for part in (*kinds, *others, *own) if part)


class _Form(NamedTuple):
    """How events of a type are built: the names of their section, what kind they are, and whom they are about."""

    sections: tuple[str, ...]
    kind: Callable[[Document], tuple[Kind, bool]]
    recipients: Callable[[Document, Document], Iterable[Recipient]]


def _always(kind: Kind) -> Callable[[Document], tuple[Kind, bool]]:
    return lambda _section: (kind, False)


def _bounce(section: Document) -> tuple[Kind, bool]:
    return Kind.BOUNCE, text(section, "bounceType") == "Permanent"


def _complaint(section: Document) -> tuple[Kind, bool]:
    return (Kind.WANTED if words(section, "complaintFeedbackType") == _NOT_SPAM else Kind.COMPLAINT), False


def _delivered(section: Document, _mail: Document) -> Iterable[Recipient]:
    return _plain(section, "recipients")


_FAILURE = _Form(("failure", "renderingFailure"), _always(Kind.RENDERING_FAILURE), _of_mail)
_FORMS: Mapping[str, _Form] = {
    "Send": _Form(("send",), _always(Kind.SEND), _of_mail),
    "Delivery": _Form(("delivery",), _always(Kind.DELIVERY), _delivered),
    "Bounce": _Form(("bounce",), _bounce, _objects("bouncedRecipients")),
    "Complaint": _Form(("complaint",), _complaint, _objects("complainedRecipients")),
    "DeliveryDelay": _Form(("deliveryDelay",), _always(Kind.DELAY), _objects("delayedRecipients")),
    "Reject": _Form(("reject",), _always(Kind.REJECT), _of_mail),
    "Rendering Failure": _FAILURE,
    "RenderingFailure": _FAILURE,
}
