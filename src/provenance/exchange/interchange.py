"""Interchange: a whole log out of one ledger, and into another.

A ledger whose log is the beginning of the one that is loaded, an empty one above all, goes on as that did: its commits
are kept with their places, times, authors, keys and hashes. Into any other, each commit is copied: a new commit, by
whoever loads it and now, holds the same entries, and a note of the commit that they were (`log.copies`). What is held
already, as it was or as a copy, is passed over, so that the same log can be loaded again as it grows.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from attrs import evolve, frozen
from sqlalchemy import Connection

from provenance import wire
from provenance.database.chunks import chunked
from provenance.errors import DamagedExport, InvalidValue, NewerThanLibrary, NotEntitled, ProvenanceError
from provenance.exchange import transfer
from provenance.exchange.log_lines import (
    Commit,
    End,
    Line,
    Lines,
    SealedValue,
    Text,
    Writer,
    first_line,
    line_of,
)
from provenance.index import projection
from provenance.loading.entitlement import is_entitled
from provenance.loading.redactions import redacted
from provenance.loading.versions import leads_back
from provenance.log import copies, journal
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.journal import Entry, Head
from provenance.log.merkle import GrowingTree, leaf_hash
from provenance.materialized import lists
from provenance.materialized.affected import affected_claims
from provenance.recording import sealing
from provenance.values import fields
from provenance.values.records import Amendment, Document, Record, Redaction
from provenance.values.sealed import Sealed
from provenance.values.times import from_microseconds
from provenance.values.vocabulary import AmendmentKind

Progress = Callable[[int], None]

_SPOOLED = 8_000_000
"""Bytes of one commit in memory; a larger one waits in a temporary file until its root was looked at."""

_MOST_COPIES = 100
"""How often a commit can be copied from ledger to ledger; each time has a tree of its own while it is read."""


# Out of a ledger --------------------------------------------------------------------------------------------------


def export(connection: Connection, stream: BinaryIO, *, sealed: bool, progress: Progress) -> End:
    """Writes the log as the connection sees it; raises `DamagedLog` where it is not what was written."""
    lines = Writer(stream)
    commits = entries = texts = seals = 0
    head = GENESIS
    lines.write(first_line(sealed=sealed))
    for commit in transfer.commits(connection):
        lines.write(line_of(Commit(commit.header, commit.request_key)))
        for body in commit.bodies:
            lines.write(body + b"\n")
        head = commit.header.hash()
        commits += 1
        entries += commit.header.size
        progress(entries)
    for digest, text in transfer.texts(connection):
        lines.write(line_of(Text(digest, text)))
        texts += 1
    for handle, level, ciphertext in transfer.sealed(connection) if sealed else ():
        lines.write(line_of(SealedValue(handle, level, ciphertext)))
        seals += 1
    counts = {"commits": commits, "entries": entries, "texts": texts, "sealed": seals}
    end = End(**counts, head=head, sha256=lines.sha256)
    lines.write(line_of(end))
    return end


# Into a ledger ----------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Loaded:
    """What a load did: the commits that it kept as they were, those it copied, and those that were held already."""

    kept: int
    copied: int
    held: int
    entries: int
    """Entries that are new, notes of copies included."""
    texts: int
    sealed: int

    def __str__(self) -> str:
        commits = f"{self.kept} commits kept, {self.copied} copied, {self.held} held already"
        return (
            f"{commits}; {self.entries} entries, {self.texts} texts and {self.sealed} sealed values are new"
        )


def load(
    connection: Connection, stream: BinaryIO, *, author: str, at: int, progress: Progress
) -> tuple[Loaded, list[Sealed] | None]:
    """Loads a log, in a transaction under the writers' lock that an error must undo. Gives also what loaded redactions
    were about, if there were any: the keys are to be destroyed once all is stored."""
    loading = _Load(connection, stream, author=author, at=at, progress=progress)
    loaded = loading.run()
    return loaded, sealing.redacted_by(connection, loading.redactions)


class _Load:
    """One log on its way into a ledger."""

    def __init__(
        self, connection: Connection, stream: BinaryIO, *, author: str, at: int, progress: Progress
    ) -> None:
        self._connection = connection
        self._lines = Lines(stream)
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
        """Those of something that may have been held here."""

    def run(self) -> Loaded:
        with closing(sqlite3.connect("")) as named:  # a database of SQLite's own, on disk when it gets large
            named.execute(
                "CREATE TABLE named (key BLOB PRIMARY KEY, level TEXT, is_gone INTEGER, record TEXT) WITHOUT ROWID"
            )
            self._named = named
            is_sealed = self._lines.first()
            line = self._lines.next()
            while isinstance(line, Commit):
                self._take_commit(line)
                line = self._lines.next()
            line = self._take_texts(line)
            line = self._take_sealed(line, is_sealed=is_sealed)
            self._note_absent()
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
        if (header.seq, header.previous) != (
            self._last.seq + 1,
            self._last.hash,
        ) or header.at < self._last.at:
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
        """Reads the entries of a commit to its end, and looks at their roots. Gives the notes of earlier copies that
        they begin with, and the tree over all with a note of this copy."""
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
        if request_key is not None and transfer.is_key_used(self._connection, request_key):
            raise self._lines.damage("its commit has the key of another one")
        transfer.keep_commit(self._connection, header, request_key)
        amending: list[tuple[int, Amendment]] = []
        superseding: list[tuple[int, Document]] = []
        redacting: list[tuple[int, Redaction]] = []
        for page in transfer.pages(bodies):
            for line, record in self._project(header, page):
                if isinstance(record, Amendment) and record.kind is not AmendmentKind.MISATTRIBUTED:
                    amending.append((line, record))
                elif isinstance(record, Redaction):
                    redacting.append((line, record))
                elif isinstance(record, Document) and record.supersedes is not None:
                    superseding.append((line, record))
        self._head = Head(header.seq, header.at, header.hash(), self._head.entry_seq)
        self._check_entitled(amending)
        self._check_versions(superseding)
        self._forget(redacting)

    def _project(self, header: CommitHeader, page: list[tuple[int, bytes]]) -> list[tuple[int, Record]]:
        """Stores a page of entries with their rows; gives their records with the lines that they came from."""
        first = self._head.entry_seq + 1
        entries = [
            Entry(place, header.seq, header.at, body) for place, (_, body) in enumerate(page, start=first)
        ]
        decoded = [self._decoded(line, body) for line, body in page]
        read = [
            (line, record) for (line, _), records in zip(page, decoded, strict=True) for record in records
        ]
        transfer.keep_entries(self._connection, header, entries)
        self._check_references(read)
        recorded = projection.project(self._connection, entries, decoded)
        lists.mark_stale(self._connection, affected_claims(self._connection, recorded))
        self._note_named([record for _, record in read])
        self._head = evolve(self._head, entry_seq=entries[-1].seq)
        return read

    def _pass_over(self, bodies: Iterable[tuple[int, bytes]]) -> None:
        """Nothing of what is held already; but texts and sealed values that it names may be missing."""
        for page in transfer.pages(bodies):
            self._note_named([record for line, body in page for record in self._decoded(line, body)])

    def _decoded(self, line: int, body: bytes) -> list[Record]:
        try:
            return wire.decode_entry(body)
        except NewerThanLibrary as error:
            raise error.at_record(line) from None
        except ProvenanceError as error:
            raise DamagedExport(line, str(error)) from None

    # What the desk would have refused -----------------------------------------------------------------------------

    def _check_references(self, read: Sequence[tuple[int, Record]]) -> None:
        named = {id_ for _, record in read for id_ in wire.references_of(record)}
        keys = projection.keys_of(self._connection, named)
        types = projection.types_of(self._connection, keys.values())
        held = {id_: types[key] for id_, key in keys.items()}
        for line, record in read:
            wrong = wire.misfit(record, held)
            if wrong is not None:
                named_instead = (
                    "no record that stands before it" if wrong.found is None else "one of another type"
                )
                raise DamagedExport(line, f"{wrong.field} names {named_instead}")
            held[record.id] = record.TYPE

    def _check_entitled(self, amending: Sequence[tuple[int, Amendment]]) -> None:
        for line, record in amending:
            keys = projection.keys_of(self._connection, (record.target.id, record.by.id))
            if not is_entitled(self._connection, keys[record.by.id], keys[record.target.id]):
                raise DamagedExport(line, str(NotEntitled("amendment.by", record.kind.value)))

    def _check_versions(self, superseding: Sequence[tuple[int, Document]]) -> None:
        keys = projection.keys_of(self._connection, {record.id for _, record in superseding})
        for line, record in superseding:
            if leads_back(self._connection, keys[record.id]):
                raise DamagedExport(line, "document.supersedes names a later version of the document")

    def _forget(self, redacting: Sequence[tuple[int, Redaction]]) -> None:
        """Does here what the redactions did where they were recorded."""
        for line, record in redacting:
            try:
                sealing.forget(self._connection, [record])
            except InvalidValue as error:
                raise DamagedExport(line, str(error)) from None
            if self._first_head.seq:  # otherwise nothing was held here that they could be about
                self.redactions.append(record)

    # What lies beside the entries ---------------------------------------------------------------------------------

    def _note_named(self, records: Sequence[Record]) -> None:
        """Remembers which texts and sealed values belong to the entries; and which were redacted here, and stay so."""
        names = [(record, _beside(record)) for record in records]
        telling = [(record, beside) for record, beside in names if beside]
        gone = redacted(
            self._connection, {record.id for record, _ in telling}, by_commit=self._first_head.seq
        )
        for record, beside in telling:
            rows = [(key, level, record.id in gone, record.id) for key, level in beside.items()]
            self._named.executemany(
                "INSERT INTO named VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET is_gone = is_gone OR excluded.is_gone",
                rows,
            )

    def _is_wanted(self, key: bytes, level: str | None) -> bool:
        """Whether it belongs to an entry, which it must, and may be here."""
        row = self._named.execute("SELECT level, is_gone FROM named WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] != level:
            raise self._lines.damage("no entry names it")
        return not row[1]

    def _take_texts(self, line: Line) -> Line:
        before = b""
        while isinstance(line, Text):
            if hashlib.sha256(line.text.encode()).digest() != line.digest:
                raise self._lines.damage("the text is not that of its digest")
            self._check_order(before, line.digest)
            before = line.digest
            self._texts += 1
            if self._is_wanted(line.digest, None):
                self._new_texts += transfer.keep_text(self._connection, line.digest, line.text)
            line = self._lines.next()
        return line

    def _take_sealed(self, line: Line, *, is_sealed: bool) -> Line:
        before = b""
        while isinstance(line, SealedValue) and is_sealed:
            handle = line.handle.encode()
            self._check_order(before, handle)
            before = handle
            self._sealed += 1
            if self._is_wanted(handle, line.level):
                self._new_sealed += transfer.keep_sealed(
                    self._connection, line.handle, line.level, line.ciphertext
                )
            line = self._lines.next()
        return line

    def _note_absent(self) -> None:
        """Marks what is sealed elsewhere: it was neither redacted nor lost."""
        named = self._named.execute(
            "SELECT key, level, record FROM named WHERE level IS NOT NULL AND NOT is_gone"
        )
        for page in chunked(named):
            gone = redacted(self._connection, {record for _, _, record in page}, by_commit=self._head.seq)
            levels = {key.decode(): level for key, level, record in page if record not in gone}
            journal.mark_elsewhere(self._connection, levels)

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


def _beside(record: Record) -> dict[bytes, str | None]:
    """The digests and handles of what the record keeps beside the entry, with the levels of what is sealed."""
    found: dict[bytes, str | None] = {seal.handle.encode(): seal.level for seal in wire.seals_of(record)}
    if isinstance(record, Document) and record.text_digest is not None:
        found[bytes.fromhex(record.text_digest)] = None
    return found
