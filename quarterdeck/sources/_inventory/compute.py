"""Lambda functions, the keys in their environment, the addresses that call them, and the APIs of API Gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from quarterdeck.errors import QuarterdeckError, SourceError
from quarterdeck.sources._inventory.asking import Asker, Found, Part, Row, Rows, instant, listed
from quarterdeck.sources._inventory.keys import recognise
from quarterdeck.sources._inventory.policies import is_public

_LIST = "lambda:ListFunctions"
_URLS = "lambda:ListFunctionUrlConfigs"
_POLICY = "lambda:GetPolicy"
_APIS = "apigateway:GET"


def _functions(ask: Asker) -> Found:
    read = list(ask.items("lambda", "list_functions", _LIST, "Functions"))
    return {"functions": ask.rows(_function, read), "function_keys": _keys(ask, read)}


def _function(ask: Asker, each: Mapping[str, Any]) -> Row:
    return ask.row(
        function=each["FunctionName"],
        arn=each["FunctionArn"],
        package=each.get("PackageType", "Zip"),
        runtime=each.get("Runtime"),
        architecture=next(iter(each.get("Architectures", ())), None),
        memory_mb=int(each["MemorySize"]),
        timeout_seconds=int(each["Timeout"]),
        variables=listed(_variables(each)),
        changed_at=instant(each.get("LastModified")),
    )


def _variables(each: Mapping[str, Any]) -> Mapping[str, str]:
    variables: Mapping[str, str] = each.get("Environment", {}).get("Variables", {})
    return variables


def _keys(ask: Asker, functions: Iterable[Mapping[str, Any]]) -> Rows | SourceError:
    """The variables that hold a key. What they hold is looked at here, and leaves this function as a fingerprint only."""
    rows: Rows = []
    for each in functions:
        if each.get("Environment", {}).get("Error"):
            what = f"AWS cannot show the environment of {each['FunctionName']}, which another key encrypts"
            return SourceError(what, remedy="allow kms:Decrypt with that key to the role that Quarterdeck reads with")
        for name, value in sorted(_variables(each).items()):
            found = recognise(name, value)
            if found is None:
                continue
            try:
                mark = ask.mark(value)
            except QuarterdeckError as error:
                return SourceError(error.problem.what, remedy=error.problem.remedy)
            rows.append(
                ask.row(function=each["FunctionName"], variable=name, rule=found.rule, kind=found.kind, fingerprint=mark)
            )
    return rows


def _function_urls(ask: Asker) -> Found:
    names = [each["FunctionName"] for each in ask.items("lambda", "list_functions", _LIST, "Functions")]
    return {"function_urls": [row for rows in ask.each(lambda name: _urls_of(ask, name), names) for row in rows]}


def _urls_of(ask: Asker, name: str) -> Rows:
    return ask.rows(_url, ask.items("lambda", "list_function_url_configs", _URLS, "FunctionUrlConfigs", FunctionName=name))


def _url(ask: Asker, each: Mapping[str, Any]) -> Row:
    cors = each.get("Cors") or {}
    _, _, _, _, _, _, name, *qualified = str(each["FunctionArn"]).split(":")
    qualifier = qualified[0] if qualified else ""
    asked = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
    policy = ask.maybe("lambda", "get_policy", _POLICY, ("ResourceNotFoundException",), **asked)
    return ask.row(
        function=name,
        qualifier=qualifier,
        auth=each["AuthType"],
        has_cors=bool(cors),
        origins=listed(cors["AllowOrigins"]) if "AllowOrigins" in cors else None,
        methods=listed(cors["AllowMethods"]) if "AllowMethods" in cors else None,
        is_public=policy is not None and is_public(policy["Policy"]),
        created_at=instant(each.get("CreationTime")),
    )


def _apis(ask: Asker) -> Found:
    apis = list(ask.items("apigatewayv2", "get_apis", _APIS, "Items"))
    return {"apis": ask.rows_at_once(_api, apis)}


def _api(ask: Asker, each: Mapping[str, Any]) -> Row:
    cors = each.get("CorsConfiguration") or {}
    routes = list(ask.items("apigatewayv2", "get_routes", _APIS, "Items", ApiId=each["ApiId"]))
    return ask.row(
        api=each["ApiId"],
        name=each["Name"],
        protocol=each["ProtocolType"],
        has_cors=bool(cors),
        origins=listed(cors["AllowOrigins"]) if "AllowOrigins" in cors else None,
        methods=listed(cors["AllowMethods"]) if "AllowMethods" in cors else None,
        routes=len(routes),
        open_routes=sum(route.get("AuthorizationType", "NONE") == "NONE" for route in routes),
        created_at=instant(each.get("CreatedDate")),
    )


PARTS = (
    Part("lambda", ("functions", "function_keys"), (_LIST,), _functions),
    Part("lambda", ("function_urls",), (_LIST, _URLS, _POLICY), _function_urls),
    Part("apigateway", ("apis",), (_APIS,), _apis),
)
