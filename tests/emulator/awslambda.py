"""What moto lacks of Lambda: the addresses of a function as a list, which has one member at most here."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.responses import LambdaResponse
from moto.awslambda.urls import url_paths

from tests.emulator.shapes import held


def install() -> None:
    """Let moto answer ListFunctionUrlConfigs."""
    url_paths[r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls/?$"] = LambdaResponse.dispatch
    LambdaResponse.list_function_url_configs = _list  # type: ignore[attr-defined]


def _list(self: Any) -> str:
    function = self.backend.get_function(unquote(self.path.split("/")[-2]))  # ResourceNotFoundException where there is none
    found = (
        [{key: value for key, value in function.url_config.to_dict().items() if value is not None}]
        if function.url_config
        else []
    )
    return json.dumps(held("lambda", "ListFunctionUrlConfigs", {"FunctionUrlConfigs": found}))
