"""What portfolio.yaml may hold: pydantic models that refuse every key they do not know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from quarterdeck.addresses import parse_address
from quarterdeck.config.boards import BoardSettings
from quarterdeck.config.places import AwsSettings, StorageSettings, shaped
from quarterdeck.config.runs import RunSettings
from quarterdeck.errors import QuarterdeckError
from quarterdeck.money import exponent
from quarterdeck.reading.cells import clean

T = TypeVar("T")
_NO_PLACE = frozenset({"localtime", "Factory"})  # what they mean hangs on the machine
_OWN_SOURCES = re.compile("settings|figures|previewed|history-.*")  # names under which quarterdeck keeps what it makes itself
_COMMON = ("id", "kind", "required", "on_failure")


def _address(text: str) -> str:
    return str(_checked(parse_address, text))


def _sender_name(text: str) -> str:
    """A name that a mail can carry before an address; checked here, so that no delivery fails for it later."""
    return _checked(parse_address, f'"{text}" <name@example.com>').name


def _currency(text: str) -> str:
    _checked(exponent, text)
    if text not in list_currencies():
        raise ValueError(f"{text!r} is not the code of a currency; write one as USD")
    return text


def _checked(check: Callable[[str], T], text: str) -> T:
    try:
        return check(text)
    except QuarterdeckError as error:
        raise ValueError(error.problem.what) from error


def _zone(text: str) -> str:
    if text not in available_timezones() or text in _NO_PLACE:
        raise ValueError(f"{text!r} is not a time zone; write one as America/Los_Angeles")
    return text


def _locale(text: str) -> str:
    try:
        Locale.parse(text)
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError(f"{text!r} is not a locale; write one as en_US") from error
    return text


def _visible(text: object) -> object:
    """A name as a reader sees it: one line, and nothing that is not seen or that turns the direction of writing."""
    return clean(text) if isinstance(text, str) else text


def _day(text: object) -> object:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date; write one as 2026-12-31") from error


def _free(id: str) -> str:
    if _OWN_SOURCES.fullmatch(id):
        raise ValueError(f"{id!r} is a name that quarterdeck needs itself; give the source another id")
    return id


def _hours(text: str) -> str:
    start, end = map(time.fromisoformat, text.split("-"))
    if start == end:
        raise ValueError(f"{text!r} is no part of the day")
    return text


def _domain(text: str) -> str:
    return _checked(parse_address, f"x@{text}").domain


TenantId = Annotated[str, shaped("[a-z0-9][a-z0-9-]{0,38}", "an id: small letters, digits and dashes, at most 39")]
Slug = Annotated[str, shaped("[a-z0-9][a-z0-9_-]{0,62}", "an id: small letters, digits, dashes and underscores, at most 63")]
SourceId = Annotated[Slug, AfterValidator(_free)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_visible)]
SenderName = Annotated[Name, AfterValidator(_sender_name)]
Address = Annotated[str, AfterValidator(_address)]
Currency = Annotated[str, AfterValidator(_currency)]
Zone = Annotated[str, AfterValidator(_zone)]
LocaleName = Annotated[str, AfterValidator(_locale)]
Colour = Annotated[str, shaped("#[0-9a-fA-F]{6}", "a colour; write one as #0B3C5D")]
FilePath = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=18, decimal_places=8)]
Clock = Annotated[str, shaped("([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day; write one as 07:30")]
Hours = Annotated[
    str, shaped("[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}", "hours; write them as 20:00-07:00"), AfterValidator(_hours)
]
Domain = Annotated[str, AfterValidator(_domain)]
HttpsUrl = Annotated[
    str, shaped(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?", "an address that begins with https://")
]
Queue = Annotated[str, shaped(r"https?://[A-Za-z0-9.:-]+/[0-9]{12}/[A-Za-z0-9_-]{1,80}", "the URL of an SQS queue")]
Topic = Annotated[str, shaped(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}", "the ARN of an SNS topic")]
SlackRoom = Annotated[str, shaped(r"#?[A-Za-z0-9_-]{1,80}", "a channel of Slack; write one as #reports or C0123456789")]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=8)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Branding(_Model):
    """How a tenant's reports look: two colours, a logo (a PNG, its path from portfolio.yaml), and whom its mails come from."""

    accent: Colour | None = None
    accent2: Colour | None = None
    logo: FilePath | None = None
    from_name: SenderName | None = None


