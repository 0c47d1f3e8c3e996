"""The companies and units of the example, one module each: what they are, in data. Figures are cents unless said."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from examples.shapes import Tenant
from examples.span import Span
from examples.tenants import (
    dangerouscentaur,
    dangerouscentaur_clients,
    expert_yacht_delivery,
    jada,
    queenofsandiego,
    quickdumpnow,
    rental,
)

TENANTS: tuple[Callable[[Span, Random], Tenant], ...] = (
    jada.tenant,
    queenofsandiego.tenant,
    quickdumpnow.tenant,
    dangerouscentaur.tenant,
    rental.tenant,
    expert_yacht_delivery.tenant,
    dangerouscentaur_clients.tenant,
)
