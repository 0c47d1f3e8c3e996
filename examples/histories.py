"""Made-up git histories: who commits when, on what, with merges, releases, a revert now and then, and open branches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from random import Random
from zoneinfo import ZoneInfo

from examples.shapes import Repository
from examples.span import Span

_LINES = {
    ".gs": "const rule{n} = {value};",
    ".js": "export const rule{n} = {value};",
    ".py": "RULE_{n} = {value}",
    ".html": '<p class="note" data-n="{n}">{value}</p>',
    ".css": ".note-{n} {{ margin-top: {value}px; }}",
}
_OTHER = "# {n}: {value}"
_SIDE_WORK = 0.2  # share of the work that is done on a branch and merged
_FIX_DAYS = 1


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `parents` and `mark` are numbers within the history, `files` the whole tree after it."""

    mark: int
    parents: tuple[int, ...]
    author: str
    when: datetime
    subject: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    mark: int
    author: str
    when: datetime


@dataclass
class History:
    """Commits in an order in which parents come first; `branches` are the tips besides main."""

    commits: list[Commit] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    branches: dict[str, int] = field(default_factory=dict)
    main: int = 0

    def at(self, mark: int) -> Commit:
        return self.commits[mark - 1]


def history(plan: Repository, span: Span, zone: ZoneInfo, rng: Random) -> History:
    """The whole history of a repository, the same for the same random numbers."""
    made = History()
    lead = plan.authors[0][0]
    first = datetime.combine(span.day(24, 2), time(9, 30), zone)
    made.main = _commit(made, (), lead, first, f"Start {plan.name}", dict(plan.files))
    for month in span.months[: len(span.months) - plan.quiet_months]:
        days = _days(month, plan.rhythm[span.year_of(month)], rng)
        for moment in (datetime.combine(day, time(rng.randint(9, 17), rng.randint(0, 59)), zone) for day in days):
            _work(made, plan, moment, rng)
        if plan.releases:
            _release(made, month, span, zone, lead, rng)
    for n, branch in enumerate(plan.open_branches):
        started = datetime.combine(span.ago(70 + 20 * n), time(11, 5), zone)
        base = max((c.mark for c in made.commits if c.when < started), default=made.main)
        made.branches[branch] = _change(made, plan, (base,), started, rng, f"Try {branch.replace('-', ' ')}")
    return made


def _days(month: date, count: int, rng: Random) -> list[date]:
    weekdays = [d for d in (month + timedelta(days=n) for n in range(1, 26)) if d.weekday() < 5]
    return sorted(rng.sample(weekdays, min(count, len(weekdays))))


def _work(made: History, plan: Repository, moment: datetime, rng: Random) -> None:
    base = made.main
    if len(made.commits) > 1 and rng.random() < _SIDE_WORK:
        side = _change(made, plan, (base,), moment - timedelta(hours=rng.randint(3, 20)), rng)
        merged = made.at(side)
        lead = plan.authors[0][0]
        made.main = _commit(made, (base, side), lead, moment, f"Merge: {merged.subject}", merged.files)
    elif rng.random() < 0.03 and len(made.commits) > 3:
        last = made.at(base)
        before = made.at(last.parents[0])
        made.main = _commit(made, (base,), last.author, moment, f'Revert "{last.subject}"', before.files)
    else:
        made.main = _change(made, plan, (base,), moment, rng)


def _change(made: History, plan: Repository, parents: tuple[int, ...], moment: datetime, rng: Random, subject: str = "") -> int:
    names, weights = zip(*plan.authors, strict=True)
    author = rng.choices(names, weights)[0]
    files = dict(made.at(parents[0]).files)
    living = [path for path in plan.files if _is_worked_on(path)]
    for path in rng.sample(living, min(len(living), rng.choice((1, 1, 1, 2)))):
        files[path] = _edited(path, files[path], len(made.commits), rng)
    return _commit(made, parents, author, moment, subject or rng.choice(plan.subjects), files)


def _is_worked_on(path: str) -> bool:
    return not path.startswith(".") and not path.endswith((".json", ".txt"))


def _edited(path: str, text: str, n: int, rng: Random) -> str:
    """A few lines more at the end, or the last ones written anew."""
    lines = text.splitlines()
    if rng.random() < 0.35 and len(lines) > 4:
        lines = lines[:-2]
    pattern = _LINES.get(PurePosixPath(path).suffix, _OTHER)
    lines += [pattern.format(n=f"{n}_{k}", value=rng.randint(1, 999)) for k in range(rng.randint(1, 5))]
    return "\n".join(lines) + "\n"


def _commit(
    made: History, parents: tuple[int, ...], author: str, when: datetime, subject: str, files: Mapping[str, str]
) -> int:
    mark = len(made.commits) + 1
    made.commits.append(Commit(mark, parents, author, when, subject, files))
    return mark


def _release(made: History, month: date, span: Span, zone: ZoneInfo, lead: str, rng: Random) -> None:
    """A release of the month's work, and once in a while a second one a day later that mends the first."""
    number = span.months.index(month)
    when = datetime.combine(month + timedelta(days=26), time(16, 0), zone)
    name = f"v{1 + number // 12}.{number % 12}"
    made.tags.append(Tag(f"{name}.0", made.main, lead, when))
    if rng.random() < 0.2:
        tip = made.at(made.main)
        fixed = when + timedelta(days=_FIX_DAYS, hours=-5)
        path = next(path for path in tip.files if _is_worked_on(path))
        files = {**tip.files, path: _edited(path, tip.files[path], len(made.commits), rng)}
        made.main = _commit(made, (made.main,), lead, fixed, f"Hotfix: mend {name}.0", files)
        made.tags.append(Tag(f"{name}.1", made.main, lead, fixed + timedelta(hours=1)))


def changes(history: History) -> Iterator[tuple[Commit, Iterable[tuple[str, str]]]]:
    """Every commit with the files whose text differs from its first parent's."""
    for commit in history.commits:
        before = history.at(commit.parents[0]).files if commit.parents else {}
        yield commit, [(path, text) for path, text in commit.files.items() if before.get(path) != text]
