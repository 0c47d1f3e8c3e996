"""portfolio.yaml and the environment as frozen settings; nothing else in the library reads the environment.

`models` says what the file may hold, `load` reads it and points at every fault with line and column, `environment` takes
the few names from the process or from `repos.env`. What a source's own options may hold is the source's business: here
they stay a mapping, and `wiring` holds them against the source's model.
"""

from quarterdeck.config.environment import Environment, prefect_defaults
from quarterdeck.config.load import PORTFOLIO, Settings, load_settings
from quarterdeck.config.models import DeliverySettings, RoleSettings, SourceSettings, TargetSettings, TenantSettings
from quarterdeck.config.runs import RunSettings, cluster_of

__all__ = [
    "PORTFOLIO",
    "DeliverySettings",
    "Environment",
    "RoleSettings",
    "RunSettings",
    "Settings",
    "SourceSettings",
    "TargetSettings",
    "TenantSettings",
    "cluster_of",
    "load_settings",
    "prefect_defaults",
]
