"""Statements that are built once and executed over and over with other keys.

To build a statement takes several times as long as to execute it, and to expand a list of keys in it as long again. So
each statement is cached. PostgreSQL takes the keys as one array. For SQLite there is a statement for each of a few
lengths of the list, and a shorter list is filled up by repeating a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    any_,
    bindparam,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType, UserDefinedType

from provenance.database.naming import Key
from provenance.index import tables

LENGTHS = (1, 4, 16, 64, 256, 1_024)
"""Sizes of key lists; arrays use the last. Link statements bind each list twice, still far below SQLite's 32,766
variables."""

_ARRAY = 0
"""The length that stands for an array."""

AS_IT_IS = NullType()
"""The type of what needs no conversion: ids come as bytes from every driver."""

_NAMES = tuple(f"key_{place}" for place in range(LENGTHS[-1]))
_KEYS = "keys"
_LAST_COMMIT = "last_commit"

Row = TypeVar("Row", bound=NamedTuple)


class _Array(UserDefinedType[Sequence[int]]):
    """An array of keys in the text form of PostgreSQL, whose driver takes longer to write a list than the server to
    answer."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: object) -> str:
        return "BIGINT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:  # noqa: ARG002 - as SQLAlchemy asks
        return lambda keys: "{" + ",".join(map(str, keys)) + "}"


KeyParameters = Sequence[BindParameter[int]] | BindParameter[Sequence[int]]


def among(column: ColumnElement[int], keys: KeyParameters) -> ColumnElement[bool]:
    if isinstance(keys, BindParameter):
        return column == any_(keys)
    return column == keys[0] if len(keys) == 1 else column.in_(keys)


class KeyedQuery:
    """A statement about the rows that have some keys; optionally only those recorded by some commit."""

    def __init__(self, about: Callable[[KeyParameters], Select[Any]], table: Table) -> None:
        self._about = about
        self._table = table
        self._statement = cache(self._built)

    def _built(self, length: int, is_bounded: bool) -> Select[Any]:  # noqa: FBT001 - the key of a cache
        statement = self._about(
            bindparam(_KEYS, type_=_Array())
            if length == _ARRAY
            else [bindparam(name, type_=Key) for name in _NAMES[:length]]
        )
        if is_bounded:
            statement = statement.where(self._table.c.commit_seq <= bindparam(_LAST_COMMIT, type_=Key))
        return statement

    def answers(
        self, connection: Connection, keys: Iterable[int], last_commit: int | None = None, **others: int
    ) -> Iterator[Any]:
        """The rows that have these keys; with `last_commit` only those that it or an earlier commit recorded. `others`
        are further parameters of the statement."""
        asked = sorted(set(keys))
        takes_arrays = connection.dialect.name == "postgresql"
        for start in range(0, len(asked), LENGTHS[-1]):
            chunk = asked[start : start + LENGTHS[-1]]
            length, values = _as_array(chunk) if takes_arrays else _spread(chunk)
            values.update(others)
            if last_commit is not None:
                values[_LAST_COMMIT] = last_commit
            yield from connection.execute(self._statement(length, last_commit is not None), values).all()


def _as_array(keys: list[int]) -> tuple[int, dict[str, Any]]:
    return _ARRAY, {_KEYS: keys}


def _spread(keys: list[int]) -> tuple[int, dict[str, Any]]:
    length = next(length for length in LENGTHS if length >= len(keys))
    return length, dict(zip(_NAMES, keys + [keys[-1]] * (length - len(keys)), strict=False))


class RowQuery(Generic[Row]):
    """The rows of a table as named tuples: the columns that the fields name, and as `id` that of the record."""

    def __init__(self, table: Table, row: type[Row]) -> None:
        self.table = table
        self.row = row
        self._by: dict[str, KeyedQuery] = {}

    def columns(self) -> list[ColumnElement[Any]]:
        return [self._column(name) for name in self.row._fields]

    def _column(self, name: str) -> ColumnElement[Any]:
        return type_coerce(tables.record.c.id, AS_IT_IS) if name == "id" else self.table.c[column_of(name)]

    def select(self) -> Select[Any]:
        statement = select(*self.columns())
        if "id" in self.row._fields:
            statement = statement.join_from(
                self.table, tables.record, tables.record.c.key == self.table.c.key
            )
        return statement

    def found(
        self, connection: Connection, by: str, keys: Iterable[int], last_commit: int | None
    ) -> list[Row]:
        """The rows whose column `by` holds one of the keys, in the order of recording."""
        query = self._by.get(by)
        if query is None:
            query = self._by[by] = KeyedQuery(
                lambda asked: self.select().where(among(self.table.c[by], asked)), self.table
            )
        found = self.rows(query.answers(connection, keys, last_commit))
        found.sort(key=itemgetter(0))
        return found

    def rows(self, values: Iterable[Any]) -> list[Row]:
        """Tuples of values as rows, made without a check of how many values there are."""
        return list(map(partial(tuple.__new__, self.row), values))


def column_of(field: str) -> str:
    """The column that a field holds. `people` holds the column `count`, for a named tuple has a method `count`."""
    return "count" if field == "people" else field
