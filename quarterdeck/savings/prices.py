"""List prices of AWS on demand in USD, as they were on a day: without credits, free tiers, discounts and taxes.

To bring them up to date, or to add a region: the table below, and `KNOWN_ON`. A region that is not in it has no price here,
and what could be saved there is not worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

KNOWN_ON = date(2025, 10, 1)
SOURCES = (
    "https://aws.amazon.com/vpc/pricing/",
    "https://aws.amazon.com/ebs/pricing/",
    "https://aws.amazon.com/lambda/pricing/",
    "https://aws.amazon.com/s3/pricing/",
    "https://aws.amazon.com/cloudfront/pricing/",
    "https://aws.amazon.com/cloudwatch/pricing/",
)
HOURS = 730  # of a month, as AWS reckons
GB = 2**30  # bytes, as AWS bills them

_UNITED_STATES: Mapping[str, str] = {
    "nat_gateway_hour": "0.045",
    "public_address_hour": "0.005",
    "volume_gp2_gb": "0.10",
    "volume_gp3_gb": "0.08",
    "volume_io1_gb": "0.125",
    "volume_io2_gb": "0.125",
    "volume_st1_gb": "0.045",
    "volume_sc1_gb": "0.015",
    "volume_standard_gb": "0.05",
    "function_x86_64_gb_second": "0.0000166667",
    "function_arm64_gb_second": "0.0000133334",
    "object_gb": "0.023",
    "log_gb": "0.03",
}
_PRICES: Mapping[str, Mapping[str, str]] = {
    "us-east-1": _UNITED_STATES,
    "us-west-2": _UNITED_STATES,
    "global": {"distribution_out_gb": "0.085"},  # CloudFront to North America and Europe, the first 10 TB of a month
}


def price(region: str, name: str) -> Decimal | None:
    """What a unit costs in a region; None where it is not known here."""
    found = _PRICES.get(region, {}).get(name)
    return None if found is None else Decimal(found)
