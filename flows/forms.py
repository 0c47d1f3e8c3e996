"""What the fields of a run's form are called and may hold. What each is for stands in the flow's docstring.

Prefect draws the form from these types, and refuses what does not fit before a run begins. No field may be left without a
value, for the form would then ask for a type first: what is left out is an empty list or text. Roles are those of
`reports/` when the deployment was made; tenants are the portfolio's, which no form knows: the run itself refuses one that is
not there, before anything is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from reports import roles as _roles

_ONE = r"(FY)?[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|W[0-5][0-9]))?"
_NAMED = "last-(complete|month|week|quarter|year)"

if TYPE_CHECKING:
    RoleId = str
else:
    RoleId = Literal[tuple(_roles())]


def _titled(title: str, **limits: Any) -> Any:
    """A field under a title. As a part of the schema, since Prefect puts the parameter's name in the place of its own."""
    return Field(json_schema_extra={"title": title}, **limits)


Period = Annotated[str, _titled("Period", pattern=f"^({_ONE}|{_NAMED})$")]
AnyPeriod = Annotated[str, _titled("Period", pattern=f"^({_ONE}|{_NAMED})?$")]
OnePeriod = Annotated[str, _titled("Period", pattern=f"^{_ONE}$")]
First = Annotated[str, _titled("First period", pattern=f"^{_ONE}$")]
Last = Annotated[str, _titled("Last period", pattern=f"^{_ONE}$")]
TenantId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
OneTenant = Annotated[TenantId, _titled("Tenant")]
Tenants = Annotated[tuple[TenantId, ...], _titled("Tenants")]
Roles = Annotated[tuple[RoleId, ...], _titled("Roles")]
Deliver = Annotated[bool, _titled("Send to readers")]
Revise = Annotated[bool, _titled("Send revisions")]
DryRun = Annotated[bool, _titled("Only show the plan")]
Again = Annotated[bool, _titled("Make again")]
Ahead = Annotated[int, _titled("Periods ahead", ge=0, le=12)]
Limit = Annotated[int, _titled("Messages at most", ge=1, le=1_000_000)]
Config = Annotated[str, _titled("Portfolio file", min_length=1)]
