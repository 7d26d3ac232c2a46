"""The quotations of mentions, with the texts that they were taken from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from provenance import wire
from provenance.index import projection, tables
from provenance.loading import row_queries
from provenance.loading.reader import IndexReader
from provenance.log import beside
from provenance.values.ids import RecordId
from provenance.values.records import Anchor, Mention, Reference
from provenance.values.sealed import Sealed


class Quotation(NamedTuple):
    mention: RecordId
    anchor: Anchor
    before: str | None
    """The text it was taken from, if that is held."""


def text_of(connection: Connection, document: int | None) -> str | None:
    """The text of a document; None where it is sealed, was redacted, or never given."""
    table = tables.document
    digest = connection.execute(select(table.c.text_digest).where(table.c.key == document)).scalar()
    return None if digest is None else beside.text_of(connection, bytes(digest))


def mentions_before(reader: IndexReader, document: int) -> list[int]:
    """The mentions found in the version of the story before this document."""
    rows = reader.rows(row_queries.DOCUMENTS, "key", [document])
    earlier = [row.supersedes for row in rows if row.supersedes is not None]
    return [row.key for row in reader.rows(row_queries.MENTIONS, "document", earlier)]


def quotations(connection: Connection, mentions: Sequence[int]) -> list[Quotation]:
    """The quotations of these mentions, but for sealed ones."""
    stated = projection.described(connection, mentions)
    texts: dict[str | None, str | None] = {None: None}
    found: list[Quotation] = []
    for key in mentions:
        mention = wire.from_json(stated[key])
        if isinstance(mention, Mention) and mention.anchor and not isinstance(mention.anchor.exact, Sealed):
            id_ = None if mention.document is None else mention.document.id
            if id_ not in texts:
                texts[id_] = _text_named(connection, mention.document)
            found.append(Quotation(mention.id, mention.anchor, texts[id_]))
    return found


def _text_named(connection: Connection, document: Reference | None) -> str | None:
    if document is None:
        return None
    return text_of(connection, projection.keys_of(connection, [document.id]).get(document.id))
