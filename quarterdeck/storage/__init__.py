"""Bytes by key: what snapshots, archive and outbox are kept in. A key is written whole or not at all.

`LocalStore` keeps a file per key in a folder, `S3Store` an object per key in a bucket; both pass the same contract suite.
`Aside` is either one for reading alone: what is put there goes into memory.
What is filed goes in by `put_new` and stays: nothing replaces or deletes it. `put` is for what can be made again from the
rest, as the archive's pages, and may be replaced.
"""

from __future__ import annotations

from quarterdeck.storage.aside import Aside
from quarterdeck.storage.keys import Store, check_key
from quarterdeck.storage.local import LocalStore
from quarterdeck.storage.s3 import S3Store

__all__ = ["Aside", "LocalStore", "S3Store", "Store", "check_key"]
