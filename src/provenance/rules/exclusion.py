"""How strongly two claims, or two assertions on them, exclude each other (docs/semantics.md#semantics-conflicts).

A strength is DEFINITE, POSSIBLE or 0. Which holders, and which of their assertions, count is left to the callers.
`own`: both are one holder's, whose states at other times and whose counts that rise are updates.
"""

from __future__ import annotations

from itertools import product

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.counts import Count, count_strength
from provenance.rules.intervals import is_known, later_strength
from provenance.rules.speech_events import DAY
from provenance.rules.strengths import DEFINITE, POSSIBLE, certainty_strength
from provenance.rules.windows import Moments, distance, overlap, whole
from provenance.values.vocabulary import Cardinality, Temporal, ValueType

NEARBY = 2 * DAY
"""How far apart two states may lie, one of them of an unstated time, and still be a possible conflict: "is in hospital"
of Monday may still hold on Wednesday (docs/semantics.md#rule-value-state)."""

_MEASURED = (ValueType.NUMBER, ValueType.TIME)

_Said = tuple[int, int]
"""An assertion, and the claim whose value or validity counts: the one that it is on, or one which that entails."""


# Affirmed and denied


def polarity_strength(graph: ClaimGraph, affirming: int, denying: int, *, own: bool = False) -> int:
    """Of a claim that one affirms and the other denies (#rule-polarity)."""
    affirmed, denied = graph.claim_of(affirming), graph.claim_of(denying)
    attribute = graph.claims.attribute(denied)
    strength = certainty_strength(graph, affirming, denying)
    if attribute is None or attribute.temporal != Temporal.STATE:
        return strength
    return min(strength, _states_strength(graph, (affirming, affirmed), (denying, denied), own=own))


# Two values


def value_strength(graph: ClaimGraph, a: int, b: int, *, own: bool = False) -> int:
    """Of two assertions that affirm values of one issue, themselves or by what they entail (#rule-value,
    #rule-value-state, #rule-value-cumulative)."""
    most = certainty_strength(graph, a, b)
    if not most:
        return 0
    claims = graph.claims
    of_a, of_b = (sorted(claims.generals(graph.claim_of(one))) for one in (a, b))
    clashes = (
        _values_strength(graph, (a, x), (b, y), own=own)
        for x, y in product(of_a, of_b)
        if claims.issue(x) is not None and claims.issue(x) == claims.issue(y)
    )
    return min(most, max(clashes, default=0))


def _values_strength(graph: ClaimGraph, a: _Said, b: _Said, *, own: bool) -> int:
    attribute = graph.claims.attribute(a[1])
    if attribute is None:
        return 0
    if attribute.temporal == Temporal.CUMULATIVE and attribute.value_type in _MEASURED:
        return _counts_strength(graph, a, b, own=own)
    strength = exclusion(graph, a[1], b[1])
    if not strength or attribute.temporal != Temporal.STATE:
        return strength
    return min(strength, _states_strength(graph, a, b, own=own))


def exclusion(graph: ClaimGraph, a: int, b: int) -> int:
    """Of two claims with values of one issue, where time does not count."""
    left, right, attribute = graph.claims.structure(a), graph.claims.structure(b), graph.claims.attribute(a)
    if left is None or right is None or attribute is None or attribute.cardinality != Cardinality.SINGLE:
        return 0
    if attribute.value_type in _MEASURED:
        if not (is_known(left) and is_known(right)):
            return 0
        return max(later_strength(left, right), later_strength(right, left))
    if left.entity is None or right.entity is None:
        return 0
    one, other = graph.claims.entity(left.entity), graph.claims.entity(right.entity)
    apart = not graph.claims.lies_within(one, other) and not graph.claims.lies_within(other, one)
    return DEFINITE if apart else 0


def _counts_strength(graph: ClaimGraph, a: _Said, b: _Said, *, own: bool) -> int:
    left, right = graph.claims.structure(a[1]), graph.claims.structure(b[1])
    attribute = graph.claims.attribute(a[1])
    if left is None or right is None or attribute is None or attribute.cardinality != Cardinality.SINGLE:
        return 0
    if not (is_known(left) and is_known(right)):
        return 0
    rows = graph.facts.assertions
    return count_strength(Count(rows[a[0]], left), Count(rows[b[0]], right), own=own)


# States


def _states_strength(graph: ClaimGraph, a: _Said, b: _Said, *, own: bool) -> int:
    """Whether two states held at one time (#rule-value-state): definite where their validities overlap; possible where
    one is unstated and they lie near one another, but not of one holder's own."""
    one, other = validity(graph, *a), validity(graph, *b)
    if overlap(one, other):
        return DEFINITE
    is_unstated = not (_states_validity(graph, a[1]) and _states_validity(graph, b[1]))
    return POSSIBLE if is_unstated and not own and distance(one, other) <= NEARBY else 0


def validity(graph: ClaimGraph, assertion: int, claim: int) -> Moments:
    """When the asserted state held: as stated, otherwise the moment of saying (of a date: its day)."""
    structure = graph.claims.structure(claim)
    if structure is not None and structure.valid is not None:
        return whole(structure.valid)
    row = graph.facts.assertions[assertion]
    return row.said_lo, row.said


def _states_validity(graph: ClaimGraph, claim: int) -> bool:
    structure = graph.claims.structure(claim)
    return structure is not None and structure.valid is not None
