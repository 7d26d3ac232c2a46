"""The limit: what it costs to write and to ask the flat rows, without a log, checks or explanations beside them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sized
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import flat_questions
import tasks
import workload
from flat import BATCH, Flattener, Json, Rows, schema
from measure import Meter, Peak, bytes_of
from shape import shape_of
from tasks import PAGE, Ingested, Job, Probes, Results, Task, ingested, one, sorted_rows

LARGE = 5_000
"""Assertions on the claim that stands for a large one; the claim with the nearest number is taken."""

Ask = Callable[[str], list[Any]]
"""The rows that an SQL query gives."""


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def size_of_tables(path: Path, names: list[str]) -> int | None:
    """Bytes of the pages of these tables and their indexes; None where this SQLite does not know."""
    connection = connect(path)
    query = (
        f"SELECT sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) WHERE tbl_name IN ({_marks(names)})"
    )
    try:
        return int(connection.execute(query, names).fetchone()[0])
    except sqlite3.OperationalError:  # this SQLite was compiled without dbstat
        return None
    finally:
        connection.close()


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


def insert(connection: sqlite3.Connection, rows: Rows) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, added in rows.items():
        connection.executemany(f"INSERT INTO {table} VALUES ({_marks(added[0])})", added)
    connection.execute("COMMIT")


def batches(lines: Path, flattener: Flattener) -> Iterator[Rows]:
    """The rows of the JSON lines, in batches of 10,000 sentences."""
    with lines.open(encoding="utf-8") as file:
        while batch := list(islice(file, BATCH)):
            for line in batch:
                flattener.add(json.loads(line))
            yield flattener.taken()


def ingest(job: Job) -> Ingested:
    """Writes the lines in bulk, then the later sentences one by one."""
    meter, flattener = Meter(), Flattener()
    path = Path(job.target)
    connection = connect(path)
    for statement in schema():
        connection.execute(statement)

    def load() -> None:
        for rows in batches(job.lines, flattener):
            insert(connection, rows)

    def record(sentence: Json) -> None:
        flattener.add(sentence)
        insert(connection, flattener.taken())

    peak = Peak()
    cost, _ = meter.cost(load)
    added = peak.added()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = bytes_of(path)
    costs = meter.costs([partial(record, sentence) for sentence in job.later])
    probes = drawn(lambda sql: connection.execute(sql).fetchall(), job.half)
    connection.close()
    return ingested(cost, added, size, costs, probes=probes)


def ask(job: Job, probes: Probes, _: datetime | None) -> Results:
    connection = connect(Path(job.target))
    try:
        asked = [
            *questions(lambda sql: connection.execute(sql).fetchall(), probes),
            _opening(Path(job.target)),
        ]
        return tasks.results(asked, Meter(), job)
    finally:
        connection.close()


def _opening(path: Path) -> Task:
    def opened() -> None:
        connection = connect(path)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        connection.close()

    return one(tasks.OPEN, opened)


def questions(ask: Ask, probes: Probes) -> list[Task]:
    """Every question that the flat schema can answer, for any database that holds it."""
    sql = flat_questions
    known, noted = f"assertion.id <= {probes.half:d}", f"evidence.sentence <= {probes.half:d}"
    said = f"said_at <= {probes.said:d}"
    large, _ = probes.large

    def page(query: str) -> Callable[[], list[Any]]:
        return lambda: ask(f"{query} LIMIT {PAGE}")

    def both(bound: str, noted: str) -> Callable[[], list[Any]]:
        return lambda: [
            ask(sql.count_of_conflicts(bound))[0][0],
            ask(sql.count_of_unsupported(bound, noted))[0][0],
        ]

    return [
        one(tasks.COUNTS, lambda: list(ask(sql.counts())[0]), list),
        one(tasks.CONFLICTS_COUNT, lambda: ask(sql.count_of_conflicts())[0][0], int),
        one(tasks.CONFLICTS_PAGE, page(sql.conflicting_claims())),
        one(tasks.CONFLICTS, lambda: ask(sql.conflicting_claims()), _plain_conflicts),
        one(tasks.UNSUPPORTED_COUNT, lambda: ask(sql.count_of_unsupported())[0][0], int),
        one(tasks.UNSUPPORTED_PAGE, page(sql.unsupported_claims())),
        Task(tasks.SUPPORT, tuple(_support(ask, key) for key, _ in probes.claims), _graded),
        Task(tasks.TRACE, tuple(_trace(ask, key) for key, _ in probes.claims), _plain_chains),
        one(tasks.LARGE_SUPPORT, _support(ask, large), _graded),
        one(tasks.LARGE_TRACE, _trace(ask, large)),
        one(tasks.LARGE_PAGE, lambda: ask(sql.chains(large, PAGE)), _plain_chains),
        one(tasks.INTERVALS, lambda: ask(sql.intervals())),
        Task(tasks.RESTING, tuple(_resting(ask, key) for key, _ in probes.agents), _texts),
        one(tasks.CIRCULAR, page(sql.feedback_loops())),
        one(tasks.CIRCULAR_COUNT, lambda: len(ask(sql.feedback_loops())), int),
        one(tasks.KNOWN, both(known, noted), list),
        one(tasks.SAID, both(said, sql.ALWAYS), list),
    ]


def _support(ask: Ask, claim: int) -> Callable[[], list[Any]]:
    return lambda: ask(flat_questions.intervals(claim))


def _trace(ask: Ask, claim: int) -> Callable[[], list[Any]]:
    return lambda: ask(flat_questions.chains(claim))


def _resting(ask: Ask, agent: int) -> Callable[[], list[Any]]:
    return lambda: ask(flat_questions.resting_on(agent))


def _plain_conflicts(rows: list[Any]) -> list[list[object]]:
    return sorted_rows((kind, *sorted((a, b))) for kind, a, b in rows)


def _graded(rows: list[Any]) -> list[int]:
    ((_, is_shown, lo, hi),) = rows
    grade = 0 if hi == 0 else 4 if lo > 1 else 3 if is_shown else 2
    return [grade, lo, hi]


def _plain_chains(rows: list[Any]) -> list[list[object]]:
    chains: dict[int, list[object]] = {}
    for sentence, _, name in rows:
        chains.setdefault(sentence, []).append(name)
    return sorted_rows(chains.values())


def _texts(rows: list[Any]) -> list[str]:
    return [row[0] for row in rows]


def drawn(ask: Ask, half: int) -> Probes:
    """The probes, drawn from the rows."""
    chance = Random(workload.SEED)
    claims = ask("SELECT count(*) FROM claim")[0][0]
    agents = [row[0] for row in ask("SELECT id FROM agent WHERE kind <> 'anonymous' ORDER BY id")]
    large, size, *_ = ask(
        "SELECT claim, sum(size) AS size FROM (SELECT claim, "
        "CASE WHEN rests_on IS NULL THEN 1 ELSE 0 END "
        "+ (SELECT count(*) FROM relay WHERE relay.assertion = assertion.id) AS size "
        f"FROM assertion) AS sized GROUP BY claim ORDER BY abs(sum(size) - {LARGE}), claim LIMIT 1"
    )[0]
    return Probes(
        claims=[(key, _claim(ask, key)) for key in chance.sample(range(1, claims + 1), min(100, claims))],
        large=(large, _claim(ask, large)),
        large_assertions=int(size),
        agents=[(key, _agent(ask, key)) for key in chance.sample(agents, min(200, len(agents)))],
        shape=shape_of(ask),
        half=half,
        said=ask(f"SELECT said_at FROM assertion WHERE id = {half}")[0][0],
    )


def _claim(ask: Ask, key: int) -> Json:
    text, entity, lo, hi, topic, attribute, value_type = ask(
        "SELECT text, entity, lo, hi, topic.name, attribute, value_type FROM claim "
        f"LEFT JOIN slot ON slot.id = claim.slot LEFT JOIN topic ON topic.id = slot.topic WHERE claim.id = {key:d}"
    )[0]
    if topic is None:
        return {"text": text}
    value = entity or (lo if lo == hi else f"at least {lo}" if hi is None else f"{lo} to {hi}")
    return {
        "text": text,
        "subject": topic,
        "attribute": {"name": attribute, "value_type": value_type},
        "value": value,
    }


def _agent(ask: Ask, key: int) -> Json:
    kind, name = ask(f"SELECT kind, name FROM agent WHERE id = {key:d}")[0]
    return {kind: name}
