"""What most would write: mapped classes over the flat tables, and a session in which objects are added and followed.

It has the care that most take in the end: dicts hold the ids of known rows, a transaction has 10,000 sentences, and
related rows are loaded with their owner. The questions about the whole ledger would be the limit's SQL again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import tasks
from flat import BATCH, INDEXES, Flattener, Json, Rows
from limit import connect
from measure import Meter, Peak, bytes_of
from sqlalchemy import Engine, ForeignKey, Index, create_engine, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from tasks import PAGE, Ingested, Job, Probes, Results, Task, ingested, sorted_rows


class Base(DeclarativeBase):
    pass


class Agent(Base):
    __tablename__ = "agent"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Topic(Base):
    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Slot(Base):
    __tablename__ = "slot"
    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    attribute: Mapped[str]
    value_type: Mapped[str]


class Claim(Base):
    __tablename__ = "claim"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    slot: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    entity: Mapped[str | None]
    lo: Mapped[int | None]
    hi: Mapped[int | None]


class Assertion(Base):
    __tablename__ = "assertion"
    id: Mapped[int] = mapped_column(primary_key=True)
    claim: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    agent: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    stance: Mapped[str]
    quote: Mapped[str]
    url: Mapped[str]
    said_at: Mapped[int]
    rests_on: Mapped[int | None] = mapped_column(ForeignKey("assertion.id"))
    source: Mapped[Agent] = relationship()
    relays: Mapped[list[Relay]] = relationship(order_by="Relay.position")


class Relay(Base):
    __tablename__ = "relay"
    assertion: Mapped[int] = mapped_column(ForeignKey("assertion.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    outlet: Mapped[Agent] = relationship()


class Evidence(Base):
    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    assertion: Mapped[int] = mapped_column(ForeignKey("assertion.id"))
    kind: Mapped[str]
    present: Mapped[int]
    item: Mapped[str | None]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    sentence: Mapped[int]


CLASSES: dict[str, type[Base]] = {
    each.__tablename__: each for each in (Agent, Topic, Slot, Claim, Assertion, Relay, Evidence)
}
COLUMNS = {name: [column.key for column in each.__table__.columns] for name, each in CLASSES.items()}
for number, (table, columns) in enumerate(INDEXES):
    Index(f"ix_{number}", *(CLASSES[table].__table__.c[name] for name in columns.split(", ")))


def add(session: Session, rows: Rows) -> None:
    for table, added in rows.items():
        for row in added:
            session.add(CLASSES[table](**dict(zip(COLUMNS[table], row, strict=True))))


@contextmanager
def opened(target: str) -> Iterator[Engine]:
    engine = create_engine("sqlite://", creator=partial(_connect, target))
    yield engine
    engine.dispose()


def _connect(target: str) -> Any:
    connection = connect(Path(target))
    connection.isolation_level = "DEFERRED"  # Python's own default: the session's COMMIT is one
    return connection


def ingest(job: Job) -> Ingested:
    """Writes the lines in bulk, then the later sentences one by one."""
    meter, flattener = Meter(), Flattener()

    def load() -> None:
        with Session(engine) as session, job.lines.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                flattener.add(json.loads(line))
                add(session, flattener.taken())
                if number % BATCH == 0:
                    session.commit()
            session.commit()

    def record(sentence: Json) -> None:
        flattener.add(sentence)
        with Session(engine) as session:
            add(session, flattener.taken())
            session.commit()

    with opened(job.target) as engine:
        Base.metadata.create_all(engine)
        peak = Peak()
        cost, _ = meter.cost(load)
        memory = peak.added()
    size = bytes_of(Path(job.target))
    with opened(job.target) as engine:
        costs = meter.costs([partial(record, sentence) for sentence in job.later])
    return ingested(cost, memory, size, costs)


def ask(job: Job, probes: Probes, _: datetime | None) -> Results:
    large, _large = probes.large
    with opened(job.target) as engine:
        asked = [
            Task(tasks.TRACE, tuple(partial(_trace, engine, key) for key, _ in probes.claims), _plain_chains),
            Task(tasks.LARGE_TRACE, (partial(_trace, engine, large),)),
            Task(tasks.LARGE_PAGE, (partial(_trace, engine, large, PAGE),), _plain_chains),
            Task(tasks.RESTING, tuple(partial(_resting, engine, key) for key, _ in probes.agents), list),
        ]
        return tasks.results(asked, Meter(), job)


def _trace(engine: Engine, claim: int, first: int | None = None) -> list[list[str]]:
    with Session(engine) as session:
        query = (
            select(Assertion)
            .where(Assertion.claim == claim)
            .order_by(Assertion.id)
            .limit(first)
            .options(
                selectinload(Assertion.source), selectinload(Assertion.relays).selectinload(Relay.outlet)
            )
        )
        return [
            [one.source.name, *(relay.outlet.name for relay in one.relays)] for one in session.scalars(query)
        ]


def _plain_chains(chains: list[list[str]]) -> list[list[object]]:
    return sorted_rows(chains)


def _resting(engine: Engine, agent: int) -> list[str]:
    with Session(engine) as session:
        said = (
            select(Assertion.claim)
            .outerjoin(Relay)
            .where(or_(Assertion.agent == agent, Relay.agent == agent))
        )
        return [
            claim.text
            for claim in session.scalars(select(Claim).where(Claim.id.in_(said)).order_by(Claim.id))
        ]
