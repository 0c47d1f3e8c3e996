"""The documents of a folder: files by their endings, in name order, none from outside of it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from quarterdeck.errors import SourceError, Where

INSIDE = "a document in the folder; a link that leads out of it is not followed"


def documents(folder: Path, shown: str, endings: Collection[str]) -> list[tuple[Path, str, bool]]:
    """The files of a folder and of those in it, as they are shown, and whether they lie in it or are links out of it.

    README.md and what is hidden are left out. SourceError where the folder cannot be read.
    """
    where = Where(shown)
    try:
        if not folder.exists():
            raise SourceError("there is no such folder", where=where, remedy="mend the path, or put the folder there")
        if not folder.is_dir():
            raise SourceError("this is a file, not a folder", where=where, remedy="name the folder of the documents")
        inside = folder.resolve(strict=True)
        return [(path, _shown(path, folder, shown), _lies_in(path, inside)) for path in sorted(_files(folder, endings))]
    except OSError as error:
        raise SourceError(
            f"the folder cannot be read: {error.strerror}", where=where, remedy="see to its path and rights"
        ) from error


def _shown(path: Path, folder: Path, shown: str) -> str:
    return f"{shown.rstrip('/')}/{path.relative_to(folder).as_posix()}"


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder)


def _files(folder: Path, endings: Collection[str]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=_fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if Path(name).suffix.lower() in endings and name.lower() != "readme.md" and not name.startswith("."):
                yield Path(place, name)


def _fail(error: OSError) -> None:
    raise error  # os.walk would keep silent about a folder that may not be read
