"""Who may take an assertion back: its holder, its agent, or a publisher of it."""

from __future__ import annotations

from sqlalchemy import Connection

from provenance.loading import row_queries
from provenance.loading.assertions import documents_found_in
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.reader import IndexReader


def is_entitled(connection: Connection, by: int, target: int) -> bool:
    """Whether the agent is the holder or a publisher of the assertion, or the outlet of the document."""
    loader = ClaimGraphLoader(connection)
    answerable = _answerable_for(loader, target)
    agents = loader.graph_of_agents({by, *answerable}).agents
    entitled = {agents.classes[one] for one in answerable} | {
        agents.holder_of_agent(one) for one in answerable
    }
    return not entitled.isdisjoint({agents.classes[by], agents.holder_of_agent(by)})


def _answerable_for(reader: IndexReader, target: int) -> set[int]:
    """The agents of an assertion and of all that rests on it over stated relays, and the outlets of the documents in
    which these were found; or the outlet of a document."""
    reached, frontier = {target}, {target}
    while frontier:
        above = {row.source for row in reader.rows(row_queries.RELAYS, "target", frontier) if row.stated}
        frontier = above - reached
        reached |= frontier
    agents = {row.agent for row in reader.rows(row_queries.ASSERTIONS, "key", reached)}
    outlets = {row.outlet for row in documents_found_in(reader, reached)}
    return agents | outlets | {row.outlet for row in reader.rows(row_queries.DOCUMENTS, "key", {target})}
