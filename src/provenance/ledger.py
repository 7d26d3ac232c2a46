"""Ledger: what users hold. Opening, recording, and the questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from provenance import database
from provenance.desk import Desk, Recorded, check_fields
from provenance.errors import AlreadyClosed, ProvenanceError
from provenance.index import projection
from provenance.sentences import Sentence, sentences
from provenance.snapshot import Questions, Snapshot
from provenance.values.times import to_microseconds, when_of

INGEST_COMMIT = 5_000
"""Sentences in one commit of an ingest: enough that a commit's fixed costs vanish, little enough for memory."""

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger(Questions):
    """A ledger of assertions in a database of yours.

    Questions asked of the ledger itself see everything recorded so far; `as_of` gives the same questions with bounds.
    """

    def __init__(self, target: Engine | Connection, *, clock: Clock, owns_engine: bool) -> None:
        self._target = target
        self._clock = clock
        self._owns_engine = owns_engine
        self._is_closed = False

    @classmethod
    def open(cls, target: str | Path | Engine | Connection | Session, *, clock: Clock = _utc_now) -> Ledger:
        """A ledger at a path (SQLite), a database URL, or in an Engine, Connection or Session that you have.

        A path or URL of an empty database is set up; an Engine, Connection or Session must hold a ledger already
        (`Ledger.install`). In a Connection or Session the ledger joins your transaction and never commits by itself:
        record last, for the writers' lock lasts until your COMMIT. `clock` gives the time of commits.
        """
        if isinstance(target, Session):
            target = target.connection()
        if isinstance(target, Connection):
            with database.translated_errors():
                database.check(target)
                database.check_revision(target)
            return cls(target, clock=clock, owns_engine=False)
        if isinstance(target, Engine):
            if not database.has_hooks(target):
                raise database.missing_hooks()
            with database.translated_errors(), target.connect() as connection:
                database.check(connection)
                database.check_revision(connection)
            return cls(target, clock=clock, owns_engine=False)
        engine = database.engine_for(target)
        try:
            database.prepare(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, clock=clock, owns_engine=True)

    @classmethod
    def install(cls, engine: Engine, *, clock: Clock = _utc_now) -> Ledger:
        """Adds the ledger's tables to a database that may hold your own, and opens it."""
        database.migrate(engine)
        return cls.open(engine, clock=clock)

    @staticmethod
    def upgrade(target: str | Path | Engine) -> None:
        """Brings the tables of a ledger to this library's revision."""
        if isinstance(target, Engine):
            database.migrate(target)
            return
        engine = database.engine_for(target)
        try:
            database.migrate(engine)
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
        if self._is_closed:
            raise AlreadyClosed("ledger")
        with database.translated_errors():
            if isinstance(self._target, Connection):
                yield self._target
            else:
                with self._target.connect() as connection:
                    yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction, under the writers' lock; a caller's own is joined and left open."""
        if self._is_closed:
            raise AlreadyClosed("ledger")
        with database.translated_errors():
            if isinstance(self._target, Connection):
                database.lock_writers(self._target)
                with self._target.begin_nested():
                    yield self._target
            else:
                writer = self._target.connect().execution_options(provenance_writes=True)
                with writer as connection, connection.begin():
                    database.lock_writers(connection)
                    yield connection

    @contextmanager
    def begin(self, *, by: str, at: datetime | None = None) -> Iterator[Desk]:
        """One atomic commit: all that the block records, or nothing if it raises. `by` is its author."""
        stated = None if at is None else to_microseconds(at, field="at")
        desk = Desk(self._reading, author=by)
        yield desk
        with self._writing() as connection:
            moment = to_microseconds(self._clock(), field="clock") if stated is None else stated
            desk.commit(connection, moment)

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
            with self.begin(by=by) as desk:
                recorded = []
                for number, sentence in enumerate(batch, start=read + 1):
                    recorded.append(desk.record_sentence(sentence, number=number))
            added += sum(bool(one.is_new) for one in recorded)
            read += len(batch)
            if progress is not None:
                progress(read)
        return added

    def as_of(self, *, said: object = None, known: object = None) -> Snapshot:
        """The same questions, of what the world had said by `said` and the ledger held by `known`; both inclusive.

        A bound is a date (its last moment), a datetime with a zone, or their ISO 8601 text.
        """
        return Snapshot(self._reading, said=_bound("said", said), known=_bound("known", known))

    def rebuild(self) -> int:
        """Derives the index from the log again. Gives the number of entries read."""
        with self._writing() as connection:
            return projection.rebuild(connection)


def _bound(field: str, moment: object) -> int | None:
    if moment is None:
        return None
    stated = when_of(field, moment)
    return None if stated.latest is None else to_microseconds(stated.latest)
