"""What a run is asked for: which tenants, roles and days, and what is refused before anything is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarterdeck.config import Settings, load_settings
from quarterdeck.errors import ConfigError
from quarterdeck.steps.plan import Plan, period_of, plan
from reports import roles
from tests.reporting import report

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)  # still October in New York
TEXT = """\
portfolio:
  name: Two companies
  currency: USD
  timezone: America/New_York
  fiscal_year_start: 4
  roles: {ceo: {to: [owner@example.com]}}
tenants:
  - id: alpha
    name: Alpha
    roles: {cfo: {to: [cfo@example.com]}}
  - {id: beta, name: Beta, fiscal_year_start: 1}
  - {id: dock, name: Dock House, kind: unit, roles: {cto: {to: [dock@example.com]}}}
  - {id: shed, name: Shed, kind: unit}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "portfolio.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return load_settings(file, {})


def planned(settings: Settings, period: str | None = None, *tenants: str, **rest: object) -> Plan:
    return plan(settings, roles(), now=NOW, period=period, tenants=tenants, **rest)  # type: ignore[arg-type]


def refused(settings: Settings, period: str, *tenants: str, **rest: object) -> str:
    with pytest.raises(ConfigError) as caught:
        planned(settings, period, *tenants, **rest)
    return str(caught.value)


def test_all_tenants_are_measured_for_the_portfolio_and_units_report_what_they_are_set_up_for(settings: Settings) -> None:
    made = planned(settings)
    assert made.period == "2026-09"  # October is not over where the portfolio is
    assert made.tenants == ("alpha", "beta", "dock", "shed", "portfolio")
    five = ("accounting", "ceo", "cfo", "cmo", "cto")
    companies = tuple((tenant, role) for tenant in ("alpha", "beta") for role in five)
    assert made.reports == (*companies, ("dock", "cto"), *(("portfolio", role) for role in five))


def test_one_tenant_is_measured_alone_and_the_portfolio_with_everybody(settings: Settings) -> None:
    assert planned(settings, "2026-10", "beta", "beta", wanted_roles=["ceo"]).tenants == ("beta",)
    whole = planned(settings, "2026-10", "portfolio", wanted_roles=["ceo"])
    assert whole.tenants == ("alpha", "beta", "dock", "shed", "portfolio")
    assert whole.reports == (("portfolio", "ceo"),)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (("2026-11",), "2026-11 has not begun yet"),  # in New York it has not
        (("2027",), "2027 has not begun yet"),
        (("1026-10",), "before 1970"),
        (("1000",), "before 1970"),
        (("2026-13",), "no month 13"),
        (("2026-10", "gamma"), "no tenant 'gamma'"),
        (("2026-10", "shed"), "no report to make"),
    ],
)
def test_what_cannot_be_made_is_refused(settings: Settings, given: tuple[str, ...], what: str) -> None:
    assert what in refused(settings, *given)


def test_a_fiscal_year_is_each_tenants_own(settings: Settings) -> None:
    # The fourth quarter of FY2026 is January to March 2026 for Alpha, and October to December for Beta.
    assert planned(settings, "FY2026-Q4", "alpha").period == "FY2026-Q4"
    assert planned(settings, "FY2026-Q4", "beta").period == "FY2026-Q4"
    assert refused(settings, "FY2028-Q1", "alpha").startswith("FY2028-Q1 has not begun yet (")
    assert refused(settings, "FY2027-Q1", "beta").startswith("FY2027-Q1 has not begun yet for beta")


def test_a_fiscal_period_that_is_not_the_same_days_for_all_is_no_period_of_the_portfolio(settings: Settings) -> None:
    told = refused(settings, "FY2026-Q4")
    assert "FY2026-Q4 is 2026-01-01 to 2026-03-31 for the portfolio and 2026-10-01 to 2026-12-31 for beta" in told
    assert "portfolio.yaml:11:" in told
    assert planned(settings, "2026-Q1").period == "2026-Q1"
    with pytest.raises(ConfigError, match="for beta"):
        period_of("FY2026", settings, NOW, settings.tenants)


def test_a_fiscal_quarter_goes_all_the_way(tmp_path: Path) -> None:
    file = tmp_path / "portfolio.yaml"
    file.write_text(TEXT.replace(", fiscal_year_start: 1", ""), encoding="utf-8")
    for tenant in ("alpha", "portfolio"):
        made = report(file, tenant, "cfo", "FY2026-Q4").document
        heading = made["heading"]
        assert (heading["start"], heading["end"]) == ("2026-01-01", "2026-04-01")
        assert made["report_id"] == f"{tenant}_cfo_FY2026-Q4"
        assert {finding["first_seen"] for finding in made["findings"]} == {"FY2026-Q4"}
        assert min(action["due"] for action in made["actions"]) > "2026-03-31"


def test_delivery_needs_a_reader(settings: Settings) -> None:
    assert "no report has a reader" in refused(settings, "2026-10", "beta", deliver=True)
    assert planned(settings, "2026-10", deliver=True).reports
