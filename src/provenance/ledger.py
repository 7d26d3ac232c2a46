"""Ledger: what users hold. Opening, recording, and the questions."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeVar

from sqlalchemy import Connection, Engine

from provenance.database import engines, revisions, transactions
from provenance.database.durability import AS_CONFIGURED, REQUIRED, check_transactions
from provenance.database.durability import check as check_durability
from provenance.database.transactions import translated_errors
from provenance.errors import AlreadyClosed, InvalidValue, LedgerBusy, ProvenanceError, ReadOnlyDatabase
from provenance.exchange import interchange
from provenance.exchange.interchange import Loaded, load
from provenance.index import projection, statistics
from provenance.log import journal
from provenance.log.journal import Entry
from provenance.materialized import lists
from provenance.operations import backup, migrations, purging, rebuilding, verification
from provenance.operations.files import whole_file
from provenance.operations.reports import Report
from provenance.operations.status import Status, status_of
from provenance.proofs import issuing
from provenance.proofs.checkpoints import Signer
from provenance.questions.questions import Asked, Questions
from provenance.recording import sealing
from provenance.recording.desk import Desk, check_fields
from provenance.recording.drafts import Draft, Recorded
from provenance.recording.keys import Keys
from provenance.recording.sentences import Sentence, sentences
from provenance.values.ids import RecordId
from provenance.values.records import Record
from provenance.values.sealed import Sealed
from provenance.values.times import to_microseconds, when_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from typing_extensions import TypeIs

INGEST_COMMIT = 5_000
"""Sentences in one commit of an ingest: enough that a commit's fixed costs vanish, little enough for memory."""

