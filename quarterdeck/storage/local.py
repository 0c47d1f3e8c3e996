"""A store in a folder: a file per key, each made durable before its name, and its name before the answer."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from quarterdeck.errors import MissingKeyError, StorageError
from quarterdeck.storage.keys import check_key, check_prefix

_TEMPORARY = ".tmp-"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalStore:
    """A folder with a file per key. Files and folders are made for their owner only: reports name people and money."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """The file of a key, to be opened and not to be written."""
        return self.root.joinpath(*check_key(key))

    def locate(self, key: str) -> str:
        return str(self.path(key))

    def reach(self) -> str:
        """Try a file where the store lies, or where its folder will be made; the file is removed and no folder is made."""
        folder = next(path for path in (self.root.absolute(), *self.root.absolute().parents) if path.exists())
        try:
            with _written_beside(folder / "reach", b"") as temporary:
                _sync(temporary, os.O_RDONLY)
        except OSError as error:
            raise _storage_error(error, f"nothing can be stored in {self.root}") from error
        return "can be written" if folder == self.root.absolute() else "is made by the first run"

    def signed(self, key: str, lifetime: timedelta) -> str | None:  # noqa: ARG002 - a folder has no address
        check_key(key)
        return None

    def get(self, key: str) -> bytes:
        path = self.path(key)
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingKeyError(f"there is nothing under {key}", evidence={"path": str(path)}) from error
        except OSError as error:
            raise _storage_error(error, f"{key} cannot be read") from error

    def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    def put_new(self, key: str, data: bytes) -> bool:
        path = self.path(key)
        try:
            _make_folder(path.parent)
            # Another process may have linked the file a moment ago and not yet made that durable.
            is_new = not path.exists() and _link_new(path, data)
            _sync_folder(path.parent)
        except OSError as error:
            raise _storage_error(error, f"{key} cannot be stored") from error
        return is_new

    def put_new_all(self, files: Mapping[str, bytes]) -> None:
        for key in files:
            check_key(key)
        for key, data in files.items():
            self.put_new(key, data)

    def put(self, key: str, data: bytes) -> None:
        self.put_all({key: data})

    def put_all(self, files: Mapping[str, bytes]) -> None:
        paths = {self.path(key): data for key, data in files.items()}
        folders = dict.fromkeys(path.parent for path in paths)
        try:
            for folder in folders:
                _make_folder(folder)
            with ExitStack() as stack:
                written = {path: stack.enter_context(_written_beside(path, data)) for path, data in paths.items()}
                for temporary in written.values():
                    _sync(temporary, os.O_RDONLY)
                for path, temporary in written.items():
                    temporary.replace(path)
            for folder in folders:
                _sync_folder(folder)
        except OSError as error:
            raise _storage_error(error, f"{', '.join(list(files)[:3])} cannot be stored") from error

    def list(self, prefix: str = "") -> tuple[str, ...]:
        folder, slash, start = check_prefix(prefix).rpartition("/")
        top = self.path(folder) if slash else self.root
        found = []
        for place, folders, files in os.walk(top, onerror=_refuse_unreadable):
            relative = Path(place).relative_to(self.root)
            if Path(place) == top:
                folders[:] = [name for name in folders if name.startswith(start)]
                files = [name for name in files if name.startswith(start)]  # noqa: PLW2901 - only the names that fit
            found += [(relative / name).as_posix() for name in files if not name.startswith(_TEMPORARY)]
        return tuple(sorted(found))


def _link_new(path: Path, data: bytes) -> bool:
    """Link the final name to written bytes: it appears with all of them behind it, and never replaces another."""
    with _written_beside(path, data) as temporary:
        _sync(temporary, os.O_RDONLY)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    return True


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """A temporary file in the same folder with the bytes, not yet forced to the disk; it is gone after the block."""
    temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each made durable in the one that holds it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_unreadable(error: OSError) -> None:
    """A folder that is not there holds no keys; one that cannot be read must not look empty."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise _storage_error(error, "the store cannot be listed") from error


def _storage_error(error: OSError, what: str) -> StorageError:
    full = error.errno in _FULL
    return StorageError(
        f"{what}: {error.strerror or error}",
        remedy="free some space and run again" if full else "see that the folder can be written and supports hard links",
        permanent=not full,
        evidence={"path": str(error.filename or "")},
    )
