"""The whole run: for each database and size the same sentences, and every system in turn, again and again."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import imports
import library
import limit
import workload
from attrs import frozen
from measure import Peak, in_a_process
from tasks import IMPORT, Ingested, Job, Probes, Results

LATER = 100
"""Sentences that are recorded one by one."""

DATABASES = ("sqlite", "postgresql")


@frozen
class System:
    """A way to do the work. Beyond `most` sentences it takes too long to wait for."""

    name: str
    ingest: Callable[[Job], Ingested]
    ask: Callable[[Job, Probes, datetime | None], Results]
    imports: str | None = None
    most: int = 10**9


LIBRARY = System("library", library.ingest, library.ask, "provenance")
LIMIT = System("limit", limit.ingest, limit.ask, imports.DEPENDENCIES)

SYSTEMS = {"sqlite": (LIMIT, LIBRARY)}


@frozen
class Options:
    sizes: tuple[int, ...]
    runs: int | None
    only: str
    patience: float
    databases: tuple[str, ...]

    def runs_of(self, size: int) -> int:
        return self.runs or (2 if size >= 1_000_000 else 5)


@frozen
class Table:
    """All runs of every system on one database at one size."""

    database: str
    size: int
    claims: int
    large: int
    """Assertions on the large claim."""
    results: dict[str, list[Results]]
    """By system."""


def run(options: Options) -> Iterator[Table]:
    for database in options.databases:
        for size in options.sizes:
            with TemporaryDirectory(prefix="provenance-bench-") as folder:
                yield _measured(database, size, options, Path(folder))


def _measured(database: str, size: int, options: Options, folder: Path) -> Table:
    lines = folder / "lines.jsonl"
    seconds, peak = in_a_process(generate, lines, size)
    say(f"{size:,} sentences generated in {seconds:.0f} s with {peak / 2**20:.0f} MiB")
    later = list(islice(workload.sentences(size + LATER), size, None))
    systems = [system for system in SYSTEMS[database] if size <= system.most]
    results: dict[str, list[Results]] = defaultdict(list)
    probes: Probes | None = None
    for number in range(options.runs_of(size)):
        for system in systems if number % 2 == 0 else systems[:1] + systems[:0:-1]:
            with place(folder, system) as target:
                job = Job(target, lines, later, size // 2, None, options.only, options.patience)
                found, probes = _turn(system, job, size, probes)
                results[system.name].append(found)
    if probes is None:
        raise ValueError("runs: less than one instead of the number of them")
    return Table(database, size, probes.all_claims, probes.large_assertions, dict(results))


def _turn(system: System, job: Job, size: int, probes: Probes | None) -> tuple[Results, Probes]:
    """The limit has the first turn, and what all are asked about is drawn from its rows."""
    start = time.perf_counter()
    recorded = in_a_process(system.ingest, job)
    if probes is None:
        probes = limit.probes(Path(job.target), size, job.half)
    found = recorded.results | in_a_process(system.ask, job, probes, recorded.known)
    if system.imports is not None and job.only in IMPORT:
        found |= imports.imported(system.imports)
    say(f"{system.name}: {time.perf_counter() - start:.1f} s")
    return found, probes


@contextmanager
def place(folder: Path, system: System) -> Iterator[str]:
    path = folder / f"{system.name}.db"
    yield str(path)
    for file in folder.glob(f"{path.name}*"):
        file.unlink()


def generate(lines: Path, size: int) -> tuple[float, int]:
    """Writes the sentences; seconds, and the bytes of memory that took."""
    start, peak = time.perf_counter(), Peak()
    workload.write(lines, workload.sentences(size))
    return time.perf_counter() - start, peak.added()


def say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr)
