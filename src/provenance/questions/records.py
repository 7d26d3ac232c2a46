"""Questions about records as such: one with all that was said of it, and how many there are."""

from __future__ import annotations

from provenance import wire
from provenance.errors import NotRecorded
from provenance.index import projection
from provenance.loading import records
from provenance.questions.asking import Asked, Asker, any_key_of, id_of
from provenance.values.records import Record


def described(asker: Asker, record: Asked) -> Record:
    with asker.reading() as loader:
        connection = loader.connection
        key = any_key_of(connection, record)
        before = None if loader.last_commit is None else loader.last_commit + 1
        if before is not None and not projection.is_recorded(connection, key, before_commit=before):
            raise NotRecorded("record", id_of(record, "record"))
        return wire.from_json(projection.described(connection, [key], before_commit=before)[key])


def counts(asker: Asker) -> dict[str, int]:
    with asker.reading() as loader:
        return records.counts(loader.connection)
