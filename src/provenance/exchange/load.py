"""Load: a whole log that another ledger exported, into this one.

Where this ledger's log is the beginning of the loaded one, as that of an empty ledger is, the rest of the loaded log
follows on it: its commits keep their places, times, authors, keys and hashes. Into any other ledger each commit is
copied: a new commit, made now by whoever loads it, holds the same entries and a note of the commit that they come from
(`log.copies`). Commits that are held already, as they were or as copies, are passed over, so that the same log can be
loaded again as it grows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from attrs import evolve, frozen
from sqlalchemy import Connection

from provenance import wire
from provenance.database.store import Store
from provenance.errors import DamagedExport, InvalidValue, NewerThanLibrary, NotEntitled, ProvenanceError
from provenance.exchange.log_lines import Commit, End, Line, Lines, SealedValue, Text
from provenance.exchange.named import Named
from provenance.index import projection
from provenance.log import beside, copies, journal
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.journal import Head
from provenance.log.merkle import GrowingTree, leaf_hash
from provenance.materialized.applying import apply
from provenance.operations.reports import Progress
from provenance.recording import sealing
from provenance.recording.checks import check_rows
from provenance.values import fields
from provenance.values.instants import from_microseconds
from provenance.values.records import Amendment, Document, Record, Redaction
from provenance.values.references import misfit, references_of
from provenance.values.sealed import Sealed

_SPOOLED = 8_000_000
"""Bytes of one commit in memory; a larger one waits in a temporary file until its root was looked at."""

_PAGE = 500
_PAGE_BYTES = 8_000_000
"""Entries, and bytes of entries, that are stored at a time: whichever are reached first."""

_MOST_COPIES = 100
"""How often a commit can be copied from ledger to ledger; each time has a tree of its own while it is read."""


@frozen(kw_only=True)
class Loaded:
    """What a load did: the commits that it kept as they were, those it copied, and those that were held already."""

    kept: int
    copied: int
    held: int
    entries: int
    """Entries that are new, notes of copies included."""
    texts: int
    """Texts of documents that are new."""
    sealed: int
    """Sealed values that are new."""

    def __str__(self) -> str:
        commits = f"{self.kept} commits kept, {self.copied} copied, {self.held} held already"
        return (
            f"{commits}; {self.entries} entries, {self.texts} texts and {self.sealed} sealed values are new"
        )


def load(
    store: Store, source: str | Path | BinaryIO, *, author: str, at: int, progress: Progress
) -> tuple[Loaded, list[Sealed] | None]:
    """Loads a log from a file or a stream of bytes, in one transaction.

    Gives also what loaded redactions were about, if there were any: its keys are to be destroyed, now that the
    redactions are stored. A stream cannot be read again, and so a load from one is never repeated.
    """
    opened = _opened(source)

    def work(connection: Connection) -> tuple[Loaded, list[Sealed] | None]:
        with opened() as stream, Named.beginning(held_commits=journal.head(connection).seq) as named:
            loading = _Load(connection, stream, named, author=author, at=at, progress=progress)
            loaded = loading.run()
            return loaded, sealing.redacted_by(connection, loading.redactions)

    return store.write(work, is_repeatable=isinstance(source, str | Path))


def _opened(source: str | Path | BinaryIO) -> Callable[[], AbstractContextManager[BinaryIO]]:
    """Opens a file anew each time; a stream is the caller's, and stays open."""
    if isinstance(source, str | Path):
        path = Path(source)
        return lambda: path.open("rb")
    return lambda: nullcontext(source)


