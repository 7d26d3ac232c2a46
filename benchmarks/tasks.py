"""What every system is asked: the names of the tasks, and how answers are timed and made comparable."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from measure import Cost, Meter, median, quantile
from shape import Shape

INGEST = "bulk ingest"
RECORD = "one durable record"
CONFLICTS_COUNT = "conflicts: count"
CONFLICTS_PAGE = "conflicts: first 100"
CONFLICTS = "conflicts: all"
UNSUPPORTED_COUNT = "unsupported: count"
UNSUPPORTED_PAGE = "unsupported: first 100 of each kind"
SUPPORT = "support of a claim"
TRACE = "trace of a claim"
LARGE_SUPPORT = "support of a large claim"
LARGE_TRACE = "trace of a large claim"
LARGE_PAGE = "trace of a large claim: first 100"
INTERVALS = "[lo, hi] of every claim"
RESTING = "resting on an agent"
CIRCULAR = "circular: first 100"
CIRCULAR_COUNT = "circular: count"
COMMON_ORIGIN = "common origin: first 100"
KNOWN = "known at half: conflicts and unsupported"
SAID = "said at half: conflicts and unsupported"
VERIFY = "verify the log"
VERIFY_INDEX = "verify log and index"
OPEN = "open"
COUNTS = "counts of records"

MEMORY = "memory added by the ingest"
DISK = "bytes on disk a sentence"
DISK_LOG = "bytes on disk a sentence: the log"
IMPORT = "import"

PAGE = 100
ENOUGH = 0.3
"""Seconds after which a run need not ask the same again."""

MOST = 50
"""How many times a run asks one question at most."""


@frozen
class Probes:
    """What all systems are asked about, drawn from the flat rows. Claims and sources are in the sentence form."""

    claims: list[tuple[int, dict[str, Any]]]
    """Random claims, each with its id in the flat rows."""
    large: tuple[int, dict[str, Any]]
    """The claim whose number of assertions, relays included, is nearest to 5,000."""
    large_assertions: int
    agents: list[tuple[int, dict[str, Any]]]
    shape: Shape
    half: int
    """Half of the number of sentences."""
    said: int
    """When the last sentence of the first half was published, in seconds since 1970."""


@frozen
class Task:
    """A question. Each of `asks` asks it about another probe.

    `plain` turns an answer into plain values, which are compared with those of other systems. Without it the answers
    are not compared.
    """

    name: str
    asks: tuple[Callable[[], Any], ...]
    plain: Callable[[Any], object] | None = None
    times: float = 1
    """What the cost is multiplied by, where the work is done on a sample only."""


@frozen
class Measured:
    """The costs of a task in one run: their median, and their 99th percentile."""

    cost: Cost
    p99: Cost
    digests: tuple[str, ...] = ()
    """Digests of the answers; where patience ended, only of the first ones."""
    amount: float | None = None
    """The result of a task that is no question: bytes, or how much was verified."""


Results = dict[str, Measured]
"""What was measured, by the name of the task."""


@frozen
class Job:
    """One system's turn at one size in one run."""

    target: str
    """A path or URL of an empty database."""
    lines: Path
    later: list[dict[str, Any]]
    """Sentences to be recorded one by one, after those of the lines."""
    half: int
    """Half of the number of sentences."""
    server: int | None
    """The database server's first process, on this machine."""
    only: str
    """A text: only tasks whose names contain it are run."""
    patience: float
    """Seconds after which no further probe of a question is tried."""


@frozen
class Ingested:
    results: Results
    known: datetime | None
    """When half of the sentences had been recorded, by the system's own clock."""
    probes: Probes | None
    """What to ask all systems about, from a system that has the flat rows."""


def ingested(
    cost: Cost,
    memory: int,
    size: int,
    records: list[Cost],
    *,
    known: datetime | None = None,
    log: int | None = None,
    probes: Probes | None = None,
) -> Ingested:
    results = {
        INGEST: Measured(cost, cost),
        MEMORY: Measured(cost, cost, amount=memory),
        DISK: Measured(cost, cost, amount=size),
    }
    if log is not None:
        results[DISK_LOG] = Measured(cost, cost, amount=log)
    if records:
        results[RECORD] = Measured(median(records), quantile(records, 0.99))
    return Ingested(results, known, probes)


def one(name: str, ask: Callable[[], Any], plain: Callable[[Any], object] | None = None) -> Task:
    return Task(name, (ask,), plain)


def results(asked: Iterable[Task], meter: Meter, job: Job) -> Results:
    return {task.name: measured(task, meter, job.patience) for task in asked if job.only in task.name}


def measured(task: Task, meter: Meter, patience: float) -> Measured:
    """The costs of a task, after asking it once to warm up. Where that takes too long, its cost is the result."""
    first, answer = meter.cost(task.asks[0])
    costs, answers = [first], [answer]
    if first.wall < patience:
        times = MOST if len(task.asks) == 1 else 1
        patience = min(patience, ENOUGH) if len(task.asks) == 1 else patience
        costs, answers = _asked(task.asks * times, meter, patience)
    costs = [Cost(cost.cpu * task.times, cost.wall * task.times) for cost in costs]
    digests = (
        () if task.plain is None else tuple(digest(task.plain(each)) for each in answers[: len(task.asks)])
    )
    return Measured(median(costs), quantile(costs, 0.99), digests)


def _asked(asks: Iterable[Callable[[], Any]], meter: Meter, patience: float) -> tuple[list[Cost], list[Any]]:
    """The cost and the answer of each, until patience (in seconds) ends."""
    answers: list[Any] = []
    end = time.perf_counter() + patience

    def works() -> Iterator[Callable[[], object]]:
        for ask in asks:
            yield lambda ask=ask: answers.append(ask())  # type: ignore[misc]
            if time.perf_counter() > end:
                return

    return meter.costs(works()), answers


def is_same(one: Measured, other: Measured) -> bool:
    """Whether all digests that both have are equal."""
    return all(a == b for a, b in zip(one.digests, other.digests, strict=False))


def digest(answer: object) -> str:
    text = json.dumps(answer, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sorted_rows(rows: Iterable[Iterable[object]]) -> list[list[object]]:
    return sorted([list(row) for row in rows], key=str)
