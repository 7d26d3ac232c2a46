"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.errors import NotALedger, WouldOverwrite


@contextmanager
def whole_file(path: Path, what: str) -> Iterator[Path]:
    """Another name in the same folder, under which the block fills the file. At its end the file is synced and gets its
    own name. So no half of it ever has that name, and no other file is written over. `what` names it in errors, as
    "backup"."""
    if path.exists():
        raise _taken(path)
    if not os.access(
        path.parent, os.W_OK | os.X_OK
    ):  # SQLite would say no more of it than of a disk that fails
        raise NotALedger(
            f"the {what} cannot be written", "give a path in a folder that exists and can be written"
        )
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        yield unfinished
        _sync(unfinished)
        _name(unfinished, path)
        _sync(path.parent)
    except OSError as error:
        raise NotALedger(
            f"the {what} cannot be written ({error.strerror})", "give a path in a folder that can be written"
        ) from None
    finally:
        for leftover in ("", "-wal", "-shm", "-journal"):
            unfinished.with_name(unfinished.name + leftover).unlink(missing_ok=True)


def _name(unfinished: Path, path: Path) -> None:
    """Gives the file its name by a link, which is refused where the name was taken in this moment. On a file system
    without links it is renamed."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:
        if path.exists():
            raise _taken(path) from None
        unfinished.rename(path)


def _sync(path: Path) -> None:
    """Has the system put a file, or the names in a folder, on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folder, and its file systems keep a journal of names
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _taken(path: Path) -> WouldOverwrite:
    return WouldOverwrite(f"{path.name} is there already", "give the path of a new file")
