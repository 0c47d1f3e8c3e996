"""What the fields of a run's form may hold. What each is for stands in the flow's docstring, where Prefect reads it.

Prefect draws the form from these types, and refuses what does not fit before a run begins. Roles are those of `reports/`
when the deployment was made; tenants are the portfolio's, which no form knows: the run itself refuses one that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from reports import roles as _roles

_ONE = r"(FY)?[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|W[0-5][0-9]))?"
_NAMED = "last-(complete|month|week|quarter|year)"

if TYPE_CHECKING:
    RoleId = str
else:
    RoleId = Literal[tuple(_roles())]

Period = Annotated[str, Field(pattern=f"^({_ONE}|{_NAMED})$")]
OnePeriod = Annotated[str, Field(pattern=f"^{_ONE}$")]
Tenants = list[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]]
Roles = list[RoleId]
Ahead = Annotated[int, Field(ge=0, le=12)]
Limit = Annotated[int, Field(ge=1, le=1_000_000)]
Config = Annotated[str, Field(min_length=1)]
