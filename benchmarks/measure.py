"""Costs in CPU and wall seconds and in memory, and functions that are called in a process of their own."""

from __future__ import annotations

import gc
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from attrs import frozen

_P = ParamSpec("_P")
_T = TypeVar("_T")

TICKS = os.sysconf("SC_CLK_TCK")
"""The clock ticks a second in which Linux counts the CPU time of other processes."""


IS_LINUX = platform.system() == "Linux"


@frozen
class Cost:
    """Seconds of the CPU, of the process that asks and of the database's server, and on the wall."""

    cpu: float
    wall: float


def median(costs: Sequence[Cost]) -> Cost:
    return quantile(costs, 0.5)


def quantile(costs: Sequence[Cost], part: float) -> Cost:
    """The quantile of the CPU seconds, and that of the wall seconds; 0.5 is the median."""

    def at(values: list[float]) -> float:
        ordered = sorted(values)
        return statistics.median(ordered) if part == 0.5 else ordered[int(part * (len(ordered) - 1) + 0.5)]

    return Cost(at([cost.cpu for cost in costs]), at([cost.wall for cost in costs]))


class Meter:
    """Measures calls in this process. Given the first process of a server, it adds what all of its processes spend."""

    def __init__(self, server: int | None = None) -> None:
        self._server = server

    def cost(self, work: Callable[[], _T]) -> tuple[Cost, _T]:
        cpu, wall = self._cpu(), time.perf_counter()
        result = work()
        return Cost(self._cpu() - cpu, time.perf_counter() - wall), result

    def costs(self, works: Iterable[Callable[[], object]]) -> list[Cost]:
        """The cost of each. A server's CPU is spread evenly, because it is counted in hundredths of a second only."""
        own = Meter()
        costs: list[Cost] = []
        total, _ = self.cost(lambda: costs.extend(own.cost(work)[0] for work in works))
        elsewhere = max(0.0, total.cpu - sum(cost.cpu for cost in costs)) if self._server is not None else 0
        return [Cost(cost.cpu + elsewhere / len(costs), cost.wall) for cost in costs]

    def _cpu(self) -> float:
        return time.process_time() + (0 if self._server is None else cpu_of_server(self._server))


def cpu_of_server(first: int) -> float:
    """CPU seconds of a process and of all its children, ended ones included."""
    spent = 0
    for process in _children(first):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:  # it has just ended, and now counts with its parent
            continue
        spent += sum(map(int, fields[11:15] if process == first else fields[11:13]))
    return spent / TICKS


def _children(first: int) -> list[int]:
    listed = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, listed)]


class Peak:
    """The most memory that is added from here on, in bytes."""

    def __init__(self) -> None:
        gc.collect()
        self._start = _resident()
        if IS_LINUX:
            Path("/proc/self/clear_refs").write_text("5")  # the high-water mark starts anew

    def added(self) -> int:
        return max(0, _high_water() - self._start)


def _resident() -> int:
    return _status("VmRSS") if IS_LINUX else _high_water()


def _high_water() -> int:
    if IS_LINUX:
        return _status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS gives bytes


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":"))


def in_a_process(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """The function's result, from a new process: what one call leaves in memory and in caches cannot help the next."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def bytes_of(path: Path) -> int:
    """Bytes of an SQLite database on disk, with its -wal and -shm."""
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))
