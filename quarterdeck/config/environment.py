"""The names that the environment may set, from the process or from `repos.env`; a real variable wins over the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from quarterdeck.errors import ConfigError, Where

ENV_FILE = "repos.env"
_HOME = "QUARTERDECK_HOME"


@dataclass(frozen=True, slots=True)
class Environment:
    """What was set: sender and readers for the portfolio's reports, the AWS region, the home folder, the task runner.

    `names` holds every variable, for the settings that refer to one as `${env:NAME}`; some of them are secrets.
    """

    sender: str | None = None
    region: str | None = None
    recipients: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    home: str | None = None
    task_runner: str = "threads"
    hmac_key: str | None = field(default=None, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, folder: Path, process: Mapping[str, str]) -> Environment:
        """The environment of a portfolio in `folder`; ConfigError where its repos.env cannot be read.

        The file is parsed, never executed, and `$NAME` stays text. A relative path in it starts from its folder.
        """
        names = {**_stored(folder / ENV_FILE), **process}
        return cls(
            sender=names.get("SES_SENDER_EMAIL") or None,
            region=names.get("AWS_REGION") or None,
            recipients=_list(names.get("RECIPIENT_EMAIL", "")),
            bcc=_list(names.get("BCC_RECIPIENTS", "")),
            home=names.get("QUARTERDECK_HOME") or None,
            task_runner=names.get("QUARTERDECK_TASK_RUNNER") or "threads",
            hmac_key=names.get("QUARTERDECK_HMAC_KEY") or None,
            names=names,
        )


def _stored(file: Path) -> dict[str, str]:
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(error.strerror or str(error), where=Where(str(file)), remedy="see to its rights") from error
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not in UTF-8", where=Where(str(file)), remedy="store it in UTF-8") from error
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            where = Where(str(file), binding.original.line)
            raise ConfigError("this is no NAME=value", where=where, remedy="mend the line, or begin it with #")
    stored = {name: value for name, value in dotenv_values(stream=StringIO(text), interpolate=False).items() if value}
    if _HOME in stored:
        stored[_HOME] = str(file.parent / Path(stored[_HOME]).expanduser())
    return stored


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def prefect_defaults(home: Path, process: Mapping[str, str]) -> dict[str, str]:
    """Settings of Prefect that an embedded run needs and the user has not set.

    Prefect reads them once, on its import, so the command line sets them before. Its database and results live in the
    home folder; nothing is reported to anybody; and a temporary server gets the time that a slow machine needs.
    """
    defaults = {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",  # a temporary server complains of being stopped, at every end
        "PREFECT_LOGGING_EXTRA_LOGGERS": "quarterdeck.run",  # the progress lines, as the run's log in the UI
        "DO_NOT_TRACK": "1",
    }
    if "PREFECT_LOGGING_LEVEL" not in process:
        # A part that failed is told once, by the run's own line; what Prefect says of it goes to its database.
        defaults["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    return {name: value for name, value in defaults.items() if name not in process}
