"""Settings to the adapters in use: the one place that decides between embedded parts and others.

`open_parts` is what every command, task and test starts from. Source options, which the portfolio file holds as plain
mappings, are held against their sources' models here, because here both are known.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from quarterdeck import __version__
from quarterdeck.archive import Archive
from quarterdeck.audit import AuditStore
from quarterdeck.audit.anchors import AnchorFile, Anchors
from quarterdeck.audit.dynamodb import DynamoAudit
from quarterdeck.audit.dynamodb_calls import Calls
from quarterdeck.audit.s3_anchors import S3Anchors
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.aws import Aws
from quarterdeck.boards import BOARDS, KnownBoard
from quarterdeck.boards import Means as BoardMeans
from quarterdeck.boards.checks import board_problems
from quarterdeck.boards.embedded import FILE as BOARD_FILE
from quarterdeck.boards.register import SqliteRegister
from quarterdeck.config import Settings, SourceSettings, TenantSettings, load_settings
from quarterdeck.config.boards import BoardSettings
from quarterdeck.config.environment import ENV_FILE
from quarterdeck.config.load import problems_of
from quarterdeck.delivery import CHANNELS, Channel, Means
from quarterdeck.delivery.checks import delivery_problems
from quarterdeck.errors import ConfigError, Problem
from quarterdeck.fingerprints import KEY_FILE, Fingerprints
from quarterdeck.kpis import KPIS
from quarterdeck.measure.code import code_digest
from quarterdeck.model import Unit
from quarterdeck.money import MoneyError, parse_amount
from quarterdeck.period import Period
from quarterdeck.rules import RULES, owners
from quarterdeck.rules._renamed import current_id
from quarterdeck.secrets import Secrets, secrets_of
from quarterdeck.snapshots import Snapshots
from quarterdeck.sources import SOURCES, Options, Source, Window
from quarterdeck.storage import Aside, LocalStore, S3Store, Store

if TYPE_CHECKING:
    from quarterdeck.feedback import Feed

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@dataclass(frozen=True)
class Parts:
    """The adapters of one portfolio. `clock` is the only clock that the steps know, `sleep` how they wait, in seconds."""

    settings: Settings
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    @cached_property
    def snapshots(self) -> Snapshots:
        return Snapshots(self._store("snapshots", self.settings.storage.snapshots))

    @cached_property
    def cache(self) -> Store:
        """Answers of services that cost money or much time, as sources keep them; all of it may be removed."""
        return self._store("cache", None)

    @cached_property
    def archive(self) -> Archive:
        return Archive(self._store("archive", self.settings.storage.archive))

    @cached_property
    def results(self) -> Store:
        """Where what the tasks of a Prefect server came to is kept for a while, for whoever tries a run again."""
        return self._store("results", self.settings.storage.results)

    @cached_property
    def audit(self) -> AuditStore:
        table = self.settings.storage.audit
        if table is None:
            return SqliteAudit(self.settings.home / "audit.sqlite", self.anchors)
        return DynamoAudit(Calls(table.removeprefix("dynamodb://"), self.aws), self.anchors)

    @cached_property
    def anchors(self) -> Anchors:
        """Where the heads of the trail's chains are kept, outside the trail."""
        place = self.settings.storage.anchors
        if place is None:
            return AnchorFile(self.settings.home / "anchors.jsonl")
        return S3Anchors(self._bucket(place), self.settings.storage.anchor_days)

    @cached_property
    def aws(self) -> Aws:
        """AWS in the settings' region, and at their endpoint, or else at that of the SDK's variables (AWS_ENDPOINT_URL)."""
        return Aws(self.settings.environment.region, self.settings.aws.endpoint)

    @cached_property
    def secret(self) -> Secrets:
        return secrets_of(self.settings.environment.names, self.aws)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """What stands for secrets that are found; the key is made when it is first needed."""
        return Fingerprints(self.settings.environment.hmac_key, self.settings.home / KEY_FILE)

    @property
    def channel(self) -> Channel:
        """The channel that mails go over."""
        return self.channel_of(self.settings.delivery.channel)

    def channel_of(self, kind: str) -> Channel:
        """A channel with its options; the same one each time, so that what it keeps in mind is kept once."""
        if kind not in self._channels:
            cls = CHANNELS.get(kind)
            options = cls.Options.model_validate(self.settings.delivery.channels.get(kind, {}))
            means = Means(self.settings.home, self.aws, self.secret, self.clock, self.settings.root)
            self._channels[kind] = cls(means, options)
        return self._channels[kind]

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        return {}

    def board_of(self, tenant: TenantSettings) -> KnownBoard:
        """The task board of a tenant; what it takes from the portfolio's settings it keeps as a board of its own."""
        settings = tenant.board or BoardSettings()
        cls = BOARDS.get(settings.kind)
        options = cls.Options.model_validate(settings.options)
        return cls(BoardMeans(self.settings.home, self.secret, self.clock, self.settings.root), options, tenant.id)

    def register_of(self, tenant: TenantSettings) -> SqliteRegister:
        """What is remembered of the cards of a tenant on its board."""
        return SqliteRegister(self.settings.home / BOARD_FILE, tenant.id, (tenant.board or BoardSettings()).kind)

    @cached_property
    def feed(self) -> Feed:
        """What the mail service tells; ConfigError where the settings name no queue for it."""
        from quarterdeck.feedback import Feed  # late: it brings what checks certificates, which a run does not need
        from quarterdeck.feedback.certificates import Trust
        from quarterdeck.feedback.sns import Envelopes
        from quarterdeck.feedback.sqs import Queue

        told = self.settings.delivery.feedback
        if told is None:
            where = self.settings.place("delivery")
            raise ConfigError("there is no queue to hear from", where=where, remedy="name it under `delivery.feedback`")
        return Feed(Queue(self.aws, told.queue), Envelopes(told.topics, Trust()))

    def aside(self) -> Parts:
        """The same parts with snapshots that are read and never written: what is worked out is gone with it."""
        made = Parts(self.settings, self.clock, self.sleep)
        vars(made)["snapshots"] = Snapshots(Aside(self.snapshots.store))  # in the place of the cached property
        return made

    def _store(self, folder: str, place: str | None) -> Store:
        """A place in S3, or else a folder of the home folder."""
        return self._bucket(place) if place else LocalStore(self.settings.home / folder)

    def _bucket(self, place: str) -> S3Store:
        return S3Store.at(self.aws, place, self.settings.storage.kms_key)

    @property
    def templates(self) -> Path:
        return TEMPLATES

    @cached_property
    def code_version(self) -> str:
        """The version with a digest of the code: figures of other code are never taken for this one's."""
        return f"{__version__}+{code_digest()[:12]}"

    def period(self, tenant: str, text: str) -> Period:
        """A period as a tenant counts it: fiscal forms follow its own fiscal year."""
        return Period.parse(text, fiscal_start=self.settings.tenant(tenant).fiscal_year_start or 1)

    def window(self, tenant: TenantSettings, period: Period) -> Window:
        """What a pull of a tenant's source is about."""
        today = self.clock().astimezone(tenant.zone).date()
        return Window(
            tenant.id,
            period,
            tenant.zone,
            str(tenant.currency),
            self.settings.root,
            today=today,
            aws=self.aws,
            fingerprints=self.fingerprints,
            cache=self.cache,
            tenants=frozenset(each.id for each in self.settings.tenants),
            roles=frozenset({*owners(), *(role for each in self.settings.tenants for role in each.roles)}),
        )


