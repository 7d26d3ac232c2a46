"""The limit on PostgreSQL, by psycopg's COPY of the flat rows; and what the library and the limit need of a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import tasks
from flat import Flattener, Json, Rows, schema
from limit import batches, drawn, questions
from measure import Meter, Peak
from tasks import Ingested, Job, Probes, Results, ingested, one

# The module lies with the tests, which start a server too.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from postgres_server import PostgresServer, running_server

SIZE = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND oid >= 16384"
"""Bytes of all tables that are not the system's own (FirstNormalObjectId), with their indexes."""


@contextmanager
def server() -> Iterator[PostgresServer]:
    with running_server() as running:
        yield running


def first_process(url: str) -> int | None:
    """The number of the first process of the server at this URL, if it runs on this machine."""
    with connect(url) as connection:
        stat = Path(f"/proc/{connection.info.backend_pid}/stat")  # gone with the connection
        return int(stat.read_text().rpartition(")")[2].split()[1]) if stat.exists() else None


def connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def size_of(url: str, names: list[str] | None = None) -> int:
    """Bytes of these tables with their indexes, or of all tables."""
    with connect(url) as connection:
        return sum(size for name, size in rows(connection, SIZE) if names is None or name in names)


def rows(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    return connection.execute(query).fetchall()


def copy(connection: psycopg.Connection[Any], added: Rows) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for table, lines in added.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copying:
                for line in lines:
                    copying.write_row(line)


def insert(connection: psycopg.Connection[Any], added: Rows) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for table, lines in added.items():
            marks = ", ".join(["%s"] * len(lines[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", lines)


def ingest(job: Job) -> Ingested:
    """Writes the lines in bulk, then the later sentences one by one."""
    meter, flattener = Meter(job.server), Flattener()

    def load() -> None:
        for added in batches(job.lines, flattener):
            copy(connection, added)

    def record(sentence: Json) -> None:
        flattener.add(sentence)
        insert(connection, flattener.taken())

    with connect(job.target) as connection:
        for statement in schema():
            connection.execute(statement)
        peak = Peak()
        cost, _ = meter.cost(load)
        memory, size = peak.added(), size_of(job.target)
        costs = meter.costs([partial(record, sentence) for sentence in job.later])
        connection.execute("ANALYZE")
        probes = drawn(partial(rows, connection), job.half)
    return ingested(cost, memory, size, costs, probes=probes)


def ask(job: Job, probes: Probes, _: datetime | None) -> Results:
    with connect(job.target) as connection:
        opening = one(tasks.OPEN, lambda: connect(job.target).close())
        return tasks.results([*questions(partial(rows, connection), probes), opening], Meter(job.server), job)
