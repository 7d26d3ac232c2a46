"""Whether the two holders of a conflict may be one, and whether one is nobody (docs/semantics.md#rule-one-holder)."""

from __future__ import annotations

from collections import defaultdict

from provenance.rules.claim_graph import ClaimGraph, once_a_graph
from provenance.rules.classes import reachable
from provenance.rules.names import are_namesakes


def is_doubtful(graph: ClaimGraph, a: int, b: int) -> bool:
    """Whether a conflict of these assertions is at most possible: one holder is unattributed, or the two may be one."""
    one, other = graph.holder(a), graph.holder(b)
    namings = {graph.agents.naming(one), graph.agents.naming(other)}
    if "unattributed" in namings or _may_be_one(graph, min(one, other), max(one, other)):
        return True
    return namings == {"anonymous"} and _are_described_by_one_outlet(graph, a, b)


@once_a_graph
def _may_be_one(graph: ClaimGraph, one: int, other: int) -> bool:
    """Tied by a link, or by their own names; merely being of one side is not enough."""
    return graph.agents.is_maybe(one, other) or are_namesakes(graph.agents, one, other)


def _are_described_by_one_outlet(graph: ClaimGraph, a: int, b: int) -> bool:
    """Whether both holders have one description, and one outlet carries both assertions."""
    described = [graph.agents.descriptions(graph.holder(one)) for one in (a, b)]
    if described[0].isdisjoint(described[1]):
        return False
    return not _carrying_outlets(graph, a).isdisjoint(_carrying_outlets(graph, b))


@once_a_graph
def _carrying_outlets(graph: ClaimGraph, assertion: int) -> set[int]:
    """The outlets of which a live assertion rests on this one, at any depth."""
    resting = _resting_on(graph)
    above: set[int] = reachable(resting.get(assertion, ()), lambda one: resting.get(one, ()))
    return {agent for one in above & graph.live if graph.agents.is_outlet(agent := graph.agent_of(one))}


@once_a_graph
def _resting_on(graph: ClaimGraph) -> dict[int, list[int]]:
    """By assertion those that rest on it directly."""
    found: dict[int, list[int]] = defaultdict(list)
    for later in graph.facts.assertions:
        for earlier in graph.parents(later):
            found[earlier].append(later)
    return found
