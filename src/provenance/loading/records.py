"""Looking up records in the index: their keys, their types and how many there are."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from provenance.index import tables
from provenance.index.rows import TABLE_OF_TYPE
from provenance.values.ids import RecordId

_KEY_AND_TYPE = select(tables.record.c.key, tables.record.c.type).where(tables.record.c.id == bindparam("id"))


def key_and_type(connection: Connection, id_: RecordId) -> tuple[int, str] | None:
    """None where there is no record of this id."""
    row = connection.execute(_KEY_AND_TYPE, {"id": bytes.fromhex(id_)}).first()
    return None if row is None else (row[0], row[1])


def claim_of(connection: Connection, assertion: int) -> int:
    """The key of the claim that an assertion is on."""
    table = tables.assertion
    found: int = connection.execute(select(table.c.claim).where(table.c.key == assertion)).scalar_one()
    return found


def counts(connection: Connection) -> dict[str, int]:
    """How many records of each type there are; types without any are left out."""
    numbers = {
        name: select(func.count()).select_from(table).scalar_subquery().label(name)
        for name, table in sorted(TABLE_OF_TYPE.items())
    }
    found = connection.execute(select(*numbers.values())).one()
    return {name: count for name, count in zip(numbers, found, strict=True) if count}
