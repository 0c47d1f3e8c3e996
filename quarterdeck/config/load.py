"""Reading portfolio.yaml: every fault at once, each with its line, its column and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quarterdeck.config.environment import Environment
from quarterdeck.config.models import (
    DeliverySettings,
    MilestoneSettings,
    PortfolioFile,
    PortfolioSettings,
    RoleSettings,
    SourceSettings,
    TenantSettings,
)
from quarterdeck.config.places import AwsSettings, StorageSettings
from quarterdeck.config.runs import TASK_RUNNERS, RunSettings, is_task_runner
from quarterdeck.errors import ConfigError, Problem, QuarterdeckError, Where
from quarterdeck.images import Picture, read_picture
from quarterdeck.reading.yaml_file import Document, load_file

_Named = TenantSettings | SourceSettings | MilestoneSettings
PORTFOLIO = "portfolio"
NOT_SHOWN = "not_shown"  # the type of an error of validation whose input is never shown
_HOME = ".quarterdeck"


@dataclass(frozen=True)
class Settings:
    """A portfolio as it is set up. `tenants` holds companies and units in the file's order, the portfolio last."""

    file: Path
    home: Path
    tenants: tuple[TenantSettings, ...]
    delivery: DeliverySettings
    storage: StorageSettings
    aws: AwsSettings
    runs: RunSettings
    environment: Environment
    document: Document

    @property
    def root(self) -> Path:
        """The folder of portfolio.yaml, which all relative paths start from."""
        return self.file.parent

    @cached_property
    def portfolio(self) -> TenantSettings:
        return self.tenants[-1]

    @property
    def members(self) -> tuple[TenantSettings, ...]:
        """The companies and units, without the portfolio itself."""
        return self.tenants[:-1]

    def tenant(self, id: str) -> TenantSettings:
        """A tenant by its id, or ConfigError that names the ones there are."""
        for tenant in self.tenants:
            if tenant.id == id:
                return tenant
        known = ", ".join(tenant.id for tenant in self.tenants)
        raise ConfigError(f"there is no tenant {id!r}", where=Where(str(self.file)), remedy=f"known: {known}")

    def place(self, *path: str | int) -> Where:
        """Where something stands in the file, to point at it."""
        return self.document.position(path)

    def path_of(self, tenant: TenantSettings) -> tuple[str | int, ...]:
        """Where a tenant stands in the file."""
        return (PORTFOLIO,) if tenant is self.portfolio else ("tenants", self.tenants.index(tenant))

    def logo(self, tenant: TenantSettings) -> Picture | None:
        """A tenant's logo, read now; ConfigError with its place where the file is no picture that a mail can carry."""
        if tenant.branding.logo is None:
            return None
        try:
            return read_picture(self.root / tenant.branding.logo)
        except ConfigError as error:
            place = self.place(*self.path_of(tenant), "branding", "logo")
            raise ConfigError(error.problem.what, where=place, remedy=error.problem.remedy) from error

    def readers(self, tenant: TenantSettings, role: str) -> RoleSettings:
        """Who reads a role's report: the tenant's own readers, else those of the environment where they may stand in.

        Readers from the environment are the portfolio's; a tenant takes them only with `default_recipient: true`.
        """
        own = tenant.roles.get(role, RoleSettings())
        if own.has_readers or not (tenant.id == PORTFOLIO or tenant.default_recipient):
            return own
        return own.model_copy(update={"to": self.environment.recipients, "bcc": self.environment.bcc})


def load_settings(file: Path, process: Mapping[str, str] | None = None) -> Settings:
    """The settings of a portfolio file, or ConfigError with every fault. Reads the environment of the process."""
    process = os.environ if process is None else process
    document = _document(file)
    try:
        parsed = PortfolioFile.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(f"{file} cannot be used", problems=problems_of(error, document)) from error
    if problems := list(_id_problems(parsed, document)):
        raise ConfigError(f"{file} cannot be used", problems=problems)
    environment = _environment(file, process)
    portfolio = TenantSettings(id=PORTFOLIO, kind="portfolio", **dict(parsed.portfolio))
    home = Path(environment.home) if environment.home else file.parent / _HOME
    return Settings(
        file=file.absolute(),
        home=home.absolute(),
        tenants=(*(_with_defaults(tenant, portfolio) for tenant in parsed.tenants), portfolio),
        delivery=parsed.delivery,
        storage=parsed.storage,
        aws=parsed.aws,
        runs=parsed.runs,
        environment=environment,
        document=document,
    )


