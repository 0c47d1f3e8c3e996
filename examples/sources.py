"""Files of one tenant on disk, and the `sources` part of portfolio.yaml that points at them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import accumulate
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from examples.credit import CREDIT, tables
from examples.files import Row, major, write_csv, write_markdown, write_text, write_yaml
from examples.histories import history
from examples.marketing import MARKETING, WEBSITES, queries, searches, visits
from examples.repositories import write_repository
from examples.shapes import Account, BankFormat, Books, Handoff, OneOff, PerSale, Standing, Tenant
from examples.span import Span
from examples.statements import STRIPE, BankLine, Statements, StripeRow, statements
from examples.trade import TRADE

Source = Mapping[str, object]

_STRIPE_TYPES = {"dispute": "adjustment"}  # as Stripe's export calls them


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tenant's files go: `root` is the folder of portfolio.yaml, paths in it start from there."""

    root: Path
    tenant: str

    def path(self, *parts: str) -> Path:
        return self.root.joinpath(self.tenant, *parts)

    def name(self, *parts: str) -> str:
        return "/".join((self.tenant, *parts))


def write_sources(tenant: Tenant, place: Place, span: Span, seed: int) -> list[Source]:
    """Write all files of a tenant; its sources as portfolio.yaml lists them."""
    found: list[Source] = []
    if tenant.repositories:
        found += _code(tenant, place, span, seed)
    if tenant.inventory:
        found.append(_inventory(tenant, place))
    if tenant.handoffs:
        found.append(_handoffs(tenant.handoffs, place))
    if tenant.books is not None:
        found.append(_books(tenant, tenant.books, place, span, seed))
        found += _credit(tenant, tenant.books, place, span, seed)
        found += _trade(tenant, tenant.books, place, span, seed)
        found += _marketing(tenant, tenant.books, place, span, seed)
    return found


def _code(tenant: Tenant, place: Place, span: Span, seed: int) -> list[Source]:
    for repository in tenant.repositories:
        path = place.path("code", f"{repository.name}.git")
        shutil.rmtree(path, ignore_errors=True)  # made by an earlier call: a repository is written whole or not at all
        rng = Random(f"{seed}:{tenant.id}:code:{repository.name}")
        write_repository(path, history(repository, span, ZoneInfo(tenant.timezone), rng))
    paths = [{"path": place.name("code", f"{repository.name}.git")} for repository in tenant.repositories]
    kinds = {"code": "git_history", "audit": "code_audit"}
    return [{"id": id, "kind": kind, "repositories": paths} for id, kind in kinds.items()]


def _inventory(tenant: Tenant, place: Place) -> Source:
    named: dict[str, str] = {}
    for listed in tenant.inventory:
        file = f"{listed.table}.{listed.form}"
        if listed.form == "csv":
            write_csv(place.path("inventory", file), listed.rows)
        else:
            write_yaml(place.path("inventory", file), [_kept(row) for row in listed.rows])
        named[listed.table] = place.name("inventory", file)
    return {"id": "inventory", "kind": "inventories", **named}


