"""What every source promises, held against each that is registered. A new source joins by a case of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from quarterdeck.errors import Reject, SourceError
from quarterdeck.fingerprints import Fingerprints
from quarterdeck.schemas import TABLES, check, schema_of
from quarterdeck.sources import SOURCES, Pulled, Source, Window
from tests import aws_account, dynamo, general_ledgers
from tests.auditing import ADVISORY, example_key
from tests.emulator import REGION, Emulator
from tests.ledgers import bank, options, stripe
from tests.repositories import repository
from tests.sourcing import window, write

Settings = dict[str, Any]
ACCOUNT = "123456789012"  # whom the emulator takes its callers for


@dataclass(frozen=True, slots=True)
class Case:
    """How to set a source up in a folder: well, with one row that breaks its schema, and with something missing."""

    good: Callable[[Path], Settings]
    bad_row: Callable[[Path], Settings]
    missing: Callable[[Path], Settings]
    on_aws: bool = False


_EMULATOR: list[Emulator] = []  # the running one, for the cases of sources that ask AWS


def _inventories(root: Path, reach: str = "500") -> Settings:
    channels = f"channel,kind,is_listed,is_live,reach\nOwn site,website,yes,yes,{reach}\n"
    budget = "- {date: 2026-10-01, statement_line: revenue, amount: 100.00}\n"
    return {
        "channels": write(root, "inventory/channels.csv", channels),
        "budget": write(root, "inventory/budget.yaml", budget),
        "max_rejected": 1,
    }


def _handoffs(root: Path, state: str = "active") -> Settings:
    write(root, "docs/site.md", f"---\ntitle: Site\nstate: {state}\nupdated: 2026-10-28\nblockers: [keys]\n---\n")
    return {"path": "docs", "max_rejected": 1}


def _notes(root: Path, period: str = "2026-10") -> Settings:
    about = "tenant: alpha\nauthor: Ann Ruiz\ndate: 2026-11-03"
    write(root, "notes/october.md", f"---\n{about}\nperiod: 2026-10\n---\nPaid in advance.\n")
    write(root, "notes/later.md", f"---\n{about}\nperiod: {period}\n---\nAnd late.\n")
    decision = "action: CTO-7K3F, due: 2026-12-15, by: Bo, date: 2026-10-20, reason: The yard is full"
    write(root, "notes/said.yaml", f"decisions:\n  - {{tenant: alpha, {decision}}}\n")
    return {"folder": "notes"}


def _git_history(root: Path, first: str = "2026-09-01T12:00:00Z") -> Settings:
    if not (root / "code").exists():
        made = repository(root / "code")
        made.commit({"a": "1\n"}, first)
        made.commit({"a": "2\n"}, "2026-10-01T12:00:00Z")
        made.tag("v1", "2026-10-02T12:00:00Z")
    return {"repositories": [{"path": "code"}], "max_rejected": 1}


def _bank(root: Path, amount: str) -> Settings:
    columns = {"date": "Date", "amount": "Amount", "party": "Party", "balance": "Balance"}
    lines = ("2026-10-01,90.00,Ada,90.00", f"2026-10-02,{amount},Marina,80.00")
    return bank(root, *lines, header="Date,Amount,Party,Balance", columns=columns)


def _transactions(root: Path, amount: str = "-10.00") -> Settings:
    charge = "txn_1,charge,ch_1,10.00,0.59,9.41,usd,2026-10-05 19:30,,,,"
    return options(root, stripe=[stripe(root, charge)], bank=[_bank(root, amount)])


def _bank_statements(root: Path, amount: str = "-10.00") -> Settings:
    return {"bank": [_bank(root, amount)], "max_rejected": 1}


def _web_analytics(root: Path, clicks: str = "3") -> Settings:
    head = "# Start date: 20261001\n# End date: 20261031\nSession default channel group,Sessions,Engaged sessions\n"
    write(root, "web/traffic.csv", f"{head}Direct,40,22\nOrganic Search,31,25\n")
    write(
        root, "web/Dates.csv", f"Date,Clicks,Impressions,CTR,Position\n2026-10-01,5,90,5.56%,8.2\n2026-10-02,{clicks},80,,9\n"
    )
    return {"visits": [{"path": "web/traffic.csv"}], "searches": [{"path": "web/Dates.csv"}], "max_rejected": 1}


def _ledger(root: Path, credit: str = "10.00") -> Settings:
    entry = ("1,2026-10-01,1000,10.00,", f"1,2026-10-01,4000,,{credit}", "2,2026-10-02,6000,5.00,", "2,2026-10-02,1000,,5.00")
    return general_ledgers.settings(root, general_ledgers.plain(*entry))


def _aws_cost(_: Path, amount: str = "0.31") -> Settings:
    days = [{"account": ACCOUNT, "service": "AWS Lambda", "date": f"2026-10-{day:02d}", "amount": "0.31"} for day in (1, 2)]
    tagged = [{**day, "tags": {"project": "site"}} for day in days]
    _EMULATOR[0].reset()
    _EMULATOR[0].cost_explorer(*tagged, {**tagged[0], "date": "2026-10-03", "amount": amount})
    return {"tag": "project", "max_rejected": 1}


def _cloudwatch(_: Path, value: float = 40.0, functions: tuple[str, ...] = ("bookings",)) -> Settings:
    emulator = _EMULATOR[0]
    emulator.reset()
    emulator.made_at(datetime(2026, 10, 3, tzinfo=UTC))  # logs of more than two weeks ago are not taken
    client, logs = emulator.aws().client("cloudwatch"), emulator.aws().client("logs")
    measured = {"MetricName": "Invocations", "Dimensions": [{"Name": "FunctionName", "Value": "bookings"}]}
    points = [{**measured, "Timestamp": datetime(2026, 10, day, 9, tzinfo=UTC), "Value": 40.0} for day in (1, 2)]
    client.put_metric_data(Namespace="AWS/Lambda", MetricData=[*points, {**points[0], "Value": value}])
    report = "REPORT RequestId: a1\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n"
    logs.create_log_group(logGroupName="/aws/lambda/bookings")
    logs.create_log_stream(logGroupName="/aws/lambda/bookings", logStreamName="s")
    time = int(datetime(2026, 10, 2, 9, tzinfo=UTC).timestamp() * 1000)
    events = [{"timestamp": time, "message": report}]
    logs.put_log_events(logGroupName="/aws/lambda/bookings", logStreamName="s", logEvents=events)
    return {"services": ["lambda"], "functions": functions, "max_rejected": 1}


def _aws_inventory(_: Path, auth: str = "NONE", buckets: tuple[str, ...] = ()) -> Settings:
    aws_account.fresh(_EMULATOR[0], auth)
    return {"regions": ["us-west-2"], "sampled_buckets": buckets, "max_rejected": 1}


def _dynamodb(_: Path, total: str = "110.5") -> Settings:
    _EMULATOR[0].reset()
    aws = _EMULATOR[0].aws()
    dynamo.table(aws)
    dynamo.put(aws, [dynamo.booking(1), dynamo.booking(2, total={"N": total})])
    return {"table": "bookings", "into": "bookings", "columns": dynamo.COLUMNS, "max_rejected": 1}


def _code_audit(
    root: Path, manifest: str = '{"webapp": {"access": "ANYONE_ANONYMOUS", "executeAs": "USER_DEPLOYING"}}'
) -> Settings:
    if not (root / "code").exists():
        made = repository(root / "code")
        keys = {".env": f"STRIPE_SECRET_KEY={example_key()}\n", "app/appsscript.json": manifest}
        runtime = {"requirements.txt": "demo==1.0\nother>=2\n", "Dockerfile": "FROM python:3.8-slim\n"}
        made.commit({**keys, **runtime}, "2026-10-01T12:00:00Z")
    write(root, "osv/DEMO-1.json", ADVISORY)
    return {"repositories": [{"path": "code"}], "osv": "osv", "max_rejected": 1}


CASES = {
    "code_audit": Case(
        _code_audit, lambda root: _code_audit(root, "{"), lambda root: {"repositories": [{"path": "gone"}], "osv": "osv"}
    ),
    "dynamodb": Case(
        _dynamodb,
        lambda root: _dynamodb(root, "12.345"),
        lambda root: {**_dynamodb(root), "table": "gone-for-good"},
        on_aws=True,
    ),
    "aws_inventory": Case(
        _aws_inventory,
        lambda root: _aws_inventory(root, auth="FRIENDS"),
        lambda root: _aws_inventory(root, buckets=("gone",)),
        on_aws=True,
    ),
    "cloudwatch": Case(
        _cloudwatch,
        lambda root: _cloudwatch(root, 1e25),
        lambda root: _cloudwatch(root, functions=("gone",)),
        on_aws=True,
    ),
    "aws_cost": Case(_aws_cost, lambda root: _aws_cost(root, "much"), lambda _: {"export": "gone"}, on_aws=True),
    "inventories": Case(_inventories, lambda root: _inventories(root, "many"), lambda _: {"channels": "gone.csv"}),
    "notes": Case(_notes, lambda root: _notes(root, "soon"), lambda _: {"folder": "gone"}),
    "handoffs": Case(_handoffs, lambda root: _handoffs(root, "running"), lambda _: {"path": "gone"}),
    "git_history": Case(
        _git_history, lambda root: _git_history(root, "@0 +0000"), lambda _: {"repositories": [{"path": "gone"}]}
    ),
    "ledger": Case(
        _ledger,
        lambda root: _ledger(root, "9.00"),
        lambda root: {**_ledger(root), "files": ["gone.csv"]},
    ),
    "web_analytics": Case(
        _web_analytics,
        lambda root: _web_analytics(root, "81"),
        lambda _: {"visits": [{"path": "gone.csv"}]},
    ),
    "bank_statements": Case(
        _bank_statements,
        lambda root: _bank_statements(root, "(12.00)"),
        lambda root: {"bank": [{**bank(root), "path": "gone.csv"}]},
    ),
    "transactions": Case(
        _transactions,
        lambda root: _transactions(root, "(12.00)"),
        lambda root: {**_transactions(root), "bank": [{**bank(root), "path": "gone.csv"}]},
    ),
}

# One person's slip must not take away what others say.
LENIENT = frozenset({"notes"})


@pytest.fixture(params=sorted(CASES))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if CASES[name].on_aws:
        _EMULATOR[:] = [request.getfixturevalue("emulator")]
    return name


@pytest.fixture
def source(kind: str) -> type[Source]:
    return SOURCES.get(kind)


@pytest.fixture
def view(kind: str, tmp_path: Path) -> Window:
    return _window(kind, tmp_path)


def _window(kind: str, root: Path, period: str = "2026-10") -> Window:
    made = window(root, period)
    marks = Fingerprints("a key of nobody but these tests")
    return replace(made, aws=aws_account.shared(_EMULATOR[0]).at(REGION), fingerprints=marks) if CASES[kind].on_aws else made


def _pull(source: type[Source], settings: Settings, view: Window) -> Pulled:
    return source.pull(source.Options.model_validate(settings), view)


def test_every_registered_source_has_a_case() -> None:
    assert set(SOURCES) == set(CASES)


def test_is_known_by_its_kind(kind: str, source: type[Source]) -> None:
    assert source.kind == kind
    assert source.__doc__


def test_options_refuse_unknown_keys_and_do_not_change(source: type[Source], kind: str, tmp_path: Path) -> None:
    settings = CASES[kind].good(tmp_path)
    made = source.Options.model_validate(settings)
    with pytest.raises(ValidationError, match="colour"):
        source.Options.model_validate({**settings, "colour": "red"})
    with pytest.raises(ValidationError, match="frozen"):
        made.max_rejected = 0  # type: ignore[attr-defined]


def test_bad_rows_over_one_in_a_hundred_fail_it_unless_told_otherwise(source: type[Source], kind: str, view: Window) -> None:
    settings = CASES[kind].bad_row(view.root)
    if kind in LENIENT:
        assert any(table.rejects for table in _pull(source, settings, view).tables)
        return
    del settings["max_rejected"]
    with pytest.raises(SourceError, match=r"cannot be read, the first: .*\(mend the rows, or raise max_rejected \(now 1.00%\)"):
        _pull(source, settings, view)


def test_gives_the_tables_that_it_says_and_no_others(source: type[Source], kind: str, view: Window) -> None:
    settings = CASES[kind].good(view.root)
    names = tuple(table.name for table in _pull(source, settings, view).tables)
    assert names == source.provides(source.Options.model_validate(settings))
    assert names
    assert set(names) <= set(TABLES)


def test_tables_keep_their_contract(source: type[Source], kind: str, view: Window) -> None:
    pulled = _pull(source, CASES[kind].good(view.root), view)
    for table in pulled.tables:
        check(table.name, table.rows)
        assert table.rows.num_rows, f"the case shows no row of {table.name}"
        assert table.rejects == ()
        if table.covers is not None:
            assert schema_of(table.name).dated
            assert table.covers[0] < table.covers[1]
        if table.watermark is not None:
            assert table.watermark.utcoffset() is not None
            assert table.watermark < view.end_instant


def test_pulling_twice_gives_the_same(source: type[Source], kind: str, view: Window) -> None:
    settings = CASES[kind].good(view.root)
    first, second = _pull(source, settings, view), _pull(source, settings, view)
    assert first == second
    for one, other in zip(first.tables, second.tables, strict=True):
        assert one.rows.equals(other.rows, check_metadata=True)


def test_the_folder_it_lies_in_leaves_no_trace(source: type[Source], kind: str, view: Window) -> None:
    pulled = _pull(source, CASES[kind].bad_row(view.root), view)
    assert str(view.root) not in repr([(table.rows.to_pylist(), table.rejects) for table in pulled.tables])


def test_a_bad_row_is_a_reject_and_nothing_of_it_is_kept(source: type[Source], kind: str, view: Window, tmp_path: Path) -> None:
    pulled = _pull(source, CASES[kind].bad_row(view.root), view)
    faults = [fault for table in pulled.tables for fault in table.rejects]
    assert faults
    for fault in faults:
        assert isinstance(fault, Reject)
        assert fault.file
        assert fault.line >= 1
        assert fault.column
        assert fault.expected
        assert len(fault.value) <= 80
    for table in pulled.tables:
        check(table.name, table.rows)
    good = _pull(source, CASES[kind].good(tmp_path / "other"), _window(kind, tmp_path / "other"))
    kept = {table.name: table.rows.num_rows for table in pulled.tables}
    assert any(kept[table.name] < table.rows.num_rows for table in good.tables)


def test_what_is_missing_is_named_for_good(source: type[Source], kind: str, view: Window) -> None:
    with pytest.raises(SourceError, match="gone") as caught:
        _pull(source, CASES[kind].missing(view.root), view)
    assert caught.value.permanent
    assert caught.value.problem.where is not None
    assert caught.value.problem.where.file.startswith("gone")
    assert caught.value.problem.remedy


def test_a_period_before_everything_gives_nothing_and_fails_nobody(source: type[Source], kind: str, view: Window) -> None:
    settings = CASES[kind].good(view.root)
    for table in _pull(source, settings, _window(kind, view.root, "2001-01")).tables:
        check(table.name, table.rows)
        # A list is as it was read, and a plan speaks of months ahead; what happened later is not there.
        if schema_of(table.name).dated and table.name != "budget":
            assert table.rows.num_rows == 0
            assert table.covers is None


def test_a_check_finds_what_a_pull_would_and_misses_what_it_would(source: type[Source], kind: str, view: Window) -> None:
    """A source may do without; one that has a check says no other than its pull does."""
    check_of = getattr(source, "check", None)
    if check_of is None:
        pytest.skip("this kind has no check of its own")
    told = check_of(source.Options.model_validate(CASES[kind].good(view.root)), view)
    assert told
    assert str(view.root) not in told
    settings = source.Options.model_validate(CASES[kind].missing(view.root))
    with pytest.raises(SourceError) as pulled:
        source.pull(settings, view)
    with pytest.raises(SourceError) as checked:
        check_of(settings, view)
    assert checked.value.problem == pulled.value.problem
