"""Secrets by reference: what the settings hold is where a secret lies, never the secret.

`${env:NAME}` is a variable of the process or of repos.env, `${ssm:/path}` a parameter of SSM Parameter Store,
`${secret:name}` a secret of AWS Secrets Manager. A secret is read when it is needed and written nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from quarterdeck.aws import Aws, fault_of
from quarterdeck.config.load import NOT_SHOWN
from quarterdeck.errors import ConfigError

_REFERENCE = re.compile(r"\$\{(?P<kind>env|ssm|secret):(?P<name>[A-Za-z0-9_/.@+=-]{1,512})\}", re.ASCII)
_REMEDY = "write ${env:NAME}, ${ssm:/path} or ${secret:name}"


def _reference(given: object) -> str:
    """Before all other checks, whose errors would repeat what was given: if it is no reference, it is a secret."""
    if not isinstance(given, str) or not _REFERENCE.fullmatch(given):
        raise PydanticCustomError(NOT_SHOWN, "a secret does not stand in this file")
    return given


Reference = Annotated[str, BeforeValidator(_reference)]
Secrets = Callable[[str], str]


def secrets_of(environment: Mapping[str, str], aws: Aws) -> Secrets:
    """A reader of references; it raises ConfigError, which names the reference, where there is nothing behind it."""

    def read(reference: str) -> str:
        match = _REFERENCE.fullmatch(reference)
        if not match:
            raise ConfigError("a secret's reference is none", remedy=_REMEDY)
        found = _value(match["kind"], match["name"], environment, aws, reference)
        if not found:
            raise ConfigError(f"there is nothing behind {reference}", remedy="set it where the reference points")
        return found

    return read


def _value(kind: str, name: str, environment: Mapping[str, str], aws: Aws, reference: str) -> str:
    if kind == "env":
        return environment.get(name, "")
    try:
        if kind == "ssm":
            answer = aws.client("ssm").get_parameter(Name=name, WithDecryption=True)
            return str(answer["Parameter"]["Value"])
        return str(aws.client("secretsmanager").get_secret_value(SecretId=name).get("SecretString", ""))  # else it is binary
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        remedy = "see that it is there and that this process may read it"
        raise ConfigError(f"{reference} cannot be read: {fault.code}", remedy=remedy, permanent=fault.answered) from None
