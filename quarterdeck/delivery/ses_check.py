"""Whether SES would take messages of a sender: the account, the sender's identity, the configuration set. Nothing is sent."""

from __future__ import annotations

from typing import Any

from quarterdeck.addresses import Address
from quarterdeck.aws import Aws, Fault, fault_of
from quarterdeck.delivery.ses_account import SANDBOX, read_account
from quarterdeck.delivery.ses_answers import code_of, judge
from quarterdeck.errors import DeliveryError

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorized"})  # to send needs no right to read


def reach(aws: Aws, sender: Address, configuration_set: str | None) -> str:
    """What SES tells of the account, in a few words; DeliveryError where it would refuse a message of the sender."""
    account = read_account(aws)
    if account.unread and account.unread not in _DENIED:
        raise _error(Fault(account.unread, "", 0, answered=False))
    if not account.may_send:
        raise DeliveryError("SES has paused this account's sending", remedy="see why in its console, and resume it there")
    if account.in_sandbox:
        raise DeliveryError(SANDBOX.partition(":")[0], remedy="ask AWS for production access")
    if not any(_is_verified(aws, name) for name in (sender.spec, sender.domain)):
        remedy = f"verify {sender.domain} in this region, or set `delivery.sender` to one that is"
        raise DeliveryError("the sender is no verified identity", remedy=remedy)
    if configuration_set and _read(aws, "get_configuration_set", ConfigurationSetName=configuration_set) is None:
        remedy = "make it in this region, or correct `configuration_set`"
        raise DeliveryError(f"there is no configuration set {configuration_set}", remedy=remedy)
    return next(iter(account.remarks()))


def _is_verified(aws: Aws, name: str) -> bool:
    told = _read(aws, "get_email_identity", EmailIdentity=name)
    return told is not None and told.get("VerifiedForSendingStatus") is not False


def _read(aws: Aws, method: str, **asked: str) -> Any:
    """An answer; nothing where there is no such thing, and an empty one where we may not know."""
    try:
        return getattr(aws.client("sesv2"), method)(**asked)
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        if fault.code in _DENIED:
            return {}
        if fault.code == "NotFoundException":
            return None
        raise _error(fault) from None


def _error(fault: Fault) -> DeliveryError:
    """A fault in our words; those of AWS may hold an address."""
    answer = judge(fault, handed_over=False)
    return DeliveryError(f"SES cannot be asked: {answer.meaning} ({code_of(fault)})", remedy=answer.remedy)
