"""Questions about records as such: one with all that was said of it, and how many there are."""

from __future__ import annotations

from sqlalchemy import func, select

from provenance import wire
from provenance.errors import NotRecorded
from provenance.index import projection
from provenance.index.rows import TABLE_OF_TYPE
from provenance.questions.asking import Asked, Asker, any_key_of
from provenance.values.records import Record


def described(asker: Asker, record: Asked) -> Record:
    with asker.reading() as loader:
        connection = loader.connection
        key = any_key_of(connection, record)
        before = None if loader.last_commit is None else loader.last_commit + 1
        if before is not None and not projection.is_recorded(connection, key, before_commit=before):
            raise NotRecorded("record", record.id)
        return wire.from_json(projection.described(connection, [key], before_commit=before)[key])


def counts(asker: Asker) -> dict[str, int]:
    numbers = {
        name: select(func.count()).select_from(table).scalar_subquery().label(name)
        for name, table in sorted(TABLE_OF_TYPE.items())
    }
    with asker.reading() as loader:
        found = loader.connection.execute(select(*numbers.values())).one()
    return {name: count for name, count in zip(numbers, found, strict=True) if count}