class RoleSettings(_Model):
    """The readers of one role, and the working days that it has for actions within thirty days."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    slack: tuple[SlackRoom, ...] = ()
    webhooks: tuple[Slug, ...] = ()
    approval: Literal["none", "required"] = "none"
    days: Annotated[int, Field(ge=0, le=30)] | None = None

    @property
    def has_readers(self) -> bool:
        return bool(self.to or self.cc or self.bcc or self.slack or self.webhooks)


class TargetSettings(_Model):
    """What a KPI should reach, in major units for money, as a ratio for shares, and who answers for it."""

    value: Number
    owner: Name | None = None
    tolerance: Share | None = None


class MilestoneSettings(_Model):
    """What shall be reached by when, and the KPI that shows it."""

    id: Slug
    title: Name
    due: Day
    kpi: Slug | None = None
    target: Number | None = None
    owner: Name | None = None


class SourceSettings(_Model):
    """One source: the keys that all kinds share, and the options of its kind as they stand in the file."""

    id: SourceId
    kind: Slug
    required: bool = False
    on_failure: Literal["unavailable", "last_good"] = "unavailable"
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, entry: object) -> object:
        if not isinstance(entry, dict):
            return entry
        shared = {name: value for name, value in entry.items() if name in _COMMON}
        return {"id": entry.get("kind"), **shared, "options": {n: v for n, v in entry.items() if n not in _COMMON}}


class AcceptedFinding(_Model):
    """A finding that may stand until a day: its rule and subject as its report has them, by whom, and why."""

    rule: Slug
    subject: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    until: Day
    by: Name
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class _TenantBase(_Model):
    name: Name
    currency: Currency | None = None
    timezone: Zone | None = None
    locale: LocaleName | None = None
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] | None = None
    branding: Branding = Branding()
    roles: dict[Slug, RoleSettings] = Field(default_factory=dict)
    targets: dict[Slug, TargetSettings] = Field(default_factory=dict)
    milestones: tuple[MilestoneSettings, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    accepted: tuple[AcceptedFinding, ...] = ()
    escalation: dict[Slug, Slug] = Field(default_factory=dict)
    board: BoardSettings | None = None

    @field_validator("accepted")
    @classmethod
    def _each_once(cls, accepted: tuple[AcceptedFinding, ...]) -> tuple[AcceptedFinding, ...]:
        if len({(entry.rule, entry.subject) for entry in accepted}) < len(accepted):
            raise ValueError("a finding is accepted twice")
        return accepted


class TenantSettings(_TenantBase):
    """A company or a unit. What it does not say itself it takes from the portfolio."""

    id: TenantId
    kind: Literal["company", "unit", "portfolio"] = "company"
    default_recipient: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or "UTC")


class PortfolioSettings(_TenantBase):
    """The portfolio itself: what its tenants share, and its own readers, targets and milestones."""

    currency: Currency
    timezone: Zone = "UTC"
    locale: LocaleName = "en_US"
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1


class OperatorSettings(_Model):
    """Who is told when a run failed in part."""

    to: tuple[Address, ...] = ()
    slack: tuple[SlackRoom, ...] = ()


class FeedbackSettings(_Model):
    """Where the mail service tells what became of messages: an SQS queue, and the SNS topics that may speak through it.

    In less than ten quiet minutes AWS may still take a message that was signed before (docs/decisions/0011).
    """

    queue: Queue
    topics: tuple[Topic, ...] = ()
    canary_minutes: Annotated[int, Field(ge=0, le=1440)] = 60
    quiet_minutes: Annotated[int, Field(ge=10, le=1440)] = 15
    hold_minutes: Annotated[int, Field(ge=1, le=10080)] = 60


class DeliverySettings(_Model):
    """How reports go out. The outbox is a folder of messages: the channel that needs nothing."""

    channel: Slug = "outbox"
    channels: dict[Slug, dict[str, Any]] = Field(default_factory=dict)
    sender: Address | None = None
    attach_pdf: bool = True
    attach_xlsx: bool = False
    allowed_domains: tuple[Domain, ...] = ()
    send_at: Clock | None = None
    quiet_hours: Hours | None = None
    archive_url: HttpsUrl | None = None
    unsubscribe: Address | None = None
    operators: OperatorSettings = OperatorSettings()
    feedback: FeedbackSettings | None = None


class PortfolioFile(_Model):
    """All of portfolio.yaml."""

    version: Literal[1] = 1
    portfolio: PortfolioSettings
    delivery: DeliverySettings = DeliverySettings()
    storage: StorageSettings = StorageSettings()
    aws: AwsSettings = AwsSettings()
    runs: RunSettings = RunSettings()
    tenants: tuple[TenantSettings, ...]
