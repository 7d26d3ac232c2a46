"""Long results in pages: no cursor stays open between them, and no table is held in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select


def rows_by_key(
    connection: Connection, query: Select[*tuple[Any, ...]], key: Column[Any], *, size: int
) -> Iterator[RowMapping]:
    """The rows of a query in the order of the key, which is unique and one of its columns; `size` rows at a time."""
    page_of = query.order_by(key).limit(size)
    page = connection.execute(page_of).mappings().all()
    while page:
        yield from page
        page = connection.execute(page_of.where(key > page[-1][key])).mappings().all()
