"""Independence: how many origins of a claim are independent at least, and at most.

The rules of docs/semantics.md#semantics-independence.
"""

from __future__ import annotations

from collections import defaultdict

from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.classes import Classes
from provenance.rules.live import SHOWN_BASES
from provenance.rules.sides import cautious_sides_among, sides_among


def most_independent(graph: ClaimGraph, claim: int, accountable: list[int]) -> int:
    """How many origins are independent at most (#rule-hi): the sides of those who are known to be somebody, and the
    stated numbers of the others."""
    agents = graph.agents
    together = {agents.of(one) for act in graph.joint_acts(claim) for one in act}
    sided = [
        one
        for one in accountable
        if agents.is_identified(agents.of(one)) or agents.has_own_side(one) or agents.of(one) in together
    ]
    known = {agents.of(one) for one in sided}
    others = {agents.of(one) for one in accountable} - known
    return len(set(sides_among(graph, claim, sided).values())) + sum(map(agents.people, others))


def independent_origins(graph: ClaimGraph, claim: int, grounded: list[int]) -> list[int]:
    """The most origins of which no two share a cautious side or an evidence unit (#rule-lo), of those that are evidenced
    or first-hand: a maximum matching (#rule-matching)."""
    candidates = [
        one
        for one in grounded
        if graph.agents.is_identified(graph.agent_of(one)) and not graph.is_suspected_copy(one)
    ]
    if not candidates:
        return []
    sides = cautious_sides_among(graph, claim, candidates, candidates)
    units = _evidence_units(graph, claim, candidates, sides)
    edges: dict[int, dict[int, int]] = defaultdict(dict)
    for one in candidates:
        edges[sides[one]].setdefault(units[one], one)
    matched: dict[int, int] = {}

    def can_match(side: int, seen: set[int]) -> bool:
        for unit in edges[side]:
            if unit not in seen:
                seen.add(unit)
                if unit not in matched or can_match(matched[unit], seen):
                    matched[unit] = side
                    return True
        return False

    for side in list(edges):
        can_match(side, set())
    return sorted(edges[side][unit] for unit, side in matched.items())


def _evidence_units(
    graph: ClaimGraph, claim: int, candidates: list[int], sides: dict[int, int]
) -> dict[int, int]:
    """By origin its evidence unit (#rule-evidence-unit): the class of what it shows, or its cautious side. What one
    origin shows is joined, and what those of one joint act show."""
    numbers: dict[object, int] = {}
    shown = {
        one: [numbers.setdefault(each, len(numbers)) for each in _shown(graph, one, sides[one])]
        for one in candidates
    }
    pairs = [(each[0], other) for each in shown.values() for other in each[1:]]
    for act in graph.joint_acts(claim):
        together = [number for one in act for number in shown.get(one, ())]
        pairs.extend((together[0], other) for other in together[1:])
    units = Classes(pairs)
    return {one: units[each[0]] for one, each in shown.items()}


def _shown(graph: ClaimGraph, origin: int, side: int) -> list[object]:
    """The items that an origin shows; evidence without an item is one item a kind. Of a witness and of an own act it is
    the cautious side, and so it is of a document or data basis without any item."""
    rows = graph.evidence_shown(origin)
    if graph.is_first_hand(origin):
        has_item = any(row.item is not None for row in rows)
        if graph.facts.assertions[origin].basis not in SHOWN_BASES or not has_item:
            return [("side", side)]
    return [("item", row.item) if row.item is not None else ("kind", row.kind) for row in rows]
