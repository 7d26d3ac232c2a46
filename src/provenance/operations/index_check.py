"""Whether the index is what the log says: it is derived again in a database on the side, and compared row by row.

The ledger is only read. The database on the side is an SQLite file in the system's folder for temporary files. It is
about as large as the ledger, and is deleted at the end; in memory are a few pages of rows.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, Connection, String, Table, func, select, text

from provenance import wire
from provenance.database import engines, naming
from provenance.database.chunks import chunked
from provenance.errors import NewerThanLibrary, ProvenanceError
from provenance.index import projection
from provenance.index import tables as index_tables
from provenance.log import tables
from provenance.log.journal import Entry
from provenance.materialized import lists
from provenance.materialized.limits import Limits
from provenance.operations import migrations
from provenance.operations.raw import RawRow, Reading
from provenance.operations.rebuilding import APPLIED
from provenance.operations.reports import Progress
from provenance.values.ids import canonical_json
from provenance.values.records import Record

_SEARCH = naming.PREFIX + "words_search"
_MISSING, _UNEXPECTED = "missing", "it is there, and the log does not have it"


class IndexCheck:
    """One comparison of the index with the log. `progress` goes on counting from `done`. `limits` are those with which
    the ledger is refreshed."""

    def __init__(self, reading: Reading, progress: Progress, done: int, limits: Limits) -> None:
        self._reading = reading
        self._faults = reading.faults
        self._progress = progress
        self._done = done
        self._limits = limits
        self.rows: int | None = 0
        self.stale: int | None = 0
        self.newer = 0
        """Entries that this library cannot read. It cannot derive their rows, nor the rows of what refers to them."""

    def run(self) -> None:
        with _scratch() as connection:
            scratch = Reading(connection, self._faults)
            self._reading.attempt("log", lambda: self._project(scratch))
            if self.newer:
                self.rows = self.stale = None
                return
            scratch.attempt(
                f"table {index_tables.listing.name}", lambda: _refresh_all(connection, self._limits)
            )
            for table in index_tables.INDEX_TABLES:
                if table not in lists.MATERIALIZED:
                    self._reading.attempt(f"table {table.name}", partial(self._compare_table, scratch, table))
            self._reading.attempt(
                f"table {index_tables.listing.name}", lambda: self._compare_materialized(scratch)
            )
            if self._reading.is_sqlite:
                self._reading.attempt("file", self._check_file)
                self._reading.attempt("schema", lambda: self._compare_schema(scratch))
                self._reading.attempt(f"table {_SEARCH}", lambda: self._compare_search(scratch))

    # The index on the side ------------------------------------------------------------------------------------------

    def _project(self, scratch: Reading) -> None:
        entry, commit = self._reading.address(tables.entry), self._reading.address(tables.commit)
        stored = self._reading.rows(
            f'SELECT e.seq, e.commit_seq, c."at", e.body FROM {entry} e'  # noqa: S608
            f" JOIN {commit} c ON c.seq = e.commit_seq ORDER BY e.seq"
        )
        for page in chunked(stored, APPLIED):
            read = [each for each in map(self._decoded, page) if each is not None]
            if not self.newer:
                self._project_page(scratch, read)
            self._count(len(page))

    def _project_page(self, scratch: Reading, read: list[tuple[Entry, list[Record]]]) -> None:
        _keep_bodies(scratch.connection, [entry for entry, _ in read])
        if not _is_projected(scratch.connection, read):
            for each in read:
                if not _is_projected(scratch.connection, [each]):
                    self._faults.add(f"entry {each[0].seq}", "its records do not fit the ones before it")

    def _decoded(self, row: RawRow) -> tuple[Entry, list[Record]] | None:
        seq, commit_seq, at, body = row
        if tuple(map(type, row)) != (int, int, int, bytes):
            return None  # the check of the log has found that already
        try:
            return Entry(seq, commit_seq, at, body), wire.decode_entry(body)
        except NewerThanLibrary:
            self.newer += 1
            return None
        except Exception as error:  # noqa: BLE001 - bytes that are no entry may fail in any way
            self._faults.add(f"entry {seq}", f"it cannot be decoded ({type(error).__name__})")
            return None

    # Tables -----------------------------------------------------------------------------------------------------------

    def _compare_table(self, scratch: Reading, table: Table) -> None:
        stored = self._reading.rows(_statement(self._reading.connection, table))
        if table is index_tables.description:
            stored = map(_in_newest_form, stored)
        self._compare(table, stored, scratch.rows(_statement(scratch.connection, table)))

    def _compare_materialized(self, scratch: Reading) -> None:
        """Compares what is materialized. Where claims are stale, the ledger's rows are copied to the side and refreshed
        there first."""
        listing, waiting = index_tables.listing, (lists.STALE, lists.ORIGINS_STALE)
        stale = select(func.count(listing.c.claim.distinct())).where(listing.c.list.in_(waiting))
        self.stale = self._reading.connection.execute(stale).scalar_one()
        if not self.stale:
            for table in lists.MATERIALIZED:
                self._reading.attempt(f"table {table.name}", partial(self._compare_table, scratch, table))
            return
        connection = scratch.connection
        for table in lists.MATERIALIZED:
            stored = self._reading.rows(_statement(self._reading.connection, table))
            connection.exec_driver_sql(
                f"CREATE TEMP TABLE expected_{table.name} AS {_statement(connection, table)}"
            )
            connection.execute(table.delete())
            marks = ", ".join("?" * len(table.columns))
            for chunk in chunked(stored):
                connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", chunk)  # noqa: S608
        while lists.refresh(connection, names=waiting, limits=self._limits):
            pass
        for table in lists.MATERIALIZED:
            expected = scratch.rows(f"SELECT * FROM expected_{table.name}")  # noqa: S608
            self._compare(table, scratch.rows(_statement(connection, table)), expected)

    def _compare(self, table: Table, stored: Iterator[RawRow], expected: Iterator[RawRow]) -> None:
        key = [column.name for column in table.primary_key]
        others = [column.name for column in table.columns if not column.primary_key]
        self._merge(
            self._counted(stored),
            expected,
            keys=len(key),
            place=lambda row: f"table {table.name}, {_named(key, row)}",
            columns=others,
        )

    def _merge(
        self,
        stored: Iterator[RawRow],
        expected: Iterator[RawRow],
        *,
        keys: int,
        place: Callable[[RawRow], str],
        columns: Sequence[str],
    ) -> None:
        """Notes every difference between rows whose first columns are the key, by which both are ordered."""
        for ours, theirs in differences(stored, expected, keys):
            if theirs is None and ours is not None:
                self._faults.add(place(ours), _UNEXPECTED)
            elif ours is None and theirs is not None:
                self._faults.add(place(theirs), _MISSING)
            elif ours is not None and theirs is not None:
                others = zip(columns, ours[keys:], theirs[keys:], strict=True)
                differing = [name for name, *values in others if not _is_equal(*values)]
                self._faults.add(
                    place(ours), f"it differs from the log in {', '.join(differing) or 'its key'}"
                )

    def _counted(self, stored: Iterator[RawRow]) -> Iterator[RawRow]:
        for count, row in enumerate(stored, start=(self.rows or 0) + 1):
            self.rows = count
            if count % APPLIED == 0:
                self._count(APPLIED)
            yield row

    def _count(self, more: int) -> None:
        self._done += more
        self._progress(self._done)

    # What only SQLite has -----------------------------------------------------------------------------------------

    def _check_file(self) -> None:
        for (found,) in self._reading.rows("PRAGMA integrity_check"):
            if found != "ok":
                self._faults.add("file", str(found))

    def _compare_schema(self, scratch: Reading) -> None:
        statement = (
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
            " WHERE tbl_name LIKE 'provenance!_%' ESCAPE '!' ORDER BY type, name"
        )
        self._merge(
            self._reading.rows(statement),
            scratch.rows(statement),
            keys=2,
            place=lambda row: f"schema, {row[0]} {row[1]}",
            columns=("table", "definition"),
        )

    def _compare_search(self, scratch: Reading) -> None:
        """Compares the words that the search holds, and where they stand; and whether it finds them there."""
        vocabulary = f"CREATE VIRTUAL TABLE temp.provenance_terms USING fts5vocab(main, {_SEARCH}, instance)"
        statement = 'SELECT term, doc, "offset" FROM temp.provenance_terms'
        for each in (self._reading, scratch):
            each.connection.exec_driver_sql(vocabulary)
        self._merge(
            self._reading.rows(statement),
            scratch.rows(statement),
            keys=3,
            place=lambda row: f"table {_SEARCH}, row {row[1]}",
            columns=(),
        )
        for term, places in groupby(scratch.rows(statement), itemgetter(0)):
            if self._rows_with(term) != list(dict.fromkeys(doc for _, doc, _ in places)):
                self._faults.add(f"table {_SEARCH}", "a word is not found where it stands")
        self._reading.connection.exec_driver_sql("DROP TABLE temp.provenance_terms")

    def _rows_with(self, term: str) -> list[int]:
        quoted = '"' + term.replace('"', '""') + '"'
        statement = text(f"SELECT rowid FROM {_SEARCH} WHERE {_SEARCH} MATCH :term ORDER BY rowid")  # noqa: S608
        return list(self._reading.connection.execute(statement, {"term": quoted}).scalars())


def _is_projected(scratch: Connection, read: Sequence[tuple[Entry, list[Record]]]) -> bool:
    try:
        with scratch.begin_nested():
            projection.project(scratch, [entry for entry, _ in read], [records for _, records in read])
    except Exception:  # noqa: BLE001 - records that nobody checked may fail in any way
        return False
    return True


def _in_newest_form(row: RawRow) -> RawRow:
    """A description as a rebuild would store it. It may have been stored in an older form."""
    *key, body = row
    try:
        return (*key, canonical_json(wire.in_newest_form(json.loads(body))))
    except (ProvenanceError, ValueError, TypeError):
        return row  # it is no description


def _refresh_all(scratch: Connection, limits: Limits) -> None:
    lists.mark_all_stale(scratch)
    while lists.refresh(scratch, limits=limits):
        pass


@contextmanager
def _scratch() -> Iterator[Connection]:
    """An empty ledger on the side, in a transaction that is never committed."""
    with tempfile.TemporaryDirectory(prefix="provenance-") as folder:
        engine = engines.engine_for(Path(folder) / "index.db")
        try:
            migrations.migrate(engine)
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


def _keep_bodies(scratch: Connection, entries: Iterable[Entry]) -> None:
    """Stores the entries that the projection looks up in the log. Their commits only have to exist."""
    for commit_seq, (first, *_) in groupby(entries, lambda entry: entry.commit_seq):
        unique = commit_seq.to_bytes(8, "big", signed=True)
        scratch.exec_driver_sql(
            "INSERT INTO provenance_commit SELECT ?, ?, '', ?, '', ?, 0, NULL"
            " WHERE NOT EXISTS (SELECT 1 FROM provenance_commit WHERE seq = ?)",
            (commit_seq, first.at, unique, unique, commit_seq),
        )
    rows = [(entry.seq, entry.commit_seq, entry.body) for entry in entries]
    if rows:
        scratch.exec_driver_sql("INSERT INTO provenance_entry VALUES (?, ?, '', ?)", rows)


def _statement(connection: Connection, table: Table) -> str:
    """A query for all rows, the columns of the key first and in their order: both databases give equal rows."""
    is_postgresql = connection.dialect.name == "postgresql"

    def value(column: Column[Any]) -> str:
        is_cast = is_postgresql and isinstance(column.type, Boolean)
        return f'CAST("{column.name}" AS INTEGER)' if is_cast else f'"{column.name}"'

    def place(column: Column[Any]) -> str:
        is_text = is_postgresql and isinstance(column.type, String)
        return f'"{column.name}" COLLATE "C"' if is_text else f'"{column.name}"'

    key = list(table.primary_key)
    others = [column for column in table.columns if not column.primary_key]
    values, order = ", ".join(map(value, [*key, *others])), ", ".join(map(place, key))
    return f"SELECT {values} FROM {naming.address(connection, table.name)} ORDER BY {order}"  # noqa: S608


def _named(key: Sequence[str], row: RawRow) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(key, row, strict=False))


def differences(
    stored: Iterator[RawRow], expected: Iterator[RawRow], keys: int
) -> Iterator[tuple[RawRow | None, RawRow | None]]:
    """Walks along both side by side. Gives a row that only one of them has with None, and two rows of one key that
    differ."""
    ours, theirs = next(stored, None), next(expected, None)
    while ours is not None or theirs is not None:
        is_equal = ours == theirs and all(map(_is_equal, ours or (), theirs or ()))
        order = 0 if is_equal else _order(ours, theirs, keys)
        if not is_equal:
            yield (ours if order <= 0 else None), (theirs if order >= 0 else None)
        if order <= 0:
            ours = next(stored, None)
        if order >= 0:
            theirs = next(expected, None)


def _order(ours: RawRow | None, theirs: RawRow | None, keys: int) -> int:
    """-1 where our row comes first, 1 where theirs does, 0 for rows of one key."""
    if ours is None or theirs is None:
        return 1 if ours is None else -1
    here, there = _rank(ours[:keys]), _rank(theirs[:keys])
    return (here > there) - (here < there)


def _is_equal(one: object, other: object) -> bool:
    """Whether both are the same value of the same type: for SQLite 1, 1.0 and '1' are three values."""
    return type(one) is type(other) and one == other


def _rank(key: RawRow) -> tuple[Any, ...]:
    """The key in the order of SQLite, which holds values of any type in any column: null, number, text, bytes."""
    return tuple(map(_rank_of, key))


def _rank_of(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (0,)
    if isinstance(value, str):
        return (2, value.encode("utf-8", "surrogateescape"))
    return (3, value) if isinstance(value, bytes) else (1, value)
