"""One table's calls to DynamoDB: how they are tried again, and their faults in our words.

A read is simply asked again. A write is sent once, and what became of it is told as it is: the SDK's own retries would
turn a lost answer into a failed condition.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from threading import Lock
from typing import Any

from quarterdeck.audit.records import UnusableError
from quarterdeck.aws import Aws, Fault, fault_of

Sleep = Callable[[float], None]
_READS, _WRITES = 8, 16  # tries
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0
_RANDOM = random.SystemRandom()
_THROTTLED = frozenset(
    {
        "ThrottlingException",
        "ThrottlingError",
        "Throttling",
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
    }
)
_BEATEN = frozenset({"ConditionalCheckFailed", "TransactionConflict", "TransactionConflictException"})
# The SDK says these before it sends anything, and will say them again.
_UNSENT = frozenset(
    {"NoRegionError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "ParamValidationError"}
)
_CREDENTIALS = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "ExpiredTokenException",
        "ExpiredToken",
        "RequestExpired",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
    }
)
_REASONS = re.compile(r"\[([A-Za-z, ]+)\]")


class Sent(Enum):
    """What is known of a write after it was sent."""

    DONE = "done"
    BEATEN = "another writer was first"
    THROTTLED = "it was throttled"
    LOST = "its answer was lost"  # it may have been done, or may still be


class Calls:
    """The calls of one table."""

    def __init__(self, table: str, aws: Aws, sleep: Sleep = time.sleep) -> None:
        self.table = table
        self.sleep = sleep
        self._aws = aws
        self._pid = os.getpid()
        self._lock = Lock()
        self._turns: dict[str, Lock] = {}

    def read(self, operation: str, **arguments: Any) -> Mapping[str, Any]:
        """The whole answer of `get_item`, `query` or `scan`; AuditError when there is none after some tries."""
        for pause in pauses(_READS):
            try:
                client = self.client()
                answer: Mapping[str, Any] = getattr(client, operation)(
                    TableName=self.table, ConsistentRead=True, ReturnConsumedCapacity="TOTAL", **arguments
                )
            except Exception as error:
                fault = fault_of(error)
                if fault is None:
                    raise
                if _sent(fault) is None or pause is None:
                    raise self.refusal(fault) from None
            else:
                if "ConsumedCapacity" in answer:  # an answer that was cut off looks like one without items
                    return answer
            if pause is not None:
                self.sleep(pause)
        raise self.refusal(Fault("an answer without content", "", 200, answered=False))

    def write(self, items: Sequence[Mapping[str, Any]]) -> Sent:
        """Send one transaction, once. AuditError where it was refused in a way that no other try changes."""
        try:
            answer = self.client().transact_write_items(TransactItems=items, ReturnConsumedCapacity="TOTAL")
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                raise
            sent = _sent(fault)
            if sent is None:
                raise self.refusal(fault) from None
            return sent
        return Sent.DONE if "ConsumedCapacity" in answer else Sent.LOST

    def refusal(self, fault: Fault) -> UnusableError:
        """A fault as a person is told of it. AWS's own message is left out: it may quote what was sent."""
        where = f"the audit trail in the table {self.table}"
        if fault.code in {"ResourceNotFoundException", "NoRegionError"}:
            what = "there is no such table" if fault.code != "NoRegionError" else "no region is set"
            remedy = "make the table as docs/storage.md says, and set AWS_REGION to its region"
        elif fault.code in _CREDENTIALS:
            what = f"AWS does not take the credentials: {fault.code}"
            remedy = "sign in anew, or see what AWS_PROFILE and AWS_ACCESS_KEY_ID point at; then run again"
        elif fault.code.startswith("AccessDenied"):
            what, remedy = "this process may not use it", "give it the rights that docs/storage.md lists"
        elif _sent(fault) is None:
            what, remedy = f"AWS refused it: {fault.code}", "see that its keys are PK and SK, as docs/storage.md says"
        else:
            what = f"AWS does not answer as it should: {fault.code}"
            remedy = "run again later; nothing is recorded twice"
        return UnusableError(f"{where} cannot be used: {what}", remedy=remedy, permanent=_sent(fault) is None)

    def turn(self, scope: str) -> Lock:
        """The lock of a scope, for threads that would otherwise be in each other's way."""
        self._notice_fork()
        with self._lock:
            return self._turns.setdefault(scope, Lock())

    def client(self) -> Any:
        """A client of DynamoDB that sends every request once."""
        self._notice_fork()
        return self._aws.client("dynamodb", "once")

    def _notice_fork(self) -> None:
        """A forked child shares no connections with its parent, nor locks that the parent's threads may have held."""
        if self._pid != os.getpid():
            self._pid, self._lock, self._turns = os.getpid(), Lock(), {}
            self._aws = Aws(self._aws.region, self._aws.endpoint)


def write_pauses() -> Iterator[float | None]:
    return pauses(_WRITES)


def pauses(tries: int) -> Iterator[float | None]:
    """How long to wait after each try, in seconds, at random up to twice as long each time; None after the last one."""
    for number in range(tries - 1):
        yield _RANDOM.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**number))
    yield None


def _sent(fault: Fault) -> Sent | None:
    """What a fault says about a write, or None where another try would end the same."""
    if fault.code == "TransactionCanceledException":
        return _cancelled(fault.message)
    if fault.code in _THROTTLED:
        return Sent.THROTTLED
    if fault.code in _BEATEN:
        return Sent.BEATEN
    if fault.code not in _UNSENT and (not fault.answered or fault.status >= 500):
        return Sent.LOST
    return None


def _cancelled(message: str) -> Sent | None:
    """Why a transaction was cancelled; its message lists a reason for each item."""
    found = _REASONS.search(message)
    reasons = set(found[1].replace(" ", "").split(",")) - {"None"} if found else set()
    if reasons & _BEATEN:
        return Sent.BEATEN
    return Sent.THROTTLED if not reasons or reasons & _THROTTLED else None
