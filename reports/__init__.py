"""What each role reads, in which order: one short file per role. Order is decided here and nowhere else.

A role file holds one `ROLE`. It names KPIs, rules and exhibits by id; what they mean, what is wrong and how it looks
is decided elsewhere. To add a role: one file here (and a template of its own only where its pages differ).
"""

from __future__ import annotations

import importlib
from functools import cache

from quarterdeck.errors import ConfigError
from quarterdeck.model import Role, TenantKind
from quarterdeck.registry import discover

_NOTICES = "operators"  # steps/alert.py delivers under it


@cache
def roles() -> dict[str, Role]:
    """All roles by id, in the order of their files' names."""
    found: dict[str, Role] = {}
    for module in discover("reports"):
        role = getattr(importlib.import_module(module), "ROLE", None)
        if not isinstance(role, Role):
            raise ConfigError(f"{module} is no role file: it has no ROLE", remedy="ROLE = Role(id=..., title=..., ...)")
        if role.id == _NOTICES:
            raise ConfigError(f"{module}: the role {role.id!r} is that of notices to those who run it", remedy="rename it")
        if role.id in found:
            raise ConfigError(f"two files in reports/ have the role {role.id!r}", remedy="ids are unique; rename one")
        found[role.id] = role
    return found


def role(id: str) -> Role:
    """A role by its id, or ConfigError that names the ones there are."""
    if id not in roles():
        raise ConfigError(f"there is no role {id!r}", remedy=f"known: {', '.join(roles())}")
    return roles()[id]


def roles_for(kind: TenantKind) -> tuple[Role, ...]:
    """The roles that a kind of tenant has by default."""
    return tuple(role for role in roles().values() if kind in role.kinds)
