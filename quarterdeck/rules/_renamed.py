"""Rules that have had another id: a finding is known by the first one, so that its card and its history survive a rename.

To rename a rule: change its id, and add a line here, from the old id to the new one. A line stays for good.
"""

from __future__ import annotations

from collections.abc import Mapping

RENAMED: Mapping[str, str] = {}


def current_id(rule: str) -> str:
    """What a rule is called now."""
    while rule in RENAMED:
        rule = RENAMED[rule]
    return rule


def first_id(rule: str) -> str:
    """What a rule was called first, which is what the fingerprints of its findings are made of."""
    before = {new: old for old, new in RENAMED.items()}
    while rule in before:
        rule = before[rule]
    return rule
