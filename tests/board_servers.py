"""What each kind of board needs on this machine to pass the contract suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from quarterdeck.boards import BOARDS, Board, KnownBoard, Means, Telling
from tests import github_server, hook_server, jira_server, kanboard_server, redmine_server, trello_server

TENANT = "acme"
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
Making = Callable[[Path], AbstractContextManager[Board]]


def means(home: Path, secrets: dict[str, str] | None = None) -> Means:
    """Means with secrets of the test's own, by their references."""
    return Means(home, (secrets or {}).__getitem__, lambda: NOW)


def made(kind: str, home: Path, options: dict[str, object], secrets: dict[str, str] | None = None) -> KnownBoard:
    """A board as the settings would make it."""
    cls = BOARDS.get(kind)
    return cls(means(home, secrets), cls.Options.model_validate(options), TENANT)


@contextmanager
def _embedded(home: Path) -> Iterator[Board]:
    yield made("embedded", home, {})


@contextmanager
def _redmine(home: Path) -> Iterator[Board]:
    server = redmine_server.shared()
    secrets = {redmine_server.REFERENCE: redmine_server.KEY}
    yield made("redmine", home, server.options(server.project()), secrets)


@contextmanager
def _github(home: Path) -> Iterator[Board]:
    with github_server.running() as server:
        yield made("github", home, server.options(), {github_server.REFERENCE: github_server.TOKEN})


@contextmanager
def _trello(home: Path) -> Iterator[Board]:
    with trello_server.running() as server:
        yield made("trello", home, server.options(), trello_server.REFERENCES)


@contextmanager
def _kanboard(home: Path) -> Iterator[Board]:
    with kanboard_server.running() as server:
        yield made("kanboard", home, server.options(), {kanboard_server.REFERENCE: kanboard_server.TOKEN})


@contextmanager
def _webhook(home: Path) -> Iterator[Board]:
    """What is read of it is what it told, so each test is of that, too: all of it is told at the end."""
    with hook_server.hook_server() as hooks:
        board = made("webhook", home, hook_server.options(), hooks.secrets)
        yield board
        assert isinstance(board, Telling)
        assert board.tell(lambda _: None) == ()
        assert all(len(got.body) < 20_000 for got in hooks.got)


@contextmanager
def _jira(home: Path) -> Iterator[Board]:
    with jira_server.running() as server:
        yield made("jira", home, server.options(), {jira_server.REFERENCE: jira_server.TOKEN})


# By kind of board, what starts a server that it talks to and gives a fresh, empty board on it.
SERVERS: dict[str, Making] = {
    "embedded": _embedded,
    "github": _github,
    "jira": _jira,
    "kanboard": _kanboard,
    "redmine": _redmine,
    "trello": _trello,
    "webhook": _webhook,
}
