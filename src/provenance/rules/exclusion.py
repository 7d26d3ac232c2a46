"""How strongly two claims, or two assertions on them, exclude each other (docs/semantics.md#semantics-conflicts).

A strength is DEFINITE, POSSIBLE or 0. Which holders, and which of their assertions, count is left to the callers.
"""

from __future__ import annotations

from decimal import Decimal

from provenance.rules.claim_graph import CERTAINTY_WEIGHT, ClaimGraph
from provenance.rules.facts import ClaimRow
from provenance.values.vocabulary import Cardinality, Temporal, ValueType

DEFINITE, POSSIBLE = 2, 1
STRENGTH_NAMES = {DEFINITE: "definite", POSSIBLE: "possible"}

Moments = tuple[float, float]
"""From a moment to a moment, both inclusive; infinite where it is open."""


def weight_of(graph: ClaimGraph, a: int, b: int) -> int:
    """How certain both assertions are together."""
    return CERTAINTY_WEIGHT[graph.certainty(a)] + CERTAINTY_WEIGHT[graph.certainty(b)]


def certainty_strength(graph: ClaimGraph, a: int, b: int) -> int:
    """How strong a conflict between two assertions can be at most (#rule-strength)."""
    weight = weight_of(graph, a, b)
    return DEFINITE if weight >= 5 else POSSIBLE if weight == 4 else 0


# Affirmed and denied


def polarity_strength(graph: ClaimGraph, affirming: int, denying: int) -> int:
    """Of a claim that one affirms and the other denies (#rule-polarity)."""
    denied = graph.claims.attribute(graph.claim_of(denying))
    is_state = denied is not None and denied.temporal == Temporal.STATE
    if is_state and not _overlap(validity(graph, affirming), validity(graph, denying)):
        return 0
    return certainty_strength(graph, affirming, denying)


# Two values


def value_strength(graph: ClaimGraph, a: int, b: int) -> int:
    """Of two assertions that affirm values of one issue (#rule-value, #rule-value-state, #rule-value-cumulative)."""
    claim_a, claim_b = graph.claim_of(a), graph.claim_of(b)
    attribute = graph.claims.attribute(claim_a)
    if attribute is None:
        return 0
    if attribute.temporal == Temporal.STATE and not _overlap(validity(graph, a), validity(graph, b)):
        return 0
    is_count = attribute.temporal == Temporal.CUMULATIVE and attribute.value_type in _MEASURED
    strength = _count_strength(graph, a, b) if is_count else exclusion(graph, claim_a, claim_b)
    return min(strength, certainty_strength(graph, a, b))


def exclusion(graph: ClaimGraph, a: int, b: int) -> int:
    """Of two claims with values of one issue, where time does not count."""
    left, right, attribute = graph.claims.structure(a), graph.claims.structure(b), graph.claims.attribute(a)
    if left is None or right is None or attribute is None or attribute.cardinality != Cardinality.SINGLE:
        return 0
    if attribute.value_type in _MEASURED:
        if not (_is_number(left) and _is_number(right)):
            return 0
        return max(later_strength(left, right), later_strength(right, left))
    if left.entity is None or right.entity is None:
        return 0
    one, other = graph.claims.entity(left.entity), graph.claims.entity(right.entity)
    apart = not graph.claims.lies_within(one, other) and not graph.claims.lies_within(other, one)
    return DEFINITE if apart else 0


_MEASURED = (ValueType.NUMBER, ValueType.TIME)


def later_strength(a: ClaimRow, b: ClaimRow) -> int:
    """How surely the first value lies wholly above the second: with its pads, or only without them."""
    if _exceeds(_minus(a.lo, a.pad), _plus(b.hi, b.pad)):
        return DEFINITE
    return POSSIBLE if _exceeds(a.lo, b.hi) else 0


def _is_number(structure: ClaimRow) -> bool:
    return structure.lo is not None or structure.hi is not None


def _exceeds(lo: Decimal | None, hi: Decimal | None) -> bool:
    """Whether a lower end lies above an upper end; an open end is never passed."""
    return lo is not None and hi is not None and lo > hi


def _minus(value: Decimal | None, pad: Decimal) -> Decimal | None:
    return None if value is None else value - pad


def _plus(value: Decimal | None, pad: Decimal) -> Decimal | None:
    return None if value is None else value + pad


# Two counts


def _count_strength(graph: ClaimGraph, a: int, b: int) -> int:
    """Of two counts, which may only rise: a was the earlier, b was, or both are of one moment and meet."""
    left, right = graph.claims.structure(graph.claim_of(a)), graph.claims.structure(graph.claim_of(b))
    attribute = graph.claims.attribute(graph.claim_of(a))
    if left is None or right is None or attribute is None or attribute.cardinality != Cardinality.SINGLE:
        return 0
    if not (_is_number(left) and _is_number(right)):
        return 0
    first, second = graph.facts.assertions[a], graph.facts.assertions[b]
    if not _fit(left, right, _as_of(left, (_PAST, first.said)), _as_of(right, (_PAST, second.said))):
        return DEFINITE
    if (first.day_lo, first.day_hi) != (second.day_lo, second.day_hi):
        return 0
    day = first.day_hi, first.day_hi
    return 0 if _fit(left, right, _as_of(left, day), _as_of(right, day)) else POSSIBLE


def _fit(a: ClaimRow, b: ClaimRow, a_as_of: Moments, b_as_of: Moments) -> bool:
    """Whether two counts can both have been right."""
    a_below = not _exceeds(_minus(a.lo, a.pad), _plus(b.hi, b.pad))
    b_below = not _exceeds(_minus(b.lo, b.pad), _plus(a.hi, a.pad))
    return (
        (a_as_of[0] < b_as_of[1] and a_below)
        or (b_as_of[0] < a_as_of[1] and b_below)
        or (_overlap(a_as_of, b_as_of) and a_below and b_below)
    )


# Times

_PAST, _FUTURE = float("-inf"), float("inf")


def _as_of(structure: ClaimRow, unstated: Moments) -> Moments:
    return _window(structure.as_of_lo, structure.as_of_hi, unstated)


def validity(graph: ClaimGraph, assertion: int) -> Moments:
    """When the asserted state held: as stated, otherwise the day of saying."""
    row = graph.facts.assertions[assertion]
    structure = graph.claims.structure(graph.claim_of(assertion))
    day = row.day_lo, row.day_hi
    return day if structure is None else _window(structure.valid_lo, structure.valid_hi, day)


def _window(lo: int | None, hi: int | None, unstated: Moments) -> Moments:
    """With one end stated the other is open; with none the window is unstated."""
    if lo is None and hi is None:
        return unstated
    return (_PAST if lo is None else lo), (_FUTURE if hi is None else hi)


def _overlap(a: Moments, b: Moments) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]
