"""How strong a conflict can be at most, by how certain both sides are (docs/semantics.md#rule-strength)."""

from __future__ import annotations

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.live import CERTAINTY_WEIGHT

DEFINITE, POSSIBLE = 2, 1
STRENGTH_NAMES = {DEFINITE: "definite", POSSIBLE: "possible"}

_SURE = 3
"""What each of two sides weighs of which neither says how certain it is."""

_DEFINITE_FROM, _POSSIBLE_FROM = 5, 4
"""The sums of both weights from which on a conflict is definite, or possible."""


def weight_of(graph: ClaimGraph, a: int, b: int) -> int:
    """How certain both assertions are together. An unspecified side weighs as much as the other."""
    weights = [CERTAINTY_WEIGHT[graph.certainty(one)] for one in (a, b)]
    stated = max(weights) or _SURE
    return sum(weight or stated for weight in weights)


def certainty_strength(graph: ClaimGraph, a: int, b: int) -> int:
    """How strong a conflict between two assertions can be at most."""
    weight = weight_of(graph, a, b)
    if weight < _POSSIBLE_FROM:
        return 0
    is_specified = all(CERTAINTY_WEIGHT[graph.certainty(one)] for one in (a, b))
    return DEFINITE if weight >= _DEFINITE_FROM and is_specified else POSSIBLE