Clock = Callable[[], datetime]
_T = TypeVar("_T")

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
        is_read_only: bool,
    ) -> None:
        super().__init__()
        self._target = target
        self._schema = schema
        self._keys = keys
        self._clock = clock
        self._owns_engine = owns_engine
        self._is_read_only = is_read_only
        self._is_closed = False

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
        if durability not in (REQUIRED, AS_CONFIGURED):
            raise InvalidValue("durability", "an unknown word", f'"{REQUIRED}" or "{AS_CONFIGURED}"')
        if _is_session(target):
            target = target.connection()
        if isinstance(target, Connection | Engine):
            return cls._joined(target, schema, keys, clock, durability, is_read_only=read_only)
        engine = engines.engine_for(target)
        try:
            if read_only:
                migrations.check_is_there(engine, schema)
            else:
                migrations.prepare(engine, schema)
                with engines.opening(engine), engine.connect() as connection:
                    _check_durability(connection, durability)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, schema=schema, keys=keys, clock=clock, owns_engine=True, is_read_only=read_only)

    @classmethod
    def _joined(
        cls,
        target: Engine | Connection,
        schema: str | None,
        keys: Keys | None,
        clock: Clock,
        durability: str,
        *,
        is_read_only: bool,
    ) -> Ledger:
        """A ledger in what the caller has, which must hold one already."""
        if not engines.has_hooks(target.engine):
            raise engines.missing_hooks()
        engines.check_schema(target.dialect.name, schema)
        with engines.opening(target.engine), _connected(target) as connection:
            engines.check(connection)
            if isinstance(target, Connection):
                check_transactions(connection)
            if not is_read_only:
                _check_durability(connection, durability)
                revisions.check_revision(connection, schema)
            elif revisions.revision_of(connection, schema) is None:
                revisions.check_is_ours(None)
        return cls(
            target, schema=schema, keys=keys, clock=clock, owns_engine=False, is_read_only=is_read_only
        )

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
        if isinstance(target, Engine):
            migrations.migrate(target, schema)
            return
        engine = engines.engine_for(target)
        try:
            migrations.migrate(engine, schema)
        finally:
            engine.dispose()

    @staticmethod
    def downgrade(target: str | Path | Engine, revision: str, *, schema: str | None = None) -> None:
        """Takes the tables of a ledger back to an older revision, or with "base" away. Raises `LossyDowngrade`, before
        anything is touched, where entries would be lost, or be of no use to the releases of that revision."""
        engine = target if isinstance(target, Engine) else engines.engine_for(target)
        try:
            migrations.downgrade(engine, revision, schema)
        finally:
            if engine is not target:
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
        """A connection for questions: the index is what this library makes of the log."""
        with self._looking() as connection:
            revisions.check(connection)
            yield connection

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        """A connection for what needs the log alone, of whichever release."""
        if self._is_closed:
            raise AlreadyClosed("ledger")
        with translated_errors(is_joined=self._is_joined):
            if isinstance(self._target, Connection):
                with self._finding_tables(self._target) as connection:
                    yield connection
            else:
                with transactions.reading(self._target) as new, self._finding_tables(new) as connection:
                    yield connection

    def _written(self, work: Callable[[Connection], _T], *, is_repeatable: bool = True) -> _T:
        """What the work gives, which is done in one transaction under the writers' lock. A caller's own transaction is
        joined and left open; one of the ledger's own may be repeated, and the work with it where it can be."""
        self._check_writable()
        with translated_errors(is_joined=self._is_joined):
            if isinstance(self._target, Connection):
                return self._written_once(transactions.joined, work)
            if not is_repeatable:
                return self._written_once(transactions.writing, work)
            return transactions.repeated(lambda: self._written_once(transactions.writing, work))

    def _written_once(
        self,
        transaction: Callable[[Any], AbstractContextManager[Connection]],
        work: Callable[[Connection], _T],
    ) -> _T:
        with transaction(self._target) as opened, self._finding_tables(opened) as connection:
            revisions.check(
                connection
            )  # another release may have changed the tables since this ledger was opened
            return work(connection)

    def _check_writable(self) -> None:
        if self._is_closed:
            raise AlreadyClosed("ledger")
        if self._is_read_only:
            raise ReadOnlyDatabase("the ledger was opened to be read", "open it without read_only=True")

    @property
    def _is_joined(self) -> bool:
        return isinstance(self._target, Connection)

    @contextmanager
    def _finding_tables(self, connection: Connection) -> Iterator[Connection]:
        """The connection finds the ledger's tables; a caller's own finds theirs again afterwards."""
        if self._schema is None:
            yield connection
            return
        before = connection.get_execution_options().get("schema_translate_map")
        engines.in_schema(connection, self._schema)
        try:
            yield connection
        finally:
            connection.execution_options(schema_translate_map=before)

    @contextmanager
    def begin(self, *, by: str, at: datetime | None = None, key: str | None = None) -> Iterator[Desk]:
        """One atomic commit: all that the block records, or nothing if it raises. `by` is its author.

        With a `key` of the caller's choice the commit can be repeated safely, whatever became of it: the same block
        under the same key is stored once, and its repetition says of everything that it is not new. Another content
        under a used key is refused (`KeyReused`); so is a quotation from a text that was redacted since, for its place
        can no longer be told. A commit that adds nothing uses no key.
        """
        self._check_writable()
        stated = None if at is None else to_microseconds(at, field="at")
        desk = Desk(self._looking, author=by, keys=self._keys, key=key)
        yield desk
        draft = desk.finish()

        def work(connection: Connection) -> list[Sealed] | None:
            self._commit(draft, connection, stated)
            limits = self._overlay.limits
            if lists.is_due(connection, limits):
                while lists.refresh(connection, limits=limits):
                    pass
            return sealing.redacted_by(connection, draft.records())

        redacted = self._written(work)
        if redacted is not None and not self._is_joined:
            self._end_redaction(redacted)

    def _end_redaction(self, seals: list[Sealed]) -> None:
        """What cannot be taken back, once the redaction is stored."""
        sealing.destroy(self._keys, seals)
        try:
            self._purge_files()
        except LedgerBusy:
            raise LedgerBusy(
                "the redaction is stored, but others read, so that copies of what was deleted are still in the files",
                "call purge() when they have ended",
            ) from None

    def purge(self) -> None:
        """Destroys the keys of all that was redacted, and leaves no copy of it in the database's files.

        A redaction does so itself, once it is stored. In a transaction of yours it cannot know that: call this after
        your COMMIT, with a ledger opened by its engine and with its keys. Call it too where a redaction ended with an
        error, or its process did: what was done already is not done again.
        """
        self._check_writable()
        if not self._is_joined:
            self._written(lambda connection: sealing.destroy_redacted(connection, self._keys))
            self._purge_files()

    def _purge_files(self) -> None:
        with translated_errors():
            purging.purge(self._target.engine, self._schema)

    def reveal(self, record: Asked) -> dict[str, str]:
        """What an agent, a claim, a mention or a document holds sealed, by field, for whoever has the keys.

        Raises `errors.KeyMissing` without the key of its level, `errors.Redacted` where it was destroyed.
        """
        with self._reading() as connection:
            return sealing.reveal(connection, self._keys, self._key_of_any(connection, record))

    def _commit(self, draft: Draft, connection: Connection, stated: int | None) -> None:
        moment = to_microseconds(self._clock(), field="clock") if stated is None else stated
        header = draft.commit(connection, moment, limits=self._overlay.limits)
        if header is not None:
            logger.debug("commit %d with %d entries", header.seq, header.size)

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
        commit_every: int = INGEST_COMMIT,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Records any number of sentences, from an iterable or a file of JSON lines, in commits of bounded size.

        Gives the number of sentences that were new. To resume after an interruption, ingest the same again: what was
        recorded adds nothing. `progress` is called after every commit with the number of sentences read so far.
        """
        self._check_writable()
        added = self._ingest(sentences(source, commit_every), by, progress)
        self._refresh(lists.STALE)
        return added

    def _ingest(
        self, batches: Iterable[list[Sentence]], author: str, progress: Callable[[int], None] | None
    ) -> int:
        added, read = 0, 0
        for batch in batches:
            desk = Desk(self._looking, author=author, keys=self._keys)
            recorded = [
                desk.record_sentence(sentence, number=number)
                for number, sentence in enumerate(batch, start=read + 1)
            ]
            self._written(partial(self._commit, desk.finish(), stated=None))
            added += sum(bool(one.is_new) for one in recorded)
            read += len(batch)
            if progress is not None:
                progress(read)
        return added

    def refresh(self) -> None:
        """Brings what questions about the whole ledger read up to date, down to how many origins each claim has. An
        ingest does so at its end for most, and commits do where it is due: never needed for an answer to be right, only
        for the next `independence` to be fast."""
        self._refresh(lists.STALE, lists.ORIGINS_STALE)

    def _refresh(self, *names: str) -> None:
        self._written(statistics.renew)
        pages = 0
        while self._written(partial(lists.refresh, names=names, limits=self._overlay.limits)):
            pages += 1
        if pages > 1:
            self._written(statistics.renew_lists)

    def status(self) -> Status:
        """What holds of the ledger now: its database and how safely that writes, its last commit, what it holds."""
        with self._reading() as connection:
            return status_of(connection, revisions.REVISION)

    def backup(self, path: str | Path) -> None:
        """A copy of all commits so far in a new SQLite file, checked before this returns, while others may write.

        On SQLite it is a copy of the whole file, with what else that holds; on PostgreSQL of the ledger alone. What
        your own transaction has not committed yet is not in it. A file that is there is never written over.
        """
        if self._is_closed:
            raise AlreadyClosed("ledger")
        with translated_errors(is_joined=self._is_joined):
            backup.write(Path(path), self._copy_to)

    def _copy_to(self, path: Path) -> None:
        engine = self._target.engine
        if engine.dialect.name == "sqlite":
            backup.copy_file(engine, path)
            return
        with transactions.reading(engine) as new, self._finding_tables(new) as connection:
            backup.copy_log(connection, path)

    def export(
        self,
        target: str | Path | BinaryIO,
        *,
        sealed: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """The whole log as JSON lines (`formats.log_lines`), in a new file or a stream of bytes: all that `load` needs
        to make the same ledger of it, on either database. Gives the number of entries.

        Of what is sealed it holds the commitments and public words; with `sealed` also the ciphertexts, which open with
        the keys alone. Raises `DamagedLog` where the log is not what was written. `progress` is called with the number
        of entries so far.
        """
        told = progress or (lambda _: None)
        with self._verifying() as connection:
            if not isinstance(target, str | Path):
                return interchange.export(connection, target, sealed=sealed, progress=told).entries
            with whole_file(Path(target), "export") as unfinished, unfinished.open("xb") as stream:
                return interchange.export(connection, stream, sealed=sealed, progress=told).entries

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
        told = progress or (lambda _: None)
        at = to_microseconds(self._clock(), field="clock")
        opened = _opened(source)

        def work(connection: Connection) -> tuple[Loaded, list[Sealed] | None]:
            with opened() as stream:
                return load(connection, stream, author=by, at=at, progress=told)

        loaded, redacted = self._written(work, is_repeatable=isinstance(source, str | Path))
        self._refresh(lists.STALE)
        if redacted is not None and not self._is_joined:
            self._end_redaction(redacted)
        logger.info("loaded: %s", loaded)
        return loaded

    def as_of(self, *, said: object = None, known: object = None) -> Snapshot:
        """The same questions, of what the world had said by `said` and the ledger held by `known`; both inclusive.

        A bound is a date (its last moment), a datetime with a zone, or their ISO 8601 text.
        """
        return Snapshot(self._reading, said=_bound("said", said), known=_bound("known", known))

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """The log as it lies, entry by entry in order, those behind the place `after`; of a newer release too. No
        transaction is held between pages."""
        while True:
            with self._looking() as connection:
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
        temporary file, and compares every row. `progress` is called with the number of entries and rows looked at.
        What is wrong is in the report, and never raised; `WrongRevision` is, where the index to compare is another
        release's. In a Connection or Session on PostgreSQL the writers' lock is
        taken, so that nobody adds meanwhile.
        """
        if index:
            with self._reading():
                pass  # the index is of this revision
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
        with self._looking() as connection:
            if isinstance(self._target, Connection):
                transactions.lock_writers(connection)
            yield connection

    def checkpoint(self, signer: Signer) -> str:
        """A signed checkpoint of the log as it is now, in the C2SP format (`log.notes`). Keep it elsewhere.

        Raises `DamagedLog` where a commit is not what was written; `verify` looks at everything.
        """
        with self._looking() as connection:
            return issuing.checkpoint(connection, signer)

    def receipt(self, record: Record | RecordId, *, checkpoint: str) -> str:
        """Proof, for those without the database, that the entry which first recorded the record was in the log when
        the checkpoint was signed: a small JSON text for `verify_receipt`. It holds the whole entry."""
        with self._reading() as connection:
            return issuing.receipt(connection, projection.entry_of(connection, record.id), checkpoint)

    def rebuild(self) -> int:
        """Derives the index from the log again, while the one that is there answers. Gives the number of entries.

        Broken off, it is resumed by the next call. In a Connection or Session, and where the role may not make tables,
        it is one transaction. Raises `NewerThanLibrary`, and changes nothing, where an entry is of a newer release.
        """
        if self._is_joined:
            count = self._written(rebuilding.in_place)
        else:
            count = rebuilding.rebuild(
                self._written, made_by=revisions.release(), limits=self._overlay.limits
            )
            self._written(statistics.renew)
        logger.info("index rebuilt from %d entries", count)
        return count


