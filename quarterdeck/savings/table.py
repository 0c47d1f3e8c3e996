"""All savings of a tenant together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from quarterdeck.model import At
from quarterdeck.savings import Saving, idle, oversized, within_bill


def every(tables: Mapping[str, pd.DataFrame], at: At) -> list[Saving]:
    """Every saving, the largest first, all together held against the bill."""
    kinds: tuple[Iterable[Saving], ...] = (
        idle.gateways(tables["nat_gateways"], tables["metrics"], tables["metrics_asked"], at),
        idle.addresses(tables["elastic_ips"]),
        idle.unattached_volumes(tables["volumes"], at),
        idle.old_volumes(tables["volumes"]),
        (it.saving for it in oversized.functions(tables["functions"], tables["function_runs"], tables["runs_asked"], at)),
        (
            it.saving
            for it in oversized.uncompressed(
                tables["objects"], tables["object_samples"], tables["distributions"], tables["metrics"], at
            )
        ),
        oversized.logs(tables["log_groups"], at),
    )
    return within_bill((saving for kind in kinds for saving in kind), tables["cloud_costs"], at)
