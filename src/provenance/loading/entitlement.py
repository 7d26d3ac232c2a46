"""Who may take an assertion back: its holder, its agent, or a publisher of it."""

from __future__ import annotations

from sqlalchemy import Connection

from provenance.loading.claim_graphs import graph_of_assertions


def is_entitled(connection: Connection, by: int, target: int) -> bool:
    """Whether the agent is the holder or a publisher of the assertion, or the outlet of the document."""
    graph, publishers = graph_of_assertions(connection, target)
    entitled = {graph.agent_classes[agent] for agent in publishers} | {
        graph.holder_of_agent(agent) for agent in publishers
    }
    return bool({graph.agent_classes[by], graph.holder_of_agent(by)} & entitled)
