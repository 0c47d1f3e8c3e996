"""What the bookkeepers of two companies keep of their closes: checklists, locks, a register, words that ask a question.

Nothing in here is drawn by chance. The close before the last has a task that was forgotten, and nobody books depreciation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from examples.files import Row, major
from examples.shapes import Inventory
from examples.span import Span

_TASKS = (
    ("Collect the statements of all banks", 3),
    ("Reconcile the bank accounts", 5),
    ("Reconcile the payouts of Stripe", 5),
    ("Assign what stands in suspense", 8),
    ("Ask for missing receipts", 8),
    ("Close the books", 10),
)
_OPEN = 2  # tasks of the last close that are not done yet
_KEPT_MONTHS = 6
_SLOW_CLOSE = 12  # days after a month's end


def inventories(span: Span, owner: str, assets: Sequence[Row] = (), patterns: Sequence[Row] = ()) -> tuple[Inventory, ...]:
    """The lists of one company, as files of its inventory."""
    found = [Inventory("close_tasks", _tasks(span, owner)), Inventory("locks", _locks(span, owner))]
    if assets:
        found.append(Inventory("fixed_assets", assets))
    if patterns:
        found.append(Inventory("expense_patterns", patterns, "yaml"))
    return tuple(found)


def fixed_asset(name: str, account: str, acquired: object, cost: int, months: int, residual: int = 0) -> Row:
    return {
        "asset": name,
        "account": account,
        "acquired_on": str(acquired),
        "cost": major(cost),
        "useful_months": months,
        "residual": major(residual),
    }


def pattern(words: str, question: str) -> Row:
    return {"words": words, "question": question}


def _tasks(span: Span, owner: str) -> list[Row]:
    rows: list[Row] = []
    for back in range(_KEPT_MONTHS, 0, -1):
        end = span.month(back - 1)
        for number, (task, days) in enumerate(_TASKS):
            was_forgotten = back == 2 and task.startswith("Ask")
            is_open = was_forgotten or (back == 1 and number >= len(_TASKS) - _OPEN)
            due = end + timedelta(days=days)
            done = None if is_open else due + timedelta(days=(back + number) % 3 - 1)
            rows.append({"period": f"{span.month(back):%Y-%m}", "task": task, "owner": owner, "due_on": due, "done_on": done})
    return rows


def _locks(span: Span, owner: str) -> list[Row]:
    return [
        {
            "through": end - timedelta(days=1),
            "locked_at": f"{end + timedelta(days=_SLOW_CLOSE - back % 3)}T17:30:00Z",
            "locked_by": owner,
        }
        for back in range(_KEPT_MONTHS, 1, -1)
        for end in (span.month(back - 1),)
    ]
