"""prefect.toml, prefect.yaml and the automations as this checkout has them, without Prefect."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from flows import server_side
from flows.embedded import prepare_prefect
from quarterdeck.errors import ConfigError
from tests.handbook import ROOT

ENDS = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}


def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> dict[str, str]:
    monkeypatch.setattr(server_side, "SETTINGS", tmp_path / "prefect.toml")
    (tmp_path / "prefect.toml").write_text(text, "utf-8")
    return server_side.declared_settings()


def test_settings_are_variables_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[client]\nmax_retries = 7\n[server]\nanalytics_enabled = false\n[server.database]\ntimeout = 2.5\n"
    assert settings(tmp_path, monkeypatch, text) == {
        "PREFECT_CLIENT_MAX_RETRIES": "7",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "2.5",
    }
    with pytest.raises(ConfigError, match=r"prefect\.toml cannot be read"):
        settings(tmp_path, monkeypatch, "[client\n")
    (tmp_path / "prefect.toml").unlink()
    assert server_side.declared_settings() == {}


def test_a_variable_of_the_environment_wins_over_ours_and_ours_over_prefect_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[client]\nmax_retries = 7\n[flows]\nheartbeat_frequency = 60\n[logging]\nlevel = 'DEBUG'\n"
    settings(tmp_path, monkeypatch, text)
    environment = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    monkeypatch.setattr("os.environ", environment)
    prepare_prefect(tmp_path)
    assert environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"
    assert environment["PREFECT_CLIENT_MAX_RETRIES"] == "7"
    assert environment["PREFECT_LOGGING_LEVEL"] == "ERROR"


def test_every_setting_has_its_reason_above_it() -> None:
    lines = (ROOT / "prefect.toml").read_text("utf-8").splitlines()
    pairs = [(before, line) for before, line in pairwise(lines) if "=" in line and not line.startswith("#")]
    assert len(pairs) >= 5
    assert [line for before, line in pairs if not before.startswith("#")] == []


def test_who_is_silent_for_several_heartbeats_is_taken_for_dead_and_no_one_else() -> None:
    [silent] = [each for each in server_side.declared_automations() if each["name"] == "runs without heartbeat"]
    beat = int(server_side.declared_settings()["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"])
    trigger = silent["trigger"]
    assert trigger["within"] >= 5 * beat
    assert (trigger["posture"], trigger["after"], trigger["threshold"]) == ("Proactive", ["prefect.flow-run.heartbeat"], 1)
    assert set(trigger["expect"]) == {*ENDS, *trigger["after"]}  # whoever has ended is not waited for
    assert trigger["for_each"] == ["prefect.resource.id"]
    [action] = silent["actions"]
    assert (action["type"], action["state"]) == ("change-flow-run-state", "CRASHED")


def test_no_two_automations_have_one_name() -> None:
    names = [each["name"] for each in server_side.declared_automations()]
    assert sorted(set(names)) == sorted(names)
