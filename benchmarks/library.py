"""The library itself: the same work through its public calls, with all that it keeps and promises switched on.

The bulk ingest runs as `provenance import` runs it, which looks for garbage seldom: the thresholds are its to set.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import limit
import postgres
import tasks
from flat import Json
from measure import Meter, Peak, bytes_of
from tasks import PAGE, Ingested, Job, Measured, Probes, Results, Task, ingested, one, sorted_rows

from provenance import Agent, Claim, Ledger, attribute, claim
from provenance.cli import collecting
from provenance.log.tables import LOG_TABLES

AUTHOR = "benchmark"
INGEST_COMMIT = inspect.signature(Ledger.ingest).parameters["commit_every"].default
UNSUPPORTED_KINDS = (
    "no_evidence",
    "none",
    "unattributed",
    "reported_absent",
    "anonymous_only",
    "single_origin",
    "uncorroborated",
)
COUNTED = ("agent", "claim", "document", "mention", "assertion", "relay", "evidence")
FIRST_COMMIT = datetime(2025, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that is a second later whenever it is asked, so that there is a moment between any two commits."""

    def __init__(self) -> None:
        self.latest = FIRST_COMMIT

    def __call__(self) -> datetime:
        self.latest += timedelta(seconds=1)
        return self.latest


def ingest(job: Job) -> Ingested:
    """Writes the lines in bulk, then the later sentences one by one."""
    meter, clock = Meter(job.server), Clock()
    moments: dict[int, datetime] = {}

    def note(read: int) -> None:
        moments[read] = clock.latest

    def load() -> None:
        with collecting.seldom():
            ledger.ingest(job.lines, by=AUTHOR, commit_every=commit_size(job.half), progress=note)

    with Ledger.open(job.target, clock=clock) as ledger:
        peak = Peak()
        cost, _ = meter.cost(load)
        added = peak.added()
    size, log = size_of(job.target), log_size_of(job.target)
    with Ledger.open(job.target) as ledger:
        costs = meter.costs([partial(_record, ledger, sentence) for sentence in job.later])
    return ingested(cost, added, size, costs, known=moments[job.half], log=log)


def commit_size(half: int) -> int:
    """Sentences in a commit: the library's own number or fewer, so that a commit ends at half of all sentences."""
    return next(size for size in range(min(INGEST_COMMIT, half), 0, -1) if half % size == 0)


def size_of(target: str) -> int:
    return postgres.size_of(target) if "://" in target else bytes_of(Path(target))


def log_size_of(target: str) -> int | None:
    """Bytes of the log's tables and their indexes; None where this SQLite does not know."""
    names = [table.name for table in LOG_TABLES]
    return postgres.size_of(target, names) if "://" in target else limit.size_of_tables(Path(target), names)


def _record(ledger: Ledger, sentence: Json) -> None:
    with ledger.begin(by=AUTHOR) as desk:
        desk.record_sentence(sentence)


def ask(job: Job, probes: Probes, known: datetime | None) -> Results:
    if known is None:
        raise ValueError("known: nothing instead of the moment that the ingest gave")
    meter = Meter(job.server)
    with Ledger.open(job.target) as ledger:
        asked = [*questions(ledger, probes, known), one(tasks.OPEN, lambda: Ledger.open(job.target).close())]
        return tasks.results(asked, meter, job) | _verified(ledger, meter, job.only)


def _verified(ledger: Ledger, meter: Meter, only: str) -> Results:
    """How many entries are verified in a second, and with the index how many sentences."""
    found: Results = {}
    for name, index in ((tasks.VERIFY, False), (tasks.VERIFY_INDEX, True)):
        if only in name:
            cost, report = meter.cost(partial(ledger.verify, index=index))
            if not report.ok:
                raise SystemExit(f"the ledger of the benchmark is damaged: {report}")
            done = ledger.counts()["mention"] if index else report.entries
            found[name] = Measured(cost, cost, amount=done)
    return found


def questions(ledger: Ledger, probes: Probes, known: datetime) -> list[Task]:
    claims = [_claim(stated) for _, stated in probes.claims]
    large = _claim(probes.large[1])
    supports = tuple(_asking(ledger.support, claim) for claim in claims)
    return [
        one(tasks.COUNTS, lambda: [ledger.counts().get(kind, 0) for kind in COUNTED], list),
        one(tasks.CONFLICTS_COUNT, lambda: ledger.conflicts().count(), int),
        one(tasks.CONFLICTS_PAGE, lambda: _page(ledger.conflicts())),
        one(tasks.CONFLICTS, lambda: list(ledger.conflicts()), _plain_conflicts),
        one(tasks.UNSUPPORTED_COUNT, lambda: ledger.unsupported().count(), int),
        Task(tasks.UNSUPPORTED_PAGE, tuple(_unsupported(ledger, kind) for kind in UNSUPPORTED_KINDS)),
        Task(tasks.SUPPORT, supports, _graded),
        Task(tasks.TRACE, tuple(_tracing(ledger, claim) for claim in claims), _plain_chains),
        one(tasks.LARGE_SUPPORT, lambda: ledger.support(large), _graded),
        one(tasks.LARGE_TRACE, lambda: ledger.trace(large)),
        one(tasks.LARGE_PAGE, lambda: _page(ledger.trace(large).chains), _plain_chains),
        one(tasks.INTERVALS, lambda: list(ledger.independence())),
        Task(tasks.RESTING, tuple(_resting(ledger, agent) for _, agent in probes.agents), _texts),
        one(tasks.CIRCULAR, lambda: _page(ledger.circular())),
        one(tasks.CIRCULAR_COUNT, lambda: ledger.circular().count(), int),
        one(tasks.COMMON_ORIGIN, lambda: _page(ledger.circular("common_origin"))),
        one(tasks.KNOWN, lambda: _both(ledger.as_of(known=known)), list),
        one(tasks.SAID, lambda: _both(ledger.as_of(said=datetime.fromtimestamp(probes.said, UTC))), list),
    ]


def _both(ledger: Any) -> list[int]:
    return [ledger.conflicts().count(), ledger.unsupported().count()]


def _page(answers: Iterable[Any]) -> list[Any]:
    return list(islice(answers, PAGE))


def _asking(question: Callable[[Claim], Any], claim: Claim) -> Callable[[], Any]:
    return lambda: question(claim)


def _tracing(ledger: Ledger, claim: Claim) -> Callable[[], Any]:
    return lambda: ledger.trace(claim).chains


def _unsupported(ledger: Ledger, kind: str) -> Callable[[], Any]:
    return lambda: _page(ledger.unsupported(kind))


def _resting(ledger: Ledger, stated: Json) -> Callable[[], Any]:
    ((kind, name),) = stated.items()
    agent = Agent(kind=kind, name=name)
    return lambda: list(ledger.resting_on(agent))


def _claim(stated: Json) -> Claim:
    fields = dict(stated)
    if "attribute" in fields:
        fields["attribute"] = attribute(**fields["attribute"])
    return claim(fields.pop("text"), **fields)


def _plain_conflicts(conflicts: list[Any]) -> list[list[object]]:
    return sorted_rows((found.kind, *sorted((found.a.text, found.b.text))) for found in conflicts)


def _graded(support: Any) -> list[int]:
    return [support.grade, support.lo, support.hi]


def _plain_chains(chains: Iterable[Any]) -> list[list[object]]:
    return sorted_rows(chain.names for chain in chains)


def _texts(claims: list[Any]) -> list[str]:
    return [claim.text for claim in claims]
