"""Retraction impact: what would fall with an assertion, before anything is written."""

from __future__ import annotations

from provenance.rules.claim_graph import ClaimGraph, reachable
from provenance.rules.support import standing


def affected_claims(graph: ClaimGraph, assertion: int) -> list[int]:
    """The classes of claims that the assertion's chain touches, up and down, and what these entail.

    The chain leads through amended assertions, but through none that is outside of the bounds.
    """
    down: dict[int, set[int]] = {}
    up: dict[int, set[int]] = {}
    for relays in (graph.stated, graph.inferred):
        for later, earlier in relays.items():
            for one in graph.assertions.keys() & earlier if later in graph.assertions else ():
                down.setdefault(later, set()).add(one)
                up.setdefault(one, set()).add(later)
    chain = reachable([assertion], lambda one: down.get(one, ())) | reachable(
        [assertion], lambda one: up.get(one, ())
    )
    claims = {graph.claim_of(one) for one in chain}
    return sorted({general for claim in claims for general in graph.generals(claim)})


def impact(graph: ClaimGraph, assertion: int) -> dict[str, list[int]]:
    """Classes of claims by what a retraction would do: lost, weakened, unaffected."""
    result: dict[str, list[int]] = {"lost": [], "weakened": [], "unaffected": []}
    after_graph = graph.without([assertion])
    for claim in affected_claims(graph, assertion):
        before, after = standing(graph, claim), standing(after_graph, claim)
        if before.grade > 0 and after.grade == 0:
            result["lost"].append(claim)
        elif after.grade < before.grade or after.lo < before.lo or after.hi < before.hi:
            result["weakened"].append(claim)
        else:
            result["unaffected"].append(claim)
    return result


def documents_of(graph: ClaimGraph, claims: list[int]) -> list[int]:
    """The documents in which live assertions on these claims were found, in the order of recording."""
    return sorted(
        {
            mention.document
            for claim in claims
            for one in graph.by_claim.get(claim, ())
            if one in graph.live
            for mention in graph.mentions.get(one, ())
            if mention.document is not None
        }
    )
