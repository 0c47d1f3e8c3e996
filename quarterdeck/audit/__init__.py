"""Remembered: who was told what, when, and what became of it.

`states` is the life of one delivery, pure; `protocol` is what a store of the trail can do; `sqlite` is the embedded one.
`chain` links events by hash, `anchors` keeps their heads outside the table, `verify` holds all of it against each other.
"""

from quarterdeck.audit.protocol import AuditStore
from quarterdeck.audit.states import Delivery, State

__all__ = ["AuditStore", "Delivery", "State"]
