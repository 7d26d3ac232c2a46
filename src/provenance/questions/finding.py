"""The question for claims and agents by words and names."""

from __future__ import annotations

from provenance.answers.agents import AgentSummary
from provenance.answers.builder import AnswerBuilder
from provenance.answers.claims import ClaimSummary
from provenance.loading import search
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.questions.asking import Asked, Asker, key_of
from provenance.values.ids import RecordId


def find(
    asker: Asker,
    words: str | None,
    *,
    subject: str | None,
    outlet: Asked | str | None,
    source: Asked | str | None,
    limit: int,
) -> tuple[ClaimSummary | AgentSummary, ...]:
    with asker.reading() as loader:
        wanted = search.Wanted(
            words=words,
            subject=subject,
            outlets=None if outlet is None else _agents(loader, outlet),
            sources=None if source is None else _agents(loader, source),
        )
        rows = search.find(loader, wanted, limit=limit)
        claims = [key for key, record_type in rows if record_type == "claim"]
        agents = [key for key, record_type in rows if record_type == "agent"]
        graph = loader.graph_about(claims, agents=agents)
    builder = AnswerBuilder(graph)
    return tuple(
        builder.claim(key) if record_type == "claim" else builder.agent(key)
        for key, record_type in rows
        if key in (graph.facts.claims if record_type == "claim" else graph.facts.agents)
    )


def _agents(loader: ClaimGraphLoader, asked: Asked | str) -> set[int]:
    """The keys of an agent, or of every agent of a name, and of all who were merged with them."""
    if isinstance(asked, str) and not isinstance(asked, RecordId):
        return search.agents_named(loader, asked)
    return search.same_agents(loader, {key_of(loader.connection, asked, "agent")})
