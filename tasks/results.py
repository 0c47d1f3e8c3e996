"""Where the results of tasks are kept: plain text that outlives the process that made it.

A folder of the home folder, or a place in S3. Prefect's own package for S3 would hold back the AWS SDK that the rest of us
needs, so S3 is reached by our own store. Results are kept for some days, for whoever retries the run that they are of.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from prefect.filesystems import WritableFileSystem

from quarterdeck import codec
from quarterdeck.aws import Aws
from quarterdeck.storage import S3Store
from quarterdeck.wiring import Parts


class StoredResults(WritableFileSystem):
    """A place in S3 as Prefect has places: bytes under keys. It holds no secret: who may read it is AWS's business."""

    _block_type_name: ClassVar[str] = "Quarterdeck results"
    _block_type_slug: ClassVar[str] = "quarterdeck-results"

    place: str
    region: str | None = None
    endpoint: str | None = None
    kms_key: str | None = None

    def read_path(self, path: str, _sync: bool = True) -> bytes:  # type: ignore[override]  # Prefect calls it so
        return self._store.get(path)

    async def aread_path(self, path: str) -> bytes:
        return self._store.get(path)

    def write_path(self, path: str, content: bytes, _sync: bool = True) -> None:  # type: ignore[override]
        self._store.put(path, content)

    async def awrite_path(self, path: str, content: bytes) -> None:
        self._store.put(path, content)

    @property
    def _store(self) -> S3Store:
        return _store(self.place, self.region, self.endpoint, self.kms_key)


Results = Path | StoredResults


@lru_cache(maxsize=4)
def _store(place: str, region: str | None, endpoint: str | None, kms_key: str | None) -> S3Store:
    """The store of a place, the same one each time: Prefect makes the block anew for each task, and a client takes long."""
    return S3Store.at(Aws(region, endpoint), place, kms_key)


def results_of(parts: Parts) -> Results:
    """Where the tasks of a flow run keep their results; the server is told of a place in S3, which it wants to know."""
    storage = parts.settings.storage
    if storage.results is None:
        folder = parts.settings.home / "results"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
    block = StoredResults(place=storage.results, region=parts.aws.region, endpoint=parts.aws.endpoint, kms_key=storage.kms_key)
    block.save(f"results-{codec.digest(storage.results)[:12]}", overwrite=True)
    return block


def remove_old_results(parts: Parts) -> int:
    """Remove results from the home folder that are older than the settings keep them; how many there were.

    A result is no older than its run, so a run that began within that time has all of its own. In S3 it is the bucket that
    removes them, by a rule of its life cycle.
    """
    if parts.settings.storage.results is not None:
        return 0
    before = (parts.clock() - timedelta(days=parts.settings.runs.result_days)).timestamp()
    removed = 0
    for place, _, files in os.walk(parts.settings.home / "results"):
        for name in files:
            with suppress(FileNotFoundError):  # another run removes them at the same time
                removed += _remove_if_older(Path(place, name), before)
    return removed


def _remove_if_older(file: Path, before: float) -> bool:
    is_old = file.lstat().st_mtime < before
    if is_old:
        file.unlink()
    return is_old
