"""Ledger: what users hold. Opening, recording, and the questions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from sqlalchemy import Connection, Engine

from provenance.database import revisions
from provenance.database.durability import REQUIRED
from provenance.database.store import Store
from provenance.errors import ProvenanceError
from provenance.exchange.export import export
from provenance.exchange.load import Loaded, load
from provenance.index import projection
from provenance.log import journal
from provenance.log.journal import Entry
from provenance.materialized import lists
from provenance.operations import migrations, purging, rebuilding
from provenance.operations.backup import backup
from provenance.operations.opening import open_store
from provenance.operations.refreshing import refresh
from provenance.operations.reports import Report
from provenance.operations.status import Status, status_of
from provenance.operations.verification import verify
from provenance.proofs import issuing
from provenance.proofs.checkpoints import Signer
from provenance.questions.bounds import Bounds
from provenance.questions.questions import Asked, Questions
from provenance.recording import sealing
from provenance.recording.desk import Desk, check_fields
from provenance.recording.drafts import Recorded
from provenance.recording.ingest import COMMIT_EVERY, ingest
from provenance.recording.keys import Keys
from provenance.recording.sentences import Sentence, sentences
from provenance.values.ids import RecordId
from provenance.values.records import Record
from provenance.values.sealed import Sealed
from provenance.values.times import to_microseconds, when_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

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
        store: Store,
        *,
        keys: Keys | None = None,
        clock: Clock = _utc_now,
    ) -> None:
        super().__init__(store)
        self._keys = keys
        self._clock = clock

    @classmethod
    def open(
        cls,
        target: str | Path | Engine | Connection | Session,
        *,
        schema: str | None = None,
        keys: Keys | None = None,
        clock: Clock = _utc_now,
        durability: str = REQUIRED,
        read_only: bool = False,
    ) -> Ledger:
        """A ledger at a path (SQLite), a database URL, or in an Engine, Connection or Session that you have.

        A path or URL of an empty database is set up; an Engine, Connection or Session must hold a ledger already
        (`Ledger.install`). In a Connection or Session the ledger joins your transaction and never commits by itself:
        record last, for the writers' lock lasts until your COMMIT. `schema` is the PostgreSQL schema that holds the
        ledger's tables, by default the connection's own. `keys` seal and open what is confidential. `clock` gives the
        time of commits.

        A database that could lose what it acknowledged is refused (`UnsafeDatabase`), unless `durability` is
        "as configured". One in memory is taken as it is.

        With `read_only` nothing is ever written, and a ledger of another revision, also of a newer release, can be
        verified and its entries listed; its questions raise `WrongRevision`.
        """
        store = open_store(target, schema=schema, durability_wanted=durability, is_read_only=read_only)
        return cls(store, keys=keys, clock=clock)

    @classmethod
    def install(
        cls,
        engine: Engine,
        *,
        schema: str | None = None,
        keys: Keys | None = None,
        clock: Clock = _utc_now,
        durability: str = REQUIRED,
    ) -> Ledger:
        """Adds the ledger's tables to a database that may hold your own, and opens it. A PostgreSQL `schema` that is
        not there is made."""
        migrations.migrate(engine, schema)
        return cls.open(engine, schema=schema, keys=keys, clock=clock, durability=durability)

    @staticmethod
    def upgrade(target: str | Path | Engine, *, schema: str | None = None) -> None:
        """Brings the tables of a ledger to this library's revision."""
        with migrations.engine_at(target) as engine:
            migrations.migrate(engine, schema)

    @staticmethod
    def downgrade(target: str | Path | Engine, revision: str, *, schema: str | None = None) -> None:
        """Takes the tables of a ledger back to an older revision, or with "base" away. Raises `LossyDowngrade`, before
        anything is touched, where entries would be lost, or be of no use to the releases of that revision."""
        with migrations.engine_at(target) as engine:
            migrations.downgrade(engine, revision, schema)

    def close(self) -> None:
        """Lets go of the database. What a caller passed in stays open."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def begin(self, *, by: str, at: datetime | None = None, key: str | None = None) -> Iterator[Desk]:
        """One atomic commit: all that the block records, or nothing if it raises. `by` is its author.

        With a `key` of the caller's choice the commit can be repeated safely, whatever became of it: the same block
        under the same key is stored once, and its repetition says of everything that it is not new. Another content
        under a used key is refused (`KeyReused`); so is a quotation from a text that was redacted since, for its place
        can no longer be told. A commit that adds nothing uses no key.
        """
        self._store.check_writable()
        stated = None if at is None else to_microseconds(at, field="at")
        desk = Desk(self._store.read_log, author=by, keys=self._keys, key=key)
        yield desk
        draft = desk.finish()

        def work(connection: Connection) -> list[Sealed] | None:
            draft.commit(connection, self._now() if stated is None else stated)
            if lists.is_due(connection):
                while lists.refresh(connection):
                    pass
            return sealing.redacted_by(connection, draft.records())

        redacted = self._store.write(work)
        if redacted is not None:
            purging.end_redaction(self._store, self._keys, redacted)

    def _now(self) -> int:
        return to_microseconds(self._clock(), field="clock")

    def purge(self) -> None:
        """Destroys the keys of all that was redacted, and leaves no copy of it in the database's files.

        A redaction does so itself, once it is stored. In a transaction of yours it cannot know that: call this after
        your COMMIT, with a ledger opened by its engine and with its keys. Call it too where a redaction ended with an
        error, or its process did: what was done already is not done again.
        """
        purging.purge(self._store, self._keys)

    def reveal(self, record: Asked) -> dict[str, str]:
        """What an agent, a claim, a mention or a document holds sealed, by field, for whoever has the keys.

        Raises `errors.KeyMissing` without the key of its level, `errors.Redacted` where it was destroyed.
        """
        with self._store.read() as connection:
            return sealing.reveal(connection, self._keys, self._key_of_any(connection, record))

    def record(self, claim: object, *, by: str = "", key: str | None = None, **fields: object) -> Recorded:
        """One sentence in a commit of its own. `key` is that of `begin`; the fields are those of `Desk.record`."""
        check_fields(fields)
        try:
            with self.begin(by=by, key=key) as desk:
                return desk.record(claim, **fields)  # type: ignore[arg-type]
        except ProvenanceError as error:
            raise error.at_record(None)  # noqa: B904 - the same error; a single record has no number

    def ingest(
        self,
        source: Iterable[Sentence | dict[str, object]] | str | Path,
        *,
        by: str,
        commit_every: int = COMMIT_EVERY,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Records any number of sentences, from an iterable or a file of JSON lines, in commits of bounded size.

        Gives the number of sentences that were new. To resume after an interruption, ingest the same again: what was
        recorded adds nothing. `progress` is called after every commit with the number of sentences read so far.
        """
        self._store.check_writable()
        added = ingest(
            self._store,
            sentences(source, commit_every),
            author=by,
            keys=self._keys,
            now=self._now,
            progress=progress,
        )
        refresh(self._store)
        return added

    def refresh(self) -> None:
        """Brings what is materialized for questions about the whole ledger up to date, the number of each claim's
        origins included. No answer depends on it, but the next `independence` is faster. An ingest refreshes all but
        the numbers of origins at its end, and a commit does where many claims are stale."""
        refresh(self._store, with_origins=True)

    def status(self) -> Status:
        """What holds of the ledger now: its database and how safely that writes, its last commit, what it holds."""
        with self._store.read() as connection:
            return status_of(connection, revisions.REVISION)

    def backup(self, path: str | Path) -> None:
        """A copy of all commits so far in a new SQLite file, checked before this returns, while others may write.

        On SQLite it is a copy of the whole file, with what else that holds; on PostgreSQL of the ledger alone. What
        your own transaction has not committed yet is not in it. A file that is there is never written over.
        """
        backup(self._store, Path(path))

    def export(
        self,
        target: str | Path | BinaryIO,
        *,
        sealed: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """The whole log as JSON lines (`exchange.log_lines`), in a new file or a stream of bytes: all that `load` needs
        to make the same ledger of it, on either database. Gives the number of entries.

        The export holds the commitments and public words of sealed values; with `sealed` also their ciphertexts, which
        only the keys open. Raises `DamagedLog` where the log is not what was written. `progress` is called with the
        number of entries so far.
        """
        return export(self._store, target, sealed=sealed, progress=progress or _silently)

    def load(
        self,
        source: str | Path | BinaryIO,
        *,
        by: str = "",
        progress: Callable[[int], None] | None = None,
    ) -> Loaded:
        """Takes over a log that `export` wrote, from a file or a stream of bytes: all of it, or nothing if it raises.

        An empty ledger, or one that holds an earlier part of the same log, becomes that one: its commits keep their
        hashes, times, authors and keys. Into another each is copied, in a commit of now and of `by` that says which it
        was. What is held already adds nothing, so that a log can be loaded again as it grows; what was redacted here
        stays so. `progress` is called with the number of entries read.

        Raises `DamagedExport`, with its line, at whatever is not as it was exported or no ledger would have recorded,
        and `NewerThanLibrary` at what a newer release recorded.
        """
        at, told = self._now(), progress or _silently
        loaded, redacted = load(self._store, source, author=by, at=at, progress=told)
        refresh(self._store)
        if redacted is not None:
            purging.end_redaction(self._store, self._keys, redacted)
        logger.info("loaded: %s", loaded)
        return loaded

    def as_of(self, *, said: object = None, known: object = None) -> Snapshot:
        """The same questions, of what the world had said by `said` and the ledger held by `known`; both inclusive.

        A bound is a date (its last moment), a datetime with a zone, or their ISO 8601 text.
        """
        return Snapshot(self._store, Bounds(_bound("said", said), _bound("known", known)))

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """The log as it lies, entry by entry in order, those behind the place `after`; of a newer release too. No
        transaction is held between pages."""
        while True:
            with self._store.read_log() as connection:
                page = journal.page(connection, after=after)
            if not page:
                return
            yield from page
            after = page[-1].seq

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
        temporary file, and compares every row. `progress` is called with the number of entries and rows looked at. What
        is wrong is in the report, and never raised. `WrongRevision` is raised where the index to compare is of another
        revision. In a Connection or Session on PostgreSQL the writers' lock is taken, so that nobody adds to the log
        meanwhile.
        """
        return verify(
            self._store, index=index, checkpoint=checkpoint, key=key, progress=progress or _silently
        )

    def checkpoint(self, signer: Signer) -> str:
        """A signed checkpoint of the log as it is now, in the C2SP format (`proofs.checkpoints`). Keep it elsewhere.

        Raises `DamagedLog` where a commit is not what was written; `verify` looks at everything.
        """
        with self._store.read_log() as connection:
            return issuing.checkpoint(connection, signer)

    def receipt(self, record: Record | RecordId, *, checkpoint: str) -> str:
        """Proof, for those without the database, that the entry which first recorded the record was in the log when
        the checkpoint was signed: a small JSON text for `verify_receipt`. It holds the whole entry."""
        with self._store.read() as connection:
            return issuing.receipt(connection, projection.entry_of(connection, record.id), checkpoint)

    def rebuild(self) -> int:
        """Derives the index from the log again, while the one that is there answers. Gives the number of entries.

        Broken off, it is resumed by the next call. In a Connection or Session, and where the role may not make tables,
        it is one transaction. Raises `NewerThanLibrary`, and changes nothing, where an entry is of a newer release.
        """
        count = rebuilding.rebuild(self._store, made_by=revisions.release())
        logger.info("index rebuilt from %d entries", count)
        return count


class Snapshot(Questions):
    """The questions as of a moment: nothing said after `said` or recorded after `known` takes part."""


def _silently(_: int) -> None:
    """The progress that nobody asked to hear of."""


def _bound(field: str, moment: object) -> int | None:
    if moment is None:
        return None
    stated = when_of(field, moment)
    return None if stated.latest is None else to_microseconds(stated.latest)