def _kept(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def _handoffs(documents: Iterable[Handoff], place: Place) -> Source:
    for document in documents:
        matter: dict[str, object] = {"title": document.title, "state": document.state}
        if document.owner:
            matter["owner"] = document.owner
        matter["updated"] = document.updated
        if document.blockers:
            matter["blockers"] = [{"blocker": blocker.what, "since": blocker.since} for blocker in document.blockers]
        matter |= {
            "mission": document.mission,
            "stack": document.stack,
            "deployment": document.deployment,
            "financial_model": document.financial_model,
        }
        body = f"# {document.title}\n\n{document.body or document.mission + '.'}"
        write_markdown(place.path("handoffs", f"{document.project}.md"), matter, body)
    return {"id": "handoffs", "kind": "handoffs", "path": place.name("handoffs")}


def _books(tenant: Tenant, books: Books, place: Place, span: Span, seed: int) -> Source:
    made = statements(books, span, ZoneInfo(tenant.timezone), Random(f"{seed}:{tenant.id}:books"))
    write_csv(place.path("books", "chart.csv"), [_account(account) for account in books.chart])
    write_yaml(
        place.path("books", "categories.yaml"),
        _categories(books),
        "The first rule that matches a line of the bank statement gives its account; a line that no rule knows\n"
        "goes to the suspense account. Patterns are regular expressions.",
    )
    write_csv(place.path("books", "bank.csv"), _bank_rows(made, books), delimiter=books.bank.delimiter)
    source: dict[str, object] = {
        "id": "books",
        "kind": "transactions",
        "chart": place.name("books", "chart.csv"),
        "categories": place.name("books", "categories.yaml"),
        "suspense": "9999",
        "opening_equity": "3000",
        "opening": [{"account": books.bank.account, "amount": major(books.opening), "date": span.eve}],
    }
    if books.has_stripe:
        write_csv(place.path("books", "stripe.csv"), [_stripe_row(row) for row in made.stripe])
        source["stripe"] = [
            {
                "path": place.name("books", "stripe.csv"),
                "clearing": "1050",
                "revenue": "4000",
                "refunds": "4090",
                "fees": "5090",
                "disputes": "4090",
                "payout_to": books.bank.account,
                **({} if books.deferred is None else {"deferred": books.deferred}),
                "complete_through": span.last_day,
            }
        ]
    source["bank"] = [_bank(books, made, place, span)]
    return source


def _credit(tenant: Tenant, books: Books, place: Place, span: Span, seed: int) -> list[Source]:
    if tenant.id not in CREDIT:
        return []
    made = statements(books, span, ZoneInfo(tenant.timezone), Random(f"{seed}:{tenant.id}:books"))
    return [_lists("credit", tables(CREDIT[tenant.id], made.bank, span, Random(f"{seed}:{tenant.id}:credit")), place)]


def _trade(tenant: Tenant, books: Books, place: Place, span: Span, seed: int) -> list[Source]:
    if tenant.id not in TRADE:
        return []
    made = statements(books, span, ZoneInfo(tenant.timezone), Random(f"{seed}:{tenant.id}:books"))
    return [_lists("trade", TRADE[tenant.id](made.bank, span, Random(f"{seed}:{tenant.id}:trade")), place)]


def _marketing(tenant: Tenant, books: Books, place: Place, span: Span, seed: int) -> list[Source]:
    found: list[Source] = []
    if tenant.id in MARKETING:
        made = statements(books, span, ZoneInfo(tenant.timezone), Random(f"{seed}:{tenant.id}:books"))
        rows = MARKETING[tenant.id](made.stripe, span, Random(f"{seed}:{tenant.id}:marketing"))
        found.append(_lists("marketing", rows, place))
    if tenant.id in WEBSITES:
        rng = Random(f"{seed}:{tenant.id}:web")
        texts = {"channels.csv": visits(span, rng), "Dates.csv": searches(span, rng), "Queries.csv": queries(rng)}
        for name, text in texts.items():
            write_text(place.path("web", name), text)
        of_queries = {"path": place.name("web", "Queries.csv"), "since": span.month(1), "through": span.last_day}
        found.append(
            {
                "id": "web",
                "kind": "web_analytics",
                "visits": [{"path": place.name("web", "channels.csv")}],
                "searches": [{"path": place.name("web", "Dates.csv")}, of_queries],
            }
        )
    return found


def _lists(name: str, rows: Mapping[str, list[Row]], place: Place) -> Source:
    """A source of lists in a folder of its own, one file a table."""
    for table, listed in rows.items():
        write_csv(place.path(name, f"{table}.csv"), listed)
    return {"id": name, "kind": "inventories", **{table: place.name(name, f"{table}.csv") for table in rows}}


def _account(account: Account) -> Row:
    names = {"number": "account", "line": "statement_line"}
    slots = ("number", "name", "type", "line", "behaviour", "function")
    return {names.get(slot, slot): getattr(account, slot) for slot in slots}


def _bank(books: Books, made: Statements, place: Place, span: Span) -> Mapping[str, object]:
    layout = books.bank
    found: dict[str, object] = {
        "path": place.name("books", "bank.csv"),
        "account": layout.account,
        "currency": "USD",
        "delimiter": layout.delimiter,
        "date_format": layout.date_format,
        "decimal_mark": layout.decimal_mark,
        "columns": dict(layout.columns),
        "complete_through": span.last_day,
    }
    if layout.unexported is not None:
        stood = books.opening + sum(line.cents for line in made.bank) + layout.unexported
        found["balances"] = [{"date": span.last_day, "amount": major(stood)}]
    return found


def _bank_rows(made: Statements, books: Books) -> list[Row]:
    stood = accumulate((line.cents for line in made.bank), initial=books.opening)
    next(stood)  # what stood before the first line
    return [_bank_row(n, line, left, books.bank) for n, (line, left) in enumerate(zip(made.bank, stood, strict=True), start=1)]


def _bank_row(n: int, line: BankLine, stood: int, layout: BankFormat) -> Row:
    cells: dict[str, str] = {
        "id": f"{n:06d}",
        "date": line.day.strftime(layout.date_format),
        "party": line.party,
        "memo": line.memo,
        "document": line.document,
        "amount": _amount(line.cents, layout),
        "debit": _amount(-line.cents, layout) if line.cents < 0 else "",
        "credit": _amount(line.cents, layout) if line.cents >= 0 else "",
        "balance": _amount(stood, layout),
    }
    return {header: cells[name] for name, header in layout.columns.items()}


def _amount(cents: int, layout: BankFormat) -> str:
    return major(cents).replace(".", layout.decimal_mark)


def _categories(books: Books) -> list[Mapping[str, object]]:
    """A rule for every party that is known, by what is said with the payment where one party is paid for two things."""
    pairs: dict[tuple[str, str], str] = {(STRIPE, ""): "1050"}
    memos: dict[str, dict[str, str]] = {}
    lines: tuple[Standing | PerSale | OneOff, ...] = (*books.standing, *books.per_sale, *books.one_offs)
    for line in lines:
        if line.account is not None:
            memos.setdefault(line.party, {})[line.memo] = line.account
    for sales in books.sales:
        if sales.through == "bank":
            pairs[("", sales.what)] = sales.account
    for party, said in memos.items():
        if len(set(said.values())) == 1:
            pairs[(party, "")] = next(iter(said.values()))
        else:
            pairs |= {(party, memo): account for memo, account in said.items()}
    if not books.has_stripe:
        del pairs[(STRIPE, "")]
    return [{"match": _match(*pair), "account": account} for pair, account in pairs.items()]


def _match(party: str, memo: str) -> Mapping[str, str]:
    wanted = {"party": party, "memo": memo}
    return {name: f"^{re.escape(text)}".replace("\\ ", " ") for name, text in wanted.items() if text}


def _stripe_row(row: StripeRow) -> Row:
    """A row in the layout of Stripe's export of balance transactions, times in UTC."""
    return {
        "id": f"txn_EXAMPLE{row.source.partition('EXAMPLE')[2]}{row.source[:2]}",
        "Type": _STRIPE_TYPES.get(row.kind, row.kind),
        "Source": row.source,
        "Amount": major(row.cents),
        "Fee": major(row.fee),
        "Net": major(row.net),
        "Currency": "usd",
        "Created (UTC)": f"{row.created.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "Available On (UTC)": f"{row.available:%Y-%m-%d} 00:00:00",
        "Description": row.description,
        "customer (metadata)": row.customer,
        "service_date (metadata)": row.service,
    }