class _Load:
    """One log on its way into a ledger, on a connection that holds the writers' lock."""

    def __init__(
        self,
        connection: Connection,
        stream: BinaryIO,
        named: Named,
        *,
        author: str,
        at: int,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._lines = Lines(stream)
        self._named = named
        self._author = author
        self._at = at
        self._progress = progress
        if author:
            fields.text("by", author, longest=fields.MAX_NAME)
        self._head = self._first_head = journal.head(connection)
        self._last = Head(0, 0, GENESIS, 0)
        """The end of the log that is loaded, as far as it was read."""
        self._ledger = GENESIS
        self._kept = self._copied = self._held = 0
        self._texts = self._new_texts = self._sealed = self._new_sealed = 0
        self.redactions: list[Redaction] = []
        """The loaded redactions of something that this ledger may have held."""

    def run(self) -> Loaded:
        is_sealed = self._lines.first()
        line = self._lines.next()
        while isinstance(line, Commit):
            self._take_commit(line)
            line = self._lines.next()
        line = self._take_texts(line)
        line = self._take_sealed(line, is_sealed=is_sealed)
        self._named.mark_absent(self._connection, by_commit=self._head.seq)
        self._finish(line)
        return Loaded(
            kept=self._kept,
            copied=self._copied,
            held=self._held,
            entries=self._head.entry_seq - self._first_head.entry_seq,
            texts=self._new_texts,
            sealed=self._new_sealed,
        )

    # Commits ------------------------------------------------------------------------------------------------------

    def _take_commit(self, stated: Commit) -> None:
        header = stated.header
        self._check_follows(header)
        if header.seq == 1:
            self._ledger = header.hash()
        is_next = (header.seq, header.previous) == (self._head.seq + 1, self._head.hash)
        note = None if is_next else copies.Copied(header, self._ledger)
        with SpooledTemporaryFile(max_size=_SPOOLED) as spool:
            line = self._lines.number + 1
            notes, as_copy = self._spool(header, note, spool)
            spool.seek(0)
            bodies = enumerate((body[:-1] for body in spool), start=line)
            origins = [header.hash(), *(each.header.hash() for each in notes)]
            if note is None:
                self._store(header, stated.request_key, bodies)
                self._kept += 1
            elif copies.is_held(self._connection, origins):
                self._pass_over(bodies)
                self._held += 1
            else:
                key = copies.key_of_copy(origins[-1])
                self._store(self._copy_of(as_copy), key, chain([(line - 1, note.body())], bodies))
                self._copied += 1
        self._last = Head(header.seq, header.at, header.hash(), self._last.entry_seq + header.size)
        self._progress(self._last.entry_seq)

    def _check_follows(self, header: CommitHeader) -> None:
        last = self._last
        if (header.seq, header.previous) != (last.seq + 1, last.hash) or header.at < last.at:
            raise self._lines.damage("it is not the commit that follows on the one before it")
        if header.size < 1:
            raise self._lines.damage("it is a commit without entries")
        try:
            from_microseconds(header.at)
        except InvalidValue as error:
            raise self._lines.damage(str(error)) from None

    def _spool(
        self, header: CommitHeader, note: copies.Copied | None, spool: IO[bytes]
    ) -> tuple[list[copies.Copied], GrowingTree]:
        """Reads a commit's entries and checks their roots. Gives the notes of earlier copies at its beginning, and the
        tree that a copy of it would have."""
        whole, as_copy = GrowingTree(), GrowingTree()
        if note is not None:
            as_copy.add(leaf_hash(note.body()))
        notes: list[copies.Copied] = []
        behind: list[GrowingTree] = []
        for place, body in enumerate(self._lines.entries(header.size)):
            for tree in (whole, as_copy, *behind):
                tree.add(leaf_hash(body))
            earlier = self._note_in(body)
            if earlier is not None and place > len(notes):
                raise self._lines.damage("it is the note of a copy, and stands behind other entries")
            if len(notes) > _MOST_COPIES:
                raise self._lines.damage(f"it was copied more than {_MOST_COPIES} times")
            if earlier is not None:
                notes.append(earlier)
                behind.append(GrowingTree())
            spool.write(body + b"\n")
        for tree, one in zip((whole, *behind), (header, *(each.header for each in notes)), strict=True):
            if (tree.size, tree.root()) != (one.size, one.root):
                raise self._lines.damage(
                    "the entries up to here are not those that their commit was made with"
                )
        return notes, as_copy

    def _note_in(self, body: bytes) -> copies.Copied | None:
        try:
            return copies.copied_in(body)
        except ProvenanceError as error:
            raise self._lines.damage(str(error)) from None

    def _copy_of(self, as_copy: GrowingTree) -> CommitHeader:
        if not self._author:
            raise InvalidValue(
                "by", "nothing", "who loads it: this ledger holds other commits, and so these are copied"
            )
        return CommitHeader(
            seq=self._head.seq + 1,
            at=max(self._at, self._head.at),
            author=self._author,
            previous=self._head.hash,
            root=as_copy.root(),
            size=as_copy.size,
        )

    def _store(
        self, header: CommitHeader, request_key: str | None, bodies: Iterable[tuple[int, bytes]]
    ) -> None:
        if request_key is not None and journal.is_key_used(self._connection, request_key):
            raise self._lines.damage("its commit has the key of another one")
        journal.add_commit(self._connection, header, request_key)
        unchecked: list[tuple[int, Record]] = []
        for page in _pages(bodies):
            unchecked.extend(
                (line, record)
                for line, record in self._apply(header, page)
                if isinstance(record, Amendment | Redaction)
                or (isinstance(record, Document) and record.supersedes is not None)
            )
        self._head = Head(header.seq, header.at, header.hash(), self._head.entry_seq)
        for line, record in unchecked:
            self._check_rows(line, record)
        for line, record in unchecked:
            if isinstance(record, Redaction):
                self._forget(line, record)

    def _apply(self, header: CommitHeader, page: list[tuple[int, bytes]]) -> list[tuple[int, Record]]:
        """Stores a page of entries with their rows; gives their records with the lines that they came from."""
        decoded = [self._decoded(line, body) for line, body in page]
        read = [
            (line, record) for (line, _), records in zip(page, decoded, strict=True) for record in records
        ]
        bodies = [body for _, body in page]
        leaves = list(map(leaf_hash, bodies))
        entries = journal.add_entries(self._connection, header, bodies, leaves, after=self._head.entry_seq)
        self._check_references(read)
        apply(self._connection, entries, decoded)
        self._named.note(self._connection, [record for _, record in read])
        self._head = evolve(self._head, entry_seq=entries[-1].seq)
        return read

    def _pass_over(self, bodies: Iterable[tuple[int, bytes]]) -> None:
        """Stores nothing of a commit that is held already; but texts and sealed values that it names may be missing."""
        for page in _pages(bodies):
            records = [record for line, body in page for record in self._decoded(line, body)]
            self._named.note(self._connection, records)

    def _decoded(self, line: int, body: bytes) -> list[Record]:
        try:
            return wire.decode_entry(body)
        except NewerThanLibrary as error:
            raise error.at_record(line) from None
        except ProvenanceError as error:
            raise DamagedExport(line, str(error)) from None

    # What the desk would have refused -----------------------------------------------------------------------------

    def _check_references(self, read: Sequence[tuple[int, Record]]) -> None:
        named = {id_ for _, record in read for id_ in references_of(record)}
        keys = projection.keys_of(self._connection, named)
        types = projection.types_of(self._connection, keys.values())
        held = {id_: types[key] for id_, key in keys.items()}
        for line, record in read:
            wrong = misfit(record, held)
            if wrong is not None:
                named_instead = (
                    "no record that stands before it" if wrong.found is None else "one of another type"
                )
                raise DamagedExport(line, f"{wrong.field} names {named_instead}")
            held[record.id] = record.TYPE

    def _check_rows(self, line: int, record: Record) -> None:
        try:
            check_rows(self._connection, record)
        except NotEntitled as error:
            raise DamagedExport(line, str(error)) from None
        except InvalidValue:
            raise DamagedExport(line, "document.supersedes names a later version of the document") from None

    def _forget(self, line: int, redaction: Redaction) -> None:
        """Does here what the redaction did where it was recorded."""
        try:
            sealing.forget(self._connection, [redaction])
        except InvalidValue as error:
            raise DamagedExport(line, str(error)) from None
        if self._first_head.seq:  # otherwise nothing was held here that it could be about
            self.redactions.append(redaction)

    # What lies beside the entries ---------------------------------------------------------------------------------

    def _take_texts(self, line: Line) -> Line:
        before = b""
        while isinstance(line, Text):
            if hashlib.sha256(line.text.encode()).digest() != line.digest:
                raise self._lines.damage("the text is not that of its digest")
            self._check_order(before, line.digest)
            before = line.digest
            self._texts += 1
            if self._is_wanted(line.digest, None):
                self._new_texts += beside.keep_texts(self._connection, {line.digest: line.text})
            line = self._lines.next()
        return line

    def _take_sealed(self, line: Line, *, is_sealed: bool) -> Line:
        before = b""
        while isinstance(line, SealedValue) and is_sealed:
            handle = line.handle.encode()
            self._check_order(before, handle)
            before = handle
            self._sealed += 1
            is_wanted = self._is_wanted(handle, line.level)
            if is_wanted and not beside.sealed_under(self._connection, [line.handle]):
                beside.keep_sealed(self._connection, [(line.handle, line.level, line.ciphertext)])
                self._new_sealed += 1
            line = self._lines.next()
        return line

    def _is_wanted(self, key: bytes, level: str | None) -> bool:
        """Whether it may be here; refuses what belongs to no entry."""
        is_wanted = self._named.is_wanted(key, level)
        if is_wanted is None:
            raise self._lines.damage("no entry names it")
        return is_wanted

    def _check_order(self, before: bytes, key: bytes) -> None:
        if key <= before:
            raise self._lines.damage("it stands out of order")

    def _finish(self, line: Line) -> None:
        last = self._last
        counts = {
            "commits": last.seq,
            "entries": last.entry_seq,
            "texts": self._texts,
            "sealed": self._sealed,
        }
        if not isinstance(line, End):
            raise self._lines.damage("it stands out of order")
        if line != End(**counts, head=last.hash, sha256=self._lines.sha256):
            raise self._lines.damage("it ends another export than the one before it")
        self._lines.finish()


def _pages(bodies: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """The numbered bodies in pages of bounded size."""
    page: list[tuple[int, bytes]] = []
    size = 0
    for number, body in bodies:
        page.append((number, body))
        size += len(body)
        if len(page) == _PAGE or size >= _PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page
