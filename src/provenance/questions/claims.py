"""Questions about one claim: its support, its chains, who holds which position, and what was made of it."""

from __future__ import annotations

from provenance.answers.agents import AgentSummary
from provenance.answers.assessments import Verdict
from provenance.answers.builder import MAX_CHAINS, AnswerBuilder
from provenance.answers.chains import Trace
from provenance.answers.explanations import Explainable, Explanation, claims_in
from provenance.answers.support import Support
from provenance.errors import InvalidValue
from provenance.loading import row_queries
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.loading.row_queries import AssessmentFound
from provenance.questions.asking import (
    Asked,
    Asker,
    agent_key,
    canonical,
    check_word,
    graph_and_canonical,
    key_of,
)
from provenance.rules import support as support_rules
from provenance.rules.claim_graph import ClaimGraph

TRACED = 3 * MAX_CHAINS
"""Assertions on a claim that a trace reads first: most chains have one to three assertions on the claim."""

BY = ("agent", "group")
"""Whom chokepoints are: single agents, or all who are known to be of one voice."""


def support(asker: Asker, claim: Asked) -> Support:
    with asker.reading() as loader:
        asked = key_of(loader.connection, claim, "claim")
        graph = loader.graph_with_competing_claims([asked])
    key = canonical(graph, asked, claim)
    return AnswerBuilder(graph).support(key, support_rules.standing(graph, key))


def trace(asker: Asker, claim: Asked) -> Trace:
    with asker.reading() as loader:
        asked, most = key_of(loader.connection, claim, "claim"), TRACED
        while True:
            graph, last = loader.graph_of_first_assertions(asked, most)
            key = canonical(graph, asked, claim)
            builder = AnswerBuilder(graph)
            chains = builder.chains(graph.on_claim(key), only_live=False, last=last)
            if last is None or len(chains) == MAX_CHAINS:
                return Trace(builder.claim(key), chains)
            most *= 4


def position(asker: Asker, holder: Asked, claim: Asked) -> str:
    with asker.reading() as loader:
        asked = key_of(loader.connection, claim, "claim")
        agent = agent_key(loader, holder)
        graph = loader.graph_about([asked], agents=[agent])
    return graph.position(graph.agents.holder_of_agent(agent), canonical(graph, asked, claim))


def chokepoints(asker: Asker, claim: Asked, *, by: str) -> tuple[AgentSummary, ...]:
    check_word("by", by, BY)
    with asker.reading() as loader:
        graph, key = graph_and_canonical(loader, claim)
    builder = AnswerBuilder(graph)
    found = support_rules.chokepoints(graph, key, by=by)
    return tuple(builder.agent(graph.agents.head_of(one) if by == "group" else one) for one in found)


def assessments(asker: Asker, claim: Asked) -> tuple[Verdict, ...]:
    with asker.reading() as loader:
        graph, key = graph_and_canonical(loader, claim)
        rows = _assessments_of(loader, graph.claims.classes.of(key))
        claims = {key for row in rows for key in (row.claim, row.against) if key is not None}
        judged = loader.graph_about(claims, agents={row.by for row in rows})
    return tuple(map(AnswerBuilder(judged).verdict, rows))


def _assessments_of(loader: ClaimGraphLoader, claims: list[int]) -> list[AssessmentFound]:
    """What was said within the bound of any of these merged claims, in the order of recording, each once."""
    found = {
        row.key: row
        for column in ("claim", "against")
        for row in loader.rows(row_queries.ASSESSMENTS, column, claims)
        if loader.is_said(row.at)
    }
    return [found[key] for key in sorted(found)]


def explain(asker: Asker, answer: Explainable) -> Explanation:
    if not isinstance(answer, Explainable):
        raise InvalidValue("answer", f"a {type(answer).__name__}", "one answer of a list, or a support")
    with asker.reading() as loader:
        asked = [key_of(loader.connection, claim, "claim") for claim in claims_in(answer)]
        graph = loader.graph_about(asked)
    builder = AnswerBuilder(graph)
    sides = [
        builder.trace(key, [one for one in graph.on_claim(key) if one in graph.live], only_live=True)
        for key in _sides(graph, asked)
    ]
    return Explanation(answer, tuple(sides))


def _sides(graph: ClaimGraph, asked: list[int]) -> list[int]:
    """The canonical claims that were asked about, each followed by the claims that entail it and that somebody said."""
    found: list[int] = []
    for key in dict.fromkeys(graph.claims.classes[key] for key in asked if key in graph.facts.claims):
        entailing = sorted(graph.claims.specifics(key) - {key})
        found += [key, *(one for one in entailing if graph.on_claim(one))]
    return found
