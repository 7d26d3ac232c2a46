"""Ledger: what users hold. Opening, recording, and the questions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from provenance import database, sealing
from provenance.desk import Desk, Recorded, check_fields
from provenance.errors import AlreadyClosed, ProvenanceError
from provenance.index import projection
from provenance.keys import Keys
from provenance.queries import listing
from provenance.questions import Asked, Questions
from provenance.sentences import Sentence, sentences
from provenance.snapshot import Snapshot
from provenance.values.sealed import Sealed
from provenance.values.times import to_microseconds, when_of

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
        self,
        target: Engine | Connection,
        *,
        schema: str | None,
        keys: Keys | None,
        clock: Clock,
        owns_engine: bool,
    ) -> None:
        self._target = target
        self._schema = schema
        self._keys = keys
        self._clock = clock
        self._owns_engine = owns_engine
        self._is_closed = False

    @classmethod
    def open(
        cls,
        target: str | Path | Engine | Connection | Session,
        *,
        schema: str | None = None,
        keys: Keys | None = None,
        clock: Clock = _utc_now,
    ) -> Ledger:
        """A ledger at a path (SQLite), a database URL, or in an Engine, Connection or Session that you have.

        A path or URL of an empty database is set up; an Engine, Connection or Session must hold a ledger already
        (`Ledger.install`). In a Connection or Session the ledger joins your transaction and never commits by itself:
        record last, for the writers' lock lasts until your COMMIT. `schema` is the PostgreSQL schema that holds the
        ledger's tables, by default the connection's own. `keys` seal and open what is confidential. `clock` gives the
        time of commits.
        """
        if isinstance(target, Session):
            target = target.connection()
        if isinstance(target, Connection | Engine):
            return cls._joined(target, schema, keys, clock)
        engine = database.engine_for(target)
        try:
            database.prepare(engine, schema)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, schema=schema, keys=keys, clock=clock, owns_engine=True)

    @classmethod
    def _joined(
        cls, target: Engine | Connection, schema: str | None, keys: Keys | None, clock: Clock
    ) -> Ledger:
        """A ledger in what the caller has, which must hold one already."""
        if not database.has_hooks(target.engine):
            raise database.missing_hooks()
        database.check_schema(target.dialect.name, schema)
        with database.translated_errors(), _connected(target) as connection:
            database.check(connection)
            database.check_revision(connection, schema)
        return cls(target, schema=schema, keys=keys, clock=clock, owns_engine=False)

    @classmethod
    def install(
        cls,
        engine: Engine,
        *,
        schema: str | None = None,
        keys: Keys | None = None,
        clock: Clock = _utc_now,
    ) -> Ledger:
        """Adds the ledger's tables to a database that may hold your own, and opens it. A PostgreSQL `schema` that is
        not there is made."""
        database.migrate(engine, schema)
        return cls.open(engine, schema=schema, keys=keys, clock=clock)

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
    def _connection(self, **options: bool) -> Iterator[Connection]:
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
        stated = None if at is None else to_microseconds(at, field="at")
        desk = Desk(self._reading, author=by, keys=self._keys)
        yield desk
        with self._writing() as connection:
            self._commit(desk, connection, stated)
            while listing.settle(connection):
                pass
        self._destroy(desk.forgotten)

    def _destroy(self, seals: tuple[Sealed, ...] | None) -> None:
        """Forgets the keys of what was redacted, once that is stored: in a caller's transaction, when they commit."""
        if seals is None:
            return
        if isinstance(self._target, Connection):
            connection = self._target
            event.listen(connection, "commit", lambda _: sealing.destroy(self._keys, seals), once=True)
            return
        sealing.destroy(self._keys, seals)
        self.purge()

    def purge(self) -> None:
        """Leaves no copy of redacted texts in the database's files. A redaction does so itself; in a transaction of
        yours it cannot, and you call this after your COMMIT, with a ledger opened by its engine."""
        if self._is_closed:
            raise AlreadyClosed("ledger")
        if isinstance(self._target, Engine):
            with database.translated_errors():
                database.purge(self._target, self._schema)

    def reveal(self, record: Asked) -> dict[str, str]:
        """What an agent, a claim, a mention or a document holds sealed, by field, for whoever has the keys.

        Raises `errors.KeyMissing` without the key of its level, `errors.Redacted` where it was destroyed.
        """
        with self._reading() as connection:
            return sealing.reveal(connection, self._keys, self._key_of_any(connection, record))

    def _commit(self, desk: Desk, connection: Connection, stated: int | None) -> None:
        moment = to_microseconds(self._clock(), field="clock") if stated is None else stated
        header = desk.commit(connection, moment)
        if header is not None:
            logger.debug("commit %d with %d entries", header.seq, header.size)

    def record(self, claim: object, *, by: str = "", **fields: object) -> Recorded:
        """One sentence in a commit of its own. The fields are those of `Desk.record`."""
        check_fields(fields)
        try:
            with self.begin(by=by) as desk:
                return desk.record(claim, **fields)  # type: ignore[arg-type]
        except ProvenanceError as error:
            raise error.at_record(None)  # noqa: B904 - the same error; a single record has no number

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
            desk = Desk(self._reading, author=by, keys=self._keys)
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
        return Snapshot(self._reading, said=_bound("said", said), known=_bound("known", known))

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


def _bound(field: str, moment: object) -> int | None:
    if moment is None:
        return None
    stated = when_of(field, moment)
    return None if stated.latest is None else to_microseconds(stated.latest)
