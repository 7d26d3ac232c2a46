"""Whether the log is what was written: every hash is made again from the bytes, in one pass and bounded memory.

This reader trusts nothing that the log's own (`log.chain`) takes for granted, such as the types in its columns; and it
goes on behind what it finds wrong.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from provenance.log import guards, tables
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.merkle import GrowingTree, leaf_hash, root_hash
from provenance.operations.commitments import REDACTS, SEALS, Commitments
from provenance.operations.raw import RawRow, Reading
from provenance.operations.reports import Progress
from provenance.proofs.checkpoints import Checkpoint

_TEXT_NAMED = b'"text_digest":"'
_NAMED_TEXT = re.compile(_TEXT_NAMED + rb"([0-9a-f]{64})\"")
"""In canonical JSON nothing but a document's own field reads so: inside of a text quotation marks are escaped."""

_NAMES_OTHERS = re.compile(b"|".join((_TEXT_NAMED, SEALS, REDACTS)))
"""Matches entries about texts or sealed values. Most are about neither, and one search is quicker than three."""

_HEADER_TYPES = (int, int, str, bytes, bytes, bytes, int)
_ENTRY_TYPES = (int, int, bytes, bytes)
_ALL_TYPED = tuple({kind} for kind in _ENTRY_TYPES)


class LogCheck:
    """One pass over the log. Counts are those of what was read."""

    def __init__(self, reading: Reading, checkpoint: Checkpoint | None, progress: Progress) -> None:
        self._reading = reading
        self._faults = reading.faults
        self._checkpoint = checkpoint
        self._progress = progress
        self._tree = GrowingTree()
        self._last = (0, 0, GENESIS)
        self._is_covered = False
        self.entries = self.texts = self.absent_texts = self.sealed = self.redacted = 0

    @property
    def commits(self) -> int:
        return self._tree.size

    def run(self) -> None:
        self._reading.attempt("guards", self._check_guards)
        with closing(sqlite3.connect("")) as named:  # a database of SQLite's own, on disk when it gets large
            named.execute("CREATE TABLE text (digest BLOB PRIMARY KEY) WITHOUT ROWID")
            commitments = Commitments(named, self._faults)
            self._reading.attempt("log", lambda: self._check_entries(named, commitments))
            self._reading.attempt(f"table {tables.document_text.name}", lambda: self._check_texts(named))
            self._reading.attempt(f"table {tables.sealed.name}", lambda: self._check_sealed(commitments))

    def _check_guards(self) -> None:
        for guard, wrong in guards.violations(self._reading.connection):
            self._faults.add(f"guard {guard.name}", wrong)

    # Entries and commits --------------------------------------------------------------------------------------------

    def _check_entries(self, named: sqlite3.Connection, commitments: Commitments) -> None:
        """Walks along the commits and their entries side by side."""
        self._meet_checkpoint()
        commits = self._commits()
        commit = next(commits, None)
        for commit_seq, first, leaves in self._commit_entries(named, commitments):
            while commit is not None and commit[0] < commit_seq:
                self._check_commit(commit, [])
                commit = next(commits, None)
            if commit is not None and commit[0] == commit_seq:
                self._check_commit(commit, leaves)
                commit = next(commits, None)
            else:
                self._faults.add(
                    _range("entry", "entries", first, len(leaves)),
                    "they belong to no commit, or stand apart from it",
                )
        while commit is not None:
            self._check_commit(commit, [])
            commit = next(commits, None)
        if self._checkpoint is not None and not self._is_covered:
            self._faults.add(
                "checkpoint",
                f"{self._checkpoint.size} commits were signed and {self.commits} are there: the log's end was cut off",
            )

    def _commits(self) -> Iterator[RawRow]:
        name = self._reading.address(tables.commit)
        for row in self._reading.rows(
            f'SELECT seq, "at", author, previous, root, hash, size, request_key FROM {name} ORDER BY seq',  # noqa: S608
        ):
            if type(row[0]) is int:
                yield row
            else:
                self._faults.add("table provenance_commit", "a commit has no number")

    def _commit_entries(
        self, named: sqlite3.Connection, commitments: Commitments
    ) -> Iterator[tuple[int, int, list[bytes]]]:
        """A commit's number, the place of its first entry, and the leaf hashes of its entries."""
        current, first = 0, 1
        leaves: list[bytes] = []
        for seq, commit_seq, leaf in self._leaves(named, commitments):
            if commit_seq != current:
                if leaves:
                    yield current, first, leaves
                current, first, leaves = commit_seq, seq, []
            leaves.append(leaf)
        if leaves:
            yield current, first, leaves

    def _leaves(
        self, named: sqlite3.Connection, commitments: Commitments
    ) -> Iterator[tuple[int, int, bytes]]:
        """The number of every entry, that of its commit, and its leaf hash, which is made anew."""
        name = self._reading.address(tables.entry)
        sha256, last = hashlib.sha256, 0
        for page in self._reading.pages(
            f"SELECT seq, commit_seq, digest, body FROM {name} ORDER BY seq",  # noqa: S608
        ):
            texts: list[tuple[bytes]] = []
            for seq, commit_seq, digest, body in self._typed(page):
                leaf = sha256(b"\x00" + body).digest()
                if leaf != digest:
                    self._faults.add(
                        f"entry {seq}", "its bytes have another digest than the one stored with them"
                    )
                if seq != last + 1:
                    self._note_gap("entry", "entries", last, seq)
                last = seq
                if _NAMES_OTHERS.search(body):
                    texts.extend((bytes.fromhex(found.decode()),) for found in _NAMED_TEXT.findall(body))
                    commitments.read(seq, body)
                yield seq, commit_seq, leaf
            named.executemany("INSERT OR IGNORE INTO text VALUES (?)", texts)
            self.entries += len(page)
            self._progress(self.entries)

    def _typed(self, page: list[RawRow]) -> list[RawRow]:
        """The entries whose columns hold values of the right types."""
        if tuple(map(set, (map(type, column) for column in zip(*page, strict=True)))) == _ALL_TYPED:
            return page
        typed = []
        for row in page:
            if tuple(map(type, row)) == _ENTRY_TYPES:
                typed.append(row)
            else:
                self._faults.add(f"entry {row[0]}", "its columns hold values of other types")
        return typed

    def _note_gap(self, one: str, many: str, last: int, seq: int) -> None:
        if seq <= last:
            self._faults.add(f"{one} {seq}", "it stands out of order")
        else:
            self._faults.add(_range(one, many, last + 1, seq - last - 1), "missing")

    def _check_commit(self, row: RawRow, leaves: list[bytes]) -> None:
        seq, at, _, previous, root, stored_hash, size, _ = row
        place = f"commit {seq}"
        last_seq, last_at, last_hash = self._last
        if seq != last_seq + 1:
            self._note_gap("commit", "commits", last_seq, seq)
        header = _header(row)
        if header is None:
            self._faults.add(place, "its columns hold values of other types")
            self._last = (seq, last_at, b"")
            self._add_leaf(b"")
            return
        body = header.body()
        made_hash = hashlib.sha256(body).digest()
        if made_hash != stored_hash:
            self._faults.add(place, "its header has another hash than the one stored with it")
        if previous != last_hash:
            self._faults.add(place, "it does not follow on the commit before it")
        if at < last_at:
            self._faults.add(place, "it is earlier than the commit before it")
        if not leaves:
            self._faults.add(place, "it has no entries")
        elif size != len(leaves):
            self._faults.add(place, f"it has {len(leaves)} entries and was made with {size}")
        if root_hash(leaves) != root:
            self._faults.add(place, "its entries have another root than it was made with")
        self._last = (seq, at, made_hash)
        self._add_leaf(body)

    # The checkpoint -------------------------------------------------------------------------------------------------

    def _add_leaf(self, body: bytes) -> None:
        self._tree.add(leaf_hash(body))
        self._meet_checkpoint()

    def _meet_checkpoint(self) -> None:
        checkpoint = self._checkpoint
        if checkpoint is None or checkpoint.size != self._tree.size:
            return
        self._is_covered = True
        if self._tree.root() != checkpoint.root:
            self._faults.add(
                "checkpoint",
                f"the first {checkpoint.size} commits are not those that were signed: history was rewritten",
            )

    # Texts and sealed values -----------------------------------------------------------------------------------------

    def _check_texts(self, named: sqlite3.Connection) -> None:
        name = self._reading.address(tables.document_text)
        held = 0
        for digest, text in self._reading.rows(f"SELECT digest, text FROM {name} ORDER BY digest"):  # noqa: S608
            self.texts += 1
            place = f"text {digest.hex() if isinstance(digest, bytes) else self.texts}"
            if not isinstance(digest, bytes) or not isinstance(text, str):
                self._faults.add(place, "its columns hold values of other types")
                continue
            if hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() != digest:
                self._faults.add(place, "it has another digest than the one stored with it")
            if named.execute("SELECT 1 FROM text WHERE digest = ?", (digest,)).fetchone() is None:
                self._faults.add(place, "no entry names it")
            else:
                held += 1
        self.absent_texts = named.execute("SELECT count(*) FROM text").fetchone()[0] - held

    def _check_sealed(self, commitments: Commitments) -> None:
        name = self._reading.address(tables.sealed)
        try:
            commitments.check(
                self._reading.rows(f"SELECT handle, level, ciphertext FROM {name} ORDER BY handle")  # noqa: S608
            )
        finally:
            self.sealed, self.redacted = commitments.held, commitments.redacted


def _header(row: RawRow) -> CommitHeader | None:
    """The header in a row; None where a column holds another type, or text that is not UTF-8."""
    seq, at, author, previous, root, _, size, request_key = row
    is_typed = tuple(map(type, row[:-1])) == _HEADER_TYPES and isinstance(request_key, str | None)
    if not is_typed or any("\ud800" <= letter <= "\udfff" for letter in author):
        return None
    return CommitHeader(seq=seq, at=at, author=author, previous=previous, root=root, size=size)


def _range(one: str, many: str, first: int, count: int) -> str:
    return f"{one} {first}" if count == 1 else f"{many} {first} to {first + count - 1}"
