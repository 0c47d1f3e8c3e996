"""A small portfolio whose reports are made already, with a clock and settings that a test may change: for who is told what."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, ClassVar

from quarterdeck.audit import Delivery, State
from quarterdeck.audit.records import Filter
from quarterdeck.config.models import DeliverySettings, RoleSettings
from quarterdeck.delivery import Envelope, Label, Receipt, Room, Unsettled
from quarterdeck.errors import DeliveryError
from quarterdeck.steps.counts import DeliveryCounts
from quarterdeck.steps.report import Filed, make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.wiring import Parts
from reports import role as role_of
from tests import mini
from tests.reporting import basis_of, parts_of

NIGHT, MORNING = datetime(2026, 11, 3, 4, tzinfo=UTC), datetime(2026, 11, 3, 12, 30, tzinfo=UTC)  # 23:00 and 07:30 there
REPORT = "alpha_cfo_2026-10"
FIRST, SECOND = "1000.00", "1100.00"  # what was sold
Made = Mapping[tuple[str, str], Filed]  # by role and what was sold


class Rooms:
    """Slack as far as delivery is concerned: it keeps what is posted."""

    kind: ClassVar[str] = "slack"

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.refuses = False

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        last_check()
        assert isinstance(envelope.reader, Room)
        if self.refuses:
            raise DeliveryError("not in channel")
        self.posts.append((envelope.reader.spec, json.loads(envelope.message)))
        return Receipt(f"p{len(self.posts)}")

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:
        raise AssertionError


class House:
    """The small portfolio with a clock and settings that a test may change."""

    def __init__(self, config: Path, made: Made) -> None:
        self.now, self.sold, self.made = MORNING, FIRST, made
        self.parts = Parts(parts_of(config).settings, lambda: self.now, self._sleep)
        self.rooms = Rooms()

    def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def set(self, role: RoleSettings | None = None, tenant: str = "alpha", id: str = "cfo", **delivery: Any) -> None:
        """Other settings, as after a change of the file: one role's, and some of delivery's."""
        settings = self.parts.settings
        tenants = tuple(
            each.model_copy(update={"roles": {**each.roles, id: role}}) if role and each.id == tenant else each
            for each in settings.tenants
        )
        own = DeliverySettings.model_validate({**settings.delivery.model_dump(exclude_unset=True), **delivery})
        self.parts = Parts(replace(settings, tenants=tenants, delivery=own), lambda: self.now, self._sleep)
        self.parts._channels["slack"] = self.rooms

    def file(self, role: str = "cfo") -> Filed:
        """The report as it was made from these rows; it lies in the archive."""
        found = self.made[role, self.sold]
        old, new = str(Path(found.paths["json"]).parents[5]), str(self.parts.settings.home)
        return replace(found, paths={kind: path.replace(old, new) for kind, path in found.paths.items()})

    def deliver(self, *, revise: bool = False) -> DeliveryCounts:
        return send_reports(self.parts, [self.file()], send=True, revise=revise)

    def rows(self, report_id: str = REPORT) -> dict[str, Delivery]:
        return {
            row.reader: row for row in self.parts.audit.list(Filter(report_id=report_id)) if row.state is not State.CANCELLED
        }

    def states(self) -> dict[str, str]:
        return {reader: row.state.value for reader, row in self.rows().items()}

    def mails(self) -> list[EmailMessage]:
        files = sorted((self.parts.settings.home / "outbox").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def prepare(folder: Path) -> tuple[Path, Made]:
    """The portfolio with its reports in the archive: two revisions of the CFO's, and one that nobody reads."""
    config = mini.make(folder)
    parts = parts_of(config)
    bank = parts.settings.root / "alpha" / "bank.csv"
    made: dict[tuple[str, str], Filed] = {}
    for sold in (FIRST, SECOND):
        bank.write_text(bank.read_text("utf-8").replace(FIRST, sold), "utf-8")
        basis = basis_of(parts, "alpha")
        for role in ("cfo", "cto") if sold == FIRST else ("cfo",):
            made[role, sold] = make_report(parts, role_of(role), "alpha", parts.period("alpha", "2026-10"), basis)
    return config, made


def move_in(prepared: tuple[Path, Made], folder: Path) -> House:
    """A house of one's own, made of what was prepared."""
    config, made = prepared
    shutil.copytree(config.parent, folder, dirs_exist_ok=True)
    return House(folder / config.name, made)