def open_parts(file: Path) -> Parts:
    """The parts of a portfolio file; ConfigError with every fault of the file and of its sources' options.

    They are kept as long as it and repos.env do not change: a run opens them in each of its tasks.
    """
    return _open(file.absolute(), _changed(file), _changed(file.with_name(ENV_FILE)))


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0  # reading it says what is wrong


@lru_cache(maxsize=4)
def _open(file: Path, *_changed: int) -> Parts:
    settings = load_settings(file)
    check_settings(settings)
    return Parts(settings, lambda: datetime.now(UTC))


def source_of(entry: SourceSettings) -> tuple[type[Source], Options]:
    """The source class of an entry and its options, checked; ConfigError or pydantic's ValidationError."""
    source = SOURCES.get(entry.kind)
    return source, source.Options.model_validate(entry.options)


def provides(entry: SourceSettings) -> tuple[str, ...]:
    """The tables that an entry's source will give."""
    source, options = source_of(entry)
    return source.provides(options)


def check_settings(settings: Settings) -> None:
    """Raise ConfigError with everything that only the registries and other files tell is wrong, each with its place."""
    problems = [problem for tenant in settings.tenants for problem in _tenant_problems(settings, tenant)]
    problems += [*delivery_problems(settings), *_storage_problems(settings), *board_problems(settings)]
    if problems:
        raise ConfigError(f"{settings.file} cannot be used", problems=problems)


