"""The emulator's process: prints its port, a free one unless it is told which, then serves until it is killed."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from tests.emulator import awslambda, ce, clock, cloudwatch, ses
from tests.emulator.faults import Environ, Faults, Start, layer


class Handler(WSGIRequestHandler):
    """A handler that hangs up where the faults want it to."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        self.close_connection = True

    def log(self, *_: Any) -> None:
        """Say nothing: the calls are kept in the faults' log."""


class Server(ThreadedWSGIServer):
    """A server that counts the connections which are under way; they are taken in the order in which they were made."""

    def __init__(self, app: Any, faults: Faults, port: int = 0) -> None:
        super().__init__("127.0.0.1", port, app, Handler)
        self.faults = faults

    def process_request(self, request: Any, client_address: Any) -> None:
        self._count(1)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._count(-1)

    def _count(self, more: int) -> None:
        with self.faults.lock:
            self.faults.open += more


def main(port: int = 0) -> None:
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    logging.disable(logging.ERROR)
    faults = Faults()
    moto = _in_turn(DomainDispatcherApplication(create_backend_app))
    awslambda.install()
    ce.install()
    cloudwatch.install()
    filled = ce.layer(cloudwatch.layer(ses.layer(moto, ses.Ses())))
    server = Server(layer(clock.layer(filled), faults), faults, port)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def _in_turn(app: Callable[[Environ, Start], Iterable[bytes]]) -> Callable[[Environ, Start], Iterable[bytes]]:
    """One call of DynamoDB, and one conditional call, at a time.

    Where moto cancels a transaction, it also undoes those that came in between; and between its look at what is there and
    its own write, another may write.
    """
    lock = threading.Lock()

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        in_dynamodb = str(environ.get("HTTP_X_AMZ_TARGET", "")).startswith("DynamoDB")
        if not in_dynamodb and "HTTP_IF_NONE_MATCH" not in environ:
            return app(environ, start)
        with lock:
            return app(environ, start)

    return serve


def _end_with(parent: int) -> None:
    """A test run that is killed must not leave its emulator behind."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
