"""What a Prefect server should know of this checkout: prefect.yaml, prefect.toml and the automations, read without a server."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from quarterdeck.errors import ConfigError, Where

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "prefect.toml"
_DEPLOYMENTS = ROOT / "prefect.yaml"
_AUTOMATIONS = ROOT / "deployments" / "automations"


def declared_deployments() -> list[dict[str, Any]]:
    """The deployments of prefect.yaml, as they stand there; ConfigError where it cannot be read."""
    listed = _yaml(_DEPLOYMENTS).get("deployments") or []
    return [dict(each) for each in listed]


def declared_pools() -> list[dict[str, Any]]:
    """The work pools that prefect.yaml names, each once. They are of the type process where the file does not say."""
    pools = {each["work_pool"]["name"]: each["work_pool"] for each in declared_deployments()}
    return list(pools.values())


def declared_automations() -> list[dict[str, Any]]:
    """The automations of deployments/automations, in the order of their files."""
    return [dict(_yaml(file)) for file in sorted(_AUTOMATIONS.glob("*.yaml"))]


def declared_settings() -> dict[str, str]:
    """The settings of prefect.toml as variables of the environment; what is not there is not set."""
    try:
        return dict(_variables("PREFECT", tomllib.loads(SETTINGS.read_text("utf-8"))))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"prefect.toml cannot be read: {error}", where=Where(str(SETTINGS)), remedy="mend it") from error


def _variables(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [found for key, inner in value.items() for found in _variables(f"{name}_{key.upper()}", inner)]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value))]


def _yaml(file: Path) -> Mapping[str, Any]:
    try:
        read = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{file.name} cannot be read: {error}", where=Where(str(file)), remedy="mend it") from error
    if not isinstance(read, dict):
        raise ConfigError(f"{file.name} holds no settings", where=Where(str(file)), remedy="take it from the checkout")
    return read