def _storage_problems(settings: Settings) -> Iterator[Problem]:
    """Each place in S3 is listed as a whole, so none may lie within another; and a file locks no anchor."""
    storage = settings.storage
    named = {"snapshots": storage.snapshots, "archive": storage.archive, "anchors": storage.anchors, "results": storage.results}
    for name, other in permutations((name for name, place in named.items() if place), 2):
        if f"{named[name]}/".startswith(f"{named[other]}/"):
            remedy = "give each a folder of its own in the bucket"
            yield Problem(f"{name} must not lie within {other}", settings.place("storage", name), remedy)
    if storage.anchor_days and storage.anchors is None:
        yield Problem("anchor_days needs anchors in S3", settings.place("storage", "anchor_days"), "name a place under anchors")


def _tenant_problems(settings: Settings, tenant: TenantSettings) -> Iterator[Problem]:
    at = settings.path_of(tenant)
    try:
        settings.logo(tenant)
    except ConfigError as error:
        yield error.problem
    for number, entry in enumerate(tenant.sources):
        yield from _source_problems(settings, entry, (*at, "sources", number))
    for kpi, target in tenant.targets.items():
        yield from _figure_problems(settings, tenant, kpi, target.value, (*at, "targets", kpi))
    for number, accepted in enumerate(tenant.accepted):
        if current_id(accepted.rule) not in RULES:
            where = settings.place(*at, "accepted", number, "rule")
            yield Problem(f"there is no rule {accepted.rule!r}", where, f"known: {', '.join(RULES)}")
    for number, milestone in enumerate(tenant.milestones):
        place = (*at, "milestones", number)
        if milestone.kpi is not None:
            yield from _figure_problems(settings, tenant, milestone.kpi, milestone.target, (*place, "kpi"))


def _figure_problems(
    settings: Settings, tenant: TenantSettings, kpi: str, value: Decimal | None, at: tuple[str | int, ...]
) -> Iterator[Problem]:
    if kpi not in KPIS:
        yield Problem(f"there is no KPI {kpi!r}", settings.place(*at), f"known: {', '.join(KPIS)}")
    elif value is not None and KPIS.get(kpi).unit is Unit.MONEY:
        try:
            parse_amount(f"{value:f}", str(tenant.currency))
        except MoneyError as error:
            yield Problem(error.problem.what, settings.place(*at), error.problem.remedy)


def _source_problems(settings: Settings, entry: SourceSettings, at: tuple[str | int, ...]) -> Iterator[Problem]:
    if entry.kind not in SOURCES:
        where = settings.place(*at, "kind")
        yield Problem(f"there is no kind of source {entry.kind!r}", where, f"known: {', '.join(SOURCES)}")
        return
    try:
        source_of(entry)
    except ValidationError as error:
        yield from problems_of(error, settings.document, at)
