"""What each rule of savings finds, within the bill, and all of it: findings and tables have the same amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from quarterdeck.model import At
from quarterdeck.savings import Saving, idle, oversized, within_bill

Tables = Mapping[str, pd.DataFrame]


def gateways(tables: Tables, at: At) -> list[Saving]:
    """NAT gateways without traffic, each with its address as one saving."""
    found = idle.gateways(tables["nat_gateways"], tables["metrics"], tables["metrics_asked"], at)
    held = within_bill(found, tables["cloud_costs"], at)
    addresses = {saving.resource: saving for saving in held if saving.billed == "address"}
    return [_with(saving, addresses.get(f"{saving.resource} address")) for saving in held if saving.billed == "gateway"]


def _with(gateway: Saving, address: Saving | None) -> Saving:
    if address is None or gateway.usd is None or address.usd is None:
        return gateway
    return replace(gateway, usd=gateway.usd + address.usd, arithmetic=f"{gateway.arithmetic}; {address.arithmetic}")


def addresses(tables: Tables, at: At) -> list[Saving]:
    return within_bill(idle.addresses(tables["elastic_ips"]), tables["cloud_costs"], at)


def unattached_volumes(tables: Tables, at: At) -> list[Saving]:
    return within_bill(idle.unattached_volumes(tables["volumes"], at), tables["cloud_costs"], at)


def old_volumes(tables: Tables, at: At) -> list[Saving]:
    return within_bill(idle.old_volumes(tables["volumes"]), tables["cloud_costs"], at)


def functions(tables: Tables, at: At) -> list[oversized.Memory]:
    found = list(oversized.functions(tables["functions"], tables["function_runs"], tables["runs_asked"], at))
    held = {_key(saving): saving for saving in within_bill((it.saving for it in found), tables["cloud_costs"], at)}
    return [replace(it, saving=held[_key(it.saving)]) for it in found]


def texts(tables: Tables, at: At) -> list[oversized.Texts]:
    objects, samples, distributions, metrics = (
        tables[name] for name in ("objects", "object_samples", "distributions", "metrics")
    )
    found = list(oversized.uncompressed(objects, samples, distributions, metrics, at))
    held = {_key(saving): saving for saving in within_bill((it.saving for it in found), tables["cloud_costs"], at)}
    return [replace(it, saving=held[_key(it.saving)]) for it in found]


def _key(saving: Saving) -> tuple[str, str, str, str]:
    return saving.tenant, saving.account, saving.region, saving.resource


def logs(tables: Tables, at: At) -> list[Saving]:
    return within_bill(oversized.logs(tables["log_groups"], at), tables["cloud_costs"], at)


def every(tables: Tables, at: At) -> list[Saving]:
    """Every saving, the largest first."""
    found = [
        *(saving for kind in (gateways, addresses, unattached_volumes, old_volumes, logs) for saving in kind(tables, at)),
        *(memory.saving for memory in functions(tables, at)),
        *(plain.saving for plain in texts(tables, at)),
    ]
    return sorted(found, key=lambda it: (-(it.usd or 0), it.tenant, it.account, it.region, it.resource))