class Snapshot(Questions):
    """The questions as of a moment: nothing said after `said` or recorded after `known` takes part."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        *,
        said: int | None,
        known: int | None,
    ) -> None:
        super().__init__()
        self._reading = reading
        self._said = said
        self._known = known


def _is_session(target: object) -> TypeIs[Session]:
    """Who has a session has imported the ORM, which takes long; nobody else has to."""
    orm = sys.modules.get("sqlalchemy.orm")
    return orm is not None and isinstance(target, orm.Session)


def _check_durability(connection: Connection, wanted: str) -> None:
    if wanted == REQUIRED:
        check_durability(connection)


@contextmanager
def _connected(target: Engine | Connection) -> Iterator[Connection]:
    if isinstance(target, Connection):
        yield target
    else:
        with target.connect() as connection:
            yield connection


def _opened(source: str | Path | BinaryIO) -> Callable[[], AbstractContextManager[BinaryIO]]:
    """Opens a file anew each time; a stream is the caller's, and stays open."""
    if isinstance(source, str | Path):
        path = Path(source)
        return lambda: path.open("rb")
    return lambda: nullcontext(source)


def _bound(field: str, moment: object) -> int | None:
    if moment is None:
        return None
    stated = when_of(field, moment)
    return None if stated.latest is None else to_microseconds(stated.latest)
