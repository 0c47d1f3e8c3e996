"""The feedback queue emptied: what can be read is kept and then deleted there, what cannot is counted and left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from quarterdeck.errors import Problem
from quarterdeck.feedback import Batch, Feed, MailEvent, Refused, Unknown
from quarterdeck.steps import canaries, heard
from quarterdeck.wiring import Parts


@dataclass(slots=True)
class Taking:
    """One emptying of the queue. `counts` says what came of its messages, `refused` which could not be read."""

    parts: Parts
    feed: Feed
    counts: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Refused] = field(default_factory=dict)
    is_empty: bool = False

    def drain(self, limit: int, between: Callable[[], None]) -> None:
        """Receive until there is no more; `between` is called before each request.

        It stops where a message cannot be read for now: others could be no better.
        """
        unread = set(heard.unread(self.parts))
        while not self.is_empty and self.counts["messages"] < limit:
            between()
            batch = self.feed.receive(self.parts.clock())
            self.is_empty = not batch.heard and all(refused.id in self.refused for refused in batch.refused)
            self._keep(batch, unread)
            self.feed.done(batch)
            if any(refused.passing for refused in batch.refused):
                return

    @property
    def is_read(self) -> bool:
        """Whether everything in the queue was read or refused: half an answer of SQS looks like an empty queue."""
        backlog = self.feed.backlog() if self.is_empty else None
        return backlog is not None and not backlog.waiting and backlog.in_hand <= len(self.refused)

    def problems(self) -> Iterator[Problem]:
        """A line for each reason for which messages were refused."""
        by_reason: dict[Problem, list[Refused]] = {}
        for refused in self.refused.values():
            by_reason.setdefault(refused.problem, []).append(refused)
        for problem, those in by_reason.items():
            number = "1 message" if len(those) == 1 else f"{len(those)} messages"
            last = sum(refused.is_last_try for refused in those)
            then = f"; {last} of them for the last time before the dead-letter queue" if last else ""
            endless = self.feed.keeping.most_receives is None
            remedy = (problem.remedy, "the queue has no dead-letter queue: give it a redrive policy" if endless else "")
            what = f"{number} of the feedback queue cannot be used: {problem.what}{then}"
            yield Problem(what, remedy="; ".join(filter(None, remedy)))

    def _keep(self, batch: Batch, unread: set[str]) -> None:
        for message in batch.heard:
            self.counts["messages"] += 1
            for told in message.told:
                self._keep_told(told)
            if message.id in unread:
                heard.keep_read(self.parts, message.id)
        for refused in batch.refused:
            if refused.id not in self.refused:
                self.counts.update(("messages", "refused"))
                heard.keep_refused(self.parts, refused)
            self.refused[refused.id] = refused

    def _keep_told(self, told: MailEvent | Unknown) -> None:
        if isinstance(told, MailEvent) and told.canary:
            canaries.keep_back(self.parts, told)
            return
        is_new = heard.keep(self.parts, told)
        self.counts["new" if is_new else "duplicates"] += 1
        if is_new and isinstance(told, Unknown):
            self.counts["unknown_types"] += 1
