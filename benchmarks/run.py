"""The whole run: for each database and size the same sentences, and every system in turn, again and again."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import duck
import imports
import library
import limit
import orm
import postgres
import workload
from attrs import frozen
from flat import Json
from measure import Peak, in_a_process
from postgres_server import PostgresServer
from shape import Shape
from tasks import IMPORT, Ingested, Job, Probes, Results

LATER = 100
"""Sentences that are recorded one by one; of a small workload, a fourth of its sentences."""

DATABASES = ("sqlite", "postgresql")


@frozen
class System:
    """A way to do the work. It is left out beyond `most` sentences, where it takes too long to wait for."""

    name: str
    ingest: Callable[[Job], Ingested]
    ask: Callable[[Job, Probes, datetime | None], Results]
    imports: str | None = None
    most: int = 10**9


LIBRARY = System("library", library.ingest, library.ask, "provenance")
LIMIT = System("limit", limit.ingest, limit.ask, imports.DEPENDENCIES)
COPY = System("limit", postgres.ingest, postgres.ask, imports.DEPENDENCIES)
ORM = System("SQLAlchemy ORM", orm.ingest, orm.ask, most=100_000)
DUCKDB = System("DuckDB", duck.ingest, duck.ask)


PEERS = (ORM, DUCKDB) if duck.IS_INSTALLED else (ORM,)
"""Other packages for provenance cannot express the work: `prov` makes W3C PROV documents in memory, without a store,
and has no stances, values or conflicts to ask about; nothing nearer was found."""


def systems_on(database: str, size: int, *, peers: bool) -> list[System]:
    """The systems in turn, first the limit: the probes for all of them are drawn from its rows."""
    if database == "postgresql":
        return [COPY, LIBRARY]
    return [LIMIT, LIBRARY, *(peer for peer in PEERS if peers and size <= peer.most)]


@frozen
class Options:
    sizes: tuple[int, ...]
    runs: int | None
    only: str
    patience: float
    databases: tuple[str, ...]
    has_peers: bool

    def runs_of(self, size: int) -> int:
        return self.runs or (2 if size >= 1_000_000 else 5)


@frozen
class Table:
    """The results of all runs of every system, on one database and at one size."""

    database: str
    size: int
    shape: Shape
    large: int
    """Assertions on the large claim."""
    results: dict[str, list[Results]]
    """The results of every run, by the name of the system."""


def run(options: Options) -> Iterator[Table]:
    for database in options.databases:
        with ExitStack() as open_until_then:
            server = open_until_then.enter_context(postgres.server()) if database == "postgresql" else None
            for size in options.sizes:
                with TemporaryDirectory(prefix="provenance-bench-") as folder:
                    yield _measured(Places(database, Path(folder), server), size, options)


@frozen
class Places:
    """Where the systems have their databases: a new one for every turn."""

    database: str
    folder: Path
    server: PostgresServer | None

    @contextmanager
    def empty(self) -> Iterator[tuple[str, int | None]]:
        """The path or URL of an empty database, and the first process of its server."""
        if self.server is None:
            path = self.folder / "database"
            yield str(path), None
            for file in self.folder.glob(f"{path.name}*"):
                file.unlink()
        else:
            name = self.server.create_database()
            url = self.server.url_of(name)
            yield url, postgres.first_process(url)
            self.server.drop_database(name)


def _measured(places: Places, size: int, options: Options) -> Table:
    lines = places.folder / "lines.jsonl"
    later = in_a_process(generate, lines, size)
    systems = systems_on(places.database, size, peers=options.has_peers)
    results: dict[str, list[Results]] = defaultdict(list)
    probes: Probes | None = None
    for number in range(options.runs_of(size)):
        for system in systems if number % 2 == 0 else systems[:1] + systems[:0:-1]:
            with places.empty() as (target, server):
                job = Job(target, lines, later, size // 2, server, options.only, options.patience)
                found, probes = _turn(system, job, probes)
                results[system.name].append(found)
    if probes is None:
        raise ValueError("runs: less than one instead of the number of them")
    return Table(places.database, size, probes.shape, probes.large_assertions, dict(results))


def _turn(system: System, job: Job, probes: Probes | None) -> tuple[Results, Probes]:
    start = time.perf_counter()
    recorded = in_a_process(system.ingest, job)
    probes = probes or recorded.probes
    if probes is None:
        raise ValueError("systems: one without flat rows in the first place instead of the limit")
    found = recorded.results | in_a_process(system.ask, job, probes, recorded.known)
    if system.imports is not None and job.only in IMPORT:
        found |= imports.imported(system.imports)
    say(f"{system.name}: {time.perf_counter() - start:.1f} s")
    return found, probes


def generate(lines: Path, size: int) -> list[Json]:
    """Writes the sentences as JSON lines, and gives the later ones, which are recorded one by one."""
    start, peak = time.perf_counter(), Peak()
    sentences = workload.sentences(size + min(LATER, size // 4))
    workload.write(lines, islice(sentences, size))
    seconds = time.perf_counter() - start
    say(f"{size:,} sentences generated in {seconds:.0f} s with {peak.added() / 2**20:.0f} MiB of memory")
    return list(sentences)


def say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr)
