"""A disk that can be cut off: the shim, built with the machine's compiler, and the disk rebuilt from what it saw.

Of a run under the shim every operation is known, with all its bytes. From these the disk is built as it was after any
of them: as a killed process leaves it, or as a power cut does, where of everything that was not synced any part may be
there and any part not: each sector of a write, each change of a file's size, each name in the folder.

Recording once and rebuilding often was chosen over cutting the power of a running process thousands of times: a moment
costs no process, every moment is tried, any number of losses can be tried at each, and a seed repeats it exactly. What
has to be seen alive (a process killed beside others, errors that the library meets) is done alive.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

HERE = Path(__file__).parent
SECTOR = 512
"""Bytes that a disk writes whole or not at all: the smallest of any disk."""

_HEAD = struct.Struct("<ciqq")


def build_shim(folder: Path) -> Path:
    """Compiles the shim. Without a compiler the tests fail: what is not tried is not known to hold."""
    if not sys.platform.startswith("linux"):
        raise RuntimeError("the disk's faults are made with Linux's LD_PRELOAD; run these tests on Linux")
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the disk's faults need a C compiler: install one, such as gcc, as `cc` on PATH")
    shim = folder / "shim.so"
    subprocess.run(
        [compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", shim, HERE / "shim.c"], check=True
    )
    return shim


class Worker:
    """A process under the shim that records as ordered."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, path: Path, *, commits: int, **faults: object) -> Run:
        order = {"path": str(path), "commits": commits, **faults}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Run(answer["reported"], answer["status"])

    def fail(self, path: Path, *, commits: int, at: int, error: int, for_ever: bool = False) -> Run:
        """Has the at-th operation fail with this error, or with 0 the process be killed there. A full disk (ENOSPC)
        is only met in writing, and only writing operations count for it."""
        only_writing = error == 28
        return self.run(
            path, commits=commits, at=at, error=error, for_ever=int(for_ever), only_writing=int(only_writing)
        )


@frozen
class Run:
    """What became of a run: what the worker reported, in order, and how its process ended."""

    reported: list[dict[str, Any]]
    status: int

    def __attrs_post_init__(self) -> None:
        untyped = [line["untyped"] for line in self.reported if "untyped" in line]
        assert not untyped, untyped[0]

    @property
    def acknowledged(self) -> list[Any]:
        return [line["acknowledged"] for line in self.reported if "acknowledged" in line]

    @property
    def ids(self) -> dict[int, list[str]]:
        return {line["acknowledged"]: line["ids"] for line in self.reported if "ids" in line}

    @property
    def errors(self) -> list[tuple[Any, str]]:
        return [(line["failed"], line["error"]) for line in self.reported if "failed" in line]

    @property
    def operations(self) -> int:
        return next(int(line["operations"]) for line in self.reported if "operations" in line)


