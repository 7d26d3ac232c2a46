"""Loading who is answerable for an assertion or a document."""

from __future__ import annotations

from provenance.loading import row_queries
from provenance.loading.assertions import documents_found_in
from provenance.loading.reader import IndexReader


def answerable_for(reader: IndexReader, target: int) -> set[int]:
    """The agents of an assertion and of all that rests on it over stated relays, and the outlets of the documents in
    which these were found; of a document its outlet."""
    reached, frontier = {target}, {target}
    while frontier:
        above = {row.source for row in reader.rows(row_queries.RELAYS, "target", frontier) if row.stated}
        frontier = above - reached
        reached |= frontier
    agents = {row.agent for row in reader.rows(row_queries.ASSERTIONS, "key", reached)}
    outlets = {row.outlet for row in documents_found_in(reader, reached)}
    return agents | outlets | {row.outlet for row in reader.rows(row_queries.DOCUMENTS, "key", {target})}
