"""DuckDB with the flat rows: what one might pick for the questions.

It has the tables without their ten indexes, which it does not need for scans. Rows come in as CSV files, the quickest
way that its package has without a data frame.
"""

from __future__ import annotations

import csv
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import tasks
from flat import TABLES, Flattener, Json, Rows
from limit import batches, questions
from measure import Meter, Peak, bytes_of
from tasks import Ingested, Job, Probes, Results, ingested, one

IS_INSTALLED = find_spec("duckdb") is not None


def connect(path: str) -> Any:
    import duckdb  # type: ignore[import-not-found,unused-ignore]  # in the dependency group `bench` only

    return duckdb.connect(path)


def load_rows(connection: Any, rows: Rows, file: Path) -> None:
    connection.execute("BEGIN")
    for table, added in rows.items():
        with file.open("w", newline="", encoding="utf-8") as lines:
            csv.writer(lines).writerows(added)
        connection.execute(f"COPY {table} FROM '{file}' (FORMAT csv, HEADER false)")
    connection.execute("COMMIT")


def insert(connection: Any, rows: Rows) -> None:
    connection.execute("BEGIN")
    for table, added in rows.items():
        marks = ", ".join("?" * len(added[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", added)
    connection.execute("COMMIT")


def ingest(job: Job) -> Ingested:
    """Writes the lines in bulk, then the later sentences one by one."""
    meter, flattener = Meter(), Flattener()
    connection = connect(job.target)
    for table, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")

    def load() -> None:
        for rows in batches(job.lines, flattener):
            load_rows(connection, rows, job.lines.with_suffix(".csv"))

    def record(sentence: Json) -> None:
        flattener.add(sentence)
        insert(connection, flattener.taken())

    peak = Peak()
    cost, _ = meter.cost(load)
    memory = peak.added()
    connection.execute("CHECKPOINT")
    size = bytes_of(Path(job.target))
    costs = meter.costs([partial(record, sentence) for sentence in job.later])
    connection.close()
    return ingested(cost, memory, size, costs)


def ask(job: Job, probes: Probes, _: datetime | None) -> Results:
    connection = connect(job.target)
    try:
        asked = questions(lambda sql: connection.execute(sql).fetchall(), probes)
        results = tasks.results(asked, Meter(), job)
    finally:
        connection.close()  # one process cannot open the file twice with other settings, nor measure what opening takes
    opening = one(tasks.OPEN, lambda: connect(job.target).close())
    return results | tasks.results([opening], Meter(), job)