@contextmanager
def worker(shim: Path, folder: Path, *, pragmas: tuple[str, ...] = ()) -> Iterator[Worker]:
    """A worker whose operations within the folder are seen."""
    environment = os.environ | {
        "LD_PRELOAD": str(shim),
        "FAULTS_FOLDER": str(folder),
        "FAULTS_PRAGMAS": ";".join(pragmas),
    }
    with subprocess.Popen(
        [sys.executable, HERE / "worker.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield Worker(process)
        assert process.stdin is not None
        process.stdin.close()


@define(eq=False)
class File:
    """What is in a file, what of it is on the disk for certain, and what has been done to it since."""

    content: bytearray = field(factory=bytearray)
    synced: bytes = b""
    unsynced: list[tuple[int, bytes | None]] = field(factory=list)
    """Bytes written at an offset; None where the file was given that size."""

    def change(self, offset: int, written: bytes | None) -> None:
        _apply(self.content, offset, written)
        self.unsynced.append((offset, written))

    def sync(self) -> None:
        self.synced = bytes(self.content)
        self.unsynced.clear()

    def after_power_cut(self, chance: random.Random, kept: float) -> bytes:
        content = bytearray(self.synced)
        for offset, written in self.unsynced:
            for place, piece in _sectors(offset, written):
                if chance.random() < kept:
                    _apply(content, place, piece)
        return bytes(content)


def _apply(content: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del content[offset:]
    content.extend(bytes(max(0, offset - len(content))))
    if written is not None:
        content[offset : offset + len(written)] = written


def _sectors(offset: int, written: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if written is None:
        yield offset, None
        return
    start = 0
    while start < len(written):
        end = min(len(written), start + SECTOR - (offset + start) % SECTOR)
        yield offset + start, written[start:end]
        start = end


@define
class Disk:
    """The folder of a ledger, as the operations so far have made it."""

    folder: str
    names: dict[str, File] = field(factory=dict)
    synced_names: dict[str, File] = field(factory=dict)
    renamed: list[tuple[str, File | None]] = field(factory=list)
    """Names given and taken since the folder was synced; None where taken."""
    _open: dict[int, File | None] = field(factory=dict)
    """What descriptors stand for: a file, or None for the folder itself."""

    def do(self, operation: str, descriptor: int, number: int, content: bytes) -> bool:
        """Takes an operation of the trace; says whether it changed what a cut would leave."""
        if operation == "O":
            return self._opened(descriptor, content.decode())
        if operation == "U":
            name = Path(content.decode()).name
            del self.names[name]
            self.renamed.append((name, None))
            return True
        if operation == "C":
            self._open.pop(descriptor, None)
            return False
        file = self._open[descriptor]
        if operation == "S" and file is None:
            self.synced_names = dict(self.names)
            self.renamed.clear()
        elif operation == "S" and file is not None:
            file.sync()
        elif operation in "WT" and file is not None:
            file.change(number, content if operation == "W" else None)
        else:
            raise AssertionError(f"the disk does not know {operation}")
        return True

    def _opened(self, descriptor: int, path: str) -> bool:
        if path.rstrip("/") == self.folder:
            self._open[descriptor] = None
            return False
        name = Path(path).name
        is_new = name not in self.names
        if is_new:
            self.names[name] = File()
            self.renamed.append((name, self.names[name]))
        self._open[descriptor] = self.names[name]
        return is_new

    def after_kill(self) -> dict[str, bytes]:
        """What the system goes on to write when a process has ended: everything."""
        return {name: bytes(file.content) for name, file in self.names.items()}

    def after_power_cut(self, seed: int, kept: float) -> dict[str, bytes]:
        """What the disk may hold after a power cut: of what was not synced each part with this probability."""
        chance = random.Random(seed)
        names = dict(self.synced_names)
        for name, file in self.renamed:
            if chance.random() < kept:
                if file is None:
                    names.pop(name, None)
                else:
                    names[name] = file
        return {name: file.after_power_cut(chance, kept) for name, file in names.items()}


@frozen
class Moment:
    """A moment at which a run can be cut off, and what had been acknowledged by then."""

    number: int
    disk: Disk
    acknowledged: list[Any]


def moments(trace: Path, folder: Path) -> Iterator[Moment]:
    """Every moment of a traced run, one after the other on one and the same disk, which is never kept."""
    disk, acknowledged, number = Disk(str(folder)), [], 0
    for operation, descriptor, place, content in _operations(trace):
        if operation == "M":
            acknowledged += [json.loads(content)["acknowledged"]] if b'"acknowledged"' in content else []
        elif disk.do(operation, descriptor, place, content):
            number += 1
            yield Moment(number, disk, list(acknowledged))


def _operations(trace: Path) -> Iterator[tuple[str, int, int, bytes]]:
    recorded, at = trace.read_bytes(), 0
    while at < len(recorded):
        operation, descriptor, number, size = _HEAD.unpack_from(recorded, at)
        at += _HEAD.size
        yield operation.decode(), descriptor, number, recorded[at : at + size]
        at += size


def lay_out(files: dict[str, bytes], folder: Path) -> Path:
    """Writes a rebuilt disk; gives the path of the ledger. The index of the log in memory (-shm) is left out: SQLite
    makes it anew when nobody has the database open."""
    folder.mkdir()
    for name, content in files.items():
        if not name.endswith("-shm"):
            (folder / name).write_bytes(content)
    return folder / "ledger.db"
