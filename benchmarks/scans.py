"""One way of reading the benchmark's table, in a process of its own: prints rows, seconds, CPU seconds and peak memory.

    python benchmarks/scans.py source|client|awswrangler|seed

Only what each way needs is imported, since awswrangler lives in an environment of its own. Where DynamoDB is comes from the
SDK's variables. All ways read the same attributes in the same number of segments.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TABLE = "bookings"
ITEMS, BATCH, SEGMENTS = 100_000, 25, 4
ATTRIBUTES = ("id", "created", "state", "trip", "product", "party", "channel", "total", "currency")


def by_source() -> Callable[[], int]:
    """The product: rows of a contract table, checked, converted and sorted."""
    from zoneinfo import ZoneInfo

    from quarterdeck.aws import Aws
    from quarterdeck.period import Period
    from quarterdeck.sources import Window
    from quarterdeck.sources.dynamodb import DynamoDb, DynamoOptions

    columns = {
        "booking": "id",
        "date": {"attribute": "created", "form": "instant"},
        "status": {"attribute": "state", "values": {"PAID": "confirmed", "DONE": "completed", "VOID": "cancelled"}},
        "service_date": "trip.day",
        "product": "product",
        "party": "party.name",
        "channel": "channel",
        "amount": "total",
        "currency": "currency",
    }
    options = DynamoOptions.model_validate({"table": TABLE, "into": "bookings", "columns": columns, "segments": SEGMENTS})
    zone = ZoneInfo("America/Los_Angeles")
    Aws("us-east-1").client("dynamodb")  # the other ways have loaded the SDK, too, before they begin
    window = Window("bench", Period.parse("2026-10"), zone, "USD", Path(), aws=Aws("us-east-1"))
    return lambda: DynamoDb.pull(options, window).tables[0].rows.num_rows


def by_client() -> Callable[[], int]:
    """boto3's own client, which gives dictionaries with their numbers still text."""
    import boto3

    client = boto3.client("dynamodb", region_name="us-east-1")
    names = {f"#{number}": name for number, name in enumerate(ATTRIBUTES)}

    def read(segment: int) -> list[object]:
        pages = client.get_paginator("scan").paginate(
            TableName=TABLE,
            Segment=segment,
            TotalSegments=SEGMENTS,
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
        )
        return [item for page in pages for item in page["Items"]]

    def run() -> int:
        with ThreadPoolExecutor(SEGMENTS) as threads:
            return sum(map(len, list(threads.map(read, range(SEGMENTS)))))

    return run


def by_awswrangler() -> Callable[[], int]:
    """The nearest other library: a pandas frame with numbers as Decimal objects."""
    import awswrangler  # type: ignore[import-not-found]

    def run() -> int:
        frame = awswrangler.dynamodb.read_items(TABLE, columns=list(ATTRIBUTES), allow_full_scan=True, use_threads=SEGMENTS)
        return len(frame)

    return run


def seed() -> Callable[[], int]:
    """Makes the table: bookings of some 500 bytes, of text, numbers, maps and a list."""
    import boto3

    client = boto3.client("dynamodb", region_name="us-east-1")

    def write(start: int) -> int:
        waiting = {TABLE: [{"PutRequest": {"Item": _item(number)}} for number in range(start, start + BATCH)]}
        while waiting:
            waiting = client.batch_write_item(RequestItems=waiting)["UnprocessedItems"]
        return BATCH

    def run() -> int:
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
        with ThreadPoolExecutor(SEGMENTS) as threads:
            return sum(threads.map(write, range(0, ITEMS, BATCH)))

    return run


def _item(number: int) -> dict[str, object]:
    day = f"{1 + number % 28:02}"
    return {
        "id": {"S": f"BK-{number:07}"},
        "created": {"S": f"2026-{1 + number % 9:02}-{day}T{number % 24:02}:{number % 60:02}:{number // 60 % 60:02}Z"},
        "state": {"S": ("PAID", "PAID", "DONE", "VOID")[number % 4]},
        "trip": {"M": {"day": {"S": f"2026-10-{day}"}, "guests": {"N": str(number % 12)}, "boat": {"S": "Sea Lark"}}},
        "product": {"S": ("charter", "sunset cruise", "concert")[number % 3]},
        "party": {"M": {"name": {"S": f"Guest {number % 9_000}"}, "visits": {"N": str(number % 7)}}},
        "channel": {"S": ("website", "phone", "agency")[number % 3]},
        "total": {"N": f"{number % 5_000}.{number % 100:02}"},
        "currency": {"S": "USD"},
        "stops": {"L": [{"S": "Harbor"}, {"N": "3"}, {"S": "Bay"}]},
    }


WAYS = {"source": by_source, "client": by_client, "awswrangler": by_awswrangler, "seed": seed}


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(way: str) -> None:
    run = WAYS[way]()
    before, start, cpu = peak(), time.perf_counter(), time.process_time()
    rows = run()
    told = {
        "rows": rows,
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak": peak(),
        "more": peak() - before,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
