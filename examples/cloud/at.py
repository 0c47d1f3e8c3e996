"""The emulator as the seeds see it: clients of one account by its role, over HTTP, and the emulator's own controls."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any

import boto3

from examples.cloud.shapes import Account

_SESSION = "example"


_NAMES = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey", "aws_session_token": "SessionToken"}


@cache
def _sdk() -> Any:
    """One session of the SDK for all accounts: it reads the models of the services, which takes long, once."""
    return boto3.session.Session()


@dataclass(frozen=True)
class At:
    """One account of the emulator at `endpoint`."""

    endpoint: str
    account: Account
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    def client(self, service: str, region: str) -> Any:
        """A client in the account, entered as Quarterdeck enters it."""
        if (service, region) not in self._clients:
            self._clients[service, region] = _sdk().client(service, region, endpoint_url=self.endpoint, **self._entered)
        return self._clients[service, region]

    @cached_property
    def _entered(self) -> dict[str, str]:
        sts = _sdk().client("sts", self.account.regions[0], endpoint_url=self.endpoint)
        told = sts.assume_role(RoleArn=self.account.role, RoleSessionName=_SESSION)["Credentials"]
        return {name: told[key] for name, key in _NAMES.items()}

    def made_at(self, moment: datetime | None) -> None:
        """Let what is made from now on have been made then; None: now."""
        self.tell("/_clock", {"now": moment and moment.isoformat()})

    def tell(self, path: str, what: object) -> None:
        """Ask a control of the emulator for something."""
        body = json.dumps(what).encode()
        request = urllib.request.Request(self.endpoint + path, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310 - likewise
            pass
