"""Ledger: what users hold. Opening, recording, and the questions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from provenance import database, evidence, verification
from provenance.desk import Desk, Recorded
from provenance.errors import AlreadyClosed
from provenance.index import projection
from provenance.log.notes import Signer
from provenance.log.reports import Report
from provenance.queries import listing
from provenance.questions import Questions
from provenance.sentences import Sentence, sentences
from provenance.snapshot import Snapshot
from provenance.values.ids import RecordId
from provenance.values.records import Record
from provenance.values.times import When, to_microseconds, when

INGEST_COMMIT = 5_000
"""Sentences in one commit of an ingest: enough that a commit's fixed costs vanish, little enough for memory."""

Clock = Callable[[], datetime]

logger = logging.getLogger("provenance")
"""What the library does, without claims or names. It is never configured here."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger(Questions):
    """A ledger of assertions in a database of yours.

    Questions asked of the ledger itself see everything recorded so far; `as_of` gives the same questions with bounds.
    """

    def __init__(
        self, target: Engine | Connection, *, schema: str | None, clock: Clock, owns_engine: bool
    ) -> None:
        self._target = target
        self._schema = schema
        self._clock = clock
        self._owns_engine = owns_engine
        self._is_closed = False

    @classmethod
    def open(
        cls,
        target: str | Path | Engine | Connection | Session,
        *,
        schema: str | None = None,
        clock: Clock = _utc_now,
    ) -> Ledger:
        """A ledger at a path (SQLite), a database URL, or in an Engine, Connection or Session that you have.

        A path or URL of an empty database is set up; an Engine, Connection or Session must hold a ledger already
        (`Ledger.install`). In a Connection or Session the ledger joins your transaction and never commits by itself:
        record last, for the writers' lock lasts until your COMMIT. `schema` is the PostgreSQL schema that holds the
        ledger's tables, by default the connection's own. `clock` gives the time of commits.
        """
        if isinstance(target, Session):
            target = target.connection()
        if isinstance(target, Connection | Engine):
            return cls._joined(target, schema, clock)
        engine = database.engine_for(target)
        try:
            database.prepare(engine, schema)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, schema=schema, clock=clock, owns_engine=True)

    @classmethod
    def _joined(cls, target: Engine | Connection, schema: str | None, clock: Clock) -> Ledger:
        """A ledger in what the caller has, which must hold one already."""
        if not database.has_hooks(target.engine):
            raise database.missing_hooks()
        database.check_schema(target.dialect.name, schema)
        with database.translated_errors(), _connected(target) as connection:
            database.check(connection)
            database.check_revision(connection, schema)
        return cls(target, schema=schema, clock=clock, owns_engine=False)

    @classmethod
    def install(cls, engine: Engine, *, schema: str | None = None, clock: Clock = _utc_now) -> Ledger:
        """Adds the ledger's tables to a database that may hold your own, and opens it. A PostgreSQL `schema` that is
        not there is made."""
        database.migrate(engine, schema)
        return cls.open(engine, schema=schema, clock=clock)

    @staticmethod
    def upgrade(target: str | Path | Engine, *, schema: str | None = None) -> None:
        """Brings the tables of a ledger to this library's revision."""
        if isinstance(target, Engine):
            database.migrate(target, schema)
            return
        engine = database.engine_for(target)
        try:
            database.migrate(engine, schema)
        finally:
            engine.dispose()

    def close(self) -> None:
        """Lets go of the database. What a caller passed in stays open."""
        self._is_closed = True
        if self._owns_engine and isinstance(self._target, Engine):
            self._target.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._connection() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction, under the writers' lock; a caller's own is joined and left open."""
        with self._connection(provenance_writes=True) as connection:
            if isinstance(self._target, Connection):
                database.lock_writers(connection)
                with connection.begin_nested():
                    yield connection
            else:
                with connection.begin():
                    database.lock_writers(connection)
                    yield connection

    @contextmanager
    def _connection(self, **options: bool | str) -> Iterator[Connection]:
        """A connection that finds the ledger's tables; a caller's own finds theirs again afterwards."""
        if self._is_closed:
            raise AlreadyClosed("ledger")
        with database.translated_errors(), _connected(self._target) as connection:
            if isinstance(self._target, Engine):
                connection.execution_options(**options)
            before = connection.get_execution_options().get("schema_translate_map")
            if self._schema is not None:
                database.in_schema(connection, self._schema)
            try:
                yield connection
            finally:
                if self._schema is not None:
                    connection.execution_options(schema_translate_map=before)

    @contextmanager
    def begin(self, *, by: str, at: datetime | None = None) -> Iterator[Desk]:
        """One atomic commit: all that the block records, or nothing if it raises. `by` is its author."""
        desk = Desk(self._reading, author=by)
        yield desk
        with self._writing() as connection:
            self._commit(desk, connection, at)
            while listing.settle(connection):
                pass

    def _commit(self, desk: Desk, connection: Connection, at: datetime | None) -> None:
        header = desk.commit(connection, to_microseconds(at or self._clock()))
        if header is not None:
            logger.debug("commit %d with %d entries", header.seq, header.size)

    def record(self, claim: object, *, by: str = "", **fields: object) -> Recorded:
        """One sentence in a commit of its own. The fields are those of `Desk.record`."""
        with self.begin(by=by) as desk:
            return desk.record(claim, **fields)  # type: ignore[arg-type]

    def ingest(
        self,
        source: Iterable[Sentence | dict[str, object]] | str | Path,
        *,
        by: str,
        commit_every: int = INGEST_COMMIT,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Records any number of sentences, from an iterable or a file of JSON lines, in commits of bounded size.

        Gives the number of sentences that were new. To resume after an interruption, ingest the same again: what was
        recorded adds nothing. `progress` is called after every commit with the number of sentences read so far.
        """
        added, read = 0, 0
        for batch in sentences(source, commit_every):
            desk = Desk(self._reading, author=by)
            recorded = [
                desk.record_sentence(sentence, number=number)
                for number, sentence in enumerate(batch, start=read + 1)
            ]
            with self._writing() as connection:
                self._commit(desk, connection, None)
            added += sum(bool(one.is_new) for one in recorded)
            read += len(batch)
            if progress is not None:
                progress(read)
        self.settle()
        return added

    def settle(self) -> None:
        """Brings the lists that questions about the whole ledger read up to date. Every commit does so itself, and an
        ingest at its end: needed only after one that was broken off, and never for an answer to be right."""
        is_left = True
        while is_left:
            with self._writing() as connection:
                is_left = listing.settle(connection)

    def as_of(self, *, said: object = None, known: object = None) -> Snapshot:
        """The same questions, of what the world had said by `said` and the ledger held by `known`; both inclusive.

        A bound is a date (its last moment), a datetime with a zone, or their ISO 8601 text.
        """
        return Snapshot(self._reading, said=_bound(said), known=_bound(known))

    def verify(
        self,
        *,
        index: bool = False,
        checkpoint: str | None = None,
        key: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Report:
        """Whether the ledger is what was written; reads everything and changes nothing.

        Makes every hash of the log anew and looks for its guards. With a signed `checkpoint`, kept elsewhere, and its
        `key`, a history that was rewritten whole or cut short is found too. `index` also derives the index again, in a
        temporary file, and compares every row. `progress` is called with the number of entries and rows looked at.
        What is wrong is in the report, and never raised. In a Connection or Session on PostgreSQL the writers' lock is
        taken, so that nobody adds meanwhile.
        """
        return verification.verify(
            self._verifying,
            index=index,
            checkpoint=checkpoint,
            key=key,
            progress=progress or (lambda _: None),
        )

    @contextmanager
    def _verifying(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger throughout."""
        options = {} if self._target.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with self._connection(**options) as connection:
            if isinstance(self._target, Connection):
                database.lock_writers(connection)
            yield connection

    def checkpoint(self, signer: Signer) -> str:
        """A signed checkpoint of the log as it is now, in the C2SP format (`log.notes`). Keep it elsewhere.

        Raises `DamagedLog` where a commit is not what was written; `verify` looks at everything.
        """
        with self._reading() as connection:
            return evidence.checkpoint(connection, signer)

    def receipt(self, record: Record | RecordId, *, checkpoint: str) -> str:
        """Proof, for those without the database, that the entry which first recorded the record was in the log when
        the checkpoint was signed: a small JSON text for `verify_receipt`. It holds the whole entry."""
        with self._reading() as connection:
            return evidence.receipt(connection, record.id, checkpoint)

    def rebuild(self) -> int:
        """Derives the index from the log again. Gives the number of entries read."""
        with self._writing() as connection:
            count = projection.rebuild(connection)
            logger.info("index rebuilt from %d entries", count)
            listing.mark_all(connection)
            while listing.settle(connection):
                pass
            return count


@contextmanager
def _connected(target: Engine | Connection) -> Iterator[Connection]:
    if isinstance(target, Connection):
        yield target
    else:
        with target.connect() as connection:
            yield connection


def _bound(moment: object) -> int | None:
    if moment is None:
        return None
    stated = moment if isinstance(moment, When) else when(moment)  # type: ignore[arg-type]
    return None if stated.latest is None else to_microseconds(stated.latest)
