"""Answers of our own held against the SDK's model of the service: a gap that is filled must look like AWS."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator


def held(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, if it has the shape that the SDK expects of it; an error of the emulator where it has not."""
    shape = _model(service).operation_model(operation).output_shape
    found = ParamValidator().validate(answer, shape)
    if found.has_errors():
        raise AssertionError(f"{service} {operation}: {found.generate_report()}")
    return answer


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)
