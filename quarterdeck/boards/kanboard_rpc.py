"""Calls to Kanboard: procedures of JSON-RPC 2.0, whose failures come as a success with an error in it, or with `false`."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from quarterdeck.boards.calls import Calls, mapping
from quarterdeck.boards.faults import BoardError, BoardForbiddenError, BoardUnavailableError, CardRejectedError
from quarterdeck.http import Answer

_USER = "jsonrpc"  # the name that goes with the token of the whole application
_REFUSED = {401, 403}
_NOT_DONE = {-32700, -32600, -32601, -32602}  # not read, not understood, no such procedure, other parameters
_SAID = 200


class Procedures:
    """Kanboard's procedures at the address of an installation."""

    def __init__(self, url: str, token: str) -> None:
        told = b64encode(f"{_USER}:{token}".encode()).decode()
        self._calls = Calls(url, {"Authorization": f"Basic {told}"}, said=_said)

    def ask(self, procedure: str, **params: Any) -> Any:
        """What a procedure gives; a BoardError where it says that it failed."""
        body = {"jsonrpc": "2.0", "method": procedure, "id": 1, "params": params}
        answer = mapping(self._calls.ask("POST", "/jsonrpc.php", body=body))
        if answer.get("error") is not None:
            raise _fault(procedure, answer["error"])
        if "result" not in answer:
            raise BoardUnavailableError("the board's answer is not understood", remedy="see that `url` is Kanboard's own")
        return answer["result"]

    def do(self, procedure: str, **params: Any) -> Any:
        """As `ask`, of a procedure that says with `false` that it did nothing; it gives no reason."""
        result = self.ask(procedure, **params)
        if not result:
            raise CardRejectedError(
                f"Kanboard refuses {procedure} and does not say why", remedy="see the card and the log of Kanboard"
            )
        return result


def _fault(procedure: str, error: Any) -> BoardError:
    """What an error within an answer means."""
    told = error if isinstance(error, dict) else {}
    code, words = told.get("code"), " ".join(f"{told.get('message') or ''} {told.get('data') or ''}".split())[:_SAID]
    what = f"{procedure}: {words}" if words else procedure
    if code in _REFUSED:
        return BoardForbiddenError(f"Kanboard refuses our credentials ({what})", remedy="see the token")
    if code in _NOT_DONE:
        return CardRejectedError(f"Kanboard does not take it ({what})", remedy="see which version it is")
    return BoardUnavailableError(f"Kanboard failed ({what})", remedy="see its log; sync it again later")


def _said(answer: Answer) -> str:
    body = answer.json()
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message") or "") if isinstance(error, dict) else ""
