"""Questions about an agent: which claims rest on it, and in which way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from provenance.answers.builder import AnswerBuilder
from provenance.answers.claims import ClaimSummary
from provenance.answers.lists import Answers
from provenance.database.chunks import chunked
from provenance.loading import search
from provenance.questions.asking import Asked, Asker, agent_key, check_word
from provenance.questions.claims import BY
from provenance.rules import support as support_rules
from provenance.rules.claim_graph import ClaimGraph


def resting_on(asker: Asker, agent: Asked) -> Answers[ClaimSummary]:
    def build() -> Iterator[ClaimSummary]:
        with asker.reading() as loader:
            agents = search.same_agents(loader, {agent_key(loader, agent)})
            claim_of = search.resting_on(loader, agents)
        seen: set[int] = set()
        for graph in _graphs_resting_on(asker, claim_of):
            found = support_rules.claims_resting_on(graph, claim_of.keys())
            yield from map(AnswerBuilder(graph).claim, sorted(found - seen))
            seen |= found

    return Answers(build, lambda: sum(1 for _ in build()))


def _graphs_resting_on(asker: Asker, claim_of: Mapping[int, int]) -> Iterator[ClaimGraph]:
    """Graphs of these assertions, given with their claims: the assertions on one claim are in one graph."""
    by_claim: dict[int, list[int]] = defaultdict(list)
    for assertion, claim in claim_of.items():
        by_claim[claim].append(assertion)
    for claims in chunked(sorted(by_claim), asker.limits.claims):
        with asker.reading() as loader:
            graph = loader.graph_resting_on(one for claim in claims for one in by_claim[claim])
        yield graph


def rests_on(asker: Asker, agent: Asked, *, by: str) -> dict[str, tuple[ClaimSummary, ...]]:
    check_word("by", by, BY)
    with asker.reading() as loader:
        key = agent_key(loader, agent)
        tied = set(loader.graph_of_agents([key]).facts.agents) or {key}
        claims = set(search.rested_on_by(loader, tied).values())
    found: dict[str, dict[int, ClaimSummary]] = {"origin": {}, "chokepoint": {}}
    for graph in _graphs_with_competing_claims(asker, sorted(claims)):
        if key not in graph.facts.agents:
            continue
        builder = AnswerBuilder(graph)
        for claim in graph.claims.whole:
            for way in support_rules.rests_on(graph, claim, key, by=by):
                found[way][claim] = builder.claim(claim)
    return {way: tuple(by_key[claim] for claim in sorted(by_key)) for way, by_key in found.items()}


def _graphs_with_competing_claims(asker: Asker, claims: Iterable[int]) -> Iterator[ClaimGraph]:
    for page in chunked(claims, asker.limits.claims):
        with asker.reading() as loader:
            graph = loader.graph_with_competing_claims(page)
        yield graph
