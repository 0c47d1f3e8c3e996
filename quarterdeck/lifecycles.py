"""When runtimes and languages reach the end of their support, as it was known on a day: to be looked up, never to be guessed.

Dates in the future are plans of those who maintain them, and move. What is not in these tables is not known here, and
whoever asks says so rather than that all is well. To bring them up to date: the tables below, and `KNOWN_ON`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

KNOWN_ON = date(2026, 11, 24)
SOURCES = (
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, as cfn-lint 1.58.0 has it",
    "https://devguide.python.org/versions/",
    "https://github.com/nodejs/Release",
    "https://www.ruby-lang.org/en/downloads/branches/",
    "https://www.php.net/supported-versions.php",
    "https://go.dev/doc/devel/release",
)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The last day on which something gets security fixes, and what comes after it; None where there is nothing newer."""

    ends_on: date
    successor: str | None = None


def of_lambda(runtime: str) -> Lifecycle | None:
    """The lifecycle of a runtime of AWS Lambda, `python3.11`; None where it is not known."""
    return _LAMBDA.get(runtime)


def of_language(language: str, version: str) -> Lifecycle | None:
    """The lifecycle of a language's release line, as `python` and `3.8.12`, or `node` and `18`; None where it is not known.

    Of a version, as many leading numbers count as the language's lines have.
    """
    line = _LINES.get(language.lower())
    numbers = re.findall(r"\d+", version)
    if line is None or len(numbers) < line.depth:
        return None
    ends = line.ends.get(".".join(numbers[: line.depth]))
    return None if ends is None else Lifecycle(date.fromisoformat(ends), line.newest)


@dataclass(frozen=True, slots=True)
class _Line:
    """The release lines of a language: how many numbers name one, the newest, and when each one ends."""

    depth: int
    newest: str
    ends: Mapping[str, str]


def _days(text: str) -> dict[str, str]:
    """`3.8 2024-10-07, 3.9 2025-10-31` as a mapping."""
    return dict(entry.split() for entry in text.replace("\n", " ").split(","))


_PYTHON = _Line(
    2,
    "3.14",
    _days(
        "2.7 2020-01-01, 3.4 2019-03-18, 3.5 2020-09-30, 3.6 2021-12-23, 3.7 2023-06-27, 3.8 2024-10-07, 3.9 2025-10-31, "
        "3.10 2026-10-31, 3.11 2027-10-31, 3.12 2028-10-31, 3.13 2029-10-31, 3.14 2030-10-31"
    ),
)
_NODE = _Line(
    1,
    "24",
    _days(
        "8 2019-12-31, 10 2021-04-30, 12 2022-04-30, 13 2020-06-01, 14 2023-04-30, 15 2021-06-01, 16 2023-09-11, "
        "17 2022-06-01, 18 2025-04-30, 19 2023-06-01, 20 2026-04-30, 21 2024-06-01, 22 2027-04-30, 23 2025-06-01, "
        "24 2028-04-30"
    ),
)
_RUBY = _Line(
    2,
    "4.0",
    _days(
        "2.4 2020-03-31, 2.5 2021-03-31, 2.6 2022-03-31, 2.7 2023-03-31, 3.0 2024-04-23, 3.1 2025-03-31, 3.2 2026-03-31, "
        "3.3 2027-03-31, 3.4 2028-03-31, 4.0 2029-03-31"
    ),
)
_PHP = _Line(
    2,
    "8.5",
    _days(
        "5.6 2018-12-31, 7.0 2019-01-10, 7.1 2019-12-01, 7.2 2020-11-30, 7.3 2021-12-06, 7.4 2022-11-28, 8.0 2023-11-26, "
        "8.1 2025-12-31, 8.2 2026-12-31, 8.3 2027-12-31, 8.4 2028-12-31, 8.5 2029-12-31"
    ),
)
_GO = _Line(
    2,
    "1.26",
    # A release of Go ends when the second one after it appears, so the two latest have no day yet.
    _days(
        "1.18 2023-02-01, 1.19 2023-08-08, 1.20 2024-02-06, 1.21 2024-08-13, 1.22 2025-02-11, 1.23 2025-08-12, 1.24 2026-02-10"
    ),
)
_LINES: Mapping[str, _Line] = {
    "python": _PYTHON,
    "node": _NODE,
    "nodejs": _NODE,
    "ruby": _RUBY,
    "php": _PHP,
    "go": _GO,
}


def _runtimes(successor: str | None, text: str) -> dict[str, Lifecycle]:
    days = _days(text).items()
    return {name: Lifecycle(date.fromisoformat(day), None if name == successor else successor) for name, day in days}


_LAMBDA: Mapping[str, Lifecycle] = {
    **_runtimes(
        "python3.14",
        "python2.7 2021-07-15, python3.6 2022-07-18, python3.7 2023-12-04, python3.8 2024-10-14, python3.9 2025-12-15, "
        "python3.10 2026-10-31, python3.11 2027-06-30, python3.12 2028-10-31, python3.13 2029-06-30, python3.14 2029-06-30",
    ),
    **_runtimes(
        "nodejs24.x",
        "nodejs 2016-08-30, nodejs4.3 2020-03-05, nodejs4.3-edge 2020-03-05, nodejs6.10 2019-08-12, nodejs8.10 2020-03-06, "
        "nodejs10.x 2021-07-30, nodejs12.x 2023-03-31, nodejs14.x 2023-12-04, nodejs16.x 2024-06-12, nodejs18.x 2025-09-01, "
        "nodejs20.x 2026-04-30, nodejs22.x 2027-04-30, nodejs24.x 2028-04-30",
    ),
    **_runtimes(
        "java25",
        "java8 2024-01-08, java8.al2 2027-06-30, java11 2027-06-30, java17 2027-06-30, java21 2029-06-30, java25 2029-06-30",
    ),
    **_runtimes(
        "dotnet10",
        "dotnetcore1.0 2019-06-27, dotnetcore2.0 2019-05-30, dotnetcore2.1 2022-01-05, dotnetcore3.1 2023-04-03, "
        "dotnet6 2024-12-20, dotnet8 2026-11-10, dotnet9 2026-11-10, dotnet10 2028-11-14",
    ),
    **_runtimes(
        "ruby4.0",
        "ruby2.5 2021-07-30, ruby2.7 2023-12-07, ruby3.2 2026-03-31, ruby3.3 2027-03-31, "
        "ruby3.4 2028-03-31, ruby4.0 2029-03-31",
    ),
    **_runtimes(
        "provided.al2023", "go1.x 2024-01-08, provided 2024-01-08, provided.al2 2026-07-31, provided.al2023 2029-06-30"
    ),
}