def _document(file: Path) -> Document:
    try:
        return load_file(file)
    except QuarterdeckError as error:
        raise ConfigError(
            error.problem.what, where=error.problem.where or Where(str(file)), remedy=error.problem.remedy
        ) from error


def _id_problems(parsed: PortfolioFile, document: Document) -> Iterator[Problem]:
    """What is wrong with how things are called: ids given twice, and the portfolio's own, which no tenant may have."""
    if not parsed.tenants:
        where = document.position(("tenants",))
        yield Problem("there is no tenant", where, "a portfolio needs one company or unit at least")
    yield from _doubles("tenant", parsed.tenants, ("tenants",), document)
    for number, tenant in enumerate(parsed.tenants):
        if PORTFOLIO in (tenant.id, tenant.kind):
            where = document.position(("tenants", number, "id" if tenant.id == PORTFOLIO else "kind"))
            yield Problem(f"{PORTFOLIO!r} is the portfolio's own id and kind", where, "a tenant is a company or a unit")
        yield from _part_doubles(tenant, ("tenants", number), document)
    yield from _part_doubles(parsed.portfolio, (PORTFOLIO,), document)


def _part_doubles(
    owner: TenantSettings | PortfolioSettings, at: tuple[str | int, ...], document: Document
) -> Iterator[Problem]:
    yield from _doubles("source", owner.sources, (*at, "sources"), document)
    yield from _doubles("milestone", owner.milestones, (*at, "milestones"), document)


def _doubles(what: str, entries: Sequence[_Named], at: tuple[str | int, ...], document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.id in seen:
            where = document.position((*at, number, "id"))
            yield Problem(f"two {what}s have the id {entry.id!r}", where, "give each its own")
        seen.add(entry.id)


def _environment(file: Path, process: Mapping[str, str]) -> Environment:
    environment = Environment.read(file.parent, process)
    sender = (environment.sender,) if environment.sender else ()
    named = {"SES_SENDER_EMAIL": sender, "RECIPIENT_EMAIL": environment.recipients, "BCC_RECIPIENTS": environment.bcc}
    for name, addresses in named.items():
        try:
            RoleSettings(to=addresses)
        except ValidationError as error:
            what = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ConfigError(f"{name}: {what}", remedy="mend the variable") from error
    if not is_task_runner(environment.task_runner):
        known = ", ".join(TASK_RUNNERS)
        raise ConfigError(f"QUARTERDECK_TASK_RUNNER: there is no {environment.task_runner!r}", remedy=f"known: {known}")
    return environment


def _with_defaults(tenant: TenantSettings, portfolio: TenantSettings) -> TenantSettings:
    names = ("currency", "timezone", "locale", "fiscal_year_start", "board")
    return tenant.model_copy(update={n: getattr(portfolio, n) for n in names if getattr(tenant, n) is None})


def problems_of(error: ValidationError, document: Document, at: tuple[str | int, ...] = ()) -> list[Problem]:
    """The faults of a validation as problems, `at` being where the validated part stands in the file."""
    return [_problem(fault, document, at) for fault in error.errors()]


def _problem(fault: Any, document: Document, at: tuple[str | int, ...]) -> Problem:
    path = (*at, *fault["loc"])
    name = ".".join(str(part) for part in path) or "the file"
    kind, text = fault["type"], fault["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return Problem(f"unknown key {name}", document.position(path), "remove it or mend its spelling")
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return Problem(f"{name} must be a mapping of keys", document.position(path), "write `key: value` lines")
    if kind == "missing":
        return Problem(f"{name} is missing", document.position(path[:-1]), "add it")
    if kind == NOT_SHOWN:
        remedy = "write ${env:NAME}, ${ssm:/path} or ${secret:name}, and change a secret that stood here"
        return Problem(f"{name}: {text}", document.position(path), remedy)
    given = repr(fault["input"])[:80]
    shown = "" if given in text or not isinstance(fault["input"], str | int) else f", not {given}"
    return Problem(f"{name}: {text[:1].lower()}{text[1:]}{shown}", document.position(path), "mend the value")
