"""What a notice to operators says of a run, in words that name no reader and hold no secret."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import Problem
from quarterdeck.render.alert import Alert, Fault
from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.records import Part
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts
from quarterdeck.words import Voice

_MOST = 20  # problems of a notice; the run's own account has them all
_NAMED = 8  # reports in one line
_SHORTEST = 4  # characters of a secret; one that is shorter would take the letters of words with it
_ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
_OUR_MESSAGE_ID = re.compile(r"[0-9a-f]{40}@.*")  # looks like an address, and is what a server's log is searched for
_ENV = re.compile(r"\$\{env:([^}]+)\}")


def failed(parts: Parts, run_id: str, period: str, summary: RunSummary) -> Alert:
    """The notice of a run of which a part failed."""
    made = sum(line.revision is not None for line in summary.reports)
    how = "failed in part" if made or not summary.reports else "failed"
    private = _Private(parts)
    return Alert(
        title=_title(parts, period, how),
        lead=tuple(_account(parts, summary)),
        heading="What is wrong",
        faults=_part(map(private.fault, summary.problems)),
        after=(
            "Mend what is named above, then run it again:",
            f"quarterdeck run --period {period} --deliver",
            "What has been sent is not sent again. These problems are not told again for this period.",
        ),
        foot=_foot(parts, run_id),
    )


def recovered(parts: Parts, run_id: str, period: str, summary: RunSummary, gone: Sequence[str]) -> Alert:
    """The notice of a run that went well after one that had not; `gone` are the problems that there were."""
    private = _Private(parts)
    return Alert(
        title=_title(parts, period, "went well again"),
        lead=tuple(_account(parts, summary)),
        heading="What was wrong before",
        faults=_part(Fault(private.text(what)) for what in gone),
        after=("Nothing is to be done.",),
        foot=_foot(parts, run_id),
        is_good=True,
    )


def came_back(parts: Parts, period: str, problems: Sequence[Problem]) -> Alert:
    """The notice of messages that came back, were not wanted, or of which nobody knows what became."""
    private, now = _Private(parts), parts.clock().astimezone(parts.settings.portfolio.zone)
    return Alert(
        title=_title(parts, period, "did not reach everybody"),
        lead=("The mail service tells what became of messages.",),
        heading="What came back",
        faults=_part(map(private.fault, problems)),
        after=("What came back or was not wanted, the next report of its role says as well. None of this is told again.",),
        foot=f"Feedback of {clean(str(parts.settings.file), 200)}, {now:%Y-%m-%d %H:%M %Z}",
    )


def _title(parts: Parts, period: str, how: str) -> str:
    portfolio = parts.settings.portfolio
    name = Voice(portfolio.locale or "en_US").period(parts.period(PORTFOLIO, period))
    return f"{clean(portfolio.name, 80)}: the run for {name} {how}"


def _account(parts: Parts, summary: RunSummary) -> Iterator[str]:
    """What the run made and sent, and what it did not."""
    voice = Voice(parts.settings.portfolio.locale or "en_US")
    made = sum(line.revision is not None for line in summary.reports)
    total = voice.count(len(summary.reports), "report", "reports")
    yield f"All {total} were made." if made == len(summary.reports) else f"{voice.number(made)} of {total} were made."
    missing = [f"{line.report_id} ({line.status})" for line in summary.reports if line.revision is None]
    if missing:
        more = f" and {voice.number(len(missing) - _NAMED)} more" if len(missing) > _NAMED else ""
        yield f"Not made: {', '.join(missing[:_NAMED])}{more}."
    counts = Counter(summary.deliveries)
    told = {
        "sent now": counts["sent"],
        "sent before": counts["already"],
        "failed": counts["failed"],
        "unknown whether it went out": counts["unknown"] + counts["held"],
    }
    shown = ", ".join(f"{voice.number(number)} {what}" for what, number in told.items() if number)
    if counts["planned"]:
        yield f"Of {voice.count(counts['planned'], 'delivery', 'deliveries')}: {shown or 'none went out'}."


def _part(faults: Iterable[Fault]) -> Part[Fault]:
    return Part.of(tuple(faults)).first(_MOST)


def _foot(parts: Parts, run_id: str) -> str:
    now = parts.clock().astimezone(parts.settings.portfolio.zone)
    return f"Run {clean(run_id, 60)} of {clean(str(parts.settings.file), 200)}, {now:%Y-%m-%d %H:%M %Z}"


class _Private:
    """Texts without anybody's address, and without the values of the variables that channels take their secrets from.

    Problems hold neither; this is the last look before they leave the house.
    """

    def __init__(self, parts: Parts) -> None:
        names = _ENV.findall(str(parts.settings.delivery.channels))
        values = {parts.settings.environment.names.get(name, "") for name in names}
        self._secrets = sorted((value for value in values if len(value) >= _SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "(a secret)")
        return clean(
            _ADDRESS.sub(lambda found: found[0] if _OUR_MESSAGE_ID.fullmatch(found[0]) else "(an address)", text), PROSE
        )

    def fault(self, problem: Problem) -> Fault:
        place = self.text(str(problem.where)) if problem.where else ""
        return Fault(self.text(problem.what), place, self.text(problem.remedy))
