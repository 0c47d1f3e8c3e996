"""A portfolio whose run takes some seconds, moments in that run at which to kill something, and what must hold afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import State
from quarterdeck.wiring import Parts
from tests.commands import mails
from tests.mini import make
from tests.prefect_servers import until
from tests.reporting import parts_of

PERIOD = "2026-10"
_MORE, _READERS = 2, 20  # tenants beside those of the small portfolio, and readers of alpha's CFO report
ROLES, TENANTS = 5, 3 + _MORE  # the portfolio among them
MAILS = _READERS + 1  # and the portfolio's CEO


@dataclass(frozen=True)
class Portfolio:
    """A portfolio in a folder of its own."""

    config: Path

    @property
    def folder(self) -> Path:
        return self.config.parent

    @property
    def home(self) -> Path:
        return self.folder / ".quarterdeck"

    @property
    def parts(self) -> Parts:
        return parts_of(self.config)

    @property
    def filed(self) -> Counter[str]:
        """Which reports are in the archive, and in how many revisions."""
        found = (path.relative_to(self.home / "archive").parts for path in (self.home / "archive").glob("*/*/*/*/report.json"))
        return Counter(f"{tenant}_{role}_{period}" for tenant, role, period, *_ in found)

    @property
    def sent(self) -> Counter[str]:
        """Who was sent how many messages, as the outbox has it."""
        return Counter(name.split("_")[3] for name in mails(self.home))

    def wait_for_reports(self, count: int = 1) -> None:
        """The run is under way: so many reports are filed, and not yet all."""
        until(lambda: len(self.filed) >= count, f"{count} reports are filed")

    def wait_for_mails(self, count: int = 1) -> None:
        """The run is delivering: so many messages are out, and not yet all."""
        until(lambda: self.sent.total() >= count, f"{count} messages are out")


def slow_portfolio(folder: Path) -> Portfolio:
    """The small portfolio with more tenants and readers, so that there is time to kill something in the middle."""
    config = make(folder)
    tenant = (
        "  - {{id: more-{n}, name: More {n}, sources: [{{id: inventory, kind: inventories, channels: beta/channels.csv}}]}}\n"
    )
    readers = ", ".join(f"r{n}@example.com" for n in range(_READERS))
    text = config.read_text("utf-8").replace("{to: [cfo@example.com], bcc: [archive@example.com]}", f"{{to: [{readers}]}}")
    config.write_text(text + "".join(tenant.format(n=n) for n in range(_MORE)), "utf-8")
    return Portfolio(config)


def nothing_is_lost_or_doubled(portfolio: Portfolio, roles: int = ROLES) -> None:
    """Every report is filed in one revision, every reader was sent one message, and the trail tells just that."""
    assert portfolio.filed == Counter(dict.fromkeys(portfolio.filed, 1))
    assert len(portfolio.filed) == roles * TENANTS
    assert set(portfolio.sent.values()) == {1}
    assert portfolio.sent.total() == MAILS
    for message in mails(portfolio.home).values():
        assert message_from_bytes(message)["Subject"]
    audit = portfolio.parts.audit
    assert Counter(row.state for row in audit.list(Filter())) == {State.SENT: MAILS}
    assert audit.verify().ok, audit.verify().problems
