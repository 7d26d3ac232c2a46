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
from provenance.materialized.limits import DEFAULT, Limits
from provenance.operations import migrations, purging, rebuilding
from provenance.operations.backup import backup
from provenance.operations.opening import open_store
from provenance.operations.refreshing import refresh
from provenance.operations.reports import Report
from provenance.operations.status import Status, status_of
from provenance.operations.verification import verify
from provenance.proofs import issuing
from provenance.proofs.checkpoints import Signer
from provenance.questions.asking import Asked, any_key_of
from provenance.questions.bounds import Bounds
from provenance.questions.questions import Questions
from provenance.recording import sealing
from provenance.recording.desk import Desk, check_fields
from provenance.recording.drafts import Recorded
from provenance.recording.ingest import COMMIT_EVERY, ingest
from provenance.recording.keys import Keys
from provenance.recording.sentence_form import Sentence, sentences
from provenance.values.ids import RecordId
from provenance.values.instants import to_microseconds
from provenance.values.records import Record
from provenance.values.sealed import Sealed
from provenance.values.times import when_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Clock = Callable[[], datetime]

logger = logging.getLogger("provenance")
"""What the library does, without claims or names. It is never configured here."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger(Questions):
    """A ledger of assertions in a database of yours.

    Its questions see everything that was recorded so far; `as_of` gives the same questions as of an earlier moment. A
    ledger can be used in a `with` statement, which closes it.
    """

    def __init__(
        self,
        store: Store,
        *,
        keys: Keys | None = None,
        clock: Clock = _utc_now,
        limits: Limits = DEFAULT,
    ) -> None:
        super().__init__(store, now=self._now, limits=limits)
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
        """Opens a ledger at a path (SQLite) or a database URL, or in an Engine, Connection or Session that you have.

        An empty database at a path or URL is set up; an Engine, Connection or Session must hold a ledger already
        (`Ledger.install`). In a Connection or Session the ledger joins your transaction and never commits by itself:
        record last, for the writers' lock lasts until your COMMIT.

        - `schema`: the PostgreSQL schema that holds the ledger's tables, by default the connection's own
        - `keys`: what seals and opens confidential values, such as a `KeyFolder`
        - `clock`: gives the time of commits, as a datetime with a zone; by default the time now
        - `durability`: "required" refuses a database that could lose what it acknowledged (`errors.UnsafeDatabase`);
          "as configured" takes it. A database in memory is never refused
        - `read_only`: nothing is ever written, and a ledger of another revision can be opened too, also of a newer
          release. It can be verified and exported and its entries listed; its questions raise `errors.WrongRevision`

        Raises `errors.DatabaseRefused` in one of its kinds, such as `NotALedger`, where the database cannot be used.
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
        """Adds the ledger's tables to a database that may hold tables of yours, and opens the ledger.

        A PostgreSQL `schema` that does not exist is created. The other arguments are those of `open`.
        """
        migrations.migrate(engine, schema)
        return cls.open(engine, schema=schema, keys=keys, clock=clock, durability=durability)

    @staticmethod
    def upgrade(target: str | Path | Engine, *, schema: str | None = None) -> None:
        """Brings the tables of a ledger to this library's revision. No entry of the log is changed."""
        with migrations.engine_at(target) as engine:
            migrations.migrate(engine, schema)

    @staticmethod
    def downgrade(target: str | Path | Engine, revision: str, *, schema: str | None = None) -> None:
        """Takes the tables of a ledger back to an older revision, such as "0002"; "base" removes them.

        Raises `errors.LossyDowngrade`, before anything is changed, where entries would be deleted, or the releases of
        that revision could not read them.
        """
        with migrations.engine_at(target) as engine:
            migrations.downgrade(engine, revision, schema)

    def close(self) -> None:
        """Closes the ledger, and its engine if it has one of its own. What you passed to `open` stays open."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def begin(self, *, by: str, at: datetime | None = None, key: str | None = None) -> Iterator[Desk]:
        """One atomic commit: everything that the block records on the desk, or nothing if the block raises.

        - `by`: the author of the commit
        - `at`: the time of the commit, a datetime with a zone, by default the ledger's clock. It is never earlier than
          that of the commit before
        - `key`: a text of your choice, under which the commit can be repeated safely, whatever became of it. The same
          block under the same key is stored once, and its repetition says of everything that it is not new

        Raises `errors.KeyReused` where the key was used for other content. That includes a quotation from a text that
        was redacted since, for its place in the text is not known any more. A commit that adds nothing uses no key.
        """
        self._store.check_writable()
        stated = None if at is None else to_microseconds(at, field="at")
        desk = Desk(self._store.read_log, author=by, keys=self._keys, key=key)
        yield desk
        draft = desk.finish()

        def work(connection: Connection) -> list[Sealed] | None:
            limits = self._limits
            draft.commit(connection, self._now() if stated is None else stated, limits=limits)
            if lists.is_due(connection, limits=limits):
                while lists.refresh(connection, limits=limits):
                    pass
            return sealing.redacted_by(connection, draft.records())

        redacted = self._store.write(work)
        if redacted is not None:
            purging.end_redaction(self._store, self._keys, redacted)

    def _now(self) -> int:
        return to_microseconds(self._clock(), field="clock")

    def purge(self) -> None:
        """Destroys the keys of everything that was redacted, and removes every copy of it from the database's files.

        A redaction does so itself once it is stored. In a transaction of yours the ledger cannot know when that is:
        call `purge` after your COMMIT, on a ledger that was opened with the engine and with its keys. Call it too where
        a redaction, or its process, ended with an error; it repeats nothing that was done already.
        """
        purging.purge(self._store, self._keys)

    def reveal(self, record: Asked) -> dict[str, str]:
        """The sealed values of an agent, a claim, a mention or a document in plain words, by the name of the field.

        Raises `errors.KeyMissing` where the ledger was opened without the key of the value's level, `errors.Redacted`
        where the value was redacted, and `errors.NotLoaded` where it stayed in the ledger that exported this one.
        """
        with self._store.read() as connection:
            return sealing.reveal(connection, self._keys, any_key_of(connection, record))

    def record(self, claim: object, *, by: str, key: str | None = None, **fields: object) -> Recorded:
        """Records one sentence in a commit of its own. `fields` are those of `Desk.record`, `key` that of `begin`."""
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
        """Records any number of sentences, from an iterable or a file of JSON lines, in commits of `commit_every` each.

        Gives the number of sentences that were new. To resume after an interruption, ingest the same sentences again:
        what was recorded adds nothing. `progress` is called after every commit with the number of sentences read so
        far. An error names the sentence by its number, from 1; the commits before it stay.
        """
        self._store.check_writable()
        added = ingest(
            self._store,
            sentences(source, commit_every),
            author=by,
            keys=self._keys,
            now=self._now,
            limits=self._limits,
            progress=progress,
        )
        refresh(self._store, limits=self._limits)
        return added

    def refresh(self) -> None:
        """Brings the materialized lists up to date, and the number of origins of every claim.

        No answer needs it to be right: questions work out what is stale themselves. It makes the next ones faster,
        `independence` above all. Commits refresh the lists when enough claims are stale, and an ingest at its end.
        """
        refresh(self._store, limits=self._limits, with_origins=True)

    def status(self) -> Status:
        """The state of the ledger now: its database, how safely that writes, the last commit, and how much there is."""
        with self._store.read() as connection:
            return status_of(connection, revisions.REVISION)

    def backup(self, path: str | Path) -> None:
        """Copies all commits so far to a new SQLite file, which is checked before this returns. Others may write
        meanwhile.

        On SQLite the whole file is copied, with your own tables in it; on PostgreSQL the ledger alone. What your
        transaction has not committed yet is not in the copy. Raises `errors.WouldOverwrite` where the file exists.
        """
        backup(self._store, Path(path))

    def export(
        self,
        target: str | Path | BinaryIO,
        *,
        sealed: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Writes the whole log as JSON lines to a new file or a stream of bytes. Gives the number of entries.

        `load` makes the same ledger of it, on either database.

        Of a sealed value the log holds the commitment and the public words; with `sealed` also the ciphertext, which
        only its key opens. `progress` is called with the number of entries written so far. Raises `errors.DamagedLog`
        where the log is not what was recorded, and `errors.WouldOverwrite` where the file exists.
        """
        return export(self._store, target, sealed=sealed, progress=progress or _silently)

    def load(
        self,
        source: str | Path | BinaryIO,
        *,
        by: str = "",
        progress: Callable[[int], None] | None = None,
    ) -> Loaded:
        """Loads a log that `export` wrote, from a file or a stream of bytes: all of it, or nothing if it raises.

        An empty ledger, or one that holds an earlier part of the same log, continues that log: the commits have the
        hashes, times, authors and keys that they had. Into any other ledger each commit is copied, at the time now and
        by the author `by`, and names its original. What the ledger holds already adds nothing, so that a log can be
        loaded again as it grows; what was redacted here stays redacted. `progress` is called with the number of entries
        read so far.

        Raises `errors.DamagedExport`, with the number of the line, where a line is not as it was exported, or holds
        what no ledger would have recorded; and `errors.NewerThanLibrary` where a newer release recorded it.
        """
        at, progress = self._now(), progress or _silently
        loaded, redacted = load(self._store, source, author=by, at=at, progress=progress)
        refresh(self._store, limits=self._limits)
        if redacted is not None:
            purging.end_redaction(self._store, self._keys, redacted)
        logger.info("loaded: %s", loaded)
        return loaded

    def as_of(self, *, said: object = None, known: object = None) -> Snapshot:
        """The same questions as of a moment: of what had been said by `said` and recorded by `known`, both inclusive
        (docs/semantics.md, In ten lines).

        A bound is a date, which means its last moment in UTC, a datetime with a zone, or the ISO 8601 text of either.
        """
        bounds = Bounds(_bound("said", said), _bound("known", known))
        return Snapshot(self._store, bounds, now=self._now, limits=self._limits)

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """The entries of the log in their order, those after the number `after`; also entries of a newer release.

        They are read page by page, and no transaction is held between two pages.
        """
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
        """Whether the ledger holds what was recorded, and nothing else. Reads everything and changes nothing.

        Every hash of the log is computed again, and its guards are looked for. With a signed `checkpoint` that you have
        stored elsewhere, and the `key` of its signer, a history is found too that was cut short, or rewritten as a
        whole. With `index` the index is derived again in a temporary file, and every row compared. `progress` is called
        with the number of entries and rows read so far.

        What is wrong is in the report and not raised; but where `index` is asked for and the tables are of another
        revision, `errors.WrongRevision` is. In a Connection or Session on PostgreSQL the writers' lock is taken, so
        that nobody records meanwhile.
        """
        return verify(
            self._store,
            index=index,
            checkpoint=checkpoint,
            key=key,
            limits=self._limits,
            progress=progress or _silently,
        )

    def checkpoint(self, signer: Signer) -> str:
        """A signed checkpoint of the log as it is now, as a C2SP tlog-checkpoint. Store it elsewhere, for `verify`.

        Raises `errors.DamagedLog` where a commit is not what was recorded. Only `verify` reads the entries too.
        """
        with self._store.read_log() as connection:
            return issuing.checkpoint(connection, signer)

    def receipt(self, record: Record | RecordId, *, checkpoint: str) -> str:
        """A receipt: proof, for those without the database, that the log held a record when the checkpoint was signed.

        It is a small JSON text for `verify_receipt`, and holds the whole entry that first recorded the record. Raises
        `errors.InvalidValue` where the checkpoint was signed before that entry.
        """
        with self._store.read() as connection:
            return issuing.receipt(connection, projection.entry_of(connection, record.id), checkpoint)

    def rebuild(self) -> int:
        """Derives the index from the log again, while the present index answers questions. Gives the number of entries.

        If it is interrupted, the next call resumes it. In a Connection or Session, and where the role may not create
        tables, it is one transaction. Raises `errors.NewerThanLibrary`, and changes nothing, where a newer release
        recorded an entry.
        """
        count = rebuilding.rebuild(self._store, made_by=revisions.release(), limits=self._limits)
        logger.info("index rebuilt from %d entries", count)
        return count


class Snapshot(Questions):
    """The questions of a ledger as of a moment, as `Ledger.as_of` gives them: nothing that was said or recorded later
    takes part in an answer."""


def _silently(_: int) -> None:
    """The progress that nobody asked to hear of."""


def _bound(field: str, moment: object) -> int | None:
    if moment is None:
        return None
    stated = when_of(field, moment)
    return None if stated.latest is None else to_microseconds(stated.latest)
