"""What the mail service tells later: the events of SES, out of an SQS queue, whose SNS topics sign what they say.

A message is **read whole or refused with FeedbackError, and deleted only by who has kept what it said**. Refused ones are
left in the queue: it moves them to its dead-letter queue after as many tries as its redrive policy says. Nothing in here
knows a delivery; what an event means for one is for the steps to say.
"""

from __future__ import annotations

from quarterdeck.feedback.events import Kind, MailEvent, Unknown
from quarterdeck.feedback.feed import Batch, Feed, Refused
from quarterdeck.feedback.sqs import Backlog

__all__ = ["Backlog", "Batch", "Feed", "Kind", "MailEvent", "Refused", "Unknown"]
