"""Amazon SES: each message as it is, to its one reader, in one request that is made once.

The API takes whom a message goes to apart from the message, so a copy that others must not see needs no Bcc header, and one
that had it is refused. Which report and which attempt a message is stands in tags, which SES repeats in every event about
it, and never in the message. SES has no way to ask for a message later: what became of a lost one its events tell.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import Field

from quarterdeck.addresses import Address
from quarterdeck.aws import Fault, fault_of
from quarterdeck.delivery import Envelope, Label, Means, Options, Reader, Receipt, Unsettled, channel, headers
from quarterdeck.delivery.handover import handing_over, watch
from quarterdeck.delivery.message import MAX_BYTES
from quarterdeck.delivery.ses_account import SANDBOX, Allowance, read_account
from quarterdeck.delivery.ses_answers import NOBODY_KNOWS, NOT_VERIFIED, Outcome, code_of, judge
from quarterdeck.delivery.ses_check import reach
from quarterdeck.errors import DeliveryError, DeliveryUnknown

MAILBOX_SIMULATOR = Address("success@simulator.amazonses.com")  # AWS's own reader, who always gets his mail and answers nothing
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_NO_TAG = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)
_FROM = re.compile(rb"^from[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_HIDDEN = re.compile(rb"(?:^|[\r\n])(?:resent-)?bcc[ \t]*:", re.IGNORECASE)


class SesOptions(Options):
    """`rate_per_second` is for an account that others send from too; it never goes beyond what the account may."""

    configuration_set: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    rate_per_second: Annotated[Decimal, Field(ge=Decimal("0.1"), le=10_000)] | None = None


@channel
class Ses:
    """Messages over SES, in the settings' region. `clock` tells nanoseconds that never go back; `sleep` takes seconds."""

    kind: ClassVar[str] = "ses"
    carries: ClassVar[str] = "mail"
    Options: ClassVar[type[Options]] = SesOptions

    def __init__(
        self,
        means: Means,
        options: Any = None,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._aws = means.aws
        self._options: SesOptions = options or SesOptions()
        rate = self._options.rate_per_second
        self._allowance = Allowance(lambda: read_account(means.aws), None if rate is None else float(rate), clock, sleep)

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        reader, label = envelope.reader, envelope.label
        if not isinstance(reader, Reader):
            raise DeliveryError("SES carries mails, and a room gets none", remedy="name rooms under `slack`")
        _refuse(envelope.message, envelope.sender)
        tags = {"report": label.report_id, "revision": label.revision, "attempt": attempt, "tenant": label.tenant}
        return Receipt(self._send(reader.address, envelope.message, tags, last_check))

    def check(self, sender: Address) -> str:
        return reach(self._aws, sender, self._options.configuration_set)

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:  # noqa: ARG002 - SES cannot be asked
        return Unsettled.UNSURE

    def canary(self, sender: Address, name: str) -> str:
        """Send a few words to AWS's mailbox simulator: the event about them shows that events come through.

        The id of the message, which is not a delivery: it goes into no trail. Errors as those of `send`.
        """
        return self._send(MAILBOX_SIMULATOR, _canary(sender), {"canary": name}, lambda: None)

    def describe(self) -> tuple[str, ...]:
        """What a person should know of the account, a line each; it is read where it was not read lately."""
        return tuple(self._allowance.account().remarks())

    @cached_property
    def _client(self) -> Any:
        client = self._aws.client("sesv2", "once")
        watch(client, "sesv2", "SendEmail")
        return client

    def _send(self, reader: Address, message: bytes, tags: Mapping[str, str], last_check: Callable[[], None]) -> str:
        # FromEmailAddress stays out: SES would write it over the message's own From header.
        request = {
            "Destination": {"ToAddresses": [headers.checked(reader, "the reader").spec]},
            "Content": {"Raw": {"Data": message}},
            "EmailTags": [{"Name": f"quarterdeck-{name}", "Value": tag(value)} for name, value in tags.items()],
        }
        if self._options.configuration_set:
            request["ConfigurationSetName"] = self._options.configuration_set
        self._allowance.take()
        with handing_over(last_check) as handover:
            try:
                told = self._client.send_email(**request)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is known whether the message was handed over
                # Without its cause: AWS's own words hold addresses, and an error's causes get into logs.
                raise handover.objection or self._meaning(error, handed_over=handover.is_complete) from None
        name = told.get("MessageId")
        if not isinstance(name, str) or not name:
            raise DeliveryUnknown("SES answered without the message's id", remedy=NOBODY_KNOWS)
        return name

    def _meaning(self, error: Exception, *, handed_over: bool) -> DeliveryError | DeliveryUnknown:
        fault = fault_of(error) or Fault(type(error).__name__, "", 0, answered=False)
        answer = judge(fault, handed_over=handed_over)
        what = f"{answer.meaning} ({code_of(fault)})"
        evidence = {"code": code_of(fault), "status": str(fault.status)}
        if answer.outcome is Outcome.UNKNOWN:
            return DeliveryUnknown(what, remedy=answer.remedy, evidence=evidence)
        is_sandboxed = answer.says == NOT_VERIFIED and self._allowance.account().in_sandbox
        return DeliveryError(
            what,
            remedy=f"{answer.remedy}; {SANDBOX}" if is_sandboxed else answer.remedy,
            permanent=answer.outcome is Outcome.FAIL,
            retry_after=answer.retry_after,
            evidence=evidence,
        )


def tag(value: str) -> str:
    """A value as SES takes it in a tag: as it is, or what can be kept of it with the digest of all of it."""
    if _TAG.fullmatch(value):
        return value
    return f"{_NO_TAG.sub('_', value)[:200]}_{hashlib.sha256(value.encode(errors='backslashreplace')).hexdigest()[:32]}"


def _refuse(message: bytes, sender: Address) -> None:
    """Raise DeliveryError for a message that is too large, comes from another, or names readers whom nobody may see."""
    if len(message) > MAX_BYTES:
        raise DeliveryError(
            f"the message has {len(message)} bytes, more than {MAX_BYTES}", remedy="attach less and link to the archive"
        )
    head, blank, _ = message.partition(b"\r\n\r\n")
    own = headers.addresses("From", (sender,)).encode()
    if not blank or _FROM.findall(head) != [own]:
        raise DeliveryError("the message does not come from its sender", remedy="nothing was sent; make it again")
    if _HIDDEN.search(head):
        raise DeliveryError("the message has a Bcc header, which its readers would see")


def _canary(sender: Address) -> bytes:
    lines = (
        headers.addresses("From", (sender,)),
        headers.addresses("To", (MAILBOX_SIMULATOR,)),
        "Subject: Do events come through?",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "Nobody reads this message; the event about it is what matters.",
        "",
    )
    return "\r\n".join(lines).encode()
