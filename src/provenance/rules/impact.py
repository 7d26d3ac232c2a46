"""Retraction impact: what would fall with an assertion, before anything is written.

The rules of docs/semantics.md#rule-retraction-impact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import reachable
from provenance.rules.support import Standing, standing


class ImpactKeys(NamedTuple):
    """The claims in reach of an assertion, by what its retraction would do to them."""

    lost: list[int]
    weakened: list[int]
    unaffected: list[int]


def impact(graph: ClaimGraph, target: int) -> ImpactKeys:
    """What retracting an assertion or a document, and all that this reaches, would do (#rule-reach)."""
    found = ImpactKeys([], [], [])
    gone = graph.falls_with(target)
    after_retraction = graph.without(gone)
    for claim in claims_in_reach(graph, gone):
        effect = _effect(standing(graph, claim), standing(after_retraction, claim))
        getattr(found, effect).append(claim)
    return found


def _effect(before: Standing, after: Standing) -> str:
    if before.grade > 0 and after.grade == 0:
        return "lost"
    is_less = after.grade < before.grade or after.lo < before.lo or after.hi < before.hi
    return "weakened" if is_less else "unaffected"


def claims_in_reach(graph: ClaimGraph, assertions: Sequence[int]) -> list[int]:
    """The claims that the chains of these assertions touch, up and down, and what these entail.

    The chains lead through amended assertions, but through none that is outside of the bounds.
    """
    down: dict[int, set[int]] = defaultdict(set)
    up: dict[int, set[int]] = defaultdict(set)
    for later in graph.facts.assertions:
        inferred = graph.facts.inferred.get(later, frozenset()) & graph.facts.assertions.keys()
        for earlier in {*graph.parents(later), *inferred}:
            down[later].add(earlier)
            up[earlier].add(later)
    chains: set[int] = reachable(assertions, lambda one: down.get(one, ()))
    chains |= reachable(assertions, lambda one: up.get(one, ()))
    claims = {graph.claim_of(one) for one in chains}
    return sorted({general for claim in claims for general in graph.claims.generals(claim)})


def documents_of(graph: ClaimGraph, claims: list[int]) -> list[int]:
    """The documents in which live assertions on these claims were found, in the order of recording."""
    return sorted(
        {
            mention.document
            for claim in claims
            for one in graph.live_on(claim)
            for mention in graph.facts.mentions.get(one, ())
            if mention.document is not None
        }
    )
